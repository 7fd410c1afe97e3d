//! The folder of backups: which are there, a free name, and the removal of the oldest. Of all that is there it knows
//! only what is called as its own are.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::file_name::{BackupName, BackupOrigin};
use crate::domain::Millis;
use crate::store::{BackupError, disk_space, key_of, rename_to_new};

/// Most backups of one second.
const OF_ONE_SECOND: std::ops::RangeInclusive<u8> = 1..=99;

/// Space that a backup leaves on its disk, which may be that of the data: pareia goes on writing there.
const RESERVE: u64 = 64 << 20;

/// A backup that is there.
#[derive(Clone, Debug)]
pub struct BackupEntry {
    /// Its file's name.
    pub file: String,
    /// What that says.
    pub name: BackupName,
    /// Bytes of the database.
    pub bytes: u64,
    /// When the file was last written.
    pub modified: Option<SystemTime>,
    /// Whether its key lies beside it.
    pub has_key: bool,
}

/// The backups in a folder, the newest first; none where there is no such folder yet.
pub fn list(folder: &Path) -> Result<Vec<BackupEntry>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|error| BackupError::Io(folder.into(), error))?,
    };
    let mut found: Vec<_> = entries.flatten().filter_map(|entry| entry_of(&entry)).collect();
    found.sort_by(|a, b| (b.name.at, &b.file).cmp(&(a.name.at, &a.file)));
    Ok(found)
}

fn entry_of(entry: &fs::DirEntry) -> Option<BackupEntry> {
    let file = entry.file_name().into_string().ok()?;
    let name = BackupName::parse(&file)?;
    let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    let has_key = key_of(&entry.path()).exists();
    Some(BackupEntry { file, name, bytes: metadata.len(), modified: metadata.modified().ok(), has_key })
}

/// Makes the folder, for its owner alone, where there is none.
pub fn create(folder: &Path) -> Result<(), BackupError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| BackupError::Io(folder.into(), error))
}

/// A file that is not there yet, for a backup of that moment.
pub fn free_file(folder: &Path, name: &BackupName) -> PathBuf {
    let mut files = OF_ONE_SECOND.map(|n| folder.join(name.file(n)));
    files.find(|file| !file.exists()).unwrap_or_else(|| folder.join(name.file(1)))
}

/// Gives a file the first of those names that is free.
pub fn put(folder: &Path, name: &BackupName, file: &Path) -> io::Result<PathBuf> {
    for target in OF_ONE_SECOND.map(|n| folder.join(name.file(n))) {
        match rename_to_new(file, &target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            named => return named.map(|()| target),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Asserts that so many bytes leave some space on the disk. One that does not say how much it has is tried.
pub fn check_space(folder: &Path, bytes: u64) -> Result<(), BackupError> {
    let is_full = disk_space(folder).is_ok_and(|space| space.free < bytes.saturating_add(RESERVE));
    if is_full { Err(BackupError::Full(folder.into())) } else { Ok(()) }
}

/// The moment of the newest automatic backup with that tag. One that is ahead of the clock, which was set back, says
/// nothing.
pub fn newest_automatic(entries: &[BackupEntry], tag: &str, now: Millis) -> Option<Millis> {
    automatic(entries, tag).map(|entry| entry.name.at).find(|at| *at <= now)
}

/// The automatic backups with that tag beyond the newest so many. The one just made is among those kept, whatever the
/// clock says. One that is ahead of the clock is neither counted nor in the result.
pub fn superseded<'a>(
    entries: &'a [BackupEntry],
    tag: &'a str,
    keep: usize,
    made: &'a str,
    now: Millis,
) -> impl Iterator<Item = &'a BackupEntry> {
    let others = automatic(entries, tag).filter(move |entry| entry.name.at <= now && entry.file != made);
    others.skip(keep.saturating_sub(1))
}

/// Removes a backup and its key.
pub fn remove(file: &Path) -> io::Result<()> {
    fs::remove_file(file)?;
    match fs::remove_file(key_of(file)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn automatic<'a>(entries: &'a [BackupEntry], tag: &'a str) -> impl Iterator<Item = &'a BackupEntry> {
    let is_ours = move |entry: &&BackupEntry| {
        entry.name.origin == BackupOrigin::Automatic && entry.name.tag.as_deref() == Some(tag)
    };
    entries.iter().filter(is_ours)
}
