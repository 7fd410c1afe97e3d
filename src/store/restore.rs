//! Restoring: a backup takes the place of the data, which is kept beside it.
//!
//! First the backup is staged, while nothing has changed. Then it is moved in, with every other process kept out.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::BackupError;
use super::copy::CopyProgress;
use super::data_folder::create_folder;
use super::move_in::{AppliedRestore, finish, move_in};
use super::staging::{RestoreKey, discard, stage_alone, staged_for};
use super::verify::BackupContents;
use crate::sync::FileLock;

/// How long a staged backup waits for the start that applies it. One that lay there longer is of a wish that nobody
/// remembers, and data have been written since.
const STAGED_LIFE: Duration = Duration::from_mins(15);
/// How long a restore that a person waits for does so: others may just be closing.
const OWN_WAIT: Duration = Duration::from_millis(250);
/// How long a start waits for other processes to let go of the database that it is to replace.
const OTHERS_WAIT: Duration = Duration::from_secs(10);

/// A restore that was done.
#[derive(Clone, Debug)]
pub struct Restored {
    pub contents: BackupContents,
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
    let applied = apply(folder, Instant::now() + OWN_WAIT).inspect_err(|_| discard(folder))?;
    Ok(Restored { contents, kept: applied.kept })
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

/// Moves in what a request staged, at the start that follows it; `None`: nothing is staged.
pub fn apply_staged(folder: &Path) -> Result<Option<AppliedRestore>, BackupError> {
    let Some(age) = staged_for(folder) else { return Ok(None) };
    let applied = if age < STAGED_LIFE {
        apply(folder, Instant::now() + OTHERS_WAIT).map(Some)
    } else {
        Err(BackupError::Expired(folder.into()))
    };
    // Whatever became of it, no later start does it.
    discard(folder);
    applied
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
fn apply(folder: &Path, deadline: Instant) -> Result<AppliedRestore, BackupError> {
    let _alone = alone(folder, deadline)?;
    // One that was cut short comes first: what it kept is in the place that this one needs.
    finish(folder).map_err(|error| BackupError::Unfinished(Box::new(error)))?;
    move_in(folder)
}
