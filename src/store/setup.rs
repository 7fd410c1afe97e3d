//! The set-up link: whoever opens it becomes the first administrator.
//!
//! The database holds its id and its end. Its token is derived from the id and the key of `pareia.key`, so that a
//! command beside `serve` shows the link again, and a copy of the database opens nothing.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::audit::note;
use super::passwords::change;
use super::{Error, Store};
use crate::crypto::new_id;
use crate::domain::{AuditAction, Millis, Name, Secret};

/// How long a link works.
pub const SETUP_LIFE: Duration = Duration::from_mins(30);

const NEEDED: &str = "SELECT NOT EXISTS (SELECT 1 FROM users WHERE isAdmin AND passwordHash IS NOT NULL)";
const LINK: &str = "SELECT value FROM settings WHERE name = 'setup'";

/// A link that works.
#[derive(Debug)]
pub struct SetupLink {
    /// What its address ends with.
    pub token: Secret,
    /// When it ends.
    pub until: Millis,
}

/// The result of a set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetUp {
    /// The user of this id is the administrator.
    Done(String),
    /// The link no longer works: it is used, too old or replaced, or an administrator has a password.
    Expired,
    /// Another user, who is no administrator, has the name.
    NameTaken,
}

/// A link as it is stored: its end and its id.
struct SetupRow {
    until: Millis,
    id: String,
}

impl Store {
    /// Whether no administrator can log in.
    pub fn setup_needed(&self) -> Result<bool, Error> {
        self.read(is_needed)
    }

    /// The link that works now, else a new one; with `renew` a new one in any case, after which the one before no
    /// longer works. `None`: an administrator has a password.
    pub fn setup_link(&self, renew: bool) -> Result<Option<SetupLink>, Error> {
        let (now, until) = (self.clock.now(), self.clock.from_now(SETUP_LIFE));
        let link = self.write(|t| {
            if !is_needed(t)? {
                return Ok(None);
            }
            if let Some(link) = stored(t)?.filter(|link| !renew && link.works(now, until)) {
                return Ok(Some(link));
            }
            let link = SetupRow { until, id: new_id("") };
            let replace = "INSERT INTO settings (name, value) VALUES ('setup', ?1)
                ON CONFLICT (name) DO UPDATE SET value = ?1";
            t.execute(replace, [format!("{} {}", link.until, link.id)])?;
            note(t, now, AuditAction::SetupLink, "", "")?;
            Ok(Some(link))
        })?;
        Ok(link.map(|link| SetupLink { token: self.sealer.setup_token(&link.id), until: link.until }))
    }

    /// Whether the link with that token would work.
    pub fn opens_setup(&self, token: &Secret) -> Result<bool, Error> {
        self.read(|c| self.opens(c, token))
    }

    /// Adds the first administrator, or sets the password of one without, and ends the link. Of two at once one
    /// succeeds.
    pub fn set_up(&self, token: &Secret, name: &Name, hash: &str) -> Result<SetUp, Error> {
        self.write(|t| {
            if !self.opens(t, token)? {
                return Ok(SetUp::Expired);
            }
            let found = "SELECT id, isAdmin AND name = ?1 FROM users WHERE name = ?1 COLLATE NOCASE
                ORDER BY name = ?1 DESC LIMIT 1";
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
            note(t, self.clock.now(), AuditAction::SetupDone, &id, "")?;
            t.execute("DELETE FROM settings WHERE name = 'setup'", [])?;
            Ok(SetUp::Done(id))
        })
    }

    fn opens(&self, c: &Connection, token: &Secret) -> rusqlite::Result<bool> {
        let (now, until) = (self.clock.now(), self.clock.from_now(SETUP_LIFE));
        let link = stored(c)?.filter(|link| link.works(now, until));
        let fits = link.is_some_and(|link| self.sealer.is_setup_token(&link.id, token.expose()));
        Ok(fits && is_needed(c)?)
    }
}

impl SetupRow {
    /// Whether it works at `now`. One that ends later than one made now was made before the clock was set back.
    fn works(&self, now: Millis, until: Millis) -> bool {
        now < self.until && self.until <= until
    }
}

fn is_needed(c: &Connection) -> rusqlite::Result<bool> {
    c.prepare_cached(NEEDED)?.query_row([], |row| row.get(0))
}

/// The link that is stored; `None` also for a text that is none.
fn stored(c: &Connection) -> rusqlite::Result<Option<SetupRow>> {
    let text: Option<String> = c.prepare_cached(LINK)?.query_row([], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| {
        let (until, id) = text.split_once(' ')?;
        Some(SetupRow { until: until.parse().ok()?, id: id.to_owned() })
    }))
}
