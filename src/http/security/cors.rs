//! Which pages of other origins may call the API, and what their browsers are told about it (CORS).
//!
//! It opens the routes that a token opens, and a token only: a browser is never told to send its cookie along, and an
//! answer to a request that carries one is opened to nobody.

use super::allowed_origin::AllowedOrigin;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;

/// Where the routes are that a token opens.
const TOKEN_ROUTES: [&str; 3] = ["/api/messaging/", "/api/admin/", "/api/connect"];
/// What a page may send.
const HEADERS: &str = "Authorization, Content-Type";
/// What it may read beside the body.
const READABLE: &str = "X-Request-Id, Retry-After";
/// Seconds for which a browser need not ask again.
const ASKED_FOR: &str = "600";

/// Whether a browser asks here, before the request itself, if a page may make it.
pub fn is_preflight(request: &Request, route: &str) -> bool {
    let says = |name| !request.headers(name).is_empty();
    let is_asked = request.method() == "OPTIONS" && says("Origin") && says("Access-Control-Request-Method");
    is_asked && opens(route)
}

/// The answer to it, for a route that has those methods.
pub fn preflight(app: &App, request: &Request, methods: &str) -> Result<HttpReply, Problem> {
    if allowed(app, request).is_none() {
        return Err(Problem::ForeignOrigin(origin(request).map(|origin| origin.to_string())));
    }
    let headers = vec![
        ("Access-Control-Allow-Methods", methods.to_owned()),
        ("Access-Control-Allow-Headers", HEADERS.to_owned()),
        ("Access-Control-Max-Age", ASKED_FOR.to_owned()),
    ];
    Ok(HttpReply { status: 204, headers, body: Vec::new(), file: None })
}

/// Lets the page that asked read the answer, where it may.
pub fn open(app: &App, request: &Request, route: &str, reply: &mut HttpReply) {
    let Some(origin) = allowed(app, request).filter(|_| opens(route)) else { return };
    reply.headers.extend([
        ("Access-Control-Allow-Origin", origin.to_string()),
        ("Access-Control-Expose-Headers", READABLE.to_owned()),
    ]);
    reply.depends_on("Origin");
}

fn opens(route: &str) -> bool {
    TOKEN_ROUTES.iter().any(|start| route.starts_with(start))
        || route == TOKEN_ROUTES[0].trim_end_matches('/')
}

/// The request's origin, if its pages may call and it comes without a cookie.
fn allowed(app: &App, request: &Request) -> Option<AllowedOrigin> {
    let origin = origin(request).filter(|origin| app.allowed_origins.contains(origin));
    origin.filter(|_| request.headers("Cookie").is_empty())
}

fn origin(request: &Request) -> Option<AllowedOrigin> {
    match request.headers("Origin").as_slice() {
        [origin] => origin.parse().ok(),
        _ => None,
    }
}
