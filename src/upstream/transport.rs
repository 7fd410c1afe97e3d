//! How bytes reach another server: connections with every limit set. The only place that makes `ureq`
//! requests. Knows no server's API: what is sent and what an answer means is the caller's business.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::{Response, Uri};
use ureq::{Agent, Body, Error, RequestBuilder};

use super::address_rules::Reach;
use super::agents::{Agents, IDLE};
use super::answer_head::AnswerHead;
use super::failure::classify;
use super::trust::TrustAnchors;
use crate::domain::{TlsFailure, UpstreamError};

/// Time for name look-up, TCP and TLS together. A server that is there answers in milliseconds.
const CONNECT: Duration = Duration::from_secs(3);
/// Largest head of an answer.
const MAX_HEAD: usize = 8 * 1024;
/// Longest that a port is tried by TLS which did not understand plain HTTP.
const TLS_TRIAL: Duration = Duration::from_secs(2);
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
    pub body: Option<&'a str>,
    /// When the whole exchange must have ended.
    pub deadline: Instant,
    /// Whether doing it twice does no more than doing it once.
    pub repeatable: bool,
    /// Whether it takes a connection of its own.
    pub fresh: bool,
}

/// Connections to servers, kept for the next request while they are fresh. A clone shares them.
#[derive(Clone)]
pub struct ConnectionPool(Arc<Agents>);

impl ConnectionPool {
    /// Connections that follow no redirect and use no proxy, within limits, to servers whose certificates
    /// those sign who are trusted. Each keeps a read buffer of that many bytes, and leads no further than `reach`.
    pub fn new(trust: &TrustAnchors, read_buffer: usize, reach: Reach) -> Self {
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .tls_config(trust.tls_config())
            .user_agent(concat!("pareia/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .max_response_header_size(MAX_HEAD)
            .input_buffer_size(read_buffer)
            .output_buffer_size(WRITE_BUFFER)
            .max_idle_connections(1)
            .max_idle_age(IDLE)
            .build();
        Self(Arc::new(Agents::new(config, reach)))
    }

    /// Sends one request and has its answer read by `read`, a second time where the first answer broke off.
    pub fn exchange<T>(
        &self,
        request: &HttpRequest,
        read: &mut dyn FnMut(HttpResponse) -> io::Result<T>,
    ) -> Result<T, UpstreamError> {
        let origin = origin(request.url);
        let mut attempt = |agent: Agent| {
            let response = send(&agent, request).map_err(|error| self.explain(request, &error))?;
            let answer = read(response).map_err(|error| classify(&Error::from(error)))?;
            self.0.put_back(origin, agent);
            Ok(answer)
        };
        match attempt(if request.fresh { self.0.fresh() } else { self.0.take(origin) }) {
            // A connection that the server closed while it was being used again: once more, on a new one.
            Err(UpstreamError::Broken) if request.repeatable => attempt(self.0.fresh()),
            outcome => outcome,
        }
    }

    /// Why a request got no answer. A server of TLS hangs up on plain HTTP, or answers in bytes that are none; the
    /// request had left by then.
    fn explain(&self, request: &HttpRequest, error: &Error) -> UpstreamError {
        match classify(error) {
            UpstreamError::Broken | UpstreamError::Unexpected if self.is_tls_port(request) => {
                UpstreamError::Tls(TlsFailure::PlainToTls { is_said: false })
            }
            why => why,
        }
    }

    /// Whether the port of an `http` address answers to TLS, whatever its certificate. Nothing is sent over it.
    fn is_tls_port(&self, request: &HttpRequest) -> bool {
        let left = request.deadline.saturating_duration_since(Instant::now()).min(TLS_TRIAL);
        let Some(url) = as_https(request.url).filter(|_| !left.is_zero()) else { return false };
        let trial = self.0.fresh().get(url).config().timeout_global(Some(left)).build().call();
        let no_tls = [TlsFailure::NotTls, TlsFailure::Refused].map(UpstreamError::Tls);
        match trial.map_err(|error| classify(&error)) {
            Ok(_) => true,
            Err(error) => matches!(error, UpstreamError::Tls(_)) && !no_tls.contains(&error),
        }
    }
}

fn send(agent: &Agent, request: &HttpRequest) -> Result<HttpResponse, Error> {
    let left = request.deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Error::Timeout(ureq::Timeout::Global));
    }
    let response = if let Some(body) = request.body {
        let post = with_headers(agent.post(request.url), request.headers);
        let post = post.header("content-type", "application/json");
        post.config().timeout_global(Some(left)).build().send(body)
    } else {
        let bare = match request.method {
            "DELETE" => agent.delete(request.url),
            _ => agent.get(request.url),
        };
        with_headers(bare, request.headers).config().timeout_global(Some(left)).build().call()
    }?;
    Ok(HttpResponse(response))
}

/// The server of an address: what stands before its path.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + "://".len());
    url[host..].find(['/', '?']).map_or(url, |at| &url[..host + at])
}

fn with_headers<T>(request: RequestBuilder<T>, headers: &[(&str, &str)]) -> RequestBuilder<T> {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

/// The same port by `https`; `None` for an address that is not `http`.
fn as_https(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let (host, port) = (uri.host()?, uri.port_u16().unwrap_or(80));
    (uri.scheme_str() == Some("http")).then(|| format!("https://{host}:{port}/"))
}

/// An answer whose body is still to be read.
pub struct HttpResponse(Response<Body>);

impl HttpResponse {
    /// What its head says.
    pub fn head(&self) -> AnswerHead {
        AnswerHead::of(&self.0)
    }

    /// The value of that header, in ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::sync::mpsc;

    /// A server that answers two requests on each connection and closes it without a word. Its address, and the
    /// number of each connection as it closes it.
    fn server_of_two() -> (String, mpsc::Receiver<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/x", listener.local_addr().expect("its address"));
        let (closed, closings) = mpsc::channel();
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.expect("a connection");
                for _ in 0..2 {
                    let read = stream.read(&mut [0; 4096]).expect("a request");
                    assert!(read > 0, "the connection is used twice");
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").expect("sent");
                }
                drop(stream);
                closed.send(number).expect("the test waits");
            }
        });
        (url, closings)
    }

    #[test]
    fn a_connection_is_used_again_until_the_server_closes_it() {
        let (url, closings) = server_of_two();
        let connections = ConnectionPool::new(&TrustAnchors::Nobody, 1024, Reach::Anywhere);
        let deadline = Instant::now() + Duration::from_secs(20);
        // Not one of them may be sent twice: a connection that is closed has to be noticed before.
        let request = HttpRequest {
            method: "GET",
            url: &url,
            headers: &[],
            body: None,
            deadline,
            repeatable: false,
            fresh: false,
        };
        for number in 0..3 {
            for _ in 0..2 {
                let answer = connections.exchange(&request, &mut |response| response.whole(10));
                assert_eq!(answer.as_deref(), Ok(&b"ok"[..]), "connection {number}");
            }
            assert_eq!(closings.recv_timeout(Duration::from_secs(20)), Ok(number));
        }
    }
}
