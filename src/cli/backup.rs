//! `pareia backup` and `pareia restore`. Neither opens the store: a backup changes nothing, of whichever release the
//! database is, and a restore is made while nobody has it.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use super::output::{CommandFailure, CommandResult, fail, note, out};
use super::table::pretty;
use crate::backup::{self, BackupName, BackupOrigin};
use crate::domain::clock;
use crate::store::{
    BackupError, CopyProgress, RestoreKey, SealedCounts, SealedKind, WrittenBackup, as_caller, back_up,
    key_of, note_backup_beside, restore,
};
use crate::text::cli as words;

/// The arguments of `backup`.
#[derive(clap::Args, Debug)]
pub struct BackupArgs {
    #[arg(value_name = "ARQUIVO|PASTA")]
    target: PathBuf,
    #[arg(long)]
    with_key: bool,
    #[arg(long, conflicts_with = "with_key")]
    without_key: bool,
    #[arg(long)]
    json: bool,
}

/// The arguments of `restore`.
#[derive(clap::Args, Debug)]
pub struct RestoreArgs {
    #[arg(value_name = "ARQUIVO")]
    file: PathBuf,
    #[arg(long, value_name = "ARQUIVO")]
    key: Option<PathBuf>,
    #[arg(long, conflicts_with = "key")]
    without_key: bool,
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewBackupJson<'a> {
    file: &'a Path,
    key_file: Option<&'a Path>,
    bytes: u64,
    schema_version: i64,
    instances: u32,
    took_ms: u128,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RestoreJson<'a> {
    kept: Option<&'a Path>,
    schema_version: i64,
    instances: u32,
    /// What was sealed with a key that is lost; `None`: all was restored.
    left_out: Option<SealedJson>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SealedJson {
    credentials: u32,
    saved_settings: u32,
    notice_targets: u32,
    second_factors: u32,
}

impl SealedJson {
    fn of(counts: SealedCounts) -> Self {
        Self {
            credentials: counts.of(SealedKind::Credential),
            saved_settings: counts.of(SealedKind::SavedSettings),
            notice_targets: counts.of(SealedKind::NoticeTarget),
            second_factors: counts.of(SealedKind::SecondFactor),
        }
    }
}

impl From<BackupError> for CommandFailure {
    fn from(error: BackupError) -> Self {
        Self::Failed(words::backup_failed(&error))
    }
}

/// Makes a backup.
pub fn make(folder: &Path, args: &BackupArgs) -> CommandResult {
    let begun = Instant::now();
    // The file is the caller's, and of the data folder nothing is changed.
    let made = as_caller(|| {
        check_folder(&args.target)?;
        let file = file_of(&args.target);
        if key_of(&file) == file {
            return Err(CommandFailure::Usage(words::backup_is_key().into()));
        }
        Ok(with_progress(|on_progress| back_up(folder, &file, !args.without_key, on_progress))?)
    })?;
    note_backup_beside(folder, &made);
    let WrittenBackup { file, key_file, contents, others_may_read } = &made;
    if *others_may_read {
        note(words::backup_is_exposed(file));
    }
    if args.json {
        return out(pretty(&NewBackupJson {
            file,
            key_file: key_file.as_deref(),
            bytes: contents.bytes,
            schema_version: contents.schema_version,
            instances: contents.instances,
            took_ms: begun.elapsed().as_millis(),
        }));
    }
    note(words::backup_made(contents, key_file.as_deref()));
    out(file.display())
}

/// Restores one.
pub fn bring_back(folder: &Path, args: &RestoreArgs) -> CommandResult {
    let key = match &args.key {
        Some(key) => RestoreKey::File(key),
        None if args.without_key => RestoreKey::Lost,
        None => RestoreKey::Found,
    };
    let done = with_progress(|on_progress| restore(folder, &args.file, key, on_progress))?;
    let (contents, kept) = (&done.contents, done.kept.as_deref());
    if args.json {
        let (schema_version, instances) = (contents.schema_version, contents.instances);
        let left_out = args.without_key.then(|| SealedJson::of(contents.sealed));
        return out(pretty(&RestoreJson { kept, schema_version, instances, left_out }));
    }
    note(words::data_restored(contents, kept));
    if args.without_key && contents.sealed.total() > 0 {
        note(words::restored_without_key(contents.sealed));
    }
    Ok(())
}

/// Refuses a target whose folder is not there: made here, it would hide a typing error, or a disk that is not mounted.
fn check_folder(target: &Path) -> CommandResult {
    let is_called_folder = target.as_os_str().to_string_lossy().ends_with('/');
    let folder = if is_called_folder { Some(target) } else { target.parent() };
    let is_missing = |folder: &&Path| matches!(folder.try_exists(), Ok(false));
    match folder.filter(|folder| !folder.as_os_str().is_empty()).filter(is_missing) {
        Some(missing) => fail(words::backup_folder_missing(missing)),
        None => Ok(()),
    }
}

/// The file to write: as it was given, or one with a date in a folder.
fn file_of(target: &Path) -> PathBuf {
    if !target.is_dir() {
        return target.to_owned();
    }
    let name = BackupName { at: clock::now(), origin: BackupOrigin::Manual, tag: None };
    backup::free_file(target, &name)
}

/// Runs what copies, and tells on a terminal how far it has come.
fn with_progress<T>(
    copies: impl FnOnce(&mut dyn FnMut(CopyProgress)) -> Result<T, BackupError>,
) -> Result<T, BackupError> {
    let is_seen = io::stderr().is_terminal();
    let mut shown = -1;
    let done = copies(&mut |progress| {
        let percent = i64::from(progress.copied) * 100 / i64::from(progress.pages.max(1));
        if is_seen && percent != shown {
            shown = percent;
            // When even stderr is closed there is nobody to tell.
            write!(io::stderr().lock(), "\r{}", words::copying(percent)).ok();
        }
    });
    if shown >= 0 {
        write!(io::stderr().lock(), "\r\u{1b}[K").ok();
    }
    done
}
