//! `/api/admin/tokens`: bearer tokens of the API. One is answered once, when it is made. The rules are those of
//! `admin::tokens`.

use super::json::{NewTokenJson, TokenJson};
use crate::admin::tokens::{self, TOKEN_DAYS, TokenDraft, TokenError};
use crate::domain::{Permission, TokenLimits, TokenScope, label, name_prefix};
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::text;

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::UserUnknown => Self::InvalidField("user", text::no_such_user("user")),
            TokenError::ServerUnknown => Self::InvalidField("server", text::no_such_server("server")),
            TokenError::Unknown => Self::NotFound,
            TokenError::Store(error) => Self::Store(error),
        }
    }
}

/// Every token, by what is known of it.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::ManageTokens)?;
    let tokens = app.store.tokens()?;
    Ok(HttpReply::data(&tokens.iter().map(TokenJson::from).collect::<Vec<_>>()))
}

/// Ends a token.
pub fn revoke(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::ManageTokens)?;
    tokens::revoke(&app.store, request.captured())?;
    Ok(HttpReply::data(&()))
}

/// Makes a token.
pub fn create(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::ManageTokens)?;
    let fields = Fields::read(request.body())?;
    let limits = TokenLimits {
        scope: fields.optional("scope", TokenScope::parse)?.unwrap_or_default(),
        server: fields.optional_text("server")?.map(str::to_owned),
        prefix: fields.optional("namePrefix", name_prefix)?,
    };
    let (user, name) = (fields.text("user")?.to_owned(), fields.optional("name", label)?);
    let days = fields.number("expiresDays", TOKEN_DAYS)?;
    let new = tokens::create(&app.store, TokenDraft { user, name, days, limits })?;
    Ok(HttpReply::data(&NewTokenJson::from(&new)))
}
