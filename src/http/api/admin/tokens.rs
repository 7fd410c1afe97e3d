//! `/api/admin/tokens`: bearer tokens of the API. One is answered once, when it is made.

use serde::Serialize;

use crate::domain::clock::iso;
use crate::domain::label;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::store::{TOKEN_DAYS, TokenLine};
use crate::text;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    id: &'a str,
    user: &'a str,
    name: Option<&'a str>,
    created_at: String,
    expires_at: Option<String>,
    last_used_at: Option<String>,
}

#[derive(Serialize)]
struct New<'a> {
    id: &'a str,
    token: &'a str,
}

impl<'a> Json<'a> {
    fn of(line: &'a TokenLine) -> Self {
        Self {
            id: &line.id,
            user: &line.user,
            name: line.name.as_deref(),
            created_at: iso(line.created_at),
            expires_at: line.expires_at.map(iso),
            last_used_at: line.last_used_at.map(iso),
        }
    }
}

/// Every token, by what is known of it.
pub fn list(app: &App, request: &Request) -> Result<Reply, Problem> {
    auth::admin(app, request)?;
    let tokens = app.store.tokens()?;
    Ok(Reply::data(&tokens.iter().map(Json::of).collect::<Vec<_>>()))
}

/// Ends a token.
pub fn revoke(app: &App, request: &Request) -> Result<Reply, Problem> {
    auth::admin(app, request)?;
    let gone = app.store.revoke_token(request.captured())?;
    if gone { Ok(Reply::data(&())) } else { Err(Problem::NotFound) }
}

/// Makes a token.
pub fn create(app: &App, request: &Request) -> Result<Reply, Problem> {
    auth::admin(app, request)?;
    let fields = Fields::read(request.body())?;
    let user = app.store.user(fields.text("user")?)?;
    let name = fields.optional("name", label)?;
    let days = fields.number("expiresDays", TOKEN_DAYS)?;
    let user = user.ok_or_else(|| Problem::InvalidField("user", text::no_such_user("user")))?;
    let new = app.store.add_token(&user.id, name.as_deref(), days.map(|days| app.store.token_end(days)))?;
    Ok(Reply::data(&New { id: &new.id, token: new.token.expose() }))
}
