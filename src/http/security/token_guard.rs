//! What a token's limits let through, decided in one place for every route: what no line here names needs the full scope.

use crate::domain::{TokenLimits, TokenScope};
use crate::http::problem::Problem;
use crate::http::request::Request;

/// The routes that keep to the rows which a token reaches: the list and the `POST`, one row's own, and reports over the list.
const LIST: &str = "/api/messaging/instance";
const ROWS: [&str; 2] = ["/api/messaging/instance/{}", "/api/messaging/uptime"];

/// Refuses what the token is not for.
pub fn check(request: &Request, limits: &TokenLimits) -> Result<(), Problem> {
    let needed = needed(request.method(), request.route);
    if !limits.scope.covers(needed) {
        return Err(Problem::TokenScope(limits.scope, needed));
    }
    let keeps = request.route == LIST || ROWS.iter().any(|rows| request.route.starts_with(rows));
    // A row that moves is out of its token's reach.
    let leaves = limits.server.is_some() && request.route.ends_with("/move");
    if limits.is_narrowed() && (!keeps || leaves) {
        return Err(Problem::TokenReach(limits.clone()));
    }
    Ok(())
}

/// The scope that a route needs.
fn needed(method: &str, route: &str) -> TokenScope {
    match (method, route) {
        ("POST", LIST)
        | ("GET" | "HEAD", "/api/messaging/instance/{}/qr.png" | "/api/messaging/instance/{}/qr.svg") => {
            TokenScope::Ensure
        }
        ("GET" | "HEAD", _) => TokenScope::Read,
        _ => TokenScope::Admin,
    }
}
