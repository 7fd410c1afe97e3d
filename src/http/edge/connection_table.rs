//! The table of client connections: how many there are, which of them the server waits for, and which
//! one gives way to a newcomer.

use std::collections::HashMap;
use std::net::{IpAddr, Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::metrics::Counter;
use crate::sync::{Condvar, Mutex};

/// How long the server waits for a client before another may take its place: whoever has just come gets to say what
/// it came for.
const GRACE: Duration = Duration::from_millis(20);
/// How long a newcomer waits for a connection that is being ended.
const EVICTION: Duration = Duration::from_millis(100);
/// How often it looks for one that can be ended.
const EVICTION_RETRY: Duration = Duration::from_millis(5);
/// `waiting_since` of a connection whose request is being answered.
const SERVED: u64 = u64::MAX;

/// The connections.
pub struct ConnectionTable {
    max: usize,
    closing: AtomicBool,
    opened: Instant,
    connections: Mutex<HashMap<u64, Arc<Client>>>,
    evicted: Counter,
    left: Condvar,
}

/// One client's connection.
pub struct Client {
    /// The client's socket.
    pub stream: TcpStream,
    /// The client's address.
    pub peer: IpAddr,
    /// Since when the server has been waiting for this client, in milliseconds since the table was made.
    waiting_since: AtomicU64,
    /// Whether it is waited for to take an answer; else, to send a request.
    must_read: AtomicBool,
    /// Whether another took its place before its request had come.
    evicted: AtomicBool,
}

/// A connection's entry; dropped, it is free.
pub struct Entry {
    table: Arc<ConnectionTable>,
    number: u64,
    /// The connection.
    pub client: Arc<Client>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.table.connections.lock().remove(&self.number);
        self.table.left.notify_all();
    }
}

impl ConnectionTable {
    /// A table for at most that many.
    pub fn new(max: usize) -> Self {
        Self {
            max,
            closing: AtomicBool::new(false),
            opened: Instant::now(),
            connections: Mutex::default(),
            evicted: Counter::default(),
            left: Condvar::new(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.connections.lock().len()
    }

    /// How many there may be.
    pub fn max(&self) -> usize {
        self.max
    }

    /// How many have been ended so that another could come.
    pub fn evicted(&self) -> u64 {
        self.evicted.total()
    }

    /// Whether no connection is to be kept any longer.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Lets no connection be kept any longer.
    pub fn begin_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Notes that the server waits for a request of this client from now on.
    pub fn awaits_request(&self, client: &Client) {
        self.waits_for(client, false);
    }

    /// Notes that the server waits for this client to read from now on.
    pub fn awaits_reading(&self, client: &Client) {
        self.waits_for(client, true);
    }

    fn waits_for(&self, client: &Client, must_read: bool) {
        client.must_read.store(must_read, Ordering::Release);
        client.waiting_since.store(self.now(), Ordering::Release);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(SERVED - 1)
    }

    /// Enters a connection, if need be in place of the one that has been waited for longest. `Err` where
    /// all are being served all the while.
    pub fn enter(self: &Arc<Self>, number: u64, stream: TcpStream, peer: IpAddr) -> Result<Entry, TcpStream> {
        let mut deadline = Instant::now() + EVICTION;
        let mut connections = self.connections.lock();
        let mut evicted = false;
        while connections.len() >= self.max && Instant::now() < deadline {
            // Where all are served, one that sends ahead and does not read is waited for in a moment.
            if !evicted && evict(&connections, self.now()) {
                evicted = true;
                self.evicted.count();
                deadline = Instant::now() + EVICTION;
            }
            let until = deadline.min(Instant::now() + EVICTION_RETRY);
            connections = self.left.wait_until(connections, until, |c| c.len() >= self.max).0;
        }
        if connections.len() >= self.max {
            return Err(stream);
        }
        let client = Arc::new(Client {
            stream,
            peer,
            waiting_since: AtomicU64::new(self.now()),
            must_read: AtomicBool::new(false),
            evicted: AtomicBool::new(false),
        });
        connections.insert(number, Arc::clone(&client));
        Ok(Entry { table: Arc::clone(self), number, client })
    }

    /// Waits until no connection is left; `false` when there still is one after that time.
    pub fn wait_empty(&self, limit: Duration) -> bool {
        self.left.wait_for(self.connections.lock(), limit, |c| !c.is_empty()).0.is_empty()
    }

    /// Shuts every connection down.
    pub fn shut_down(&self, how: Shutdown) {
        for client in self.connections.lock().values() {
            client.stream.shutdown(how).ok();
        }
    }
}

/// Ends the connection that has kept the server waiting longest; `false` when all are served, or have only come.
fn evict(connections: &HashMap<u64, Arc<Client>>, now: u64) -> bool {
    let since = |client: &Client| client.waiting_since.load(Ordering::Acquire);
    let slowest = connections.iter().min_by_key(|(number, client)| (since(client), **number));
    let Some((_, client)) = slowest else { return false };
    let waited = since(client);
    if waited == SERVED || u128::from(now.saturating_sub(waited)) < GRACE.as_millis() {
        return false;
    }
    // Whose last byte has come meanwhile is served.
    let is_evicted =
        client.waiting_since.compare_exchange(waited, SERVED, Ordering::AcqRel, Ordering::Acquire).is_ok();
    if is_evicted {
        client.give_way();
    }
    is_evicted
}

impl Client {
    /// Ends the wait for this client. One that has not sent its request is told so by its thread, which finds the
    /// end of what is sent.
    fn give_way(&self) {
        let must_read = self.must_read.load(Ordering::Acquire);
        self.evicted.store(!must_read, Ordering::Release);
        self.stream.shutdown(if must_read { Shutdown::Both } else { Shutdown::Read }).ok();
    }

    /// Whether another took its place before its request had come.
    pub fn is_evicted(&self) -> bool {
        self.evicted.load(Ordering::Acquire)
    }

    /// Notes that it is the client who waits from now on.
    pub fn is_served(&self) {
        self.waiting_since.store(SERVED, Ordering::Release);
    }
}
