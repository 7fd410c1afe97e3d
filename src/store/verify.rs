//! Whether a file is a whole database of pareia that this release can use, and what is in it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::BackupError;
use super::copy::open_to_read;
use super::sealed_keys::sealed_keys;
use super::upgrade::{known_version, schema_version};
use crate::crypto::Sealer;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupContents {
    /// Bytes of the database.
    pub bytes: u64,
    pub schema_version: i64,
    /// How many instances it has rows of.
    pub instances: u32,
    /// How many keys are sealed in it.
    pub sealed_keys: u32,
}

/// Reads a file through: a whole database, of tables that this release knows, whose sealed keys that key opens, where
/// one is given. A key that is given and not there is an error only where something is sealed.
pub fn verify_backup(file: &Path, key: Option<&Path>) -> Result<BackupContents, BackupError> {
    let bytes = File::open(file).and_then(|f| f.metadata()).map_err(|e| BackupError::io(e, file))?.len();
    let sorted = |error| BackupError::sqlite(error, file);
    let connection = open_backup(file).map_err(sorted)?;
    let Some(found) = schema_version(&connection).map_err(sorted)? else {
        return Err(BackupError::NotABackup(file.into()));
    };
    let known = known_version();
    if found > known {
        return Err(BackupError::Newer { file: file.into(), found, known });
    }
    let first: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(sorted)?;
    if first != "ok" {
        log::warn!("{} is damaged: {first}", file.display());
        return Err(BackupError::Damaged(file.into()));
    }
    let counted = "SELECT count(*) FROM messaging_instances";
    let instances = connection.query_row(counted, [], |row| row.get(0)).map_err(sorted)?;
    let sealed = sealed_keys(&connection).map_err(sorted)?;
    if let Some(key) = key {
        opens(file, key, &sealed)?;
    }
    let sealed_keys = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
    Ok(BackupContents { bytes, schema_version: found, instances, sealed_keys })
}

/// Opens a backup to read it, with what is in a WAL beside it: the folder that a restore kept may have one.
pub(super) fn open_backup(file: &Path) -> rusqlite::Result<Connection> {
    let wal = PathBuf::from(format!("{}-wal", file.display()));
    let has_wal = fs::metadata(wal).is_ok_and(|wal| wal.len() > 0);
    open_to_read(file, !has_wal)
}

/// Asserts that the key opens everything that is sealed.
fn opens(file: &Path, key: &Path, rows: &[(String, String)]) -> Result<(), BackupError> {
    let sealer = match Sealer::load(key) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && rows.is_empty() => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::KeyMissing(file.into()));
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(BackupError::KeyWrong(file.into()));
        }
        loaded => loaded.map_err(|error| BackupError::io(error, key))?,
    };
    let opens_all = rows.iter().all(|(id, token)| sealer.open(id, token).is_some());
    if opens_all { Ok(()) } else { Err(BackupError::KeyWrong(file.into())) }
}
