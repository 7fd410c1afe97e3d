//! HTTP/1.1 messages read from a socket within bounds of size and time.
//!
//! Two servers here stand on raw sockets: the edge in front of `tiny_http`, which has no limits of
//! its own, and the simulated Evolution, which must answer late, in pieces or not at all. Both read
//! their requests here. Nothing in this module knows a route or writes an answer.

use std::io::{self, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Most header lines a message may have; browsers behind two proxies send about thirty.
const MAX_HEADERS: usize = 64;
/// Bytes asked of the socket at a time; a POST of ours fits in one.
const READ_CHUNK: usize = 4096;

/// What a peer may send before it is cut off.
#[derive(Clone, Copy, Debug)]
pub struct ReadLimits {
    /// Bytes of request line and headers.
    pub head: usize,
    /// Time from the first byte of a message to its last.
    pub message: Duration,
    /// Time a connection may stay silent before a message begins.
    pub idle: Duration,
}

/// A stream whose reads can be given a time limit.
pub trait TimedRead: Read {
    /// Makes the next reads fail with `WouldBlock` or `TimedOut` after `limit`.
    fn limit_reads(&self, limit: Duration) -> io::Result<()>;
}

impl TimedRead for TcpStream {
    fn limit_reads(&self, limit: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(limit))
    }
}

impl TimedRead for &TcpStream {
    fn limit_reads(&self, limit: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(limit))
    }
}

#[cfg(unix)]
impl TimedRead for std::os::unix::net::UnixStream {
    fn limit_reads(&self, limit: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(limit))
    }
}

/// Why no message could be read.
#[derive(Debug)]
pub enum ReadError {
    /// The peer closed, or stayed silent past the idle limit, between two messages.
    Ended,
    /// The message did not end within its time.
    TooSlow,
    /// Request line and headers are over the limit.
    HeadTooLarge,
    /// The body is, or says it will be, over the limit.
    BodyTooLarge,
    /// Not HTTP/1.x, or its lengths contradict each other.
    Malformed,
    /// The socket failed in the middle of a message.
    Io(io::Error),
}

/// One request, whole.
#[derive(Debug)]
pub struct RequestMessage {
    /// The method as sent.
    pub method: String,
    /// The request target as sent, still percent-encoded: ASCII.
    pub target: String,
    /// The minor version of HTTP/1.x.
    pub minor: u8,
    /// Header lines in order, names as sent; bytes of a value that are not ASCII are `?`.
    pub headers: Vec<(String, String)>,
    /// The body with any chunked coding undone.
    pub body: Vec<u8>,
}

impl RequestMessage {
    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Whether the peer will send another request on this connection.
    #[must_use]
    pub fn keeps_alive(&self) -> bool {
        let token = self.header("connection").unwrap_or_default().to_ascii_lowercase();
        if self.minor == 0 { token.contains("keep-alive") } else { !token.contains("close") }
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

/// A connection's read side: bytes past the end of one message are kept for the next.
pub struct Reader<S> {
    stream: S,
    limits: ReadLimits,
    /// Bytes of body that the message being read may have.
    body: usize,
    buffer: Vec<u8>,
    /// When the message being read must have ended; unset until its first byte.
    deadline: Option<Instant>,
    /// The limit the stream has now: telling it anew is a system call.
    limited: Option<Duration>,
}

impl<S: TimedRead> Reader<S> {
    /// Wraps a fresh connection.
    pub fn new(stream: S, limits: ReadLimits) -> Self {
        Self { stream, limits, body: 0, buffer: Vec::new(), deadline: None, limited: None }
    }

    /// The stream itself, to answer on.
    pub fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Whether bytes of the next message are here already.
    #[must_use]
    pub fn has_buffered(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Changes how long the connection may stay silent before its next message.
    pub fn set_idle(&mut self, idle: Duration) {
        self.limits.idle = idle;
    }

    /// Reads one request. `body` says, once the head is there, how many bytes may follow, after
    /// chunked coding is undone. `proceed` is called when the peer waits for `100 Continue` before
    /// them.
    pub fn request(
        &mut self,
        body: impl FnOnce(&RequestMessage) -> usize,
        proceed: impl FnOnce(&mut S) -> io::Result<()>,
    ) -> Result<RequestMessage, ReadError> {
        self.skip_empty_lines();
        self.deadline = (!self.buffer.is_empty()).then(|| Instant::now() + self.limits.message);
        let mut request = self.head()?;
        let length = body_length(&request)?;
        self.body = body(&request);
        if matches!(length, Length::Known(n) if n > self.body as u64) {
            return Err(ReadError::BodyTooLarge);
        }
        let waits = request.header("expect").is_some_and(|v| v.eq_ignore_ascii_case("100-continue"));
        if waits && length != Length::Known(0) && self.buffer.is_empty() {
            proceed(&mut self.stream).map_err(ReadError::Io)?;
        }
        request.body = match length {
            Length::Known(n) => self.known_body(n)?,
            Length::Chunked => self.chunked_body()?,
        };
        if self.buffer.is_empty() && self.buffer.capacity() > 2 * READ_CHUNK {
            // A connection that idles after a large body must not go on holding its size.
            self.buffer = Vec::new();
        }
        Ok(request)
    }

    fn head(&mut self) -> Result<RequestMessage, ReadError> {
        let mut parsed = 0;
        loop {
            // A head ends with a line, so a peer that sends byte by byte costs one parse per line.
            let whole_line = parsed == 0 || self.buffer[parsed..].contains(&b'\n');
            if whole_line && let Some((request, used)) = parse_head(&self.buffer)? {
                self.buffer.drain(..used);
                return if used > self.limits.head { Err(ReadError::HeadTooLarge) } else { Ok(request) };
            }
            if self.buffer.len() >= self.limits.head {
                return Err(ReadError::HeadTooLarge);
            }
            parsed = self.buffer.len();
            self.fill()?;
            if parsed == 0 {
                self.skip_empty_lines();
            }
        }
    }

    /// RFC 9112, 2.2: empty lines before a request mean nothing; some clients end a body with one.
    fn skip_empty_lines(&mut self) {
        let empty = self.buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.buffer.drain(..empty);
    }

    fn known_body(&mut self, length: u64) -> Result<Vec<u8>, ReadError> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > self.body {
            return Err(ReadError::BodyTooLarge);
        }
        while self.buffer.len() < length {
            self.fill()?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    fn chunked_body(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut body = Vec::new();
        loop {
            let size = self.chunk_size()?;
            if size == 0 {
                self.trailers()?;
                return Ok(body);
            }
            let left = (self.body - body.len()) as u64;
            if size > left {
                return Err(ReadError::BodyTooLarge);
            }
            body.extend(self.known_body(size)?);
            if self.known_body(2)? != b"\r\n" {
                return Err(ReadError::Malformed);
            }
        }
    }

    fn chunk_size(&mut self) -> Result<u64, ReadError> {
        loop {
            match httparse::parse_chunk_size(&self.buffer) {
                Ok(httparse::Status::Complete((used, size))) => {
                    self.buffer.drain(..used);
                    return Ok(size);
                }
                Ok(httparse::Status::Partial) if self.buffer.len() < self.limits.head => self.fill()?,
                _ => return Err(ReadError::Malformed),
            }
        }
    }

    /// Skips what may follow the last chunk, up to and with the empty line.
    fn trailers(&mut self) -> Result<(), ReadError> {
        loop {
            match self.buffer.windows(2).position(|w| w == b"\r\n") {
                Some(at) => {
                    self.buffer.drain(..at + 2);
                    if at == 0 {
                        return Ok(());
                    }
                }
                None if self.buffer.len() < self.limits.head => self.fill()?,
                None => return Err(ReadError::HeadTooLarge),
            }
        }
    }

    /// Waits for more bytes, within what is left of the message's time or of the idle time.
    fn fill(&mut self) -> Result<(), ReadError> {
        let between = self.deadline.is_none();
        let left = match self.deadline {
            None => self.limits.idle,
            Some(deadline) => deadline.saturating_duration_since(Instant::now()),
        };
        if left.is_zero() {
            return Err(if between { ReadError::Ended } else { ReadError::TooSlow });
        }
        if self.limited != Some(left) {
            self.stream.limit_reads(left).map_err(ReadError::Io)?;
            self.limited = Some(left);
        }
        let mut chunk = [0; READ_CHUNK];
        match self.stream.read(&mut chunk) {
            Ok(0) if between => Err(ReadError::Ended),
            Ok(0) => Err(ReadError::Io(io::ErrorKind::UnexpectedEof.into())),
            Ok(n) => {
                self.deadline.get_or_insert_with(|| Instant::now() + self.limits.message);
                self.buffer.extend_from_slice(&chunk[..n]);
                Ok(())
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(e) if is_timeout(&e) && between => Err(ReadError::Ended),
            Err(e) if is_timeout(&e) => Err(ReadError::TooSlow),
            Err(e) => Err(ReadError::Io(e)),
        }
    }
}

/// Sockets say either, by platform.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

#[derive(PartialEq)]
enum Length {
    Known(u64),
    Chunked,
}

fn parse_head(bytes: &[u8]) -> Result<Option<(RequestMessage, usize)>, ReadError> {
    let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut lines);
    let used = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(used)) => used,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(ReadError::HeadTooLarge),
        Err(_) => return Err(ReadError::Malformed),
    };
    let (Some(method), Some(target), Some(minor)) = (parsed.method, parsed.path, parsed.version) else {
        return Err(ReadError::Malformed);
    };
    if !target.is_ascii() {
        return Err(ReadError::Malformed);
    }
    let headers = parsed.headers.iter().map(|h| (h.name.to_owned(), ascii(h.value))).collect();
    let request = RequestMessage {
        method: method.to_owned(),
        target: target.to_owned(),
        minor,
        headers,
        body: Vec::new(),
    };
    Ok(Some((request, used)))
}

/// A header value with `?` for every byte that is not ASCII. No value that is read here has such bytes,
/// and cookies of other programs on the host do: leaving the line out would lose what stands beside
/// them, and would let a `Content-Length` or an `X-Forwarded-For` with such a byte pass for none.
fn ascii(value: &[u8]) -> String {
    value.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect()
}

/// How long the body is. Anything that two readers could understand differently is refused: that
/// difference is what request smuggling lives on.
fn body_length(request: &RequestMessage) -> Result<Length, ReadError> {
    let all = |name: &str| {
        request
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
            .collect::<Vec<_>>()
    };
    match (all("transfer-encoding").as_slice(), all("content-length").as_slice()) {
        ([], []) => Ok(Length::Known(0)),
        ([], [length]) if !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit()) => {
            // All digits and still no u64: far over any limit of ours.
            length.parse().map(Length::Known).map_err(|_| ReadError::BodyTooLarge)
        }
        ([coding], []) if coding.eq_ignore_ascii_case("chunked") => Ok(Length::Chunked),
        _ => Err(ReadError::Malformed),
    }
}
