//! What became of the last backup and of the last restore, for whoever watches over them.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::backup::WrittenBackup;
use super::move_in::AppliedRestore;
use super::{BackupError, Error, Inspection, Store};
use crate::domain::{Millis, clock};

/// The setting of the last backup that was made.
const MADE: &str = "backup_made";
/// The setting of those that failed since; empty: none.
const FAILED: &str = "backup_failed";
/// The setting of the last restore that was asked for on the page.
const RESTORED: &str = "restored";
/// How long a command beside a server tries to note a backup.
const WAIT: Duration = Duration::from_secs(1);

/// What is known of backups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastBackup {
    /// The last that was made; `None`: none ever was.
    pub made: Option<MadeBackup>,
    /// The failures since; `None`: there were none.
    pub failed: Option<FailedBackup>,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeBackup {
    pub at: Millis,
    /// Its file, which may have been moved since.
    pub file: String,
    pub bytes: u64,
}

/// Backups that failed since the last that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedBackup {
    /// When the first of them failed.
    pub since: Millis,
    /// When the last did.
    pub at: Millis,
    pub count: u32,
    /// The code of the last one's error.
    pub code: String,
}

/// What became of a restore that was asked for on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRestore {
    pub at: Millis,
    /// The folder that has the data before it.
    pub kept: Option<String>,
    /// The code of its error; `None`: it was done.
    pub failed: Option<String>,
}

impl MadeBackup {
    fn of(made: &WrittenBackup, at: Millis) -> Self {
        Self { at, file: made.file.to_string_lossy().into_owned(), bytes: made.contents.bytes }
    }
}

impl Store {
    /// What is known of the last backups.
    pub fn last_backup(&self) -> Result<LastBackup, Error> {
        Ok(LastBackup { made: self.note(MADE)?, failed: self.note(FAILED)? })
    }

    /// Notes a backup that was made.
    pub fn note_backup(&self, made: &WrittenBackup) -> Result<(), Error> {
        self.set_setting(MADE, &json(&MadeBackup::of(made, self.clock.now())))?;
        self.set_setting(FAILED, "")
    }

    /// Notes one that failed; of several in a row, the first is an event that people are told of.
    pub fn note_failed_backup(&self, code: &str) -> Result<(), Error> {
        let (now, before) = (self.clock.now(), self.note::<FailedBackup>(FAILED)?);
        let (since, count) = before.map_or((now, 0), |before| (before.since, before.count));
        let failed = FailedBackup { since, at: now, count: count.saturating_add(1), code: code.to_owned() };
        if count == 0 {
            let event = "INSERT INTO server_events (credentialId, at, kind, detail)
                VALUES (NULL, ?1, 'backup_failed', ?2)";
            self.write(|t| t.execute(event, rusqlite::params![now, code]))?;
        }
        self.set_setting(FAILED, &json(&failed))
    }

    /// What became of the last restore that was asked for on the page.
    pub fn last_restore(&self) -> Result<Option<LastRestore>, Error> {
        self.note(RESTORED)
    }

    /// Notes what became of a restore that was asked for on the page.
    pub fn note_restore(&self, done: &Result<AppliedRestore, BackupError>) -> Result<(), Error> {
        let kept = done.as_ref().ok().and_then(|done| done.kept.as_ref());
        let kept = kept.map(|kept| kept.to_string_lossy().into_owned());
        let failed = done.as_ref().err().map(|error| error.code().to_owned());
        self.set_setting(RESTORED, &json(&LastRestore { at: self.clock.now(), kept, failed }))
    }

    fn note<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        Ok(parsed(self.setting(name)?))
    }
}

impl Inspection {
    /// What is known of the last backups.
    pub fn last_backup(&self) -> Result<LastBackup, Error> {
        Ok(LastBackup { made: parsed(self.setting(MADE)?), failed: parsed(self.setting(FAILED)?) })
    }
}

/// A note out of its setting; `None` for what another release wrote and this one cannot read.
fn parsed<T: DeserializeOwned>(setting: Option<String>) -> Option<T> {
    serde_json::from_str(&setting?).ok()
}

/// Notes a backup that a command made, which opens no store: of whichever release the database is, it stays as it is.
/// Without effect where it cannot be written.
pub fn note_backup_beside(folder: &Path, made: &WrittenBackup) {
    let noted = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(folder.join("pareia.db"), flags)?;
        connection.busy_timeout(WAIT)?;
        let set = "INSERT INTO settings (name, value) VALUES (?1, ?2), (?3, '')
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        connection.execute(set, [MADE, &json(&MadeBackup::of(made, clock::now())), FAILED])
    };
    if let Err(error) = noted() {
        log::warn!("the backup could not be noted: {error}");
    }
}

fn json(note: &impl Serialize) -> String {
    serde_json::to_string(note).expect("texts and numbers are JSON")
}
