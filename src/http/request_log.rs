//! The one line that the log has of each request.
//!
//! It holds the route and never what the client sent. Refusals cost a stranger nothing to cause, so that
//! of one kind only the first in a second is written, with how many went unwritten before it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use log::Level;

use crate::sync::Mutex;

/// What the log calls a route or a method that does not exist.
pub const UNKNOWN: &str = "?";
/// How often refusals of one kind are written.
const INTERVAL: Duration = Duration::from_secs(1);

/// Route and status.
type Kind = (&'static str, u16);

/// When each kind of refusal was written last, and how many were not written since.
#[derive(Default)]
pub struct RequestLog(Mutex<HashMap<Kind, (Instant, u64)>>);

/// What there is to write of a request.
pub struct LogLine<'a> {
    /// The request's id.
    pub id: &'a str,
    /// Its method as sent.
    pub method: &'a str,
    /// The route as the table has it.
    pub route: &'static str,
    /// The answer's status.
    pub status: u16,
    /// When the request had arrived.
    pub began: Instant,
}

impl RequestLog {
    /// Writes the line, unless one of its kind was written a moment ago.
    pub fn write(&self, level: Level, line: &LogLine) {
        if !log::log_enabled!(level) {
            return;
        }
        let Some(unwritten) = self.unwritten(line) else { return };
        let more = if unwritten == 0 { String::new() } else { format!(" (and {unwritten} before it)") };
        let (method, took) = (known_method(line.method), line.began.elapsed().as_millis());
        let LogLine { id, route, status, .. } = *line;
        log::log!(level, method, route, status, ms = took; "id={id} {method} {route} {status} {took}ms{more}");
    }

    /// How many of its kind went unwritten; `None` where this one does.
    fn unwritten(&self, line: &LogLine) -> Option<u64> {
        if line.status < 400 || line.status == 500 {
            return Some(0);
        }
        let (mut kinds, now) = (self.0.lock(), Instant::now());
        match kinds.get_mut(&(line.route, line.status)) {
            Some((written, count)) if now.duration_since(*written) < INTERVAL => {
                *count += 1;
                None
            }
            Some(kind) => Some(std::mem::replace(kind, (now, 0)).1),
            None => {
                kinds.insert((line.route, line.status), (now, 0));
                Some(0)
            }
        }
    }
}

/// A method is whatever a client says it is; log and metrics take the usual ones only.
pub fn known_method(method: &str) -> &'static str {
    const USUAL: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    USUAL.into_iter().find(|usual| *usual == method).unwrap_or(UNKNOWN)
}
