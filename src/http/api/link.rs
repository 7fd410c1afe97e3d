//! `/api/messaging/instance/{id}/link`: links that show one instance's code to whoever holds them.
//!
//! A link's token stands in its fragment, which no browser sends: it is in no log of any proxy.

use serde::Serialize;

use super::instances::meant;
use crate::domain::Millis;
use crate::domain::clock;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::http::security::origin;
use crate::store::{LINK_MINUTES, LinkLine};

/// How long a link lives unless told, in minutes.
const MINUTES: u64 = 30;

/// Makes one.
pub fn make(app: &App, request: &Request) -> Result<Reply, Problem> {
    let target = meant(app, request)?;
    let minutes = Fields::read_or_none(request.body())?.number("minutes", LINK_MINUTES)?;
    let lifetime = Millis::try_from(minutes.unwrap_or(MINUTES) * 60_000).unwrap_or(0);
    let base = origin::base(app, request)?;
    let link = app.store.add_link(&target.id, lifetime)?;
    let link = link.ok_or(Problem::AlreadyConnected)?;
    let url = link_url(&base, link.token.expose());
    Ok(Reply::data(&Made { id: &link.id, url: &url, expires_at: clock::iso(link.expires_at) }))
}

/// The address of a link.
pub fn link_url(base: &str, token: &str) -> String {
    format!("{base}/c#{token}")
}

/// Those that still show the code.
pub fn list(app: &App, request: &Request) -> Result<Reply, Problem> {
    let target = meant(app, request)?;
    let links = app.store.links(&target.id)?;
    Ok(Reply::data(&links.iter().map(Line::of).collect::<Vec<_>>()))
}

/// Ends all of them.
pub fn revoke(app: &App, request: &Request) -> Result<Reply, Problem> {
    let target = meant(app, request)?;
    let revoked = app.store.revoke_links(&target.id)?;
    Ok(Reply::data(&Revoked { revoked }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    id: &'a str,
    url: &'a str,
    expires_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    id: &'a str,
    created_at: String,
    expires_at: String,
}

impl<'a> Line<'a> {
    fn of(line: &'a LinkLine) -> Self {
        Self {
            id: &line.id,
            created_at: clock::iso(line.created_at),
            expires_at: clock::iso(line.expires_at),
        }
    }
}

#[derive(Serialize)]
struct Revoked {
    revoked: usize,
}
