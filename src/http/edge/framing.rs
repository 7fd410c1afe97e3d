//! HTTP/1.1 as bytes: requests towards `tiny_http`, answers towards the client.
//!
//! Requests come here read and bounded, answers come from our own server. Nothing here waits
//! for a client.

use std::io::{self, Read};
use std::net::IpAddr;

use crate::http::reply::{FileBody, HttpReply};
use crate::http::request::Request;

/// The line that says peer and request id, and on a fresh backend connection [`HELLO`]. A client's own
/// line of that name never gets through.
pub const INTERNAL: &str = "X-Pareia-Internal";
/// Asks on a fresh backend connection whether it is served.
pub const HELLO: &str = "hello";
/// The largest answer there can be: over any page or asset of ours.
const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// Answers have about eight header lines.
const MAX_HEADERS: usize = 32;
/// Bytes asked of the socket until the head is there; most answers fit.
const READ_CHUNK: usize = 2 * 1024;
/// Room for what the client is told of the connection.
const CONNECTION_LINE: usize = 32;
/// What concerns one connection only, or has been done by the edge already.
const HOP_BY_HOP: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request as `tiny_http` reads it: its body counted, its peer and id named.
pub fn request(request: &Request) -> Vec<u8> {
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in request.headers.iter().filter(|(name, _)| passes(name)) {
        push_line(&mut text, name, value);
    }
    push_line(&mut text, INTERNAL, &format!("{} {}", request.peer, request.id));
    push_line(&mut text, "Content-Length", &request.body.len().to_string());
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&request.body);
    bytes
}

/// The first request on a fresh backend connection.
pub fn hello() -> Vec<u8> {
    format!("GET / HTTP/1.1\r\n{INTERNAL}: {HELLO}\r\n\r\n").into_bytes()
}

/// Peer and request id, as [`request`] wrote them.
pub fn internal(line: &str) -> Option<(IpAddr, &str)> {
    let (peer, id) = line.split_once(' ')?;
    Some((peer.parse().ok()?, id))
}

fn passes(name: &str) -> bool {
    !name.eq_ignore_ascii_case(INTERNAL) && !HOP_BY_HOP.iter().any(|h| h.eq_ignore_ascii_case(name))
}

fn push_line(text: &mut String, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        text.push_str(part);
    }
}

/// A whole answer.
pub struct Response {
    bytes: Vec<u8>,
    /// Length of status line and headers, the empty line included.
    head: usize,
    /// What follows the bytes.
    file: Option<FileBody>,
}

impl Response {
    /// Reads an answer of our own server. `bodiless` says that it answers a HEAD.
    pub fn read(stream: &mut impl Read, bodiless: bool) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let (head, length) = loop {
            fill(stream, &mut bytes)?;
            if let Some(found) = parse_head(&bytes)? {
                break found;
            }
        };
        let length = if bodiless { 0 } else { length };
        if head + length > MAX_ANSWER {
            return Err(invalid("an answer is over the limit"));
        }
        let left = (head + length).saturating_sub(bytes.len());
        // Room for the line that is added as well, so that a large answer is never moved.
        bytes.reserve_exact(left + CONNECTION_LINE);
        let taken = stream.take(left as u64).read_to_end(&mut bytes)?;
        if taken < left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if bytes.len() > head + length {
            return Err(invalid("an answer is longer than it says"));
        }
        Ok(Self { bytes, head, file: None })
    }

    /// The answer of a route, or of the edge itself, that `tiny_http` had no part in.
    pub fn own(reply: HttpReply, bodiless: bool) -> Self {
        let reason = tiny_http::StatusCode(reply.status).default_reason_phrase();
        let mut text = format!("HTTP/1.1 {} {reason}\r\n", reply.status);
        for (name, value) in &reply.headers {
            push_line(&mut text, name, value);
        }
        let following = reply.file.as_ref().map_or(0, |file| file.bytes);
        push_line(&mut text, "Content-Length", &(reply.body.len() as u64 + following).to_string());
        text.push_str("\r\n");
        let (head, mut bytes) = (text.len(), text.into_bytes());
        if !bodiless {
            bytes.extend_from_slice(&reply.body);
        }
        Self { bytes, head, file: reply.file.filter(|_| !bodiless) }
    }

    /// The file that is sent after the bytes.
    pub fn take_file(&mut self) -> Option<FileBody> {
        self.file.take()
    }

    /// The bytes for the client, who is told whether the connection stays.
    pub fn into_bytes(mut self, keep_alive: bool) -> Vec<u8> {
        let line: &[u8] = if keep_alive { b"Connection: keep-alive\r\n" } else { b"Connection: close\r\n" };
        let end = self.head - b"\r\n".len();
        self.bytes.splice(end..end, line.iter().copied());
        self.bytes
    }
}

/// Reads what there is; the end of the stream is an error here.
fn fill(stream: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    if bytes.len() > MAX_ANSWER {
        return Err(invalid("an answer is over the limit"));
    }
    let mut chunk = [0; READ_CHUNK];
    match stream.read(&mut chunk) {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(n) => {
            bytes.extend_from_slice(&chunk[..n]);
            Ok(())
        }
        Err(e) if e.kind() == io::ErrorKind::Interrupted => Ok(()),
        Err(e) => Err(e),
    }
}

/// The lengths of head and body, once the head is whole.
fn parse_head(bytes: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Response::new(&mut lines);
    let httparse::Status::Complete(head) = parsed.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    if matches!(parsed.code, Some(204 | 304)) {
        return Ok(Some((head, 0)));
    }
    let length = parsed.headers.iter().find(|h| h.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|h| std::str::from_utf8(h.value).ok()?.parse().ok());
    length.map(|n| Some((head, n))).ok_or_else(|| invalid("an answer has no length"))
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_may_not_say_is_left_out() {
        let headers = [
            ("Host", "h"),
            ("X-PAREIA-Internal", "6.6.6.6 r6"),
            ("Connection", "close"),
            ("TE", "chunked"),
            ("Transfer-Encoding", "chunked"),
            ("cookie", "a=b"),
            ("Authorization", "Bearer t"),
        ];
        let sent = crate::http1::RequestMessage {
            method: "POST".into(),
            target: "/x".into(),
            minor: 0,
            headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
            body: b"{}".to_vec(),
        };
        let mut sent = Request::of_client(sent, IpAddr::from([1, 2, 3, 4]));
        sent.id = "r1".into();
        assert_eq!(
            String::from_utf8_lossy(&request(&sent)),
            "POST /x HTTP/1.1\r\nHost: h\r\ncookie: a=b\r\nAuthorization: Bearer t\r\n\
             X-Pareia-Internal: 1.2.3.4 r1\r\nContent-Length: 2\r\n\r\n{}"
        );
    }

    #[test]
    fn answers_are_read_by_their_length() {
        for (text, bodiless, expected) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, Some("ok")),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", true, Some("")),
            ("HTTP/1.1 204 No Content\r\n\r\n", false, Some("")),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok", false, None),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", false, None),
            ("HTTP/1.1 200 OK\r\n\r\nok", false, None),
            ("", false, None),
        ] {
            let read = Response::read(&mut text.as_bytes(), bodiless).ok();
            let body = read.map(|r| String::from_utf8_lossy(&r.bytes[r.head..]).into_owned());
            assert_eq!(body.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_client_is_told_whether_the_connection_stays() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let read = Response::read(&mut text.as_bytes(), false).expect("an answer");
        let expected = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
        assert_eq!(String::from_utf8_lossy(&read.into_bytes(false)), expected);
    }
}
