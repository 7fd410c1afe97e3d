//! The newest backup: there, and how old.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::facts::Facts;
use super::finding::Finding;
use crate::text::cli as words;

const CHECK: &str = "backup";
/// How the names of backups begin, and how they end.
const PREFIX: &str = "pareia-";
const SUFFIX: &str = ".db";
/// A backup that is older is old: one a day is usual, and one of those may have failed.
const OLD: Duration = Duration::from_hours(48);

/// A file that is a backup by its name.
struct BackupFile {
    name: String,
    age: Duration,
    size: u64,
}

/// Looks at the folder of backups.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let newest = backups(&facts.backups).into_iter().min_by_key(|backup| backup.age);
    vec![match newest {
        None => Finding::warn(CHECK, words::backup_missing(&facts.backups)),
        Some(BackupFile { name, age, .. }) if age > OLD => {
            Finding::warn(CHECK, words::backup_old(&name, age))
        }
        Some(BackupFile { name, age, size }) => Finding::ok(CHECK, words::backup_fine(&name, age, size)),
    }]
}

fn backups(folder: &Path) -> Vec<BackupFile> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let backups = entries.filter_map(|entry| {
        let (name, found) = (entry.file_name().to_string_lossy().into_owned(), entry.metadata().ok()?);
        // A file of the future is as new as can be.
        let age = SystemTime::now().duration_since(found.modified().ok()?).unwrap_or_default();
        let is_backup = found.is_file() && name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        is_backup.then_some(BackupFile { name, age, size: found.len() })
    });
    backups.collect()
}
