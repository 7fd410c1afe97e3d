//! The store's errors. SQLite's are told apart by code, never by text; sentences for people are in `text`.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

use crate::domain::{BusyCause, UseCaseError};

/// The file that is written to see whether there is space. One name for all: what a crash leaves is written over by
/// the next.
pub(super) const SPACE_PROBE: &str = "space-probe";

/// Why a call of the store failed. What a caller expects, such as a taken name, is a value and no error.
#[derive(Debug)]
pub enum Error {
    /// The database was written by a newer release, whose tables this one does not know.
    Newer {
        /// The schema version found.
        found: i64,
        /// The newest schema version this release knows.
        known: i64,
    },
    /// Sealed keys are there, `pareia.key` is not.
    KeyMissing(PathBuf),
    /// `pareia.key` holds no key, or not the one that sealed this row's key.
    KeyWrong(PathBuf),
    /// The disk that holds this data folder has no space left. Nothing of the change was kept.
    Full(PathBuf),
    /// Another caller or process locked the database for longer than a caller waits.
    Busy,
    /// A file of the data folder could not be read or written.
    Io(PathBuf, io::Error),
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// A migration failed; the database is as it was.
    Migration(refinery::Error),
}

/// What is wrong with the database, of what a person can do something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseFault {
    /// It takes no writes.
    ReadOnly,
    /// A file of it does not open.
    CannotOpen,
    /// It is no database, or no longer a whole one.
    Damaged,
    /// The disk failed.
    Disk,
}

impl Error {
    /// What is wrong with the database, where that is known.
    pub fn database_fault(&self) -> Option<DatabaseFault> {
        let Self::Sqlite(error) = self else { return None };
        match error.sqlite_error()?.code {
            ErrorCode::ReadOnly => Some(DatabaseFault::ReadOnly),
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied => Some(DatabaseFault::CannotOpen),
            ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => Some(DatabaseFault::Damaged),
            ErrorCode::SystemIoFailure => Some(DatabaseFault::Disk),
            _ => None,
        }
    }

    /// The error for one of SQLite, met in that data folder.
    pub(super) fn sqlite(error: rusqlite::Error, folder: &Path) -> Self {
        match error.sqlite_error() {
            Some(e) if e.code == ErrorCode::DiskFull => Self::Full(folder.into()),
            // The WAL index, a mapped file, is given its blocks when it grows.
            Some(e) if e.extended_code == SQLITE_IOERR_SHMSIZE => Self::Full(folder.into()),
            Some(e) if matches!(e.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(e) if e.code == ErrorCode::SystemIoFailure && has_no_space(folder) => {
                Self::Full(folder.into())
            }
            _ => Self::Sqlite(error),
        }
    }

    /// The error for one of the file system, met at that file of the data folder.
    pub(super) fn io(error: io::Error, path: &Path) -> Self {
        if is_for_want_of_space(&error) {
            Self::Full(path.parent().unwrap_or(path).into())
        } else {
            Self::Io(path.into(), error)
        }
    }

    /// The error for one of a migration, whose source is SQLite's.
    pub(super) fn migration(error: refinery::Error, folder: &Path) -> Self {
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            let full = cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error);
            if full.is_some_and(|e| e.code == ErrorCode::DiskFull) {
                return Self::Full(folder.into());
            }
            source = cause.source();
        }
        Self::Migration(error)
    }
}

impl From<&Error> for UseCaseError {
    fn from(error: &Error) -> Self {
        match error {
            Error::Busy => Self::Busy(BusyCause::Database),
            Error::Full(folder) => Self::StorageFull(folder.clone()),
            _ => Self::Internal,
        }
    }
}

fn is_for_want_of_space(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether a small file finds no space here. Where blocks are given late, or a quota is in force, SQLite is
/// refused them when it syncs, and calls that a failure like any other of the disk.
fn has_no_space(folder: &Path) -> bool {
    let path = folder.join(SPACE_PROBE);
    let written = File::create(&path).and_then(|mut file| {
        file.write_all(&[0; 4096])?;
        file.sync_all()
    });
    fs::remove_file(&path).ok();
    written.is_err_and(|error| is_for_want_of_space(&error))
}

/// For the log.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { found, known } => {
                write!(f, "the database has schema version {found}, this release knows up to {known}")
            }
            Self::KeyMissing(path) => write!(f, "sealed keys, but no {}", path.display()),
            Self::KeyWrong(path) => write!(f, "{} did not seal the keys in the database", path.display()),
            Self::Full(folder) => write!(f, "no space left for the data folder {}", folder.display()),
            Self::Busy => write!(f, "the database was held by another caller or process for too long"),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Sqlite(error) => write!(f, "database: {error}"),
            Self::Migration(error) => write!(f, "migration failed, nothing changed: {error}"),
        }
    }
}

impl std::error::Error for Error {}
