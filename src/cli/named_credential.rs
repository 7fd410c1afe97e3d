//! The credential that a command names, and the sentences of what could not be done with it.

use super::output::CommandFailure;
use crate::admin::credentials::{self, CredentialError};
use crate::store::{CredentialLine, Store};
use crate::text::cli as words;
use crate::text::{base_url, check};
use crate::upstream::Check;

/// The credential of that id, or the sentence that there is none.
pub fn find(store: &Store, id: &str) -> Result<CredentialLine, CommandFailure> {
    credentials::find(store, id).map_err(|error| failure(id, error))
}

/// The sentence of what could not be done with the credential of that id.
pub fn failure(id: &str, error: CredentialError) -> CommandFailure {
    CommandFailure::Failed(match error {
        CredentialError::Unknown => words::credential_unknown(id),
        CredentialError::Taken => words::credential_taken(id),
        CredentialError::InUse { instances, leaving } => words::credential_in_use(id, instances, leaving),
        CredentialError::Address(why) => words::base_url_unusable(id, base_url(why)),
        CredentialError::Failed(check) => failed(&check),
        CredentialError::Store(error) => return error.into(),
    })
}

/// The sentence of a test that failed.
pub fn failed(found: &Check) -> String {
    check(found).map(|sentence| words::refused(&sentence)).unwrap_or_default()
}
