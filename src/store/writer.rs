//! The one connection that writes, used by one caller at a time.
//!
//! A caller may wait twice: in the queue of this process, and in SQLite for another process that holds the
//! database. A queue that moves is waited for. Where nobody has written for [`WRITE_WAIT`] since a caller came, its
//! wait is over as soon as it has the connection, so that one process which holds the database delays every caller by
//! that much at most, however many queue up.

use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::sync::{Mutex, PermitLimits, Permits};

/// Longest wait for the database. Writes take milliseconds; a backup tool that copies the file may
/// take seconds.
pub(super) const WRITE_WAIT: Duration = Duration::from_secs(5);
/// Longest wait in the queue: on a slow disk hundreds of calls may write at the same moment.
const QUEUE_WAIT: Duration = Duration::from_secs(20);
/// From this size on the WAL is cut after a write, in bytes: four automatic checkpoints' worth.
const WAL_LARGE: u64 = 16 << 20;
/// How long after an attempt that a reader was in the way of the next one is made: each copies pages and
/// syncs.
const CUT_RETRY: Duration = Duration::from_secs(1);

/// Callers are served in the order of arrival; more than this many do not wait.
const ONE_WRITER: PermitLimits = PermitLimits { per_key: 1, total: 1, waiting: 4096 };

/// The writing connection, which one caller at a time may use.
pub(super) struct Writer {
    /// Longest wait since the last write.
    wait: Duration,
    permits: Permits<()>,
    state: Mutex<WriterState>,
}

struct WriterState {
    connection: Connection,
    /// When somebody wrote last.
    written_at: Instant,
    /// From when on the WAL may be cut.
    cut_from: Instant,
    /// Whether it is to be emptied however small it is.
    is_wal_due: bool,
}

impl Writer {
    /// A writer with that connection, which waits that long for another process.
    pub(super) fn new(connection: Connection, wait: Duration) -> Self {
        let now = Instant::now();
        let state = WriterState { connection, written_at: now, cut_from: now, is_wal_due: false };
        Self { wait, permits: Permits::new(ONE_WRITER), state: Mutex::new(state) }
    }

    /// Runs one transaction; `None` when the connection was not free in time. When this returns a
    /// value, the change is on the disk.
    pub(super) fn transaction<T>(
        &self,
        change: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let begun = Instant::now();
        // The permit makes the queue fair and bounds the wait; the mutex alone would do neither.
        let Some(_permit) = self.permits.acquire((), begun + QUEUE_WAIT) else { return Ok(None) };
        let mut state = self.state.lock();
        let deadline = begun.max(state.written_at) + self.wait;
        state.connection.busy_timeout(deadline.saturating_duration_since(Instant::now()))?;
        let transaction = state.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = change(&transaction)?;
        transaction.commit()?;
        state.written_at = Instant::now();
        state.cut_wal();
        Ok(Some(result))
    }

    /// Empties the WAL, which holds what the pages of the database were before. Where a reader is in the way, a later
    /// write does it.
    pub(super) fn empty_wal(&self) {
        let mut state = self.state.lock();
        if !matches!(truncate_wal(&state.connection), Ok(0)) {
            state.is_wal_due = true;
        }
    }
}

impl WriterState {
    /// Cuts a large WAL, or one that is to be emptied, unless that failed a moment ago.
    fn cut_wal(&mut self) {
        if Instant::now() < self.cut_from {
            return;
        }
        if self.is_wal_due {
            self.is_wal_due = !matches!(truncate_wal(&self.connection), Ok(0));
        }
        if self.is_wal_due || !cut_wal(&self.connection) {
            self.cut_from = Instant::now() + CUT_RETRY;
        }
    }
}

/// Moves all that the WAL has into the database and empties it; without effect while a reader is in the way.
fn truncate_wal(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .busy_timeout(Duration::ZERO)
        .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)))
}

/// Empties a large WAL file; `false` where a reader was in the way, which costs no wait. SQLite writes over
/// a WAL from its start but never makes it smaller by itself.
fn cut_wal(connection: &Connection) -> bool {
    let wal = connection.path().map(|path| format!("{path}-wal"));
    let size = wal.and_then(|wal| std::fs::metadata(wal).ok()).map_or(0, |file| file.len());
    if size <= WAL_LARGE {
        return true;
    }
    let cut = truncate_wal(connection);
    match &cut {
        Ok(0) => log::info!("the WAL had {} KiB and was cut", size / 1024),
        Ok(_) => log::debug!("a reader is in the way of cutting the WAL of {} KiB", size / 1024),
        Err(error) => log::warn!("the WAL of {} KiB was not cut: {error}", size / 1024),
    }
    matches!(cut, Ok(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const WAIT: Duration = Duration::from_millis(400);
    const INSERT: &str = "INSERT INTO t VALUES (1)";

    /// How many of ten callers at once could write, each of whom takes that long.
    fn served(writer: &Writer, takes: Duration) -> usize {
        let write = |t: &Transaction| {
            thread::sleep(takes);
            t.execute(INSERT, [])
        };
        thread::scope(|scope| {
            let callers: Vec<_> = (0..10).map(|_| scope.spawn(|| writer.transaction(write))).collect();
            let answers = callers.into_iter().map(|caller| caller.join().expect("an answer"));
            answers.filter(|answer| matches!(answer, Ok(Some(1)))).count()
        })
    }

    #[test]
    fn a_queue_that_moves_is_waited_for_and_another_process_once() {
        let folder = std::env::temp_dir().join(format!("pareia-writer-{}", std::process::id()));
        let open = || Connection::open(&folder).expect("a database");
        open().execute_batch("CREATE TABLE t (x)").expect("a table");
        let writer = Writer::new(open(), WAIT);
        assert_eq!(served(&writer, WAIT / 4), 10, "longer than the wait for one");
        let other = open();
        other.execute_batch("BEGIN IMMEDIATE").expect("its lock");
        let begun = Instant::now();
        assert_eq!(served(&writer, Duration::ZERO), 0);
        assert!(begun.elapsed() < WAIT * 5, "in turn it would be ten times as long: {:?}", begun.elapsed());
        drop(other);
        assert_eq!(served(&writer, Duration::ZERO), 10);
        std::fs::remove_file(&folder).expect("removed");
    }
}
