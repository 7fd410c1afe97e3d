//! A whole copy of a database while others read and write it: SQLite's online backup, within one read transaction.
//!
//! Without that transaction a backup begins anew at each write of another connection, and under load never ends. With
//! it every step reads the same snapshot. Writers do not wait: they add to the WAL, which is cut once the copy is made.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

/// Pages of one step, which is reported: 1 MiB at 4 KiB each.
const STEP: i32 = 256;

/// Longest wait for a process that is just recovering or closing the WAL.
const WAIT: Duration = Duration::from_secs(5);

/// How far a copy has come, in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress {
    pub copied: i32,
    pub pages: i32,
}

/// Opens a database that is only read. `is_alone` says that nobody else writes it: then nothing is put beside
/// it, and it may lie on a disk that takes no writes.
pub(super) fn open_to_read(path: &Path, is_alone: bool) -> rusqlite::Result<Connection> {
    let read = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if is_alone {
        let uri = format!("file:{}?immutable=1", escaped(path));
        Connection::open_with_flags(uri, read | OpenFlags::SQLITE_OPEN_URI)?
    } else {
        Connection::open_with_flags(path, read)?
    };
    connection.busy_timeout(WAIT)?;
    Ok(connection)
}

/// A path within a URI, byte by byte.
fn escaped(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                text.push(char::from(*byte));
            }
            other => write!(text, "%{other:02X}").expect("a text takes all"),
        }
        text
    })
}

/// Copies the database into that file, which is empty, and makes it one file without a WAL. What was written by then
/// stays where this fails.
pub(super) fn copy(
    source: &Connection,
    target: &Path,
    on_progress: &mut dyn FnMut(CopyProgress),
) -> rusqlite::Result<()> {
    let mut target = Connection::open_with_flags(
        target,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    // Nobody else has the file, and one that is not whole is thrown away; its caller syncs it.
    target.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
    )?;
    let snapshot = source.unchecked_transaction()?;
    // The snapshot is taken by the first read.
    snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    let backup = Backup::new(source, &mut target)?;
    loop {
        let step = backup.step(STEP)?;
        let progress = backup.progress();
        on_progress(CopyProgress {
            copied: progress.pagecount - progress.remaining,
            pages: progress.pagecount,
        });
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => return Err(busy()),
        }
    }
    drop(backup);
    drop(snapshot);
    // The copy of a database with a WAL says that it has one, and whoever only reads it would make one.
    target.pragma_update(None, "journal_mode", "DELETE")
}

/// The source or the target is locked, which within a snapshot is none of a passing writer's doing.
fn busy() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)
}
