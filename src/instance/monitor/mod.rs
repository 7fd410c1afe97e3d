//! The monitor: keeps the status of rows true while nobody calls.
//!
//! One thread for each active credential polls its server: observe (one list of everything, and
//! `connectionState` where the list is known to lag) → judge (`judge`, pure) → write (`writer`: under
//! the instance's lock, and only if the row is what it was when the poll began). One more thread, the
//! supervisor, begins and ends those as credentials come, change and go.
//!
//! A call always goes first: a name whose lock is taken is left alone, its call writes the truth
//! itself. A hint is never believed, it only makes a poll come sooner. No database lock is held across a network call.
//! Upstream two things are changed from here: what a row left on a server that it moved from is removed
//! (`left_removals`), and settings that a create of ours lost are put back (`settings_looks`).

mod judge;
mod left_removals;
mod pace;
mod poll;
mod poll_loop;
mod poll_outcome;
mod probe_queue;
mod probes;
mod server;
mod settings_looks;
mod snapshot;
mod socket_turns;
mod state;
mod supervisor;
mod suspicions;
mod versions;
mod wake_signal;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

pub use pace::Pace;

use crate::domain::Millis;
use crate::store::Store;
use crate::upstream::Gateway;
use state::{END_WAIT, MonitorState};
use supervisor::Supervisor;

/// The monitor. Dropped, it stops.
pub struct Monitor {
    state: Arc<MonitorState>,
}

impl Monitor {
    /// Begins to poll every active credential's server.
    pub fn start(store: Arc<Store>, gateway: Arc<Gateway>, pace: Pace) -> Self {
        let state = Arc::new(MonitorState::new(store, gateway, pace));
        let mut supervisor = Supervisor::new(Arc::clone(&state));
        // At once, so that webhooks are known when the first request comes.
        supervisor.refresh();
        state.threads.begin("monitor".to_owned(), move || supervisor.run());
        let removals = Arc::clone(&state);
        state.threads.begin("left-removals".to_owned(), move || left_removals::run(&removals));
        Self { state }
    }

    /// Polls the instance often for some seconds, because somebody looks at it.
    pub fn keep_fresh(&self, credential: &str, name: &str) {
        if let Some(server) = self.state.server(credential) {
            server.wake_signal.keep_fresh(name, self.state.pace.keep_fresh);
        }
    }

    /// Polls the credential's server soon: something may have changed there.
    pub fn hint(&self, credential: &str, name: Option<&str>) {
        if let Some(server) = self.state.server(credential) {
            server.wake_signal.hint(name);
        }
    }

    /// When each polled server last listed what it has, by the ids of their credentials; before the first time, when
    /// its polls began.
    pub fn last_looks(&self) -> HashMap<String, Millis> {
        let servers = self.state.servers();
        servers.iter().map(|server| (server.credential.id.clone(), server.listed_at())).collect()
    }

    /// The credential whose server may post webhooks under that secret. Reads no database.
    pub fn webhook_of(&self, secret: &str) -> Option<String> {
        let roster = self.state.roster.lock();
        let known = roster.webhooks.iter().map(String::as_str);
        self.state.store.webhook_of(known, secret).map(str::to_owned)
    }

    /// Ends every poll, which takes a second at the most. Nothing is written after this returns,
    /// but for what was waiting all that second for somebody else's lock of the database.
    pub fn stop(&self) {
        let limit = Instant::now() + END_WAIT;
        self.state.roster.lock().over = true;
        let servers = self.state.servers();
        // All at once, then one after the other.
        for server in &servers {
            server.wake_signal.end();
        }
        for server in &servers {
            server.end(limit);
        }
        self.state.threads.end(limit.saturating_duration_since(Instant::now()));
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.stop();
    }
}
