//! One client's connection: requests in, answers out, one after the other.
//!
//! A request is read whole, within bounds of size and time, before anybody else hears of it; an
//! answer is written within a bound of time. Whatever a client does costs this thread and no other.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::backends::Backends;
use super::connection_table::{Client, ConnectionTable};
use super::framing::Response;
use super::limits::Limits;
use super::routes::Routes;
use crate::http::problem::Problem;
use crate::http::reply::FileBody;
use crate::http::request::Request;
use crate::http1::{self, ReadError, Reader};

/// Bytes of a refused request that are still taken, so that its sender gets to read the answer.
const LINGER_BYTES: usize = 256 * 1024;
/// Time for that.
const LINGER: Duration = Duration::from_secs(1);
/// Bytes of a file that are read and sent at a time.
const FILE_PIECE: usize = 64 * 1024;

/// What the connections share.
#[derive(Clone)]
pub struct Connections {
    /// The bounds of every connection.
    pub limits: Limits,
    /// All of them.
    pub table: Arc<ConnectionTable>,
    /// The way to the workers.
    pub backends: Arc<Backends>,
    /// The routes, for what runs on the connection's own thread.
    pub routes: Arc<dyn Routes>,
}

/// Serves a client until one side has had enough.
pub fn converse(shared: &Connections, client: &Client) {
    let limits = &shared.limits;
    let reading = http1::ReadLimits { head: limits.head, message: limits.message, idle: limits.first_byte };
    client.stream.set_nodelay(true).ok();
    client.stream.set_write_timeout(Some(limits.write)).ok();
    let mut reader = Reader::new(&client.stream, reading);
    loop {
        let most = |request: &http1::RequestMessage| shared.routes.max_body(&request.target);
        let read = reader.request(most, |stream| proceed(stream, limits.write));
        client.is_served();
        match read {
            Ok(request) => {
                if !answer(shared, client, request) {
                    return;
                }
                reader.set_idle(limits.keep_alive);
                shared.table.awaits_request(client);
            }
            Err(_) if client.is_evicted() => return turn_away(shared, &client.stream),
            Err(error) => return refuse(shared, client, &error),
        }
    }
}

fn proceed(stream: &mut &TcpStream, limit: Duration) -> io::Result<()> {
    write_within(stream, b"HTTP/1.1 100 Continue\r\n\r\n", limit)
}

/// Answers one request. Whether another may follow.
fn answer(shared: &Connections, client: &Client, sent: http1::RequestMessage) -> bool {
    let asked_to_stay = sent.keeps_alive();
    let mut response = respond(shared, Request::of_client(sent, client.peer));
    let file = response.take_file();
    let keep_alive = asked_to_stay && !client.is_evicted() && !shared.table.is_closing();
    let bytes = response.into_bytes(keep_alive);
    // Whoever does not read is as idle as whoever does not write.
    shared.table.awaits_reading(client);
    let sent = write_within(&client.stream, &bytes, shared.limits.write);
    sent.and_then(|()| file.map_or(Ok(()), |file| send_file(shared, client, file))).is_ok() && keep_alive
}

/// Sends a file piece by piece. A client that takes each in time may take as long as the whole needs; where every
/// place is needed, it counts from its last piece on.
fn send_file(shared: &Connections, client: &Client, FileBody { file, bytes }: FileBody) -> io::Result<()> {
    let (mut file, mut left) = (file.take(bytes), bytes);
    let mut piece = vec![0; FILE_PIECE];
    while left > 0 {
        let read = file.read(&mut piece)?;
        if read == 0 {
            // Cut while it was sent: the client finds fewer bytes than it was promised.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        write_within(&client.stream, &piece[..read], shared.limits.write)?;
        shared.table.awaits_reading(client);
        left -= read as u64;
    }
    Ok(())
}

/// Runs on this thread what may block, and has a worker answer the rest.
fn respond(shared: &Connections, mut request: Request) -> Response {
    let bodiless = request.method == "HEAD";
    if shared.routes.may_block(&request) {
        return Response::own(shared.routes.answer(&mut request), bodiless);
    }
    let refused = |problem: Problem| Response::own(shared.routes.refuse(Some(&request), &problem), bodiless);
    shared.backends.ask(&request).unwrap_or_else(refused)
}

/// Says why no request could be read, where there is somebody to say it to.
fn refuse(shared: &Connections, client: &Client, error: &ReadError) {
    let problem = match error {
        ReadError::Ended | ReadError::Io(_) => return,
        ReadError::TooSlow => Problem::TooSlow,
        ReadError::HeadTooLarge => Problem::HeadTooLarge,
        ReadError::BodyTooLarge => Problem::BodyTooLarge,
        ReadError::Malformed => Problem::Malformed,
    };
    let bytes = Response::own(shared.routes.refuse(None, &problem), false).into_bytes(false);
    shared.table.awaits_reading(client);
    if write_within(&client.stream, &bytes, shared.limits.write).is_ok() {
        linger(&client.stream);
    }
}

/// Answers `busy` without ever waiting for the client.
pub fn turn_away(shared: &Connections, mut stream: &TcpStream) {
    let reply = shared.routes.refuse(None, &Problem::BUSY);
    stream.set_nonblocking(true).ok();
    stream.write_all(&Response::own(reply, false).into_bytes(false)).ok();
    stream.shutdown(Shutdown::Write).ok();
    // Closing over unread bytes would reset the connection and take the answer with it.
    let _unread = stream.read(&mut [0; 4096]);
}

/// Takes what the client is still sending. Closing over unread bytes would reset the connection,
/// and the client would lose the answer.
fn linger(mut stream: &TcpStream) {
    stream.shutdown(Shutdown::Write).ok();
    let deadline = Instant::now() + LINGER;
    let mut chunk = [0; 4096];
    let mut taken = 0;
    while taken < LINGER_BYTES {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return;
        }
        match stream.read(&mut chunk) {
            Ok(n) if n > 0 => taken += n,
            _ => return,
        }
    }
}

/// Writes everything, or fails after that time, however the client spreads its reading. The first
/// write has the limit that the connection was given; most answers go out in one.
fn write_within(mut stream: &TcpStream, mut bytes: &[u8], limit: Duration) -> io::Result<()> {
    let deadline = Instant::now() + limit;
    let mut left = limit;
    loop {
        match stream.write(bytes) {
            Ok(n) if n == bytes.len() => break,
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_write_timeout(Some(left))?;
    }
    if left == limit { Ok(()) } else { stream.set_write_timeout(Some(limit)) }
}
