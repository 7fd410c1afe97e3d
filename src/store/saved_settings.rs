//! What people set of instances upstream, sealed, and what of it has to be put back. Belongs to a name and its
//! owner: a row of somebody else with that name neither sees nor gets it.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::{Error, Store};
use crate::domain::{
    Channel, InstanceSettings, Millis, Name, Reason, Restoration, RestoreReport, SavedSettings, SettingsKind,
};

/// The settings saved of a row.
const OF_ROW: &str = "FROM saved_settings s JOIN messaging_instances i
        ON i.channel = s.channel AND i.channelInstanceId = s.channelInstanceId AND i.userId = s.userId
    WHERE s.channel = ?1 AND s.channelInstanceId = ?2";

impl Store {
    /// What is saved of the row of that name.
    pub fn saved_settings(&self, channel: Channel, name: &Name) -> Result<Option<SavedSettings>, Error> {
        let query = format!("SELECT s.sealed, s.awaited, s.createdAt, s.createdId {OF_ROW}");
        let found: Option<(String, Option<Restoration>)> = self.read(|c| {
            let read = |row: &Row| Ok((row.get(0)?, restoration(row)?));
            c.prepare_cached(&query)?.query_row([channel.as_str(), name.as_str()], read).optional()
        })?;
        Ok(found.and_then(|(sealed, restoration)| {
            let opened = self.sealer.open(&seal_id(channel, name), &sealed);
            let settings = opened.as_ref().and_then(InstanceSettings::from_json);
            if settings.is_none() {
                log::error!(
                    "the settings saved of {name} cannot be opened: they were sealed with another key"
                );
            }
            Some(SavedSettings { settings: settings?, restoration })
        }))
    }

    /// Saves what is set of the row of that name.
    pub fn save_settings(
        &self,
        channel: Channel,
        name: &Name,
        settings: &InstanceSettings,
    ) -> Result<(), Error> {
        let sealed = self.sealer.seal(&seal_id(channel, name), &settings.to_json());
        let save = "INSERT INTO saved_settings (channel, channelInstanceId, userId, sealed, savedAt)
            SELECT channel, channelInstanceId, userId, ?3, ?4 FROM messaging_instances
                WHERE channel = ?1 AND channelInstanceId = ?2
            ON CONFLICT (channel, channelInstanceId) DO UPDATE SET
                sealed = excluded.sealed, savedAt = excluded.savedAt, userId = excluded.userId,
                awaited = CASE WHEN userId = excluded.userId THEN awaited ELSE '' END";
        let values = params![channel.as_str(), name.as_str(), sealed, self.clock.now()];
        self.write(|t| t.prepare_cached(save)?.execute(values)).map(drop)
    }

    /// Notes that a create leaves, after which all that is saved has to be put back: what that is, if anything.
    pub fn begin_restoration(
        &self,
        channel: Channel,
        name: &Name,
    ) -> Result<Option<InstanceSettings>, Error> {
        let Some(saved) = self.saved_settings(channel, name)? else { return Ok(None) };
        let kinds = saved.settings.kinds();
        if kinds.is_empty() {
            return Ok(None);
        }
        let begin = "UPDATE saved_settings SET awaited = ?3, createdAt = ?4, createdId = NULL
            WHERE channel = ?1 AND channelInstanceId = ?2";
        let awaited = SettingsKind::join(kinds);
        let values = params![channel.as_str(), name.as_str(), awaited, self.clock.now()];
        self.write(|t| t.prepare_cached(begin)?.execute(values))?;
        Ok(Some(saved.settings))
    }

    /// Notes what was put back on the instance of that id, in the history too, and what is still missing there.
    pub fn note_restoration(
        &self,
        channel: Channel,
        name: &Name,
        created_id: Option<&str>,
        awaited: &BTreeSet<SettingsKind>,
        report: &RestoreReport,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let key = [channel.as_str(), name.as_str()];
        let lines = [
            (Reason::SettingsRestored, report.restored_text()),
            (Reason::SettingsMissing, report.not_restored_text()),
        ];
        self.write(|t| {
            t.prepare_cached(
                "UPDATE saved_settings SET awaited = ?3, createdId = ?4
                 WHERE channel = ?1 AND channelInstanceId = ?2",
            )?
            .execute(params![
                key[0],
                key[1],
                SettingsKind::join(awaited.iter().copied()),
                created_id
            ])?;
            for (reason, kinds) in lines {
                if let Some(kinds) = kinds {
                    note_event(t, key, now, reason, &kinds)?;
                }
            }
            Ok(())
        })
    }

    /// Notes that nothing has to be put back: no create of ours made the instance.
    pub fn end_restoration(&self, channel: Channel, name: &Name) -> Result<(), Error> {
        let end = "UPDATE saved_settings SET awaited = '', createdAt = NULL, createdId = NULL
            WHERE channel = ?1 AND channelInstanceId = ?2 AND createdAt IS NOT NULL";
        self.write(|t| t.prepare_cached(end)?.execute([channel.as_str(), name.as_str()])).map(drop)
    }
}

/// A line of the history beside those of the status.
fn note_event(
    t: &Transaction,
    [channel, name]: [&str; 2],
    now: Millis,
    reason: Reason,
    detail: &str,
) -> rusqlite::Result<usize> {
    let note = "INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason, detail)
        SELECT id, ?3, status, status, ?4, ?5 FROM messaging_instances
        WHERE channel = ?1 AND channelInstanceId = ?2";
    t.prepare_cached(note)?.execute(params![channel, name, now, reason.word(), detail])
}

/// What the settings of a name are sealed for.
fn seal_id(channel: Channel, name: &Name) -> String {
    format!("settings {} {name}", channel.as_str())
}

/// Reads `awaited`, `createdAt` and `createdId`.
fn restoration(row: &Row) -> rusqlite::Result<Option<Restoration>> {
    let awaited = SettingsKind::parse_all(row.get_ref(1)?.as_str()?);
    let created_at: Option<Millis> = row.get(2)?;
    let created_id = row.get(3)?;
    let is_missing = !awaited.is_empty();
    Ok(created_at.filter(|_| is_missing).map(|created_at| Restoration { awaited, created_at, created_id }))
}

/// Makes the settings saved of a row that is deleted last for a while longer.
pub(super) fn note_deleted(t: &Transaction, instance: &str, now: Millis) -> rusqlite::Result<usize> {
    let note = "UPDATE saved_settings SET savedAt = ?2, awaited = ''
        WHERE (channel, channelInstanceId, userId) IN
            (SELECT channel, channelInstanceId, userId FROM messaging_instances WHERE id = ?1)";
    t.execute(note, params![instance, now])
}
