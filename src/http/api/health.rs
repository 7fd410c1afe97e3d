//! `GET /livez` and `GET /readyz`, for supervisors and proxies.
//!
//! Anybody may ask, as often as they like: neither costs a write to the disk, and neither ever
//! calls upstream.

use serde::Serialize;

use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::Request;

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// The process answers.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn livez(_app: &App, _exchange: &Request) -> Result<Reply, Problem> {
    Ok(Reply::json(200, &Health { status: "ok" }))
}

/// The process answers and the database takes writes.
pub fn readyz(app: &App, request: &Request) -> Result<Reply, Problem> {
    if app.readiness.check(&app.store) { livez(app, request) } else { Err(Problem::NotReady) }
}
