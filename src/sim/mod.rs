//! A simulated Evolution API server: a real HTTP server with an invented WhatsApp behind it.
//!
//! It behaves as the recordings in `tests/recorded` show the real 2.3.7 and 1.8.2 to behave: the order
//! of the guards, what each call sleeps, the race of two creates that destroys, a socket for each
//! concurrent connect, deletes that finish behind the caller's back, codes that rotate and go stale, and
//! the error envelopes. `tests/sim_replay.rs` measures how faithfully. It serves the tests, the benches
//! and `pareia demo`; it must share no code with the part of pareia that talks to Evolution, or the two
//! would share their mistakes.
//!
//! What happens by itself over there is scripted through [`Control`], or over HTTP under `/sim`.
//!
//! ```text
//! server   sockets, keep-alive, faults below HTTP
//! request  what a request says
//! routes   the endpoints and their guards     create, webhook   the larger ones
//! wire_v1, wire_v2, reply                      bodies and envelopes
//! world    instances, their sockets, and what falls due         instance   one of them
//! hub      what connections share: world, faults, journal, the one place that sleeps
//! control  what phones, WhatsApp and operators do     webhook_sender  the global webhook
//! ```
//!
//! Not simulated: the webhooks of single instances, compression, and every message.

mod control;
mod create;
mod hub;
mod instance;
mod journal;
mod qr;
mod reply;
mod request;
mod routes;
mod server;
mod timing;
mod webhook;
mod webhook_sender;
mod wire_v1;
mod wire_v2;
mod world;

pub use control::{Control, CurrentCode};
pub use hub::{Fault, VersionPage};
pub use instance::State;
pub use journal::{Call, Tally};
pub use timing::Timing;
pub use world::Whatsapp;

use hub::Hub;
use server::Connections;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::str::FromStr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// The profile name of every account that scans.
const PROFILE_NAME: &str = "Loja Teste";
/// `QRCODE_LIMIT`, unless told: Evolution's own default.
const QRCODE_LIMIT: u32 = 30;

/// Which server is simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// 2.3.7, the newest stable.
    #[default]
    V2_3_7,
    /// 1.8.2, the last of the old line.
    V1_8_2,
}

impl Version {
    fn is_v1(self) -> bool {
        self == Self::V1_8_2
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            wire_v2::VERSION => Ok(Self::V2_3_7),
            wire_v1::VERSION => Ok(Self::V1_8_2),
            other => Err(format!("{other} is not simulated; 2.3.7 and 1.8.2 are")),
        }
    }
}

/// How a simulated server is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: String,
    /// The server's key (`AUTHENTICATION_API_KEY`).
    pub api_key: String,
    /// Which server.
    pub version: Version,
    /// How long things take.
    pub timing: Timing,
    /// `QRCODE_LIMIT`: codes shown before an instance gives up.
    pub qrcode_limit: u32,
    /// `AUTHENTICATION_EXPOSE_IN_FETCH_INSTANCES`; only 1.8.2 minds.
    pub expose_in_fetch: bool,
    /// `DEL_INSTANCE`: minutes after which an unpaired instance is deleted; 0 and 1 mean never.
    pub del_instance_minutes: u32,
}

impl Options {
    /// A server of that version on a free port of loopback, as slow as recorded.
    #[must_use]
    pub fn new(version: Version, api_key: &str) -> Self {
        let timing = if version.is_v1() { Timing::recorded_v1() } else { Timing::recorded() };
        Self {
            listen: "127.0.0.1:0".to_owned(),
            api_key: api_key.to_owned(),
            version,
            timing,
            qrcode_limit: QRCODE_LIMIT,
            expose_in_fetch: true,
            del_instance_minutes: 0,
        }
    }
}

/// A running simulation; it ends when this is dropped.
pub struct Sim {
    hub: Arc<Hub>,
    connections: Arc<Connections>,
    control: Control,
    threads: Vec<JoinHandle<()>>,
}

impl Sim {
    /// Starts the server. It listens when this returns.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen.to_socket_addrs()?.collect::<Vec<_>>().as_slice())?;
        let hub = Arc::new(Hub::new(options, listener.local_addr()?));
        let connections = Arc::new(Connections::default());
        let control = Control::new(Arc::clone(&hub), Arc::clone(&connections));
        let (its_hub, its_connections) = (Arc::clone(&hub), Arc::clone(&connections));
        let acceptor = thread::Builder::new()
            .name("sim-accept".into())
            .spawn(move || server::run(&its_hub, &its_connections, listener))?;
        let its_hub = Arc::clone(&hub);
        let webhook_sender = thread::Builder::new()
            .name("sim-webhook_sender".into())
            .spawn(move || webhook_sender::run(&its_hub))?;
        Ok(Self { hub, connections, control, threads: vec![acceptor, webhook_sender] })
    }

    /// The base URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.hub.url()
    }

    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.hub.addr
    }

    /// The simulation's strings.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Waits until the simulation ends, which only another thread's end of the process brings about.
    pub fn wait(&self) {
        self.hub.wait(None, |mode| mode.stopping);
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.hub.set_mode(|mode| mode.stopping = true);
        server::wake(self.hub.addr);
        self.connections.cut();
        for thread in self.threads.drain(..) {
            // It has nothing to say, and its panic has been reported.
            let _ = thread.join();
        }
    }
}
