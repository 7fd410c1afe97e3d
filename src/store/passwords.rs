//! The hashes of passwords in the rows of users. Hashes are made and compared in `admin::password`.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Error, Store};
use crate::crypto::new_id;
use crate::domain::Name;

/// The account against which a login is checked.
#[derive(Clone, Debug)]
pub struct Account {
    pub user: String,
    /// The hash of the password; `None`: the user has tokens only.
    pub hash: Option<String>,
}

/// The result of a set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetUp {
    /// The user of this id is the administrator.
    Done(String),
    /// An administrator has a password already.
    NotNeeded,
    /// Another user, who is no administrator, has the name.
    NameTaken,
}

const NEEDED: &str = "SELECT NOT EXISTS (SELECT 1 FROM users WHERE isAdmin AND passwordHash IS NOT NULL)";

impl Store {
    /// Whether no administrator can log in.
    pub fn setup_needed(&self) -> Result<bool, Error> {
        self.read(|c| c.prepare_cached(NEEDED)?.query_row([], |row| row.get(0)))
    }

    /// Adds the first administrator, or sets the password of one without.
    pub fn set_up(&self, name: &Name, hash: &str) -> Result<SetUp, Error> {
        self.write(|t| {
            if !t.query_row(NEEDED, [], |row| row.get(0))? {
                return Ok(SetUp::NotNeeded);
            }
            let found = "SELECT id, isAdmin FROM users WHERE name = ?1";
            let found =
                t.query_row(found, [name.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let id = match found {
                Some((_, false)) => return Ok(SetUp::NameTaken),
                Some((id, true)) => id,
                None => {
                    let id = new_id("u");
                    let insert =
                        "INSERT INTO users (id, name, role, createdAt) VALUES (?1, ?2, 'administrator', ?3)";
                    t.execute(insert, params![id, name.as_str(), self.clock.now()])?;
                    id
                }
            };
            change(t, &id, hash, None)?;
            Ok(SetUp::Done(id))
        })
    }

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
            Ok(same && change(t, &checked.user, hash, keep)?)
        })
    }

    /// Sets a user's password and ends the user's sessions, but for the one to `keep`; `false` when
    /// there is no such user.
    pub fn set_password(&self, user: &str, hash: &str, keep: Option<&str>) -> Result<bool, Error> {
        self.write(|t| change(t, user, hash, keep))
    }
}

fn change(t: &Transaction, user: &str, hash: &str, keep: Option<&str>) -> rusqlite::Result<bool> {
    t.execute("DELETE FROM sessions WHERE userId = ?1 AND id IS NOT ?2", params![user, keep])?;
    Ok(t.execute("UPDATE users SET passwordHash = ?2 WHERE id = ?1", params![user, hash])? == 1)
}
