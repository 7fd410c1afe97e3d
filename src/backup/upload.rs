//! A backup that comes in pieces, one request each, so that none is larger than what anybody may send. It is written
//! to the folder of backups as it comes, and gets a backup's name once it is whole and verified.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::file_name::{BackupName, BackupOrigin};
use super::folder;
use crate::domain::Millis;
use crate::store::{BackupError, verify_backup};

/// The largest backup that is taken: some hundred thousand instances with their history.
pub const MOST_BYTES: u64 = 2 << 30;
/// What has come so far. One upload at a time: another one begins anew.
const INCOMING: &str = ".pareia-upload.incoming";

/// What became of a piece.
#[derive(Debug)]
pub enum Received {
    /// More has to come.
    More,
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
    /// How many bytes came before it; 0 begins an upload.
    pub offset: u64,
    /// How many bytes there will be in all.
    pub total: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Takes a piece. Callers take turns.
pub fn receive(folder: &Path, piece: Piece, now: Millis) -> Result<Received, BackupError> {
    if piece.total > MOST_BYTES {
        return Ok(Received::TooLarge);
    }
    folder::create(folder)?;
    let incoming = folder.join(INCOMING);
    let end = piece.offset.saturating_add(piece.bytes.len() as u64);
    let known = fs::metadata(&incoming).map_or(0, |file| file.len());
    if end > piece.total || (piece.offset > 0 && piece.offset != known) {
        return Ok(Received::OutOfOrder(known));
    }
    append(&incoming, piece).map_err(|error| {
        fs::remove_file(&incoming).ok();
        of_disk(error, folder)
    })?;
    if end < piece.total {
        return Ok(Received::More);
    }
    let kept = keep(folder, &incoming, now);
    kept.inspect_err(|_| _ = fs::remove_file(&incoming)).map(Received::Whole)
}

fn append(incoming: &Path, piece: Piece) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(piece.offset == 0).append(piece.offset > 0).mode(0o600);
    options.open(incoming)?.write_all(piece.bytes)
}

/// Gives a whole upload its name, if it is a backup. Whether there is a key for it is asked when it is restored.
fn keep(folder: &Path, incoming: &Path, now: Millis) -> Result<PathBuf, BackupError> {
    let name = BackupName { at: now, origin: BackupOrigin::Uploaded, tag: None };
    let file = folder::free_file(folder, &name);
    verify_backup(incoming, None)?;
    let synced = fs::File::open(incoming).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::rename(incoming, &file)).map_err(|error| of_disk(error, &file))?;
    Ok(file)
}

fn of_disk(error: io::Error, path: &Path) -> BackupError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BackupError::Full(path.into()),
        _ => BackupError::Io(path.into(), error),
    }
}
