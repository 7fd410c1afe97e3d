//! What became of the last backup and of the last restore, for whoever watches over them.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::audit;
use super::backup::WrittenBackup;
use super::move_in::AppliedRestore;
use super::settings::{set, setting};
use super::{BackupError, Error, Inspection, Store};
use crate::domain::{AuditAction, Millis, clock};

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
        self.read(last)
    }

    /// Notes a backup that was made.
    pub fn note_backup(&self, made: &WrittenBackup) -> Result<(), Error> {
        let made = MadeBackup::of(made, self.clock.now());
        self.write(|t| note_made(t, &made))
    }

    /// Notes one that failed; of several in a row, the first is an event that people are told of.
    pub fn note_failed_backup(&self, code: &str) -> Result<(), Error> {
        let now = self.clock.now();
        self.write(|t| {
            let before = note::<FailedBackup>(t, FAILED)?;
            let (since, count) = before.map_or((now, 0), |before| (before.since, before.count));
            if count == 0 {
                let event = "INSERT INTO server_events (credentialId, at, kind, detail)
                    VALUES (NULL, ?1, 'backup_failed', ?2)";
                t.execute(event, params![now, code])?;
            }
            let count = count.saturating_add(1);
            set(t, FAILED, &json(&FailedBackup { since, at: now, count, code: code.to_owned() }))
        })
    }

    /// What became of the last restore that was asked for on the page.
    pub fn last_restore(&self) -> Result<Option<LastRestore>, Error> {
        self.read(|c| note(c, RESTORED))
    }

    /// Notes what became of a restore that was asked for on the page.
    pub fn note_restore(&self, done: &Result<AppliedRestore, BackupError>) -> Result<(), Error> {
        let kept = done.as_ref().ok().and_then(|done| done.kept.as_ref());
        let kept = kept.map(|kept| kept.to_string_lossy().into_owned());
        let failed = done.as_ref().err().map(|error| error.code().to_owned());
        self.set_setting(RESTORED, &json(&LastRestore { at: self.clock.now(), kept, failed }))
    }
}

impl Inspection {
    /// What is known of the last backups.
    pub fn last_backup(&self) -> Result<LastBackup, Error> {
        self.read(last)
    }
}

fn last(c: &Connection) -> rusqlite::Result<LastBackup> {
    Ok(LastBackup { made: note(c, MADE)?, failed: note(c, FAILED)? })
}

/// A note out of its setting; `None` for what another release wrote and this one cannot read.
fn note<T: DeserializeOwned>(c: &Connection, name: &str) -> rusqlite::Result<Option<T>> {
    Ok(setting(c, name)?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Notes a backup that was made, after which none has failed.
fn note_made(t: &Transaction, made: &MadeBackup) -> rusqlite::Result<()> {
    set(t, MADE, &json(made))?;
    set(t, FAILED, "")
}

/// Notes a backup that a command made, which opens no store: of whichever release the database is, it stays as it is.
/// Without effect where it cannot be written.
pub fn note_backup_beside(folder: &Path, made: &WrittenBackup) {
    let noted = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(folder.join("pareia.db"), flags)?;
        connection.busy_timeout(WAIT)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        note_made(&transaction, &MadeBackup::of(made, clock::now()))?;
        // The tables of an earlier release have no trail.
        audit::note(&transaction, clock::now(), AuditAction::BackupMake, &made.file.to_string_lossy(), "")
            .ok();
        transaction.commit()
    };
    if let Err(error) = noted() {
        log::warn!("the backup could not be noted: {error}");
    }
}

fn json(note: &impl Serialize) -> String {
    serde_json::to_string(note).expect("texts and numbers are JSON")
}
