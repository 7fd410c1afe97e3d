//! Restoring: a backup takes the place of the data, which is kept beside it.
//!
//! First the backup is staged: copied into the data folder and verified there, while nothing has changed. Then it is
//! moved in, with every other process kept out. From the moment that `pareia.staged` is called `pareia.restoring` the
//! restore is decided: a crash leaves that folder, and whoever opens the data folder next finishes it before SQLite
//! sees a file. So nobody finds half of it, nor the WAL of one database beside another.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::Connection;

use super::backup::key_of;
use super::copy::{CopyProgress, copy};
use super::data_folder::create_folder;
use super::folder_owner::as_caller;
use super::partial_file::sync_folder;
use super::private_file::create_private;
use super::verify::{BackupContents, open_backup, verify_backup};
use super::{BackupError, stamp};
use crate::domain::clock;
use crate::sync::FileLock;

/// The folder in which a backup is staged, until it is whole.
const STAGING: &str = "pareia.staging";
/// The folder of a backup that is staged whole.
const STAGED: &str = "pareia.staged";
/// The folder of a restore that is decided.
const RESTORING: &str = "pareia.restoring";
/// Within that, the folder of the data before it, as it is called until the restore is over.
const BEFORE: &str = "before";
/// How long a staged backup waits for the start that applies it. One that lay there longer is of a wish that nobody
/// remembers, and data have been written since.
const STAGED_LIFE: Duration = Duration::from_mins(15);
/// How long a restore that a person waits for does so: others may just be closing.
const OWN_WAIT: Duration = Duration::from_millis(250);
/// How long a start waits for other processes to let go of the database that it is to replace.
const OTHERS_WAIT: Duration = Duration::from_secs(10);

/// Where the key of a backup comes from.
#[derive(Clone, Copy, Debug)]
pub enum RestoreKey<'a> {
    /// From the file beside the backup; where there is none, the data folder's own has to fit.
    Found,
    /// From this file.
    File(&'a Path),
    /// It is lost: what is sealed is left out.
    Lost,
}

/// A restore that was done.
#[derive(Clone, Debug)]
pub struct Restored {
    pub contents: BackupContents,
    /// The folder with the data before it; `None`: there were none.
    pub kept: Option<PathBuf>,
}

/// A staged backup that was moved in.
#[derive(Clone, Debug)]
pub struct AppliedRestore {
    /// The folder with the data before it; `None`: there were none.
    pub kept: Option<PathBuf>,
}

/// Restores a backup. Refused while any process has the database of the data folder open.
pub fn restore(
    folder: &Path,
    file: &Path,
    key: RestoreKey,
    on_progress: &mut dyn FnMut(CopyProgress),
) -> Result<Restored, BackupError> {
    create_folder(folder).map_err(|e| BackupError::io(e, folder))?;
    let _one = one_restore(folder)?;
    // Said before the copy is made, which may take long; what counts is the lock that is taken after it.
    drop(alone(folder, Instant::now() + OWN_WAIT)?);
    let contents = stage_alone(folder, file, key, on_progress)?;
    let kept = apply(folder, Instant::now() + OWN_WAIT).inspect_err(|_| discard(folder))?;
    Ok(Restored { contents, kept })
}

/// Copies a backup into the data folder, where it waits for [`apply_staged`], and verifies it there.
pub fn stage(
    folder: &Path,
    file: &Path,
    key: RestoreKey,
    on_progress: &mut dyn FnMut(CopyProgress),
) -> Result<BackupContents, BackupError> {
    let _one = one_restore(folder)?;
    stage_alone(folder, file, key, on_progress)
}

/// Takes the lock that one restore has at a time.
fn one_restore(folder: &Path) -> Result<FileLock, BackupError> {
    let lock = FileLock::acquire(folder, "restore", Instant::now());
    let lock = lock.map_err(|error| BackupError::io(error, folder))?;
    lock.ok_or_else(|| BackupError::InUse(folder.into()))
}

fn stage_alone(
    folder: &Path,
    file: &Path,
    key: RestoreKey,
    on_progress: &mut dyn FnMut(CopyProgress),
) -> Result<BackupContents, BackupError> {
    let staging = folder.join(STAGING);
    discard(folder);
    DirBuilder::new().mode(0o700).create(&staging).map_err(|e| BackupError::io(e, &staging))?;
    let staged = fill(folder, &staging, file, key, on_progress);
    let named = staged.and_then(|contents| {
        let staged = folder.join(STAGED);
        fs::rename(&staging, &staged).map_err(|e| BackupError::io(e, &staged))?;
        sync_folder(folder).map(|()| contents)
    });
    named.inspect_err(|_| discard(folder))
}

/// Moves in what a request staged, at the start that follows it; `None`: nothing is staged, or has been for too long.
pub fn apply_staged(folder: &Path) -> Result<Option<AppliedRestore>, BackupError> {
    let Ok(staged) = fs::metadata(folder.join(STAGED)) else { return Ok(None) };
    let age = staged.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    let applied = if age.is_none_or(|age| age < STAGED_LIFE) {
        apply(folder, Instant::now() + OTHERS_WAIT).map(|kept| Some(AppliedRestore { kept }))
    } else {
        log::warn!("a staged backup was too old to be restored");
        Ok(None)
    };
    // Whatever became of it, no later start does it.
    discard(folder);
    applied
}

/// Finishes a restore that a crash cut short. The caller has the lock of a start.
pub(super) fn finish(folder: &Path) -> Result<Option<PathBuf>, BackupError> {
    let restoring = folder.join(RESTORING);
    if !restoring.exists() {
        return Ok(None);
    }
    if restoring.join("pareia.db").exists() {
        move_in(folder, &restoring)?;
    }
    let kept = keep(folder, &restoring.join(BEFORE))?;
    fs::remove_dir_all(&restoring).map_err(|e| BackupError::io(e, &restoring))?;
    Ok(kept)
}

/// Removes what is staged.
fn discard(folder: &Path) {
    for name in [STAGING, STAGED] {
        fs::remove_dir_all(folder.join(name)).ok();
    }
}

/// Puts database and key into the folder, as they will be, and verifies them.
fn fill(
    folder: &Path,
    staging: &Path,
    file: &Path,
    key: RestoreKey,
    on_progress: &mut dyn FnMut(CopyProgress),
) -> Result<BackupContents, BackupError> {
    let (database, own_key) = (staging.join("pareia.db"), staging.join("pareia.key"));
    let given = match key {
        RestoreKey::File(path) => Some(path.to_owned()),
        RestoreKey::Found => {
            Some(key_of(file)).filter(|beside| beside != file && as_caller(|| beside.exists()))
        }
        RestoreKey::Lost => None,
    };
    let fitting = match key {
        RestoreKey::Lost => None,
        _ => Some(given.clone().unwrap_or_else(|| folder.join("pareia.key"))),
    };
    let (contents, source) = as_caller(|| {
        let contents = verify_backup(file, fitting.as_deref())?;
        let source = open_backup(file).map_err(|e| BackupError::sqlite(e, file))?;
        Ok((contents, source))
    })?;
    create_private(&database).map_err(|e| BackupError::io(e, &database))?;
    copy(&source, &database, on_progress).map_err(|e| BackupError::sqlite(e, &database))?;
    if let Some(given) = given {
        copy_private(&given, &own_key).map_err(|e| BackupError::io(e, &own_key))?;
    }
    if matches!(key, RestoreKey::Lost) {
        leave_out_what_is_sealed(&database).map_err(|e| BackupError::sqlite(e, &database))?;
    }
    let key = fitting.map(|key| if own_key.exists() { own_key.clone() } else { key });
    verify_backup(&database, key.as_deref())?;
    for path in [&database, &own_key, staging].into_iter().filter(|path| path.exists()) {
        sync_folder(path)?;
    }
    Ok(contents)
}

/// Copies what the caller named into a file of the data folder's owner.
fn copy_private(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = as_caller(|| File::open(from))?;
    create_private(to)?;
    io::copy(&mut source, &mut File::create(to)?).map(drop)
}

/// Removes what no key opens any more: the next one would be refused beside it.
fn leave_out_what_is_sealed(database: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(database)?;
    connection.execute_batch("PRAGMA foreign_keys = ON; DELETE FROM integration_credentials")?;
    // Of a release that had none yet.
    if connection.table_exists(None, "saved_settings")? {
        connection.execute_batch("DELETE FROM saved_settings")?;
    }
    Ok(())
}

/// Takes the data folder from every other process, of any program.
fn alone(folder: &Path, deadline: Instant) -> Result<[Option<FileLock>; 2], BackupError> {
    let (lock, database) = (folder.join("pareia.lock"), folder.join("pareia.db"));
    let sorted = |error| BackupError::io(error, &lock);
    let in_use = || BackupError::InUse(folder.into());
    let start = FileLock::acquire(folder, "start", deadline).map_err(sorted)?;
    let start = Some(start.ok_or_else(in_use)?);
    let database_lock = match FileLock::of_database(&database, deadline) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        taken => Some(taken.map_err(|error| BackupError::io(error, &database))?.ok_or_else(in_use)?),
    };
    Ok([start, database_lock])
}

/// Moves in what is staged.
fn apply(folder: &Path, deadline: Instant) -> Result<Option<PathBuf>, BackupError> {
    let _alone = alone(folder, deadline)?;
    finish(folder)?;
    let restoring = folder.join(RESTORING);
    fs::rename(folder.join(STAGED), &restoring).map_err(|e| BackupError::io(e, &restoring))?;
    sync_folder(folder)?;
    finish(folder)
}

/// Keeps the data that are there, and puts the others into their place. May be begun again after any step of it.
fn move_in(folder: &Path, restoring: &Path) -> Result<(), BackupError> {
    let before = restoring.join(BEFORE);
    let path = |name: &str| (folder.join(name), restoring.join(name), before.join(name));
    if !before.exists() {
        DirBuilder::new().mode(0o700).create(&before).map_err(|e| BackupError::io(e, &before))?;
        sync_folder(&before)?;
    }
    // Kept under both names: there is a database and a key at any moment.
    for name in ["pareia.db", "pareia.key"] {
        let (current, _, kept) = path(name);
        unless(&[io::ErrorKind::NotFound, io::ErrorKind::AlreadyExists], fs::hard_link(&current, &kept))
            .map_err(|e| BackupError::io(e, &current))?;
    }
    for name in ["pareia.db-wal", "pareia.db-shm"] {
        let (current, _, kept) = path(name);
        // What came after it was kept is of nobody who waited for the restore to be finished.
        let moved = if kept.exists() { fs::remove_file(&current) } else { fs::rename(&current, &kept) };
        unless(&[io::ErrorKind::NotFound], moved).map_err(|e| BackupError::io(e, &current))?;
    }
    // On the disk before the other database comes: it must never be found beside the WAL of this one.
    sync_folder(&before)?;
    sync_folder(folder)?;
    for name in ["pareia.key", "pareia.db"] {
        let (current, new, _) = path(name);
        unless(&[io::ErrorKind::NotFound], fs::rename(&new, &current))
            .map_err(|e| BackupError::io(e, &current))?;
    }
    sync_folder(folder)
}

/// Gives the data before a restore their name, with its date; `None`: there were none.
fn keep(folder: &Path, before: &Path) -> Result<Option<PathBuf>, BackupError> {
    // Goes only where it is empty, or was never made.
    if fs::remove_dir(before).is_ok() || !before.exists() {
        return Ok(None);
    }
    let name = format!("pareia.before-{}", stamp(clock::now()));
    let names = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name}-{n}") });
    let kept = names.map(|name| folder.join(name)).find(|path| !path.exists()).expect("some name is free");
    fs::rename(before, &kept).map_err(|e| BackupError::io(e, &kept))?;
    sync_folder(folder)?;
    Ok(Some(kept))
}

fn unless(harmless: &[io::ErrorKind], done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if harmless.contains(&error.kind()) => Ok(()),
        other => other,
    }
}
