//! `/api/admin/…`: what only administrators do. Keys, tokens and passwords come in here and go to the
//! store; of them only a new token goes out, once.

pub mod audit;
pub mod backups;
pub mod credentials;
pub mod json;
pub mod tokens;
pub mod unmanaged;
pub mod users;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::{Permission, inserted};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::{auth, origin};
use json::CredentialJson;

#[derive(Serialize)]
struct Overview<'a> {
    version: &'static str,
    instances: Map<String, Value>,
    servers: Vec<CredentialJson<'a>>,
    users: u32,
    tokens: u32,
    url: String,
}

/// `GET /api/admin/overview`: how things stand.
pub fn overview(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::ManageCredentials)?;
    let (totals, servers) = (app.store.totals()?, app.store.credentials()?);
    let counts = totals.instances.iter().map(|(status, n)| (status.as_str().to_owned(), (*n).into()));
    Ok(HttpReply::data(&Overview {
        version: env!("CARGO_PKG_VERSION"),
        instances: inserted(counts),
        servers: servers.iter().map(CredentialJson::from).collect(),
        users: totals.users,
        tokens: totals.tokens,
        url: origin::base(app, request)?,
    }))
}
