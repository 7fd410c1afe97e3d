//! What the routes work with: the parts of the server that they share.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::api::health;
use super::edge::lane::Lane;
use super::security::failures::Failures;
use super::security::login_guard::Door;
use super::security::peer::Network;
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
    /// Where calls wait for upstream.
    pub lane: Lane,
    /// Where hashes are made.
    pub hashes: Lane,
    /// Proxies whose word about addresses is taken.
    pub trusted_proxies: Vec<Network>,
    /// The address people use, where it is another than the one listened on.
    pub public_url: Option<String>,
    /// Who has failed to authenticate.
    pub failures: Failures<IpAddr>,
    /// Passwords, and how often they may be tried.
    pub door: Door,
    /// Whether the database takes writes.
    pub readiness: health::Readiness,
    /// How many requests are waiting for upstream.
    pub waiting: Arc<AtomicUsize>,
    /// How many may.
    pub max_waiting: usize,
}

impl App {
    /// What the routes share; the slow lanes are open.
    pub fn new(
        store: Arc<Store>,
        engine: Arc<Engine>,
        watch: Arc<Monitor>,
        trusted_proxies: Vec<Network>,
        max_waiting: usize,
    ) -> Self {
        Self {
            store,
            manager: Arc::new(Manager::new(Arc::clone(&engine))),
            engine,
            watch,
            lane: Lane::for_calls(),
            hashes: Lane::for_hashes(),
            trusted_proxies,
            public_url: None,
            failures: Failures::default(),
            door: Door::default(),
            readiness: health::Readiness::default(),
            waiting: Arc::default(),
            max_waiting,
        }
    }

    /// Begins nothing more that takes its time; what runs goes on.
    pub fn close_lanes(&self) {
        self.lane.close();
        self.hashes.close();
    }
}
