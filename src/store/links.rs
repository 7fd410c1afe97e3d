//! Connect links: tokens that show one instance's code to whoever holds them.
//!
//! A token is returned once and stored as its hash. A trigger of the database marks a link as used once its
//! instance connects, whoever writes that.

use rusqlite::{OptionalExtension, params};

use super::audit::note;
use super::listing::read_target;
use super::{Error, InstanceRef, Store};
use crate::crypto::{new_id, new_link_token, token_hash};
use crate::domain::{AuditAction, Millis, Secret};

/// Most unused links of one instance; another one ends the oldest. Enough for each of a shop's people, and
/// few enough for an overview.
const MAX_ACTIVE: u32 = 20;

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
        self.add_link_with(&target.id, new_link_token(), lifetime, Some(target))
    }

    /// Makes the link that a message has for an instance, or lets it live for that long from now on; `None` when a phone
    /// is connected, or the row is gone. A message that is sent again has the same link.
    pub fn renew_link(
        &self,
        instance: &str,
        message: &str,
        lifetime: Millis,
    ) -> Result<Option<NewLink>, Error> {
        self.add_link_with(instance, self.sealer.link_token(message, instance), lifetime, None)
    }

    fn add_link_with(
        &self,
        instance: &str,
        token: Secret,
        lifetime: Millis,
        made_for: Option<&InstanceRef>,
    ) -> Result<Option<NewLink>, Error> {
        let created_at = self.clock.now();
        let new = NewLink { id: new_id("l"), token, expires_at: created_at + lifetime };
        let hash = token_hash(new.token.expose());
        let added = self.write(|t| {
            let over = "DELETE FROM connect_links WHERE instanceId = ?1 AND (expiresAt <= ?2 OR id IN (
                SELECT id FROM connect_links WHERE instanceId = ?1 AND usedAt IS NULL AND expiresAt > ?2
                ORDER BY createdAt DESC, rowid DESC LIMIT -1 OFFSET ?3))";
            t.execute(over, params![instance, created_at, MAX_ACTIVE - 1])?;
            let insert =
                "INSERT INTO connect_links (id, instanceId, hash, createdAt, expiresAt, credentialId)
                SELECT ?1, id, ?3, ?4, ?5, ?6 FROM messaging_instances WHERE id = ?2 AND status <> 'connected'
                ON CONFLICT (hash) DO UPDATE SET expiresAt = excluded.expiresAt, usedAt = NULL";
            let only_at = made_for.and_then(|target| target.only_at.as_ref());
            let link = params![new.id, instance, hash, created_at, new.expires_at, only_at];
            let added = t.execute(insert, link)?;
            if added == 1 && made_for.is_some() {
                note(t, created_at, AuditAction::LinkCreate, instance, "")?;
            }
            Ok(added)
        })?;
        Ok((added == 1).then_some(new))
    }

    /// The links of an instance that still show its code, newest first.
    pub fn links(&self, instance: &str) -> Result<Vec<LinkLine>, Error> {
        self.read(|c| {
            c.prepare_cached(
                "SELECT id, createdAt, expiresAt FROM connect_links
                 WHERE instanceId = ?1 AND usedAt IS NULL AND expiresAt > ?2
                 ORDER BY createdAt DESC, rowid DESC",
            )?
            .query_map(params![instance, self.clock.now()], |row| {
                Ok(LinkLine { id: row.get(0)?, created_at: row.get(1)?, expires_at: row.get(2)? })
            })?
            .collect()
        })
    }

    /// Ends every link of an instance; how many showed its code.
    pub fn revoke_links(&self, instance: &str) -> Result<usize, Error> {
        self.write(|t| {
            let revoked = t.execute("DELETE FROM connect_links WHERE instanceId = ?1", [instance])?;
            if revoked > 0 {
                note(t, self.clock.now(), AuditAction::LinkRevoke, instance, "")?;
            }
            Ok(revoked)
        })
    }

    /// Ends one link of an instance; `false` when it has none of that id, or that one had ended already.
    pub fn revoke_link(&self, instance: &str, id: &str) -> Result<bool, Error> {
        let end = "DELETE FROM connect_links
            WHERE instanceId = ?1 AND id = ?2 AND usedAt IS NULL AND expiresAt > ?3";
        let now = self.clock.now();
        self.write(|t| {
            let ended = t.execute(end, params![instance, id, now])? == 1;
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
                        l.expiresAt, l.usedAt IS NOT NULL AS used,
                        iif(i.credentialId <> l.credentialId, NULL, l.credentialId) AS onlyAt
                 FROM connect_links l JOIN messaging_instances i ON i.id = l.instanceId WHERE l.hash = ?1",
            )?
            .query_row([token_hash(token)], |row| {
                // Where somebody else has moved the row since, it is no longer kept.
                let target = InstanceRef { only_at: row.get("onlyAt")?, ..read_target(row)? };
                Ok(Link { target, expires_at: row.get("expiresAt")?, used: row.get("used")? })
            })
            .optional()
        })
    }
}
