//! Another process that holds the database: who waits for it, how long, and who does not.

use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use pareia::sim::Version;
use rusqlite::Connection;
use serde_json::json;

use crate::harness::{Client, ROUTE, Shop, get, instant, sooner_than, until};

/// What all of the writers wait together, with room for a busy machine: in turn they would wait 40 s.
const TOGETHER: Duration = Duration::from_secs(15);

fn held(shop: &Shop) -> Connection {
    let other = Connection::open(shop.folder.path().join("pareia.db")).expect("another process");
    other.execute_batch("BEGIN IMMEDIATE").expect("it holds the database");
    other
}

#[test]
fn calls_that_write_are_busy_together_and_no_other_waits() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let (other, begun) = (held(&shop), Instant::now());
    std::thread::scope(|scope| {
        let make = || Client::bearer(&shop, &shop.token).post(&format!("{ROUTE}/a/link"), &json!({}));
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        let is_over = || writers.iter().any(ScopedJoinHandle::is_finished);
        let mut answered = 0;
        while !is_over() {
            assert_eq!(get(&shop.url("/livez")).status, 200);
            assert_eq!(Client::bearer(&shop, &shop.token).get(ROUTE).status, 200);
            answered += 1;
        }
        assert!(answered > 20, "{answered} of either were answered while the writers waited");
        for writer in writers {
            let answer = writer.join().expect("no panic");
            assert_eq!((answer.status, answer.code()), (503, "busy"), "{:?}", answer.body);
        }
    });
    sooner_than(TOGETHER, begun);
    other.execute_batch("ROLLBACK").expect("it lets go");
    assert_eq!(shop.call("POST", &format!("{ROUTE}/a/link")).status, 200);
}

#[test]
fn a_note_of_use_that_waits_holds_up_no_request() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let used = || shop.sql("SELECT coalesce(lastUsedAt, 0) FROM api_tokens")[0][0] != "0";
    let (other, begun) = (held(&shop), Instant::now());
    for _ in 0..20 {
        assert_eq!(Client::bearer(&shop, &shop.token).get(ROUTE).status, 200);
    }
    sooner_than(Duration::from_secs(5), begun);
    assert!(!used(), "the note still waits");
    other.execute_batch("ROLLBACK").expect("it lets go");
    until("the note is written", used);
}
