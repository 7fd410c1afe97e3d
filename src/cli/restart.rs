//! Why a server ends, and its new start where a restore waits for one.

use std::os::unix::process::CommandExt;
use std::process::Command;

use super::output::{CommandFailure, CommandResult};
use crate::store::{AppliedRestore, BackupError, Store};
use crate::text::cli as words;

/// Why a server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Signal,
    /// A restore waits for a new start.
    Restore,
}

impl Ending {
    /// For the log.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Signal => "signal received",
            Self::Restore => "a restore was asked for",
        }
    }
}

/// Becomes the same program anew, with the same arguments: no thread and no open file of this one is left, and its
/// supervisor sees one process.
pub fn start_anew() -> CommandResult {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    let error = Command::new(&program).args(arguments).exec();
    Err(CommandFailure::Failed(words::cannot_restart(&error)))
}

/// Notes what became of a restore that was asked for on the page. What was decided and not finished, the store that is
/// open by now has finished and noted.
pub fn note_restore(store: &Store, applied: Result<Option<AppliedRestore>, BackupError>) -> CommandResult {
    let restored = match applied {
        Ok(None) | Err(BackupError::Unfinished(_)) => return Ok(()),
        Ok(Some(done)) => Ok(done),
        Err(error) => Err(error),
    };
    match &restored {
        Ok(AppliedRestore { kept: Some(kept) }) => {
            log::warn!("a backup was restored; the data before it are in {}", kept.display());
        }
        Ok(AppliedRestore { kept: None }) => log::warn!("a backup was restored"),
        Err(error) => log::error!("the backup was not restored, and the data are as they were: {error}"),
    }
    Ok(store.note_restore(&restored)?)
}
