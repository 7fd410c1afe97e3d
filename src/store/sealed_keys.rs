//! The keys that are sealed in a database, by which the file of the sealing key is judged.

use std::io;
use std::path::Path;

use rusqlite::Connection;

use crate::crypto::Sealer;

/// Whether the file of the sealing key opens what the database has sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It opens the keys of all credentials, so many.
    Fine(usize),
    /// It is not there, and nothing is sealed yet.
    NotMade,
    /// It is not there, and so many keys are sealed.
    Missing(usize),
    /// The file holds no key.
    NoKey,
    /// It opens all but so many.
    Wrong(usize),
}

/// The keys that are sealed in the database, by the ids of their rows.
pub(super) fn sealed_keys(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut query = connection.prepare("SELECT id, apiToken FROM integration_credentials")?;
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// How many of these the sealing key does not open.
pub(super) fn unopened(sealer: &Sealer, rows: &[(String, String)]) -> usize {
    rows.iter().filter(|(id, token)| sealer.open(id, token).is_none()).count()
}

/// Whether the sealing key in that file opens these. `Err` where it cannot be read.
pub(super) fn key_state(key: &Path, rows: &[(String, String)]) -> io::Result<KeyState> {
    match Sealer::load(key) {
        Ok(sealer) => Ok(match unopened(&sealer, rows) {
            0 => KeyState::Fine(rows.len()),
            closed => KeyState::Wrong(closed),
        }),
        Err(e) if e.kind() == io::ErrorKind::NotFound && rows.is_empty() => Ok(KeyState::NotMade),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(KeyState::Missing(rows.len())),
        Err(e) if e.kind() == io::ErrorKind::InvalidData => Ok(KeyState::NoKey),
        Err(e) => Err(e),
    }
}
