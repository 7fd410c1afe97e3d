//! The one connection that writes, used by one caller at a time, with one deadline for the whole wait.
//!
//! A caller may wait twice: for the caller of this process that has the connection, and in SQLite for
//! another process that holds the database. Both waits end at the same moment, so that one process
//! which holds the database delays every caller by [`WRITE_WAIT`] at most, however many queue up.

use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::sync::{Mutex, PermitLimits, Permits};

/// Longest wait for the database. Writes take milliseconds; a backup tool that copies the file may
/// take seconds.
pub(super) const WRITE_WAIT: Duration = Duration::from_secs(5);
/// From this size on the WAL is cut after a write, in bytes: four automatic checkpoints' worth.
const WAL_LARGE: u64 = 16 << 20;
/// How long after an attempt that a reader was in the way of the next one is made: each copies pages and
/// syncs.
const CUT_RETRY: Duration = Duration::from_secs(1);

/// Callers are served in the order of arrival; more than this many do not wait.
const ONE_WRITER: PermitLimits = PermitLimits { per_key: 1, total: 1, waiting: 4096 };

/// The writing connection, which one caller at a time may use.
pub(super) struct Writer {
    permits: Permits<()>,
    state: Mutex<WriterState>,
}

struct WriterState {
    connection: Connection,
    /// From when on the WAL may be cut.
    cut_from: Instant,
}

impl Writer {
    /// A writer with that connection.
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            permits: Permits::new(ONE_WRITER),
            state: Mutex::new(WriterState { connection, cut_from: Instant::now() }),
        }
    }

    /// Runs one transaction; `None` when the connection was not free in time. When this returns a
    /// value, the change is on the disk.
    pub(super) fn transaction<T>(
        &self,
        change: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let deadline = Instant::now() + WRITE_WAIT;
        // The permit makes the queue fair and bounds the wait; the mutex alone would do neither.
        let Some(_permit) = self.permits.acquire((), deadline) else { return Ok(None) };
        let mut state = self.state.lock();
        state.connection.busy_timeout(deadline.saturating_duration_since(Instant::now()))?;
        let transaction = state.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = change(&transaction)?;
        transaction.commit()?;
        state.cut_wal();
        Ok(Some(result))
    }
}

impl WriterState {
    /// Cuts a large WAL, unless that failed a moment ago.
    fn cut_wal(&mut self) {
        if Instant::now() >= self.cut_from && !cut_wal(&self.connection) {
            self.cut_from = Instant::now() + CUT_RETRY;
        }
    }
}

/// Empties a large WAL file; `false` where a reader was in the way, which costs no wait. SQLite writes over
/// a WAL from its start but never makes it smaller by itself.
fn cut_wal(connection: &Connection) -> bool {
    let wal = connection.path().map(|path| format!("{path}-wal"));
    let size = wal.and_then(|wal| std::fs::metadata(wal).ok()).map_or(0, |file| file.len());
    if size <= WAL_LARGE {
        return true;
    }
    let cut = connection
        .busy_timeout(Duration::ZERO)
        .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)));
    match &cut {
        Ok(0) => log::info!("the WAL had {size} bytes and was cut"),
        Ok::<i64, _>(_) => log::debug!("a reader is in the way of cutting the WAL of {size} bytes"),
        Err(error) => log::warn!("the WAL of {size} bytes was not cut: {error}"),
    }
    matches!(cut, Ok(0))
}
