//! The rows as the monitor reads and writes them: few columns of many rows, many times a day.

use rusqlite::{Row, params};

use super::instances::{channel, is_own, parsed};
use super::{Error, Store, linked};
use crate::domain::{Channel, LinkedSince, Millis, Reason, Status, UpstreamName};

/// The columns of a row that the monitor needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitoredRow {
    /// The `rowid`, by which the monitor takes rows in turns.
    pub row_id: i64,
    pub channel: Channel,
    pub name: String,
    /// What the instance is called upstream, where that is another name.
    pub upstream_name: Option<UpstreamName>,
    pub status: Status,
    /// Why that is so.
    pub reason: Option<Reason>,
    /// When a phone was last seen connected.
    pub paired_at: Option<Millis>,
    /// The phone that is linked; `None`: not seen since the pairing.
    pub linked: Option<LinkedSince>,
    /// Whether the instance was created or adopted under this very address.
    pub claimed: bool,
    /// The instance's id upstream.
    pub upstream_id: Option<String>,
    /// Until when a create or `connect` that was sent may change something upstream.
    pub out_until: Millis,
    /// When anything in the row changed last.
    pub updated_at: Millis,
}

/// The new status of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedStatus {
    pub status: Status,
    pub reason: Reason,
    /// When a phone was last seen connected; `None`: none is paired.
    pub paired_at: Option<Millis>,
    /// That phone, as far as it is known.
    pub linked: Option<LinkedSince>,
}

impl MonitoredRow {
    /// The name that the instance has upstream.
    pub fn listed_name(&self) -> &str {
        self.upstream_name.as_ref().map_or(&self.name, UpstreamName::as_str)
    }

    /// Whether the instance with that id, which the server lists under the name, is the row's own.
    pub fn owns(&self, listed: Option<&str>) -> bool {
        is_own(self.claimed, self.upstream_id.as_deref(), listed)
    }

    /// Whether the row says that a phone is connected.
    pub fn is_connected(&self) -> bool {
        self.status == Status::Connected
    }

    /// Whether the row says that two sockets replace each other.
    pub fn is_fighting(&self) -> bool {
        self.status == Status::Error && self.reason == Some(Reason::Fighting)
    }
}

impl Store {
    /// The rows whose instances the server may know, in the order of their `rowid`s.
    pub fn monitored_rows(&self, credential: &str, base_url: &str) -> Result<Vec<MonitoredRow>, Error> {
        self.read(|c| {
            c.prepare_cached(
                "SELECT rowid, channel, channelInstanceId, status, statusReason, pairedAt,
                        claimedUrl = ?2, upstreamId,
                        max(coalesce(createOutUntil, 0), coalesce(connectOutUntil, 0)), updatedAt,
                        linkedNumber, profileName, linkedSeenAt, upstreamName
                 FROM messaging_instances WHERE credentialId = ?1 AND claimedUrl IS NOT NULL
                     -- A word of somebody's hand costs its own row only.
                     AND channel IN (SELECT name FROM channels)
                 ORDER BY rowid",
            )?
            .query_map([credential, base_url], read)?
            .collect()
        })
    }

    /// A number that changes with every change of the database by any process.
    pub fn version(&self) -> Result<i64, Error> {
        // Always of the same connection: it counts what the others change.
        self.read_with_first(|c| c.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0)))
    }

    /// The credentials of servers where a row is connecting.
    pub fn pairing_at(&self) -> Result<Vec<String>, Error> {
        // The signs keep SQLite off the index of credentials, which leads to whole rows, and on that of lists.
        let query = "SELECT DISTINCT +credentialId FROM messaging_instances
            WHERE status = 'connecting' AND +credentialId IS NOT NULL";
        self.read(|c| c.prepare_cached(query)?.query_map([], |row| row.get(0))?.collect())
    }

    /// Writes the status of a row; `false` where anything in the row has changed since it was read. Removes
    /// the code where nobody can scan it any more.
    pub fn note_status(&self, row: &MonitoredRow, noted: &NotedStatus) -> Result<bool, Error> {
        let [linked_number, linked_key, profile_name, linked_seen_at] =
            linked::columns(noted.linked.as_ref());
        let rows = self.write(|t| {
            t.prepare_cached(
                "UPDATE messaging_instances SET status = ?4, statusReason = ?5, updatedAt = ?6, pairedAt = ?8,
                     linkedNumber = ?9, linkedKey = ?10, profileName = ?11, linkedSeenAt = ?12,
                     qrCode = CASE WHEN ?4 = 'connecting' THEN qrCode END,
                     qrSince = CASE WHEN ?4 = 'connecting' THEN qrSince END
                 WHERE channel = ?1 AND channelInstanceId = ?2 AND updatedAt = ?3 AND status = ?7",
            )?
            .execute(params![
                row.channel.as_str(),
                row.name,
                row.updated_at,
                noted.status.as_str(),
                noted.reason.word(),
                self.clock.now(),
                row.status.as_str(),
                noted.paired_at,
                linked_number,
                linked_key,
                profile_name,
                linked_seen_at,
            ])
        })?;
        Ok(rows == 1)
    }
}

/// Reads columns by position, as `instances::read_row` does.
fn read(row: &Row) -> rusqlite::Result<MonitoredRow> {
    Ok(MonitoredRow {
        row_id: row.get(0)?,
        channel: channel(row, 1)?,
        name: row.get(2)?,
        status: parsed(row, 3, Status::parse)?,
        reason: row.get_ref(4)?.as_str_or_null()?.and_then(Reason::parse),
        paired_at: row.get(5)?,
        claimed: row.get(6)?,
        upstream_id: row.get(7)?,
        out_until: row.get(8)?,
        updated_at: row.get(9)?,
        linked: linked::read(row, [10, 11, 12])?,
        upstream_name: row.get_ref(13)?.as_str_or_null()?.and_then(UpstreamName::parse),
    })
}
