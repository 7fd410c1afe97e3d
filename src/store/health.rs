//! How each server answers, as the watcher last saw it.

use rusqlite::{OptionalExtension, params};

use super::{Error, Store};
use crate::domain::{Millis, now};

/// A server's health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// What is wrong, as the API's error code; `None`: it answers.
    pub trouble: Option<String>,
    /// Since when it has been answering, or failing in whatever way.
    pub since: Millis,
}

impl Store {
    /// Notes how the credential's server answers; a credential that is gone gets no row. When it
    /// began stays what it was while only the kind of trouble changes.
    pub fn note_health(&self, credential: &str, trouble: Option<&str>) -> Result<(), Error> {
        let note = "INSERT INTO credential_health (credentialId, trouble, since)
                SELECT id, ?2, ?3 FROM integration_credentials WHERE id = ?1
            ON CONFLICT (credentialId) DO UPDATE SET trouble = ?2,
                since = CASE WHEN (trouble IS NULL) = (?2 IS NULL) THEN since ELSE ?3 END
                WHERE trouble IS NOT ?2";
        self.write(|t| t.execute(note, params![credential, trouble, now()])).map(drop)
    }

    /// How the credential's server answers; `None` when it was never asked.
    pub fn health(&self, credential: &str) -> Result<Option<Health>, Error> {
        let query = "SELECT trouble, since FROM credential_health WHERE credentialId = ?1";
        let read = |row: &rusqlite::Row| Ok(Health { trouble: row.get(0)?, since: row.get(1)? });
        self.read(|c| c.prepare_cached(query)?.query_row([credential], read).optional())
    }
}
