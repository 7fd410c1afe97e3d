//! Files that only their owner may read.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

/// The user who may give files away, and under whom an administrator runs commands beside a service.
const ROOT: u32 = 0;

/// SQLite gives its `-wal` and `-shm` files the mode and the owner of the database, so that is set first; a file
/// that was restored with another mode gets its own back.
pub(super) fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    keep_private(&options.open(path)?, path)
}

/// Takes the rights of all but the owner away. What root has made in another user's folder is that user's: a command
/// that an administrator runs leaves nothing that the service cannot open.
pub(super) fn keep_private(file: &File, path: &Path) -> io::Result<()> {
    let found = file.metadata()?;
    let folder = fs::metadata(
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")),
    )?;
    if found.uid() == ROOT && folder.uid() != ROOT {
        fchown(file, Some(folder.uid()), Some(folder.gid()))?;
    }
    let mut permissions = found.permissions();
    if permissions.mode() & 0o777 == 0o600 {
        return Ok(());
    }
    permissions.set_mode(0o600);
    file.set_permissions(permissions)
}
