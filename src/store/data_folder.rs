//! The data folder itself: who may enter it, and who may write there.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use super::Store;
use super::error::SPACE_PROBE;

/// The sticky bit of a folder's mode, which shared folders have.
const STICKY: u32 = 0o1000;
/// The bits of a folder's mode that let others than its owner make, replace and remove what is in it.
const OTHERS_WRITE: u32 = 0o022;

impl Store {
    /// Whether others than the owner of the data folder may replace what is in it, the database and its key too.
    pub fn others_may_write(&self) -> bool {
        fs::metadata(&self.folder).is_ok_and(|folder| folder.permissions().mode() & OTHERS_WRITE != 0)
    }
}

/// Makes the data folder, or closes an existing one to other users, whatever the umask. A folder that holds
/// anything else keeps its mode, since others may need what is there; so does one of another user.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).map_err(|error| match error.kind() {
        // The system says so of a file in its place.
        io::ErrorKind::AlreadyExists if folder.exists() => io::ErrorKind::NotADirectory.into(),
        _ => error,
    })?;
    let mut permissions = fs::metadata(folder)?.permissions();
    let is_closed = permissions.mode() & 0o777 == 0o700;
    if is_closed || permissions.mode() & STICKY != 0 || !holds_our_files_alone(folder)? {
        return Ok(());
    }
    permissions.set_mode(0o700);
    match fs::set_permissions(folder, permissions) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            log::warn!("{} is another user's, and others may enter it: {error}", folder.display());
            Ok(())
        }
        set => set,
    }
}

/// Whether nothing is in the folder but what a data folder has.
fn holds_our_files_alone(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let is_socket =
            name.starts_with("http-") && Path::new(&*name).extension().is_some_and(|e| e == "sock");
        if !name.starts_with("pareia.") && !is_socket && name != "locks" && name != SPACE_PROBE {
            return Ok(false);
        }
    }
    Ok(true)
}
