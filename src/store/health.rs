//! How each server answers, as the watcher last saw it.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Error, Store};
use crate::domain::Millis;

/// A server's health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// What is wrong, as the API's error code; `None`: it answers.
    pub error_code: Option<String>,
    /// Since when it has been answering, or failing in whatever way.
    pub since: Millis,
}

/// Stands where an error code does: nobody asks the server how it is.
pub(super) const UNWATCHED: &str = "unwatched";

/// When it began stays what it was while only the error code changes.
const NOTE: &str = "ON CONFLICT (credentialId) DO UPDATE SET trouble = excluded.trouble,
    since = CASE WHEN (trouble IS NULL) = (excluded.trouble IS NULL) THEN since ELSE excluded.since END
    WHERE trouble IS NOT excluded.trouble";

impl Store {
    /// Notes how the credential's server answers, since when. A credential that is gone, or that no
    /// call uses any more, gets no row: what its watcher had still to say comes too late.
    pub fn note_health(
        &self,
        credential: &str,
        error_code: Option<&str>,
        since: Millis,
    ) -> Result<(), Error> {
        let note = format!(
            "INSERT INTO credential_health (credentialId, trouble, since)
             SELECT id, ?2, ?3 FROM integration_credentials WHERE id = ?1 AND isActive {NOTE}"
        );
        self.write(|t| t.prepare_cached(&note)?.execute(params![credential, error_code, since])).map(drop)
    }

    /// Notes that nobody asks the credential's server from now on: what is known of its instances
    /// grows old.
    pub fn note_unwatched(&self, credential: &str) -> Result<(), Error> {
        self.write(|t| unwatched(t, credential, self.clock.now()))
    }

    /// How the credential's server answers; `None` when it was never asked, and when nobody asks.
    pub fn health(&self, credential: &str) -> Result<Option<Health>, Error> {
        let query = format!(
            "SELECT trouble, since FROM credential_health
             WHERE credentialId = ?1 AND trouble IS NOT '{UNWATCHED}'"
        );
        let read = |row: &rusqlite::Row| Ok(Health { error_code: row.get(0)?, since: row.get(1)? });
        self.read(|c| c.prepare_cached(&query)?.query_row([credential], read).optional())
    }
}

/// The same, as part of a change that brings it about.
pub(super) fn unwatched(t: &Transaction, credential: &str, now: Millis) -> Result<(), rusqlite::Error> {
    let note = format!(
        "INSERT INTO credential_health (credentialId, trouble, since)
         SELECT id, '{UNWATCHED}', ?2 FROM integration_credentials WHERE id = ?1 {NOTE}"
    );
    t.execute(&note, params![credential, now]).map(drop)
}
