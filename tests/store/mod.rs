//! The data folder.

mod storage;
