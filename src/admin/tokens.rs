//! The rules for bearer tokens: whose they are, and how long they may live.

use std::ops::RangeInclusive;

use crate::domain::{Credential, MILLIS_PER_DAY, Millis, TokenLimits};
use crate::store::{self, NewToken, Store};

/// Days that a token which is to expire may live: ten years at most.
pub const TOKEN_DAYS: RangeInclusive<u64> = 1..=3650;

/// Why a change of a token was refused. Nothing changed.
#[derive(Debug)]
pub enum TokenError {
    /// No user has the name.
    UserUnknown,
    /// No credential has the id or name.
    ServerUnknown,
    /// No token has the id.
    Unknown,
    /// The database failed.
    Store(store::Error),
}

impl From<store::Error> for TokenError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// A token that is to be made.
#[derive(Debug)]
pub struct TokenDraft {
    /// The name of its user.
    pub user: String,
    /// What it is for.
    pub name: Option<String>,
    /// How many days it lives, within [`TOKEN_DAYS`]; `None`: for ever.
    pub days: Option<u64>,
    /// What narrows it. The server may be named as well.
    pub limits: TokenLimits,
}

/// Makes a token.
pub fn create(store: &Store, mut draft: TokenDraft) -> Result<NewToken, TokenError> {
    let user = store.user(&draft.user)?.ok_or(TokenError::UserUnknown)?;
    if let Some(server) = draft.limits.server.as_mut() {
        *server = credential_id(store, server)?.ok_or(TokenError::ServerUnknown)?;
    }
    let expires_at = draft.days.map(|days| store.clock().now() + span_of(days));
    Ok(store.add_token_with(&user.id, draft.name.as_deref(), expires_at, &draft.limits)?)
}

/// The credential that has the id, or else the name.
fn credential_id(store: &Store, given: &str) -> Result<Option<String>, store::Error> {
    let all = store.credentials()?;
    let all: Vec<_> = all.iter().map(|line| &line.credential).collect();
    Ok(Credential::position(&all, given).map(|at| all[at].id.clone()))
}

/// Ends a token at once.
pub fn revoke(store: &Store, id: &str) -> Result<(), TokenError> {
    if store.revoke_token(id)? { Ok(()) } else { Err(TokenError::Unknown) }
}

/// That many days, at most [`TOKEN_DAYS`], as a span.
fn span_of(days: u64) -> Millis {
    Millis::try_from(days).unwrap_or(0) * MILLIS_PER_DAY
}
