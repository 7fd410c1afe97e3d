//! Whether a server may be given another row, asked in the transaction that gives it one: of several callers at once
//! none goes beyond the bound.

use rusqlite::{OptionalExtension, Transaction};

/// Whether the credential's server has room for another row.
pub(super) fn has_room(t: &Transaction, credential: &str) -> rusqlite::Result<bool> {
    let room = "SELECT coalesce(c.capacity > (SELECT count(*) FROM messaging_instances i
            WHERE i.credentialId = c.id), 1)
        FROM integration_credentials c WHERE c.id = ?1";
    Ok(t.prepare_cached(room)?.query_row([credential], |row| row.get(0)).optional()?.unwrap_or(true))
}
