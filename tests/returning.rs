//! Paired instances whose socket dropped, phones that were logged out, and what must not be harmed.

use std::time::{Duration, Instant};

use pareia::sim::Version;

use crate::harness::{Shop, recorded};

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
fn a_phone_that_was_unlinked_gets_a_new_code() {
    for seen in [true, false] {
        let shop = paired(Version::V2_3_7, seen);
        let stale = shop.sim.control().current_code("a").map(|c| c.base64.to_string());
        assert!(shop.sim.control().unlink("a"));
        shop.until_state("a", "close");
        let begun = Instant::now();
        let answer = shop.post("a");
        assert_eq!(answer.data("status"), "connecting", "{:?}", answer.body);
        assert!(answer.qr().is_some() && answer.qr() != stale.as_deref(), "the old code is stale");
        assert!(begun.elapsed() < Duration::from_millis(1900), "{:?}", begun.elapsed());
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
