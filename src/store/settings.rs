//! What a running server leaves for the commands beside it, and what has outlived its use.

use rusqlite::{OptionalExtension, params};

use super::{Error, Store};
use crate::domain::{Millis, now};

/// How long the history of an instance is kept.
const HISTORY: Millis = 90 * 86_400_000;

impl Store {
    /// Leaves a value under a name, in place of the one before.
    pub fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let set = "INSERT INTO settings (name, value) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET value = ?2 WHERE value <> ?2";
        self.write(|t| t.execute(set, [name, value])).map(drop)
    }

    /// The value last left under that name.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let query = "SELECT value FROM settings WHERE name = ?1";
        self.read(|c| c.prepare_cached(query)?.query_row([name], |row| row.get(0)).optional())
    }

    /// Removes history that is older than it is kept, and logins and links whose time is over. How
    /// many rows that were.
    pub fn purge(&self) -> Result<usize, Error> {
        let now = now();
        self.write(|t| {
            let events = t.execute("DELETE FROM instance_events WHERE at < ?1", params![now - HISTORY])?;
            let sessions = t.execute("DELETE FROM sessions WHERE expiresAt <= ?1", [now])?;
            let links = t.execute("DELETE FROM connect_links WHERE expiresAt <= ?1", [now])?;
            Ok(events + sessions + links)
        })
    }
}
