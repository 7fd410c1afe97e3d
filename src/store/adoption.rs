//! Rows for instances that are upstream already, and where the rows' instances are.

use rusqlite::params;

use super::audit::note;
use super::instances::is_own;
use super::{Error, Store, description, linked, unmanaged};
use crate::crypto::new_id;
use crate::domain::{
    AuditAction, Channel, Credential, LinkedSince, Millis, Name, Phone, Reason, Status, UpstreamName,
};

/// A row to be written for an instance that is there.
pub struct Adoption<'a> {
    pub channel: Channel,
    pub name: &'a Name,
    /// What the instance is called upstream.
    pub upstream_name: &'a UpstreamName,
    pub phone: &'a Phone,
    /// What people call it, where its name upstream is not the row's.
    pub display_name: Option<&'a str>,
    /// The id of the owner.
    pub user: &'a str,
    /// Its server.
    pub credential: &'a Credential,
    pub upstream_id: Option<&'a str>,
    pub status: Status,
    pub reason: Reason,
    /// When a phone was last seen paired.
    pub paired_at: Option<Millis>,
    /// The phone that is linked.
    pub linked: Option<LinkedSince>,
}

/// Where a row's instance is.
#[derive(Debug)]
pub struct RowHome {
    /// The row's name.
    pub name: String,
    /// What the instance is called upstream.
    pub upstream_name: String,
    claimed_url: Option<String>,
    upstream_id: Option<String>,
}

impl RowHome {
    /// Whether the instance with that id, which the server at that address lists under the name, is the row's own.
    pub fn owns(&self, base_url: &str, listed: Option<&str>) -> bool {
        is_own(self.claimed_url.as_deref() == Some(base_url), self.upstream_id.as_deref(), listed)
    }
}

impl Store {
    /// Where the instance of each row is.
    pub fn row_homes(&self) -> Result<Vec<RowHome>, Error> {
        let query =
            "SELECT channelInstanceId, coalesce(upstreamName, channelInstanceId), claimedUrl, upstreamId
            FROM messaging_instances";
        self.read(|c| {
            c.prepare_cached(query)?
                .query_map([], |row| {
                    Ok(RowHome {
                        name: row.get(0)?,
                        upstream_name: row.get(1)?,
                        claimed_url: row.get(2)?,
                        upstream_id: row.get(3)?,
                    })
                })?
                .collect()
        })
    }

    /// Writes the row, and gives its id; `None` where another row has its name, or the instance.
    pub fn adopt_instance(&self, adoption: &Adoption) -> Result<Option<String>, Error> {
        let id = new_id("c");
        let [linked_number, linked_key, profile_name, linked_seen_at] =
            linked::columns(adoption.linked.as_ref());
        let now = self.clock.now();
        self.write(|t| {
            let insert = t.prepare_cached(
                "INSERT INTO messaging_instances (id, channel, channelInstanceId, upstreamName, channelPhoneOrId,
                     userId, credentialId, claimedUrl, upstreamId, status, statusReason, pairedAt,
                     linkedNumber, linkedKey, profileName, linkedSeenAt, createdAt, updatedAt)
                 SELECT ?1, ?2, ?3, nullif(?4, ?3), ?5, ?6, id, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17
                 FROM integration_credentials c WHERE id = ?7 AND NOT EXISTS (
                     SELECT 1 FROM messaging_instances i
                     WHERE CAST(coalesce(i.upstreamName, i.channelInstanceId) AS TEXT) = ?4 AND i.credentialId = c.id)
                 ON CONFLICT (channel, channelInstanceId) DO NOTHING",
            );
            let written = insert?.execute(params![
                id,
                adoption.channel.as_str(),
                adoption.name.as_str(),
                adoption.upstream_name.as_str(),
                adoption.phone.as_str(),
                adoption.user,
                adoption.credential.id,
                adoption.credential.base_url,
                adoption.upstream_id,
                adoption.status.as_str(),
                adoption.reason.word(),
                adoption.paired_at,
                linked_number,
                linked_key,
                profile_name,
                linked_seen_at,
                now,
            ])?;
            if written == 0 {
                return Ok(None);
            }
            if let Some(display_name) = adoption.display_name {
                description::name_new_row(t, &id, display_name, now)?;
            }
            note(t, now, AuditAction::InstanceAdopt, &id, &adoption.credential.id)?;
            unmanaged::note_doubled(t, adoption.upstream_name.as_str(), now)?;
            Ok(Some(id))
        })
    }
}
