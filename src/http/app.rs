//! The parts of the server that its routes share. Decides nothing.

use std::net::IpAddr;
use std::sync::Arc;

use super::blocking::Blocking;
use super::export_turns::ExportTurns;
use super::readiness::Readiness;
use super::request_counts::RequestCounts;
use super::request_log::RequestLog;
use super::security::allowed_origin::AllowedOrigin;
use super::security::login_guard::LoginGuard;
use super::security::peer::Network;
use super::security::rate_limit::RateLimit;
use super::security::throttles::Throttles;
use super::security::usage_notes::UsageNotes;
use crate::backup::Backups;
use crate::instance::actions::ActionService;
use crate::instance::connect::ConnectService;
use crate::instance::monitor::Monitor;
use crate::store::Store;

/// The parts of the server that routes share.
pub struct App {
    /// The database.
    pub store: Arc<Store>,
    /// The call that ends in a code.
    pub connect_service: Arc<ConnectService>,
    /// The monitor, which keeps the rows true.
    pub monitor: Arc<Monitor>,
    /// What a person asks for by name: logout, restart, delete.
    pub action_service: Arc<ActionService>,
    /// Proxies whose word about addresses is taken.
    pub trusted_proxies: Vec<Network>,
    /// The address people use, where it is another than the one listened on.
    pub public_url: Option<String>,
    /// Origins whose pages may call the API with a token.
    pub allowed_origins: Vec<AllowedOrigin>,
    /// Who has failed to authenticate.
    pub failed_tokens: RateLimit<IpAddr>,
    /// Passwords, and how often they may be tried.
    pub login_guard: LoginGuard,
    /// Whether the database takes writes.
    pub readiness: Readiness,
    /// Notes of when tokens and sessions were used.
    pub usage_notes: UsageNotes,
    /// Permits of the routes that may block.
    pub blocking: Blocking,
    /// How many requests there were.
    pub request_counts: RequestCounts,
    /// The log's lines of requests.
    pub log: RequestLog,
    /// How often instances may be restarted, connect links be used, and servers and notices be tested.
    pub throttles: Throttles,
    /// The turns of exports.
    pub export_turns: ExportTurns,
    /// Backups of the store.
    pub backups: Arc<Backups>,
    /// Ends the server and starts it anew; `None`: whoever runs it cannot.
    pub restart: Option<Restart>,
}

/// Asks whoever runs the server to start it anew, and returns at once.
pub type Restart = Box<dyn Fn() + Send + Sync>;

impl App {
    /// What the routes of a server with that many connections share.
    pub fn new(
        store: Arc<Store>,
        connect_service: Arc<ConnectService>,
        monitor: Arc<Monitor>,
        backups: Arc<Backups>,
        trusted_proxies: Vec<Network>,
        connections: usize,
    ) -> Self {
        let usage_notes = UsageNotes::start(Arc::clone(&store));
        Self {
            store,
            action_service: Arc::new(ActionService::new(Arc::clone(&connect_service))),
            connect_service,
            monitor,
            trusted_proxies,
            public_url: None,
            allowed_origins: Vec::new(),
            failed_tokens: RateLimit::default(),
            login_guard: LoginGuard::default(),
            readiness: Readiness::default(),
            usage_notes,
            blocking: Blocking::new(connections),
            request_counts: RequestCounts::default(),
            log: RequestLog::default(),
            throttles: Throttles::default(),
            export_turns: ExportTurns::default(),
            backups,
            restart: None,
        }
    }
}
