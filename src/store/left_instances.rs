//! Rows that move to another server, and what each left on the one that it moved from until that is removed there.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::capacity::has_room;
use super::instances::{InstanceRow, save};
use super::listing::read_target;
use super::{Error, InstanceRef, Store, audit};
use crate::domain::{AuditAction, Millis, Status};

/// What a row left on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftInstance {
    /// The credential of that server.
    pub credential: String,
    /// The id there of what it left.
    pub upstream_id: Option<String>,
    /// When a phone was last seen connected there.
    pub paired_at: Option<Millis>,
}

/// What became of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowMove {
    Done,
    /// The server that it was to move to has as many rows as it may have.
    Full,
    /// The row is gone.
    Gone,
}

/// Rows whose left instances are removed at once, at most: the others have their turn next.
const AT_ONCE: u32 = 50;
/// Takes an instance out of the list of a server that does not have it any more.
const UNLIST: &str = "DELETE FROM unmanaged_instances WHERE credentialId = ?2 AND name = (
    SELECT coalesce(upstreamName, channelInstanceId) FROM messaging_instances WHERE id = ?1)";

impl Store {
    /// Moves a row to the server that it names, with what it leaves, in one transaction. Where it moves back to a
    /// server, what it had left there is its own again. `within_capacity`: only where that server has room.
    pub fn move_instance(
        &self,
        row: &InstanceRow,
        left: Option<&LeftInstance>,
        within_capacity: bool,
    ) -> Result<RowMove, Error> {
        let (to, now) = (row.credential.as_deref().unwrap_or_default(), self.clock.now());
        self.write(|t| {
            if within_capacity && !has_room(t, to)? {
                return Ok(RowMove::Full);
            }
            if save(t, row, now)? == 0 {
                return Ok(RowMove::Gone);
            }
            audit::note(t, now, AuditAction::InstanceMove, &row.id, to)?;
            forget(t, &row.id, to)?;
            left.map_or(Ok(()), |left| note(t, &row.id, left, now)).map(|()| RowMove::Done)
        })
    }

    /// What the row left on other servers, the oldest first.
    pub fn left_instances(&self, instance: &str) -> Result<Vec<LeftInstance>, Error> {
        let query = "SELECT credentialId, upstreamId, pairedAt FROM left_instances WHERE instanceId = ?1
            ORDER BY leftAt, credentialId";
        self.read(|c| c.prepare_cached(query)?.query_map([instance], read)?.collect())
    }

    /// What the row left on the server of that credential.
    pub fn left_instance(&self, instance: &str, credential: &str) -> Result<Option<LeftInstance>, Error> {
        let query = "SELECT credentialId, upstreamId, pairedAt FROM left_instances
            WHERE instanceId = ?1 AND credentialId = ?2";
        self.read(|c| c.prepare_cached(query)?.query_row([instance, credential], read).optional())
    }

    /// Forgets what the row left there: nothing of it is there any more. Where it `was_removed` from here, that is noted,
    /// and what the server's list said of it is forgotten as well.
    pub fn forget_left_instance(
        &self,
        instance: &str,
        credential: &str,
        was_removed: bool,
    ) -> Result<(), Error> {
        self.write(|t| {
            if was_removed {
                audit::note(t, self.clock.now(), AuditAction::InstanceRemove, instance, credential)?;
                t.execute(UNLIST, [instance, credential])?;
            }
            forget(t, instance, credential)
        })
    }

    /// The rows that are connected where they moved to, and have left something elsewhere: the next ones after an id.
    pub fn rows_with_left_instances(&self, after: &str) -> Result<Vec<InstanceRef>, Error> {
        let query = "SELECT id, userId, channel, channelInstanceId, channelPhoneOrId, credentialId FROM messaging_instances
            WHERE status = ?1 AND id > ?2 AND id IN (SELECT instanceId FROM left_instances) ORDER BY id LIMIT ?3";
        let values = params![Status::Connected.as_str(), after, AT_ONCE];
        self.read(|c| c.prepare_cached(query)?.query_map(values, read_target)?.collect())
    }

    /// The rows that the credential's server has, by name.
    pub fn rows_at(&self, credential: &str) -> Result<Vec<InstanceRef>, Error> {
        let query = "SELECT id, userId, channel, channelInstanceId, channelPhoneOrId, credentialId FROM messaging_instances
            WHERE credentialId = ?1 ORDER BY channelInstanceId";
        self.read(|c| c.prepare_cached(query)?.query_map([credential], read_target)?.collect())
    }
}

fn read(row: &Row) -> rusqlite::Result<LeftInstance> {
    Ok(LeftInstance { credential: row.get(0)?, upstream_id: row.get(1)?, paired_at: row.get(2)? })
}

fn note(t: &Transaction, instance: &str, left: &LeftInstance, now: Millis) -> rusqlite::Result<()> {
    let note = "INSERT INTO left_instances (instanceId, credentialId, upstreamId, pairedAt, leftAt)
        SELECT ?1, id, ?3, ?4, ?5 FROM integration_credentials WHERE id = ?2
        ON CONFLICT (instanceId, credentialId) DO UPDATE
            SET upstreamId = excluded.upstreamId, pairedAt = excluded.pairedAt, leftAt = excluded.leftAt";
    t.prepare_cached(note)?
        .execute(params![instance, left.credential, left.upstream_id, left.paired_at, now])
        .map(drop)
}

fn forget(t: &Transaction, instance: &str, credential: &str) -> rusqlite::Result<()> {
    let forget = "DELETE FROM left_instances WHERE instanceId = ?1 AND credentialId = ?2";
    t.prepare_cached(forget)?.execute([instance, credential]).map(drop)
}
