//! A backup that comes in pieces, one request each, so that none is larger than what anybody may send. It is written
//! to the folder of backups as it comes, and gets a backup's name once it is whole and verified.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::file_name::{BackupName, BackupOrigin};
use super::folder;
use crate::crypto::new_id;
use crate::domain::Millis;
use crate::store::{BackupError, verify_backup};

/// The largest backup that is taken: some hundred thousand instances with their history.
pub const MOST_BYTES: u64 = 2 << 30;
/// Begins the name of what has come so far; the upload's id follows.
const PREFIX: &str = ".pareia-upload-";
/// Ends it.
const SUFFIX: &str = ".incoming";
/// How long an upload may pause before it counts as given up.
const PAUSE: Duration = Duration::from_hours(1);

/// What became of a piece.
#[derive(Debug)]
pub enum Received {
    /// More has to come, of the upload with this id.
    More(String),
    /// It does not follow what came before it, of which there are so many bytes; nothing changed.
    OutOfOrder(u64),
    /// It is over [`MOST_BYTES`].
    TooLarge,
    /// That was all: it is this file.
    Whole(PathBuf),
}

/// A piece of an upload.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// The upload that it is of, as the answer to its first piece named it; `None`: it is the first.
    pub upload: Option<&'a str>,
    /// How many bytes came before it.
    pub offset: u64,
    /// How many bytes there will be in all.
    pub total: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Takes a piece.
pub fn receive(folder: &Path, piece: Piece, now: Millis) -> Result<Received, BackupError> {
    if piece.total > MOST_BYTES {
        return Ok(Received::TooLarge);
    }
    let end = piece.offset.saturating_add(piece.bytes.len() as u64);
    let opened = match piece.upload {
        None if piece.offset > 0 || end > piece.total => None,
        None => Some(begin(folder, piece.total)?),
        Some(id) => known(folder, id).map_err(|error| of_disk(error, folder))?,
    };
    let Some((id, incoming, file)) = opened else { return Ok(Received::OutOfOrder(0)) };
    // Two pieces of one upload do not mix: the second is told what has come.
    let is_alone = file.try_lock().is_ok();
    let has_come = file.metadata().map_or(0, |file| file.len());
    if !is_alone || has_come != piece.offset || end > piece.total {
        return Ok(Received::OutOfOrder(has_come));
    }
    (&file).write_all(piece.bytes).map_err(|error| given_up(&incoming, error))?;
    if end < piece.total {
        return Ok(Received::More(id));
    }
    let kept = keep(folder, &incoming, &file, now);
    kept.inspect_err(|_| _ = fs::remove_file(&incoming)).map(Received::Whole)
}

/// Removes uploads that were given up, of whichever process.
pub fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_upload = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        let modified = entry.metadata().and_then(|file| file.modified());
        let paused = modified.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
        if is_upload && paused.is_some_and(|paused| paused > PAUSE) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

type Incoming = (String, PathBuf, File);

fn path_of(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{PREFIX}{id}{SUFFIX}"))
}

fn begin(folder: &Path, total: u64) -> Result<Incoming, BackupError> {
    folder::create(folder)?;
    remove_abandoned(folder);
    folder::check_space(folder, total)?;
    let id = new_id("");
    let path = path_of(folder, &id);
    let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path);
    file.map(|file| (id, path, file)).map_err(|error| of_disk(error, folder))
}

/// What has come of an upload; `None`: there is none with that id. A link is none: it leads to another file.
fn known(folder: &Path, id: &str) -> io::Result<Option<Incoming>> {
    let path = path_of(folder, id);
    let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_id || !fs::symlink_metadata(&path).is_ok_and(|file| file.is_file()) {
        return Ok(None);
    }
    OpenOptions::new().append(true).open(&path).map(|file| Some((id.to_owned(), path, file)))
}

/// Gives a whole upload its name, if it is a backup. Whether there is a key for it is asked when it is restored.
fn keep(folder: &Path, incoming: &Path, file: &File, now: Millis) -> Result<PathBuf, BackupError> {
    let name = BackupName { at: now, origin: BackupOrigin::Uploaded, tag: None };
    verify_backup(incoming, None)?;
    file.sync_all().map_err(|error| of_disk(error, folder))?;
    folder::put(folder, &name, incoming).map_err(|error| of_disk(error, folder))
}

fn given_up(incoming: &Path, error: io::Error) -> BackupError {
    fs::remove_file(incoming).ok();
    of_disk(error, incoming.parent().unwrap_or(incoming))
}

fn of_disk(error: io::Error, path: &Path) -> BackupError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BackupError::Full(path.into()),
        _ => BackupError::Io(path.into(), error),
    }
}
