//! The connect call: it ends in a QR code, in "connected", or in a clear reason.
//!
//! Observe, decide, act: `plan` decides by a table, `call` does the step and adds to the facts.
//! `singleflight` lets equal requests share one call, and different ones for a name take turns. No
//! lock of the database is held across a call upstream, and nothing upstream is ever deleted, logged
//! out or restarted from here: `actions` does that when a person asks for it by name, and the monitor removes what a row left.

mod call;
mod code_wait;
mod limits;
mod outcome;
mod plan;
mod server_address;
mod singleflight;
mod socket_memory;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use outcome::{ConnectError, ConnectOutcome, ConnectRequest, ConnectResult, PriorState};

use crate::domain::{ConnectionState, Name, Pairing, is_out};
use crate::store::{InstanceRow, Store};
use crate::upstream::Gateway;
use plan::Upstream;
pub(crate) use server_address::server_address;
pub use singleflight::ConnectLoad;
use singleflight::Singleflight;
use socket_memory::SocketMemory;

/// Runs connect calls, one at a time for each name.
pub struct ConnectService {
    store: Arc<Store>,
    qr_timeout: Duration,
    gateway: Arc<Gateway>,
    singleflight: Singleflight,
    sockets: SocketMemory,
}

impl ConnectService {
    /// A service on an open data folder. `qr_timeout` bounds a whole call.
    pub fn new(store: Arc<Store>, qr_timeout: Duration) -> Self {
        Self {
            store,
            qr_timeout,
            gateway: Arc::default(),
            singleflight: Singleflight::default(),
            sockets: SocketMemory::default(),
        }
    }

    /// Runs the call, or shares an equal one that is under way, and waits for its result. `trace` is the
    /// request id for the log.
    pub fn connect(&self, request: &ConnectRequest, trace: &str) -> ConnectResult {
        let begun = Instant::now();
        if !request.caller.limits.has_name(request.name.as_str()) {
            return Err(ConnectError::OutOfReach(request.caller.limits.clone()));
        }
        if self.singleflight.is_behind_other_user(request) && self.belongs_to_other_user(request) {
            return Err(ConnectError::OwnedByOther);
        }
        self.singleflight.run(request, trace, || self.call(request, trace, begun))
    }

    /// Whether the name has another owner. A database that fails says so when the row is read.
    fn belongs_to_other_user(&self, request: &ConnectRequest) -> bool {
        let owner = self.store.instance_owner(request.channel, &request.name);
        owner.is_ok_and(|owner| owner.is_some_and(|owner| owner != request.caller.user))
    }

    /// Whether the table of `plan` lets an action ask for the code of a row's own instance: the only
    /// other sender of `connect`, and under the same rules.
    pub(crate) fn may_ask_code(
        &self,
        credential: &str,
        name: &Name,
        row: &InstanceRow,
        upstream: (ConnectionState, Pairing),
    ) -> bool {
        let is_opening =
            row.connect_out_until.is_some_and(is_out) || self.gateway.is_connect_pending(credential, name);
        let is_flapping = self.sockets.flapped_lately(credential, name.as_str());
        plan::lets_an_action_ask(Upstream::Present(upstream.0, upstream.1), is_flapping, is_opening)
    }

    /// The data folder that calls work on.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// How many calls are under way.
    pub fn load(&self) -> ConnectLoad {
        self.singleflight.load()
    }

    /// The gateway to the servers.
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }
}
