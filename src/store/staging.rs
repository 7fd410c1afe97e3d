//! Staging: a backup is copied into the data folder and made ready there, while nothing of the data changes. What is
//! staged whole opens at the next start: its tables are this release's, and its key fits.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use rusqlite::Connection;

use super::BackupError;
use super::audit::note;
use super::backup::key_of;
use super::copy::{CopyProgress, copy};
use super::folder_owner::as_caller;
use super::move_in::{BEFORE, STAGED};
use super::partial_file::sync_folder;
use super::private_file::create_private;
use super::sealed::remove_sealed;
use super::upgrade::{lacks, run_missing};
use super::verify::{BackupContents, LONGEST, distrust, open_backup, verify_backup};
use crate::domain::{AuditAction, now};

/// The folder in which a backup is staged, until it is whole.
const STAGING: &str = "pareia.staging";

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

/// Stages a backup. The caller has the lock that one restore has at a time.
pub(super) fn stage_alone(
    folder: &Path,
    file: &Path,
    key: RestoreKey,
    on_progress: &mut dyn FnMut(CopyProgress),
) -> Result<BackupContents, BackupError> {
    let staging = folder.join(STAGING);
    discard(folder);
    // Made now, so that a disk without space is met before anything is decided.
    for made in [&staging, &staging.join(BEFORE)] {
        DirBuilder::new().mode(0o700).create(made).map_err(|e| BackupError::io(e, made))?;
    }
    let staged = fill(folder, &staging, file, key, on_progress);
    let named = staged.and_then(|contents| name_staged(folder, &staging).map(|()| contents));
    named.inspect_err(|_| discard(folder))
}

/// Says that it is whole, and since when.
fn name_staged(folder: &Path, staging: &Path) -> Result<(), BackupError> {
    let staged = folder.join(STAGED);
    let dated = File::open(staging).and_then(|staging| staging.set_modified(SystemTime::now()));
    dated.and_then(|()| fs::rename(staging, &staged)).map_err(|e| BackupError::io(e, &staged))?;
    sync_folder(folder)
}

/// Removes what is staged.
pub(super) fn discard(folder: &Path) {
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
    make_ready(file, &database, matches!(key, RestoreKey::Lost))?;
    let before = staging.join(BEFORE);
    let key = fitting.map(|key| if own_key.exists() { own_key.clone() } else { key });
    verify_backup(&database, key.as_deref())?;
    for path in [&database, &own_key, &before, staging].into_iter().filter(|path| path.exists()) {
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

/// Brings the copy's tables up to date, and leaves out what must not come back: sessions and links that were ended
/// since, and what no key opens any more, beside which the next one would be refused.
fn make_ready(file: &Path, copy: &Path, is_key_lost: bool) -> Result<(), BackupError> {
    let sorted = |error| BackupError::sqlite(error, copy);
    let mut connection = Connection::open(copy).map_err(sorted)?;
    distrust(&mut connection, Instant::now() + LONGEST).map_err(sorted)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(sorted)?;
    run_missing(&mut connection, copy).map_err(|error| BackupError::of_migration(error, file))?;
    if let Some(missing) = lacks(&connection, copy).map_err(|error| BackupError::of_migration(error, file))? {
        log::warn!("{} has no {missing}, and cannot be used", file.display());
        return Err(BackupError::NotABackup(file.into()));
    }
    connection.execute_batch("DELETE FROM sessions; DELETE FROM connect_links").map_err(sorted)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    note(&connection, now(), AuditAction::BackupRestore, &name, if is_key_lost { "without_key" } else { "" })
        .map_err(sorted)?;
    if is_key_lost {
        remove_sealed(&connection).map_err(sorted)?;
    }
    Ok(())
}

/// How long ago what is staged was.
pub(super) fn staged_for(folder: &Path) -> Option<Duration> {
    let staged = fs::metadata(folder.join(STAGED)).ok()?;
    let since = staged.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    // Ahead of a clock that was set back.
    Some(since.unwrap_or_default())
}
