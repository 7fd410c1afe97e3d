//! How bytes reach another server: connections with every limit set, and a resolver that drops forbidden
//! addresses. The only place that makes `ureq` requests. Knows no server's API: what is sent and what
//! an answer means is the caller's business.

use std::io::{self, ErrorKind, Read};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error, RequestBuilder};

use super::address_rules::is_forbidden;
use crate::domain::UpstreamError;

/// Time for name look-up, TCP and TLS together. A server that is there answers in milliseconds.
const CONNECT: Duration = Duration::from_secs(3);
/// Largest head of an answer.
const MAX_HEAD: usize = 8 * 1024;
/// Servers on Node.js close idle connections after 5 s: one older than this is not used again.
const IDLE: Duration = Duration::from_secs(4);
/// Idle connections kept, as many as calls are usually under way.
const MAX_IDLE: usize = 32;
/// Write buffer of one connection; requests are a few hundred bytes.
const WRITE_BUFFER: usize = 2 * 1024;

/// What is sent.
pub struct HttpRequest<'a> {
    /// `GET` or `DELETE`; with a body, `POST`.
    pub method: &'static str,
    pub url: &'a str,
    /// Names and values, beside those that HTTP itself needs.
    pub headers: &'a [(&'static str, &'a str)],
    /// A JSON body.
    pub body: Option<String>,
    /// When the whole exchange must have ended.
    pub deadline: Instant,
    /// Whether doing it twice does no more than doing it once.
    pub repeatable: bool,
    /// Whether it takes a connection of its own.
    pub fresh: bool,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// No connection: nothing was sent.
    Unreachable,
    /// The connection broke: what was sent may have arrived.
    Broken,
    /// Connected, and no answer within the time.
    Timeout,
    /// An answer over the limits, or no HTTP.
    Unexpected,
}

impl From<TransportError> for UpstreamError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Unreachable => Self::Unreachable,
            TransportError::Broken => Self::Broken,
            TransportError::Timeout => Self::Timeout,
            TransportError::Unexpected => Self::Unexpected,
        }
    }
}

/// Connections to servers, kept for the next request while they are fresh. A clone shares them.
#[derive(Clone)]
pub struct ConnectionPool(Agent);

impl ConnectionPool {
    /// Connections that follow no redirect and use no proxy, within limits. Each keeps a read buffer of
    /// that many bytes.
    pub fn new(read_buffer: usize) -> Self {
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("pareia/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .max_response_header_size(MAX_HEAD)
            .input_buffer_size(read_buffer)
            .output_buffer_size(WRITE_BUFFER)
            .max_idle_connections(MAX_IDLE)
            .max_idle_connections_per_host(MAX_IDLE)
            .max_idle_age(IDLE)
            .build();
        Self(Agent::with_parts(config, DefaultConnector::new(), GuardedResolver::default()))
    }

    /// Sends one request and has its answer read by `read`, a second time where the first answer broke off.
    pub fn exchange<T>(
        &self,
        request: &HttpRequest,
        read: &mut dyn FnMut(HttpResponse) -> io::Result<T>,
    ) -> Result<T, TransportError> {
        let mut attempt = || {
            let read = self.send(request).and_then(|response| read(response).map_err(Error::from));
            read.map_err(|error| classify(&error))
        };
        match attempt() {
            // A connection that the server closed while it was being used again: once more, on a new one.
            Err(TransportError::Broken) if request.repeatable => attempt(),
            outcome => outcome,
        }
    }

    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Error> {
        let left = request.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::Timeout(ureq::Timeout::Global));
        }
        let idle = if request.fresh { Duration::ZERO } else { IDLE };
        let response = if let Some(body) = &request.body {
            let post = with_headers(self.0.post(request.url), request.headers);
            let post = post.header("content-type", "application/json");
            post.config().timeout_global(Some(left)).max_idle_age(idle).build().send(body)
        } else {
            let bare = match request.method {
                "DELETE" => self.0.delete(request.url),
                _ => self.0.get(request.url),
            };
            let bare = with_headers(bare, request.headers);
            bare.config().timeout_global(Some(left)).max_idle_age(idle).build().call()
        }?;
        Ok(HttpResponse(response))
    }
}

fn with_headers<T>(request: RequestBuilder<T>, headers: &[(&str, &str)]) -> RequestBuilder<T> {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

/// An answer whose body is still to be read.
pub struct HttpResponse(Response<Body>);

impl HttpResponse {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// The whole body, of at most `limit` bytes.
    pub fn whole(self, limit: u64) -> io::Result<Vec<u8>> {
        let body = self.0.into_body();
        // As large as it says, so that a large one is not moved about while it arrives.
        let length = body.content_length().unwrap_or(0).min(limit);
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        body.into_with_config().limit(limit).reader().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The body as it arrives, of at most `limit` bytes.
    pub fn stream(self, limit: u64) -> impl Read {
        self.0.into_body().into_with_config().limit(limit).reader()
    }
}

fn classify(error: &Error) -> TransportError {
    match error {
        Error::Io(e) if e.kind() != ErrorKind::ConnectionRefused => TransportError::Broken,
        Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve)
        | Error::Io(_)
        | Error::HostNotFound
        | Error::ConnectionFailed
        | Error::Tls(_)
        | Error::Rustls(_) => TransportError::Unreachable,
        Error::Timeout(_) => TransportError::Timeout,
        _ => TransportError::Unexpected,
    }
}

/// Resolves as usual, then drops every address that no call may go to. The addresses that remain
/// are the ones connected to: a name cannot lead elsewhere between the check and its use.
#[derive(Debug, Default)]
struct GuardedResolver(DefaultResolver);

impl Resolver for GuardedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let mut allowed = self.empty();
        if let Some(address) = literal(uri) {
            allowed.push(address);
        } else {
            for address in &*self.0.resolve(uri, config, timeout)? {
                allowed.push(*address);
            }
        }
        let mut kept = self.empty();
        allowed.iter().filter(|a| !is_forbidden(a.ip())).for_each(|a| kept.push(*a));
        if kept.is_empty() { Err(Error::HostNotFound) } else { Ok(kept) }
    }
}

/// An address written out needs no look-up, nor the thread that bounds one.
fn literal(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let default = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    Some(SocketAddr::new(host.parse::<IpAddr>().ok()?, uri.port_u16().unwrap_or(default)))
}
