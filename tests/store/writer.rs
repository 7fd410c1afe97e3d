//! The writing connection: one wait for everybody, and a WAL that does not stay large.

use std::fs;
use std::time::Instant;

use pareia::sim::Version;
use pareia::store::{Error, Store};
use rusqlite::Connection;

use crate::harness::{Folder, Shop, WRITE_WAIT, ask, instant, post, sooner_than, until};

#[test]
fn writers_behind_another_process_wait_together_and_not_in_turn() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let other = Connection::open(shop.folder.path().join("pareia.db")).expect("another process");
    other.execute_batch("BEGIN IMMEDIATE").expect("it holds the database");
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..6)
            .map(|n| {
                scope.spawn({
                    let store = &shop.store;
                    move || store.set_setting("n", &n.to_string())
                })
            })
            .collect();
        let posted = post(&shop.url(crate::harness::ROUTE), &shop.token, &ask("loja-1").to_string());
        assert_eq!((posted.status, posted.code()), (503, "busy"), "{:?}", posted.body);
        assert_eq!(posted.header("retry-after"), Some("2"));
        for writer in writers {
            assert!(matches!(writer.join().expect("a writer"), Err(Error::Busy)));
        }
    });
    // In turn they would wait seven times as long; once for each other and once for SQLite, twice.
    sooner_than(2 * WRITE_WAIT, begun);
    other.execute_batch("ROLLBACK").expect("it lets go");
    assert_eq!(shop.post("loja-1").status, 200);
}

#[test]
fn a_wal_that_a_reader_made_large_is_cut_when_the_reader_is_gone() {
    let folder = Folder::new();
    let store = Store::open(folder.path()).expect("the store opens");
    let wal = || fs::metadata(folder.path().join("pareia.db-wal")).map_or(0, |file| file.len());
    let other = Connection::open(folder.path().join("pareia.db")).expect("another process");
    other.execute_batch("BEGIN").expect("it begins");
    let read = other.query_row("SELECT count(*) FROM settings", [], |row| row.get::<_, i64>(0));
    read.expect("it reads, and keeps what it read");
    // Different all over: SQLite writes only those pages of a value that change.
    for letter in ["a", "b", "c", "d", "e", "f"] {
        store.set_setting("large", &letter.repeat(4 << 20)).expect("written");
    }
    assert!(wal() > 20 << 20, "the reader keeps {} bytes", wal());
    other.execute_batch("COMMIT").expect("it is done");
    until("a write cuts the WAL", || {
        store.set_setting("large", "").expect("written");
        wal() <= 4 << 20
    });
}
