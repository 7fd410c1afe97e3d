//! `GET /livez` and `GET /readyz`, for supervisors and proxies.
//!
//! Anybody may ask, as often as they like: neither costs a write to the disk, and neither ever
//! calls upstream.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::store::Store;

/// How long a look at the database stands for the next ones, so that probes cannot crowd out the
/// writers whose lock the look needs.
const FRESH: Duration = Duration::from_millis(250);
/// A look that takes this long says that the database takes no writes.
const STUCK: Duration = Duration::from_secs(3);

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// The process answers.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn livez(_app: &App, _exchange: &Request) -> Result<Reply, Problem> {
    Ok(Reply::json(200, &Health { status: "ok" }))
}

/// The process answers and the database takes writes.
pub fn readyz(app: &App, request: &Request) -> Result<Reply, Problem> {
    if app.readiness.check(&app.store) { livez(app, request) } else { Err(Problem::NotReady) }
}

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
    fn check(&self, store: &Store) -> bool {
        let mut seen = self.lock();
        if let Some(since) = seen.looking {
            return seen.writable && since.elapsed() < STUCK;
        }
        if seen.at.elapsed() < FRESH {
            return seen.writable;
        }
        seen.looking = Some(Instant::now());
        drop(seen);
        let writable = look(store);
        *self.lock() = Seen { writable, at: Instant::now(), looking: None };
        writable
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn look(store: &Store) -> bool {
    let checked = store.check_writable();
    if let Err(error) = &checked {
        log::error!("the database takes no writes: {error}");
    }
    checked.is_ok()
}
