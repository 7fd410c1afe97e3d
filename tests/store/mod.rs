//! The data folder.

mod roles;
mod storage;
