//! The data folder.

pub mod disk;
mod doubles;
mod folder;
mod roles;
mod setup;
mod storage;
mod upgrade;
mod uses;
mod writer;
