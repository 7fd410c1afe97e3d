//! Whether the database takes writes, as it was last checked.

use std::time::{Duration, Instant};

use crate::store::{Error, Store};
use crate::sync::Mutex;

/// How long a check of the database stands for the next probes: each check is one committed write,
/// and probes must not crowd out the writers.
const FRESH: Duration = Duration::from_millis(250);
/// A check that takes this long says that the database takes no writes.
const STUCK: Duration = Duration::from_secs(3);

/// What a check of the database showed.
#[derive(Clone, Copy)]
pub struct Checked {
    /// It took a write.
    pub writable: bool,
    /// It was made anew beside a key that was there.
    pub lost: bool,
    /// Its folder is one in which others than its owner may replace it.
    pub exposed: bool,
}

/// The last check of the database. One request checks and the others take its result, so a database
/// that does not answer holds up one connection's thread.
pub struct Readiness(Mutex<LastCheck>);

struct LastCheck {
    /// `None` before the first one.
    checked: Option<(Checked, Instant)>,
    /// Since when a request has been checking.
    checking: Option<Instant>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self(Mutex::new(LastCheck { checked: None, checking: None }))
    }
}

impl Readiness {
    /// The result of a check, made anew where the last one is old.
    pub fn check(&self, store: &Store) -> Checked {
        let mut last = self.0.lock();
        // The database was written to when it was opened.
        let known = last
            .checked
            .map_or(Checked { writable: true, lost: false, exposed: false }, |(checked, _)| checked);
        if let Some(since) = last.checking {
            return Checked { writable: known.writable && since.elapsed() < STUCK, ..known };
        }
        if last.checked.is_some_and(|(_, at)| at.elapsed() < FRESH) {
            return known;
        }
        last.checking = Some(Instant::now());
        drop(last);
        let done = Checking(self);
        let checked = check(store);
        self.0.lock().checked = Some((checked, Instant::now()));
        drop(done);
        checked
    }
}

/// A check under way; however it ends, the next probe may make another.
struct Checking<'a>(&'a Readiness);

impl Drop for Checking<'_> {
    fn drop(&mut self) {
        self.0.0.lock().checking = None;
    }
}

fn check(store: &Store) -> Checked {
    let found: Result<bool, Error> = store.check_writable().and_then(|()| store.is_database_lost());
    match found {
        Ok(lost) => Checked { writable: true, lost, exposed: store.others_may_write() },
        Err(error) => {
            log::error!("the database takes no writes: {error}");
            Checked { writable: false, lost: false, exposed: false }
        }
    }
}
