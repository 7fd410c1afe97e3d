//! Backups and restores of a data folder, at the store: what others do meanwhile, what a crash leaves.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pareia::store::{
    BackupError, RestoreKey, Restored, Store, WrittenBackup, apply_staged, back_up, restore, stage,
};
use rusqlite::Connection;

use super::disk::SmallDisk;
use crate::harness::{Folder, PATIENCE, sql, until};
use crate::serving::{Serving, furnish};

/// A data folder with a credential, a user and a token.
fn furnished() -> Folder {
    let folder = Folder::new();
    furnish(folder.path(), "http://127.0.0.1:1");
    folder
}

#[track_caller]
fn made(folder: &Path, file: &Path) -> WrittenBackup {
    back_up(folder, file, true, &mut |_| {}).expect("a backup")
}

/// Restores. A process that another test is just starting has a copy of every lock of this one for a moment.
fn restored(folder: &Path, file: &Path, key: RestoreKey) -> Result<Restored, BackupError> {
    let begun = Instant::now();
    loop {
        match restore(folder, file, key, &mut |_| {}) {
            Err(BackupError::InUse(_)) if begun.elapsed() < PATIENCE => {}
            other => return other,
        }
    }
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder").flatten();
    let mut names: Vec<_> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Every row of every table but `settings` and the audit trail, which say when what was done.
fn rows(file: &Path) -> Vec<Vec<String>> {
    let folder = file.parent().expect("a folder");
    let connection = Connection::open(file).expect("a database");
    let tables = "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table'
        AND name NOT IN ('settings', 'audit_entries', 'sqlite_sequence')";
    let tables: String = connection.query_row(tables, [], |row| row.get(0)).expect("tables");
    drop(connection);
    assert_eq!(file.file_name().expect("a name"), "pareia.db");
    let all = tables.split(',').flat_map(|table| {
        let rows = sql(folder, &format!("SELECT * FROM {table}"));
        rows.into_iter().map(move |row| [vec![table.to_owned()], row].concat())
    });
    let mut all: Vec<_> = all.collect();
    all.sort();
    all
}

#[test]
fn a_backup_under_two_hundred_writes_a_second_is_one_moment_row_by_row() {
    let (folder, elsewhere, other) = (furnished(), Folder::new(), Folder::new());
    let store = Store::open(folder.path()).expect("the store opens");
    // Of some size, so that many writes come between its first page and its last.
    store.set_setting("large", &"x".repeat(24 << 20)).expect("written");
    let program = Connection::open(folder.path().join("pareia.db")).expect("another process");
    program.execute_batch("CREATE TABLE a (n INTEGER); CREATE TABLE b (n INTEGER)").expect("its tables");
    let (over, file) = (AtomicBool::new(false), elsewhere.path().join("pareia.db"));
    let (written, before) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let program = Connection::open(folder.path().join("pareia.db")).expect("another process");
            program.busy_timeout(Duration::from_secs(5)).expect("a connection");
            let begun = Instant::now();
            let mut n = 0;
            while !over.load(Ordering::SeqCst) {
                n += 1;
                // One transaction in two tables: half of it would show.
                let write = format!("BEGIN; INSERT INTO a VALUES ({n}); INSERT INTO b VALUES ({n}); COMMIT");
                program.execute_batch(&write).expect("no write waits for a backup");
                std::thread::sleep(
                    (begun + Duration::from_millis(5) * n).saturating_duration_since(Instant::now()),
                );
            }
            n
        });
        until("it writes", || sql(folder.path(), "SELECT count(*) FROM a")[0][0] != "0");
        let before: u32 = sql(folder.path(), "SELECT max(n) FROM a")[0][0].parse().expect("a number");
        // It takes a few writes' time, of which each would have begun another kind of backup anew.
        let backup =
            back_up(folder.path(), &file, true, &mut |_| std::thread::sleep(Duration::from_millis(3)));
        backup.expect("no writer starves it");
        over.store(true, Ordering::SeqCst);
        (writer.join().expect("a writer"), before)
    });
    restored(other.path(), &file, RestoreKey::Found).expect("restored elsewhere");
    let kept: u32 = sql(other.path(), "SELECT max(n) FROM a")[0][0].parse().expect("a number");
    assert!(before <= kept && kept < written, "{before} to {written}: {kept}");
    assert_eq!(sql(other.path(), "SELECT count(*) FROM a"), [[kept.to_string()]], "all until then");
    let source = folder.path().join("pareia.db");
    Connection::open(&source)
        .expect("the source")
        .execute_batch(&format!("DELETE FROM a WHERE n > {kept}; DELETE FROM b WHERE n > {kept}"))
        .expect("as it was at that moment");
    assert_eq!(rows(&other.path().join("pareia.db")), rows(&source));
    let restored_from = "SELECT subject FROM audit_entries WHERE action = 'backup.restore'";
    assert_eq!(
        sql(other.path(), restored_from),
        [["pareia.db"]],
        "who restored it is told by what was restored"
    );
    drop(store);
    Store::open(other.path()).expect("it can be used");
}

#[test]
fn what_is_no_backup_is_told_by_what_it_is() {
    let (folder, files) = (furnished(), Folder::new());
    let good = files.path().join("good.db");
    made(folder.path(), &good);
    let good_key = files.path().join("good.key");
    let variant = |name: &str, change: &dyn Fn(&Path)| {
        let file = files.path().join(name);
        fs::copy(&good, &file).expect("a copy");
        change(&file);
        file
    };
    let change = |file: &Path, change: &str| {
        Connection::open(file).expect("a database").execute_batch(change).expect(change);
    };
    let text = variant("text.db", &|file| fs::write(file, "x".repeat(9000)).expect("written"));
    let empty_file = variant("empty.db", &|file| fs::write(file, "").expect("written"));
    // Each of them says that it is a database of pareia, and what is asked of it never ends.
    let endless = |table: &str, columns: &str| {
        let view = format!(
            "PRAGMA foreign_keys = OFF; DROP VIEW IF EXISTS doubled_instances; DROP TABLE {table};
             CREATE VIEW {table} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {columns} FROM n"
        );
        variant(&format!("{table}.db"), &|file| change(file, &view))
    };
    let endless_instances = endless("messaging_instances", "i");
    let endless_keys = endless("integration_credentials", "i AS id, hex(i) AS apiToken");
    let endless_versions = endless("refinery_schema_history", "1 AS version");
    let others = variant("others.db", &|file| change(file, "DROP TABLE refinery_schema_history"));
    let future = "INSERT INTO refinery_schema_history VALUES (999, 'x', '', '0')";
    let newer = variant("newer.db", &|file| change(file, future));
    let shorten =
        |file: &Path| fs::File::options().write(true).open(file).and_then(|file| file.set_len(20_000));
    let cut = variant("cut.db", &|file| shorten(file).expect("cut"));
    let other = furnished();
    let empty = Folder::new();
    for (file, into, key, code) in [
        (files.path().join("none.db"), folder.path(), RestoreKey::Found, "backup_io"),
        (text, folder.path(), RestoreKey::Found, "not_a_backup"),
        (empty_file, folder.path(), RestoreKey::Found, "not_a_backup"),
        (others, folder.path(), RestoreKey::Found, "not_a_backup"),
        (endless_instances, folder.path(), RestoreKey::Found, "not_a_backup"),
        (endless_keys, folder.path(), RestoreKey::Found, "not_a_backup"),
        (endless_versions, folder.path(), RestoreKey::Found, "not_a_backup"),
        (newer, folder.path(), RestoreKey::Found, "backup_newer"),
        (cut, folder.path(), RestoreKey::Found, "backup_damaged"),
        (variant("keyless.db", &|_| {}), empty.path(), RestoreKey::Found, "backup_key_missing"),
        (variant("another.db", &|_| {}), other.path(), RestoreKey::Found, "backup_key_wrong"),
        (good.clone(), empty.path(), RestoreKey::File(&other.path().join("pareia.key")), "backup_key_wrong"),
    ] {
        let before = rows(&folder.path().join("pareia.db"));
        let refused = restored(into, &file, key).expect_err("refused");
        assert_eq!(refused.code(), code, "{}: {refused}", file.display());
        assert_eq!(rows(&folder.path().join("pareia.db")), before, "nothing changed");
        assert!(
            !names(into).iter().any(|name| name.contains("stag") || name.contains("before")),
            "{:?}",
            names(into)
        );
    }
    // The same file is taken with its key, and where the data folder's own fits.
    let keyless = files.path().join("keyless.db");
    restored(empty.path(), &keyless, RestoreKey::File(&good_key)).expect("with its key");
    restored(folder.path(), &keyless, RestoreKey::Found).expect("beside its key");
    let lost = Folder::new();
    restored(lost.path(), &keyless, RestoreKey::Lost).expect("without its key");
    assert!(
        Store::open(lost.path()).expect("it opens with a new key").credentials().expect("read").is_empty()
    );
}

#[test]
fn a_backup_replaces_nothing_and_needs_the_key_that_fits() {
    let (folder, files) = (furnished(), Folder::new());
    let file = files.path().join("b.db");
    made(folder.path(), &file);
    assert_eq!(names(files.path()), ["b.db", "b.key"]);
    for path in ["b.db", "b.key"] {
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &fs::metadata(files.path().join(path)).expect("it").permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
    // No WAL is asked for by whoever reads it.
    assert_eq!(fs::read(&file).expect("it")[18..20], [1, 1]);
    let refused = |with_key: bool, target: &str| {
        let made = back_up(folder.path(), &files.path().join(target), with_key, &mut |_| {});
        made.expect_err("refused").code()
    };
    assert_eq!(refused(true, "b.db"), "backup_exists");
    fs::write(files.path().join("c.key"), "of something else").expect("a file");
    assert_eq!(refused(true, "c.db"), "backup_exists");
    fs::copy(furnished().path().join("pareia.key"), folder.path().join("pareia.key")).expect("another key");
    assert_eq!(refused(true, "d.db"), "backup_key_wrong");
    assert_eq!(refused(true, "none/d.db"), "backup_io");
    assert_eq!(names(files.path()), ["b.db", "b.key", "c.key"], "nothing is left");
    back_up(folder.path(), &files.path().join("e.db"), false, &mut |_| {}).expect("the rows are well");
    assert_eq!(names(files.path()), ["b.db", "b.key", "c.key", "e.db"]);
    let nothing = Folder::new();
    let made = back_up(nothing.path(), &files.path().join("f.db"), true, &mut |_| {});
    assert_eq!(made.expect_err("nothing to copy").code(), "no_database");
    assert_eq!(names(nothing.path()), Vec::<String>::new(), "and nothing made");
}

#[test]
fn a_full_disk_leaves_nothing_of_a_backup_or_of_a_restore() {
    let Some(disk) = SmallDisk::mount("2m") else { return };
    let (folder, files) = (furnished(), Folder::new());
    Store::open(folder.path())
        .expect("it opens")
        .set_setting("large", &"x".repeat(4 << 20))
        .expect("written");
    let target = disk.path().join("b.db");
    let refused = back_up(folder.path(), &target, true, &mut |_| {}).expect_err("no space");
    assert!(matches!(&refused, BackupError::Full(full) if full == disk.path()), "{refused:?}");
    assert_eq!(names(disk.path()), Vec::<String>::new());
    let file = files.path().join("b.db");
    made(folder.path(), &file);
    furnish(disk.path(), "http://127.0.0.1:1");
    let before = rows(&disk.path().join("pareia.db"));
    let refused = restored(disk.path(), &file, RestoreKey::Found).expect_err("no space");
    assert!(matches!(&refused, BackupError::Full(_)), "{refused:?}");
    // A process that another test is just starting has what was removed open for a moment.
    let room = disk.path().join("room");
    until("there is room again", || fs::write(&room, vec![0; 1 << 16]).is_ok());
    fs::remove_file(&room).expect("removed");
    assert_eq!(rows(&disk.path().join("pareia.db")), before);
    assert_eq!(names(disk.path()), ["pareia.db", "pareia.key", "pareia.lock"]);
}

#[test]
fn a_restore_is_refused_while_anybody_has_the_database_open() {
    let (folder, files) = (furnished(), Folder::new());
    let file = files.path().join("b.db");
    made(folder.path(), &file);
    let refused = |who: &str| {
        let refused = restore(folder.path(), &file, RestoreKey::Found, &mut |_| {}).expect_err(who);
        assert_eq!(refused.code(), "data_in_use", "{who}");
    };
    let serving = Serving::start(folder.path());
    refused("serve runs");
    serving.kill();
    let store = Store::open(folder.path()).expect("a command");
    refused("a command runs");
    drop(store);
    let shell = Connection::open(folder.path().join("pareia.db")).expect("the sqlite3 shell");
    shell.query_row("SELECT count(*) FROM users", [], |row| row.get::<_, i64>(0)).expect("it reads");
    refused("another program");
    drop(shell);
    let done = restored(folder.path(), &file, RestoreKey::Found).expect("nobody is left");
    assert_eq!(done.contents.sealed.total(), 1);
    let kept = done.kept.expect("the data before");
    let undone = restored(folder.path(), &kept.join("pareia.db"), RestoreKey::Found).expect("undone");
    assert_eq!(undone.contents, done.contents);
}

#[test]
fn a_backup_that_the_next_start_could_not_open_is_refused_while_it_is_staged() {
    let (folder, files) = (furnished(), Folder::new());
    let good = files.path().join("good.db");
    made(folder.path(), &good);
    for (name, change) in [
        ("missing.db", "DROP TABLE settings"),
        ("column.db", "ALTER TABLE settings RENAME COLUMN value TO other"),
        ("other.db", "UPDATE refinery_schema_history SET checksum = '1' WHERE version = 2"),
        // Of an older release, as it says, and its tables are there already.
        ("older.db", "DELETE FROM refinery_schema_history WHERE version > 5"),
    ] {
        let file = files.path().join(name);
        fs::copy(&good, &file).expect("a copy");
        Connection::open(&file).expect("a database").execute_batch(change).expect(change);
        let refused = stage(folder.path(), &file, RestoreKey::Found, &mut |_| {}).expect_err(name);
        assert_eq!(refused.code(), "not_a_backup", "{name}: {refused}");
        assert!(!names(folder.path()).iter().any(|name| name.contains("stag")), "{:?}", names(folder.path()));
    }
}

#[test]
fn a_restore_ends_sessions_and_links_that_were_ended_since() {
    let (folder, files) = (furnished(), Folder::new());
    let session = "INSERT INTO sessions SELECT 's1', id, randomblob(32), '', '', 1, 1, 2 FROM users LIMIT 1";
    let database = folder.path().join("pareia.db");
    let changed = Connection::open(&database).expect("the database").execute(session, []);
    assert_eq!(changed.expect("a session"), 1);
    let file = files.path().join("b.db");
    made(folder.path(), &file);
    restored(folder.path(), &file, RestoreKey::Found).expect("restored");
    assert_eq!(sql(folder.path(), "SELECT count(*) FROM sessions"), [["0"]]);
    assert_eq!(sql(folder.path(), "SELECT count(*) FROM users"), [["1"]]);
}

#[test]
fn what_is_staged_counts_from_when_it_was_ready_and_is_refused_aloud_once_it_is_old() {
    let (folder, files) = (furnished(), Folder::new());
    let file = files.path().join("b.db");
    made(folder.path(), &file);
    let staged = folder.path().join("pareia.staged");
    let before = std::time::SystemTime::now();
    // A copy that takes its time.
    stage(folder.path(), &file, RestoreKey::Found, &mut |_| std::thread::sleep(Duration::from_millis(20)))
        .expect("staged");
    let at = fs::metadata(&staged).and_then(|staged| staged.modified()).expect("a date");
    assert!(at >= before + Duration::from_millis(20), "of when it was ready");
    let long_ago = std::time::SystemTime::now() - Duration::from_mins(16);
    fs::File::open(&staged).and_then(|staged| staged.set_modified(long_ago)).expect("an old date");
    assert_eq!(apply_staged(folder.path()).expect_err("too old").code(), "restore_expired");
    assert!(!staged.exists(), "and no later start does it");
    assert!(apply_staged(folder.path()).expect("nothing is staged").is_none());
}
