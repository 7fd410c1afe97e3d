//! `GET /metrics` on an address of its own: the routes of that listener.
//!
//! Whoever reaches the address may read them, so they name servers and nothing that opens one: no key, no phone, no
//! instance, no path that somebody sent. One scrape is made at a time, whoever asks.

mod families;
mod process;
mod sources;

use std::sync::Arc;

use super::app::App;
use super::edge::connection_table::ConnectionTable;
use super::edge::limits::Limits;
use super::edge::routes::Routes;
use super::problem::Problem;
use super::reply::HttpReply;
use super::request::{Request, request_id};
use crate::sync::Mutex;
use sources::Sources;

/// The text format that every Prometheus reads.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Connections at a time: some Prometheus servers, and a person.
const CONNECTIONS: usize = 8;

/// What a client may take of the metrics' listener.
pub fn limits() -> Limits {
    Limits { connections: CONNECTIONS, body: 0, webhook: 0, ..Limits::default() }
}

/// The routes of the metrics' listener: one.
pub struct MetricsRoutes {
    sources: Sources,
    scraping: Mutex<()>,
}

impl MetricsRoutes {
    /// The routes on what they are read from.
    pub fn new(app: Arc<App>, connections: Arc<ConnectionTable>) -> Self {
        Self { sources: Sources { app, connections }, scraping: Mutex::default() }
    }

    fn reply(&self, request: &Request) -> Result<HttpReply, Problem> {
        let path = request.target.split(['?', '#']).next().unwrap_or_default();
        match (path, &*request.method) {
            ("/metrics", "GET" | "HEAD") => {
                let _one_at_a_time = self.scraping.lock();
                Ok(HttpReply::bytes(200, CONTENT_TYPE, families::all(&self.sources).into_bytes()))
            }
            ("/metrics", _) => Err(Problem::MethodNotAllowed("GET, HEAD".to_owned())),
            _ => Err(Problem::NotFound),
        }
    }
}

impl Routes for MetricsRoutes {
    /// Always on the connection's own thread: the workers are for the public socket.
    fn may_block(&self, _: &Request) -> bool {
        true
    }

    fn answer(&self, request: &mut Request) -> HttpReply {
        let reply = self.reply(request).unwrap_or_else(|problem| HttpReply::failure(&problem, &request.id));
        log::debug!("id={} metrics {}", request.id, reply.status);
        reply.signed(&request.id)
    }

    fn refuse(&self, request: Option<&Request>, problem: &Problem) -> HttpReply {
        let id = request.map_or_else(request_id, |request| request.id.clone());
        HttpReply::failure(problem, &id).signed(&id)
    }

    fn max_body(&self, _: &str) -> usize {
        0
    }
}
