//! Backups of a running server: when they are due, which are kept, what was the end of the last.
//!
//! A copy is made by `store::back_up`; nothing here knows SQL. One is made at a time.

mod backup_loop;
mod file_name;
mod folder;
mod folder_id;
mod schedule;
mod service;
mod upload;

pub use backup_loop::BackupLoop;
pub use file_name::{BackupName, BackupOrigin};
pub use folder::{BackupEntry, free_file, list};
pub use folder_id::known_folder_id;
pub use service::{BackupPlan, Backups, CheckedBackup, DEFAULT_FOLDER};
pub use upload::{MOST_BYTES, Piece, Received};
