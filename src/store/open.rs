//! Opening a data folder: its files, pragmas, the sealing key.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::data_folder::create_folder;
use super::database::{READERS, Store};
use super::linked;
use super::move_in::{self, AppliedRestore};
use super::private_file::{create_private, keep_private};
use super::sealed::examine;
use super::upgrade::migrate;
use super::writer::{WRITE_WAIT, Writer};
use super::{BackupError, Error};
use crate::crypto::Sealer;
use crate::domain::AdjustableClock;
use crate::sync::{FileLock, Mutex};

/// Longest wait of a connection that reads. With a WAL no writer is in its way, only a process that is just
/// recovering or closing the WAL.
const READ_WAIT: Duration = Duration::from_secs(1);
/// How long a start waits for another one that migrates; a copy of a large database takes seconds.
const START_WAIT: Duration = Duration::from_mins(1);
/// Page cache of one connection, in KiB. The rows of a call are few; the rest is the system's cache.
const CACHE_KIB: i64 = 192;

/// Size to which SQLite cuts a WAL file that it begins anew, in bytes: one automatic checkpoint.
const WAL_KEPT: i64 = 4 << 20;
/// Of how many notice targets, and the like, it is looked whether the key opens them: numbers have settings each, and
/// every command opens the folder.
const SAMPLE: u32 = 100;

impl Store {
    /// Opens the data folder, making it and its files when they are missing, and brings the
    /// tables up to date. Other processes may have it open at the same time.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        open(folder)
    }
}

fn open(folder: &Path) -> Result<Store, Error> {
    create_folder(folder).map_err(|e| Error::io(e, folder))?;
    let path = folder.join("pareia.db");
    let lock = folder.join("pareia.lock");
    create_private(&lock).map_err(|e| Error::io(e, &lock))?;
    // Two processes that start at once take turns: tables and key are made by one of them.
    let start = FileLock::acquire(folder, "start", Instant::now() + START_WAIT);
    let start = start.and_then(|start| start.ok_or_else(|| io::ErrorKind::TimedOut.into()));
    let _start = start.map_err(|e| Error::io(e, &lock))?;
    let finished = move_in::finish(folder).map_err(BackupError::of_store)?;
    create_private(&path).map_err(|e| Error::io(e, &path))?;
    remove_old_locks(&folder.join("locks"));
    let sorted = |error| Error::sqlite(error, folder);
    let mut writer = connect(&path, false).map_err(sorted)?;
    let key_was_there = folder.join("pareia.key").exists();
    let is_new = migrate(&mut writer, &path)?;
    let sealer = sealer(&writer, folder)?;
    let readers: Vec<_> =
        (0..READERS).map(|_| connect(&path, true)).collect::<Result<_, _>>().map_err(sorted)?;
    let readers = readers.into_iter().map(Mutex::new).collect::<Vec<_>>();
    let store = Store {
        folder: folder.to_owned(),
        clock: AdjustableClock::default(),
        sealer,
        writer: Writer::new(writer, WRITE_WAIT),
        readers: readers.try_into().unwrap_or_else(|_| unreachable!("one connection for each reader")),
        next_reader: AtomicUsize::new(0),
    };
    if is_new && key_was_there {
        store.note_lost_database()?;
    }
    if let Some(done) = finished {
        note_finished(&store, done);
    }
    Ok(store)
}

/// Says what became of a restore that was cut short. It is done, whether that can be noted or not.
fn note_finished(store: &Store, done: AppliedRestore) {
    let kept = done.kept.as_ref().map(|kept| format!("; the data before it are in {}", kept.display()));
    log::warn!("a restore that was cut short is finished{}", kept.unwrap_or_default());
    let noted = store.note_restore(&Ok(done));
    noted.unwrap_or_else(|error| log::warn!("the end of a restore could not be noted: {error}"));
}

/// Removes the lock files of earlier releases, one for each name of any call. A locked one stays: a process
/// of such a release is running.
fn remove_old_locks(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let free = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if free {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(folder);
}

fn connect(path: &Path, read_only: bool) -> rusqlite::Result<Connection> {
    let access = if read_only { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Before WAL: switching to it takes the lock that another process may hold.
    connection.busy_timeout(if read_only { READ_WAIT } else { WRITE_WAIT })?;
    if !read_only {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // An answered 200 survives a power cut.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "journal_size_limit", WAL_KEPT)?;
        // What is deleted or replaced is overwritten, so that what is erased is gone from the file too.
        connection.pragma_update(None, "secure_delete", true)?;
    }
    connection.pragma_update(None, "foreign_keys", true)?;
    // Plans do not depend on the values bound: a cached statement is never planned anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    linked::add_number_matches(&connection)?;
    Ok(connection)
}

/// Loads the sealing key, or makes it at the first start. Once anything is sealed, a missing or another one is
/// refused before anything is served.
fn sealer(connection: &Connection, folder: &Path) -> Result<Sealer, Error> {
    let path = folder.join("pareia.key");
    let look = |sealer| examine(connection, sealer, SAMPLE).map_err(|e| Error::sqlite(e, folder));
    let sealer = load_or_create(&path, look(None)?.sealed.total() == 0)?;
    if look(Some(&sealer))?.are_of_another_key() { Err(Error::KeyWrong(path)) } else { Ok(sealer) }
}

fn load_or_create(path: &Path, may_create: bool) -> Result<Sealer, Error> {
    let sealer = match Sealer::load(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound && may_create => Sealer::create(path),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Error::KeyMissing(path.to_owned())),
        Err(e) if e.kind() == io::ErrorKind::InvalidData => return Err(Error::KeyWrong(path.to_owned())),
        loaded => loaded,
    };
    let private = sealer.and_then(|sealer| keep_private(&File::open(path)?).map(|()| sealer));
    private.map_err(|e| Error::io(e, path))
}
