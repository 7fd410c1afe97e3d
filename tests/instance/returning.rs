//! Paired instances whose socket dropped, phones that were logged out, and what must not be harmed.

use std::time::Duration;

use pareia::sim::{Options, Timing, Version, VersionPage, Whatsapp};

use serde_json::json;

use crate::harness::{Shop, instant, recorded, together, until, upstream_create};

/// A shop whose instance `a` is paired; the shop itself may have seen that or not.
fn paired(version: Version, seen: bool) -> Shop {
    let shop = Shop::new(recorded(version));
    assert_eq!(shop.post("a").status, 200);
    shop.scan("a");
    if seen {
        assert_eq!(shop.post("a").data("status"), "connected");
    }
    shop
}

#[test]
fn a_dropped_socket_comes_back_without_harm() {
    for (version, seen) in [(Version::V2_3_7, true), (Version::V2_3_7, false), (Version::V1_8_2, true)] {
        let shop = paired(version, seen);
        assert!(shop.sim.control().drop_socket("a", Some(Duration::from_millis(700))));
        let answer = shop.post("a");
        assert_eq!(answer.data("status"), "connected", "{version:?} {seen} {:?}", answer.body);
        assert!(answer.qr().is_none());
        let sim = shop.sim.control();
        assert_eq!((sim.harmed("a"), sim.sockets("a")), (0, 1), "no socket but the first");
    }
}

#[test]
fn a_client_that_repeats_its_call_hides_no_drop() {
    together(2, |n| {
        let version = [Version::V2_3_7, Version::V1_8_2][n];
        // Shorter than a drop takes: it is seen over more than one call.
        let timing = Timing { hung_socket: Duration::from_millis(100), ..Timing::instant() };
        let shop = Shop::with(Options { timing, ..instant(version) }, Duration::from_secs(1));
        until("a code", || shop.post("a").status == 200);
        shop.scan("a");
        until("it is connected", || shop.post("a").data("status") == "connected");
        shop.sim.control().whatsapp(Whatsapp::Hangs);
        shop.until_state("a", "connecting");
        until("the row says so", || {
            assert_ne!(shop.post("a").status, 200, "{version:?}");
            shop.row("a") == "disconnected dropped"
        });
        shop.sim.control().whatsapp(Whatsapp::Reachable);
        until("the phone is back", || shop.post("a").data("status") == "connected");
        assert_eq!(shop.row("a"), "connected paired", "{version:?}");
        assert_eq!((shop.sim.control().harmed("a"), shop.sim.control().sockets("a")), (0, 1), "{version:?}");
    });
}

#[test]
fn a_phone_that_was_unlinked_gets_a_new_code() {
    for seen in [true, false] {
        let shop = paired(Version::V2_3_7, seen);
        let stale = shop.sim.control().current_code("a").map(|c| c.base64.to_string());
        assert!(shop.sim.control().unlink("a"));
        shop.until_state("a", "close");
        let answer = shop.post("a");
        assert_eq!(answer.data("status"), "connecting", "{:?}", answer.body);
        assert!(answer.qr().is_some() && answer.qr() != stale.as_deref(), "the old code is stale");
        // And once more, now that its code is shown.
        assert_eq!(shop.post("a").qr(), answer.qr());
        shop.scan("a");
        assert_eq!(shop.post("a").data("status"), "connected");
    }
}

#[test]
fn on_1_8_a_logged_out_phone_gets_its_code_after_the_wait() {
    let shop = paired(Version::V1_8_2, true);
    assert!(shop.sim.control().unlink("a"));
    shop.until_state("a", "close");
    let answer = shop.post("a");
    assert_eq!(answer.data("status"), "connecting", "{:?}", answer.body);
    let current = shop.sim.control().current_code("a").map(|c| c.base64.to_string());
    assert_eq!(answer.qr().map(str::to_owned), current);
}

#[test]
fn a_connect_that_upstream_does_not_answer_is_never_followed_by_another() {
    let shop = Shop::with(recorded(Version::V2_3_7), Duration::from_secs(1));
    let sim = shop.sim.control();
    sim.version_page(VersionPage::Hangs);
    for _ in 0..3 {
        let answer = shop.post("a");
        assert_eq!((answer.status, answer.code()), (504, "qr_timeout"), "{:?}", answer.body);
    }
    assert_eq!(sim.count("connect", Some("a")), 1, "one connect, however often it is asked for");
    sim.version_page(VersionPage::Answers);
    // A call has one second, which a busy machine may need for itself.
    until("the next call has the code", || shop.post("a").data("status") == "connecting");
    assert_eq!((sim.sockets("a"), sim.count("create", Some("a"))), (1, 1));
}

#[test]
fn a_name_that_is_still_being_removed_is_waited_for_and_created_once() {
    // Deleted, and its row still there for a while: without a state, its name taken.
    let timing = Timing { clean_up: Duration::from_millis(900), ..Timing::recorded() };
    let shop = Shop::new(Options { timing, ..recorded(Version::V2_3_7) });
    assert_eq!(shop.post("a").status, 200);
    crate::harness::upstream_delete(&shop.sim.url(), "a");
    let answer = shop.post("a");
    assert_eq!(
        answer.data("message"),
        "Instância criada. Escaneie o QR Code no WhatsApp.",
        "{:?}",
        answer.body
    );
    assert_eq!(shop.sim.control().count("create", Some("a")), 2, "the first, and one when the name was free");
}

#[test]
fn what_was_made_by_hand_in_place_of_a_rows_instance_is_adopted_by_the_usual_rules() {
    let body = json!({ "instanceName": "a", "integration": "WHATSAPP-BAILEYS" });
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = Shop::new(instant(version));
        let owner = shop.user("chefe", true);
        for phone in [false, true] {
            shop.sim.control().forget(None);
            shop.sql("DELETE FROM messaging_instances RETURNING id");
            assert_eq!(shop.post_as(&owner, "a").status, 200);
            shop.scan("a");
            assert_eq!(shop.post_as(&owner, "a").data("status"), "connected");
            shop.sim.control().forget(Some("a"));
            let mut body = body.clone();
            body["qrcode"] = phone.into();
            upstream_create(&shop.sim.url(), &body);
            if phone {
                shop.scan("a");
            }
            // Its owner is an administrator, who may have a phone as well.
            let answer = shop.post_as(&owner, "a");
            let status = if phone { "connected" } else { "connecting" };
            assert_eq!(answer.data("status"), status, "{version:?} {}", answer.body);
            assert_eq!(answer.qr().is_some(), !phone);
            // From here on it is the row's own.
            let out = shop.call_as(&owner, "POST", "/api/messaging/instance/a/logout");
            assert_eq!((out.status, out.data("status")), (200, &json!("disconnected")), "{}", out.body);
        }
    }
}
