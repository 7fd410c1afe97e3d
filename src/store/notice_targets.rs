//! The rows of notice targets. What a target needs to be reached is sealed on the disk.

use rusqlite::{OptionalExtension, Row, params};

use super::audit::note;
use super::instances::parsed;
use super::{Error, Store, outbox};
use crate::crypto::new_id;
use crate::domain::{AuditAction, Language, Millis, NoticeChannelKind, QuietHours, Role, Secret};

/// Where notices go.
#[derive(Clone, Debug)]
pub struct NoticeTarget {
    pub id: String,
    /// The id of the user whose target it is.
    pub user: String,
    /// That user's name.
    pub user_name: String,
    /// That user's role.
    pub role: Role,
    /// Whether it is told of everybody's numbers and of servers, or of the user's own alone.
    pub for_all: bool,
    pub channel: NoticeChannelKind,
    /// Where that is, as lists show it.
    pub address: String,
    /// Address, keys and passwords as JSON.
    pub settings: Secret,
    pub language: Language,
    pub quiet: Option<QuietHours>,
    /// Minutes by which its time is ahead of UTC.
    pub utc_offset: i16,
    pub active: bool,
    pub created_at: Millis,
}

/// A target to be added.
pub struct NewNoticeTarget<'a> {
    pub user: &'a str,
    pub for_all: bool,
    pub channel: NoticeChannelKind,
    /// Where that is, as lists show it.
    pub address: &'a str,
    /// Address, keys and passwords as JSON.
    pub settings: &'a Secret,
    pub language: Language,
    pub quiet: Option<QuietHours>,
    pub utc_offset: i16,
}

const QUERY: &str =
    "SELECT n.id, n.userId, u.name, u.role, n.isForAll, n.channel, n.address, n.sealed, n.language,
        n.quietFrom, n.quietTo, n.utcOffset, n.isActive, n.createdAt
    FROM notice_targets n JOIN users u ON u.id = n.userId";
const ACTIVATE: &str = "UPDATE notice_targets SET isActive = 1,
        instanceEvents = (SELECT coalesce(max(id), 0) FROM instance_events),
        serverEvents = (SELECT coalesce(max(id), 0) FROM server_events)
    WHERE id = ?1 AND NOT isActive";

impl Store {
    /// Adds a target, active from now on, and returns its id; `None` when there is no such user.
    pub fn add_notice_target(&self, new: &NewNoticeTarget) -> Result<Option<String>, Error> {
        let id = new_id("n");
        let sealed = self.sealer.seal(&id, new.settings);
        let insert =
            "INSERT INTO notice_targets (id, userId, isForAll, channel, address, sealed, language, quietFrom,
                quietTo, utcOffset, isActive, instanceEvents, serverEvents, createdAt)
            SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, ?11 FROM users WHERE id = ?2";
        let added = self.write(|t| {
            let added = t.execute(
                insert,
                params![
                    id,
                    new.user,
                    new.for_all,
                    new.channel.as_str(),
                    new.address,
                    sealed,
                    new.language.as_str(),
                    new.quiet.map(|quiet| quiet.from),
                    new.quiet.map(|quiet| quiet.to),
                    new.utc_offset,
                    self.clock.now(),
                ],
            )?;
            activate(t, &id)?;
            note(t, self.clock.now(), AuditAction::NoticeAdd, &id, if new.for_all { "all" } else { "" })?;
            Ok(added)
        })?;
        Ok((added == 1).then_some(id))
    }

    /// Every target, or those of that user, oldest first.
    pub fn notice_targets(&self, user: Option<&str>) -> Result<Vec<NoticeTarget>, Error> {
        let query = format!("{QUERY} WHERE ?1 IS NULL OR n.userId = ?1 ORDER BY n.createdAt, n.id");
        let rows: Vec<_> = self.read(|c| c.prepare_cached(&query)?.query_map([user], read)?.collect())?;
        Ok(rows.into_iter().map(|row| self.unseal_target(row)).collect())
    }

    /// The target of that id, if it is that user's.
    pub fn notice_target(&self, id: &str, user: Option<&str>) -> Result<Option<NoticeTarget>, Error> {
        let query = format!("{QUERY} WHERE n.id = ?1 AND (?2 IS NULL OR n.userId = ?2)");
        let row = self.read(|c| c.prepare_cached(&query)?.query_row(params![id, user], read).optional())?;
        Ok(row.map(|row| self.unseal_target(row)))
    }

    /// Begins or stops to tell a target; `false` when there is none of that id. What is pending for one that stops is
    /// given up.
    pub fn set_notice_target_active(&self, id: &str, active: bool) -> Result<bool, Error> {
        let stop = "UPDATE notice_targets SET isActive = 0 WHERE id = ?1";
        let give_up = "UPDATE notice_messages SET outcome = 'given_up', endedAt = ?2
            WHERE targetId = ?1 AND outcome = 'pending'";
        self.write(|t| {
            let action = if active { AuditAction::NoticeEnable } else { AuditAction::NoticeDisable };
            note(t, self.clock.now(), action, id, "")?;
            if active {
                activate(t, id)?;
            } else {
                t.execute(stop, [id])?;
                t.execute(give_up, params![id, self.clock.now()])?;
            }
            t.query_row("SELECT EXISTS (SELECT 1 FROM notice_targets WHERE id = ?1)", [id], |row| row.get(0))
        })
    }

    /// Removes a target and its log; `false` when there is none of that id.
    pub fn remove_notice_target(&self, id: &str) -> Result<bool, Error> {
        self.write(|t| {
            note(t, self.clock.now(), AuditAction::NoticeRemove, id, "")?;
            Ok(t.execute("DELETE FROM notice_targets WHERE id = ?1", [id])? == 1)
        })
    }

    /// Opens the settings of a row. Those that do not open, since somebody's hand wrote them, are empty: one bad row
    /// hides no other, and says so where it is used.
    fn unseal_target(&self, row: NoticeTarget) -> NoticeTarget {
        let settings = self.sealer.open(&row.id, row.settings.expose());
        NoticeTarget { settings: settings.unwrap_or_else(|| Secret::new("")), ..row }
    }
}

/// Tells a target from now on. The first one begins with what happens from now on.
fn activate(t: &rusqlite::Transaction, id: &str) -> rusqlite::Result<usize> {
    let is_first = "SELECT NOT EXISTS (SELECT 1 FROM notice_targets WHERE isActive)";
    if t.query_row(is_first, [], |row| row.get(0))? {
        outbox::skip_past(t)?;
    }
    t.execute(ACTIVATE, [id])
}

/// Reads a row, with its settings still sealed.
fn read(row: &Row) -> rusqlite::Result<NoticeTarget> {
    let (from, to): (Option<u16>, Option<u16>) = (row.get(9)?, row.get(10)?);
    Ok(NoticeTarget {
        id: row.get(0)?,
        user: row.get(1)?,
        user_name: row.get(2)?,
        role: parsed(row, 3, |text| Role::parse(text).ok())?,
        for_all: row.get(4)?,
        channel: parsed(row, 5, NoticeChannelKind::parse)?,
        address: row.get(6)?,
        settings: Secret::new(row.get::<_, String>(7)?),
        language: parsed(row, 8, Language::parse)?,
        quiet: from.zip(to).map(|(from, to)| QuietHours { from, to }),
        utc_offset: row.get(11)?,
        active: row.get(12)?,
        created_at: row.get(13)?,
    })
}
