//! Files that only their owner may read.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::{Error, Store};
use crate::crypto::new_id;

/// SQLite gives its `-wal` and `-shm` files the mode of the database, so that is set first; a file
/// that was restored with another mode gets its own back.
pub(super) fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    keep_private(&options.open(path)?)
}

impl Store {
    /// An empty file in the data folder that has no name, and is gone once it is closed.
    pub fn scratch_file(&self) -> Result<File, Error> {
        let path = self.folder.join(new_id("pareia.scratch-"));
        let mut options = OpenOptions::new();
        let made = options.read(true).write(true).create_new(true).mode(0o600).open(&path);
        made.and_then(|file| fs::remove_file(&path).map(|()| file)).map_err(|error| self.file_error(error))
    }

    /// The error of a file in the data folder that could not be written.
    pub fn file_error(&self, error: io::Error) -> Error {
        Error::io(error, &self.folder.join("pareia.db"))
    }
}

/// Takes the rights of all but the owner away.
pub(super) fn keep_private(file: &File) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o777 == 0o600 {
        return Ok(());
    }
    permissions.set_mode(0o600);
    file.set_permissions(permissions)
}
