//! What the monitor's threads share: the data folder, the way to the servers, and which of them are polled.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::pace::Pace;
use super::server::PolledServer;
use crate::store::Store;
use crate::sync::{Mutex, Threads};
use crate::upstream::Gateway;

/// How long the end waits for threads that are in the middle of a call. What hangs longer is left
/// behind, and writes nothing any more.
pub(super) const END_WAIT: Duration = Duration::from_secs(1);

/// What its threads share.
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
    /// Those whose servers are polled, by id.
    pub(super) servers: HashMap<String, Arc<PolledServer>>,
    /// The ids of all of them, whose servers may post webhooks.
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

    pub(super) fn servers(&self) -> Vec<Arc<PolledServer>> {
        self.roster.lock().servers.values().cloned().collect()
    }
}
