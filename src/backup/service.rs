//! The backups of one data folder: made, listed, verified, staged to be restored.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::file_name::{BackupName, BackupOrigin};
use super::folder::{self, BackupEntry};
use super::folder_id::folder_id;
use super::upload::{self, Piece, Received};
use crate::domain::{Millis, Secret};
use crate::store::{
    BackupContents, BackupError, RestoreKey, Store, WrittenBackup, back_up, put_key, stage, verify_backup,
};
use crate::sync::Mutex;

/// The folder of backups within the data folder, where no other is named.
pub const DEFAULT_FOLDER: &str = "pareia.backups";
/// How long one look at the list reads backups through. Those that are left are read by the next.
const VERIFYING: Duration = Duration::from_secs(2);

/// How the backups of a server are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPlan {
    /// Where they are put.
    pub folder: PathBuf,
    /// How often; `None`: only when somebody asks.
    pub every: Option<Duration>,
    /// How many automatic ones are kept.
    pub keep: usize,
    /// Whether the key is put beside each.
    pub with_key: bool,
}

impl BackupPlan {
    /// None by itself, and a folder beside the data for those that somebody asks for.
    pub fn on_demand(data: &Path) -> Self {
        Self { folder: data.join(DEFAULT_FOLDER), every: None, keep: 7, with_key: true }
    }
}

/// A backup in the folder, and whether it is whole.
#[derive(Clone, Debug)]
pub struct CheckedBackup {
    pub entry: BackupEntry,
    /// What is in it, or the code of what is wrong; `None`: it was not read yet.
    pub verified: Option<Result<BackupContents, &'static str>>,
}

/// The backups of a running server.
pub struct Backups {
    store: Arc<Store>,
    plan: BackupPlan,
    /// Held while a backup is made.
    one: Mutex<()>,
    /// What was read, by file, size and date.
    verified: Mutex<HashMap<FileVersion, Result<BackupContents, &'static str>>>,
}

type FileVersion = (String, u64, Option<SystemTime>);

fn version_of(entry: &BackupEntry) -> FileVersion {
    (entry.file.clone(), entry.bytes, entry.modified)
}

impl Backups {
    /// Those of that store.
    pub fn new(store: Arc<Store>, plan: BackupPlan) -> Self {
        upload::remove_abandoned(&plan.folder);
        Self { store, plan, one: Mutex::new(()), verified: Mutex::default() }
    }

    /// How they are made.
    pub fn plan(&self) -> &BackupPlan {
        &self.plan
    }

    /// The store they are of.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Makes one now, and notes what became of it.
    pub fn make(&self, origin: BackupOrigin) -> Result<WrittenBackup, BackupError> {
        let _one = self.one.lock();
        let begun = Instant::now();
        let made = self.copied(origin);
        match &made {
            Ok(made) => log::info!(
                "backup {} of {} bytes made and verified in {} ms",
                made.file.display(),
                made.contents.bytes,
                begun.elapsed().as_millis()
            ),
            Err(error) => log::error!("no backup was made: {error}"),
        }
        if let Ok(WrittenBackup { file, others_may_read: true, .. }) = &made {
            log::warn!("others may read {}: its disk keeps no modes", file.display());
        }
        let noted = match &made {
            Ok(made) => self.store.note_backup(made),
            Err(error) => self.store.note_failed_backup(error.code()),
        };
        // What became of it is known all the same, by its file and by the log.
        noted.unwrap_or_else(|error| log::warn!("the end of a backup could not be noted: {error}"));
        made
    }

    fn copied(&self, origin: BackupOrigin) -> Result<WrittenBackup, BackupError> {
        let tag = (origin == BackupOrigin::Automatic).then(|| self.tag()).transpose()?;
        let name = BackupName { at: self.store.clock().now(), origin, tag };
        folder::create(&self.plan.folder)?;
        let sizes = ["pareia.db", "pareia.db-wal"].map(|name| fs::metadata(self.store.folder().join(name)));
        folder::check_space(&self.plan.folder, sizes.into_iter().flatten().map(|file| file.len()).sum())?;
        let file = folder::free_file(&self.plan.folder, &name);
        back_up(self.store.folder(), &file, self.plan.with_key, &mut |_| {})
    }

    fn tag(&self) -> Result<String, BackupError> {
        folder_id(self.store.folder())
    }

    /// The moment of the newest automatic one.
    pub(super) fn newest_automatic(&self) -> Result<Option<Millis>, BackupError> {
        let entries = folder::list(&self.plan.folder)?;
        Ok(folder::newest_automatic(&entries, &self.tag()?, self.store.clock().now()))
    }

    /// Removes the automatic ones of this data folder beyond those that are kept, after that one was made.
    pub(super) fn prune(&self, made: &WrittenBackup) -> Result<(), BackupError> {
        let entries = folder::list(&self.plan.folder)?;
        let (tag, now) = (self.tag()?, self.store.clock().now());
        let made = made.file.file_name().unwrap_or_default().to_string_lossy();
        for BackupEntry { file, .. } in folder::superseded(&entries, &tag, self.plan.keep, &made, now) {
            match folder::remove(&self.plan.folder.join(file)) {
                Ok(()) => log::info!("old backup {file} removed: the newest {} are kept", self.plan.keep),
                Err(error) => log::warn!("the old backup {file} stays: {error}"),
            }
        }
        Ok(())
    }

    /// Those in the folder, the newest first. Each is read through once, as long as it stays the same.
    pub fn list(&self) -> Result<Vec<CheckedBackup>, BackupError> {
        let deadline = Instant::now() + VERIFYING;
        let entries = folder::list(&self.plan.folder)?;
        // Of what is gone, or was changed, nothing is kept.
        let versions: HashSet<_> = entries.iter().map(version_of).collect();
        self.verified.lock().retain(|version, _| versions.contains(version));
        let checked =
            entries.into_iter().map(|entry| CheckedBackup { verified: self.verify(&entry, deadline), entry });
        Ok(checked.collect())
    }

    fn verify(&self, entry: &BackupEntry, deadline: Instant) -> Option<Result<BackupContents, &'static str>> {
        let version = version_of(entry);
        if let Some(known) = self.verified.lock().get(&version) {
            return Some(known.clone());
        }
        if Instant::now() >= deadline {
            return None;
        }
        let read = verify_backup(&self.plan.folder.join(&entry.file), None).map_err(|error| error.code());
        self.verified.lock().insert(version, read.clone());
        Some(read)
    }

    /// The file of a backup in the folder, by its name; `None`: there is none.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        BackupName::parse(name)?;
        Some(self.plan.folder.join(name)).filter(|file| file.is_file())
    }

    /// Stages a backup of the folder: the next start restores it.
    pub fn stage(&self, file: &Path) -> Result<BackupContents, BackupError> {
        stage(self.store.folder(), file, RestoreKey::Found, &mut |_| {})
    }

    /// Puts a key beside a backup, if it opens what is sealed there.
    pub fn put_key(&self, file: &Path, key: &Secret) -> Result<(), BackupError> {
        put_key(file, key)
    }

    /// Removes a backup and its key.
    pub fn remove(&self, file: &Path) -> Result<(), BackupError> {
        folder::remove(file).map_err(|error| BackupError::Io(file.into(), error))
    }

    /// Takes a piece of an upload.
    pub fn receive(&self, piece: Piece) -> Result<Received, BackupError> {
        upload::receive(&self.plan.folder, piece, self.store.clock().now())
    }
}
