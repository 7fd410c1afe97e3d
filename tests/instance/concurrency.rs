//! Many callers of one name: one row, one create, one socket, and everybody is served.

use std::sync::Arc;
use std::time::Duration;

use pareia::instance::connect::ConnectService;
use pareia::sim::Version;
use pareia::store::Store;

use crate::harness::{PATIENCE, Shop, ask, recorded, together};

const CALLERS: usize = 64;

#[track_caller]
fn one_of_everything(shop: &Shop, name: &str) {
    let sim = shop.sim.control();
    assert_eq!(sim.count("create", Some(name)), 1, "one create");
    assert_eq!(sim.sockets(name), 1, "one socket");
    assert!(sim.destroyed().is_empty(), "no instance was destroyed");
    let rows = format!("SELECT count(*) FROM messaging_instances WHERE channelInstanceId = '{name}'");
    assert_eq!(shop.sql(&rows), [["1"]]);
}

#[test]
fn equal_callers_share_one_flight() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = Shop::new(recorded(version));
        let answers = together(CALLERS, |_| shop.post("my-store"));
        let code = answers[0].qr().expect("a code");
        for answer in &answers {
            assert_eq!((answer.status, answer.qr()), (200, Some(code)), "{:?}", answer.body);
        }
        one_of_everything(&shop, "my-store");
    }
}

#[test]
fn callers_who_ask_for_different_things_take_turns() {
    let shop = Shop::new(recorded(Version::V2_3_7));
    let answers = together(24, |n| {
        let mut body = ask("my-store");
        body["channelPhoneOrId"] = format!("55219918562{:02}", n % 6).into();
        body["pairingCode"] = (n % 4 == 0).into();
        shop.post_body(&shop.token, &body)
    });
    for answer in &answers {
        assert!(answer.status == 200 && answer.qr().is_some(), "{:?}", answer.body);
    }
    one_of_everything(&shop, "my-store");
}

#[test]
fn two_users_race_for_a_name_and_one_owns_it() {
    let shop = Shop::new(recorded(Version::V2_3_7));
    let tokens = [shop.token.clone(), shop.user("outra", false)];
    let answers = together(16, |n| shop.post_as(&tokens[n % 2], "my-store"));
    let owner = shop.sql("SELECT u.name FROM messaging_instances JOIN users u ON u.id = userId");
    let winner = usize::from(owner[0][0] == "outra");
    for (n, answer) in answers.iter().enumerate() {
        let expected = if n % 2 == winner { 200 } else { 409 };
        assert_eq!(answer.status, expected, "{:?}", answer.body);
    }
    one_of_everything(&shop, "my-store");
}

#[test]
fn two_processes_on_one_folder_share_what_they_do() {
    let shop = Shop::new(recorded(Version::V2_3_7));
    // A second connect service with a store of its own: nothing is shared but the folder.
    let store = Arc::new(Store::open(shop.folder.path()).expect("a second process opens the folder"));
    let beside = Arc::new(ConnectService::new(Arc::clone(&store), Duration::from_secs(20)));
    let caller = store.user("loja").expect("users").expect("the user").caller();
    let served = together(CALLERS, |n| {
        if n % 2 == 0 {
            return shop.post("my-store").qr().is_some();
        }
        let request = pareia::instance::connect::ConnectRequest {
            row: None,
            caller: caller.clone(),
            channel: pareia::domain::Channel::WhatsappEvolution,
            name: pareia::domain::Name::parse("my-store").expect("a name"),
            phone: pareia::domain::Phone::parse(crate::harness::PHONE).expect("a phone"),
            pairing_code: false,
        };
        beside.connect(&request, "beside").is_ok_and(|a| a.qr.is_some())
    });
    assert!(served.into_iter().all(|s| s), "everybody gets the code");
    one_of_everything(&shop, "my-store");
}

#[test]
fn many_names_at_once_all_get_their_code() {
    let shop = Shop::with(recorded(Version::V2_3_7), PATIENCE);
    let answers = together(CALLERS, |n| shop.post(&format!("loja-{n}")));
    for answer in &answers {
        assert_eq!(answer.status, 200, "{:?}", answer.body);
    }
    for n in 0..CALLERS {
        one_of_everything(&shop, &format!("loja-{n}"));
    }
}
