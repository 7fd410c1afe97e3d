//! The gateway: the one way from here to the servers, for whatever is done to one instance.
//!
//! It holds what all calls share: connections, the permits that bound how many calls a server has to
//! bear, and the connects that are unanswered. It knows nothing of rows, and decides nothing.

use std::time::Instant;

use super::BaseUrl;
use super::evolution::{Client, Connections};
use super::pending_connects::{PendingConnect, PendingConnects};
use crate::domain::{Name, Secret};
use crate::sync::{Permit, PermitLimits, Permits};

/// Calls about instances under way at one server, and at all of them: a server that hangs leaves room
/// for the others. Those that wait hold a thread and nothing else.
const CALLS: PermitLimits = PermitLimits { per_key: 64, total: 128, waiting: 4096 };
/// `connect` calls that one server sleeps over, and all of them; each holds a thread and a connection
/// for 2 to 5 s, or until it is given up.
const CONNECTS: PermitLimits = PermitLimits { per_key: 64, total: 128, waiting: 4096 };

/// The way to every server. Servers are told apart by their credential's id.
pub struct Gateway {
    connections: Connections,
    calls: Permits<String>,
    connects: Permits<String>,
    pending_connects: PendingConnects,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            connections: Connections::default(),
            calls: Permits::new(CALLS),
            connects: Permits::new(CONNECTS),
            pending_connects: PendingConnects::default(),
        }
    }
}

impl Gateway {
    /// A client for the server at `base_url`, on the shared connections. No request of it outlives
    /// `deadline`; its log lines carry `trace`.
    pub fn client(&self, base_url: &BaseUrl, key: Secret, trace: &str, deadline: Instant) -> Client {
        Client::new(&self.connections, base_url, key, trace, deadline)
    }

    /// The right to make calls about one instance at the credential's server; `None` when none is
    /// free by `deadline`.
    pub fn call_permit(&self, credential: &str, deadline: Instant) -> Option<Permit<String>> {
        self.calls.acquire(credential.to_owned(), deadline)
    }

    /// The right to send a `connect` that the server sleeps over, if one is free at once.
    pub fn try_connect_permit(&self, credential: &str) -> Option<Permit<String>> {
        self.connects.try_acquire(credential.to_owned())
    }

    /// The right to send a `connect` that the server sleeps over; `None` when none is free by
    /// `deadline`.
    pub fn connect_permit(&self, credential: &str, deadline: Instant) -> Option<Permit<String>> {
        self.connects.acquire(credential.to_owned(), deadline)
    }

    /// Notes that a `connect` is being sent, until what is given back is dropped.
    pub fn begin_connect(&self, credential: &str, name: &Name, permit: Permit<String>) -> PendingConnect {
        self.pending_connects.begin(credential, name, permit)
    }

    /// Whether a `connect` of this process is unanswered for that instance.
    pub fn is_connect_pending(&self, credential: &str, name: &Name) -> bool {
        self.pending_connects.has(credential, name)
    }

    /// Clears the pending connect of an instance whose socket has shown or was closed, or that is gone.
    pub fn clear_pending_connect(&self, credential: &str, name: &Name) {
        self.pending_connects.clear(credential, name);
    }
}
