//! Availability: what a number or a server was in the last hours or days.
//!
//! Owners see their own numbers, operators and administrators all, administrators the servers too.

use std::ops::Range;

use serde::Serialize;

use super::instances::target_of;
use crate::domain::{MILLIS_PER_DAY, Millis, Permission, Segment, Uptime, clock};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::text;

/// The windows that can be asked for, in days.
const WINDOWS: [(&str, Millis); 4] = [("24h", 1), ("7d", 7), ("30d", 30), ("90d", 90)];
/// The one that is shown unless told.
const USUAL_WINDOW: Millis = 30;

/// `GET /api/messaging/instance/{id}/uptime`.
pub fn of_instance(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let target = target_of(app, request)?;
    let window = last(app, request)?;
    let segments = app.store.instance_uptimes(&[&target.id], &window)?.pop().unwrap_or_default();
    Ok(HttpReply::data(&WindowJson::of(&window, &segments)))
}

/// `GET /api/admin/credentials/{id}/uptime`.
pub fn of_server(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::ManageCredentials)?;
    let server = app.store.credential_line(request.captured())?.ok_or(Problem::NotFound)?;
    let window = last(app, request)?;
    let segments = app.store.server_uptime(&server.credential.id, &window)?;
    Ok(HttpReply::data(&WindowJson::of(&window, &segments)))
}

/// The window that ends now.
fn last(app: &App, request: &Request) -> Result<Range<Millis>, Problem> {
    let read = |word: String| {
        let found = WINDOWS.iter().find(|(name, _)| *name == word).map(|(_, days)| *days);
        found.ok_or_else(|| {
            Problem::InvalidField("window", text::not_one_of("window", &WINDOWS.map(|(name, _)| name)))
        })
    };
    let days = query::given(request, "window")?.map(read).transpose()?.unwrap_or(USUAL_WINDOW);
    let now = app.store.clock().now();
    Ok(now - days * MILLIS_PER_DAY..now)
}

/// The part of what is known that it was up, in percent.
pub fn percent(uptime: &Uptime) -> Option<f64> {
    uptime.basis_points().map(|points| f64::from(points) / 100.0)
}

/// Sums as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UptimeJson {
    percent: Option<f64>,
    up_seconds: Millis,
    down_seconds: Millis,
    unknown_seconds: Millis,
    drops: u32,
}

impl UptimeJson {
    /// Of those sums.
    pub fn of(uptime: &Uptime) -> Self {
        Self {
            percent: percent(uptime),
            up_seconds: uptime.up / 1000,
            down_seconds: uptime.down / 1000,
            unknown_seconds: uptime.unknown / 1000,
            drops: uptime.drops,
        }
    }
}

#[derive(Serialize)]
struct WindowJson {
    from: String,
    to: String,
    #[serde(flatten)]
    sum: UptimeJson,
    segments: Vec<SegmentJson>,
}

#[derive(Serialize)]
struct SegmentJson {
    from: String,
    to: String,
    state: &'static str,
}

impl WindowJson {
    fn of(window: &Range<Millis>, segments: &[Segment]) -> Self {
        let segment = |Segment { span, state }: &Segment| SegmentJson {
            from: clock::iso(span.start),
            to: clock::iso(span.end),
            state: state.as_str(),
        };
        Self {
            from: clock::iso(window.start),
            to: clock::iso(window.end),
            sum: UptimeJson::of(&Uptime::of(segments)),
            segments: segments.iter().map(segment).collect(),
        }
    }
}
