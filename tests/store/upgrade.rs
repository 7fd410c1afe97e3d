//! Upgrades of the tables: the copy that is put beside them, whole or not at all.

use std::fs;
use std::path::Path;

use pareia::domain::{Channel, Name, Status};
use pareia::store::{Error, Store};
use rusqlite::Connection;

use super::disk::SmallDisk;
use crate::harness::{Folder, add_credential, sql};

/// The migrations that were released, in order.
const MIGRATIONS: [&str; 11] = [
    include_str!("../../migrations/V1__core.sql"),
    include_str!("../../migrations/V2__page.sql"),
    include_str!("../../migrations/V3__roles.sql"),
    include_str!("../../migrations/V4__one_spelling.sql"),
    include_str!("../../migrations/V5__channels.sql"),
    include_str!("../../migrations/V6__linked.sql"),
    include_str!("../../migrations/V7__own_authorities.sql"),
    include_str!("../../migrations/V8__scans.sql"),
    include_str!("../../migrations/V9__homes.sql"),
    include_str!("../../migrations/V10__linked_anew.sql"),
    include_str!("../../migrations/V11__saved_settings.sql"),
];

/// A data folder as the first release left it, with a user who owns an instance.
fn of_the_first_release() -> Folder {
    let old = Folder::new();
    fill(old.path());
    old
}

fn fill(old: &Path) {
    at_version(old, 1)
        .execute_batch(
            "INSERT INTO users VALUES ('u1', 'loja', 0, 5);
             INSERT INTO messaging_instances VALUES ('c1', 'whatsapp_evolution', 'a', '5521991856227', 'u1', NULL,
                 'connected', NULL, 7, NULL, NULL, NULL, NULL, 5, 7);",
        )
        .expect("its rows");
}

/// The empty database that the release with that schema version makes in a folder.
fn at_version(folder: &Path, version: usize) -> Connection {
    let new = Folder::new();
    drop(Store::open(new.path()).expect("a new folder"));
    let connection = Connection::open(folder.join("pareia.db")).expect("a database");
    connection.execute_batch(&MIGRATIONS[..version].concat()).expect("its tables");
    let history = format!(
        "ATTACH '{}' AS new;
         CREATE TABLE refinery_schema_history AS
             SELECT * FROM new.refinery_schema_history WHERE version <= {version};
         DETACH new;",
        new.path().join("pareia.db").display()
    );
    connection.execute_batch(&history).expect("its history");
    connection
}

/// The copies in the folder, whole or not.
fn copies(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder").flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("pareia.db.v")).collect()
}

#[test]
fn the_first_releases_tables_are_brought_up_to_date_and_a_copy_is_put_beside_them() {
    let folder = of_the_first_release();
    let store = Store::open(folder.path()).expect("it opens");
    assert_eq!(copies(folder.path()), ["pareia.db.v1"]);
    let copy = Connection::open(folder.path().join("pareia.db.v1")).expect("the copy opens");
    let columns = "SELECT count(*) FROM pragma_table_info('messaging_instances')";
    let kept: i64 = copy.query_row(columns, [], |r| r.get(0)).expect("a number");
    assert_eq!(kept, 15, "the copy has the tables as they were");
    let name = Name::parse("a").expect("a name");
    let row = store.instance(Channel::WhatsappEvolution, &name).expect("read").expect("still there");
    assert_eq!((row.id.as_str(), row.status, row.paired_at), ("c1", Status::Connected, Some(7)));
    assert_eq!(sql(folder.path(), "SELECT * FROM instance_events"), Vec::<Vec<String>>::new());
}

#[test]
fn a_server_that_was_stored_with_the_usual_port_is_the_same_server_without_it() {
    for (stored, kept) in [
        ("http://h:80", "http://h"),
        ("http://h:80/evo", "http://h/evo"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://h:8080", "http://h:8080"),
        ("http://h/a:80", "http://h/a:80"),
        ("https://h:443", "https://h"),
        ("https://h:443/evo", "https://h/evo"),
        ("https://h:80", "https://h:80"),
        ("http://h:443", "http://h:443"),
    ] {
        let folder = of_the_first_release();
        let connection = Connection::open(folder.path().join("pareia.db")).expect("a database");
        connection.execute("UPDATE messaging_instances SET claimedUrl = ?1", [stored]).expect("a change");
        let credential =
            "INSERT INTO integration_credentials VALUES ('a', 'whatsapp_evolution', 'a', ?1, 'v1:', 1, 5, 5)";
        connection.execute(credential, [stored]).expect("a credential");
        drop(connection);
        // Its key is of another sealing key, which is told after the tables are up to date.
        assert!(Store::open(folder.path()).is_err());
        assert_eq!(sql(folder.path(), "SELECT claimedUrl FROM messaging_instances"), [[kept]], "{stored}");
        assert_eq!(sql(folder.path(), "SELECT baseUrl FROM integration_credentials"), [[kept]], "{stored}");
    }
}

#[test]
fn a_copy_for_which_there_is_no_space_leaves_nothing_however_often_it_is_tried() {
    let Some(disk) = SmallDisk::mount("600k") else { return };
    fill(disk.path());
    let connection = Connection::open(disk.path().join("pareia.db")).expect("the database");
    connection.execute_batch("CREATE TABLE ballast AS SELECT randomblob(250000) AS x").expect("it fits once");
    drop(connection);
    for _ in 0..3 {
        let refused = Store::open(disk.path()).err();
        assert!(matches!(&refused, Some(Error::Full(folder)) if folder == disk.path()), "{refused:?}");
        assert_eq!(copies(disk.path()), Vec::<String>::new());
    }
    disk.grow("4m");
    drop(Store::open(disk.path()).expect("there is space now"));
    assert_eq!(copies(disk.path()), ["pareia.db.v1"]);
}

/// Needs no disk of its own: a limit on the size of files cuts the copy off in the middle.
#[test]
fn a_copy_that_is_cut_off_leaves_no_journal_either() {
    let folder = of_the_first_release();
    let connection = Connection::open(folder.path().join("pareia.db")).expect("the database");
    connection.execute_batch("CREATE TABLE ballast AS SELECT randomblob(600000) AS x").expect("it grows");
    drop(connection);
    for _ in 0..2 {
        let output = std::process::Command::new("bash")
            .args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_pareia")])
            .args(["user", "list", "--data"])
            .arg(folder.path())
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(copies(folder.path()), Vec::<String>::new());
    }
    // What a process that was killed over its copy leaves.
    fs::write(folder.path().join("pareia.db.v1.partial-journal"), "x").expect("written");
    drop(Store::open(folder.path()).expect("it opens without the limit"));
    assert_eq!(copies(folder.path()), ["pareia.db.v1"]);
}

#[test]
fn what_earlier_attempts_left_is_cleared_away() {
    let folder = of_the_first_release();
    for name in ["pareia.db.v1-1700000000000", "pareia.db.v1.partial", "pareia.db.v0-1"] {
        fs::write(folder.path().join(name), "half a copy").expect("written");
    }
    drop(Store::open(folder.path()).expect("it opens"));
    let mut left = copies(folder.path());
    left.sort();
    assert_eq!(left, ["pareia.db.v0-1", "pareia.db.v1"], "one for each version, and that one is whole");
    let whole = fs::read(folder.path().join("pareia.db.v1")).expect("the copy");
    assert!(whole.starts_with(b"SQLite format 3"));
}

/// A data folder as the release with schema version 4 left it, with rows in every table.
fn of_version_4() -> Folder {
    let old = Folder::new();
    let store = Store::open(old.path()).expect("a new folder");
    assert!(add_credential(&store, "cred_a", "http://localhost:8080", None));
    drop(store);
    // Sealed with the key of this folder, which stays.
    let sealed = sql(old.path(), "SELECT apiToken FROM integration_credentials").concat().concat();
    for file in ["pareia.db", "pareia.db-wal", "pareia.db-shm"] {
        let _ = fs::remove_file(old.path().join(file));
    }
    at_version(old.path(), 4).execute_batch(&ROWS_OF_VERSION_4.replace("SEALED", &sealed)).expect("its rows");
    old
}

const ROWS_OF_VERSION_4: &str = "
    INSERT INTO users (id, name, createdAt, passwordHash, role) VALUES
        ('u1', 'loja', 5, NULL, 'owner'), ('u2', 'ana', 6, '$argon2id$x', 'administrator');
    INSERT INTO api_tokens VALUES ('t1', 'u1', 'loja', zeroblob(32), 99, 7, 8);
    INSERT INTO integration_credentials VALUES
        ('cred_a', 'whatsapp_evolution', 'a', 'http://localhost:8080', 'SEALED', 1, 5, 6),
        ('cred_b', 'whatsapp_evolution', 'b', 'http://localhost:8081', 'SEALED', 0, 7, 8);
    DELETE FROM integration_credentials WHERE id = 'cred_b';
    INSERT INTO messaging_instances VALUES
        ('c1', 'whatsapp_evolution', 'a', '5521991856227', 'u1', 'cred_a', 'pending', 'data:image/png;base64,x', NULL,
            'http://localhost:8080', 'up-1', 11, 12, 5, 9, 'asked', NULL, 9, NULL),
        ('c2', 'whatsapp_evolution', 'b', '5521991856228', 'u2', NULL, 'lost', NULL, 7, NULL, NULL, NULL, NULL, 6, 8,
            'gone', NULL, NULL, 8),
        ('c3', 'whatsapp_evolution', 'c', '5521991856229', 'u1', NULL, 'error', NULL, 7, NULL, NULL, NULL, NULL, 6, 8,
            NULL, NULL, NULL, NULL);
    UPDATE messaging_instances SET status = 'connecting', updatedAt = 10 WHERE id = 'c1';
    DELETE FROM messaging_instances WHERE id = 'c3';
    INSERT INTO connect_links VALUES ('l1', 'c1', zeroblob(32), 9, 99, NULL);
    INSERT INTO sessions VALUES ('s1', 'u2', zeroblob(32), 'Firefox', '127.0.0.1', 6, 7, 99);
    INSERT INTO credential_health VALUES ('cred_a', 'evolution_timeout', 9);
    INSERT INTO settings VALUES ('url', 'http://localhost:3000');
";

/// Every row of every table but the history of the migrations, with its number inside SQLite.
fn all_rows(folder: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'refinery_schema_history' ORDER BY name";
    let rows = |table: String| {
        let all = sql(folder, &format!("SELECT rowid, * FROM {table} ORDER BY rowid"));
        (table, all)
    };
    sql(folder, tables).concat().into_iter().map(rows).collect()
}

/// Every table, index and trigger, as it was declared.
fn schema(folder: &Path) -> Vec<Vec<String>> {
    let query = "SELECT type, name, tbl_name, sql FROM sqlite_schema
         WHERE tbl_name <> 'refinery_schema_history' ORDER BY type, name";
    sql(folder, query)
}

#[test]
fn version_5_changes_two_constraints_and_nothing_else() {
    let folder = of_version_4();
    let (rows, declared) = (all_rows(folder.path()), schema(folder.path()));
    assert!(rows.iter().all(|(_, rows)| !rows.is_empty()), "each table has rows: {rows:?}");
    let connection = Connection::open(folder.path().join("pareia.db")).expect("the database");
    connection.execute_batch(MIGRATIONS[4]).expect("its tables");
    drop(connection);

    let is_new = |table: &str| table == "channels";
    let (new, kept): (Vec<_>, Vec<_>) =
        all_rows(folder.path()).into_iter().partition(|(table, _)| is_new(table));
    assert_eq!(kept, rows);
    assert_eq!(new, [("channels".to_owned(), vec![vec!["1".to_owned(), "whatsapp_evolution".to_owned()]])]);

    let reference = |mut entry: Vec<String>| {
        for column in ["type", "channel"] {
            let check = format!("CHECK ({column} IN ('whatsapp_evolution'))");
            entry[3] = entry[3].replace(&check, "REFERENCES channels (name)");
        }
        entry
    };
    let expected: Vec<_> = declared.iter().cloned().map(reference).collect();
    assert_eq!(expected.iter().zip(&declared).filter(|(now, before)| now != before).count(), 2);
    let mut found = schema(folder.path());
    found.retain(|entry| !is_new(&entry[2]));
    assert_eq!(found, expected);

    assert_eq!(sql(folder.path(), "PRAGMA integrity_check"), [["ok"]]);
    assert_eq!(sql(folder.path(), "PRAGMA foreign_key_check"), Vec::<Vec<String>>::new());
}

#[test]
fn an_upgraded_database_is_declared_as_a_new_one_is() {
    let new = Folder::new();
    drop(Store::open(new.path()).expect("a new folder"));
    for upgraded in [of_the_first_release(), of_version_4()] {
        drop(Store::open(upgraded.path()).expect("it opens"));
        assert_eq!(schema(upgraded.path()), schema(new.path()));
    }
}

#[test]
fn history_goes_on_after_version_5() {
    let folder = of_version_4();
    drop(Store::open(folder.path()).expect("it opens"));
    let before = sql(folder.path(), "SELECT * FROM instance_events").len();
    let connection = Connection::open(folder.path().join("pareia.db")).expect("the database");
    let change = "
        UPDATE messaging_instances SET status = 'connected', statusReason = 'paired', updatedAt = 20 WHERE id = 'c1';
        INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, status, createdAt, updatedAt)
            VALUES ('c4', 'whatsapp_evolution', 'd', '5521991856227', 'u1', 'pending', 21, 21);";
    connection.execute_batch(change).expect("a change");
    let events = sql(
        folder.path(),
        &format!(
            "SELECT instanceId, at, fromStatus, toStatus, reason FROM instance_events ORDER BY id LIMIT 9 OFFSET {before}"
        ),
    );
    assert_eq!(
        events,
        [["c1", "20", "connecting", "connected", "paired"], ["c4", "21", "NULL", "pending", "NULL"]]
    );
    let since = "SELECT statusSince FROM messaging_instances WHERE id IN ('c1', 'c4') ORDER BY id";
    assert_eq!(sql(folder.path(), since), [["20"], ["21"]]);
    assert_eq!(sql(folder.path(), "SELECT usedAt FROM connect_links"), [["20"]]);
    connection.execute_batch("DELETE FROM users WHERE id = 'u1'").expect_err("they own instances");
    connection.execute_batch("DELETE FROM messaging_instances WHERE id = 'c1'").expect("a row less");
    assert_eq!(sql(folder.path(), "SELECT * FROM connect_links"), Vec::<Vec<String>>::new(), "gone with it");
}

#[test]
fn the_database_takes_the_channels_that_there_are_and_no_other() {
    let folder = of_version_4();
    drop(Store::open(folder.path()).expect("it opens"));
    let mut channels = Channel::ALL.map(|channel| vec![channel.as_str().to_owned()]);
    channels.sort();
    assert_eq!(sql(folder.path(), "SELECT name FROM channels ORDER BY name"), channels);
    let connection = Connection::open(folder.path().join("pareia.db")).expect("the database");
    for (table, column) in [("integration_credentials", "type"), ("messaging_instances", "channel")] {
        let change = format!("UPDATE {table} SET {column} = 'telegram'");
        let refused = connection.execute_batch(&change).expect_err("no such channel").to_string();
        assert_eq!(refused, "FOREIGN KEY constraint failed", "{table}");
    }
}

#[test]
fn rows_that_are_old_or_odd_are_listed_and_go_on_after_versions_6_to_9() {
    for version in [5, 8] {
        let folder = Folder::new();
        at_version(folder.path(), version)
            .execute_batch(
                "INSERT INTO users (id, name, createdAt, role) VALUES ('u1', 'loja', 5, 'owner');
                 INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, status,
                     statusReason, pairedAt, createdAt, updatedAt) VALUES
                     ('c1', 'whatsapp_evolution', 'a', '021991856227', 'u1', 'connected', 'paired', 5, 5, 7),
                     ('c2', 'whatsapp_evolution', 'b', 'a loja', 'u1', 'disconnected', 'um motivo', NULL, 5, 7);
                 DELETE FROM instance_events;",
            )
            .expect("its rows");
        let store = Store::open(folder.path()).expect("it opens");
        let link = |number: &str| {
            let change = format!("UPDATE messaging_instances SET linkedNumber = '{number}' WHERE id = 'c1'");
            Connection::open(folder.path().join("pareia.db")).expect("it opens").execute_batch(&change)
        };
        link("5521991856227").expect("the first phone that is seen");
        let events = || sql(folder.path(), "SELECT instanceId, reason, detail FROM instance_events");
        assert_eq!(
            events(),
            Vec::<Vec<String>>::new(),
            "{version}: its connection is older than the history"
        );
        let lines = store.instance_lines(None).expect("a list");
        let said: Vec<_> =
            lines.iter().map(|line| (&*line.phone, line.reason.as_deref(), line.number_matches())).collect();
        let expected = [("021991856227", Some("paired"), Some(true)), ("a loja", Some("um motivo"), None)];
        assert_eq!(said, expected, "{version}");
        for name in ["a", "b"] {
            let name = Name::parse(name).expect("a name");
            assert!(store.instance(Channel::WhatsappEvolution, &name).expect("read").is_some(), "{version}");
        }
        link("5511987654321").expect("another");
        assert_eq!(events(), [["c1", "linked", "5511987654321"]], "{version}");
    }
}
