//! `/api/messaging/instance/{id}/move` and `…/test-message`: another server for an instance, which is an
//! administrator's to choose, and a text that shows whether a number works, for whoever may take its phone away.

use serde::Serialize;

use super::instances::managed;
use crate::domain::{Permission, Phone, SettingsKind};
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::instance::actions::{Action, InstanceMove, OldInstance, ServerName};
use crate::text;

/// Moves the instance; with `?dryRun=true` says what that would do, and first what it cannot carry.
pub fn relocate(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::permitted(app, request, Permission::ManageCredentials)?;
    let target = app.store.target(request.captured(), &caller.viewer())?.ok_or(Problem::NotFound)?;
    let fields = Fields::read_or_none(request.body())?;
    let (to, remove_old) = (fields.optional_text("to")?, fields.flag("removeOldNow")?);
    let is_dry = query::flag(request, "dryRun")?;
    let moved = if is_dry {
        app.action_service.would_move(&target, to, request.id())
    } else {
        app.action_service.move_to_server(&target, to, remove_old, request.id())
    };
    let moved = moved.map_err(|error| Problem::Action(Action::Move, error))?;
    let message = if is_dry { text::move_plan(&moved) } else { text::move_done(&moved) };
    Ok(HttpReply::data(&InstanceMoveJson::of(target.name.as_str(), &moved, message)))
}

/// Sends a test message through the instance, to its own number or to the one that the body names.
pub fn send_test(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let (_, target) = managed(app, request)?;
    let fields = Fields::read_or_none(request.body())?;
    let to = fields.has("to").then(|| fields.phone("to")).transpose()?;
    app.throttles.test_message(&target.id)?;
    let sent = app.action_service.send_test(&target, to.as_ref(), text::test_message(), request.id());
    let sent = sent.map_err(|error| Problem::Action(Action::SendTest, error))?;
    Ok(HttpReply::data(&SentTestJson::of(target.name.as_str(), &sent)))
}

/// What a move did or would do, as JSON, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceMoveJson<'a> {
    instance: &'a str,
    from: Option<ServerNameJson<'a>>,
    to: ServerNameJson<'a>,
    carries: Vec<&'static str>,
    needs_scan: bool,
    has_phone: bool,
    old: &'static str,
    message: String,
}

/// A server, by its credential.
#[derive(Serialize)]
struct ServerNameJson<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> From<&'a ServerName> for ServerNameJson<'a> {
    fn from(server: &'a ServerName) -> Self {
        Self { id: &server.id, name: &server.name }
    }
}

impl<'a> InstanceMoveJson<'a> {
    /// The move of the instance of that name, and its sentence.
    pub fn of(instance: &'a str, moved: &'a InstanceMove, message: String) -> Self {
        Self {
            instance,
            from: moved.from.as_ref().map(Into::into),
            to: (&moved.to).into(),
            carries: moved.carries.iter().copied().map(SettingsKind::as_str).collect(),
            needs_scan: moved.needs_scan,
            has_phone: moved.has_phone,
            old: match &moved.old {
                OldInstance::None => "none",
                OldInstance::Stays => "stays",
                OldInstance::Removed => "removed",
                OldInstance::NotRemoved => "not_removed",
            },
            message,
        }
    }
}

/// A test message that was sent, as JSON, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentTestJson<'a> {
    instance: &'a str,
    sent_to: &'a str,
    text: &'static str,
}

impl<'a> SentTestJson<'a> {
    /// The message that went from the instance of that name to that phone.
    pub fn of(instance: &'a str, to: &'a Phone) -> Self {
        Self { instance, sent_to: to.as_str(), text: text::test_message() }
    }
}
