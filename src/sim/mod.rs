//! A simulated Evolution API server: a real HTTP server with an invented WhatsApp behind it.
//!
//! It behaves as the recordings in `tests/recorded` show the real 2.3.7 and 1.8.2 to behave: the order
//! of the guards, what each call sleeps, the race of two creates that destroys, a socket for each
//! concurrent connect, deletes that finish behind the caller's back, codes that rotate and go stale, and
//! the error envelopes. `tests/sim/replay.rs` holds it to them. It serves the tests, the benches
//! and `pareia demo`; it must share no code with the part of pareia that talks to Evolution, or the two
//! would share their mistakes.
//!
//! What happens by itself over there is scripted through [`Control`], or over HTTP under `/sim`.
//!
//! ```text
//! server   sockets, keep-alive, faults below HTTP
//! request  what a request says
//! routes   the endpoints and their guards     create, webhook, settings   the larger ones
//! wire_v1, wire_v2, reply                      bodies and envelopes
//! world    instances, their sockets, and what falls due         instance   one of them
//! hub      what connections share: world, faults, journal, the one place that sleeps     lock  its mutexes
//! timing, stepped_time  how long things take, and a time that a replay sets on itself
//! connections  the open ones, and what ends them     codes  what a call answers after it slept
//! control, control_http  what phones, WhatsApp and operators do     inspection  what is asked of it
//! webhook_sender  the global webhook
//! ```
//!
//! Not simulated: the webhooks of single instances, compression, and every message.

mod codes;
mod connections;
mod control;
mod control_http;
mod create;
mod hub;
mod inspection;
mod instance;
mod journal;
mod lock;
mod options;
mod qr;
mod reply;
mod request;
mod routes;
mod sent_text;
mod server;
mod settings;
mod stepped_time;
mod texts;
mod timing;
mod webhook;
mod webhook_sender;
mod wire_v1;
mod wire_v2;
mod world;

pub use control::Control;
pub use hub::{Fault, VersionPage};
pub use inspection::CurrentCode;
pub use instance::LiveState;
pub use journal::{JournalEntry, Tally};
pub use options::{Options, Version};
pub use sent_text::SentText;
pub use timing::Timing;
pub use world::Whatsapp;

use connections::OpenConnections;
use hub::Hub;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// A running simulation; it ends when this is dropped.
pub struct Sim {
    hub: Arc<Hub>,
    connections: Arc<OpenConnections>,
    control: Control,
    threads: Vec<JoinHandle<()>>,
}

impl Sim {
    /// Starts the server. It listens when this returns.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen.to_socket_addrs()?.collect::<Vec<_>>().as_slice())?;
        let hub = Arc::new(Hub::new(options, listener.local_addr()?));
        let connections = Arc::new(OpenConnections::default());
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
        self.hub.stop();
        connections::wake(self.hub.addr);
        self.connections.cut();
        for thread in self.threads.drain(..) {
            // It has nothing to say, and its panic has been reported.
            let _ = thread.join();
        }
    }
}
