//! Backups by the clock: when they are made, which are kept, what a failure does.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pareia::backup::{BackupLoop, BackupOrigin, BackupPlan, Backups};
use pareia::store::Store;

use crate::harness::{Folder, until};

const DAY: Duration = Duration::from_hours(24);
/// Between two looks at a clock that a test turns.
const LOOK: Duration = Duration::from_millis(2);

fn plan(folder: &Path) -> BackupPlan {
    BackupPlan { folder: folder.to_owned(), every: Some(DAY), keep: 2, with_key: true }
}

fn backups(store: &Arc<Store>, folder: &Path) -> Arc<Backups> {
    Arc::new(Backups::new(Arc::clone(store), plan(folder)))
}

/// The backups in the folder, the oldest first, and other files.
fn databases(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> =
        names.filter(|name| Path::new(name).extension().is_some_and(|e| e == "db")).collect();
    names.sort();
    names
}

fn made_at(store: &Store) -> Option<i64> {
    store.last_backup().expect("read").made.map(|made| made.at)
}

#[test]
fn they_are_made_by_the_date_of_the_last_and_only_the_newest_of_ours_are_kept() {
    let (data, other_data, folder) = (Folder::new(), Folder::new(), Folder::new());
    let store = Arc::new(Store::open(data.path()).expect("the store opens"));
    let other = Arc::new(Store::open(other_data.path()).expect("another opens"));
    let count = |n: usize| until("a backup is made", || databases(folder.path()).len() == n);
    // What is not ours: of a person, of another data folder, and of nobody.
    fs::write(folder.path().join("pareia.db"), "a copy by hand").expect("written");
    fs::write(folder.path().join("pareia-2020-01-01T00-00-00Z-auto-000000.db"), "of others")
        .expect("written");
    backups(&store, folder.path()).make(BackupOrigin::Manual).expect("made");
    count(3);
    let first = BackupLoop::looking_every(backups(&store, folder.path()), LOOK);
    count(4);
    // A start makes none before it is due, of another data folder one at once.
    first.stop();
    let after_first = made_at(&store);
    let again = BackupLoop::looking_every(backups(&store, folder.path()), LOOK);
    let others = BackupLoop::looking_every(backups(&other, folder.path()), LOOK);
    count(5);
    assert_eq!(made_at(&store), after_first);
    others.stop();
    for day in 1..=3 {
        let before = made_at(&store);
        store.clock().advance(DAY);
        until(&format!("that of day {day}"), || made_at(&store) != before);
    }
    again.stop();
    let left = databases(folder.path());
    assert_eq!(left.len(), 6, "{left:?}");
    assert!(left.iter().any(|name| name == "pareia.db") && left.iter().any(|name| name.contains("000000")));
    let keys = fs::read_dir(folder.path()).expect("the folder").count() - left.len();
    assert_eq!(keys, 4, "a key goes with its backup");
    assert!(backups(&store, folder.path()).list().expect("a list").iter().all(|one| one.verified.is_some()));
}

#[test]
fn a_clock_that_was_set_back_costs_no_backup_and_makes_none_over_and_over() {
    let (data, folder) = (Folder::new(), Folder::new());
    let store = Arc::new(Store::open(data.path()).expect("the store opens"));
    let ahead = backups(&store, folder.path());
    // What the schedule made before the clock was set back.
    store.clock().advance(2 * DAY);
    let running = BackupLoop::looking_every(Arc::clone(&ahead), LOOK);
    until("the one that is ahead", || databases(folder.path()).len() == 1);
    running.stop();
    let of_then = databases(folder.path());
    let now = Arc::new(Store::open(data.path()).expect("with the clock of now"));
    let plan = BackupPlan { keep: 1, ..plan(folder.path()) };
    let running = BackupLoop::looking_every(Arc::new(Backups::new(Arc::clone(&now), plan)), LOOK);
    let before = made_at(&now);
    until("one is made", || made_at(&now) != before);
    let first = made_at(&now);
    until("both are there", || databases(folder.path()).len() == 2);
    now.clock().advance(DAY);
    until("the next by the clock", || made_at(&now) != first);
    until("the first is removed", || databases(folder.path()).len() == 2);
    running.stop();
    let left = databases(folder.path());
    assert!(left.contains(&of_then[0]), "{left:?}: what is ahead is nobody's to remove");
    let made = now.last_backup().expect("read").made.expect("one").file;
    assert!(left.iter().any(|name| made.ends_with(name.as_str())), "{left:?}: {made}");
    assert_eq!(now.last_backup().expect("read").failed, None);
}

#[test]
fn a_standby_with_the_same_key_and_place_removes_nothing_of_the_first() {
    let (data, standby_data, folder) = (Folder::new(), Folder::new(), Folder::new());
    let first = Arc::new(Store::open(data.path()).expect("the store opens"));
    fs::copy(data.path().join("pareia.key"), standby_data.path().join("pareia.key")).expect("the same key");
    let standby = Arc::new(Store::open(standby_data.path()).expect("the standby opens"));
    let run_once = |store: &Arc<Store>, expected: usize| {
        let plan = BackupPlan { keep: 1, ..plan(folder.path()) };
        let running = BackupLoop::looking_every(Arc::new(Backups::new(Arc::clone(store), plan)), LOOK);
        until("a backup is made", || made_at(store).is_some());
        running.stop();
        assert_eq!(databases(folder.path()).len(), expected);
    };
    run_once(&first, 1);
    let of_first = databases(folder.path());
    run_once(&standby, 2);
    assert!(databases(folder.path()).contains(&of_first[0]));
    // The id stays, whoever opens the folder next.
    let again = Arc::new(Store::open(data.path()).expect("it opens"));
    again.clock().advance(DAY);
    let before = made_at(&again);
    let plan = BackupPlan { keep: 1, ..plan(folder.path()) };
    let running = BackupLoop::looking_every(Arc::new(Backups::new(Arc::clone(&again), plan)), LOOK);
    until("the next", || made_at(&again) != before);
    until("the old one is removed", || databases(folder.path()).len() == 2);
    running.stop();
    assert!(!databases(folder.path()).contains(&of_first[0]));
}

#[test]
fn a_failure_is_kept_until_a_backup_is_made_again() {
    let (data, parent) = (Folder::new(), Folder::new());
    let store = Arc::new(Store::open(data.path()).expect("the store opens"));
    let folder = parent.path().join("disk");
    fs::write(&folder, "no folder").expect("a file where the disk was mounted");
    let running = BackupLoop::looking_every(backups(&store, &folder), LOOK);
    let failed = || store.last_backup().expect("read").failed;
    until("a failure is noted", || failed().is_some());
    let first = failed().expect("a failure");
    assert_eq!((first.count, first.code.as_str(), first.since), (1, "backup_io", first.at));
    store.clock().advance(Duration::from_mins(1));
    until("another", || failed().is_some_and(|failed| failed.count == 2));
    assert_eq!(failed().expect("a failure").since, first.since);
    fs::remove_file(&folder).expect("the disk is back");
    store.clock().advance(Duration::from_mins(2));
    until("a backup", || made_at(&store).is_some() && failed().is_none());
    running.stop();
    assert_eq!(databases(&folder).len(), 1);
}
