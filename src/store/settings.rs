//! What a running server leaves for the commands beside it.

use rusqlite::OptionalExtension;

use super::{Error, Store};

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
}
