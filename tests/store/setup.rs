//! The set-up link: how long it works, who gets the same one, and what ends it.

use std::time::Duration;

use pareia::domain::{Name, Secret};
use pareia::store::{SETUP_LIFE, SetUp, Store};

use crate::harness::{Folder, sql};

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

/// The token of the link that works now.
#[track_caller]
fn link(store: &Store, renew: bool) -> Secret {
    store.setup_link(renew).expect("read").expect("nobody is an administrator").token
}

#[test]
fn a_link_is_the_same_for_half_an_hour_for_every_process_until_it_is_renewed() {
    let folder = Folder::new();
    let store = Store::open(folder.path()).expect("it opens");
    let opens = |token: &Secret| store.opens_setup(token).expect("read");
    assert!(!opens(&Secret::new("")) && !opens(&Secret::new("another")), "there is none yet");
    let first = link(&store, false);
    let beside = Store::open(folder.path()).expect("another process");
    assert_eq!(link(&beside, false), first);
    let renewed = link(&beside, true);
    assert!(renewed != first && !opens(&first) && opens(&renewed));
    store.clock().advance(SETUP_LIFE.checked_sub(Duration::from_secs(1)).expect("longer than that"));
    assert!(opens(&renewed) && link(&store, false) == renewed, "its last second");
    store.clock().advance(Duration::from_secs(1));
    assert!(!opens(&renewed), "too late");
    let third = link(&store, false);
    assert!(opens(&third) && third != renewed);
    let kept = sql(folder.path(), "SELECT value FROM settings WHERE name = 'setup'");
    assert!(!kept[0][0].contains(third.expose()), "what is stored opens nothing");
}

#[test]
fn a_link_made_before_the_clock_was_set_back_ends_at_once() {
    let folder = Folder::new();
    let ahead = Store::open(folder.path()).expect("it opens");
    ahead.clock().advance(Duration::from_hours(24));
    let token = link(&ahead, false);
    let store = Store::open(folder.path()).expect("it opens");
    assert!(!store.opens_setup(&token).expect("read"));
    assert_ne!(link(&store, false), token);
}

#[test]
fn a_link_works_once_and_a_name_that_is_taken_leaves_it() {
    let folder = Folder::new();
    let store = Store::open(folder.path()).expect("it opens");
    store.add_user(&name("loja"), pareia::domain::Role::Owner).expect("added");
    let token = link(&store, false);
    let set_up = |token: &Secret, who: &str| store.set_up(token, &name(who), "hash").expect("written");
    assert_eq!(set_up(&Secret::new("guess"), "chefe"), SetUp::Expired);
    assert_eq!(set_up(&token, "loja"), SetUp::NameTaken);
    assert!(matches!(set_up(&token, "chefe"), SetUp::Done(_)));
    assert_eq!(set_up(&token, "outro"), SetUp::Expired);
    assert!(store.setup_link(false).expect("read").is_none() && !store.opens_setup(&token).expect("read"));
    let chefe = store.user("chefe").expect("read").expect("there");
    assert!(store.set_password(&chefe.id, "other", None).expect("written"));
    assert_eq!(sql(folder.path(), "SELECT count(*) FROM settings WHERE name = 'setup'"), [["0"]]);
}
