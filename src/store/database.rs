//! The open database and its connections: how a statement runs, and what its error means. Knows no table.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::{Connection, Transaction};

use super::Error;
use super::writer::Writer;
use crate::crypto::Sealer;
use crate::domain::AdjustableClock;
use crate::sync::Mutex;

/// Connections that only read: more than there are cores, since a thread that is interrupted keeps its own.
pub(super) const READERS: usize = 3;

/// An open data folder.
pub struct Store {
    pub(super) folder: PathBuf,
    pub(super) clock: AdjustableClock,
    pub(super) sealer: Sealer,
    pub(super) readers: [Mutex<Connection>; READERS],
    /// Closed after the readers: the last connection moves the log into the database, and one that
    /// only reads cannot.
    pub(super) writer: Writer,
    pub(super) next_reader: AtomicUsize,
}

impl Store {
    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The clock by which every stored moment is decided.
    pub fn clock(&self) -> &AdjustableClock {
        &self.clock
    }

    /// Whether the database takes writes: commits one, so that a full disk shows.
    pub fn check_writable(&self) -> Result<(), Error> {
        self.set_setting("checked", &self.clock.now().to_string())
    }

    /// Runs one query on a reader that is free, or on the next in turn.
    pub(super) fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let next = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let in_turn = |after: usize| &self.readers[next.wrapping_add(after) % READERS];
        let free = (0..READERS).find_map(|after| in_turn(after).try_lock());
        self.run(&free.unwrap_or_else(|| in_turn(0).lock()), query)
    }

    /// Runs one query on the first reader.
    pub(super) fn read_with_first<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.run(&self.readers[0].lock(), query)
    }

    fn run<T>(
        &self,
        reader: &Connection,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        query(reader).map_err(|error| Error::sqlite(error, &self.folder))
    }

    /// Runs one transaction. When this returns, it is on the disk.
    pub(super) fn write<T>(
        &self,
        change: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let written = self.writer.transaction(change).map_err(|error| Error::sqlite(error, &self.folder))?;
        written.ok_or(Error::Busy)
    }
}
