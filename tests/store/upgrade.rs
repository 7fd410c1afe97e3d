//! Upgrades of the tables: the copy that is put beside them, whole or not at all.

use std::fs;
use std::path::Path;

use pareia::domain::{Channel, Name, Status};
use pareia::store::{Error, Store};

use super::disk::SmallDisk;
use crate::harness::{Folder, sql};

/// A data folder as the first release left it, with a user who owns an instance.
fn of_the_first_release() -> Folder {
    let old = Folder::new();
    fill(old.path());
    old
}

fn fill(old: &Path) {
    let new = Folder::new();
    drop(Store::open(new.path()).expect("a new folder"));
    let connection = rusqlite::Connection::open(old.join("pareia.db")).expect("a database");
    connection.execute_batch(include_str!("../../migrations/V1__core.sql")).expect("the first tables");
    let history = format!(
        "ATTACH '{}' AS new;
         CREATE TABLE refinery_schema_history AS SELECT * FROM new.refinery_schema_history WHERE version = 1;
         INSERT INTO users VALUES ('u1', 'loja', 0, 5);
         INSERT INTO messaging_instances VALUES ('c1', 'whatsapp_evolution', 'a', '5521991856227', 'u1', NULL,
             'connected', NULL, 7, NULL, NULL, NULL, NULL, 5, 7);",
        new.path().join("pareia.db").display()
    );
    connection.execute_batch(&history).expect("its rows");
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
    let copy = rusqlite::Connection::open(folder.path().join("pareia.db.v1")).expect("the copy opens");
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
        let connection = rusqlite::Connection::open(folder.path().join("pareia.db")).expect("a database");
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
    let connection = rusqlite::Connection::open(disk.path().join("pareia.db")).expect("the database");
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
    let connection = rusqlite::Connection::open(folder.path().join("pareia.db")).expect("the database");
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
