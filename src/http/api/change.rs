//! `PATCH /api/messaging/instance/{id}`: what people say of an instance, its number and the texts about it.

use super::instances::{action_reply, managed};
use crate::domain::{self, Description};
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::instance::actions::Action;

const PHONE: &str = "channelPhoneOrId";
const DISPLAY_NAME: &str = "displayName";
const NOTE: &str = "note";
const LABELS: &str = "labels";

/// Writes what the body says, and shows what the instance has become.
pub fn change(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let (caller, target) = managed(app, request)?;
    let fields = Fields::read(request.body())?;
    fields.only(&[PHONE, DISPLAY_NAME, NOTE, LABELS])?;
    let phone = fields.has(PHONE).then(|| fields.phone(PHONE)).transpose()?;
    let description = description(&fields)?;
    let done = app.action_service.change(&target, phone.as_ref(), &description, request.id());
    action_reply(app, Action::Change, &caller, &target, done)
}

/// Reads the texts about an instance.
pub fn description(fields: &Fields) -> Result<Description, Problem> {
    Ok(Description {
        display_name: fields.change(DISPLAY_NAME, domain::display_name)?,
        note: fields.change(NOTE, domain::note)?,
        labels: fields.texts(LABELS, domain::labels)?,
    })
}
