//! A look at a data folder that changes nothing in it: no file is made, no table brought up to date. For commands
//! that have to work on a folder which does not open.
//!
//! A database without a WAL is read as one that nobody writes, since SQLite would put files beside it otherwise.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::statvfs::statvfs;
use rusqlite::Connection;

use super::copy::open_to_read;
use super::credentials::{opened, sealed_credentials};
use super::sealed::{KeyState, key_state};
use super::settings::{is_lost, setting, webhook_setting};
use super::upgrade::{KNOWN_VERSION, schema_version};
use super::{Error, linked};
use crate::crypto::Sealer;
use crate::domain::{Credential, Millis};

/// How long a query waits for a process that is recovering the WAL.
const WAIT: Duration = Duration::from_secs(2);
/// Most lines that a check of the database gives.
const MOST_DAMAGES: u32 = 5;
/// How many of the newest sessions are looked at.
const SESSIONS: u32 = 20;

/// A file or folder of the data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Its name in the folder; `.` for the folder.
    pub name: &'static str,
    /// The number of the user who owns it.
    pub owner: u32,
    /// The bits of its mode that say who may do what.
    pub mode: u32,
    /// Its bytes.
    pub size: u64,
}

/// The space on the disk of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskSpace {
    /// Bytes that this user may still write.
    pub free: u64,
    /// All bytes.
    pub total: u64,
    /// Files that may still be made; `None` where the file system does not count them.
    pub free_files: Option<u64>,
}

/// A server as the database has it, with what the monitor noted.
#[derive(Debug)]
pub struct InspectedServer {
    /// The credential; `Err` has the id of one whose key does not open.
    pub credential: Result<Credential, String>,
    /// How many rows name it.
    pub instances: u32,
    /// How many rows of other servers have a name that this one has too.
    pub doubled: u32,
    /// When a webhook of its came last, to a few minutes.
    pub webhook_at: Option<Millis>,
}

/// What the files of a data folder are; those that are missing are left out. `Err`: the folder cannot be read.
pub fn file_facts(folder: &Path) -> io::Result<Vec<FileFacts>> {
    const FILES: [&str; 6] =
        [".", "pareia.db", "pareia.db-wal", "pareia.db-shm", "pareia.key", "pareia.lock"];
    fs::read_dir(folder)?;
    let facts = FILES.into_iter().filter_map(|name| {
        let found = fs::metadata(folder.join(name)).ok()?;
        Some(FileFacts { name, owner: found.uid(), mode: found.mode() & 0o7777, size: found.size() })
    });
    Ok(facts.collect())
}

/// The space on the disk of that folder.
pub fn disk_space(folder: &Path) -> io::Result<DiskSpace> {
    let found = statvfs(folder)?;
    let bytes = |blocks| blocks * found.fragment_size();
    let counted = found.files() > 0;
    Ok(DiskSpace {
        free: bytes(found.blocks_available()),
        total: bytes(found.blocks()),
        free_files: counted.then(|| found.files_available()),
    })
}

/// A database that is only looked at.
pub struct Inspection {
    connection: Connection,
    folder: PathBuf,
}

impl Inspection {
    /// Opens the database of a data folder.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("pareia.db");
        fs::metadata(&path).map_err(|e| Error::io(e, &path))?;
        let connection = connect(folder, &path).map_err(|e| Error::sqlite(e, folder))?;
        Ok(Self { connection, folder: folder.to_owned() })
    }

    /// The schema version found, `None` in an empty database, and the newest that this release knows.
    pub fn versions(&self) -> Result<(Option<i64>, i64), Error> {
        Ok((self.read(schema_version)?, KNOWN_VERSION))
    }

    /// What is damaged in the file, in SQLite's words; nothing where it is whole.
    pub fn damages(&self) -> Result<Vec<String>, Error> {
        let check = format!("PRAGMA integrity_check({MOST_DAMAGES})");
        let lines: Vec<String> =
            self.read(|c| c.prepare(&check)?.query_map([], |row| row.get(0))?.collect())?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// The value of a setting.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        self.read(|c| setting(c, name))
    }

    /// Whether the sealing key opens what is sealed. `Err` where it, or the database, cannot be read.
    pub fn key_state(&self) -> Result<KeyState, Error> {
        let path = self.folder.join("pareia.key");
        let of_database = |error| Error::sqlite(error, &self.folder);
        let (state, _) = key_state(&path, &self.connection, |error| Error::io(error, &path), of_database)?;
        Ok(state)
    }

    /// Every server, oldest first.
    pub fn servers(&self) -> Result<Vec<InspectedServer>, Error> {
        let rows = self.read(sealed_credentials)?;
        let sealer = Sealer::load(&self.folder.join("pareia.key")).ok();
        let inspect = |one: super::credentials::SealedCredential| {
            let id = one.id().to_owned();
            let credential = sealer.as_ref().and_then(|sealer| opened(sealer, &one));
            Ok(InspectedServer {
                instances: self.count("messaging_instances WHERE credentialId = ?1", &id)?,
                doubled: self.count("doubled_instances WHERE credentialId = ?1", &id)?,
                webhook_at: self.setting(&webhook_setting(&id))?.and_then(|at| at.parse().ok()),
                credential: credential.ok_or(id),
            })
        };
        rows.into_iter().map(inspect).collect()
    }

    /// Whether the database was made anew beside a key that was there, and has had no credential since.
    pub fn is_lost(&self) -> Result<bool, Error> {
        self.read(is_lost)
    }

    /// The addresses that the newest logins came from.
    pub fn login_addresses(&self) -> Result<Vec<String>, Error> {
        let query = format!("SELECT address FROM sessions ORDER BY createdAt DESC LIMIT {SESSIONS}");
        self.read(|c| c.prepare(&query)?.query_map([], |row| row.get(0))?.collect())
    }

    /// The latest moment that is written down of anything that has happened.
    pub fn newest_moment(&self) -> Result<Option<Millis>, Error> {
        let query = "SELECT max(at) FROM (SELECT max(updatedAt) AS at FROM messaging_instances
            UNION ALL SELECT max(at) FROM instance_events UNION ALL SELECT max(lastSeenAt) FROM sessions)";
        self.read(|c| c.query_row(query, [], |row| row.get(0)))
    }

    /// How many rows each table has.
    pub fn row_counts(&self) -> Result<Vec<(String, u32)>, Error> {
        let query =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        let tables: Vec<String> =
            self.read(|c| c.prepare(query)?.query_map([], |row| row.get(0))?.collect())?;
        let count = |table: String| Ok((table.clone(), self.rows(&table)?));
        tables.into_iter().map(count).collect()
    }

    fn rows(&self, table: &str) -> Result<u32, Error> {
        let query = format!("SELECT count(*) FROM \"{}\"", table.replace('"', "\"\""));
        self.read(|c| c.query_row(&query, [], |row| row.get(0)))
    }

    fn count(&self, of: &str, id: &str) -> Result<u32, Error> {
        self.read(|c| c.query_row(&format!("SELECT count(*) FROM {of}"), [id], |row| row.get(0)))
    }

    pub(super) fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        query(&self.connection).map_err(|error| Error::sqlite(error, &self.folder))
    }
}

fn connect(folder: &Path, path: &Path) -> rusqlite::Result<Connection> {
    let is_written = ["pareia.db-wal", "pareia.db-shm"].iter().all(|name| folder.join(name).exists());
    let connection = open_to_read(path, !is_written)?;
    connection.busy_timeout(WAIT)?;
    linked::add_number_matches(&connection)?;
    Ok(connection)
}
