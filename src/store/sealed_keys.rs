//! The keys that are sealed in a database, by which the file of the sealing key is judged.

use rusqlite::Connection;

/// The keys that are sealed in the database, by the ids of their rows.
pub(super) fn sealed_keys(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut query = connection.prepare("SELECT id, apiToken FROM integration_credentials")?;
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
