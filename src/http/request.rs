//! One request on its way through the routes, and the duty to answer it.
//!
//! An request may be moved to any thread and is answered once. Dropped unanswered, by a panic or
//! by a mistake, it answers `internal` itself: no caller is left waiting. The log line it writes
//! holds the route and never what the client sent.

use std::io::Cursor;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use log::Level;

use super::edge::framing::PEER;
use super::problem::Problem;
use super::reply::Reply;
use crate::crypto;

/// Characters of a request id: 75 random bits, and short enough to be read out.
const ID_LEN: usize = 16;
/// What the log calls a route or a method that does not exist.
pub const UNKNOWN: &str = "?";

/// A fresh request id. Nothing a client sends becomes one.
pub fn request_id() -> String {
    let mut id = crypto::new_id("r");
    id.truncate(ID_LEN);
    id
}

/// The one line that the log has of a request.
pub fn log_line(level: Level, id: &str, method: &str, route: &str, status: u16, began: Instant) {
    log::log!(level, "id={id} {} {route} {status} {}ms", known_method(method), began.elapsed().as_millis());
}

/// A method is whatever a client says it is; the log takes the usual ones only.
fn known_method(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE" | "CONNECT" => method,
        _ => UNKNOWN,
    }
}

/// A request and where its answer goes.
pub struct Request {
    /// Gone once answered.
    received: Option<tiny_http::Request>,
    body: Vec<u8>,
    id: String,
    route: &'static str,
    /// The part of the path that the route leaves open.
    captured: String,
    began: Instant,
    level: Level,
}

impl Request {
    /// Takes a request over, its body included, which the gate has bounded.
    pub fn new(mut request: tiny_http::Request) -> std::io::Result<Self> {
        let began = Instant::now();
        let mut body = Vec::with_capacity(request.body_length().unwrap_or_default());
        request.as_reader().read_to_end(&mut body)?;
        Ok(Self {
            received: Some(request),
            body,
            id: request_id(),
            route: UNKNOWN,
            captured: String::new(),
            began,
            level: Level::Info,
        })
    }

    /// The id that the answer and the log lines carry.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The method as sent.
    pub fn method(&self) -> &str {
        self.received.as_ref().map_or("", |r| r.method().as_str())
    }

    /// The request target as sent.
    pub fn target(&self) -> &str {
        self.received.as_ref().map_or("", tiny_http::Request::url)
    }

    /// The whole body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The values of every header line of that name.
    pub fn headers(&self, name: &'static str) -> Vec<&str> {
        let lines = self.received.as_ref().map_or(&[][..], tiny_http::Request::headers);
        lines.iter().filter(|h| h.field.equiv(name)).map(|h| h.value.as_str()).collect()
    }

    /// Who is at the other end of the public socket.
    pub fn peer(&self) -> IpAddr {
        let named = self.headers(PEER).first().and_then(|p| p.parse().ok());
        named.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }

    /// The value of a query parameter, decoded; of one given twice, the first.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target().split('#').next()?.split_once('?')?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }

    /// The part of the path that the route leaves open, as sent; empty where it leaves none.
    pub fn captured(&self) -> &str {
        &self.captured
    }

    /// Says which route the request turned out to be for, and what it left open in the path.
    pub fn found(&mut self, route: &'static str, captured: String) {
        self.route = route;
        self.captured = captured;
    }

    /// The log has this request at `debug` only: there may be hundreds a second.
    pub fn quietly(mut self) -> Self {
        self.level = Level::Debug;
        self
    }

    /// Answers.
    pub fn answer(mut self, reply: Reply) {
        self.send(reply);
    }

    /// Answers with what came of the request.
    pub fn conclude(self, outcome: Result<Reply, Problem>) {
        match outcome {
            Ok(reply) => self.answer(reply),
            Err(problem) => self.refuse(&problem),
        }
    }

    /// Answers what this makes of the request.
    pub fn answer_by(self, answer: impl FnOnce(&Self) -> Result<Reply, Problem>) {
        let outcome = answer(&self);
        self.conclude(outcome);
    }

    /// Answers that the request was not done.
    pub fn refuse(mut self, problem: &Problem) {
        if let Problem::Store(error) = problem {
            log::error!("id={} the database failed: {error}", self.id);
        }
        self.send(Reply::failure(problem, &self.id));
    }

    fn send(&mut self, reply: Reply) {
        let Some(request) = self.received.take() else { return };
        log_line(self.level, &self.id, request.method().as_str(), self.route, reply.status, self.began);
        if let Err(error) = request.respond(to_tiny(reply.signed(&self.id))) {
            log::warn!("id={} the answer could not be handed on: {error}", self.id);
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if self.received.is_some() {
            log::error!("id={} was dropped without an answer", self.id);
            self.send(Reply::failure(&Problem::INTERNAL, &self.id));
        }
    }
}

fn to_tiny(reply: Reply) -> tiny_http::Response<Cursor<Vec<u8>>> {
    let headers =
        reply.headers.iter().filter_map(|(n, v)| tiny_http::Header::from_bytes(*n, v.as_str()).ok());
    let (status, length) = (tiny_http::StatusCode(reply.status), reply.body.len());
    let body = Cursor::new(reply.body);
    tiny_http::Response::new(status, headers.collect(), body, Some(length), None)
        // The gate reads answers by their length.
        .with_chunked_threshold(usize::MAX)
}
