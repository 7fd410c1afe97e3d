//! The id of a data folder, by which automatic backups in one place are told apart. It is in a file of its own: neither
//! a restore nor a replica brings another folder's, and a standby with the same key removes no backup of the first.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::crypto::new_id;
use crate::store::BackupError;

/// The file within the data folder.
const FILE: &str = "pareia.id";
/// Characters of an id: enough to tell apart what shares a place.
const LENGTH: usize = 8;

/// The id of that data folder, which is made where there is none.
pub fn folder_id(folder: &Path) -> Result<String, BackupError> {
    if let Some(id) = known_folder_id(folder) {
        return Ok(id);
    }
    let file = folder.join(FILE);
    let id: String = new_id("").chars().take(LENGTH).collect();
    // Under another name first: whoever finds the file finds it whole.
    let draft = folder.join(format!("{FILE}.{id}"));
    let written = write(&draft, &id).and_then(|()| fs::rename(&draft, &file));
    written.map_err(|error| {
        fs::remove_file(&draft).ok();
        BackupError::Io(file.clone(), error)
    })?;
    // Another process may have put its own there.
    Ok(known_folder_id(folder).unwrap_or(id))
}

/// The id of that data folder; `None` where it has none, or it cannot be read.
pub fn known_folder_id(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join(FILE)).ok()?;
    Some(text.trim().to_owned()).filter(|id| is_id(id))
}

fn is_id(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
