//! The data folder: modes, keys, versions, and the statements people type by hand.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pareia::domain::{Name, Secret};
use pareia::sim::Version;
use pareia::store::{Error, Removal, Store};

use crate::harness::{Folder, KEY, Shop, add_credential, instant, sql};

fn with_credential(folder: &Folder) {
    let store = Store::open(folder.path()).expect("the store opens");
    let add = || add_credential(&store, "cred_a", "http://localhost:8080", None);
    assert!(add());
    assert!(!add(), "the id is taken");
}

#[track_caller]
fn refuses(folder: &Folder, expected: impl Fn(&Error) -> bool, says: &str) {
    let error = Store::open(folder.path()).err().expect("the folder is refused");
    assert!(expected(&error), "{error:?}");
    let sentence = pareia::text::storage(&error);
    assert!(sentence.contains(says), "{sentence}");
}

#[test]
fn the_flows_statements_work_as_they_stand() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let answer = shop.post("test-1");
    let id = answer.data("instanceId").as_str().expect("an id");
    let credential = "SELECT id FROM integration_credentials WHERE type = 'whatsapp_evolution' AND isActive = true LIMIT 1;";
    assert_eq!(shop.sql(credential), [["cred_a"]]);
    let tracking = "SELECT id, channelInstanceId, credentialId, status FROM messaging_instances;";
    assert_eq!(shop.sql(tracking), [[id, "test-1", "cred_a", "connecting"]]);
    let all = shop.sql("SELECT * FROM messaging_instances WHERE channelInstanceId = 'test-1';");
    assert_eq!(all.len(), 1);
    let stored = shop.sql("SELECT qrCode FROM messaging_instances");
    assert_eq!(stored[0][0], answer.qr().expect("a code"));
}

#[test]
fn files_are_their_owners_and_hold_no_key_or_token() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    for entry in fs::read_dir(shop.folder.path()).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            continue;
        }
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600, "{path:?}");
        if path.extension().is_some_and(|end| end == "sock") {
            continue;
        }
        let bytes = String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned();
        assert!(!bytes.contains(KEY) && !bytes.contains(&shop.token), "{path:?} holds a secret");
    }
}

#[test]
fn a_missing_or_wrong_key_is_refused_once_keys_are_sealed() {
    let folder = Folder::new();
    drop(Store::open(folder.path()).expect("a new folder"));
    let key = folder.path().join("pareia.key");
    fs::remove_file(&key).expect("the key was made");
    with_credential(&folder);
    let right = fs::read(&key).expect("the key was made again: nothing was sealed with the first");
    for (content, says) in [
        (None, "restaure esse arquivo"),
        (Some("AAAA"), "não é a chave"),
        (Some("cGFyZWlhLXBhcmVpYS1wYXJlaWEtcGFyZWlhLXBhcmU="), "não é a chave"),
    ] {
        match content {
            None => fs::remove_file(&key).expect("removed"),
            Some(content) => fs::write(&key, content).expect("written"),
        }
        refuses(&folder, |e| matches!(e, Error::KeyMissing(_) | Error::KeyWrong(_)), says);
    }
    fs::write(&key, right).expect("restored");
    assert_eq!(
        Store::open(folder.path()).expect("opens").credentials().expect("listed")[0].credential.key,
        Secret::new(KEY)
    );
}

#[test]
fn a_sealed_key_does_not_open_in_another_row() {
    let folder = Folder::new();
    with_credential(&folder);
    sql(folder.path(), "UPDATE integration_credentials SET id = 'cred_b' RETURNING id");
    refuses(&folder, |e| matches!(e, Error::KeyWrong(_)), "não é a chave");
}

#[test]
fn a_database_of_a_newer_release_is_left_alone() {
    let folder = Folder::new();
    with_credential(&folder);
    let newer = "INSERT INTO refinery_schema_history SELECT 99, 'future', applied_on, checksum FROM refinery_schema_history LIMIT 1 RETURNING version";
    sql(folder.path(), newer);
    refuses(&folder, |e| matches!(e, Error::Newer { found: 99, .. }), "instale a versão mais nova");
}

#[test]
fn every_change_of_status_is_one_event_whoever_makes_it() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!((shop.post("a").status, shop.post("a").status), (200, 200));
    sql(shop.folder.path(), "UPDATE messaging_instances SET status = 'lost', updatedAt = 9 RETURNING id");
    sql(shop.folder.path(), "UPDATE messaging_instances SET status = 'lost', updatedAt = 10 RETURNING id");
    let events = shop.sql("SELECT fromStatus, toStatus, reason FROM instance_events ORDER BY id");
    let expected =
        [["NULL", "pending", "asked"], ["pending", "connecting", "asked"], ["connecting", "lost", "asked"]];
    assert_eq!(events, expected);
    assert_eq!(shop.sql("SELECT statusSince FROM messaging_instances"), [["9"]]);
}

#[test]
fn a_user_with_instances_is_not_removed_unless_they_go_to_another() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    let new_owner = shop
        .store
        .add_user(&Name::parse("herdeira").expect("a name"), pareia::domain::Role::Owner)
        .expect("added")
        .expect("free");
    let owner = shop.store.user("loja").expect("users").expect("the user").id;
    let refused = shop.store.remove_user(&owner, None, false).expect("an answer");
    assert_eq!(refused, Removal::OwnsInstances);
    assert_eq!(shop.post("a").status, 200, "nothing changed");
    let refused = shop.store.remove_user(&owner, Some("u-gone"), false).expect("an answer");
    assert_eq!(refused, Removal::NewOwnerGone, "whoever was to inherit went meanwhile");
    assert_eq!(shop.post("a").status, 200, "nothing changed");
    let removed = shop.store.remove_user(&owner, Some(&new_owner), false).expect("an answer");
    assert_eq!(removed, Removal::Done);
    assert_eq!(shop.sql("SELECT userId FROM messaging_instances"), [[new_owner.clone()]]);
    assert_eq!(shop.post("a").status, 401, "the token went with its user");
    for new_owner in [None, Some(new_owner.as_str())] {
        let second = shop.store.remove_user(&owner, new_owner, false).expect("an answer");
        assert_eq!(second, Removal::Gone);
    }
}
