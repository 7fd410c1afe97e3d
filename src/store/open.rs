//! Opening a data folder: files and their modes, pragmas, migrations, the sealing key.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{Error, READERS, Store};
use crate::crypto::Sealer;
use crate::sync::FileLock;

/// How long a statement waits for another process's write. Writes take milliseconds; a backup
/// tool that copies the file may take seconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a start waits for another one that migrates; a copy of a large database takes seconds.
const START_WAIT: Duration = Duration::from_mins(1);
/// Page cache of one connection, in KiB. The rows of a call are few; the rest is the system's cache.
const CACHE_KIB: i64 = 192;

mod embedded {
    refinery::embed_migrations!("migrations");
}

pub(super) fn open(folder: &Path) -> Result<Store, Error> {
    create_folder(folder).map_err(|e| Error::Io(folder.into(), e))?;
    let path = folder.join("pareia.db");
    create_private(&path).map_err(|e| Error::Io(path.clone(), e))?;
    // Two processes that start at once take turns: tables and key are made by one of them.
    let turn = FileLock::acquire(folder, "start", Instant::now() + START_WAIT);
    let turn = turn.and_then(|turn| turn.ok_or_else(|| io::ErrorKind::TimedOut.into()));
    let _turn = turn.map_err(|e| Error::Io(folder.join("locks/start"), e))?;
    let mut writer = connect(&path, false)?;
    migrate(&mut writer, &path)?;
    let sealer = sealer(&writer, folder)?;
    let readers: Vec<_> = (0..READERS).map(|_| connect(&path, true)).collect::<Result<_, _>>()?;
    let readers = readers.into_iter().map(Mutex::new).collect::<Vec<_>>();
    Ok(Store {
        folder: folder.to_owned(),
        sealer,
        writer: Mutex::new(writer),
        readers: readers.try_into().unwrap_or_else(|_| unreachable!("one connection for each reader")),
        turn: AtomicUsize::new(0),
    })
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// SQLite gives its `-wal` and `-shm` files the mode of the database, so that is set first; a file
/// that was restored with another mode gets its own back.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    make_private(&options.open(path)?)
}

fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o777 == 0o600 {
        return Ok(());
    }
    permissions.set_mode(0o600);
    file.set_permissions(permissions)
}

fn connect(path: &Path, read_only: bool) -> Result<Connection, Error> {
    let access = if read_only { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Before WAL: switching to it takes the lock that another process may hold.
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if !read_only {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // An answered 200 survives a power cut.
        connection.pragma_update(None, "synchronous", "FULL")?;
    }
    connection.pragma_update(None, "foreign_keys", true)?;
    // Plans do not depend on the values bound: a cached statement is never planned anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(connection)
}

/// Brings the tables up to date.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let runner = embedded::migrations::runner();
    let known = runner.get_migrations().iter().map(|m| i64::from(m.version())).max().unwrap_or(0);
    match schema_version(connection)? {
        Some(found) if found > known => return Err(Error::Newer { found, known }),
        Some(found) if found == known => return Ok(()),
        Some(found) => copy_aside(connection, path, found)?,
        None => {}
    }
    // One transaction: a migration that fails half-way leaves the database as it was.
    runner.set_grouped(true).run(connection).map_err(Error::Migration)?;
    Ok(())
}

/// The newest migration that was run; `None` in a new database.
fn schema_version(connection: &Connection) -> Result<Option<i64>, Error> {
    let history = "SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    if connection.query_row(history, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    Ok(connection.query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0))?)
}

/// Puts a copy beside the database before its tables change: the way back to the older release.
fn copy_aside(connection: &Connection, path: &Path, version: i64) -> Result<(), Error> {
    let copy = path.with_file_name(format!("pareia.db.v{version}-{}", crate::domain::now()));
    create_private(&copy).map_err(|e| Error::Io(copy.clone(), e))?;
    connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    log::info!("database copied to {} before its tables change", copy.display());
    Ok(())
}

/// The sealing key. It is made with the first start; once keys are sealed with it, a missing or
/// another one is refused before anything is served.
fn sealer(connection: &Connection, folder: &Path) -> Result<Sealer, Error> {
    let path = folder.join("pareia.key");
    let rows: Vec<(String, String)> = connection
        .prepare("SELECT id, apiToken FROM integration_credentials")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let sealer = load_or_create(&path, rows.is_empty())?;
    let opens = |(id, token): &(String, String)| sealer.open(id, token).is_some();
    if rows.iter().all(opens) { Ok(sealer) } else { Err(Error::KeyWrong(path)) }
}

fn load_or_create(path: &Path, may_create: bool) -> Result<Sealer, Error> {
    if let Ok(file) = File::open(path) {
        make_private(&file).map_err(|e| Error::Io(path.to_owned(), e))?;
    }
    match Sealer::load(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound && may_create => Sealer::create(path),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Error::KeyMissing(path.to_owned())),
        Err(e) if e.kind() == io::ErrorKind::InvalidData => return Err(Error::KeyWrong(path.to_owned())),
        loaded => loaded,
    }
    .map_err(|e| Error::Io(path.to_owned(), e))
}
