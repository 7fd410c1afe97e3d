//! The sockets of a simulated server: accepting, keep-alive, and the faults that happen below HTTP.
//!
//! One thread a connection, because Evolution's sleeps are slept right there. Knows no route.

use super::connections::{OpenConnections, carry_out};
use super::control_http;
use super::hub::{Fault, Hub, Listening};
use super::journal::JournalEntry;
use super::reply::{Body, EvolutionReply};
use super::request::{self, RequestTarget};
use super::routes;
use crate::http1::{ReadError, ReadLimits, Reader, RequestMessage};
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Bytes of body: at most what Evolution's parser takes in a test.
const MAX_BODY: usize = 16 * 1024 * 1024;
/// Bounds on a request. Idle is Express's `Keep-Alive: timeout=5`.
const LIMITS: ReadLimits =
    ReadLimits { head: 16 * 1024, message: Duration::from_secs(30), idle: Duration::from_secs(5) };
/// How often a server that does not listen looks whether to, and a failed bind is tried again.
const LISTEN_POLL: Duration = Duration::from_millis(5);
/// Bytes looked at to tell a control request from an upstream one before reading it.
const PEEK: usize = 16;
/// The body of [`Fault::Huge`], in bytes.
const HUGE: usize = 64 * 1024 * 1024;
/// The redirect's target; nothing is there.
const REDIRECTED: &str = "/redirected";

/// Accepts connections until the simulation stops; the listening socket is closed while it is not to listen.
pub fn run(hub: &Arc<Hub>, connections: &Arc<OpenConnections>, listener: TcpListener) {
    let mut listener = Some(listener);
    while !hub.mode(|mode| mode.stopping) {
        if hub.is_closed_now() {
            listener = None;
            hub.set_mode(|mode| mode.closed = true);
            hub.wait(Some(LISTEN_POLL), |mode| mode.listening == Listening::Yes);
            continue;
        }
        match &listener {
            None => listener = rebind(hub),
            Some(open) => accept(hub, connections, open),
        }
    }
}

fn rebind(hub: &Hub) -> Option<TcpListener> {
    match TcpListener::bind(hub.addr) {
        Ok(listener) => {
            hub.set_mode(|mode| (mode.closed, mode.listening) = (false, Listening::Yes));
            Some(listener)
        }
        Err(error) => {
            log::debug!("cannot listen on {} again yet: {error}", hub.addr);
            hub.pause(LISTEN_POLL);
            None
        }
    }
}

fn accept(hub: &Arc<Hub>, connections: &Arc<OpenConnections>, listener: &TcpListener) {
    let stream = match listener.accept() {
        Ok((stream, _)) => stream,
        Err(error) => {
            log::debug!("accept failed: {error}");
            return hub.pause(LISTEN_POLL);
        }
    };
    if hub.mode(|mode| mode.stopping) || hub.is_closed_now() {
        return;
    }
    let (hub, connections) = (Arc::clone(hub), Arc::clone(connections));
    let worker = thread::Builder::new().name("sim-connection".into());
    let spawned = worker.spawn(move || {
        if let Some(id) = connections.add(&stream) {
            if let Err(error) = converse(&hub, &connections, stream) {
                log::debug!("connection ended: {error}");
            }
            connections.remove(id);
        }
    });
    if let Err(error) = spawned {
        log::warn!("no thread for a connection: {error}");
    }
}

/// Answers the requests of one connection until either side closes.
fn converse(hub: &Arc<Hub>, connections: &Arc<OpenConnections>, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = Reader::new(stream, LIMITS);
    loop {
        if !reader.has_buffered() && resets(hub, reader.stream())? {
            // Closing with the request unread makes the kernel send a reset.
            return Ok(());
        }
        let proceed = |stream: &mut TcpStream| stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
        let request = match reader.request(|_| MAX_BODY, proceed) {
            Ok(request) => request,
            Err(ReadError::Ended) => return Ok(()),
            Err(ReadError::Io(error)) => return Err(error),
            Err(error) => {
                log::debug!("refused a request: {error:?}");
                let refused = EvolutionReply::status(400);
                return write(reader.stream(), &refused, false);
            }
        };
        let keep = request.keeps_alive();
        let target = RequestTarget::parse(&request.target);
        if target.is_control() {
            let (reply, after) = control_http::over_http(hub, &request, &target);
            write(reader.stream(), &reply, keep)?;
            carry_out(hub, connections, after);
        } else if !upstream(hub, &request, &target, reader.stream(), keep)? {
            return Ok(());
        }
        if !keep {
            return Ok(());
        }
    }
}

/// Waits for the next request and says whether it is to be reset instead of read.
fn resets(hub: &Hub, stream: &TcpStream) -> io::Result<bool> {
    stream.set_read_timeout(Some(LIMITS.idle))?;
    let mut start = [0; PEEK];
    let Ok(n) = stream.peek(&mut start) else { return Ok(false) };
    let control = start[..n].windows(5).any(|w| w == b" /sim");
    let reset = hub.mode(|mode| {
        mode.fault == Fault::Reset && !control && n > 0 && mode.take_fault("reset") == Fault::Reset
    });
    if reset {
        let (method, endpoint) = (String::new(), "reset".to_owned());
        let at = hub.started.elapsed();
        let mut journal = hub.journal();
        let number =
            journal.begin(JournalEntry { at, method, endpoint, name: None, keyed: false, status: None });
        journal.end(number, "reset", None, None);
    }
    Ok(reset)
}

/// Answers a request to the simulated Evolution. False if the connection must end.
fn upstream(
    hub: &Hub,
    request: &RequestMessage,
    target: &RequestTarget,
    stream: &mut TcpStream,
    keep: bool,
) -> io::Result<bool> {
    let call = request::call(hub, request, target);
    let (endpoint, name) = (call.endpoint.clone(), call.name.clone());
    let number = hub.journal().begin(call);
    let (slow, fault) = hub.mode(|mode| (mode.slow, mode.take_fault(&endpoint)));
    hub.pause(slow);
    let reply = match fault {
        Fault::None => Some(routes::answer(hub, request, target)),
        Fault::Hold => {
            hub.wait(None, |mode| mode.fault != Fault::Hold);
            Some(routes::answer(hub, request, target))
        }
        fault => faulty(hub, fault, request),
    };
    hub.journal().end(number, &endpoint, name.as_ref(), reply.as_ref().map(|r| r.status));
    match reply {
        // Nothing more is said once the simulation is over.
        Some(reply) if !hub.mode(|mode| mode.stopping) => write(stream, &reply, keep).map(|()| true),
        _ => Ok(false),
    }
}

/// What is answered in place of Evolution's answer; nothing if the fault is that nothing comes.
fn faulty(hub: &Hub, fault: Fault, request: &RequestMessage) -> Option<EvolutionReply> {
    let key = request.header("apikey").unwrap_or_default();
    Some(match fault {
        Fault::Html => {
            EvolutionReply::raw(502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>")
        }
        Fault::Garbage => EvolutionReply::raw(200, "application/json; charset=utf-8", r#"{"instance": [[["#),
        Fault::Huge => EvolutionReply::huge(HUGE),
        Fault::Redirect => EvolutionReply::redirect(format!("{}{REDIRECTED}", hub.url())),
        Fault::Http500 => EvolutionReply::uncaught(500, &format!("connect ECONNREFUSED (apikey: {key})")),
        Fault::Error200 => EvolutionReply::error_200(),
        Fault::Unlicensed => routes::unlicensed(hub),
        Fault::Scripted(status, page) if page.starts_with('<') => {
            EvolutionReply::raw(status, "text/html", page)
        }
        Fault::Scripted(status, json) => EvolutionReply::raw(status, "application/json; charset=utf-8", json),
        Fault::None | Fault::Reset | Fault::Hang | Fault::Hold => {
            hub.wait(None, |mode| mode.fault != fault);
            return None;
        }
    })
}

fn write(stream: &mut TcpStream, reply: &EvolutionReply, keep: bool) -> io::Result<()> {
    let bytes = reply.body.bytes();
    let length = if let Body::Huge(length) = reply.body { length } else { bytes.len() };
    let mut message = reply.head(length, keep).into_bytes();
    message.extend_from_slice(&bytes);
    stream.write_all(&message)?;
    if let Body::Huge(length) = reply.body { write_huge(stream, length) } else { Ok(()) }
}

/// A JSON string of that many bytes, quotes included.
fn write_huge(stream: &mut TcpStream, length: usize) -> io::Result<()> {
    let block = vec![b'x'; 64 * 1024];
    let mut left = length.saturating_sub(2);
    stream.write_all(b"\"")?;
    while left > 0 {
        let n = left.min(block.len());
        stream.write_all(&block[..n])?;
        left -= n;
    }
    stream.write_all(b"\"")
}
