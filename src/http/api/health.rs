//! `GET /livez` and `GET /readyz`, for supervisors and proxies.
//!
//! Anybody may ask, as often as they like: neither calls upstream, and however many ask, the disk is
//! written to once in a while only.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::store::{Error, Store};
use crate::sync::Mutex;
use crate::text;

/// How long a check of the database stands for the next probes: each check is one committed write,
/// and probes must not crowd out the writers.
const FRESH: Duration = Duration::from_millis(250);
/// A check that takes this long says that the database takes no writes.
const STUCK: Duration = Duration::from_secs(3);

#[derive(Serialize)]
struct HealthJson {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

/// The process answers.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn livez(_app: &App, _exchange: &Request) -> Result<Reply, Problem> {
    Ok(Reply::json(200, &HealthJson { status: "ok", warning: None }))
}

/// The process answers and the database takes writes.
pub fn readyz(app: &App, _request: &Request) -> Result<Reply, Problem> {
    let Checked { writable, lost } = app.readiness.check(&app.store);
    if !writable {
        return Err(Problem::NotReady);
    }
    // Not a 503: proxies would then cut off the page on which a credential can be added.
    let warning = lost.then_some(text::DATABASE_LOST);
    Ok(Reply::json(200, &HealthJson { status: "ok", warning }))
}

/// What a check of the database showed.
#[derive(Clone, Copy)]
struct Checked {
    /// It took a write.
    writable: bool,
    /// It was made anew beside a key that was there.
    lost: bool,
}

/// The last check of the database. One request checks and the others take its result, so a database
/// that does not answer holds up one worker.
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
    fn check(&self, store: &Store) -> Checked {
        let mut last = self.0.lock();
        // The database was written to when it was opened.
        let known = last.checked.map_or(Checked { writable: true, lost: false }, |(checked, _)| checked);
        if let Some(since) = last.checking {
            return Checked { writable: known.writable && since.elapsed() < STUCK, ..known };
        }
        if last.checked.is_some_and(|(_, at)| at.elapsed() < FRESH) {
            return known;
        }
        last.checking = Some(Instant::now());
        drop(last);
        let checked = check(store);
        *self.0.lock() = LastCheck { checked: Some((checked, Instant::now())), checking: None };
        checked
    }
}

fn check(store: &Store) -> Checked {
    let found: Result<bool, Error> = store.check_writable().and_then(|()| store.is_database_lost());
    match found {
        Ok(lost) => Checked { writable: true, lost },
        Err(error) => {
            log::error!("the database takes no writes: {error}");
            Checked { writable: false, lost: false }
        }
    }
}
