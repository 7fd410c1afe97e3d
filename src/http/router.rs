//! The router: one table of what there is.
//!
//! It decides where a request goes and on which thread its handler runs, and nothing else about it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use log::Level;

use super::api::admin::{self, audit, backups, credentials, tokens, unmanaged, users};
use super::api::{
    change, connect, events, facets, health, imports, instance, instances, link, login, moving, notices,
    picture, reconnect, second_factor, session, uptime, uptime_report, webhook,
};
use super::app::App;
use super::assets;
use super::audited;
use super::blocking::Class;
use super::edge::limits::Limits;
use super::edge::routes::Routes;
use super::language;
use super::openapi;
use super::page;
use super::problem::Problem;
use super::reply::HttpReply;
use super::request::{Request, request_id};
use super::request_log::{LogLine, UNKNOWN};
use super::security::{cors, origin};
use crate::sync::Permit;
use crate::text::in_language;

/// What a route makes of a request.
pub type Handler = fn(&App, &Request) -> Result<HttpReply, Problem>;

/// Where a handler runs.
#[derive(Clone, Copy)]
enum Work {
    /// On the worker that took the request: nothing in it waits.
    Quick,
    /// On the connection's own thread, under a permit of that class.
    Blocking(Class),
}
use Work::Quick;
const UPSTREAM: Work = Work::Blocking(Class::Upstream);
const DATABASE: Work = Work::Blocking(Class::Database);
const HASH: Work = Work::Blocking(Class::Hash);

/// A path, in which `{}` stands for any one part that is not empty and `{*}`, at the end, for one or
/// more of them, and what its methods do. `HEAD` is a `GET` whose answer stays without its body.
type Route = (&'static str, &'static [(&'static str, Work, Handler)]);

/// The table, as the log names its routes.
const ROUTES: &[Route] = &[
    ("/", &[("GET", Quick, page::index)]),
    ("/c", &[("GET", Quick, page::connect)]),
    ("/api-docs", &[("GET", Quick, page::api_docs)]),
    ("/openapi.json", &[("GET", Quick, openapi::description)]),
    ("/manifest.json", &[("GET", Quick, assets::manifest)]),
    ("/assets/{*}", &[("GET", Quick, assets::file)]),
    ("/api/messaging/instance", &[("GET", Quick, instances::list), ("POST", UPSTREAM, instance::ensure)]),
    (
        "/api/messaging/instance/{}",
        &[
            ("GET", Quick, instances::show),
            ("PATCH", UPSTREAM, change::change),
            ("DELETE", UPSTREAM, instances::delete),
        ],
    ),
    ("/api/messaging/instance/{}/connect", &[("POST", UPSTREAM, reconnect::connect)]),
    ("/api/messaging/instance/{}/logout", &[("POST", UPSTREAM, instances::logout)]),
    ("/api/messaging/instance/{}/restart", &[("POST", UPSTREAM, instances::restart)]),
    ("/api/messaging/instance/{}/move", &[("POST", UPSTREAM, moving::relocate)]),
    ("/api/messaging/instance/{}/test-message", &[("POST", UPSTREAM, moving::send_test)]),
    ("/api/messaging/instance/{}/qr.png", &[("GET", UPSTREAM, picture::png)]),
    ("/api/messaging/instance/{}/qr.svg", &[("GET", UPSTREAM, picture::svg)]),
    ("/api/messaging/instance/{}/export", &[("GET", DATABASE, instances::export)]),
    ("/api/messaging/instance/{}/events", &[("GET", Quick, events::list)]),
    ("/api/messaging/instance/{}/uptime", &[("GET", Quick, uptime::of_instance)]),
    ("/api/messaging/import", &[("POST", DATABASE, imports::import_numbers)]),
    ("/api/messaging/export", &[("GET", DATABASE, imports::export)]),
    ("/api/messaging/facets", &[("GET", DATABASE, facets::list)]),
    ("/api/messaging/uptime", &[("GET", DATABASE, uptime_report::report)]),
    ("/api/messaging/uptime/labels", &[("GET", DATABASE, uptime_report::labels)]),
    ("/api/messaging/uptime.csv", &[("GET", DATABASE, uptime_report::csv)]),
    (
        "/api/messaging/instance/{}/link",
        &[("GET", Quick, link::list), ("POST", DATABASE, link::make), ("DELETE", DATABASE, link::revoke)],
    ),
    ("/api/notices", &[("GET", Quick, notices::list), ("POST", UPSTREAM, notices::create)]),
    ("/api/notices/log", &[("GET", Quick, notices::log)]),
    ("/api/notices/{}", &[("DELETE", DATABASE, notices::remove)]),
    ("/api/notices/{}/enable", &[("POST", DATABASE, notices::enable)]),
    ("/api/notices/{}/disable", &[("POST", DATABASE, notices::disable)]),
    ("/api/notices/{}/test", &[("POST", UPSTREAM, notices::test)]),
    ("/api/connect", &[("POST", UPSTREAM, connect::connect)]),
    ("/api/setup", &[("GET", Quick, session::setup), ("POST", HASH, login::set_up)]),
    (
        "/api/session",
        &[
            ("GET", Quick, session::show),
            ("POST", HASH, login::log_in),
            ("DELETE", DATABASE, session::log_out),
        ],
    ),
    ("/api/sessions", &[("GET", Quick, session::list)]),
    ("/api/sessions/{}", &[("DELETE", DATABASE, session::end)]),
    (
        "/api/second-factor",
        &[
            ("GET", Quick, second_factor::show),
            ("POST", HASH, second_factor::begin),
            ("DELETE", HASH, second_factor::remove),
        ],
    ),
    ("/api/second-factor/confirm", &[("POST", DATABASE, second_factor::confirm)]),
    ("/api/password", &[("POST", HASH, login::change_password)]),
    ("/api/admin/overview", &[("GET", Quick, admin::overview)]),
    ("/api/admin/credentials", &[("GET", Quick, credentials::list), ("POST", UPSTREAM, credentials::create)]),
    (
        "/api/admin/credentials/{}",
        &[("PATCH", DATABASE, credentials::change), ("DELETE", DATABASE, credentials::remove)],
    ),
    ("/api/admin/credentials/{}/test", &[("POST", UPSTREAM, credentials::test)]),
    ("/api/admin/credentials/{}/rotate", &[("POST", UPSTREAM, credentials::rotate)]),
    ("/api/admin/credentials/{}/ca", &[("POST", UPSTREAM, credentials::set_ca_certificate)]),
    ("/api/admin/credentials/{}/enable", &[("POST", DATABASE, credentials::enable)]),
    ("/api/admin/credentials/{}/disable", &[("POST", DATABASE, credentials::disable)]),
    ("/api/admin/credentials/{}/uptime", &[("GET", Quick, uptime::of_server)]),
    ("/api/admin/credentials/{}/webhook", &[("GET", Quick, webhook::show)]),
    ("/api/admin/users", &[("GET", Quick, users::list), ("POST", HASH, users::create)]),
    ("/api/admin/users/{}", &[("PATCH", DATABASE, users::change), ("DELETE", DATABASE, users::remove)]),
    ("/api/admin/users/{}/password", &[("POST", HASH, users::set_password)]),
    ("/api/admin/tokens", &[("GET", Quick, tokens::list), ("POST", DATABASE, tokens::create)]),
    ("/api/admin/tokens/{}", &[("DELETE", DATABASE, tokens::revoke)]),
    ("/api/admin/unmanaged", &[("GET", UPSTREAM, unmanaged::list)]),
    ("/api/admin/unmanaged/adopt", &[("POST", UPSTREAM, unmanaged::adopt)]),
    ("/api/admin/backups", &[("GET", DATABASE, backups::list), ("POST", DATABASE, backups::make)]),
    ("/api/admin/backups/upload", &[("POST", DATABASE, backups::upload)]),
    ("/api/admin/backups/{}", &[("DELETE", HASH, backups::remove)]),
    ("/api/admin/backups/{}/key", &[("POST", DATABASE, backups::put_key)]),
    ("/api/admin/backups/{}/download", &[("POST", HASH, backups::download)]),
    ("/api/admin/backups/{}/restore", &[("POST", HASH, backups::restore)]),
    ("/api/admin/audit", &[("GET", DATABASE, audit::list)]),
    ("/api/admin/audit/export", &[("GET", DATABASE, audit::export)]),
    ("/livez", &[("GET", Quick, health::livez)]),
    ("/readyz", &[("GET", DATABASE, health::readyz)]),
    (WEBHOOK, &[("POST", Quick, webhook::receive)]),
];

/// Its second part says which event it is, where Evolution is told to have an address for each.
const WEBHOOK: &str = "/webhooks/evolution/{*}";

/// What the public address leads to where that has a path of its own and no slash follows.
const WITHOUT_SLASH: Route = ("", &[("GET", Quick, assets::add_slash)]);

/// The route of a path, and what it leaves open there. Where people use a path of its own, it may stand before the
/// route's: some proxies leave it there, some take it away.
fn find<'a>(path: &'a str, base_path: &str) -> Option<(&'static Route, &'a str)> {
    let below = || path.strip_prefix(base_path).filter(|_| !base_path.is_empty());
    find_exactly(path).or_else(|| {
        let below = below()?;
        if below.is_empty() { Some((&WITHOUT_SLASH, "")) } else { find_exactly(below) }
    })
}

fn find_exactly(path: &str) -> Option<(&'static Route, &str)> {
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

/// The routes of a server.
pub struct Router {
    app: Arc<App>,
    limits: Limits,
}

/// A request's route and what runs for its method.
struct RouteMatch {
    route: &'static str,
    handler: Result<(Work, Handler), Problem>,
}

impl Router {
    /// The routes on what they share.
    pub fn new(app: Arc<App>, limits: Limits) -> Self {
        Self { app, limits }
    }

    /// The permit that a route needs, if it may block.
    fn begin(&self, work: Work) -> Result<Option<Permit<Class>>, Problem> {
        match work {
            Quick => Ok(None),
            Work::Blocking(class) => self.app.blocking.begin(class).ok_or(Problem::BUSY).map(Some),
        }
    }

    fn find<'a>(&self, target: &'a str) -> Option<(&'static Route, &'a str)> {
        find(path(target), origin::base_path(&self.app))
    }

    /// Finds a request's route, and notes what that leaves open in the path.
    fn resolve(&self, request: &mut Request) -> RouteMatch {
        let Some((route, open)) = self.find(&request.target) else {
            return RouteMatch { route: UNKNOWN, handler: Err(Problem::NotFound) };
        };
        let (open, handler) = (open.to_owned(), work(route, &request.method));
        request.captured = open;
        request.route = route.0;
        RouteMatch {
            route: route.0,
            handler: handler.ok_or_else(|| Problem::MethodNotAllowed(methods(route))),
        }
    }

    fn run(&self, request: &Request, route: &'static str, handler: Handler) -> HttpReply {
        let run = || handler(&self.app, request);
        let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
            log::error!("id={} {route} panicked", request.id);
            Err(Problem::INTERNAL)
        });
        if let Err(problem) = &outcome {
            audited::note_refused(&self.app, request, route, problem);
        }
        self.conclude(request, route, outcome)
    }

    /// Writes the log's line and makes the reply.
    fn conclude(
        &self,
        request: &Request,
        route: &'static str,
        outcome: Result<HttpReply, Problem>,
    ) -> HttpReply {
        let mut reply = outcome.unwrap_or_else(|problem| {
            if let Problem::Store(error) = &problem {
                log::error!("id={} the database failed: {error}", request.id);
            }
            self.app.request_counts.note_if_busy(&problem);
            HttpReply::failure(&problem, &request.id)
        });
        cors::open(&self.app, request, route, &mut reply);
        let (id, method) = (&request.id, &request.method);
        self.note(&LogLine { id, method, route, status: reply.status, began: request.began });
        reply.signed(&request.id)
    }
}

impl Router {
    /// Answers a request in the language that the thread has now.
    fn reply(&self, request: &mut Request) -> HttpReply {
        let found = self.resolve(request);
        let begun = found.handler.and_then(|(work, handler)| Ok((self.begin(work)?, handler)));
        match begun {
            Ok((Some(_permit), handler)) => {
                let _acting = audited::begin(&self.app, request);
                self.run(request, found.route, handler)
            }
            Ok((None, handler)) => self.run(request, found.route, handler),
            Err(Problem::MethodNotAllowed(methods)) if cors::is_preflight(request, found.route) => {
                self.conclude(request, found.route, cors::preflight(&self.app, request, &methods))
            }
            Err(problem) => self.conclude(request, found.route, Err(problem)),
        }
    }

    /// Counts an answered request, and writes its line.
    fn note(&self, line: &LogLine) {
        self.app.request_counts.note(line.route, line.method, line.status, line.began.elapsed());
        self.app.log.write(log_level(line.route, line.status), line);
    }
}

impl Routes for Router {
    fn may_block(&self, request: &Request) -> bool {
        let found = self.find(&request.target).map(|(route, _)| work(route, &request.method));
        matches!(found, Some(Some((Work::Blocking(_), _))))
    }

    fn answer(&self, request: &mut Request) -> HttpReply {
        in_language(language::wanted(request), || self.reply(request))
    }

    fn refuse(&self, request: Option<&Request>, problem: &Problem) -> HttpReply {
        let id = request.map_or_else(request_id, |request| request.id.clone());
        let (method, began) = request.map_or((UNKNOWN, Instant::now()), |r| (&*r.method, r.began));
        let spoken = request.map(language::wanted).unwrap_or_default();
        let reply = in_language(spoken, || HttpReply::failure(problem, &id));
        let line = LogLine { id: &id, method, route: UNKNOWN, status: reply.status, began };
        self.note(&line);
        self.app.request_counts.note_refused(problem);
        reply.signed(&id)
    }

    fn max_body(&self, target: &str) -> usize {
        let found = self.find(target).filter(|(route, _)| route.0 == WEBHOOK);
        let known = found.is_some_and(|(_, open)| webhook::credential(&self.app, open).is_some());
        if known { self.limits.webhook } else { self.limits.body }
    }
}

/// The level of a request's line. Evolution may post hundreds of hints a second, supervisors ask every few seconds, and
/// one opened page asks for some fifty files.
fn log_level(route: &str, status: u16) -> Level {
    match route {
        WEBHOOK => Level::Debug,
        "/livez" | "/readyz" | "/assets/{*}" if status < 400 => Level::Debug,
        _ => Level::Info,
    }
}

/// What runs for a method of that route, and where.
fn work(route: &Route, method: &str) -> Option<(Work, Handler)> {
    let method = if method == "HEAD" { "GET" } else { method };
    route.1.iter().find(|(name, ..)| *name == method).map(|(_, work, handler)| (*work, *handler))
}

/// The methods of a route, as `Allow` lists them.
fn methods(route: &Route) -> String {
    let names = route.1.iter().map(|(name, ..)| if *name == "GET" { "GET, HEAD" } else { name });
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
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::domain::{TokenLimits, TokenScope};
    use crate::http::request_counts::MAX_SERIES;
    use crate::http::security::token_guard;

    #[test]
    fn paths_are_found_whole() {
        for (target, route) in [
            ("/livez", "/livez"),
            ("/livez?x=/y", "/livez"),
            ("http://shop.example:3000/readyz", "/readyz"),
            ("/api/messaging/instance#x", "/api/messaging/instance"),
        ] {
            assert_eq!(find(path(target), "").map(|(route, _)| route.0), Some(route), "{target}");
        }
        for nothing in ["", "*", "livez", "/livez/", "//", "//livez", "/LIVEZ", "/api", "http://livez", "?"] {
            assert!(find(path(nothing), "").is_none(), "{nothing}");
        }
    }

    #[test]
    fn the_public_path_may_stand_before_a_route() {
        for (base, path, route) in [
            ("/pareia", "/pareia/livez", Some("/livez")),
            ("/pareia", "/livez", Some("/livez")),
            ("/pareia", "/pareia/", Some("/")),
            ("/pareia", "/pareia", Some("")),
            ("/pareia", "/pareialivez", None),
            ("/pareia", "/pareia/pareia/livez", None),
            ("/a/b", "/a/b/assets/x", Some("/assets/{*}")),
            ("/a/b", "/b/livez", None),
            // Whichever the proxy does: a route's own path is that route's.
            ("/api", "/api/session", Some("/api/session")),
            ("/api", "/api/api/session", Some("/api/session")),
            ("/api", "/api", Some("")),
            ("", "", None),
        ] {
            assert_eq!(find(path, base).map(|(route, _)| route.0), route, "{path} below {base}");
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
            assert_eq!(
                find(&example, "").map(|(route, _)| route.0),
                Some(*path),
                "{index}: {}",
                methods.len()
            );
        }
    }

    /// Every path and method of `assets/openapi.json`, by the route that it leads to.
    fn described() -> BTreeSet<(&'static str, String)> {
        let description: Value =
            serde_json::from_str(include_str!("../../assets/openapi.json")).expect("JSON");
        let mut described = BTreeSet::new();
        for (path, operations) in description["paths"].as_object().expect("paths") {
            let example: Vec<_> =
                path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
            let (route, _) = find(&example.join("/"), "").unwrap_or_else(|| panic!("there is no {path}"));
            let methods =
                operations.as_object().expect("operations").keys().filter(|key| *key != "parameters");
            described.extend(methods.map(|method| (route.0, method.to_uppercase())));
        }
        described
    }

    #[test]
    fn the_description_has_every_route_and_no_other() {
        let methods =
            |route: &'static Route| route.1.iter().map(|(method, ..)| (route.0, (*method).to_owned()));
        assert_eq!(described(), ROUTES.iter().flat_map(methods).collect());
    }

    /// What changes nothing, or is told where it is done: a call for a code by its row, a login by its name.
    const NO_ACTS: [(&str, &str); 10] = [
        ("POST", "/api/messaging/instance"),
        ("POST", "/api/messaging/instance/{}/connect"),
        ("POST", "/api/notices/{}/test"),
        ("POST", "/api/connect"),
        ("POST", "/api/setup"),
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        ("POST", "/api/second-factor"),
        ("POST", "/api/admin/credentials/{}/test"),
        ("POST", WEBHOOK),
    ];

    #[test]
    fn every_route_that_changes_something_is_told_by_the_audit_trail() {
        for (route, methods) in ROUTES {
            for (method, ..) in methods.iter().filter(|(method, ..)| *method != "GET") {
                let is_told = audited::action(method, route).is_some();
                assert_ne!(is_told, NO_ACTS.contains(&(*method, *route)), "{method} {route}");
            }
        }
    }

    /// What a token of those limits may ask for, as `METHOD route`.
    fn open_to(limits: &TokenLimits) -> String {
        let all = ROUTES
            .iter()
            .flat_map(|(route, methods)| methods.iter().map(move |(method, ..)| (*method, *route)))
            .filter(|(_, route)| route.starts_with("/api/"));
        let open = all.filter(|(method, route)| token_guard::check(method, route, limits).is_ok());
        let lines = open.map(|(method, route)| format!("{method} {route}\n").replace("/api/messaging/", ""));
        lines.collect()
    }

    #[test]
    fn a_token_is_for_no_route_that_is_not_named() {
        let of = |scope| TokenLimits { scope, ..TokenLimits::default() };
        assert_eq!(
            open_to(&of(TokenScope::Ensure)),
            "POST instance\nGET instance/{}/qr.png\nGET instance/{}/qr.svg\n"
        );
        let read = open_to(&of(TokenScope::Read));
        assert!(read.lines().all(|line| line.starts_with("GET ") && !line.contains("/qr.")), "{read}");
        // Each of them looks up its rows by `instances::asked`, `show` or `filter`, which keep to the limits.
        assert_eq!(
            open_to(&TokenLimits { prefix: Some("loja-".into()), ..TokenLimits::default() }),
            "GET instance\nPOST instance\nGET instance/{}\nPATCH instance/{}\nDELETE instance/{}\n\
             POST instance/{}/connect\nPOST instance/{}/logout\nPOST instance/{}/restart\n\
             POST instance/{}/test-message\nGET instance/{}/qr.png\nGET instance/{}/qr.svg\n\
             GET instance/{}/export\nGET instance/{}/events\nGET instance/{}/uptime\nGET uptime\n\
             GET uptime/labels\nGET uptime.csv\nGET instance/{}/link\nPOST instance/{}/link\n\
             DELETE instance/{}/link\n"
        );
    }

    #[test]
    fn there_is_room_to_count_every_route() {
        // Its methods, those it has not, and a preflight's; and what has no route.
        let series: usize = ROUTES.iter().map(|(_, methods)| methods.len() + 2).sum();
        assert!(series + 3 <= MAX_SERIES, "{series}");
    }

    #[test]
    fn methods_are_listed_as_they_are_answered() {
        assert_eq!(methods(&("/x", &[("POST", Quick, health::livez)])), "POST");
        assert_eq!(
            methods(&("/x", &[("GET", Quick, health::livez), ("DELETE", UPSTREAM, health::livez)])),
            "GET, HEAD, DELETE"
        );
    }
}
