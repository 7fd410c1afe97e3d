//! The router: one table of what there is.
//!
//! It decides where a request goes, and nothing about it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::api::admin::{self, credentials, tokens, users};
use super::api::{health, instance, login, session};
use super::assets;
use super::door::Door;
use super::exchange::Exchange;
use super::failures::Failures;
use super::lane::Lane;
use super::peer::Network;
use super::reply::Problem;
use super::slow;
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
    /// The address people use, where it is another than the one listened on.
    pub public_url: Option<String>,
    /// Who has failed to authenticate.
    pub failures: Failures<IpAddr>,
    /// Passwords, and how often they may be tried.
    pub door: Door,
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
            public_url: None,
            failures: Failures::default(),
            door: Door::default(),
            readiness: health::Readiness::default(),
            waiting: Arc::default(),
            max_waiting,
        }
    }
}

/// What answers a request.
#[derive(Clone, Copy)]
enum Handler {
    /// On the worker that took it: nothing in it waits.
    Quick(fn(&App, Exchange)),
    /// In the lane, where it may wait for upstream or compute for long.
    Slow(fn(&App, Exchange)),
}
use Handler::{Quick, Slow};

/// A path, in which `{}` stands for any one part that is not empty and `{*}`, at the end, for one or
/// more of them, and what its methods do.
/// `HEAD` is a `GET` whose answer stays without its body.
type Route = (&'static str, &'static [(&'static str, Handler)]);

/// The table, as the log names its routes.
const ROUTES: &[Route] = &[
    ("/", &[("GET", Quick(assets::index))]),
    ("/c", &[("GET", Quick(assets::connect))]),
    ("/assets/{*}", &[("GET", Quick(assets::file))]),
    ("/api/messaging/instance", &[("POST", Quick(instance::ensure))]),
    ("/api/setup", &[("GET", Quick(session::setup)), ("POST", Slow(login::set_up))]),
    (
        "/api/session",
        &[("GET", Quick(session::show)), ("POST", Slow(login::log_in)), ("DELETE", Quick(session::log_out))],
    ),
    ("/api/sessions", &[("GET", Quick(session::list))]),
    ("/api/sessions/{}", &[("DELETE", Quick(session::end))]),
    ("/api/password", &[("POST", Slow(login::change_password))]),
    ("/api/admin/overview", &[("GET", Quick(admin::overview))]),
    ("/api/admin/credentials", &[("GET", Quick(credentials::list)), ("POST", Slow(credentials::create))]),
    ("/api/admin/credentials/{}", &[("DELETE", Quick(credentials::remove))]),
    ("/api/admin/credentials/{}/test", &[("POST", Slow(credentials::test))]),
    ("/api/admin/credentials/{}/rotate", &[("POST", Slow(credentials::rotate))]),
    ("/api/admin/credentials/{}/enable", &[("POST", Quick(credentials::enable))]),
    ("/api/admin/credentials/{}/disable", &[("POST", Quick(credentials::disable))]),
    ("/api/admin/users", &[("GET", Quick(users::list)), ("POST", Slow(users::create))]),
    ("/api/admin/users/{}", &[("DELETE", Quick(users::remove))]),
    ("/api/admin/users/{}/password", &[("POST", Slow(users::set_password))]),
    ("/api/admin/tokens", &[("GET", Quick(tokens::list)), ("POST", Quick(tokens::create))]),
    ("/api/admin/tokens/{}", &[("DELETE", Quick(tokens::revoke))]),
    ("/livez", &[("GET", Quick(health::livez))]),
    ("/readyz", &[("GET", Quick(health::readyz))]),
];

/// The route of a path, and what it leaves open there.
fn find(path: &str) -> Option<(&'static Route, &str)> {
    ROUTES.iter().find_map(|route| Some((route, captured(route.0, path)?)))
}

/// What the path has where the route's own has `{}` or `{*}`; `None` when they differ elsewhere.
fn captured<'a>(route: &str, path: &'a str) -> Option<&'a str> {
    if let Some(before) = route.strip_suffix("{*}") {
        return path.strip_prefix(before).filter(|rest| !rest.is_empty());
    }
    let Some((before, after)) = route.split_once("{}") else { return (route == path).then_some("") };
    let open = path.strip_prefix(before)?.strip_suffix(after)?;
    (!open.is_empty() && !open.contains('/')).then_some(open)
}

/// Sends a request where it belongs.
pub fn dispatch(app: &Arc<App>, mut exchange: Exchange) {
    let Some((route, captured)) = find(path(exchange.target())) else {
        return exchange.refuse(&Problem::NotFound);
    };
    let captured = captured.to_owned();
    exchange.found(route.0, captured);
    let method = if exchange.method() == "HEAD" { "GET" } else { exchange.method() };
    match route.1.iter().find(|(name, _)| *name == method) {
        Some((_, Quick(handler))) => handler(app, exchange),
        Some((_, Slow(handler))) => slow::run(app, exchange, *handler),
        None => exchange.refuse(&Problem::MethodNotAllowed(methods(route))),
    }
}

/// The methods of a route, as `Allow` lists them.
fn methods(route: &Route) -> String {
    let names = route.1.iter().map(|(name, _)| if *name == "GET" { "GET, HEAD" } else { name });
    names.collect::<Vec<_>>().join(", ")
}

/// The path of a request target. Targets may name the server as well.
fn path(target: &str) -> &str {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let after_scheme = path.strip_prefix("http://").or_else(|| path.strip_prefix("https://"));
    after_scheme.map_or(path, |rest| rest.find('/').map_or("", |at| &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_whole() {
        for (target, route) in [
            ("/livez", "/livez"),
            ("/livez?x=/y", "/livez"),
            ("http://shop.example:3000/readyz", "/readyz"),
            ("/api/messaging/instance#x", "/api/messaging/instance"),
        ] {
            assert_eq!(find(path(target)).map(|(route, _)| route.0), Some(route), "{target}");
        }
        for nothing in ["", "*", "livez", "/livez/", "//", "//livez", "/LIVEZ", "/api", "http://livez", "?"] {
            assert!(find(path(nothing)).is_none(), "{nothing}");
        }
    }

    #[test]
    fn a_route_leaves_one_part_open() {
        for (path, open) in [
            ("/a/x/b", Some("x")),
            ("/a/x", None),
            ("/a//b", None),
            ("/a/x/y/b", None),
            ("/a/b", None),
            ("/a/x/b/", None),
        ] {
            assert_eq!(captured("/a/{}/b", path), open, "{path}");
        }
        assert_eq!(captured("/a/{}", "/a/x"), Some("x"));
        for (path, open) in [("/a/x", Some("x")), ("/a/x/y", Some("x/y")), ("/a/", None), ("/b/x", None)] {
            assert_eq!(captured("/a/{*}", path), open, "{path}");
        }
    }

    #[test]
    fn no_route_hides_behind_another() {
        for (index, (path, methods)) in ROUTES.iter().enumerate() {
            let example = path.replace("{*}", "x/y").replace("{}", "x");
            assert_eq!(find(&example).map(|(route, _)| route.0), Some(*path), "{index}: {}", methods.len());
        }
    }

    #[test]
    fn methods_are_listed_as_they_are_answered() {
        assert_eq!(methods(&("/x", &[("POST", Quick(health::livez))])), "POST");
        assert_eq!(
            methods(&("/x", &[("GET", Quick(health::livez)), ("DELETE", Slow(health::livez))])),
            "GET, HEAD, DELETE"
        );
    }
}
