//! Whether the database takes writes, as it was last seen.

use std::time::{Duration, Instant};

use crate::store::Store;
use crate::sync::Mutex;

/// How long a look at the database stands for the next ones, so that probes cannot crowd out the
/// writers whose lock the look needs.
const FRESH: Duration = Duration::from_millis(250);
/// A look that takes this long says that the database takes no writes.
const STUCK: Duration = Duration::from_secs(3);

/// What was last seen of the database. One request looks, the others take its word, so a database
/// that does not answer holds up one worker.
pub struct Readiness(Mutex<Seen>);

struct Seen {
    writable: bool,
    at: Instant,
    /// Since when a request has been looking.
    looking: Option<Instant>,
}

impl Default for Readiness {
    /// The database was written to when it was opened, a moment ago.
    fn default() -> Self {
        Self(Mutex::new(Seen { writable: true, at: Instant::now(), looking: None }))
    }
}

impl Readiness {
    /// Whether it takes writes, looking again where the last look is old.
    pub fn check(&self, store: &Store) -> bool {
        let mut seen = self.0.lock();
        if let Some(since) = seen.looking {
            return seen.writable && since.elapsed() < STUCK;
        }
        if seen.at.elapsed() < FRESH {
            return seen.writable;
        }
        seen.looking = Some(Instant::now());
        drop(seen);
        let writable = look(store);
        *self.0.lock() = Seen { writable, at: Instant::now(), looking: None };
        writable
    }
}

fn look(store: &Store) -> bool {
    let checked = store.check_writable();
    if let Err(error) = &checked {
        log::error!("the database takes no writes: {error}");
    }
    checked.is_ok()
}
