//! What a token's limits let through, decided in one place for every route: what no line here names needs the full scope.

use crate::domain::{TokenLimits, TokenScope};
use crate::http::problem::Problem;

const LIST: &str = "/api/messaging/instance";
/// How the routes begin that keep to the rows which a token reaches: one row's own, and reports over the list.
const ROWS: [&str; 2] = ["/api/messaging/instance/{}", "/api/messaging/uptime"];
/// The one of them that takes a row elsewhere.
const MOVE: &str = "/api/messaging/instance/{}/move";

/// Refuses what the token is not for.
pub fn check(method: &str, route: &str, limits: &TokenLimits) -> Result<(), Problem> {
    let needed = needed(method, route);
    if !limits.scope.covers(needed) {
        return Err(Problem::TokenScope(limits.scope, needed));
    }
    if limits.is_narrowed() && !keeps_to_rows(route) {
        return Err(Problem::TokenReach(limits.clone()));
    }
    Ok(())
}

/// Whether a route reaches only what a narrowed token does.
fn keeps_to_rows(route: &str) -> bool {
    route == LIST || (route != MOVE && ROWS.iter().any(|rows| route.starts_with(rows)))
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
