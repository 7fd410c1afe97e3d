//! The rows whose name another server has as well.

use std::collections::BTreeMap;

use pareia::domain::{Channel, Secret};
use pareia::store::{NewCredential, Store, UnmanagedInstance};

use crate::harness::{Folder, sql};

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
    let (key, channel) = (Secret::new("k"), Channel::WhatsappEvolution);
    let new =
        NewCredential { id: "a", channel, name: "a", base_url: "http://a", ca_certificate: None, key: &key };
    assert!(store.add_credential(&new).expect("added"));
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
