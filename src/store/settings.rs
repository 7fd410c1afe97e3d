//! What a running server leaves for the commands beside it, and what has outlived its use.

use rusqlite::{Connection, OptionalExtension};

use super::{Error, Store};
use crate::domain::{MILLIS_PER_DAY, Millis, Secret};

/// How long the history of an instance is kept.
pub(super) const HISTORY: Millis = 90 * MILLIS_PER_DAY;
/// Most changes kept of one instance: eleven a day for the time of [`HISTORY`].
pub(super) const CHANGES: u32 = 1000;
/// How long logins and links are kept after their end, which a wrong clock may have brought early.
const ENDED: Millis = 7 * MILLIS_PER_DAY;
/// How long what was set of an instance is kept after its row was deleted: who deletes a number because it does
/// not connect creates it anew soon.
const SAVED: Millis = 30 * MILLIS_PER_DAY;
/// How long it is kept what became of a message to a notice target. What is pending is kept until it is given up.
const MESSAGES: Millis = 30 * MILLIS_PER_DAY;
/// How long the audit trail is kept, and most entries of it; the trigger `audit_entries_kept` says the same.
const AUDIT: Millis = 365 * MILLIS_PER_DAY;
const AUDIT_ENTRIES: i64 = 1_000_000;
/// How far one purge goes beyond the one before, a day earlier: a start with a clock that is years ahead
/// removes nothing that a right clock would have kept.
const STEP: Millis = 2 * MILLIS_PER_DAY;

/// Deletes the changes of each instance beyond its newest.
const SURPLUS: &str = "DELETE FROM instance_events WHERE id IN (
    SELECT e.id FROM instance_events e JOIN (
        SELECT o.instanceId, (SELECT id FROM instance_events n WHERE n.instanceId = o.instanceId
            ORDER BY id DESC LIMIT 1 OFFSET ?1) AS surplus
        FROM instance_events o GROUP BY o.instanceId HAVING count(*) > ?1
    ) USING (instanceId) WHERE e.id <= surplus)";

/// Deletes what is saved of names that have had no row of the same owner for so long.
const FORSAKEN: &str = "DELETE FROM saved_settings WHERE savedAt < ?1 AND NOT EXISTS (
    SELECT 1 FROM messaging_instances i
    WHERE i.channel = saved_settings.channel AND i.channelInstanceId = saved_settings.channelInstanceId
        AND i.userId = saved_settings.userId)";

/// The setting that has when a webhook of a credential's server came last.
pub(super) fn webhook_setting(credential: &str) -> String {
    format!("webhook {credential}")
}

/// The setting that has the mark of a value that was applied last.
fn applied_setting(name: &str) -> String {
    format!("applied {name}")
}

/// Whether the database was created beside an existing key, and has had no credential since.
pub(super) fn is_lost(c: &Connection) -> rusqlite::Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM settings WHERE name = 'lost')
        AND NOT EXISTS (SELECT 1 FROM integration_credentials)";
    c.prepare_cached(query)?.query_row([], |row| row.get(0))
}

/// The value of a setting.
pub(super) fn setting(c: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    let query = "SELECT value FROM settings WHERE name = ?1";
    c.prepare_cached(query)?.query_row([name], |row| row.get(0)).optional()
}

/// Sets the value of a setting.
pub(super) fn set(c: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    let set = "INSERT INTO settings (name, value) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET value = ?2 WHERE value <> ?2";
    c.execute(set, [name, value]).map(drop)
}

impl Store {
    /// Notes that a webhook of that credential's server came now.
    pub fn note_webhook(&self, credential: &str) -> Result<(), Error> {
        self.set_setting(&webhook_setting(credential), &self.clock.now().to_string())
    }

    /// Sets the value of a setting.
    pub fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        self.write(|t| set(t, name, value))
    }

    /// Whether that value of what `serve` is told is the one that was applied last.
    pub fn is_applied(&self, name: &str, value: &Secret) -> Result<bool, Error> {
        let applied = self.setting(&applied_setting(name))?;
        Ok(applied.is_some_and(|mark| mark == self.sealer.setting_mark(value.expose())))
    }

    /// Notes that the value was applied. Only its mark is kept.
    pub fn note_applied(&self, name: &str, value: &Secret) -> Result<(), Error> {
        self.set_setting(&applied_setting(name), &self.sealer.setting_mark(value.expose()))
    }

    /// The value of a setting.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        self.read(|c| setting(c, name))
    }

    /// Notes that the database is new beside an existing key: it may have been lost, which is said until
    /// there is a credential again.
    pub(super) fn note_lost_database(&self) -> Result<(), Error> {
        log::warn!(
            "pareia.db was new or empty beside an existing pareia.key in {}: if a database was here, stop, \
             restore it from the backup and start again",
            self.folder.display()
        );
        self.set_setting("lost", &self.clock.now().to_string())
    }

    /// Whether the database was created beside an existing key, and has had no credential since.
    pub fn is_database_lost(&self) -> Result<bool, Error> {
        self.read(is_lost)
    }

    /// Deletes history beyond its age and length, and logins, links and messages that ended long ago. Returns the
    /// number of rows. Messages carry what they tell, so that none needs the history.
    pub fn purge(&self) -> Result<usize, Error> {
        let before = self.setting("purged")?.and_then(|text| text.parse::<Millis>().ok());
        let now = self.clock.now();
        let moment = before.map_or(now, |before| now.min(before + STEP));
        self.write(|t| {
            // First, since the trail lets nothing go that is younger.
            set(t, "purged", &moment.to_string())?;
            let events = t.execute("DELETE FROM instance_events WHERE at < ?1", [moment - HISTORY])?;
            let sessions = t.execute("DELETE FROM sessions WHERE expiresAt <= ?1", [moment - ENDED])?;
            let links = t.execute("DELETE FROM connect_links WHERE expiresAt <= ?1", [moment - ENDED])?;
            let saved = t.execute(FORSAKEN, [moment - SAVED])?;
            let surplus = t.execute(SURPLUS, [CHANGES])?;
            let servers = t.execute("DELETE FROM server_events WHERE at < ?1", [moment - HISTORY])?;
            let spans = t.execute("DELETE FROM server_spans WHERE endedAt < ?1", [moment - HISTORY])?;
            let moves = t.execute("DELETE FROM instance_moves WHERE at < ?1", [moment - HISTORY])?;
            let messages =
                t.execute("DELETE FROM notice_messages WHERE endedAt < ?1", [moment - MESSAGES])?;
            let audit = t.execute(
                "DELETE FROM audit_entries WHERE at < ?1 OR id <= (SELECT max(id) FROM audit_entries) - ?2",
                [moment - AUDIT, AUDIT_ENTRIES],
            )?;
            Ok(events + sessions + links + saved + surplus + servers + spans + moves + messages + audit)
        })
    }
}
