//! Sessions of browsers. A cookie is returned once, when its session begins, and stored as its hash, as
//! tokens are.

use rusqlite::{OptionalExtension, params};

use super::audit::note;
use super::passwords::Account;
use super::people::role;
use super::{Error, Store};
use crate::crypto::{new_id, new_secret, sha256};
use crate::domain::{AuditAction, Caller, Millis, Secret};

const MINUTE: Millis = 60 * 1000;
/// A session without requests ends after this time: it lasts a night, not a weekend.
const IDLE: Millis = 12 * 60 * MINUTE;
/// Longest life of a session.
pub const SESSION_LIFE: Millis = 7 * 24 * 60 * MINUTE;
/// Most sessions of one user; a further one ends the one that was used longest ago.
const MAX_SESSIONS: u32 = 32;

/// A session that is to begin.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Who has logged in.
    pub user: &'a str,
    /// The hash that the password was checked against: no session begins if it was changed meanwhile.
    pub hash: &'a str,
    /// The browser as it names itself.
    pub client: &'a str,
    /// Where the login came from.
    pub address: &'a str,
    /// The session that this one replaces.
    pub replaces: Option<&'a str>,
    /// What was shown beside the password, as the trail tells it.
    pub shown: &'a str,
}

/// A valid session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Names the session to end it.
    pub id: String,
    /// Who is logged in.
    pub caller: Caller,
    /// That user's name.
    pub user: String,
    /// When the session ends at the latest.
    pub expires_at: Millis,
    /// Whether its use is to be written down: at most once a minute.
    pub note_due: bool,
}

/// A session as lists show it.
#[derive(Debug)]
pub struct SessionLine {
    /// Names the session to end it.
    pub id: String,
    /// Who is logged in.
    pub user: String,
    /// The browser as it named itself.
    pub client: String,
    /// Where the login came from.
    pub address: String,
    /// When it logged in.
    pub created_at: Millis,
    /// When its last request came, to the minute.
    pub last_seen_at: Millis,
    /// When the session ends at the latest.
    pub expires_at: Millis,
}

/// The condition that the session `s` is valid at ?2; idle ones were last seen at ?3 or before.
const HOLDS: &str = "s.expiresAt > ?2 AND s.lastSeenAt > ?3";

impl Store {
    /// Begins a session and returns its cookie; `None` when the password was changed meanwhile. Deletes
    /// the user's sessions that have ended.
    pub fn add_session(&self, new: &NewSession) -> Result<Option<Secret>, Error> {
        let (cookie, now) = (new_secret(), self.clock.now());
        let insert =
            "INSERT INTO sessions (id, userId, hash, client, address, createdAt, lastSeenAt, expiresAt)
            SELECT ?1, id, ?3, ?4, ?5, ?6, ?6, ?7 FROM users WHERE id = ?2 AND passwordHash = ?8";
        let crowd = "DELETE FROM sessions WHERE userId = ?1 AND id NOT IN
            (SELECT id FROM sessions WHERE userId = ?1 ORDER BY lastSeenAt DESC, createdAt DESC, rowid DESC LIMIT ?2)";
        let over = "DELETE FROM sessions WHERE expiresAt <= ?1 OR lastSeenAt <= ?2 OR id = ?3";
        let (id, hash, until) = (new_id("s"), sha256(cookie.expose().as_bytes()), now + SESSION_LIFE);
        let begun = self.write(|t| {
            t.execute(over, params![now, now - IDLE, new.replaces])?;
            let row = params![id, new.user, hash, new.client, new.address, now, until, new.hash];
            let begun = t.execute(insert, row)?;
            t.execute(crowd, params![new.user, MAX_SESSIONS])?;
            if begun == 1 {
                note(t, now, AuditAction::SessionBegin, new.user, new.shown)?;
            }
            Ok(begun)
        })?;
        Ok((begun == 1).then_some(cookie))
    }

    /// The mark that a browser keeps after a login to the account. A new password makes it invalid.
    pub fn browser_mark(&self, account: &Account) -> Secret {
        self.sealer.browser_mark(&marked(account))
    }

    /// Whether that is the mark of a browser that logged in to the account with its present password.
    pub fn is_browser_mark(&self, account: &Account, mark: &str) -> bool {
        self.sealer.is_browser_mark(&marked(account), mark)
    }

    /// The session of that cookie; `None` when there is none, or it has ended.
    pub fn session(&self, cookie: &str) -> Result<Option<Session>, Error> {
        let query = format!(
            "SELECT s.id, s.userId, u.role, u.name, s.expiresAt, s.lastSeenAt
             FROM sessions s JOIN users u ON u.id = s.userId WHERE s.hash = ?1 AND {HOLDS}"
        );
        let now = self.clock.now();
        self.read(|c| {
            c.prepare_cached(&query)?
                .query_row(params![sha256(cookie.as_bytes()), now, now - IDLE], |row| {
                    Ok(Session {
                        id: row.get(0)?,
                        caller: Caller::of(row.get::<_, String>(1)?, role(row, 2)?),
                        user: row.get(3)?,
                        expires_at: row.get(4)?,
                        note_due: row.get::<_, Millis>(5)? <= now - MINUTE,
                    })
                })
                .optional()
        })
    }

    /// Writes down that the session was seen.
    pub fn note_session(&self, id: &str) -> Result<(), Error> {
        let note = "UPDATE sessions SET lastSeenAt = ?2 WHERE id = ?1";
        self.write(|t| t.execute(note, params![id, self.clock.now()])).map(drop)
    }

    /// The valid sessions of a user, the last used first.
    pub fn sessions(&self, user: &str) -> Result<Vec<SessionLine>, Error> {
        let query = format!(
            "SELECT s.id, u.name, s.client, s.address, s.createdAt, s.lastSeenAt, s.expiresAt
             FROM sessions s JOIN users u ON u.id = s.userId
             WHERE s.userId = ?1 AND {HOLDS} ORDER BY s.lastSeenAt DESC, s.createdAt DESC, s.id"
        );
        let now = self.clock.now();
        self.read(|c| {
            c.prepare_cached(&query)?.query_map(params![user, now, now - IDLE], read_line)?.collect()
        })
    }

    /// Ends a session, if it is of `user`, where one is named; `false` when there is none such.
    pub fn end_session(&self, id: &str, user: Option<&str>) -> Result<bool, Error> {
        let of = "SELECT userId FROM sessions WHERE id = ?1 AND (?2 IS NULL OR userId = ?2)";
        self.write(|t| {
            let of: Option<String> = t.query_row(of, params![id, user], |row| row.get(0)).optional()?;
            if let Some(of) = &of {
                note(t, self.clock.now(), AuditAction::SessionEnd, of, "")?;
                t.execute("DELETE FROM sessions WHERE id = ?1", [id])?;
            }
            Ok(of.is_some())
        })
    }
}

/// The text that a browser's mark authenticates: user and hash, neither of which contains the separator.
fn marked(account: &Account) -> String {
    format!("{}\n{}", account.user, account.hash.as_deref().unwrap_or_default())
}

fn read_line(row: &rusqlite::Row) -> rusqlite::Result<SessionLine> {
    Ok(SessionLine {
        id: row.get(0)?,
        user: row.get(1)?,
        client: row.get(2)?,
        address: row.get(3)?,
        created_at: row.get(4)?,
        last_seen_at: row.get(5)?,
        expires_at: row.get(6)?,
    })
}
