//! When the use of a token or of a session is to be written down: seldom, for each is a write.

use std::time::Duration;

use pareia::domain::{Name, Role};
use pareia::store::{NewSession, Store};

use crate::harness::Folder;

const MINUTE: Duration = Duration::from_mins(1);

#[test]
fn a_use_is_due_once_an_hour_of_a_token_and_once_a_minute_of_a_session() {
    let folder = Folder::new();
    let store = Store::open(folder.path()).expect("the store opens");
    let user = store.add_user(&Name::parse("ana").expect("a name"), Role::Owner).expect("written");
    let user = user.expect("a fresh name");
    let token = store.add_token(&user, None, None).expect("written").token;
    let of_token = || store.caller(token.expose()).expect("read").expect("a token").note_due;
    assert!(of_token(), "never used");
    store.note_token(token.expose()).expect("written");
    assert!(!of_token());
    store.clock().advance(59 * MINUTE);
    assert!(!of_token());
    store.clock().advance(MINUTE);
    assert!(of_token());

    assert!(store.set_password(&user, "hash", None).expect("written"));
    let new = NewSession { user: &user, hash: "hash", client: "", address: "", replaces: None, shown: "" };
    let cookie = store.add_session(&new).expect("written").expect("the password is that one");
    let session = || store.session(cookie.expose()).expect("read").expect("a session");
    assert!(!session().note_due, "it has just begun");
    store.clock().advance(MINUTE);
    assert!(session().note_due);
    store.note_session(&session().id).expect("written");
    assert!(!session().note_due);
}
