//! The HTTP side: a gate on the public socket, `tiny_http` behind it, the routes behind that.
//!
//! A request passes, in this order: `gate` (accepts, caps connections) → `connection` (reads it
//! whole, within bounds) → `backend` (hands it on over a Unix socket) → `front` (`tiny_http`
//! and its workers) → `route` → `api`. The answer is an `reply::Reply` given to the
//! `request::Request`, from any thread. What waits for upstream, or
//! computes for long, does so in a `lane`.
//!
//! `tiny_http` is named in this folder and nowhere else. Nothing here decides anything about
//! instances: that is `ensure`'s.

mod api;
mod app;
mod assets;
mod edge;
mod fields;
mod problem;
mod query;
mod reply;
mod request;
mod router;
mod security;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use api::admin::json::{CredentialJson, CredentialTestJson, TokenJson, UserJson};
pub use api::instance::Done as InstanceDone;
pub use api::instances::{InstanceRemoval, Shown as InstanceShown};
pub use api::link::NewLinkJson;
pub use api::webhook::address as webhook_address;
pub use edge::limits::Limits;
pub use security::peer::{Network, NotANetwork};

use crate::domain::Secret;
use crate::instance::connect::Engine;
use crate::instance::monitor::Monitor;
use crate::store::Store;
use app::App;
use edge::backends::Backends;
use edge::listener::Gate;
use request::Request;

/// How long shutdown waits for what runs, unless told otherwise.
const DRAIN: Duration = Duration::from_secs(10);
/// After the drain, how long the answers to calls that never began may take to be written.
const FAREWELL: Duration = Duration::from_millis(250);

/// What a server is told.
pub struct Settings {
    /// Address and port; port 0 picks a free one.
    pub listen: String,
    /// Proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<Network>,
    /// The address people use, where it is another than the one listened on.
    pub public_url: Option<String>,
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
            drain: DRAIN,
            limits: Limits::default(),
        }
    }
}

/// A running server. Dropped without [`Server::shutdown`], it ends at once.
pub struct Server {
    gate: Gate,
    backends: Arc<Backends>,
    app: Arc<App>,
    drain: Duration,
}

impl Server {
    /// Takes the address and begins to serve.
    pub fn start(
        settings: Settings,
        store: Arc<Store>,
        engine: Arc<Engine>,
        watch: Arc<Monitor>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(&settings.listen)?;
        let limits = settings.limits.within_open_files();
        let mut app = App::new(store, engine, watch, settings.trusted_proxies, limits.waiting());
        app.public_url = settings.public_url;
        let app = Arc::new(app);
        let routed = Arc::clone(&app);
        let handler = Arc::new(move |request: Request| router::dispatch(&routed, request));
        let backends = Arc::new(Backends::start(handler, &limits)?);
        let known = Arc::clone(&app);
        let is_webhook = Box::new(move |target: &str| router::is_webhook(&known, target));
        let gate = Gate::open(listener, limits, Arc::clone(&backends), is_webhook)?;
        Ok(Self { gate, backends, app, drain: settings.drain })
    }

    /// The address in use.
    pub fn addr(&self) -> SocketAddr {
        self.gate.addr()
    }

    /// Makes the token of the link with which the first administrator sets the page up.
    pub fn open_setup(&self) -> Secret {
        self.app.door.setup.open(Instant::now())
    }

    /// Takes nothing new, lets what runs finish for as long as the settings say, and returns when
    /// the address is free again. Calls that have not begun by then are answered `busy`.
    pub fn shutdown(self) {
        self.stop(self.drain);
    }

    fn stop(&self, drain: Duration) {
        self.gate.close();
        if !self.gate.wait_empty(drain) {
            self.app.close_lanes();
            self.gate.wait_empty(FAREWELL);
        }
        self.gate.cut();
        self.app.close_lanes();
        self.backends.stop();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}
