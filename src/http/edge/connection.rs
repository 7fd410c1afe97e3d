//! One client's connection: requests in, answers out, one after the other.
//!
//! A request is read whole, within bounds of size and time, before anybody else hears of it; an
//! answer is written within a bound of time. Whatever a client does costs this thread and no other.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use log::Level;

use super::framing::{self, Response};
use super::listener::{Hall, Place};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::{UNKNOWN, log_line, request_id};
use crate::http1::{self, ReadError, Reader, Request};

/// Bytes of a refused request that are still taken, so that its sender gets to read the answer.
const LINGER_BYTES: usize = 256 * 1024;
/// Time for that.
const LINGER: Duration = Duration::from_secs(1);

/// Serves a client until one side has had enough.
pub fn converse(hall: &Hall, place: &Place) {
    let limits = &hall.limits;
    let reading = http1::Limits { head: limits.head, message: limits.message, idle: limits.first_byte };
    place.stream.set_nodelay(true).ok();
    place.stream.set_write_timeout(Some(limits.write)).ok();
    let mut reader = Reader::new(&place.stream, reading);
    loop {
        hall.waits_for(place);
        let read = reader.request(|request| hall.most_body(request), |stream| proceed(stream, limits.write));
        place.is_served();
        match read {
            Ok(request) if answer(hall, place, &request) => reader.set_idle(limits.keep_alive),
            Ok(_) => return,
            Err(error) => return refuse(hall, place, &error),
        }
    }
}

fn proceed(stream: &mut &TcpStream, limit: Duration) -> io::Result<()> {
    write_within(stream, b"HTTP/1.1 100 Continue\r\n\r\n", limit)
}

/// Answers one request. Whether another may follow.
fn answer(hall: &Hall, place: &Place, request: &Request) -> bool {
    let began = Instant::now();
    let bodiless = request.method == "HEAD";
    let asked = framing::request(request, place.peer)
        .ok_or(Problem::Malformed)
        .and_then(|bytes| hall.backends.ask(&bytes, bodiless));
    let response = asked.unwrap_or_else(|problem| own(&problem, &request.method, began));
    let keep_alive = request.keeps_alive() && !hall.closing();
    let bytes = response.into_bytes(keep_alive);
    write_within(&place.stream, &bytes, hall.limits.write).is_ok() && keep_alive
}

/// An answer that no route gives.
fn own(problem: &Problem, method: &str, began: Instant) -> Response {
    let id = request_id();
    let reply = Reply::failure(problem, &id).signed(&id);
    log_line(Level::Info, &id, method, UNKNOWN, reply.status, began);
    Response::own(&reply, method == "HEAD")
}

/// Says why no request could be read, where there is somebody to say it to.
fn refuse(hall: &Hall, place: &Place, error: &ReadError) {
    let problem = match error {
        ReadError::Ended | ReadError::Io(_) => return,
        ReadError::TooSlow => Problem::TooSlow,
        ReadError::HeadTooLarge => Problem::HeadTooLarge,
        ReadError::BodyTooLarge => Problem::BodyTooLarge,
        ReadError::Malformed => Problem::Malformed,
    };
    let bytes = own(&problem, UNKNOWN, Instant::now()).into_bytes(false);
    if write_within(&place.stream, &bytes, hall.limits.write).is_ok() {
        linger(&place.stream);
    }
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
