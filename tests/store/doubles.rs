//! The rows whose name another server has as well.

use std::collections::BTreeMap;

use pareia::domain::{Channel, Name, Phone};
use pareia::store::{Store, UnmanagedInstance};

use crate::harness::{Folder, add_credential, sql};

/// A server may list ten thousand instances that no row there has: each is looked for among as many rows.
#[test]
fn a_double_is_found_by_its_row_and_by_its_name_without_reading_every_row() {
    let folder = Folder::new();
    drop(Store::open(folder.path()).expect("the store opens"));
    for (wanted, index) in [
        ("instanceId = 'c1'", "unmanaged_instances_name"),
        ("credentialId = 'a' AND name = 'loja'", "messaging_instances_upstream"),
    ] {
        let query = format!("EXPLAIN QUERY PLAN SELECT server FROM doubled_instances WHERE {wanted}");
        let plan = sql(folder.path(), &query).concat().join(" ");
        assert!(
            plan.contains(index) && !plan.contains("SCAN") && !plan.contains("channel="),
            "{wanted}: {plan}"
        );
    }
}

#[test]
fn what_a_server_lists_is_noted_as_it_is_now_however_much_it_is() {
    let folder = Folder::new();
    let store = Store::open(folder.path()).expect("the store opens");
    assert!(add_credential(&store, "a", "http://a", None));
    let listed = |names: std::ops::Range<u32>, is_paired: bool| -> BTreeMap<_, _> {
        let one = |n| (format!("n{n:04}"), UnmanagedInstance { id: None, is_phone: true, is_paired });
        names.map(one).collect()
    };
    for (names, is_paired) in [(0..1200, false), (600..1800, true), (0..0, false)] {
        let listed = listed(names, is_paired);
        store.note_unmanaged("a", &listed).expect("written");
        assert_eq!(store.unmanaged_count("a").expect("read"), listed.len());
        for (name, one) in &listed {
            assert_eq!(store.unmanaged("a", name).expect("read").as_ref(), Some(one));
        }
    }
    store.note_unmanaged("gone", &listed(0..3, true)).expect("nothing is written for a removed server");
    assert_eq!(store.unmanaged_count("gone").expect("read"), 0);
}

const ROW: &str = "INSERT INTO users (id, name, createdAt) VALUES ('u1', 'loja', 5);
    INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, credentialId, status,
        upstreamId, createdAt, updatedAt)
    VALUES ('c1', 'whatsapp_evolution', 'loja', '5521991856227', 'u1', 'a', 'connected', 'own', 5, 7)";

/// A store with servers, and one row.
fn with_row(folder: &Folder, servers: &[&str]) -> Store {
    let store = Store::open(folder.path()).expect("the store opens");
    for id in servers {
        assert!(add_credential(&store, id, &format!("http://{id}"), None));
    }
    let file = rusqlite::Connection::open(folder.path().join("pareia.db")).expect("the database");
    file.execute_batch(ROW).expect("a row");
    store
}

#[test]
fn a_double_is_said_once_for_each_server_in_whatever_order_it_shows() {
    let folder = Folder::new();
    let store = with_row(&folder, &["a", "b", "c"]);
    let one = UnmanagedInstance { id: None, is_phone: true, is_paired: false };
    let listed = BTreeMap::from([("loja".to_owned(), one.clone())]);
    let said = || {
        let events = store.events("c1", None, 100).expect("read");
        assert!(events.iter().all(|event| event.detail.is_none()), "no owner reads the names of servers");
        events.iter().filter(|event| event.reason.as_deref() == Some("doubled")).count()
    };
    // A server that listed it before there was a row, as a call finds it.
    sql(folder.path(), "INSERT INTO unmanaged_instances VALUES ('b', 'loja', NULL, 1, 0, 1) RETURNING 1");
    assert_eq!(said(), 0);
    store.note_unmanaged_one("b", "loja", &one).expect("written");
    assert_eq!(said(), 1);
    for listed in [&BTreeMap::new(), &listed, &BTreeMap::new(), &listed] {
        store.note_unmanaged("b", listed).expect("written");
    }
    assert_eq!(said(), 1, "a list that omits it once is no news");
    store.note_unmanaged("c", &listed).expect("written");
    assert_eq!(said(), 2, "another server");
}

#[test]
fn a_line_about_settings_or_doubles_is_no_line_of_a_connection() {
    let folder = Folder::new();
    let _store = with_row(&folder, &["a"]);
    let run = |statement: &str| sql(folder.path(), statement);
    run("INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason)
         VALUES ('c1', 8, 'connecting', 'connected', 'paired') RETURNING 1");
    run("INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason, detail)
         VALUES ('c1', 9, 'connected', 'connected', 'settings_restored', 'proxy') RETURNING 1");
    run("UPDATE messaging_instances SET linkedNumber = '5521991856227' WHERE id = 'c1' RETURNING 1");
    let lines = "SELECT reason, detail FROM instance_events WHERE at > 7 ORDER BY id";
    assert_eq!(run(lines), [["paired", "5521991856227"], ["settings_restored", "proxy"]], "no other phone");
    run("UPDATE messaging_instances SET linkedNumber = '5511987654321' WHERE id = 'c1' RETURNING 1");
    let linked = "SELECT detail FROM instance_events WHERE reason = 'linked'";
    assert_eq!(run(linked), [["5511987654321"]]);
}

#[test]
fn no_second_row_is_written_for_an_instance_that_has_one_of_another_name() {
    let folder = Folder::new();
    let store = with_row(&folder, &["a", "b"]);
    sql(folder.path(), "UPDATE messaging_instances SET upstreamName = 'Loja-Centro' RETURNING 1");
    let name = Name::parse("Loja-Centro").expect("a name");
    let phone = Phone::parse("5521991856227").expect("a phone");
    let add = |server| {
        let added = store.add_instance(Channel::WhatsappEvolution, &name, &phone, "u1", server);
        added.expect("written").is_some()
    };
    assert!(!add("a"), "it is the row's instance");
    assert!(add("b"), "another server's is another");
}
