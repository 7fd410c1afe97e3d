//! Whether a `serve` has a data folder: one at a time, since two would each watch, tell and back up the same numbers.
//! A lock says it, which goes with its process however that ends, and which no copy of the folder has.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Error;
use super::data_folder::create_folder;
use crate::sync::FileLock;

/// The name of the lock.
const SERVE: &str = "serve";
/// How long a start waits: the one before may just be ending.
const WAIT: Duration = Duration::from_millis(500);

/// Takes the data folder, which is made where it is missing, for a `serve`; `None`: another one has it.
pub fn take_to_serve(folder: &Path) -> Result<Option<FileLock>, Error> {
    create_folder(folder).map_err(|e| Error::io(e, folder))?;
    FileLock::acquire(folder, SERVE, Instant::now() + WAIT).map_err(|e| Error::io(e, folder))
}

/// Whether a `serve` has the data folder. Changes nothing there; `Err`: this user may not look.
pub fn is_served(folder: &Path) -> io::Result<bool> {
    FileLock::is_held(folder, SERVE)
}
