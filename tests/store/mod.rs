//! The data folder.

mod disk;
mod doubles;
mod folder;
mod roles;
mod storage;
mod upgrade;
mod uses;
mod writer;
