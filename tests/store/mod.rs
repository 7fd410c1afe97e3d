//! The data folder.

mod disk;
mod folder;
mod roles;
mod storage;
mod upgrade;
mod writer;
