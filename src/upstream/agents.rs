//! The agents of `ureq`, each of which keeps one connection.
//!
//! One agent with many connections has one lock: under it, each request looks at every idle connection and asks the
//! system whether the one that it takes is still open. Many callers at once would mostly wait for that lock. Here it is
//! held for as long as it takes to find an agent or to put it back.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::config::Config;

use super::address_rules::Reach;
use super::connector::{GuardedResolver, TlsConnector, connector};
use crate::sync::Mutex;

/// Servers on Node.js close idle connections after 5 s: one older than this is not used again.
pub(super) const IDLE: Duration = Duration::from_secs(4);
/// Idle connections kept, as many as calls are usually under way.
const MAX_IDLE: usize = 32;

/// Agents with the same settings, to any server.
pub(super) struct Agents {
    config: Config,
    tls: TlsConnector,
    reach: Reach,
    /// Those that nobody uses, in the order in which they came to be so.
    idle: Mutex<VecDeque<IdleAgent>>,
}

struct IdleAgent {
    /// Where its connection leads.
    origin: String,
    since: Instant,
    agent: Agent,
}

impl Agents {
    /// Agents with those settings, which lead no further than `reach`.
    pub(super) fn new(config: Config, reach: Reach) -> Self {
        Self { config, tls: TlsConnector::default(), reach, idle: Mutex::default() }
    }

    /// An agent that has no connection.
    pub(super) fn fresh(&self) -> Agent {
        Agent::with_parts(self.config.clone(), connector(&self.tls), GuardedResolver::new(self.reach))
    }

    /// The agent that had a connection to that server last, or a fresh one.
    pub(super) fn take(&self, origin: &str) -> Agent {
        let mut idle = self.idle.lock();
        let fresh = idle.iter().take_while(|agent| agent.since.elapsed() >= IDLE).count();
        let too_old: Vec<_> = idle.drain(..fresh).collect();
        let found = idle.iter().rposition(|agent| agent.origin == origin);
        let found = found.and_then(|at| idle.remove(at));
        drop(idle);
        // Outside of the lock: their connections are closed.
        drop(too_old);
        found.map_or_else(|| self.fresh(), |found| found.agent)
    }

    /// Keeps an agent whose connection may be used again.
    pub(super) fn put_back(&self, origin: &str, agent: Agent) {
        let mut idle = self.idle.lock();
        let oldest = if idle.len() < MAX_IDLE { None } else { idle.pop_front() };
        idle.push_back(IdleAgent { origin: origin.to_owned(), since: Instant::now(), agent });
        drop(idle);
        drop(oldest);
    }
}
