//! `/api/messaging/instance` beyond its `POST`: the list, one instance, and what is done to it by name.
//!
//! Owners see their own rows, administrators and operators all; what is not theirs looks like what is not there. What
//! touches upstream is `instance::actions`'s to do.

use std::borrow::Cow;

use serde::Serialize;

use super::details::DetailsJson;
use super::scan_help::ScanHelpJson;
use super::server_problem;
use crate::domain::clock;
use crate::domain::{Caller, FormerRows, MILLIS_PER_DAY, Millis, Name, Permission, Reason, Status, now};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::instance::actions::{Action, ActionError, Deletion, Removed};
use crate::store::{FailingServer, Filter, InstanceLine, InstanceRef, ListOrder, ListView, Page};
use crate::text;

/// Lines of a page, unless told; and at most, which is what a screen can show and SQLite gives in
/// milliseconds.
const PER_PAGE: u32 = 50;
const MOST_PER_PAGE: u64 = 200;
/// The last page that can be asked for: more rows than any folder has.
const LAST_PAGE: u64 = 1_000_000;
/// Bytes of an instance in a list, about.
const LINE_BYTES: usize = 768;
/// Most days that rows may be asked to be old.
const MAX_AGE_DAYS: u64 = 3650;
/// Characters that a name of anything has at most.
const MAX_SEARCH: usize = 64;
/// What people write between the digits of a phone.
const PHONE_DECORATION: &[char] = &['+', ' ', '.', '-', '(', ')'];

/// Whoever asks, and the row they mean.
pub fn asked(app: &App, request: &Request) -> Result<(Caller, InstanceRef), Problem> {
    let caller = auth::caller(app, request)?;
    let target = app.store.target(request.captured(), &caller.viewer())?.ok_or(Problem::NotFound)?;
    Ok((caller, target))
}

/// The row they mean.
pub fn target_of(app: &App, request: &Request) -> Result<InstanceRef, Problem> {
    asked(app, request).map(|(_, target)| target)
}

/// The same, if they may take its phone or itself away.
pub fn managed(app: &App, request: &Request) -> Result<(Caller, InstanceRef), Problem> {
    let (caller, target) = asked(app, request)?;
    let may = target.user == caller.user || caller.may(Permission::ManageAllInstances);
    if may { Ok((caller, target)) } else { Err(Problem::Forbidden) }
}

/// `GET`: a page of the instances that the caller sees.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let filter = filter(&caller, request)?;
    let page = query::number(request, "page", 1..=LAST_PAGE)?.unwrap_or(1);
    let per_page = query::number(request, "perPage", 1..=MOST_PER_PAGE)?.unwrap_or(PER_PAGE);
    let found = app.store.instance_page(&filter, (page - 1) * per_page, per_page)?;
    found.lines.iter().for_each(|line| keep_fresh(app, line));
    Ok(HttpReply::json_of(
        200,
        &InstancePageJson::of(&found, &filter, page, per_page),
        found.lines.len() * LINE_BYTES,
    ))
}

/// What is shown is kept right within seconds, for as long as somebody goes on asking for it.
fn keep_fresh(app: &App, line: &InstanceLine) {
    if let Some(credential) = &line.credential {
        app.monitor.keep_fresh(credential, &line.name);
    }
}

/// The instances that a list is asked for.
pub fn filter(caller: &Caller, request: &Request) -> Result<Filter, Problem> {
    let text = |field| query::text(request, field, MAX_SEARCH);
    let search = text("search")?;
    let digits = search.as_ref().map(|search| search.replace(PHONE_DECORATION, ""));
    let is_number = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    Ok(Filter {
        viewer: caller.viewer(),
        user: text("user")?,
        server: text("server")?,
        search,
        digits: digits.filter(is_number),
        label: text("label")?,
        created_by: query::number(request, "olderThan", 0..=MAX_AGE_DAYS)?.map(days_ago),
        other_number: word(request, "number", ["other"], |word| word)?.is_some(),
        status: word(request, "status", Status::ALL, Status::as_str)?.map(Status::as_str),
        view: word(request, "view", ListView::ALL, ListView::as_str)?,
        order: word(request, "sort", ListOrder::ALL, ListOrder::as_str)?.unwrap_or_default(),
        behind: None,
    })
}

fn days_ago(days: u32) -> Millis {
    now() - i64::from(days) * MILLIS_PER_DAY
}

/// The value of a field that has one word of these; none where it has no value.
fn word<T: Copy, const N: usize>(
    request: &Request,
    field: &'static str,
    all: [T; N],
    as_str: fn(T) -> &'static str,
) -> Result<Option<T>, Problem> {
    let Some(word) = query::text(request, field, MAX_SEARCH)? else { return Ok(None) };
    let found = all.into_iter().find(|value| as_str(*value) == word);
    let refused = || Problem::InvalidField(field, text::not_one_of(field, &all.map(as_str)));
    found.map(Some).ok_or_else(refused)
}

/// `GET …/{id}`.
pub fn show(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    line(app, request.captured(), &caller)
}

fn line(app: &App, key: &str, caller: &Caller) -> Result<HttpReply, Problem> {
    let line = app.store.instance_line(key, &caller.viewer())?.ok_or(Problem::NotFound)?;
    keep_fresh(app, &line);
    Ok(HttpReply::data(&InstanceJson::of(&line)))
}

/// `DELETE …/{id}`: upstream first, then the row. `?keepUpstream=true` forgets the row only,
/// `?dryRun=true` says what would go, `?erase=true` leaves nothing that is held about it.
pub fn delete(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let (keep_upstream, erase) = (query::flag(request, "keepUpstream")?, query::flag(request, "erase")?);
    let (caller, target) = match managed(app, request) {
        Err(Problem::NotFound) if erase => return erase_former_traces(app, request),
        found => found?,
    };
    let actions = &app.action_service;
    let deletion = Deletion { viewer: caller.viewer(), keep_upstream, erase };
    let removed = if query::flag(request, "dryRun")? {
        actions.would_remove(&target, &deletion, request.id())
    } else {
        actions.delete(&target, &deletion, request.id())
    };
    let removed = removed.map_err(|error| Problem::Action(Action::Delete, error))?;
    Ok(HttpReply::data(&InstanceRemoval::of(target.name.as_str(), removed, erase)))
}

/// Erases what is still held about a name whose row was deleted before. For administrators, who see it whoever owned it.
fn erase_former_traces(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let may =
        |name: &Name| caller.viewer().former == FormerRows::All && caller.limits.has_name(name.as_str());
    let name = Name::parse(request.captured()).ok().filter(may).ok_or(Problem::NotFound)?;
    let found = if query::flag(request, "dryRun")? {
        app.store.has_former_traces(&name)?
    } else {
        app.store.erase_former_traces(&name)?
    };
    if found {
        Ok(HttpReply::data(&InstanceRemoval::of_traces(name.as_str())))
    } else {
        Err(Problem::NotFound)
    }
}

/// `GET …/{id}/export`: everything that is held about the instance, for its owner and administrators.
pub fn export(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let (caller, target) = managed(app, request)?;
    let data = app.store.export_instance(&target, &caller.viewer())?.ok_or(Problem::NotFound)?;
    let mut reply = HttpReply::data(&data);
    let file = format!("attachment; filename=\"pareia-{}.json\"", target.name);
    reply.headers.push(("Content-Disposition", file));
    Ok(reply)
}

/// What is held about an instance beside its row, in the words of the API.
const TRACES: [&str; 3] = ["settings", "notices", "audit"];

/// What a deletion takes away, in the words of the API.
fn removes(removed: &Removed, erase: bool) -> Vec<&'static str> {
    let upstream = [(removed.upstream, "upstream"), (removed.session, "session")];
    let upstream = upstream.into_iter().filter(|(goes, _)| *goes).map(|(_, word)| word);
    let erased: &[&str] = if erase { &TRACES } else { &[] };
    upstream.chain(["row", "history", "links"]).chain(erased.iter().copied()).collect()
}

/// `POST …/{id}/logout`.
pub fn logout(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let (caller, target) = managed(app, request)?;
    let done = app.action_service.logout(&target, request.id());
    action_reply(app, Action::Logout, &caller, &target, done)
}

/// `POST …/{id}/restart`.
pub fn restart(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let (caller, target) = asked(app, request)?;
    app.throttles.restart(&target.id)?;
    let done = app.action_service.restart(&target, request.id());
    action_reply(app, Action::Restart, &caller, &target, done)
}

/// Shows what the instance has become, if it was done.
pub fn action_reply(
    app: &App,
    action: Action,
    caller: &Caller,
    target: &InstanceRef,
    done: Result<(), ActionError>,
) -> Result<HttpReply, Problem> {
    done.map_err(|error| Problem::Action(action, error))?;
    line(app, &target.id, caller)
}

/// What a deletion took away, or would, as JSON, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceRemoval<'a> {
    instance: &'a str,
    removes: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stays_on: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'static, str>>,
}

impl<'a> InstanceRemoval<'a> {
    /// What goes where the row of that name is gone already.
    pub fn of_traces(instance: &'a str) -> Self {
        Self { instance, removes: TRACES.to_vec(), stays_on: Vec::new(), message: None }
    }

    /// What goes with the instance of that name.
    pub fn of(instance: &'a str, removed: Removed, erase: bool) -> Self {
        let message = if removed.stays_on.is_empty() {
            removed.other_stays.then(|| text::other_instance_stays().into())
        } else {
            Some(text::left_instances_stay(&removed.stays_on).into())
        };
        Self { instance, removes: removes(&removed, erase), stays_on: removed.stays_on, message }
    }
}

/// An instance as JSON, for the API and for `--json`.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceJson<'a> {
    id: &'a str,
    channel: &'a str,
    channel_instance_id: &'a str,
    channel_phone_or_id: &'a str,
    user: &'a str,
    credential_id: Option<&'a str>,
    server: Option<&'a str>,
    status: &'a str,
    status_since: String,
    reason: Option<&'a str>,
    reason_text: Option<String>,
    unknown_since: Option<String>,
    #[serde(flatten)]
    details: DetailsJson<'a>,
    scan_help: Option<ScanHelpJson<'a>>,
    left_on: &'a [String],
    created_at: String,
    updated_at: String,
}

impl<'a> InstanceJson<'a> {
    /// What is shown of a line.
    pub fn of(line: &'a InstanceLine) -> Self {
        let reason = line.reason.as_deref();
        Self {
            id: &line.id,
            channel: &line.channel,
            channel_instance_id: &line.name,
            channel_phone_or_id: &line.phone,
            user: &line.user,
            credential_id: line.credential.as_deref(),
            server: line.server.as_deref(),
            status: &line.status,
            status_since: clock::iso(line.since),
            reason,
            reason_text: reason.and_then(Reason::parse).map(text::reason),
            unknown_since: line.unknown_since.map(clock::iso),
            details: DetailsJson::of(line),
            scan_help: line.scan_help.as_ref().map(ScanHelpJson::of),
            left_on: &line.left_on,
            created_at: clock::iso(line.created_at),
            updated_at: clock::iso(line.updated_at),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstancePageJson<'a> {
    success: bool,
    data: Vec<InstanceJson<'a>>,
    page: u32,
    per_page: u32,
    total: u32,
    counts: InstanceCountsJson,
    other_number: u32,
    action_needed: u32,
    never_connected: u32,
    #[serde(rename = "troubles")]
    failing_servers: Vec<FailingServerJson<'a>>,
}

impl<'a> InstancePageJson<'a> {
    fn of(found: &'a Page, filter: &Filter, page: u32, per_page: u32) -> Self {
        let of = |status: &str| found.counts.by_status.get(status).map_or(0, |count| count.of(None));
        Self {
            success: true,
            data: found.lines.iter().map(InstanceJson::of).collect(),
            page,
            per_page,
            total: found.total(filter),
            counts: InstanceCountsJson {
                pending: of("pending"),
                connecting: of("connecting"),
                connected: of("connected"),
                disconnected: of("disconnected"),
                lost: of("lost"),
                error: of("error"),
            },
            other_number: found.counts.other_number,
            action_needed: found.counts.of(Some(ListView::ActionNeeded)),
            never_connected: found.counts.of(Some(ListView::NeverConnected)),
            failing_servers: found.failing_servers.iter().map(FailingServerJson::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct InstanceCountsJson {
    pending: u32,
    connecting: u32,
    connected: u32,
    disconnected: u32,
    lost: u32,
    error: u32,
}

/// A server that fails, and what to do about it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailingServerJson<'a> {
    server: &'a str,
    credential_id: &'a str,
    #[serde(flatten)]
    problem: server_problem::ServerProblemJson,
}

impl<'a> FailingServerJson<'a> {
    fn of(server: &'a FailingServer) -> Self {
        Self {
            server: &server.server,
            credential_id: &server.credential,
            problem: server_problem::ServerProblemJson::of(&server.code, server.since),
        }
    }
}
