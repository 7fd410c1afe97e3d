//! Rows that are written for numbers which people list, before anything upstream is touched.

use rusqlite::{OptionalExtension, Transaction, params};

use super::audit::note;
use super::capacity::has_room;
use super::description::{describe, describe_new_row};
use super::listing::texts;
use super::{Error, Store};
use crate::crypto::new_id;
use crate::domain::{AuditAction, Channel, Description, Millis, Name, Phone, Status};

/// A number to be written: a new row, or the texts of one that is there.
pub struct NumberWrite {
    /// The id of the row that is there, whose texts change.
    pub row: Option<String>,
    pub name: Name,
    pub phone: Phone,
    /// The id of the owner.
    pub user: String,
    /// The server it is meant for; `None`: the first call chooses.
    pub credential: Option<String>,
    pub description: Description,
}

/// What is there under a name.
#[derive(Debug, Default)]
pub struct NamedRow {
    pub id: String,
    /// The id of the owner.
    pub user: String,
    pub phone: String,
    pub credential: Option<String>,
    pub display_name: String,
    pub note: String,
    pub labels: Vec<String>,
}

impl Store {
    /// The row of that name.
    pub fn named_row(&self, channel: Channel, name: &Name) -> Result<Option<NamedRow>, Error> {
        let query = "SELECT id, userId, channelPhoneOrId, credentialId, coalesce(displayName, ''), coalesce(note, ''),
                 labels FROM messaging_instances WHERE channel = ?1 AND channelInstanceId = ?2";
        self.read(|c| {
            c.prepare_cached(query)?
                .query_row([channel.as_str(), name.as_str()], |row| {
                    Ok(NamedRow {
                        id: row.get(0)?,
                        user: row.get(1)?,
                        phone: row.get(2)?,
                        credential: row.get(3)?,
                        display_name: row.get(4)?,
                        note: row.get(5)?,
                        labels: texts(row, 6)?,
                    })
                })
                .optional()
        })
    }

    /// The server in use that has an instance of that name with a phone, and no row there.
    pub fn paired_unmanaged(&self, channel: Channel, name: &Name) -> Result<Option<String>, Error> {
        let query =
            "SELECT c.name FROM unmanaged_instances u JOIN integration_credentials c ON c.id = u.credentialId
            WHERE u.name = ?2 AND u.isPhone AND u.isPaired AND c.isActive AND c.type = ?1 LIMIT 1";
        self.read(|c| {
            c.prepare_cached(query)?.query_row([channel.as_str(), name.as_str()], |row| row.get(0)).optional()
        })
    }

    /// Writes numbers with what people say of them, all in one transaction; whether each was written. One whose name or
    /// place is taken by now, or whose row is gone, is not.
    pub fn write_numbers(&self, channel: Channel, numbers: &[&NumberWrite]) -> Result<Vec<bool>, Error> {
        let now = self.clock.now();
        let write = |t: &Transaction, number: &NumberWrite| match &number.row {
            Some(id) => describe(t, id, None, &number.description, now),
            None => add(t, channel, number, now),
        };
        self.write(|t| numbers.iter().map(|number| write(t, number)).collect())
    }
}

fn add(t: &Transaction, channel: Channel, number: &NumberWrite, now: Millis) -> rusqlite::Result<bool> {
    let NumberWrite { name, phone, user, credential, description, .. } = number;
    if credential.as_deref().map_or(Ok(false), |server| has_room(t, server).map(|has_room| !has_room))? {
        return Ok(false);
    }
    let id = new_id("c");
    let insert = "INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId,
             credentialId, status, createdAt, updatedAt)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8 WHERE NOT EXISTS (
             SELECT 1 FROM messaging_instances i
             WHERE CAST(coalesce(i.upstreamName, i.channelInstanceId) AS TEXT) = ?3 AND i.credentialId = ?6)
         ON CONFLICT (channel, channelInstanceId) DO NOTHING";
    let added = t.prepare_cached(insert)?.execute(params![
        id,
        channel.as_str(),
        name.as_str(),
        phone.as_str(),
        user,
        credential,
        Status::Pending.as_str(),
        now
    ])?;
    if added == 1 {
        note(t, now, AuditAction::InstanceCreate, &id, "import")?;
    }
    if added == 1 && !description.is_empty() {
        describe_new_row(t, &id, description, now)?;
    }
    Ok(added == 1)
}
