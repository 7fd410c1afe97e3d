//! The data folder.

mod disk;
mod folder;
mod roles;
mod storage;
mod upgrade;
mod uses;
mod writer;
