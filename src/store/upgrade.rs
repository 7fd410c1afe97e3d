//! Migrations, each after a copy of the database as it was.
//!
//! A copy is made under a temporary name and gets its own, `pareia.db.v1` for schema version 1, once it is whole and on
//! the disk. So every copy of that name can be restored.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::Error;
use super::private_file::create_private;

/// The suffix of a copy that is being made.
const PARTIAL: &str = ".partial";

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Runs the migrations that are missing; whether the database was new.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<bool, Error> {
    let folder = path.parent().unwrap_or(path);
    remove_files(folder, is_partial);
    let runner = embedded::migrations::runner();
    let known = runner.get_migrations().iter().map(|m| i64::from(m.version())).max().unwrap_or(0);
    let found = schema_version(connection).map_err(|e| Error::sqlite(e, folder))?;
    match found {
        Some(found) if found > known => return Err(Error::Newer { found, known }),
        Some(found) if found == known => return Ok(false),
        Some(found) => copy_aside(connection, path, found)?,
        None => {}
    }
    // One transaction: a migration that fails half-way leaves the database as it was.
    runner.set_grouped(true).run(connection).map_err(|e| Error::migration(e, folder))?;
    Ok(found.is_none())
}

/// The newest migration that was run; `None` in a new database.
fn schema_version(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let history = "SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    if connection.query_row(history, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    connection.query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0))
}

/// Copies the database, for the way back to the older release. Replaces a copy of the same version, which a
/// failed upgrade has left.
fn copy_aside(connection: &Connection, path: &Path, version: i64) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    let copy = path.with_file_name(format!("pareia.db.v{version}"));
    let partial = PathBuf::from(format!("{}{PARTIAL}", copy.display()));
    let made = make_copy(connection, &partial)
        .and_then(|()| fs::rename(&partial, &copy).map_err(|e| Error::io(e, &copy)))
        .and_then(|()| File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Error::io(e, folder)));
    if made.is_err() {
        remove_files(folder, is_partial);
        return made;
    }
    // Earlier releases named copies with the moment behind the version, and left incomplete ones.
    let earlier = format!("pareia.db.v{version}-");
    // In milliseconds; any other name is a person's own copy.
    let is_moment = |rest: &str| rest.len() == 13 && rest.bytes().all(|b| b.is_ascii_digit());
    remove_files(folder, |name| name.strip_prefix(&earlier).is_some_and(is_moment));
    log::info!("database copied to {} before its tables change", copy.display());
    Ok(())
}

fn make_copy(connection: &Connection, partial: &Path) -> Result<(), Error> {
    let folder = partial.parent().unwrap_or(partial);
    create_private(partial).map_err(|e| Error::io(e, partial))?;
    let vacuum = connection.execute("VACUUM INTO ?1", [partial.to_string_lossy()]);
    vacuum.map_err(|e| Error::sqlite(e, folder))?;
    File::open(partial).and_then(|file| file.sync_all()).map_err(|e| Error::io(e, partial))
}

/// Whether that is an incomplete copy or its journal. SQLite would play a journal that was left back into
/// the next copy of the same name.
fn is_partial(name: &str) -> bool {
    let partial = name.strip_suffix("-journal").unwrap_or(name);
    partial.starts_with("pareia.db.v") && partial.ends_with(PARTIAL)
}

/// Removes the files with such a name; the next start tries again what could not be removed.
fn remove_files(folder: &Path, is_so: impl Fn(&str) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(&is_so)
            && let Err(error) = fs::remove_file(entry.path())
        {
            log::warn!("{} could not be removed: {error}", entry.path().display());
        }
    }
}
