//! What the monitor's threads share: the data folder, the gateway, the polled servers. Starts nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::server::PolledServer;
use crate::store::Store;
use crate::sync::{Mutex, Threads};
use crate::upstream::{Gateway, UpstreamClient, UpstreamServer};

/// How long the end waits for threads that wait for upstream. One that hangs longer is left behind, and
/// writes nothing any more.
pub(super) const END_WAIT: Duration = Duration::from_secs(1);

/// What the monitor's threads share.
pub(super) struct MonitorState {
    pub(super) store: Arc<Store>,
    pub(super) gateway: Arc<Gateway>,
    pub(super) pace: Pace,
    pub(super) roster: Mutex<Roster>,
    pub(super) threads: Threads,
}

/// The credentials, as they were last read.
#[derive(Default)]
pub(super) struct Roster {
    /// The servers that are polled, by the ids of their credentials.
    pub(super) servers: HashMap<String, Arc<PolledServer>>,
    /// The ids of all credentials: the server of each may post webhooks.
    pub(super) webhooks: Vec<String>,
    pub(super) over: bool,
}

impl MonitorState {
    pub(super) fn new(store: Arc<Store>, gateway: Arc<Gateway>, pace: Pace) -> Self {
        Self { store, gateway, pace, roster: Mutex::default(), threads: Threads::default() }
    }

    pub(super) fn server(&self, credential: &str) -> Option<Arc<PolledServer>> {
        self.roster.lock().servers.get(credential).cloned()
    }

    /// A client for requests of ours that nobody waits for.
    pub(super) fn client(
        &self,
        server: &PolledServer,
        trace: &str,
        deadline: Instant,
    ) -> Box<dyn UpstreamClient> {
        let PolledServer { credential, base_url, .. } = server;
        let upstream = UpstreamServer::of(credential, base_url);
        self.gateway.polling_client(upstream, trace, deadline)
    }

    pub(super) fn servers(&self) -> Vec<Arc<PolledServer>> {
        self.roster.lock().servers.values().cloned().collect()
    }
}
