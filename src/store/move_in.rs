//! The part of a restore that is decided: what is staged takes the place of the data, which is kept beside it.
//!
//! From the moment that `pareia.staged` is called `pareia.restoring` the restore is decided: a crash, or a disk that
//! fails, leaves that folder, and whoever opens the data folder next goes on before SQLite sees a file. So nobody finds
//! half of it, nor the WAL of one database beside another.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::partial_file::sync_folder;
use super::{BackupError, stamp};
use crate::domain::clock;

/// The folder of a backup that is staged whole.
pub(super) const STAGED: &str = "pareia.staged";
/// The folder of a restore that is decided.
const RESTORING: &str = "pareia.restoring";
/// Within that, the folder of the data before it, as it is called until the restore is over.
pub(super) const BEFORE: &str = "before";

/// A staged backup that was moved in.
#[derive(Clone, Debug)]
pub struct AppliedRestore {
    /// The folder with the data before it; `None`: there were none.
    pub kept: Option<PathBuf>,
}

/// One step of moving in, which may be done again after a crash within it.
type MoveStep = fn(&Places) -> Result<(), BackupError>;

/// In this order: the data of before are on the disk under their other name before the other database comes, which is
/// never found beside the WAL of this one, nor without its key.
const STEPS: [MoveStep; 6] = [keep_files, keep_wal, sync_kept, put_key, put_database, sync_data];

/// Decides the restore of what is staged, and does it. The caller keeps every other process out.
pub(super) fn move_in(folder: &Path) -> Result<AppliedRestore, BackupError> {
    let restoring = folder.join(RESTORING);
    fs::rename(folder.join(STAGED), &restoring).map_err(|e| BackupError::io(e, &restoring))?;
    let done = sync_folder(folder).and_then(|()| finish(folder));
    done.map(|done| done.unwrap_or(AppliedRestore { kept: None }))
        .map_err(|error| BackupError::Unfinished(Box::new(error)))
}

/// Finishes a restore that was decided and cut short; `None`: there was none. The caller has the lock of a start.
pub(super) fn finish(folder: &Path) -> Result<Option<AppliedRestore>, BackupError> {
    finish_with(folder, &mut || Ok(()))
}

/// The same; `after` each step it may end there, as a crash does.
fn finish_with(
    folder: &Path,
    after: &mut dyn FnMut() -> Result<(), BackupError>,
) -> Result<Option<AppliedRestore>, BackupError> {
    let places = Places::new(folder);
    if !places.restoring.exists() {
        return Ok(None);
    }
    if places.new_file("pareia.db").exists() {
        for step in STEPS {
            step(&places)?;
            after()?;
        }
    }
    let kept = name_kept(folder, &places.before)?;
    after()?;
    fs::remove_dir_all(&places.restoring).map_err(|e| BackupError::io(e, &places.restoring))?;
    Ok(Some(AppliedRestore { kept }))
}

/// Where the files of a restore are.
struct Places {
    folder: PathBuf,
    restoring: PathBuf,
    before: PathBuf,
}

impl Places {
    fn new(folder: &Path) -> Self {
        let restoring = folder.join(RESTORING);
        Self { folder: folder.into(), before: restoring.join(BEFORE), restoring }
    }

    fn current(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn new_file(&self, name: &str) -> PathBuf {
        self.restoring.join(name)
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.before.join(name)
    }

    fn put(&self, name: &str) -> Result<(), BackupError> {
        let (new, current) = (self.new_file(name), self.current(name));
        unless(&[io::ErrorKind::NotFound], fs::rename(new, &current), &current)
    }
}

/// Under both names: there is a database and a key at any moment.
fn keep_files(places: &Places) -> Result<(), BackupError> {
    ["pareia.db", "pareia.key"].into_iter().try_for_each(|name| {
        let current = places.current(name);
        let kept = fs::hard_link(&current, places.kept(name));
        unless(&[io::ErrorKind::NotFound, io::ErrorKind::AlreadyExists], kept, &current)
    })
}

fn keep_wal(places: &Places) -> Result<(), BackupError> {
    ["pareia.db-wal", "pareia.db-shm"].into_iter().try_for_each(|name| {
        let (current, kept) = (places.current(name), places.kept(name));
        // What came after it was kept is of nobody who waited for the restore to be finished.
        let moved = if kept.exists() { fs::remove_file(&current) } else { fs::rename(&current, &kept) };
        unless(&[io::ErrorKind::NotFound], moved, &current)
    })
}

fn sync_kept(places: &Places) -> Result<(), BackupError> {
    sync_folder(&places.before)?;
    sync_folder(&places.folder)
}

fn put_key(places: &Places) -> Result<(), BackupError> {
    places.put("pareia.key")
}

fn put_database(places: &Places) -> Result<(), BackupError> {
    places.put("pareia.db")
}

fn sync_data(places: &Places) -> Result<(), BackupError> {
    sync_folder(&places.folder)
}

/// Gives the data before a restore their name, with its date; `None`: there were none.
fn name_kept(folder: &Path, before: &Path) -> Result<Option<PathBuf>, BackupError> {
    // Goes only where it is empty, or has its name.
    if fs::remove_dir(before).is_ok() || !before.exists() {
        return Ok(None);
    }
    let name = format!("pareia.before-{}", stamp(clock::now()));
    let names = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name}-{n}") });
    let kept = names.map(|name| folder.join(name)).find(|path| !path.exists()).expect("some name is free");
    fs::rename(before, &kept).map_err(|e| BackupError::io(e, &kept))?;
    sync_folder(folder)?;
    Ok(Some(kept))
}

fn unless(harmless: &[io::ErrorKind], done: io::Result<()>, path: &Path) -> Result<(), BackupError> {
    match done {
        Err(error) if !harmless.contains(&error.kind()) => Err(BackupError::io(error, path)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{RestoreKey, Store, back_up, stage};

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path = std::env::temp_dir().join(crate::crypto::new_id("pareia-move-"));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        /// A data folder whose newest row is in its WAL alone, as a crash leaves it.
        fn crashed(name: &str) -> Self {
            let (open, copy) = (Self::new(), Self::new());
            let store = Store::open(&open.0).unwrap();
            store.set_setting("name", name).unwrap();
            for entry in fs::read_dir(&open.0).unwrap().flatten() {
                fs::copy(entry.path(), copy.0.join(entry.file_name())).unwrap();
            }
            copy
        }

        fn kept(&self) -> Vec<PathBuf> {
            let paths = fs::read_dir(&self.0).unwrap().flatten().map(|entry| entry.path());
            paths.filter(|path| path.to_string_lossy().contains("pareia.before-")).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[track_caller]
    fn named(folder: &Path, name: &str) -> Store {
        let store = Store::open(folder).expect("it opens with the key that fits");
        assert_eq!(store.setting("name").unwrap().as_deref(), Some(name));
        store
    }

    /// A folder with a restore that is decided.
    fn decided() -> Folder {
        let (folder, new, files) = (Folder::crashed("old"), Folder::crashed("new"), Folder::new());
        let file = files.0.join("b.db");
        back_up(&new.0, &file, true, &mut |_| {}).unwrap();
        stage(&folder.0, &file, RestoreKey::Found, &mut |_| {}).unwrap();
        fs::rename(folder.0.join(STAGED), folder.0.join(RESTORING)).unwrap();
        folder
    }

    #[test]
    fn a_crash_after_any_step_is_finished_by_the_next_who_opens_the_folder() {
        for steps in 0..=STEPS.len() {
            let folder = decided();
            let mut left = steps;
            let crash = || BackupError::Busy;
            // The step that follows is begun, and what it did is not known.
            let cut_short = finish_with(&folder.0, &mut || {
                if left == 0 {
                    return Err(crash());
                }
                left -= 1;
                Ok(())
            });
            assert_eq!(cut_short.unwrap_err().code(), crash().code(), "after {steps} steps");
            let store = named(&folder.0, "new");
            let noted = store.last_restore().unwrap().expect("whoever finished it noted that");
            assert_eq!(noted.failed, None);
            drop(store);
            let kept = folder.kept();
            assert_eq!(kept.len(), 1, "after {steps} steps");
            if steps < STEPS.len() {
                assert_eq!(noted.kept.as_deref(), kept[0].to_str(), "and where the data before are");
            }
            assert!(!folder.0.join(RESTORING).exists());
            drop(named(&kept[0], "old"));
        }
    }

    #[test]
    fn what_is_staged_only_is_not_decided() {
        let folder = decided();
        fs::rename(folder.0.join(RESTORING), folder.0.join(STAGED)).unwrap();
        let store = named(&folder.0, "old");
        assert_eq!(store.last_restore().unwrap(), None);
    }

    #[test]
    fn a_failure_after_the_decision_is_said_as_what_it_is() {
        let folder = decided();
        fs::rename(folder.0.join(RESTORING), folder.0.join(STAGED)).unwrap();
        // As where the disk takes nothing: what has to be kept cannot be.
        fs::remove_dir(folder.0.join(STAGED).join(BEFORE)).unwrap();
        fs::write(folder.0.join(STAGED).join(BEFORE), "no folder").unwrap();
        let error = move_in(&folder.0).unwrap_err();
        assert_eq!(error.code(), "restore_unfinished", "{error}");
        assert!(Store::open(&folder.0).is_err(), "nobody sees the data of before meanwhile");
        fs::remove_file(folder.0.join(RESTORING).join(BEFORE)).unwrap();
        fs::create_dir(folder.0.join(RESTORING).join(BEFORE)).unwrap();
        drop(named(&folder.0, "new"));
    }
}
