//! The gateway: the one way from here to the servers, and the one place that chooses by channel which
//! upstream is spoken.
//!
//! It holds what all calls share: connections, the permits that bound how many calls are under way, and
//! the connects that are unanswered. It knows nothing of rows, and decides nothing.

use std::sync::Arc;
use std::time::Instant;

use super::address_rules::Reach;
use super::call_counts::{CallCounts, ServerCalls};
use super::call_log::CallLog;
use super::client::{Patience, UpstreamClient, UpstreamServer};
use super::evolution::{self, EvolutionClient};
use super::pending_connects::{PendingConnect, PendingConnects};
use super::transport::ConnectionPool;
use super::trust::TrustAnchors;
use crate::domain::{Channel, Name, Secret};
use crate::sync::{Mutex, Permit, PermitLimits, PermitQueue, Permits};

/// Calls about instances under way at one server, and at all of them: a server that hangs leaves room
/// for the others. Those that wait hold a thread and nothing else.
const CALLS: PermitLimits = PermitLimits { per_key: 64, total: 128, waiting: 4096 };
/// `connect` calls that one server has not answered, and all of them; each holds a thread and a connection
/// for 2 to 5 s, or until it is given up.
const CONNECTS: PermitLimits = PermitLimits { per_key: 64, total: 128, waiting: 4096 };
/// Read buffer of one connection, in bytes: a code takes three reads.
const READ_BUFFER: usize = 8 * 1024;
/// The same where lists of 10 MB are read over few connections: each read costs two system calls.
const LIST_READ_BUFFER: usize = 64 * 1024;
/// Sets of connections kept, one for each text of authorities: as many servers as may have their own.
const MAX_POOLS: usize = 64;

/// The way to every server. Where servers are told apart, it is by their credential's id.
pub struct Gateway {
    connections: Pools,
    list_connections: Pools,
    calls: Permits<String>,
    connects: Permits<String>,
    pending_connects: PendingConnects,
    call_counts: CallCounts,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            connections: Pools::new(READ_BUFFER),
            list_connections: Pools::new(LIST_READ_BUFFER),
            calls: Permits::new(CALLS),
            connects: Permits::new(CONNECTS),
            pending_connects: PendingConnects::default(),
            call_counts: CallCounts::default(),
        }
    }
}

impl Gateway {
    /// A client of the server, on the shared connections. No call of it outlives `deadline`; its log lines
    /// carry `trace`.
    pub fn client(&self, server: UpstreamServer, trace: &str, deadline: Instant) -> Box<dyn UpstreamClient> {
        let log = self.call_log(&server, trace, false);
        client_for(&self.connections.to(&server), server, log, Patience { deadline, waits: true })
    }

    /// The same for a caller that polls: over connections made for lists of everything, with every log line
    /// at `debug`, and with no wait where the server says to come again later.
    pub fn polling_client(
        &self,
        server: UpstreamServer,
        trace: &str,
        deadline: Instant,
    ) -> Box<dyn UpstreamClient> {
        let log = self.call_log(&server, trace, true);
        client_for(&self.list_connections.to(&server), server, log, Patience { deadline, waits: false })
    }

    fn call_log(&self, server: &UpstreamServer, trace: &str, is_quiet: bool) -> CallLog {
        CallLog { trace: trace.to_owned(), is_quiet, counts: self.call_counts.of(server.credential) }
    }

    /// What was called since the start, by the ids of credentials.
    pub fn calls(&self) -> Vec<(String, Arc<ServerCalls>)> {
        self.call_counts.all()
    }

    /// Who makes calls about instances now and who waits for that, by the ids of credentials.
    pub fn call_queues(&self) -> Vec<PermitQueue<String>> {
        self.calls.queues()
    }

    /// Which `connect`s are unanswered and which wait to be sent, by the ids of credentials.
    pub fn connect_queues(&self) -> Vec<PermitQueue<String>> {
        self.connects.queues()
    }

    /// The right to make calls about one instance at the credential's server; `None` when none is
    /// free by `deadline`.
    pub fn call_permit(&self, credential: &str, deadline: Instant) -> Option<Permit<String>> {
        self.calls.acquire(credential.to_owned(), deadline)
    }

    /// The right to send a `connect` that the server answers late, if one is free at once.
    pub fn try_connect_permit(&self, credential: &str) -> Option<Permit<String>> {
        self.connects.try_acquire(credential.to_owned())
    }

    /// The right to send a `connect` that the server answers late; `None` when none is free by
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

    /// Clears the pending connect of an instance whose socket was seen or closed, or that is gone.
    pub fn clear_pending_connect(&self, credential: &str, name: &Name) {
        self.pending_connects.clear(credential, name);
    }
}

/// Connections to all servers, apart for each set of authorities they trust. Those are compared where they are, since
/// they may be long and each call asks.
struct Pools {
    read_buffer: usize,
    pools: Mutex<Vec<(TrustAnchors, ConnectionPool)>>,
}

impl Pools {
    fn new(read_buffer: usize) -> Self {
        Self { read_buffer, pools: Mutex::default() }
    }

    /// The connections for that server.
    fn to(&self, server: &UpstreamServer) -> ConnectionPool {
        let mut pools = self.pools.lock();
        if let Some((_, kept)) = pools.iter().find(|(trust, _)| trust.are_of(server)) {
            return kept.clone();
        }
        if pools.len() >= MAX_POOLS {
            // Clients at work keep theirs; what is lost are idle connections.
            pools.clear();
        }
        let trust = TrustAnchors::of(server);
        let made = ConnectionPool::new(&trust, self.read_buffer, Reach::Anywhere);
        pools.push((trust, made.clone()));
        made
    }
}

/// A client that speaks what the server does.
fn client_for(
    connections: &ConnectionPool,
    server: UpstreamServer,
    log: CallLog,
    patience: Patience,
) -> Box<dyn UpstreamClient> {
    match server.channel {
        Channel::WhatsappEvolution => Box::new(EvolutionClient::new(connections, server, log, patience)),
    }
}

/// Whether the key is one that the upstream's own examples ship: whoever reads them opens the server.
pub fn is_public_default_key(channel: Channel, key: &Secret) -> bool {
    match channel {
        Channel::WhatsappEvolution => evolution::is_public_default_key(key),
    }
}
