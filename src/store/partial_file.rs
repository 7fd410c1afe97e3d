//! A file that has its name only when it is whole and on the disk; until then it has another, and goes away with
//! whoever writes it. What a crash leaves is removed by the next one in the same folder.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::BackupError;
use crate::crypto::new_id;

/// Ends the name of a file that is being written.
const PARTIAL: &str = ".partial";
/// Begins it, whatever the file will be called: what else ends so is not ours.
const PREFIX: &str = ".pareia-";

/// A file that is being written.
pub(super) struct PartialFile {
    path: PathBuf,
    target: PathBuf,
    /// Locked as long as it is written, by which the next one knows that it was not left by a crash.
    file: File,
}

impl PartialFile {
    /// Begins the file that is to be called so, readable by its owner alone where the disk keeps modes.
    pub(super) fn create(target: &Path) -> Result<Self, BackupError> {
        let folder = folder_of(target);
        remove_left_over(folder);
        let path = folder.join(format!("{}{PARTIAL}", new_id(PREFIX)));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        let file = options.open(&path).map_err(|error| BackupError::io(error, target))?;
        let partial = Self { path, target: target.into(), file };
        // Without effect where the disk keeps no modes or has no locks.
        partial.file.set_permissions(fs::Permissions::from_mode(0o600)).ok();
        partial.file.try_lock().ok();
        Ok(partial)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Whether others than its owner may read it.
    pub(super) fn others_may_read(&self) -> bool {
        self.file.metadata().is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
    }

    /// Gives it its name, which nothing has: it is on the disk when this returns.
    pub(super) fn keep(self) -> Result<(), BackupError> {
        self.file.sync_all().map_err(|error| BackupError::io(error, &self.target))?;
        rename_to_new(&self.path, &self.target).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(self.target.clone()),
            _ => BackupError::io(error, &self.target),
        })?;
        sync_folder(folder_of(&self.target))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        for end in ["", "-journal", "-wal", "-shm"] {
            fs::remove_file(format!("{}{end}", self.path.display())).ok();
        }
    }
}

/// Waits until the names in a folder are on the disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), BackupError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| BackupError::io(error, folder))
}

/// The folder of a file, which may be named without one.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Renames without ever replacing what is there. A link does that; disks without links have to be asked first.
pub fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if to.exists() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

/// Removes what a crash left: nobody has it locked.
fn remove_left_over(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_partial =
            name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(PARTIAL));
        if is_partial && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            fs::remove_file(entry.path()).ok();
        }
    }
}
