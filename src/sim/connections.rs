//! The open connections of a simulated server, and what ends them: a server that stops listening, or
//! restarts. Reads and answers nothing.

use super::hub::{Hub, Listening};
use super::lock::lock;
use std::collections::HashMap;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

/// Connections at once; far above what a test opens, far below what a machine bears.
const MAX_CONNECTIONS: usize = 2_048;
/// How long to wait until the listening socket is closed.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
/// What a command must leave until it has been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// Refuse connections.
    StopListening(Listening),
    /// Restart the server.
    Restart,
}

/// The streams of open connections, to be cut when the server goes down.
#[derive(Default)]
pub struct OpenConnections {
    open: Mutex<(u64, HashMap<u64, TcpStream>)>,
}

impl OpenConnections {
    /// Remembers a stream; none if there are too many.
    pub fn add(&self, stream: &TcpStream) -> Option<u64> {
        let copy = stream.try_clone().ok()?;
        let mut open = lock(&self.open);
        if open.1.len() >= MAX_CONNECTIONS {
            return None;
        }
        open.0 += 1;
        let id = open.0;
        open.1.insert(id, copy);
        Some(id)
    }

    /// Forgets a stream that has ended.
    pub fn remove(&self, id: u64) {
        lock(&self.open).1.remove(&id);
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        for stream in lock(&self.open).1.values() {
            // A peer that has already gone is what is wanted.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Refuses connections from now on, until told otherwise or until the time comes; cuts those there
/// are. Returns when the listening socket is closed.
pub fn stop_listening(hub: &Hub, connections: &OpenConnections, listening: Listening) {
    hub.set_mode(|mode| mode.listening = listening);
    wake(hub.addr);
    hub.wait(Some(CLOSE_LIMIT), |mode| mode.closed);
    connections.cut();
}

/// Makes a blocked `accept` return.
pub fn wake(addr: SocketAddr) {
    // Refused means that nothing blocks.
    let _ = TcpStream::connect_timeout(&addr, CLOSE_LIMIT);
}

/// Does what a control command could not do before it was answered.
pub fn carry_out(hub: &Hub, connections: &OpenConnections, after: After) {
    match after {
        After::Nothing => {}
        After::StopListening(listening) => stop_listening(hub, connections, listening),
        After::Restart => {
            let down = hub.world(|world, now| {
                let down = world.timing.server_down;
                world.restart_server(now + down);
                down
            });
            stop_listening(hub, connections, Listening::Not(Some(hub.clock.now() + down)));
        }
    }
}
