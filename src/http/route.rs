//! The router: one table of what there is.
//!
//! It decides where a request goes, and nothing about it.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::api::{health, instance};
use super::exchange::{Exchange, UNKNOWN};
use super::failures::Failures;
use super::lane::Lane;
use super::peer::Network;
use super::reply::Problem;
use crate::ensure::Engine;
use crate::store::Store;

/// What the routes work with.
pub struct App {
    /// The database.
    pub store: Arc<Store>,
    /// The use case.
    pub engine: Arc<Engine>,
    /// Where calls wait for upstream.
    pub lane: Lane,
    /// Proxies whose word about addresses is taken.
    pub trusted_proxies: Vec<Network>,
    /// Who has failed to authenticate.
    pub failures: Failures,
    /// Whether the database takes writes.
    pub readiness: health::Readiness,
    /// How many requests are waiting for upstream.
    pub waiting: Arc<AtomicUsize>,
    /// How many may.
    pub max_waiting: usize,
}

impl App {
    /// What the routes share; the slow lane is open.
    pub fn new(
        store: Arc<Store>,
        engine: Arc<Engine>,
        trusted_proxies: Vec<Network>,
        max_waiting: usize,
    ) -> Self {
        Self {
            store,
            engine,
            lane: Lane::open(),
            trusted_proxies,
            failures: Failures::default(),
            readiness: health::Readiness::default(),
            waiting: Arc::default(),
            max_waiting,
        }
    }
}

type Handler = fn(&App, Exchange);

/// What the table says of a request.
enum Target {
    /// This answers it.
    To(Handler),
    /// The path exists, with these methods.
    Only(&'static str),
    /// There is nothing there.
    Nothing,
}
use Target::{Nothing, Only, To};

/// The table. The first of each pair is what the log calls the route.
fn find(method: &str, segments: &[&str]) -> (&'static str, Target) {
    match (method, segments) {
        ("POST", ["api", "messaging", "instance"]) => ("/api/messaging/instance", To(instance::ensure)),
        (_, ["api", "messaging", "instance"]) => ("/api/messaging/instance", Only("POST")),
        ("GET" | "HEAD", ["livez"]) => ("/livez", To(health::livez)),
        (_, ["livez"]) => ("/livez", Only("GET, HEAD")),
        ("GET" | "HEAD", ["readyz"]) => ("/readyz", To(health::readyz)),
        (_, ["readyz"]) => ("/readyz", Only("GET, HEAD")),
        _ => (UNKNOWN, Nothing),
    }
}

/// Sends a request where it belongs.
pub fn dispatch(app: &App, mut exchange: Exchange) {
    let segments: Vec<&str> = path(exchange.target()).split('/').collect();
    let (route, target) = find(exchange.method(), &segments);
    exchange.found(route);
    match target {
        To(handler) => handler(app, exchange),
        Only(methods) => exchange.refuse(&Problem::MethodNotAllowed(methods)),
        Nothing => exchange.refuse(&Problem::NotFound),
    }
}

/// The path of a request target, without its first slash. Targets may name the server as well.
fn path(target: &str) -> &str {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let after_scheme = path.strip_prefix("http://").or_else(|| path.strip_prefix("https://"));
    let path = after_scheme.map_or(path, |rest| rest.find('/').map_or("", |at| &rest[at..]));
    path.strip_prefix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, target: &str, route: &str, allowed: Option<&str>) {
        let segments: Vec<_> = path(target).split('/').collect();
        let (found, target) = find(method, &segments);
        let only = if let Only(methods) = target { Some(methods) } else { None };
        assert_eq!((found, only), (route, allowed), "{method} {segments:?}");
    }

    #[test]
    fn the_table() {
        check("GET", "/livez", "/livez", None);
        check("HEAD", "/livez?x=/y", "/livez", None);
        check("GET", "http://shop.example:3000/readyz", "/readyz", None);
        check("POST", "/readyz", "/readyz", Some("GET, HEAD"));
        check("OPTIONS", "/api/messaging/instance", "/api/messaging/instance", Some("POST"));
        check("POST", "/api/messaging/instance", "/api/messaging/instance", None);
        for nothing in ["/", "", "*", "/livez/", "//livez", "/LIVEZ", "/api", "http://livez", "?"] {
            check("GET", nothing, UNKNOWN, None);
        }
    }
}
