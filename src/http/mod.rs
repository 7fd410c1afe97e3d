//! The HTTP side: the public socket, `tiny_http` behind it, the routes behind that.
//!
//! Every client connection has a thread of its own (`edge::connection`), which reads one whole, bounded
//! request. A route that may block runs on that thread, under a permit (`blocking`): whoever waits for
//! upstream costs one thread and one file, and holds up nobody. Every other request goes over a kept
//! connection (`edge::backends`) to `tiny_http`, one of whose few workers answers it.
//!
//! `tiny_http` is named in this folder and nowhere else. Nothing here decides anything about
//! instances: that is `instance`'s.

mod api;
mod app;
mod assets;
mod audited;
mod blocking;
mod edge;
mod export_turns;
mod fields;
mod json_fault;
mod language;
mod metrics;
mod openapi;
mod page;
mod problem;
mod query;
mod readiness;
mod reply;
mod request;
mod request_counts;
mod request_log;
mod router;
mod security;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

pub use api::admin::audit::{AuditJson, parse_moment, write_csv};
pub use api::admin::json::{CredentialJson, CredentialTestJson, TokenJson, UserJson};
pub use api::admin::unmanaged::{AdoptionJson, FoundInstanceJson, UnmanagedJson};
pub use api::instance::ConnectJson;
pub use api::instances::{InstanceJson, InstanceRemoval};
pub use api::link::{LinkJson, NewLinkJson};
pub use api::moving::{InstanceMoveJson, SentTestJson};
pub use api::notices::{AddedTargetJson, NoticeLogJson, NoticeTargetJson};
pub use api::webhook::address as webhook_address;
pub use app::Restart;
pub use edge::limits::{
    LEAST_OPEN_FILES, Limits, TooFewFiles, most_open_files, raise_open_files, wanted_open_files,
};
pub use security::allowed_origin::{AllowedOrigin, NotAnOrigin};
pub use security::peer::{Network, NotANetwork};

use crate::backup::{BackupPlan, Backups};
use crate::instance::connect::ConnectService;
use crate::instance::monitor::Monitor;
use crate::store::Store;
use app::App;
use edge::backends::Backends;
use edge::listener::Listener;
use edge::routes::Routes;
use metrics::MetricsRoutes;
use router::Router;

/// How long shutdown waits for what runs, unless told otherwise.
const DRAIN: Duration = Duration::from_secs(10);

/// What a server is told.
pub struct Settings {
    /// Address and port; port 0 picks a free one.
    pub listen: String,
    /// Proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<Network>,
    /// The address people use, where it is another than the one listened on.
    pub public_url: Option<String>,
    /// Origins whose pages may call the API with a token.
    pub allowed_origins: Vec<AllowedOrigin>,
    /// Backups of the store; `None`: those that somebody asks for, in the data folder.
    pub backups: Option<Arc<Backups>>,
    /// Starts the server anew; `None`: it cannot be.
    pub restart: Option<Restart>,
    /// How long shutdown waits for what runs.
    pub drain: Duration,
    /// What one client may take of the server.
    pub limits: Limits,
}

impl Settings {
    /// The usual settings for that address.
    pub fn new(listen: impl Into<String>) -> Self {
        Self {
            listen: listen.into(),
            trusted_proxies: Vec::new(),
            public_url: None,
            allowed_origins: Vec::new(),
            backups: None,
            restart: None,
            drain: DRAIN,
            limits: Limits::default(),
        }
    }
}

/// A running server. Dropped without [`Server::shutdown`], it ends at once.
pub struct Server {
    listener: Listener,
    backends: Arc<Backends>,
    app: Arc<App>,
    drain: Duration,
    /// The address of the metrics, where there is one.
    metrics: Option<Listener>,
}

impl Server {
    /// Takes the address and begins to serve.
    pub fn start(
        settings: Settings,
        store: Arc<Store>,
        connect_service: Arc<ConnectService>,
        monitor: Arc<Monitor>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(&settings.listen)?;
        let limits = settings.limits.within_open_files();
        let folder = store.folder().to_owned();
        let on_demand = || Backups::new(Arc::clone(&store), BackupPlan::on_demand(store.folder()));
        let backups = settings.backups.unwrap_or_else(|| Arc::new(on_demand()));
        let proxies = settings.trusted_proxies;
        let mut app = App::new(store, connect_service, monitor, backups, proxies, limits.connections);
        app.public_url = settings.public_url;
        app.allowed_origins = settings.allowed_origins;
        app.restart = settings.restart;
        let app = Arc::new(app);
        let routes: Arc<dyn Routes> = Arc::new(Router::new(Arc::clone(&app), limits.clone()));
        let backends = Arc::new(Backends::start(Arc::clone(&routes), &folder)?);
        let listener = Listener::open(listener, limits, Arc::clone(&backends), routes)?;
        Ok(Self { listener, backends, app, drain: settings.drain, metrics: None })
    }

    /// The address in use.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Tells how many requests have been answered by a route.
    pub fn answered(&self) -> impl Fn() -> u64 + Send + use<> {
        let app = Arc::clone(&self.app);
        move || app.request_counts.answered()
    }

    /// Serves the metrics on an address of their own; the one in use.
    pub fn serve_metrics(&mut self, listen: &str) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(listen)?;
        let routes = MetricsRoutes::new(Arc::clone(&self.app), Arc::clone(self.listener.connections()));
        let limits = metrics::limits().within_open_files();
        let listener = Listener::open(listener, limits, Arc::clone(&self.backends), Arc::new(routes))?;
        let addr = listener.addr();
        self.metrics = Some(listener);
        Ok(addr)
    }

    /// Takes nothing new, lets what runs finish for as long as the settings say, and returns when
    /// the address is free again.
    pub fn shutdown(self) {
        self.stop(self.drain);
    }

    fn stop(&self, drain: Duration) {
        if let Some(metrics) = &self.metrics {
            metrics.close();
            metrics.cut();
        }
        self.listener.close();
        self.listener.wait_empty(drain);
        self.listener.cut();
        self.backends.stop();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}
