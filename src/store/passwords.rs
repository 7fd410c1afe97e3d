//! The hashes of passwords in the rows of users. Hashes are made and compared in `admin::password`.

use rusqlite::{OptionalExtension, Transaction, params};

use super::audit::note;
use super::{Error, Store};
use crate::domain::AuditAction;

/// The account against which a login is checked.
#[derive(Clone, Debug)]
pub struct Account {
    pub user: String,
    /// The hash of the password; `None`: the user has tokens only.
    pub hash: Option<String>,
}

impl Store {
    /// The account of that name.
    pub fn account(&self, name: &str) -> Result<Option<Account>, Error> {
        self.read(|c| {
            c.prepare_cached("SELECT id, passwordHash FROM users WHERE name = ?1")?
                .query_row([name], |row| Ok(Account { user: row.get(0)?, hash: row.get(1)? }))
                .optional()
        })
    }

    /// Sets a password as [`Store::set_password`] does, if the hash that the user's old one was checked
    /// against is still stored; `false` otherwise.
    pub fn change_password(&self, checked: &Account, hash: &str, keep: Option<&str>) -> Result<bool, Error> {
        let same = "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND passwordHash IS ?2)";
        self.write(|t| {
            let same: bool = t.query_row(same, params![checked.user, checked.hash], |row| row.get(0))?;
            Ok(same && self.note_change(t, &checked.user, hash, keep)?)
        })
    }

    /// Sets a user's password and ends the user's sessions, but for the one to `keep`; `false` when
    /// there is no such user.
    pub fn set_password(&self, user: &str, hash: &str, keep: Option<&str>) -> Result<bool, Error> {
        self.write(|t| self.note_change(t, user, hash, keep))
    }

    fn note_change(
        &self,
        t: &Transaction,
        user: &str,
        hash: &str,
        keep: Option<&str>,
    ) -> rusqlite::Result<bool> {
        note(t, self.clock.now(), AuditAction::UserPassword, user, "")?;
        change(t, user, hash, keep)
    }
}

/// Sets the password within a transaction.
pub(super) fn change(t: &Transaction, user: &str, hash: &str, keep: Option<&str>) -> rusqlite::Result<bool> {
    t.execute("DELETE FROM sessions WHERE userId = ?1 AND id IS NOT ?2", params![user, keep])?;
    Ok(t.execute("UPDATE users SET passwordHash = ?2 WHERE id = ?1", params![user, hash])? == 1)
}
