//! `/api/admin/unmanaged`: what servers list and no row has, and its adoption. The rules are those of
//! `admin::unmanaged`.

use std::borrow::Cow;

use serde::Serialize;

use crate::admin::credentials::{self, CredentialError};
use crate::admin::unmanaged::{
    self, AdoptedInstance, FailedServer, FoundInstance, NotFound, Selection, Unmanaged,
};
use crate::admin::users;
use crate::domain::{AdoptionObstacle, Permission, Phone};
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::text;
use crate::upstream::Check;

impl From<NotFound> for Problem {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::Nowhere => Self::NothingUnmanaged,
            NotFound::Unanswered(error) => Self::Untested(Check::Failed(error)),
            NotFound::Ambiguous(servers) => Self::AmbiguousName(servers),
            NotFound::Obstacle(obstacle) => Self::NotAdoptable(obstacle),
        }
    }
}

/// Everything that no row has, and what an adoption would make of it.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::AdoptPaired)?;
    let found = find(app, request, &Selection::default())?;
    Ok(HttpReply::data(&UnmanagedJson::of(&found)))
}

/// Adopts one instance, or all that can be.
pub fn adopt(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::permitted(app, request, Permission::AdoptPaired)?;
    let fields = Fields::read(request.body())?;
    // A dry run that is misspelt would adopt.
    fields.only(&["name", "all", "credentialId", "user", "phone", "dryRun"])?;
    let (name, all) = (fields.optional_text("name")?, fields.flag("all")?);
    if name.is_some() == all {
        return Err(Problem::InvalidField("name", text::name_or_all().to_owned()));
    }
    let phone: Option<Phone> = fields.has("phone").then(|| fields.phone("phone")).transpose()?;
    if phone.is_some() && all {
        return Err(Problem::InvalidField("phone", text::phone_of_one().to_owned()));
    }
    let user = match fields.optional_text("user")? {
        Some(name) => users::find(&app.store, name).map_err(|_| no_such_user())?.id,
        None => caller.user,
    };
    let credential = fields.optional_text("credentialId")?;
    if let Some(id) = credential {
        credentials::find(&app.store, id).map_err(|error| match error {
            CredentialError::Unknown => no_such_credential(),
            error => error.into(),
        })?;
    }
    let selection = Selection { credential, name, phone: phone.as_ref() };
    let found = find(app, request, &selection)?;
    if name.is_some() {
        unmanaged::check_one(&found)?;
    }
    if fields.flag("dryRun")? || query::flag(request, "dryRun")? {
        return Ok(HttpReply::data(&UnmanagedJson::of(&found)));
    }
    let adopted = unmanaged::adopt(&app.store, &found, &user)?;
    Ok(HttpReply::data(&AdoptionJson::of(&found, &adopted)))
}

fn find(app: &App, request: &Request, selection: &Selection) -> Result<Unmanaged, Problem> {
    Ok(unmanaged::find(&app.store, app.connect_service.gateway(), selection, request.id())?)
}

fn no_such_user() -> Problem {
    Problem::InvalidField("user", text::no_such_user("user"))
}

fn no_such_credential() -> Problem {
    Problem::InvalidField("credentialId", text::no_such_credential("credentialId"))
}

/// What no row has, as JSON, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnmanagedJson<'a> {
    instances: Vec<FoundInstanceJson<'a>>,
    not_asked: Vec<FailedServerJson<'a>>,
}

impl<'a> UnmanagedJson<'a> {
    /// What was found.
    pub fn of(found: &'a Unmanaged) -> Self {
        let instances = found.instances.iter().map(FoundInstanceJson::of).collect();
        Self { instances, not_asked: found.failed.iter().map(FailedServerJson::of).collect() }
    }
}

/// What was adopted, as JSON, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdoptionJson<'a> {
    adopted: Vec<AdoptedInstanceJson<'a>>,
    skipped: Vec<FoundInstanceJson<'a>>,
    not_asked: Vec<FailedServerJson<'a>>,
}

impl<'a> AdoptionJson<'a> {
    /// What became of what was found.
    pub fn of(found: &'a Unmanaged, adopted: &'a [AdoptedInstance]) -> Self {
        let is_skipped = |instance: &&FoundInstance| instance.plan.is_err();
        Self {
            adopted: adopted.iter().map(AdoptedInstanceJson::of).collect(),
            skipped: found.instances.iter().filter(is_skipped).map(FoundInstanceJson::of).collect(),
            not_asked: found.failed.iter().map(FailedServerJson::of).collect(),
        }
    }
}

/// An instance that no row has, and what an adoption would make of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundInstanceJson<'a> {
    name: &'a str,
    server: &'a str,
    credential_id: &'a str,
    integration: &'static str,
    paired: bool,
    profile_name: Option<&'a str>,
    channel_instance_id: Option<&'a str>,
    channel_phone_or_id: Option<&'a str>,
    obstacle: Option<&'static str>,
    obstacle_text: Option<String>,
}

impl<'a> FoundInstanceJson<'a> {
    /// What was found.
    pub fn of(found: &'a FoundInstance) -> Self {
        let (plan, obstacle) = (found.plan.as_ref().ok(), found.plan.as_ref().err().copied());
        Self {
            name: &found.name,
            server: &found.server.name,
            credential_id: &found.server.id,
            integration: found.listed.integration.as_str(),
            paired: found.is_paired(),
            profile_name: found.listed.owner.as_ref().and_then(|owner| owner.profile_name.as_deref()),
            channel_instance_id: plan.map(|plan| plan.name.as_str()),
            channel_phone_or_id: plan.map(|plan| plan.phone.as_str()),
            obstacle: obstacle.map(AdoptionObstacle::code),
            obstacle_text: obstacle.map(|obstacle| text::adoption_obstacle(obstacle).error),
        }
    }
}

/// An instance that has a row now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdoptedInstanceJson<'a> {
    instance_id: &'a str,
    channel_instance_id: &'a str,
    channel_phone_or_id: &'a str,
    name: &'a str,
    server: &'a str,
    credential_id: &'a str,
}

impl<'a> AdoptedInstanceJson<'a> {
    fn of(adopted: &'a AdoptedInstance) -> Self {
        Self {
            instance_id: &adopted.id,
            channel_instance_id: adopted.name.as_str(),
            channel_phone_or_id: adopted.phone.as_str(),
            name: adopted.upstream_name.as_str(),
            server: &adopted.server,
            credential_id: &adopted.credential,
        }
    }
}

/// A server whose list could not be had, and why.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedServerJson<'a> {
    server: &'a str,
    credential_id: &'a str,
    code: &'static str,
    error: String,
    detail: Option<Cow<'static, str>>,
}

impl<'a> FailedServerJson<'a> {
    fn of(failed: &'a FailedServer) -> Self {
        let text::Sentence { code, error, detail } = text::server(&failed.error);
        Self { server: &failed.server, credential_id: &failed.credential, code, error, detail }
    }
}
