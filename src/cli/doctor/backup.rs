//! Backups: how old the newest is, and whether those since failed.

use std::path::Path;
use std::time::Duration;

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::backup::{self, BackupEntry, BackupOrigin, known_folder_id};
use crate::domain::clock::time_between;
use crate::domain::{Millis, now};
use crate::store::{FailedBackup, Inspection, MadeBackup};
use crate::text::cli as words;

const CHECK: &str = "backup";
/// A backup that is older is old: one a day is usual, and one of those may have failed.
const OLD: Duration = Duration::from_hours(48);

/// A backup that is there.
struct BackupFile {
    name: String,
    at: Millis,
    bytes: u64,
}

/// Looks at the folder of backups, and at what was noted of the last.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let entries = match backup::list(&facts.backups) {
        Ok(entries) => entries,
        Err(error) => return vec![Finding::warn(CHECK, words::backups_unreadable(&error))],
    };
    // What cannot be asked, the line of the database says.
    let noted = facts.ask(CHECK, Inspection::last_backup).unwrap_or_default();
    let tag = known_folder_id(&facts.folder);
    let every = facts.note.as_ref().and_then(|note| note.backup_every);
    let newest = newest(entries, noted.made, tag.as_deref());
    judge(&facts.backups, newest.as_ref(), noted.failed.as_ref(), old_after(every), now())
}

/// When a backup is old: one may have failed.
fn old_after(every: Option<u64>) -> Duration {
    OLD.max(Duration::from_secs(every.unwrap_or(0)).saturating_mul(2))
}

/// The newest backup of this data folder: in the folder of backups, or where the last was put by hand.
fn newest(entries: Vec<BackupEntry>, made: Option<MadeBackup>, tag: Option<&str>) -> Option<BackupFile> {
    let is_ours = |entry: &BackupEntry| {
        let of_others = tag.is_some() && entry.name.tag.as_deref().is_some_and(|other| Some(other) != tag);
        entry.name.origin != BackupOrigin::Uploaded && !of_others
    };
    let ours = entries.into_iter().filter(is_ours);
    let ours = ours.map(|entry| BackupFile { name: entry.file, at: entry.name.at, bytes: entry.bytes });
    let made = made.filter(|made| Path::new(&made.file).is_absolute() && Path::new(&made.file).is_file());
    let made = made.map(|made| BackupFile { name: made.file, at: made.at, bytes: made.bytes });
    made.into_iter().chain(ours).max_by_key(|backup| backup.at)
}

fn judge(
    folder: &Path,
    newest: Option<&BackupFile>,
    failed: Option<&FailedBackup>,
    old_after: Duration,
    now: Millis,
) -> Vec<Finding> {
    let age = |backup: &BackupFile| time_between(backup.at, now);
    let lacking = match newest {
        None => Some(words::backup_missing(folder)),
        Some(backup) if age(backup) > old_after => Some(words::backup_old(&backup.name, age(backup))),
        Some(_) => None,
    };
    // One that failed is no harm while there is one that is new enough.
    let finding = if lacking.is_some() { Finding::bad } else { Finding::warn };
    let failing = failed.map(|failed| {
        let since = time_between(failed.since, now);
        finding(CHECK, words::backup_failing(&failed.code, failed.count, since))
    });
    let lacking = lacking.map(|sentence| Finding::warn(CHECK, sentence));
    let fine = || newest.map(|one| words::backup_fine(&one.name, age(one), one.bytes)).unwrap_or_default();
    or_fine(failing.into_iter().chain(lacking).collect(), CHECK, fine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::BackupName;

    const HOUR: Millis = 3_600_000;

    #[test]
    fn backups_are_judged_by_age_schedule_and_failures() {
        let made = |hours: Millis| BackupFile { name: "a.db".into(), at: -hours * HOUR, bytes: 1 };
        let failed = FailedBackup { since: -HOUR, at: 0, count: 2, code: "storage_full".into() };
        for (newest, failed, every, expected) in [
            (Some(made(47)), None, None, vec!["Ok"]),
            (Some(made(-1)), None, None, vec!["Ok"]),
            (Some(made(49)), None, None, vec!["Warn backup_old"]),
            (Some(made(49)), None, Some(3600), vec!["Warn backup_old"]),
            (Some(made(49)), None, Some(7 * 86_400), vec!["Ok"]),
            (Some(made(400)), None, Some(7 * 86_400), vec!["Warn backup_old"]),
            (None, None, None, vec!["Warn backup_missing"]),
            (Some(made(47)), Some(&failed), None, vec!["Warn backup_failing"]),
            (Some(made(49)), Some(&failed), None, vec!["Bad backup_failing", "Warn backup_old"]),
            (None, Some(&failed), None, vec!["Bad backup_failing", "Warn backup_missing"]),
        ] {
            let found = judge(Path::new("/b"), newest.as_ref(), failed, old_after(every), 0);
            let found = found.iter().map(|one| format!("{:?} {}", one.level, one.code.unwrap_or_default()));
            assert_eq!(found.map(|text| text.trim().to_owned()).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn only_backups_of_this_data_folder_count() {
        let entry = |origin, tag: Option<&str>, at| {
            let name = BackupName { at, origin, tag: tag.map(str::to_owned) };
            BackupEntry { file: name.file(1), name, bytes: 1, modified: None, has_key: true }
        };
        let entries = || {
            vec![
                entry(BackupOrigin::Automatic, Some("other"), 4000),
                entry(BackupOrigin::Uploaded, None, 3000),
                entry(BackupOrigin::Automatic, Some("own"), 2000),
                entry(BackupOrigin::Manual, None, 1000),
            ]
        };
        let gone = MadeBackup { at: 9000, file: "/none/pareia.db".into(), bytes: 1 };
        for (tag, at) in [(Some("own"), 2000), (Some("third"), 1000), (None, 4000)] {
            assert_eq!(newest(entries(), Some(gone.clone()), tag).map(|one| one.at), Some(at), "{tag:?}");
        }
        let there = MadeBackup { file: "/proc/version".into(), ..gone };
        assert_eq!(newest(entries(), Some(there), None).map(|one| one.at), Some(9000));
    }
}
