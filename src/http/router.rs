//! The router: one table of what there is.
//!
//! It decides where a request goes, and nothing about it.

use std::sync::Arc;

use super::api::admin::{self, credentials, tokens, users};
use super::api::{
    connect, events, health, instance, instances, link, login, picture, reconnect, session, webhook,
};
use super::app::App;
use super::assets;
use super::edge::slow;
use super::problem::Problem;
use super::reply::Reply;
use super::request::Request;

/// What answers a request.
#[derive(Clone, Copy)]
enum Handler {
    /// On the worker that took it: nothing in it waits.
    Quick(Answer),
    /// In the lane for calls, where it may wait for upstream.
    Slow(Answer),
    /// In the lane for hashes, where it may compute for long.
    Hash(Answer),
    /// By whoever gets the request in the end: it is handed on whole.
    Whole(fn(&App, Request)),
}
use Handler::{Hash, Quick, Slow, Whole};

/// What a route makes of a request.
pub type Answer = fn(&App, &Request) -> Result<Reply, Problem>;

/// A path, in which `{}` stands for any one part that is not empty and `{*}`, at the end, for one or
/// more of them, and what its methods do. `HEAD` is a `GET` whose answer stays without its body.
type Route = (&'static str, &'static [(&'static str, Handler)]);

/// The table, as the log names its routes.
const ROUTES: &[Route] = &[
    ("/", &[("GET", Quick(assets::index))]),
    ("/c", &[("GET", Quick(assets::connect))]),
    ("/assets/{*}", &[("GET", Quick(assets::file))]),
    ("/api/messaging/instance", &[("GET", Quick(instances::list)), ("POST", Whole(instance::ensure))]),
    ("/api/messaging/instance/{}", &[("GET", Quick(instances::show)), ("DELETE", Slow(instances::delete))]),
    ("/api/messaging/instance/{}/connect", &[("POST", Whole(reconnect::connect))]),
    ("/api/messaging/instance/{}/logout", &[("POST", Slow(instances::logout))]),
    ("/api/messaging/instance/{}/restart", &[("POST", Slow(instances::restart))]),
    ("/api/messaging/instance/{}/qr.png", &[("GET", Whole(picture::png))]),
    ("/api/messaging/instance/{}/qr.svg", &[("GET", Whole(picture::svg))]),
    ("/api/messaging/instance/{}/events", &[("GET", Quick(events::list))]),
    (
        "/api/messaging/instance/{}/link",
        &[("GET", Quick(link::list)), ("POST", Quick(link::make)), ("DELETE", Quick(link::revoke))],
    ),
    ("/api/connect", &[("POST", Whole(connect::connect))]),
    ("/api/setup", &[("GET", Quick(session::setup)), ("POST", Hash(login::set_up))]),
    (
        "/api/session",
        &[("GET", Quick(session::show)), ("POST", Hash(login::log_in)), ("DELETE", Quick(session::log_out))],
    ),
    ("/api/sessions", &[("GET", Quick(session::list))]),
    ("/api/sessions/{}", &[("DELETE", Quick(session::end))]),
    ("/api/password", &[("POST", Hash(login::change_password))]),
    ("/api/admin/overview", &[("GET", Quick(admin::overview))]),
    ("/api/admin/credentials", &[("GET", Quick(credentials::list)), ("POST", Slow(credentials::create))]),
    ("/api/admin/credentials/{}", &[("DELETE", Quick(credentials::remove))]),
    ("/api/admin/credentials/{}/test", &[("POST", Slow(credentials::test))]),
    ("/api/admin/credentials/{}/rotate", &[("POST", Slow(credentials::rotate))]),
    ("/api/admin/credentials/{}/enable", &[("POST", Quick(credentials::enable))]),
    ("/api/admin/credentials/{}/disable", &[("POST", Quick(credentials::disable))]),
    ("/api/admin/credentials/{}/webhook", &[("GET", Quick(webhook::show))]),
    ("/api/admin/users", &[("GET", Quick(users::list)), ("POST", Hash(users::create))]),
    ("/api/admin/users/{}", &[("DELETE", Quick(users::remove))]),
    ("/api/admin/users/{}/password", &[("POST", Hash(users::set_password))]),
    ("/api/admin/tokens", &[("GET", Quick(tokens::list)), ("POST", Quick(tokens::create))]),
    ("/api/admin/tokens/{}", &[("DELETE", Quick(tokens::revoke))]),
    ("/livez", &[("GET", Quick(health::livez))]),
    ("/readyz", &[("GET", Quick(health::readyz))]),
    (WEBHOOK, &[("POST", Whole(webhook::hear))]),
];

/// Its second part says which event it is, where Evolution is told to have an address for each.
const WEBHOOK: &str = "/webhooks/evolution/{*}";

/// Whether a target is a webhook's whose secret is right.
pub fn is_webhook(app: &App, target: &str) -> bool {
    captured(WEBHOOK, path(target)).is_some_and(|open| webhook::credential(app, open).is_some())
}

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
pub fn dispatch(app: &Arc<App>, mut request: Request) {
    let Some((route, captured)) = find(path(request.target())) else {
        return request.refuse(&Problem::NotFound);
    };
    let captured = captured.to_owned();
    request.found(route.0, captured);
    let method = if request.method() == "HEAD" { "GET" } else { request.method() };
    match route.1.iter().find(|(name, _)| *name == method) {
        Some((_, Quick(answer))) => request.answer_by(|request| answer(app, request)),
        Some((_, Slow(answer))) => slow::run(app, request, *answer),
        Some((_, Hash(answer))) => slow::hash(app, request, *answer),
        Some((_, Whole(handler))) => handler(app, request),
        None => request.refuse(&Problem::MethodNotAllowed(methods(route))),
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
