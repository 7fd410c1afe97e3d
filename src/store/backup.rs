//! Backups: a copy of the database in one file, and beside it the key that opens what is sealed in it. A file has its
//! name only when it is whole, verified and on the disk: whatever has the name can be restored.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::BackupError;
use super::copy::{CopyProgress, copy, open_to_read};
use super::partial_file::PartialFile;
use super::verify::{BackupContents, verify_backup};
use crate::domain::Secret;

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct WrittenBackup {
    /// The copy of the database.
    pub file: PathBuf,
    /// The key that opens what is sealed in it; `None`: it was left out.
    pub key_file: Option<PathBuf>,
    pub contents: BackupContents,
    /// Whether its disk keeps no modes, so that others than its owner may read it.
    pub others_may_read: bool,
}

/// Copies the database of the data folder into a new file, as it is at one moment, while others use it. Never changes
/// the database, of whichever release it is.
pub fn back_up(
    folder: &Path,
    file: &Path,
    with_key: bool,
    on_progress: &mut dyn FnMut(CopyProgress),
) -> Result<WrittenBackup, BackupError> {
    let (database, key) = (folder.join("pareia.db"), folder.join("pareia.key"));
    let key_file = (with_key && key.exists()).then(|| key_of(file));
    if let Some(taken) = [Some(file), key_file.as_deref()].into_iter().flatten().find(|path| path.exists()) {
        return Err(BackupError::Exists(taken.into()));
    }
    // An empty one is what SQLite, or a start that was cut short, leaves.
    if fs::metadata(&database).map_or(true, |file| file.len() == 0) {
        return Err(BackupError::NoDatabase(database));
    }
    let partial = PartialFile::create(file)?;
    let source = open_to_read(&database, false).map_err(|e| BackupError::sqlite(e, &database))?;
    copy(&source, partial.path(), on_progress).map_err(|e| BackupError::sqlite(e, partial.path()))?;
    let partial_key = key_file.as_deref().map(|target| copy_key(&key, target)).transpose()?;
    let contents = verified(&partial, partial_key.as_ref(), file)?;
    let others_may_read = partial.others_may_read();
    // The key first: a database without its key would look whole.
    partial_key.map(PartialFile::keep).transpose()?;
    if let Err(error) = partial.keep() {
        key_file.map(fs::remove_file);
        return Err(error);
    }
    Ok(WrittenBackup { file: file.into(), key_file, contents, others_may_read })
}

/// The file beside a backup that has its key: `NAME.key` of `NAME.db`.
pub fn key_of(file: &Path) -> PathBuf {
    file.with_extension("key")
}

/// Puts a key beside a backup, if it opens what is sealed there.
pub fn put_key(file: &Path, key: &Secret) -> Result<(), BackupError> {
    let partial = PartialFile::create(&key_of(file))?;
    let written = writeln!(&mut partial.file(), "{}", key.expose().trim());
    written.map_err(|error| BackupError::io(error, partial.path()))?;
    verify_backup(file, Some(partial.path()))?;
    partial.keep()
}

fn copy_key(key: &Path, target: &Path) -> Result<PartialFile, BackupError> {
    let partial = PartialFile::create(target)?;
    let mut source = File::open(key).map_err(|e| BackupError::io(e, key))?;
    io::copy(&mut source, &mut partial.file()).map_err(|e| BackupError::io(e, partial.path()))?;
    Ok(partial)
}

/// Verifies what was written; an error names the file as it was to be called.
fn verified(
    partial: &PartialFile,
    key: Option<&PartialFile>,
    file: &Path,
) -> Result<BackupContents, BackupError> {
    verify_backup(partial.path(), key.map(PartialFile::path)).map_err(|error| match error {
        BackupError::NotABackup(_) => BackupError::NotABackup(file.into()),
        BackupError::Damaged(_) => BackupError::Damaged(file.into()),
        BackupError::KeyWrong(_) => BackupError::KeyWrong(file.into()),
        BackupError::Newer { found, known, .. } => BackupError::Newer { file: file.into(), found, known },
        other => other,
    })
}
