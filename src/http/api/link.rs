//! `/api/messaging/instance/{id}/link`: links that show one instance's code to whoever holds them.
//! The rules are those of `admin::links`.

use serde::Serialize;

use super::instances::target_of;
use crate::admin::links::{self, DEFAULT_LINK_MINUTES, LINK_MINUTES};
use crate::domain::clock;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::origin;
use crate::store::{LinkLine, NewLink};

/// Makes one.
pub fn make(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let target = target_of(app, request)?;
    let minutes = Fields::read_or_none(request.body())?.number("minutes", LINK_MINUTES)?;
    let base = origin::base(app, request)?;
    let link = links::make(&app.store, &target, minutes.unwrap_or(DEFAULT_LINK_MINUTES))?;
    let link = link.ok_or(Problem::AlreadyConnected)?;
    Ok(HttpReply::data(&NewLinkJson::of(&link, &base)))
}

/// Those that still show the code.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let target = target_of(app, request)?;
    let links = app.store.links(&target.id)?;
    Ok(HttpReply::data(&links.iter().map(LinkJson::of).collect::<Vec<_>>()))
}

/// Ends all of them, or, with `?id=`, that one.
pub fn revoke(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let target = target_of(app, request)?;
    let revoked = match query::given(request, "id")? {
        None => app.store.revoke_links(&target.id)?,
        Some(id) if app.store.revoke_link(&target.id, &id)? => 1,
        Some(_) => return Err(Problem::NotFound),
    };
    Ok(HttpReply::data(&RevokedLinksJson { revoked }))
}

/// A link that was made now, as JSON, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewLinkJson<'a> {
    id: &'a str,
    url: String,
    expires_at: String,
}

impl<'a> NewLinkJson<'a> {
    /// A link that was made now, below the address that people use.
    pub fn of(link: &'a NewLink, base: &str) -> Self {
        Self { id: &link.id, url: links::url(base, &link.token), expires_at: clock::iso(link.expires_at) }
    }
}

/// A link by what is known of it, as JSON, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkJson<'a> {
    id: &'a str,
    created_at: String,
    expires_at: String,
}

impl<'a> LinkJson<'a> {
    /// What is shown of a line.
    pub fn of(line: &'a LinkLine) -> Self {
        Self {
            id: &line.id,
            created_at: clock::iso(line.created_at),
            expires_at: clock::iso(line.expires_at),
        }
    }
}

#[derive(Serialize)]
struct RevokedLinksJson {
    revoked: u32,
}
