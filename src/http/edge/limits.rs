//! Every bound of the HTTP side that concerns a client, in one place.
//!
//! Nothing here knows what a request says.

use std::time::Duration;

use rlimit::Resource;

use super::backends::MAX_BACKENDS;

/// Files of a backend connection: both ends of its socket, and the second handle that `tiny_http` keeps
/// of its end.
const FILES_PER_BACKEND: usize = 3;
/// Files left to everything else: idle connections to upstream, those of the monitor, the database.
const OTHER_FILES: usize = 96 + MAX_BACKENDS * FILES_PER_BACKEND;
/// Files of a client's connection whose request calls upstream: its own, the call's, the name's lock.
const FILES_PER_CONNECTION: usize = 3;
/// Fewest open files with which a server starts: enough for the workers and some twenty connections beside all else.
pub const LEAST_OPEN_FILES: usize = 256;
/// What a process may open where it cannot be asked.
const USUAL_OPEN_FILES: usize = 1024;

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
        }
    }
}

impl Limits {
    /// The same, with as many connections as the process may have files for: running out of
    /// descriptors would hit the database and upstream as well.
    #[must_use]
    pub fn within_open_files(self) -> Self {
        let (asked, files) = (self.connections, open_files());
        let fitting = self.within(files);
        if fitting.connections < asked {
            log::info!(
                "at most {} connections at a time, since this process may open {files} files; {} files are enough for \
                 {asked}: LimitNOFILE, or ulimit -n",
                fitting.connections,
                OTHER_FILES + asked * FILES_PER_CONNECTION
            );
        }
        fitting
    }

    fn within(mut self, files: usize) -> Self {
        let spare = files.saturating_sub(OTHER_FILES).max(files / 4);
        self.connections = self.connections.min(spare / FILES_PER_CONNECTION).max(1);
        self
    }
}

/// This process may open fewer files than a server needs.
#[derive(Debug)]
pub struct TooFewFiles {
    /// How many it may open.
    pub limit: usize,
    /// How many it needs.
    pub needed: usize,
}

/// Lets this process open as many files as it may at all. `Err` where those are too few: without a file for it, no
/// connection can even be refused.
pub fn raise_open_files() -> Result<(), TooFewFiles> {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        log::warn!("the limit on open files stays at {}: {error}", open_files());
    }
    let limit = open_files();
    if limit < LEAST_OPEN_FILES { Err(TooFewFiles { limit, needed: LEAST_OPEN_FILES }) } else { Ok(()) }
}

/// How many files a process of this user may have open at all.
pub fn most_open_files() -> usize {
    let hard =
        rlimit::getrlimit(Resource::NOFILE).map(|(_, hard)| usize::try_from(hard).unwrap_or(usize::MAX));
    hard.unwrap_or(USUAL_OPEN_FILES)
}

/// How many files a server has open where all its connections are taken.
pub fn wanted_open_files() -> usize {
    OTHER_FILES + Limits::default().connections * FILES_PER_CONNECTION
}

/// The process's soft limit on open files.
fn open_files() -> usize {
    let soft =
        rlimit::getrlimit(Resource::NOFILE).map(|(soft, _)| usize::try_from(soft).unwrap_or(usize::MAX));
    soft.unwrap_or(USUAL_OPEN_FILES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connections_fit_into_the_open_files() {
        for (files, connections) in [(20_000, 2048), (1024, 277), (256, 21), (8, 1), (usize::MAX, 2048)] {
            assert_eq!(Limits::default().within(files).connections, connections, "{files}");
        }
    }
}
