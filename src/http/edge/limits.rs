//! Every bound of the HTTP side that concerns a client, in one place.
//!
//! Nothing here knows what a request says.

use std::fs;
use std::time::Duration;

/// File descriptors left to everything else: 128 calls with a connection to upstream and a lock file
/// each, 128 more that wait for a socket to open, 32 idle connections, the database, the log.
const OTHER_FILES: usize = 448;
/// What a Unix process may open where nobody says otherwise.
const USUAL_OPEN_FILES: usize = 1024;
/// Descriptors a request takes while it runs, beside its connection's own: both ends of the Unix
/// socket, and the second handle that `tiny_http` keeps of its end.
const FILES_PER_RUNNING: usize = 3;

/// What a client, and all clients together, may take of the server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of request line and headers.
    pub head: usize,
    /// Bytes of body.
    pub body: usize,
    /// Bytes of body of a webhook whose address only upstream knows.
    pub webhook: usize,
    /// Time until the first byte on a fresh connection.
    pub first_byte: Duration,
    /// Time from the first byte of a request to its last.
    pub message: Duration,
    /// Time a connection may idle between two requests.
    pub keep_alive: Duration,
    /// Time a client may take to take an answer.
    pub write: Duration,
    /// Connections at the same time. Beyond it the one that has kept the server waiting longest
    /// gives up its place; where all are being served, the newcomer is answered `busy`.
    pub connections: usize,
    /// Requests being answered at the same time; beyond it they are answered `busy`.
    pub running: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // What nginx and Apache allow, about.
            head: 16 * 1024,
            // The largest body of the API has 200 bytes; the contract says 64 KiB.
            body: 64 * 1024,
            // A code's picture has 17 KiB, and Evolution may be told to post messages here as well.
            webhook: 1024 * 1024,
            first_byte: Duration::from_secs(10),
            message: Duration::from_secs(10),
            // As long as the usual proxies keep theirs.
            keep_alive: Duration::from_mins(1),
            write: Duration::from_secs(10),
            // A thread each, of which about 10 KiB are really used.
            connections: 2048,
            // Another thread each, inside tiny_http.
            running: 1536,
        }
    }
}

impl Limits {
    /// The same, with as many connections as the process may have files for: running out of
    /// descriptors would hit the database and upstream as well.
    #[must_use]
    pub fn within_open_files(self) -> Self {
        self.within(open_files())
    }

    fn within(mut self, files: usize) -> Self {
        let spare = files.saturating_sub(OTHER_FILES).max(files / 4);
        self.connections = self.connections.min(spare / 2).max(1);
        self.running = self.running.min(spare / 2 / FILES_PER_RUNNING).max(1);
        self
    }

    /// How many of the running requests may wait for upstream: the rest stay free for the routes
    /// that answer at once.
    pub fn waiting(&self) -> usize {
        self.running - self.running / 8
    }
}

/// The process's soft limit on open files.
fn open_files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|l| l.strip_prefix("Max open files"));
    match line.and_then(|l| l.split_whitespace().next()) {
        Some("unlimited") => usize::MAX,
        Some(number) => number.parse().unwrap_or(USUAL_OPEN_FILES),
        None => USUAL_OPEN_FILES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_fit_into_the_open_files() {
        for (files, connections, running) in
            [(20_000, 2048, 1536), (1024, 288, 96), (256, 32, 10), (8, 1, 1), (usize::MAX, 2048, 1536)]
        {
            let fitted = Limits::default().within(files);
            assert_eq!((fitted.connections, fitted.running), (connections, running), "{files}");
        }
    }
}
