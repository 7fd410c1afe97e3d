//! What a server says of itself, asked a few times a day between two polls. 2.3 asks WhatsApp before it answers, and
//! may hang: the next poll of that server waits for it, a moment at most.

use std::time::{Duration, Instant};

use super::server::PolledServer;
use super::state::MonitorState;
use crate::crypto::new_id;
use crate::domain::ServerVersions;

/// How often a server is asked: an upgrade of it is no emergency.
const REFRESH: Duration = Duration::from_hours(6);
/// How soon again where it did not answer, twice as long each time: it may have been busy, or cannot reach WhatsApp.
const FIRST_RETRY: Duration = Duration::from_secs(5);
const MAX_RETRY: Duration = Duration::from_mins(10);
/// How much longer a look waits while the server is busy, which may be for as long as a code is shown.
const BUSY: Duration = Duration::from_secs(5);
/// How long the answer may take, which polls of that server wait for. Recorded: some ms, or never.
const LIMIT: Duration = Duration::from_secs(2);

/// The looks at one server's versions.
pub(super) struct VersionLooks {
    due: Instant,
    retry: Duration,
    known: Option<ServerVersions>,
}

impl VersionLooks {
    pub(super) fn new() -> Self {
        Self { due: Instant::now(), retry: FIRST_RETRY, known: None }
    }

    /// Asks the server if that is due, and writes what is new. Where numbers of it are being connected, a moment later.
    pub(super) fn look_if_due(&mut self, state: &MonitorState, server: &PolledServer, is_busy: bool) {
        if Instant::now() < self.due + if is_busy { BUSY } else { Duration::ZERO } {
            return;
        }
        let client = state.client(server, &new_id("poll-"), Instant::now() + LIMIT);
        let Some(versions) = client.versions() else {
            self.due = Instant::now() + self.retry;
            self.retry = (self.retry * 2).min(MAX_RETRY);
            return;
        };
        self.due = Instant::now() + REFRESH;
        self.retry = FIRST_RETRY;
        if self.known.as_ref() == Some(&versions) {
            return;
        }
        let id = &server.credential.id;
        match server.write(|| state.store.note_versions(id, &versions)) {
            Some(Ok(())) => self.known = Some(versions),
            Some(Err(error)) => log::error!("the versions of {id} could not be written: {error}"),
            None => {}
        }
    }
}
