//! The database: the only place that knows SQL, `rusqlite` and the data folder's files.
//!
//! Every call here is one short statement or transaction. Nothing waits for the network while the
//! database is held: callers get plain values, decide, and come back. One connection writes, a few
//! read beside it (WAL), so a reader never waits for another caller's write to reach the disk.

mod credentials;
mod error;
mod health;
mod instances;
mod links;
mod listing;
mod open;
mod overview;
mod passwords;
mod people;
mod sessions;
mod settings;
mod upgrade;
mod watched;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::{Connection, Transaction};

pub use credentials::{Credential, CredentialLine, NewCredential};
pub use error::Error;
pub use health::Health;
pub use instances::Instance;
pub use links::{Link, LinkLine, NewLink};
pub use listing::{EventLine, FailingServer, Filter, InstanceLine, Page, Target};
pub use overview::Totals;
pub use passwords::{Account, SetUp};
pub use people::{Identified, NewToken, Removal, TokenLine, UserLine};
pub use sessions::{NewSession, SESSION_LIFE, Session, SessionLine};
pub use watched::{NotedStatus, Watched};

use crate::crypto::Sealer;
use crate::domain::Clock;
use crate::sync::Mutex;
use writer::Writer;

/// Connections that only read; with two cores a third would wait for a core.
const READERS: usize = 2;

/// An open data folder.
pub struct Store {
    folder: PathBuf,
    clock: Clock,
    sealer: Sealer,
    readers: [Mutex<Connection>; READERS],
    /// Closed after the readers: the last connection moves the log into the database, and one that
    /// only reads cannot.
    writer: Writer,
    turn: AtomicUsize,
}

impl Store {
    /// Opens the data folder, making it and its files when they are missing, and brings the
    /// tables up to date. Other processes may have it open at the same time.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        open::open(folder)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The clock by which every stored moment is decided.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether the database takes writes: commits one, so that a full disk shows.
    pub fn check_writable(&self) -> Result<(), Error> {
        self.set_setting("checked", &self.clock.now().to_string())
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        self.read_with(self.turn.fetch_add(1, Ordering::Relaxed) % READERS, query)
    }

    fn read_with<T>(
        &self,
        reader: usize,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        query(&self.readers[reader].lock()).map_err(|error| Error::sqlite(error, &self.folder))
    }

    /// Runs one transaction. When this returns, it is on the disk.
    fn write<T>(&self, change: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> Result<T, Error> {
        let written = self.writer.transaction(change).map_err(|error| Error::sqlite(error, &self.folder))?;
        written.ok_or(Error::Busy)
    }
}
