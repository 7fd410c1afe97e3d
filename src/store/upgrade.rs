//! Brings the tables up to date, after a backup of the database.
//!
//! A backup gets its name, `pareia.db.v1` for schema version 1, only when it is complete and on the disk:
//! whatever has the name can be restored.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::Error;
use super::copy::copy;
use super::private_file::create_private;

/// Ends the name of a backup that is being written.
const PARTIAL: &str = ".partial";

/// The newest migration that this release has. Said here, too: to read it off the names of the migrations, refinery
/// compiles a regular expression, which stays in memory (0.5 MiB) for as long as the process runs.
pub(super) const KNOWN_VERSION: i64 = 21;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Runs the migrations that are missing; whether the database was new.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<bool, Error> {
    let folder = path.parent().unwrap_or(path);
    remove_files(folder, is_partial);
    let found = schema_version(connection).map_err(|e| Error::sqlite(e, folder))?;
    match found {
        Some(found) if found > KNOWN_VERSION => return Err(Error::Newer { found, known: KNOWN_VERSION }),
        Some(found) if found == KNOWN_VERSION => return Ok(false),
        Some(found) => back_up(connection, path, found)?,
        None => {}
    }
    run_missing(connection, folder)?;
    Ok(found.is_none())
}

/// Runs the migrations that are missing, and refuses a database whose own are others. One transaction: a migration
/// that fails half-way leaves the database as it was.
pub(super) fn run_missing(connection: &mut Connection, folder: &Path) -> Result<(), Error> {
    let run = embedded::migrations::runner().set_grouped(true).run(connection);
    run.map(drop).map_err(|e| Error::migration(e, folder))
}

/// What of this release's tables, views, triggers and columns the database does not have; `None`: nothing.
pub(super) fn lacks(connection: &Connection, folder: &Path) -> Result<Option<String>, Error> {
    let sorted = |error| Error::sqlite(error, folder);
    let mut fresh = Connection::open_in_memory().map_err(sorted)?;
    run_missing(&mut fresh, folder)?;
    let (expected, found) = (parts(&fresh).map_err(sorted)?, parts(connection).map_err(sorted)?);
    Ok(expected.into_iter().find(|part| !found.contains(part)))
}

/// What a database is made of, each as a word for the log, in order.
fn parts(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let parts = "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'
        UNION SELECT 'column ' || s.name || '.' || c.name FROM sqlite_schema s, pragma_table_info(s.name) c
        WHERE s.type = 'table' ORDER BY 1";
    connection.prepare(parts)?.query_map([], |row| row.get(0))?.collect()
}

/// The newest migration that was run; `None` in a new database.
pub(super) fn schema_version(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let history = "SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    if connection.query_row(history, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    connection.query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0))
}

/// Writes a backup beside the database, for whoever goes back to the older release. It replaces an earlier
/// backup of the same version, which an upgrade that failed has left.
fn back_up(connection: &Connection, path: &Path, version: i64) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    let backup = path.with_file_name(format!("pareia.db.v{version}"));
    let partial = PathBuf::from(format!("{}{PARTIAL}", backup.display()));
    let written = write_copy(connection, &partial)
        .and_then(|()| fs::rename(&partial, &backup).map_err(|e| Error::io(e, &backup)))
        .and_then(|()| File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Error::io(e, folder)));
    if written.is_err() {
        remove_files(folder, is_partial);
        return written;
    }
    // Earlier releases put a time stamp behind the version, and left backups that were incomplete.
    let prefix = format!("pareia.db.v{version}-");
    // In milliseconds: a file with anything else behind it is a person's own copy.
    let is_timestamp = |rest: &str| rest.len() == 13 && rest.bytes().all(|b| b.is_ascii_digit());
    remove_files(folder, |name| name.strip_prefix(&prefix).is_some_and(is_timestamp));
    log::info!("database copied to {} before its tables change", backup.display());
    Ok(())
}

fn write_copy(connection: &Connection, partial: &Path) -> Result<(), Error> {
    let folder = partial.parent().unwrap_or(partial);
    create_private(partial).map_err(|e| Error::io(e, partial))?;
    copy(connection, partial, &mut |_| {}).map_err(|e| Error::sqlite(e, folder))?;
    File::open(partial).and_then(|file| file.sync_all()).map_err(|e| Error::io(e, partial))
}

/// Whether that is an incomplete backup, or its journal: SQLite would apply a journal that was left to the next file
/// of the same name.
fn is_partial(name: &str) -> bool {
    let partial = ["-journal", "-wal", "-shm"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    partial.starts_with("pareia.db.v") && partial.ends_with(PARTIAL)
}

/// Removes the files of the folder whose names match; what cannot be removed is tried again at the next start.
fn remove_files(folder: &Path, matches: impl Fn(&str) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(&matches)
            && let Err(error) = fs::remove_file(entry.path())
        {
            log::warn!("{} could not be removed: {error}", entry.path().display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_that_is_said_is_that_of_the_newest_migration() {
        let runner = embedded::migrations::runner();
        let newest = runner.get_migrations().iter().map(|m| i64::from(m.version())).max();
        assert_eq!(newest, Some(KNOWN_VERSION));
    }
}
