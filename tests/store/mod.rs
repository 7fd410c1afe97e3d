//! The data folder.

mod disk;
mod folder;
mod storage;
mod upgrade;
mod writer;
