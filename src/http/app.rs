//! What the routes work with: the parts of the server that they share.

use std::net::IpAddr;
use std::sync::Arc;

use super::blocking::Blocking;
use super::readiness::Readiness;
use super::request_log::RequestLog;
use super::security::login_guard::LoginGuard;
use super::security::peer::Network;
use super::security::rate_limit::RateLimit;
use super::security::throttles::Throttles;
use crate::instance::actions::Manager;
use crate::instance::connect::Engine;
use crate::instance::monitor::Monitor;
use crate::store::Store;

/// All of it.
pub struct App {
    /// The database.
    pub store: Arc<Store>,
    /// The use case.
    pub engine: Arc<Engine>,
    /// What keeps the rows true.
    pub watch: Arc<Monitor>,
    /// What people ask for by name.
    pub manager: Arc<Manager>,
    /// Proxies whose word about addresses is taken.
    pub trusted_proxies: Vec<Network>,
    /// The address people use, where it is another than the one listened on.
    pub public_url: Option<String>,
    /// Who has failed to authenticate.
    pub failed_tokens: RateLimit<IpAddr>,
    /// Passwords, and how often they may be tried.
    pub login_guard: LoginGuard,
    /// Whether the database takes writes.
    pub readiness: Readiness,
    /// Permits of the routes that may block.
    pub blocking: Blocking,
    /// The log's lines of requests.
    pub log: RequestLog,
    /// How often instances may be restarted and connect links be used.
    pub throttles: Throttles,
}

impl App {
    /// What the routes of a server with that many connections share.
    pub fn new(
        store: Arc<Store>,
        engine: Arc<Engine>,
        watch: Arc<Monitor>,
        trusted_proxies: Vec<Network>,
        connections: usize,
    ) -> Self {
        Self {
            store,
            manager: Arc::new(Manager::new(Arc::clone(&engine))),
            engine,
            watch,
            trusted_proxies,
            public_url: None,
            failed_tokens: RateLimit::default(),
            login_guard: LoginGuard::default(),
            readiness: Readiness::default(),
            blocking: Blocking::new(connections),
            log: RequestLog::default(),
            throttles: Throttles::default(),
        }
    }
}
