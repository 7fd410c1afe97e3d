//! The supervisor: starts and ends the poll loops as credentials come, change and go, notes which servers answer, and
//! purges old rows. Sends no request to any server.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use super::poll_loop::{self, catch_panic};
use super::server::PolledServer;
use super::state::{END_WAIT, MonitorState};
use crate::domain::Credential;
use crate::upstream::BaseUrl;

/// The supervisor, and what it remembers from one turn to the next.
pub(super) struct Supervisor {
    state: Arc<MonitorState>,
    /// Whether the log says already that the credentials cannot be read.
    is_failing: bool,
    /// The credentials of which the log says already that their servers are not polled.
    not_polled: HashSet<String>,
    purged: Option<Instant>,
    /// When it was last noted which servers answer.
    asked_noted: Instant,
    /// The database's version at the last turn.
    version: Option<i64>,
}

impl Supervisor {
    pub(super) fn new(state: Arc<MonitorState>) -> Self {
        Self {
            state,
            is_failing: false,
            not_polled: HashSet::new(),
            purged: None,
            asked_noted: Instant::now(),
            version: None,
        }
    }

    /// Takes turns until the end. A turn that panics is a turn that failed.
    pub(super) fn run(mut self) {
        loop {
            catch_panic(|| self.purge_if_due());
            if self.state.threads.wait_over(self.state.pace.supervise) {
                return;
            }
            catch_panic(|| {
                self.refresh();
                for server in self.state.servers() {
                    server.check_silence(&self.state.store, &self.state.pace);
                }
                self.note_asked_if_due();
                self.wake_for_pairing();
            });
        }
    }

    fn purge_if_due(&mut self) {
        if self.purged.is_some_and(|at| at.elapsed() < self.state.pace.purge) {
            return;
        }
        self.purged = Some(Instant::now());
        match self.state.store.purge() {
            Ok(0) => {}
            Ok(rows) => log::info!("{rows} rows of history, logins and links were past their time"),
            Err(error) => log::error!("what is past its time could not be removed: {error}"),
        }
    }

    /// Notes until when each server has answered or failed. Without it a crash leaves a gap, which is what it was.
    fn note_asked_if_due(&mut self) {
        if self.asked_noted.elapsed() < self.state.pace.note_asked {
            return;
        }
        self.asked_noted = Instant::now();
        let servers = self.state.servers();
        let asked: Vec<_> = servers.iter().filter_map(|server| server.asked_now()).collect();
        if asked.is_empty() {
            return;
        }
        if let Err(error) = self.state.store.note_asked(&asked) {
            log::error!("that {} servers were asked could not be noted: {error}", asked.len());
        }
    }

    /// Wakes the poll loops of servers with a connecting row, also one that a command wrote in another
    /// process: somebody waits to see it connected.
    fn wake_for_pairing(&mut self) {
        let version = self.state.store.version().ok();
        if version == std::mem::replace(&mut self.version, version) {
            return;
        }
        for credential in self.state.store.pairing_at().unwrap_or_default() {
            if let Some(server) = self.state.server(&credential) {
                server.wake_signal.pairing();
            }
        }
    }

    /// Reads the credentials, starts the loops of new ones and ends those of removed ones.
    pub(super) fn refresh(&mut self) {
        let read = match self.state.store.servers() {
            Ok(read) => read,
            Err(error) => {
                if !std::mem::replace(&mut self.is_failing, true) {
                    log::error!("the credentials cannot be read, the servers are polled as before: {error}");
                }
                return;
            }
        };
        self.is_failing = false;
        let mut not_polled: HashSet<String> = read.iter().filter_map(|c| c.as_ref().err().cloned()).collect();
        let credentials: Vec<_> = read.into_iter().flatten().collect();
        let active = credentials.iter().filter(|c| c.active);
        not_polled.extend(active.map(|c| c.id.clone()));
        let Some(ended) = self.change_roster(credentials, &mut not_polled) else { return };
        let limit = Instant::now() + END_WAIT;
        for server in &ended {
            server.end(limit);
        }
        self.note_not_polled(not_polled);
    }

    /// Changes the roster, quickly, for requests wait for its lock. Returns the servers to be ended, or
    /// `None` after the end; takes the ids that are polled from `not_polled`.
    fn change_roster(
        &self,
        credentials: Vec<Credential>,
        not_polled: &mut HashSet<String>,
    ) -> Option<Vec<Arc<PolledServer>>> {
        let mut roster = self.state.roster.lock();
        if roster.over {
            return None;
        }
        roster.webhooks = credentials.iter().map(|c| c.id.clone()).collect();
        let mut before = std::mem::take(&mut roster.servers);
        for credential in credentials.into_iter().filter(|c| c.active).take(self.state.pace.servers) {
            let same = before.get(&credential.id).is_some_and(|server| server.uses(&credential));
            let server = if same { before.remove(&credential.id) } else { self.begin(&credential) };
            if let Some(server) = server {
                not_polled.remove(&credential.id);
                roster.servers.insert(credential.id, server);
            }
        }
        Some(before.into_values().collect())
    }

    /// Writes which servers should be polled and are not, so that their rows say so.
    fn note_not_polled(&mut self, not_polled: HashSet<String>) {
        if self.state.pace.is_asleep() {
            return;
        }
        for id in not_polled.difference(&self.not_polled) {
            log::error!("the server of credential {id} is not polled: too many, or its row cannot be used");
            if let Err(error) = self.state.store.note_not_polled(id) {
                log::error!("the health of {id} could not be written: {error}");
            }
        }
        self.not_polled = not_polled;
    }

    fn begin(&self, credential: &Credential) -> Option<Arc<PolledServer>> {
        let base_url = BaseUrl::parse(&credential.base_url);
        let base_url = base_url.inspect_err(|e| log::debug!("{} is not polled: {e}", credential.id)).ok()?;
        let server = Arc::new(PolledServer::new(credential.clone(), base_url));
        let (state, its) = (Arc::clone(&self.state), Arc::clone(&server));
        let name = format!("poll-{}", credential.id);
        self.state.threads.begin(name, move || poll_loop::run(&state, &its)).then_some(server)
    }
}
