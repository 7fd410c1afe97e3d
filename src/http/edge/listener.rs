//! The public socket: accepts connections and begins a thread for each.
//!
//! No error of one connection, and none of `accept`, ends the loop. What is said on a connection is
//! `connection`'s business, which one gives way to another the table's.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

use super::backends::Backends;
use super::connection::{self, Connections};
use super::connection_table::ConnectionTable;
use super::limits::Limits;
use super::routes::Routes;
use crate::sync::Mutex;

/// What a connection's thread needs: TLS and JSON for a call to upstream, no recursion of ours.
const STACK: usize = 512 * 1024;
/// Bytes of answers that may wait in the kernel for a client that does not read them, about: more than
/// a QR code's. The kernel doubles it.
const SEND_BUFFER: usize = 32 * 1024;
/// Pause after a failed accept: long enough not to spin, short enough not to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long the accept loop may take to notice that it is over.
const WAKE_LIMIT: Duration = Duration::from_secs(1);

/// An open public socket.
pub struct Listener {
    addr: SocketAddr,
    table: Arc<ConnectionTable>,
    acceptor: Mutex<Option<JoinHandle<()>>>,
}

impl Listener {
    /// Begins to accept.
    pub fn open(
        listener: TcpListener,
        limits: Limits,
        backends: Arc<Backends>,
        routes: Arc<dyn Routes>,
    ) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        // Every accepted connection inherits it.
        SockRef::from(&listener).set_send_buffer_size(SEND_BUFFER)?;
        let table = Arc::new(ConnectionTable::new(limits.connections));
        let connections = Connections { limits, table: Arc::clone(&table), backends, routes };
        let acceptor =
            thread::Builder::new().name("accept".into()).spawn(move || accept(&listener, &connections))?;
        Ok(Self { addr, table, acceptor: Mutex::new(Some(acceptor)) })
    }

    /// The address in use.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its connections.
    pub fn connections(&self) -> &Arc<ConnectionTable> {
        &self.table
    }

    /// Accepts no more, and ends every connection that has no request under way.
    pub fn close(&self) {
        self.table.begin_closing();
        let acceptor = self.acceptor.lock().take();
        if let Some(acceptor) = acceptor
            && TcpStream::connect_timeout(&self.own_address(), WAKE_LIMIT).is_ok()
        {
            acceptor.join().ok();
        }
        // A thread that waits for its client sees the end; one that waits for an answer does not.
        self.table.shut_down(Shutdown::Read);
    }

    /// Waits until no connection is left; `false` when there still is one after that time.
    pub fn wait_empty(&self, limit: Duration) -> bool {
        self.table.wait_empty(limit)
    }

    /// Ends every connection.
    pub fn cut(&self) {
        self.table.shut_down(Shutdown::Both);
    }

    /// Where this process reaches its own listener, which may listen everywhere.
    fn own_address(&self) -> SocketAddr {
        let mut address = self.addr;
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        address
    }
}

fn accept(listener: &TcpListener, connections: &Connections) {
    let mut failing = false;
    let mut number = 0;
    while !connections.table.is_closing() {
        match listener.accept() {
            Ok(_) if connections.table.is_closing() => break,
            Ok((stream, peer)) => {
                failing = false;
                number += 1;
                admit(connections, number, stream, peer.ip());
            }
            // The client gave up while it was queued; the next one is waiting already.
            Err(e) if e.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                if !failing {
                    log::error!("no connection can be accepted, trying on: {error}");
                }
                failing = true;
                thread::sleep(ACCEPT_PAUSE);
            }
        }
    }
}

fn admit(connections: &Connections, number: u64, stream: TcpStream, peer: IpAddr) {
    let entry = match connections.table.enter(number, stream, peer) {
        Ok(entry) => entry,
        Err(stream) => return connection::turn_away(connections, &stream),
    };
    let (client, shared) = (Arc::clone(&entry.client), connections.clone());
    let thread = thread::Builder::new().name("client".into()).stack_size(STACK);
    if let Err(error) = thread.spawn(move || connection::converse(&shared, &entry.client)) {
        log::error!("no thread for a connection: {error}");
        connection::turn_away(connections, &client.stream);
    }
}
