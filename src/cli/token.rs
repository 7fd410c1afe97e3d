//! `pareia token`: bearer tokens of the HTTP API. A token is printed once, when it is made, and is
//! in no list.

use serde::Serialize;

use super::output::{Done, fail, note, out};
use super::table::{Line, list};
use super::{label, user, words};
use crate::domain::clock;
use crate::domain::now;
use crate::store::{Store, TOKEN_DAYS, TokenLine};

/// What can be done with tokens.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Create {
        #[arg(value_name = "USUÁRIO")]
        user: String,
        #[arg(long, value_name = "NOME", value_parser = label)]
        name: Option<String>,
        #[arg(long, value_name = "DIAS", value_parser = days)]
        expires: Option<u64>,
    },
    List {
        #[arg(long)]
        json: bool,
    },
    Revoke {
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Runs one of them.
pub fn run(store: &Store, command: Command) -> Done {
    match command {
        Command::Create { user, name, expires } => create(store, &user, name.as_deref(), expires),
        Command::List { json } => list(&store.tokens()?, json, words::NO_TOKENS),
        Command::Revoke { id } => revoke(store, &id),
    }
}

fn days(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|days| TOKEN_DAYS.contains(days)).ok_or(words::DAYS_INVALID)
}

fn create(store: &Store, user: &str, name: Option<&str>, days: Option<u64>) -> Done {
    let user = user::find(store, user)?;
    let new = store.add_token(&user.id, name, days.map(|days| store.token_end(days)))?;
    if let Err(unseen) = out(new.token.expose()) {
        // Nobody has it, and nobody could be shown it again.
        store.revoke_token(&new.id)?;
        return Err(unseen);
    }
    note(words::token_created(&new.id));
    Ok(())
}

fn revoke(store: &Store, id: &str) -> Done {
    if !store.revoke_token(id)? {
        return fail(words::token_unknown(id));
    }
    note(words::token_revoked(id));
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    id: &'a str,
    user: &'a str,
    name: Option<&'a str>,
    expires_at: Option<String>,
    last_used_at: Option<String>,
    created_at: String,
}

impl Line for TokenLine {
    const TITLES: &'static [&'static str] =
        &["ID", "USUÁRIO", "NOME", "EXPIRA (UTC)", "USADO (UTC)", "CRIADO (UTC)"];

    fn cells(&self) -> Vec<String> {
        let expires = self.expires_at.map(|at| match clock::short(at) {
            text if at <= now() => words::expired(&text),
            text => text,
        });
        vec![
            self.id.clone(),
            self.user.clone(),
            words::or_dash(self.name.clone()),
            words::or_dash(expires),
            words::or_dash(self.last_used_at.map(clock::short)),
            clock::short(self.created_at),
        ]
    }

    fn json(&self) -> impl Serialize {
        Json {
            id: &self.id,
            user: &self.user,
            name: self.name.as_deref(),
            expires_at: self.expires_at.map(clock::iso),
            last_used_at: self.last_used_at.map(clock::iso),
            created_at: clock::iso(self.created_at),
        }
    }
}
