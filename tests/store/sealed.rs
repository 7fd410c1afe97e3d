//! What is sealed: it asks for its key whatever it is, and goes when that is lost, with a word of how much it was.

use std::fs;

use pareia::domain::{Channel, InstanceSettings, Language, Name, NoticeChannelKind, Phone, Secret};
use pareia::store::{Error, NewNoticeTarget, RestoreKey, SealedKind, Store, back_up, restore};
use rusqlite::Connection;

use crate::harness::{Folder, sql};
use crate::serving::furnish;

/// A data folder with one row of each kind that has something sealed.
fn sealed() -> Folder {
    let folder = Folder::new();
    furnish(folder.path(), "http://127.0.0.1:1");
    let store = Store::open(folder.path()).expect("the store opens");
    let user = store.user("loja").expect("a store").expect("a user").id;
    let name = Name::parse("a").expect("a name");
    let phone = Phone::parse("5521991856227").expect("a phone");
    let channel = Channel::WhatsappEvolution;
    store.add_instance(channel, &name, &phone, &user, "a").expect("a store").expect("a free name");
    store.save_settings(channel, &name, &InstanceSettings::default()).expect("saved");
    let new = NewNoticeTarget {
        user: &user,
        for_all: false,
        channel: NoticeChannelKind::Ntfy,
        address: "avisos",
        settings: &Secret::new("{}"),
        language: Language::English,
        quiet: None,
        utc_offset: 0,
    };
    store.add_notice_target(&new).expect("a store").expect("a target");
    assert!(store.begin_second_factor(&user, &Secret::new("SECRET")).expect("a store"));
    let factor = store.second_factor(&user).expect("a store").expect("a factor");
    assert!(store.confirm_second_factor(&user, &factor, 1, &[Secret::new("0123456789")]).expect("a store"));
    folder
}

fn change(folder: &Folder, change: &str) {
    let database = Connection::open(folder.path().join("pareia.db")).expect("the database");
    database.execute_batch(&format!("PRAGMA foreign_keys = ON; {change}")).expect(change);
}

const TABLES: [&str; 4] = ["integration_credentials", "saved_settings", "notice_targets", "second_factors"];

#[test]
fn whatever_is_sealed_asks_for_its_key() {
    for kept in TABLES {
        let folder = sealed();
        for table in TABLES.into_iter().filter(|table| *table != kept) {
            change(&folder, &format!("DELETE FROM {table}"));
        }
        let key = folder.path().join("pareia.key");
        let right = fs::read(&key).expect("a key");
        drop(Store::open(folder.path()).expect("with its key"));
        fs::remove_file(&key).expect("it was there");
        let refused = Store::open(folder.path()).err();
        assert!(matches!(refused, Some(Error::KeyMissing(_))), "{kept}: {refused:?}");
        assert!(!key.exists(), "{kept}: none is made anew");
        fs::copy(sealed().path().join("pareia.key"), &key).expect("another key");
        let refused = Store::open(folder.path()).err();
        assert!(matches!(refused, Some(Error::KeyWrong(_))), "{kept}: {refused:?}");
        let file = Folder::new();
        let copy = file.path().join("b.db");
        let made = back_up(folder.path(), &copy, true, &mut |_| {}).expect_err("another key is no use");
        assert_eq!(made.code(), "backup_key_wrong", "{kept}");
        fs::write(&key, right).expect("written");
        let made = back_up(folder.path(), &copy, true, &mut |_| {}).expect("a backup");
        assert_eq!(made.contents.sealed.total(), 1, "{kept}");
    }
}

#[test]
fn what_is_left_from_a_key_that_was_lost_keeps_nobody_out() {
    let folder = sealed();
    let (other, text) = (sealed(), "SELECT secret FROM second_factors");
    change(&folder, &format!("UPDATE second_factors SET secret = '{}'", sql(other.path(), text)[0][0]));
    drop(Store::open(folder.path()).expect("the servers' keys open"));
    change(&folder, &format!("UPDATE integration_credentials SET apiToken = ({text})"));
    assert!(matches!(Store::open(folder.path()), Err(Error::KeyWrong(_))), "a server's does not");
}

#[test]
fn a_restore_whose_key_is_lost_leaves_out_all_that_is_sealed() {
    let (folder, file, new) = (sealed(), Folder::new(), Folder::new());
    let copy = file.path().join("b.db");
    back_up(folder.path(), &copy, false, &mut |_| {}).expect("a backup");
    let done = restore(new.path(), &copy, RestoreKey::Lost, &mut |_| {}).expect("restored");
    for kind in SealedKind::ALL {
        assert_eq!(done.contents.sealed.of(kind), 1, "{kind:?}");
    }
    for table in TABLES.into_iter().chain(["recovery_codes"]) {
        assert_eq!(sql(new.path(), &format!("SELECT count(*) FROM {table}")), [["0"]], "{table}");
    }
    assert_eq!(sql(new.path(), "SELECT channelInstanceId FROM messaging_instances"), [["a"]]);
    let noted = "SELECT detail FROM audit_entries WHERE action = 'backup.restore'";
    assert_eq!(sql(new.path(), noted), [["without_key"]]);
    let store = Store::open(new.path()).expect("it opens with a new key");
    let user = store.user("loja").expect("a store").expect("the user").id;
    assert!(store.second_factor(&user).expect("a store").is_none(), "the password is enough");
}
