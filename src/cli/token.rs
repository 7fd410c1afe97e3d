//! `pareia token`: bearer tokens of the HTTP API. A token is printed once, when it is made, and is
//! in no list. The rules are those of `admin::tokens`.

use serde::Serialize;

use super::output::{CommandFailure, CommandResult, note, out};
use super::table::{TableLine, list};
use super::values;
use crate::admin::tokens::{self, TokenDraft, TokenError};
use crate::domain::clock;
use crate::domain::{TokenLimits, TokenScope, now};
use crate::http::TokenJson;
use crate::store::{Store, TokenLine};
use crate::text::cli as words;

/// What can be done with tokens.
#[derive(clap::Subcommand, Debug)]
pub enum TokenCommand {
    Create {
        #[arg(value_name = "USUÁRIO", value_parser = values::typed())]
        user: String,
        #[arg(long, value_name = "NOME", value_parser = values::label)]
        name: Option<String>,
        #[arg(long, value_name = "DIAS", value_parser = values::days)]
        expires: Option<u64>,
        #[arg(long, value_name = "ESCOPO", value_parser = values::token_scope)]
        scope: Option<TokenScope>,
        #[arg(long, value_name = "ID", value_parser = values::typed())]
        server: Option<String>,
        #[arg(long, value_name = "PREFIXO", value_parser = values::name_prefix)]
        prefix: Option<String>,
    },
    List {
        #[arg(long)]
        json: bool,
    },
    Revoke {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: String,
    },
}

/// Runs one of them.
pub fn run(store: &Store, command: TokenCommand) -> CommandResult {
    match command {
        TokenCommand::Create { user, name, expires, scope, server, prefix } => {
            let limits = TokenLimits { scope: scope.unwrap_or_default(), server, prefix };
            create(store, TokenDraft { user, name, days: expires, limits })
        }
        TokenCommand::List { json } => list(&store.tokens()?, json, words::no_tokens()),
        TokenCommand::Revoke { id } => revoke(store, &id),
    }
}

/// The sentence of what could not be done, with the name or id that was given.
fn failure(given: &str, error: TokenError) -> CommandFailure {
    CommandFailure::Failed(match error {
        TokenError::UserUnknown => words::user_unknown(given),
        TokenError::ServerUnknown => words::credential_unknown(given),
        TokenError::Unknown => words::token_unknown(given),
        TokenError::Store(error) => return error.into(),
    })
}

fn create(store: &Store, draft: TokenDraft) -> CommandResult {
    let (user, server) = (draft.user.clone(), draft.limits.server.clone().unwrap_or_default());
    let new = tokens::create(store, draft).map_err(|error| {
        let given = if matches!(error, TokenError::ServerUnknown) { &server } else { &user };
        failure(given, error)
    })?;
    if let Err(unseen) = out(new.token.expose()) {
        // The token was not printed, and cannot be shown again.
        tokens::revoke(store, &new.id).map_err(|error| failure(&new.id, error))?;
        return Err(unseen);
    }
    note(words::token_created(&new.id));
    Ok(())
}

fn revoke(store: &Store, id: &str) -> CommandResult {
    tokens::revoke(store, id).map_err(|error| failure(id, error))?;
    note(words::token_revoked(id));
    Ok(())
}

impl TableLine for TokenLine {
    fn titles() -> &'static [&'static str] {
        words::token_titles()
    }

    fn cells(&self) -> Vec<String> {
        let expires = self.expires_at.map(|at| match clock::short(at) {
            text if at <= now() => words::expired(&text),
            text => text,
        });
        vec![
            self.id.clone(),
            self.user.clone(),
            words::or_dash(self.name.clone()),
            self.limits.to_string(),
            words::or_dash(expires),
            words::or_dash(self.last_used_at.map(clock::short)),
            clock::short(self.created_at),
        ]
    }

    fn json(&self) -> impl Serialize {
        TokenJson::from(self)
    }
}
