//! `/api/admin/tokens`: bearer tokens of the API. One is answered once, when it is made.

use serde::Serialize;

use crate::domain::{Millis, label, now};
use crate::http::app::App;
use crate::http::auth;
use crate::http::exchange::Exchange;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::store::TokenLine;
use crate::time::iso;
use crate::words;

const MILLIS_PER_DAY: Millis = 24 * 60 * 60 * 1000;
/// Life of a token that is to expire, in days.
const DAYS: std::ops::RangeInclusive<u64> = 1..=3650;

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
pub fn list(app: &App, exchange: Exchange) {
    let outcome = auth::admin(app, &exchange).and_then(|_| {
        let tokens = app.store.tokens()?;
        Ok(Reply::data(&tokens.iter().map(Json::of).collect::<Vec<_>>()))
    });
    exchange.conclude(outcome);
}

/// Makes a token.
pub fn create(app: &App, exchange: Exchange) {
    let outcome = created(app, &exchange);
    exchange.conclude(outcome);
}

/// Ends a token.
pub fn revoke(app: &App, exchange: Exchange) {
    let outcome = auth::admin(app, &exchange).and_then(|_| {
        let gone = app.store.revoke_token(exchange.captured())?;
        if gone { Ok(Reply::data(&())) } else { Err(Problem::NotFound) }
    });
    exchange.conclude(outcome);
}

fn created(app: &App, exchange: &Exchange) -> Result<Reply, Problem> {
    auth::admin(app, exchange)?;
    let fields = Fields::read(exchange.body())?;
    let user = app.store.user(fields.text("user")?)?;
    let name = fields.optional("name", label)?;
    let days = fields.number("expiresDays", DAYS)?;
    let user = user.ok_or_else(|| Problem::InvalidField("user", words::no_such_user("user")))?;
    let life = days.and_then(|days| Millis::try_from(days).ok()).map(|days| days * MILLIS_PER_DAY);
    let new = app.store.add_token(&user.id, name.as_deref(), life.map(|life| now() + life))?;
    Ok(Reply::data(&New { id: &new.id, token: new.token.expose() }))
}
