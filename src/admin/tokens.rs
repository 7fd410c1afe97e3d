//! The rules for bearer tokens: whose they are, and how long they may live.

use std::ops::RangeInclusive;

use crate::domain::{MILLIS_PER_DAY, Millis};
use crate::store::{self, NewToken, Store};

/// Days that a token which is to expire may live: ten years at most.
pub const TOKEN_DAYS: RangeInclusive<u64> = 1..=3650;

/// Why a change of a token was refused. Nothing changed.
#[derive(Debug)]
pub enum TokenError {
    /// No user has the name.
    UserUnknown,
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

/// Makes a token for the user of that name that lives that many days, within [`TOKEN_DAYS`], or for ever.
pub fn create(
    store: &Store,
    user: &str,
    label: Option<&str>,
    days: Option<u64>,
) -> Result<NewToken, TokenError> {
    let user = store.user(user)?.ok_or(TokenError::UserUnknown)?;
    Ok(store.add_token(&user.id, label, days.map(|days| store.clock().now() + span_of(days)))?)
}

/// Ends a token at once.
pub fn revoke(store: &Store, id: &str) -> Result<(), TokenError> {
    if store.revoke_token(id)? { Ok(()) } else { Err(TokenError::Unknown) }
}

/// That many days, at most [`TOKEN_DAYS`], as a span.
fn span_of(days: u64) -> Millis {
    Millis::try_from(days).unwrap_or(0) * MILLIS_PER_DAY
}
