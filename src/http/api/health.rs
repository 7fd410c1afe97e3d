//! `GET /livez` and `GET /readyz`, for supervisors and proxies.
//!
//! Anybody may ask, as often as they like: neither calls upstream, and however many ask, the disk is
//! written to once in a while only.

use serde::Serialize;

use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::readiness::Checked;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::text;

#[derive(Serialize)]
struct HealthJson {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

/// The process answers.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn livez(_app: &App, _exchange: &Request) -> Result<HttpReply, Problem> {
    Ok(HttpReply::json(200, &HealthJson { status: "ok", warning: None }))
}

/// The process answers and the database takes writes.
pub fn readyz(app: &App, _request: &Request) -> Result<HttpReply, Problem> {
    let Checked { writable, lost, exposed } = app.readiness.check(&app.store);
    if !writable {
        return Err(Problem::NotReady);
    }
    // Not a 503: proxies would then cut off the page on which a credential can be added.
    let warning = lost.then_some(text::database_lost()).or(exposed.then_some(text::folder_exposed()));
    Ok(HttpReply::json(200, &HealthJson { status: "ok", warning }))
}
