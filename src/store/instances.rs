//! The rows of instances, one for each name. Knows no list and no history.

use std::io;
use std::time::Instant;

use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, RowIndex, Transaction, params};

use super::audit::note;
use super::capacity::has_room;
use super::{Error, Store, linked, saved_settings, scans};
use crate::crypto::new_id;
use crate::domain::{
    AuditAction, Channel, LinkedPhone, LinkedSince, Millis, Name, Phone, Reason, ScanEvidence, Secret,
    Status, UpstreamName,
};
use crate::sync::FileLock;

/// A row as calls and actions read and write it.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceRow {
    /// The row's id, which never changes.
    pub id: String,
    pub user: String,
    /// What the instance is called upstream.
    pub upstream_name: UpstreamName,
    /// The phone of the last call; `None` where the row, which somebody edited by hand, holds none.
    pub phone: Option<Phone>,
    /// The credential last used; `None` when that was removed.
    pub credential: Option<String>,
    pub status: Status,
    /// Why the status is what it is.
    pub reason: Option<Reason>,
    /// The last code answered, a PNG as data URI.
    pub qr_code: Option<Secret>,
    /// When the code was first seen.
    pub qr_since: Option<Millis>,
    /// When a phone was last seen connected on this server.
    pub paired_at: Option<Millis>,
    /// The phone that is linked; `None`: not seen since the pairing.
    pub linked: Option<LinkedSince>,
    /// The server on which the instance was created or adopted.
    pub claimed_url: Option<String>,
    /// The instance's id upstream, which survives a move of the server.
    pub upstream_id: Option<String>,
    /// Until when a create that was sent may be under way.
    pub create_out_until: Option<Millis>,
    /// Until when a `connect` that was sent may open a socket.
    pub connect_out_until: Option<Millis>,
    /// What has become of its codes.
    pub scans: ScanEvidence,
}

/// Whether the instance that a server lists under a row's name is the row's own: the one that was
/// created or adopted for it, which may have moved along with its server. `here` says whether that
/// was under this server's address.
pub(super) fn is_own(here: bool, own: Option<&str>, listed: Option<&str>) -> bool {
    match (own, listed) {
        // A name can be deleted and created anew by hand: another id is another instance.
        (Some(own), Some(listed)) => own == listed,
        // Lists leave out what is being removed or not loaded; 1.8 has instances without an id.
        _ => here,
    }
}

impl InstanceRow {
    /// Whether the instance with that id, which the server at that address lists under the name, is the
    /// row's own.
    pub fn owns(&self, base_url: &str, listed: Option<&str>) -> bool {
        is_own(self.claimed_url.as_deref() == Some(base_url), self.upstream_id.as_deref(), listed)
    }

    /// Whether the row says that two sockets replace each other.
    pub fn is_fighting(&self) -> bool {
        self.status == Status::Error && self.reason == Some(Reason::Fighting)
    }

    /// Whether the row shows a code that a phone may have scanned.
    pub fn shows_code(&self) -> bool {
        self.status == Status::Connecting && self.qr_code.is_some()
    }

    /// Sets the status. The reason is that of the change: it stays as long as the status does.
    pub fn become_status(&mut self, status: Status, reason: Reason) {
        if self.status != status {
            self.status = status;
            self.reason = Some(reason);
        }
    }

    /// Sets the code, and when it was first seen.
    pub fn show_code(&mut self, image: &Secret, now: Millis) {
        if self.qr_code.as_ref() != Some(image) || self.qr_since.is_none() {
            self.qr_since = Some(now);
        }
        self.qr_code = Some(image.clone());
    }

    /// Notes the phone that is linked, if another was known.
    pub fn note_linked(&mut self, phone: &LinkedPhone, now: Millis) {
        if self.linked.as_ref().is_none_or(|known| known.phone != *phone) {
            self.linked = Some(LinkedSince { phone: phone.clone(), at: now });
        }
    }

    /// Forgets the phone: none is paired.
    pub fn forget_phone(&mut self) {
        self.paired_at = None;
        self.linked = None;
    }

    /// Forgets what became of codes: they say nothing of the next.
    pub fn forget_scans(&mut self) {
        self.scans = ScanEvidence::default();
    }

    /// Removes the code: there is none, or nobody may use it.
    pub fn hide_code(&mut self) {
        self.qr_code = None;
        self.qr_since = None;
    }
}

/// What became of a row that was to be written.
#[derive(Debug)]
pub enum NewRow {
    Written(Box<InstanceRow>),
    /// The name has a row already, whoever owns it, or its instance at that server has.
    Taken,
    /// The server has as many rows as it may have.
    Full,
}

impl Store {
    /// Takes the lock of a name among all processes, under which its row and its instance upstream are
    /// changed. `None` when another has it until `deadline`.
    pub fn instance_lock(
        &self,
        channel: Channel,
        name: &str,
        deadline: Instant,
    ) -> io::Result<Option<FileLock>> {
        FileLock::acquire(&self.folder, &format!("{}.{name}", channel.as_str()), deadline)
    }

    /// The row of that name.
    pub fn instance(&self, channel: Channel, name: &Name) -> Result<Option<InstanceRow>, Error> {
        self.read(|c| {
            c.prepare_cached(
                "SELECT id, userId, channelPhoneOrId, credentialId, status, statusReason, qrCode, qrSince,
                        pairedAt, linkedNumber, profileName, linkedSeenAt, claimedUrl, upstreamId,
                        createOutUntil, connectOutUntil, scanCodes, scanReturns, scanCodeAt,
                        coalesce(upstreamName, channelInstanceId) AS upstreamName
                 FROM messaging_instances WHERE channel = ?1 AND channelInstanceId = ?2",
            )?
            .query_row([channel.as_str(), name.as_str()], read_row)
            .optional()
        })
    }

    /// The user id of the owner of that name's row.
    pub fn instance_owner(&self, channel: Channel, name: &Name) -> Result<Option<String>, Error> {
        let query = "SELECT userId FROM messaging_instances WHERE channel = ?1 AND channelInstanceId = ?2";
        self.read(|c| {
            c.prepare_cached(query)?.query_row([channel.as_str(), name.as_str()], |r| r.get(0)).optional()
        })
    }

    /// Writes a pending row; `None` when the name has a row already, whoever owns it, or its instance at that server has.
    pub fn add_instance(
        &self,
        channel: Channel,
        name: &Name,
        phone: &Phone,
        user: &str,
        credential: &str,
    ) -> Result<Option<InstanceRow>, Error> {
        Ok(match self.place_instance(channel, name, phone, user, (credential, false))? {
            NewRow::Written(row) => Some(*row),
            NewRow::Taken | NewRow::Full => None,
        })
    }

    /// The same at a server that was chosen for it: with `true`, only where that has room still.
    pub fn place_instance(
        &self,
        channel: Channel,
        name: &Name,
        phone: &Phone,
        user: &str,
        (credential, within_capacity): (&str, bool),
    ) -> Result<NewRow, Error> {
        let instance = InstanceRow {
            id: new_id("c"),
            user: user.to_owned(),
            upstream_name: UpstreamName::from(name),
            phone: Some(phone.clone()),
            credential: Some(credential.to_owned()),
            status: Status::Pending,
            reason: Some(Reason::Asked),
            qr_code: None,
            qr_since: None,
            paired_at: None,
            linked: None,
            claimed_url: None,
            upstream_id: None,
            create_out_until: None,
            connect_out_until: None,
            scans: ScanEvidence::default(),
        };
        let now = self.clock.now();
        self.write(|t| {
            if within_capacity && !has_room(t, credential)? {
                return Ok(NewRow::Full);
            }
            let insert = t.prepare_cached(
                "INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId,
                     userId, credentialId, status, statusReason, createdAt, updatedAt)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9 WHERE NOT EXISTS (
                     SELECT 1 FROM messaging_instances i
                     WHERE CAST(coalesce(i.upstreamName, i.channelInstanceId) AS TEXT) = ?3 AND i.credentialId = ?6)
                 ON CONFLICT (channel, channelInstanceId) DO NOTHING",
            );
            let added = insert?.execute(params![
                instance.id,
                channel.as_str(),
                name.as_str(),
                phone.as_str(),
                user,
                credential,
                instance.status.as_str(),
                instance.reason.map(Reason::word),
                now
            ])?;
            if added == 0 {
                return Ok(NewRow::Taken);
            }
            note(t, now, AuditAction::InstanceCreate, &instance.id, "")?;
            Ok(NewRow::Written(Box::new(instance)))
        })
    }

    /// Saves the row; `false` when it is gone.
    pub fn save_instance(&self, instance: &InstanceRow) -> Result<bool, Error> {
        let now = self.clock.now();
        Ok(self.write(|t| save(t, instance, now))? == 1)
    }

    /// The same for an act, which is noted with it.
    pub fn save_act(&self, instance: &InstanceRow, action: AuditAction, detail: &str) -> Result<bool, Error> {
        let now = self.clock.now();
        let saved = self.write(|t| {
            note(t, now, action, &instance.id, detail)?;
            save(t, instance, now)
        });
        Ok(saved? == 1)
    }

    /// Deletes a row that is still as its call wrote it: nothing upstream belongs to it, and nobody has said anything
    /// of it or has a link to it.
    pub fn withdraw_instance(&self, id: &str) -> Result<(), Error> {
        let is_as_written =
            "SELECT EXISTS (SELECT 1 FROM messaging_instances WHERE id = ?1 AND status = 'pending'
            AND coalesce(displayName, note, labels) IS NULL
            AND NOT EXISTS (SELECT 1 FROM connect_links WHERE instanceId = ?1))";
        self.write(|t| {
            if t.query_row(is_as_written, [id], |row| row.get(0))? {
                note(t, self.clock.now(), AuditAction::InstanceDelete, id, "withdrawn")?;
                t.execute("DELETE FROM messaging_instances WHERE id = ?1", [id])?;
            }
            Ok(())
        })
    }

    /// Deletes the row with its history and its links; what was set of its instance stays saved for a while; `false` when it is gone already.
    pub fn delete_instance(&self, id: &str) -> Result<bool, Error> {
        let now = self.clock.now();
        let deleted = self.write(|t| {
            note(t, now, AuditAction::InstanceDelete, id, "")?;
            saved_settings::note_deleted(t, id, now)?;
            t.execute("DELETE FROM messaging_instances WHERE id = ?1", [id])
        })?;
        Ok(deleted == 1)
    }
}

/// Saves the row within a transaction; how many there were.
pub(super) fn save(t: &Transaction, instance: &InstanceRow, now: Millis) -> rusqlite::Result<usize> {
    let [linked_number, linked_key, profile_name, linked_seen_at] = linked::columns(instance.linked.as_ref());
    t.prepare_cached(
        "UPDATE messaging_instances SET channelPhoneOrId = coalesce(?2, channelPhoneOrId), status = ?4,
             credentialId = (SELECT id FROM integration_credentials WHERE id = ?3),
             qrCode = ?5, pairedAt = ?6, claimedUrl = ?7, upstreamId = ?8, createOutUntil = ?9,
             connectOutUntil = ?10, updatedAt = ?11, statusReason = ?12, qrSince = ?13,
             linkedNumber = ?14, linkedKey = ?15, profileName = ?16, linkedSeenAt = ?17,
             scanCodes = ?18, scanReturns = ?19, scanCodeAt = ?20
         WHERE id = ?1",
    )?
    .execute(params![
        instance.id,
        instance.phone.as_ref().map(Phone::as_str),
        instance.credential,
        instance.status.as_str(),
        instance.qr_code.as_ref().map(Secret::expose),
        instance.paired_at,
        instance.claimed_url,
        instance.upstream_id,
        instance.create_out_until,
        instance.connect_out_until,
        now,
        instance.reason.map(Reason::word),
        instance.qr_since,
        linked_number,
        linked_key,
        profile_name,
        linked_seen_at,
        instance.scans.codes,
        instance.scans.returns,
        instance.scans.last_code,
    ])
}

/// Reads columns by position: looking them up by name would cost more than all the rest.
fn read_row(row: &Row) -> rusqlite::Result<InstanceRow> {
    Ok(InstanceRow {
        id: row.get(0)?,
        user: row.get(1)?,
        phone: row.get_ref(2)?.as_str().ok().and_then(Phone::of_row),
        credential: row.get(3)?,
        status: parsed(row, 4, Status::parse)?,
        reason: row.get_ref(5)?.as_str_or_null()?.and_then(Reason::parse),
        qr_code: row.get_ref(6)?.as_str_or_null()?.map(Secret::new),
        qr_since: row.get(7)?,
        paired_at: row.get(8)?,
        linked: linked::read(row, [9, 10, 11])?,
        claimed_url: row.get(12)?,
        upstream_id: row.get(13)?,
        create_out_until: row.get(14)?,
        connect_out_until: row.get(15)?,
        scans: scans::read(row, 16)?,
        upstream_name: parsed(row, 19, UpstreamName::parse)?,
    })
}

/// A row's channel.
pub(super) fn channel(row: &Row, column: impl RowIndex) -> rusqlite::Result<Channel> {
    parsed(row, column, |text| Channel::parse(text).ok())
}

/// A column that holds one of our words, by its name or its position; an error where it was edited by hand.
pub(super) fn parsed<T>(
    row: &Row,
    column: impl RowIndex,
    parse: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let index = column.idx(row.as_ref())?;
    let found = row.get_ref(index)?.as_str().ok().and_then(parse);
    found.ok_or_else(|| {
        let name = row.as_ref().column_name(index).unwrap_or_default();
        rusqlite::Error::InvalidColumnType(index, name.to_owned(), Type::Text)
    })
}
