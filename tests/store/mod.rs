//! The data folder.

mod backups;
pub mod disk;
mod doubles;
mod folder;
mod roles;
mod scheduled;
mod sealed;
mod setup;
mod storage;
mod upgrade;
mod uses;
mod writer;
