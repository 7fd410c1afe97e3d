//! Why a backup was not made, or not restored. Sentences for people are in `text`.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::Error;
use super::error::DatabaseFault;

/// Why a backup was not made or not restored. Nothing of it was kept, but where it is [`BackupError::Unfinished`].
#[derive(Debug)]
pub enum BackupError {
    /// The data folder has no database.
    NoDatabase(PathBuf),
    /// A backup is never written over what is there.
    Exists(PathBuf),
    /// The file is no database of pareia.
    NotABackup(PathBuf),
    /// The file was a database and is no longer a whole one.
    Damaged(PathBuf),
    /// A newer release wrote it, whose tables this one does not know.
    Newer {
        /// The file.
        file: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest that this release knows.
        known: i64,
    },
    /// Keys are sealed in the file, and the key that opens them is not there.
    KeyMissing(PathBuf),
    /// The key that is there opens nothing of what is sealed in the file.
    KeyWrong(PathBuf),
    /// It was staged and not taken by a start for too long.
    Expired(PathBuf),
    /// A restore was decided, and is finished by whoever opens the data folder once this is mended.
    Unfinished(Box<Self>),
    /// Another process has the database of this data folder open.
    InUse(PathBuf),
    /// The database was held by another process for too long.
    Busy,
    /// The disk of this folder has no space left.
    Full(PathBuf),
    /// The file or folder could not be read or written.
    Io(PathBuf, io::Error),
    /// SQLite failed at this file.
    Sqlite(PathBuf, rusqlite::Error),
}

impl BackupError {
    /// Its word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoDatabase(_) => "no_database",
            Self::Exists(_) => "backup_exists",
            Self::NotABackup(_) => "not_a_backup",
            Self::Damaged(_) => "backup_damaged",
            Self::Newer { .. } => "backup_newer",
            Self::KeyMissing(_) => "backup_key_missing",
            Self::KeyWrong(_) => "backup_key_wrong",
            Self::Expired(_) => "restore_expired",
            Self::Unfinished(_) => "restore_unfinished",
            Self::InUse(_) => "data_in_use",
            Self::Busy => "busy",
            Self::Full(_) => "storage_full",
            Self::Io(..) => "backup_io",
            Self::Sqlite(..) => "internal",
        }
    }

    /// The same with the file called as its sender calls it: where it lies here, only a fault of the disk names.
    #[must_use]
    pub fn of_file(self, name: &str) -> Self {
        match self {
            Self::Exists(_) => Self::Exists(name.into()),
            Self::NotABackup(_) => Self::NotABackup(name.into()),
            Self::Damaged(_) => Self::Damaged(name.into()),
            Self::Newer { found, known, .. } => Self::Newer { file: name.into(), found, known },
            Self::KeyMissing(_) => Self::KeyMissing(name.into()),
            Self::KeyWrong(_) => Self::KeyWrong(name.into()),
            Self::Sqlite(_, error) => Self::Sqlite(name.into(), error),
            other => other,
        }
    }

    /// The same for whoever opens the data folder, where a restore moves files only.
    pub(super) fn of_store(self) -> Error {
        match self {
            Self::Full(folder) => Error::Full(folder),
            Self::Io(path, error) => Error::Io(path, error),
            other => unreachable!("moving files fails in no such way: {other}"),
        }
    }

    /// The error for one met while the tables of a copy of that file are brought up to date.
    pub(super) fn of_migration(error: Error, file: &Path) -> Self {
        match error {
            Error::Full(folder) => Self::Full(folder),
            Error::Busy => Self::Busy,
            Error::Sqlite(error) => Self::sqlite(error, file),
            other => {
                log::warn!("{} cannot be brought up to date: {other}", file.display());
                Self::NotABackup(file.into())
            }
        }
    }

    /// The error for one of SQLite, met at that file.
    pub(super) fn sqlite(error: rusqlite::Error, file: &Path) -> Self {
        let error = Error::sqlite(error, file.parent().unwrap_or(file));
        let fault = error.database_fault();
        match error {
            Error::Full(folder) => Self::Full(folder),
            Error::Busy => Self::Busy,
            Error::Sqlite(error) => match error.sqlite_error_code() {
                // Ended at its deadline, since nothing else interrupts it.
                Some(rusqlite::ErrorCode::OperationInterrupted) => {
                    Self::Io(file.into(), io::ErrorKind::TimedOut.into())
                }
                Some(rusqlite::ErrorCode::NotADatabase) => Self::NotABackup(file.into()),
                _ if fault == Some(DatabaseFault::Damaged) => Self::Damaged(file.into()),
                _ => Self::Sqlite(file.into(), error),
            },
            _ => unreachable!("an error of SQLite is one of these"),
        }
    }

    /// The error for one of the file system, met at that path.
    pub(super) fn io(error: io::Error, path: &Path) -> Self {
        match Error::io(error, path) {
            Error::Full(folder) => Self::Full(folder),
            Error::Io(path, error) => Self::Io(path, error),
            _ => unreachable!("an error of the file system is one of these"),
        }
    }
}

/// For the log.
impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDatabase(path) => write!(f, "no database at {}", path.display()),
            Self::Exists(path) => write!(f, "{} is there already", path.display()),
            Self::NotABackup(path) => write!(f, "{} is no database of pareia", path.display()),
            Self::Damaged(path) => write!(f, "{} is damaged", path.display()),
            Self::Newer { file, found, known } => {
                write!(f, "{} has schema version {found}, this release knows up to {known}", file.display())
            }
            Self::KeyMissing(path) => write!(f, "sealed keys in {}, and no key", path.display()),
            Self::KeyWrong(path) => write!(f, "the key opens nothing of {}", path.display()),
            Self::Expired(path) => write!(f, "what is staged in {} is too old", path.display()),
            Self::Unfinished(error) => write!(f, "a restore is decided and not finished: {error}"),
            Self::InUse(path) => write!(f, "another process has {} open", path.display()),
            Self::Busy => write!(f, "the database was held by another process for too long"),
            Self::Full(path) => write!(f, "no space left on the disk of {}", path.display()),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Sqlite(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for BackupError {}
