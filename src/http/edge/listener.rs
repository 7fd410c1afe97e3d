//! The public socket: accepts connections, counts them, ends them.
//!
//! Every connection has a thread of its own, and there are never more than the limit says: where
//! all places are taken, the connection that has kept the server waiting longest loses its place,
//! so that clients who send nothing cannot keep out those who do. No error of one connection, and
//! none of `accept`, ends the loop. What is said on a connection is `connection`'s business.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::backends::Backends;
use super::connection;
use super::framing::Response;
use super::limits::Limits;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::request_id;
use crate::http1::Request;

/// What a connection's thread needs: two buffers of some KiB, no recursion.
const STACK: usize = 128 * 1024;
/// Pause after a failed accept: long enough not to spin, short enough not to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long a newcomer waits for the place of a connection that is being ended.
const PLACE_WAIT: Duration = Duration::from_millis(100);
/// How long the accept loop may take to notice that it is over.
const WAKE_LIMIT: Duration = Duration::from_secs(1);
/// `waiting_since` of a connection whose request is being answered.
const SERVED: u64 = u64::MAX;

/// An open public socket.
pub struct Gate {
    addr: SocketAddr,
    hall: Arc<Hall>,
    acceptor: Mutex<Option<JoinHandle<()>>>,
}

/// Tells of a request's target whether it is one that only upstream knows.
pub type Knows = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// What the connections share.
pub struct Hall {
    /// The bounds of every connection.
    pub limits: Limits,
    /// The way to the routes.
    pub backends: Arc<Backends>,
    is_webhook: Knows,
    closing: AtomicBool,
    opened: Instant,
    places: Mutex<HashMap<u64, Arc<Place>>>,
    left: Condvar,
}

/// One client's connection.
pub struct Place {
    /// The client's socket.
    pub stream: TcpStream,
    /// The client's address.
    pub peer: IpAddr,
    /// Since when the server has been waiting for this client, in milliseconds since the opening.
    waiting_since: AtomicU64,
}

impl Gate {
    /// Begins to accept.
    pub fn open(
        listener: TcpListener,
        limits: Limits,
        backends: Arc<Backends>,
        is_webhook: Knows,
    ) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        let hall = Arc::new(Hall {
            limits,
            backends,
            is_webhook,
            closing: AtomicBool::new(false),
            opened: Instant::now(),
            places: Mutex::new(HashMap::new()),
            left: Condvar::new(),
        });
        let shared = Arc::clone(&hall);
        let acceptor =
            thread::Builder::new().name("accept".into()).spawn(move || accept(&listener, &shared))?;
        Ok(Self { addr, hall, acceptor: Mutex::new(Some(acceptor)) })
    }

    /// The address in use.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Accepts no more, and ends every connection that has no request under way.
    pub fn close(&self) {
        self.hall.closing.store(true, Ordering::Release);
        let acceptor = self.acceptor.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(acceptor) = acceptor
            && TcpStream::connect_timeout(&self.own_door(), WAKE_LIMIT).is_ok()
        {
            acceptor.join().ok();
        }
        // A thread that waits for its client sees the end; one that waits for an answer does not.
        self.hall.shutdown_all(Shutdown::Read);
    }

    /// Waits until no connection is left; `false` when there still is one after that time.
    pub fn wait_empty(&self, limit: Duration) -> bool {
        let places = self.hall.lock();
        let waited = self.hall.left.wait_timeout_while(places, limit, |p| !p.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.is_empty()
    }

    /// Ends every connection.
    pub fn cut(&self) {
        self.hall.shutdown_all(Shutdown::Both);
    }

    /// Where this process reaches its own listener, which may listen everywhere.
    fn own_door(&self) -> SocketAddr {
        let mut door = self.addr;
        match door.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => door.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => door.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        door
    }
}

fn accept(listener: &TcpListener, hall: &Arc<Hall>) {
    let mut failing = false;
    let mut number = 0;
    while !hall.closing() {
        match listener.accept() {
            Ok(_) if hall.closing() => break,
            Ok((stream, peer)) => {
                failing = false;
                number += 1;
                admit(hall, number, stream, peer.ip());
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

fn admit(hall: &Arc<Hall>, number: u64, stream: TcpStream, peer: IpAddr) {
    let place = Arc::new(Place { stream, peer, waiting_since: AtomicU64::new(hall.now()) });
    if !hall.enter(number, &place) {
        return turn_away(&place.stream);
    }
    let guest = Guest { hall: Arc::clone(hall), number, place: Arc::clone(&place) };
    let thread = thread::Builder::new().name("client".into()).stack_size(STACK);
    if let Err(error) = thread.spawn(move || connection::converse(&guest.hall, &guest.place)) {
        log::error!("no thread for a connection: {error}");
        turn_away(&place.stream);
    }
}

/// Answers `busy` without ever waiting for the client.
fn turn_away(mut stream: &TcpStream) {
    let (id, began) = (request_id(), Instant::now());
    let reply = Reply::failure(&Problem::BUSY, &id).signed(&id);
    crate::http::request::log_line(
        log::Level::Info,
        &id,
        crate::http::request::UNKNOWN,
        crate::http::request::UNKNOWN,
        reply.status,
        began,
    );
    stream.set_nonblocking(true).ok();
    stream.write_all(&Response::own(&reply, false).into_bytes(false)).ok();
    stream.shutdown(Shutdown::Write).ok();
    // Closing over unread bytes would reset the connection and take the answer with it.
    let _unread = stream.read(&mut [0; 4096]);
}

/// A place that is taken; dropped, it is free.
struct Guest {
    hall: Arc<Hall>,
    number: u64,
    place: Arc<Place>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.hall.lock().remove(&self.number);
        self.hall.left.notify_all();
    }
}

impl Hall {
    /// Whether no connection is to be kept any longer.
    pub fn closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// How large the body of a request may be. Strangers cannot make the server hold the larger one.
    pub fn most_body(&self, request: &Request) -> usize {
        if (self.is_webhook)(&request.target) { self.limits.webhook } else { self.limits.body }
    }

    /// Notes that the server waits for this client from now on.
    pub fn waits_for(&self, place: &Place) {
        place.waiting_since.store(self.now(), Ordering::Release);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(SERVED - 1)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Place>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, if need be that of the client that has been waited for longest.
    fn enter(&self, number: u64, place: &Arc<Place>) -> bool {
        let max = self.limits.connections;
        let mut places = self.lock();
        if places.len() >= max && end_slowest(&places) {
            let waited = self.left.wait_timeout_while(places, PLACE_WAIT, |p| p.len() >= max);
            places = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let room = places.len() < max;
        if room {
            places.insert(number, Arc::clone(place));
        }
        room
    }

    fn shutdown_all(&self, how: Shutdown) {
        for place in self.lock().values() {
            place.stream.shutdown(how).ok();
        }
    }
}

/// Ends the connection that has kept the server waiting longest; `false` when all are served.
fn end_slowest(places: &HashMap<u64, Arc<Place>>) -> bool {
    let since = |place: &Place| place.waiting_since.load(Ordering::Acquire);
    let slowest = places.iter().min_by_key(|(number, place)| (since(place), **number));
    let slowest = slowest.filter(|(_, place)| since(place) != SERVED);
    if let Some((_, place)) = slowest {
        place.is_served();
        place.stream.shutdown(Shutdown::Both).ok();
    }
    slowest.is_some()
}

impl Place {
    /// Notes that it is the client who waits from now on.
    pub fn is_served(&self) {
        self.waiting_since.store(SERVED, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::request::Request;
    use std::sync::mpsc::{Receiver, channel};

    const PATIENCE: Duration = Duration::from_secs(10);

    /// A gate whose requests the test answers itself.
    fn start(connections: usize) -> (Gate, Receiver<Request>) {
        let (sender, requests) = channel();
        let sender = Mutex::new(sender);
        let handler = move |request| {
            let sender = sender.lock().expect("nobody panicked");
            sender.send(request).expect("the test listens");
        };
        let limits = Limits { connections, ..Limits::default() };
        let backends = Backends::start(Arc::new(handler), &limits).expect("a server");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        (Gate::open(listener, limits, Arc::new(backends), Box::new(|_| false)).expect("a gate"), requests)
    }

    fn ask(gate: &Gate) -> TcpStream {
        let mut stream = TcpStream::connect(gate.addr()).expect("the gate listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("the gate reads");
        stream
    }

    #[track_caller]
    fn check(mut stream: TcpStream, status: &str) {
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer and an end");
        assert!(text.starts_with(status) && text.contains("\r\nConnection: close\r\n"), "{text}");
    }

    #[test]
    fn what_runs_at_the_closing_is_answered_and_then_ends() {
        let (gate, requests) = start(8);
        let client = ask(&gate);
        let request = requests.recv_timeout(PATIENCE).expect("the request arrives");
        gate.close();
        assert!(!gate.wait_empty(Duration::ZERO), "the request still runs");
        request.answer(Reply::json(200, &()));
        check(client, "HTTP/1.1 200 ");
        assert!(gate.wait_empty(PATIENCE));
    }

    #[test]
    fn a_newcomer_is_turned_away_when_all_places_are_served() {
        let (gate, requests) = start(1);
        let client = ask(&gate);
        let request = requests.recv_timeout(PATIENCE).expect("the request arrives");
        check(ask(&gate), "HTTP/1.1 503 ");
        gate.close();
        request.answer(Reply::json(200, &()));
        check(client, "HTTP/1.1 200 ");
    }
}
