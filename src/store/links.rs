//! Connect links: tokens that show one instance's code to whoever holds them.
//!
//! A token is stored as its hash. A person is shown it once; a message that is sent again has the same, worked out from
//! the link's id. A trigger of the database marks a link as used once its instance connects, whoever writes that. What
//! was used or revoked stays so: another trigger refuses to clear either.

use rusqlite::{OptionalExtension, Transaction, params};

use super::audit::note;
use super::listing::read_target;
use super::{Error, InstanceRef, Store};
use crate::crypto::{new_id, new_link_token, token_hash};
use crate::domain::{AuditAction, Millis, Secret};

/// Most unused links of one instance; another one ends the oldest. Enough for each of a shop's people, and
/// few enough for an overview.
const MAX_ACTIVE: u32 = 20;
/// What makes a link of the instance `?1` one that shows its code at the moment `?2`.
const ACTIVE: &str = "instanceId = ?1 AND usedAt IS NULL AND revokedAt IS NULL AND expiresAt > ?2";

/// A new link, with its token.
#[derive(Debug)]
pub struct NewLink {
    pub id: String,
    pub token: Secret,
    /// From when on the link shows nothing.
    pub expires_at: Millis,
}

/// A link as lists show it.
#[derive(Debug)]
pub struct LinkLine {
    pub id: String,
    pub created_at: Millis,
    /// From when on the link shows nothing.
    pub expires_at: Millis,
}

/// The link of a token that somebody presented.
#[derive(Debug)]
pub struct Link {
    /// The instance that it connects.
    pub target: InstanceRef,
    /// What people call it.
    pub display_name: Option<String>,
    /// From when on the link shows nothing.
    pub expires_at: Millis,
    /// Whether the instance connected since: it shows no code any more.
    pub used: bool,
}

impl Link {
    /// Whether the link has expired at that moment.
    pub fn is_expired(&self, now: Millis) -> bool {
        self.expires_at <= now
    }
}

impl Store {
    /// Makes a link for an instance; `None` when a phone is connected, or the row is gone. It reaches no further than
    /// whoever makes it.
    pub fn add_link(&self, target: &InstanceRef, lifetime: Millis) -> Result<Option<NewLink>, Error> {
        let now = self.clock.now();
        let new = NewLink { id: new_id("l"), token: new_link_token(), expires_at: now + lifetime };
        let owner = LinkOwner::Person { only_at: target.only_at.as_deref() };
        let is_added = self.write(|t| {
            let is_added = insert(t, &new, &target.id, &owner, now)?;
            if is_added {
                note(t, now, AuditAction::LinkCreate, &target.id, "")?;
            }
            Ok(is_added)
        })?;
        Ok(is_added.then_some(new))
    }

    /// The link that a message has for an instance, made when it is first asked for, which lives for that long from now
    /// on; `None` when it has ended but for its age, a phone is connected, or the row or the message is gone.
    pub fn message_link(
        &self,
        message: &str,
        instance: &str,
        lifetime: Millis,
    ) -> Result<Option<NewLink>, Error> {
        let now = self.clock.now();
        let of = |id: String| NewLink { token: self.sealer.link_token(&id), id, expires_at: now + lifetime };
        let found = "SELECT id, usedAt IS NULL AND revokedAt IS NULL FROM connect_links
            WHERE messageId = ?1 AND instanceId = ?2";
        let renew = "UPDATE connect_links SET expiresAt = ?2 WHERE id = ?1";
        self.write(|t| {
            let read = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?));
            let found: Option<(String, bool)> = t.query_row(found, [message, instance], read).optional()?;
            match found {
                Some((_, false)) => Ok(None),
                Some((id, true)) => {
                    let link = of(id);
                    t.execute(renew, params![link.id, link.expires_at])?;
                    end_surplus(t, instance, now).map(|()| Some(link))
                }
                None => {
                    let new = of(new_id("l"));
                    let is_added = insert(t, &new, instance, &LinkOwner::Message(message), now)?;
                    Ok(is_added.then_some(new))
                }
            }
        })
    }

    /// The links of an instance that still show its code, newest first.
    pub fn links(&self, instance: &str) -> Result<Vec<LinkLine>, Error> {
        let query = format!(
            "SELECT id, createdAt, expiresAt FROM connect_links WHERE {ACTIVE} ORDER BY createdAt DESC, rowid DESC"
        );
        self.read(|c| {
            c.prepare_cached(&query)?
                .query_map(params![instance, self.clock.now()], |row| {
                    Ok(LinkLine { id: row.get(0)?, created_at: row.get(1)?, expires_at: row.get(2)? })
                })?
                .collect()
        })
    }

    /// Ends every link of an instance; how many showed its code.
    pub fn revoke_links(&self, instance: &str) -> Result<u32, Error> {
        let active = format!("SELECT count(*) FROM connect_links WHERE {ACTIVE}");
        let end = "UPDATE connect_links SET revokedAt = ?2 WHERE instanceId = ?1 AND revokedAt IS NULL";
        let now = self.clock.now();
        self.write(|t| {
            let active = t.query_row(&active, params![instance, now], |row| row.get(0))?;
            if t.execute(end, params![instance, now])? > 0 {
                note(t, now, AuditAction::LinkRevoke, instance, "")?;
            }
            Ok(active)
        })
    }

    /// Ends one link of an instance; `false` when it has none of that id, or that one had ended already.
    pub fn revoke_link(&self, instance: &str, id: &str) -> Result<bool, Error> {
        let end = format!("UPDATE connect_links SET revokedAt = ?2 WHERE {ACTIVE} AND id = ?3");
        let now = self.clock.now();
        self.write(|t| {
            let ended = t.execute(&end, params![instance, now, id])? == 1;
            if ended {
                note(t, now, AuditAction::LinkRevoke, instance, id)?;
            }
            Ok(ended)
        })
    }

    /// The link of that token, expired or not; `None` when it is nobody's, or was revoked.
    pub fn link(&self, token: &str) -> Result<Option<Link>, Error> {
        self.read(|c| {
            c.prepare_cached(
                "SELECT i.id, i.userId, i.channel, i.channelInstanceId, i.channelPhoneOrId, i.credentialId,
                        i.displayName, l.expiresAt, l.usedAt IS NOT NULL AS used,
                        iif(i.credentialId <> l.credentialId, NULL, l.credentialId) AS onlyAt
                 FROM connect_links l JOIN messaging_instances i ON i.id = l.instanceId
                 WHERE l.hash = ?1 AND l.revokedAt IS NULL",
            )?
            .query_row([token_hash(token)], |row| {
                // Where somebody else has moved the row since, it is no longer kept.
                let target = InstanceRef { only_at: row.get("onlyAt")?, ..read_target(row)? };
                Ok(Link {
                    target,
                    display_name: row.get("displayName")?,
                    expires_at: row.get("expiresAt")?,
                    used: row.get("used")?,
                })
            })
            .optional()
        })
    }
}

/// Who asked for a link.
enum LinkOwner<'a> {
    /// A person, and the server alone that it connects on; `None`: any.
    Person { only_at: Option<&'a str> },
    /// The message of that id.
    Message(&'a str),
}

/// Writes a link of an instance that no phone is connected to, and ends the oldest beyond [`MAX_ACTIVE`]. Those of
/// messages outlast their end, so that no message that is sent again has another.
fn insert(
    t: &Transaction,
    new: &NewLink,
    instance: &str,
    owner: &LinkOwner,
    now: Millis,
) -> rusqlite::Result<bool> {
    let insert =
        "INSERT INTO connect_links (id, instanceId, hash, createdAt, expiresAt, credentialId, messageId)
        SELECT ?1, id, ?3, ?4, ?5, ?6, ?7 FROM messaging_instances WHERE id = ?2 AND status <> 'connected'
            AND (?7 IS NULL OR EXISTS (SELECT 1 FROM notice_messages m WHERE m.id = ?7))";
    let ended = "DELETE FROM connect_links WHERE instanceId = ?1 AND messageId IS NULL
        AND (revokedAt IS NOT NULL OR expiresAt <= ?2)";
    let (only_at, message) = match owner {
        LinkOwner::Person { only_at } => (*only_at, None),
        LinkOwner::Message(id) => (None, Some(*id)),
    };
    let hash = token_hash(new.token.expose());
    let link = params![new.id, instance, hash, now, new.expires_at, only_at, message];
    let is_added = t.execute(insert, link)? == 1;
    end_surplus(t, instance, now)?;
    t.execute(ended, params![instance, now])?;
    Ok(is_added)
}

/// Ends the oldest links of an instance beyond [`MAX_ACTIVE`].
fn end_surplus(t: &Transaction, instance: &str, now: Millis) -> rusqlite::Result<()> {
    let end = format!(
        "UPDATE connect_links SET revokedAt = ?2 WHERE id IN (SELECT id FROM connect_links WHERE {ACTIVE}
            ORDER BY createdAt DESC, rowid DESC LIMIT -1 OFFSET {MAX_ACTIVE})"
    );
    t.execute(&end, params![instance, now]).map(drop)
}
