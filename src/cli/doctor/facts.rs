//! What the checks start from: the folder, how `serve` was set, and until when they may take.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::finding::Finding;
use crate::backup::DEFAULT_FOLDER;
use crate::cli::serve_state::serve_address;
use crate::cli::serving_note::ServingNote;
use crate::store::{Error, Inspection, is_served};
use crate::text::cli as words;

/// What the checks start from.
pub struct Facts {
    /// The data folder.
    pub folder: PathBuf,
    /// What the last `serve` noted.
    pub note: Option<ServingNote>,
    /// Whether a `serve` has this very folder; what this user may not see counts as so.
    pub is_served: bool,
    /// Where `serve` is reached from this machine.
    pub address: String,
    /// The address people use: as given, or noted by the `serve` that runs.
    pub public_url: Option<String>,
    /// Where backups are.
    pub backups: PathBuf,
    /// When every network call must have ended.
    pub network_deadline: Instant,
}

impl Facts {
    /// Gathers them.
    pub fn of(
        folder: &Path,
        note: Option<ServingNote>,
        listen: Option<&str>,
        public_url: Option<String>,
        backups: Option<PathBuf>,
        network_deadline: Instant,
    ) -> Self {
        let is_served = is_served(folder).unwrap_or(true);
        let noted_url = || note.as_ref().filter(|_| is_served)?.public_url.clone();
        Self {
            folder: folder.to_owned(),
            is_served,
            address: serve_address(listen, note.as_ref()),
            public_url: public_url.or_else(noted_url),
            backups: backups
                .or_else(|| note.as_ref()?.backup_dir.clone())
                .unwrap_or_else(|| folder.join(DEFAULT_FOLDER)),
            note,
            network_deadline,
        }
    }

    /// Asks the database something. What cannot be asked is a finding: the check of the database says why.
    pub fn ask<T>(
        &self,
        check: &'static str,
        question: impl FnOnce(&Inspection) -> Result<T, Error>,
    ) -> Result<T, Finding> {
        let answer = Inspection::open(&self.folder).and_then(|inspection| question(&inspection));
        answer.map_err(|error| Finding::warn(check, words::not_checked(&error)))
    }
}
