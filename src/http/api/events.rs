//! `GET /api/messaging/instance/{id}/events`: the history of one instance, newest first.

use serde::Serialize;

use super::instances::target_of;
use crate::domain::Reason;
use crate::domain::clock;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::store::EventLine;
use crate::text;

/// Changes of a page, unless told; and at most.
const LIMIT: u32 = 50;
const MOST: u64 = 200;
/// The largest id there can be.
const LAST_ID: u64 = i64::MAX.unsigned_abs();

/// A page of changes; `next` is where the following one begins.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let target = target_of(app, request)?;
    let limit = query::number(request, "limit", 1..=MOST)?.unwrap_or(LIMIT);
    let before = query::number(request, "before", 1..=LAST_ID)?;
    // One more than asked for tells whether there is a following page.
    let found = app.store.events(&target.id, before, limit + 1);
    let mut found = found?;
    let goes_on = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| goes_on).map(|event| event.id);
    let data = found.iter().map(EventJson::of).collect();
    Ok(HttpReply::json(200, &EventPageJson { success: true, data, next }))
}

#[derive(Serialize)]
struct EventPageJson<'a> {
    success: bool,
    data: Vec<EventJson<'a>>,
    next: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventJson<'a> {
    id: i64,
    at: String,
    from: Option<&'a str>,
    to: &'a str,
    reason: Option<&'a str>,
    reason_text: Option<String>,
    detail: Option<&'a str>,
}

impl<'a> EventJson<'a> {
    fn of(line: &'a EventLine) -> Self {
        let reason = line.reason.as_deref();
        Self {
            id: line.id,
            at: clock::iso(line.at),
            from: line.from.as_deref(),
            to: &line.to,
            reason,
            reason_text: reason.and_then(Reason::parse).map(text::reason),
            detail: line.detail.as_deref(),
        }
    }
}
