//! Whether a file is a whole database of pareia that this release can use, and what is in it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::BackupError;
use super::copy::open_to_read;
use super::sealed::{KeyState, SealedCounts, examine, is_table, key_state, longest};
use super::upgrade::{KNOWN_VERSION, schema_version};

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupContents {
    /// Bytes of the database.
    pub bytes: u64,
    pub schema_version: i64,
    /// How many instances it has rows of.
    pub instances: u32,
    /// What is sealed in it.
    pub sealed: SealedCounts,
}

/// The tables that are read before a file is used. One of somebody else's may have views in their place, of which the
/// first question never ends.
const READ_TABLES: [&str; 3] = ["refinery_schema_history", "messaging_instances", "integration_credentials"];
/// The longest text that is sealed in a file, in bytes, since each is read as a whole. What people set of an instance
/// comes to a few thousand.
const LONGEST_SEALED: i64 = 16 << 20;
/// Longest time that a file is read for: the largest that is taken, from a slow disk.
pub(super) const LONGEST: Duration = Duration::from_mins(5);
/// How many steps of SQLite's machine come between two looks at the clock: well under a millisecond.
const STEPS_PER_LOOK: i32 = 4096;

/// Reads a file through: a whole database, of tables that this release knows, whose sealed keys that key opens, where
/// one is given. A key that is given and not there is an error only where something is sealed.
pub fn verify_backup(file: &Path, key: Option<&Path>) -> Result<BackupContents, BackupError> {
    let bytes = File::open(file).and_then(|f| f.metadata()).map_err(|e| BackupError::io(e, file))?.len();
    let sorted = |error| BackupError::sqlite(error, file);
    let mut connection = open_backup(file).map_err(sorted)?;
    distrust(&mut connection, Instant::now() + LONGEST).map_err(sorted)?;
    let schema_version = known_schema(&connection, file)?;
    let first: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(sorted)?;
    if first != "ok" {
        log::warn!("{} is damaged: {first}", file.display());
        return Err(BackupError::Damaged(file.into()));
    }
    let counted = "SELECT count(*) FROM messaging_instances";
    let instances = connection.query_row(counted, [], |row| row.get(0)).map_err(sorted)?;
    if longest(&connection).map_err(sorted)? > LONGEST_SEALED {
        return Err(BackupError::NotABackup(file.into()));
    }
    let sealed = match key {
        Some(key) => opened(file, key, &connection)?,
        None => examine(&connection, None, u32::MAX).map_err(sorted)?.sealed,
    };
    Ok(BackupContents { bytes, schema_version, instances, sealed })
}

/// The version of the tables in a file, which this release knows.
fn known_schema(connection: &Connection, file: &Path) -> Result<i64, BackupError> {
    let sorted = |error| BackupError::sqlite(error, file);
    for table in READ_TABLES {
        if !is_table(connection, table).map_err(sorted)? {
            return Err(BackupError::NotABackup(file.into()));
        }
    }
    let Some(found) = schema_version(connection).map_err(sorted)? else {
        return Err(BackupError::NotABackup(file.into()));
    };
    if found > KNOWN_VERSION {
        return Err(BackupError::Newer { file: file.into(), found, known: KNOWN_VERSION });
    }
    Ok(found)
}

/// Reads on as if anybody had written the file: no function runs because its tables say so, every page is checked, and
/// whatever is asked ends at the deadline.
pub(super) fn distrust(connection: &mut Connection, deadline: Instant) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.progress_handler(STEPS_PER_LOOK, Some(move || Instant::now() >= deadline))
}

/// Opens a backup to read it, with what is in a WAL beside it: the folder that a restore kept may have one.
pub(super) fn open_backup(file: &Path) -> rusqlite::Result<Connection> {
    let wal = PathBuf::from(format!("{}-wal", file.display()));
    let has_wal = fs::metadata(wal).is_ok_and(|wal| wal.len() > 0);
    open_to_read(file, !has_wal)
}

/// What is sealed in the file, which that key opens.
fn opened(file: &Path, key: &Path, connection: &Connection) -> Result<SealedCounts, BackupError> {
    let of_database = |error| BackupError::sqlite(error, file);
    let (state, sealed) = key_state(key, connection, |error| BackupError::io(error, key), of_database)?;
    match state {
        KeyState::Fine(_) | KeyState::Partly(_) | KeyState::NotMade => Ok(sealed),
        KeyState::Missing => Err(BackupError::KeyMissing(file.into())),
        KeyState::NoKey | KeyState::Wrong => Err(BackupError::KeyWrong(file.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_ended_at_the_deadline() {
        let mut connection = Connection::open_in_memory().unwrap();
        distrust(&mut connection, Instant::now()).unwrap();
        let endless =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        let ended = connection.query_row(endless, [], |row| row.get::<_, i64>(0)).unwrap_err();
        let error = BackupError::sqlite(ended, Path::new("b.db"));
        assert!(
            matches!(&error, BackupError::Io(_, error) if error.kind() == std::io::ErrorKind::TimedOut),
            "{error:?}"
        );
    }
}
