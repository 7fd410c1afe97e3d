//! The health of each server, as the monitor last saw it.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Error, Store};
use crate::domain::Millis;

/// A server's health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The API's error code; `None`: the server answers.
    pub error_code: Option<String>,
    /// Since when the server has been answering, or failing, whatever the error.
    pub since: Millis,
}

/// Stands in place of an error code where no server is polled. Triggers of the database name the word.
pub(super) const NOT_POLLED: &str = "unwatched";

/// Keeps `since` while only the error code changes.
const NOTE: &str = "ON CONFLICT (credentialId) DO UPDATE SET trouble = excluded.trouble,
    since = CASE WHEN (trouble IS NULL) = (excluded.trouble IS NULL) THEN since ELSE excluded.since END
    WHERE trouble IS NOT excluded.trouble";

impl Store {
    /// Writes the health of the credential's server. A credential that was removed or disabled meanwhile
    /// gets no row: the poll that saw it comes too late.
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

    /// Writes how long the list of the credential's server took, and how many instances it had.
    pub fn note_load(&self, credential: &str, list_millis: u32, listed: u32) -> Result<(), Error> {
        let note = "INSERT INTO server_loads SELECT id, ?2, ?3, ?4 FROM integration_credentials WHERE id = ?1
            ON CONFLICT (credentialId) DO UPDATE
                SET listMillis = excluded.listMillis, listed = excluded.listed, listedAt = excluded.listedAt";
        let values = params![credential, list_millis, listed, self.clock.now()];
        self.write(|t| t.prepare_cached(note)?.execute(values)).map(drop)
    }

    /// Notes that the credential's server is not polled from now on, so that its rows say since when.
    pub fn note_not_polled(&self, credential: &str) -> Result<(), Error> {
        self.write(|t| not_polled(t, credential, self.clock.now()))
    }

    /// The health of the credential's server; `None` where it was never polled, or is no longer.
    pub fn health(&self, credential: &str) -> Result<Option<Health>, Error> {
        let query = format!(
            "SELECT trouble, since FROM credential_health
             WHERE credentialId = ?1 AND trouble IS NOT '{NOT_POLLED}'"
        );
        let read = |row: &rusqlite::Row| Ok(Health { error_code: row.get(0)?, since: row.get(1)? });
        self.read(|c| c.prepare_cached(&query)?.query_row([credential], read).optional())
    }
}

/// Notes that the credential's server is not polled, within a transaction.
pub(super) fn not_polled(t: &Transaction, credential: &str, now: Millis) -> Result<(), rusqlite::Error> {
    let note = format!(
        "INSERT INTO credential_health (credentialId, trouble, since)
         SELECT id, '{NOT_POLLED}', ?2 FROM integration_credentials WHERE id = ?1 {NOTE}"
    );
    t.execute(&note, params![credential, now]).map(drop)
}
