//! `GET /api/messaging/facets`: the servers, owners and labels by which the caller can narrow the list.

use serde::Serialize;

use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;

/// What the rows that the caller sees have.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let facets = app.store.facets(&caller.viewer())?;
    Ok(HttpReply::data(&FacetsJson {
        servers: named(&facets.servers),
        users: named(&facets.users),
        labels: named(&facets.labels),
    }))
}

#[derive(Serialize)]
struct FacetsJson<'a> {
    servers: Vec<FacetJson<'a>>,
    users: Vec<FacetJson<'a>>,
    labels: Vec<FacetJson<'a>>,
}

#[derive(Serialize)]
struct FacetJson<'a> {
    name: &'a str,
    count: u32,
}

fn named(values: &[(String, u32)]) -> Vec<FacetJson<'_>> {
    values.iter().map(|(name, count)| FacetJson { name, count: *count }).collect()
}
