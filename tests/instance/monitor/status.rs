//! The status of a row: what it says after a scan, a drop, a logout, and why.

use std::time::{Duration, Instant};

use pareia::domain::now;
use pareia::instance::monitor::Pace;
use pareia::sim::{Fault, Options, Timing, Version};
use serde_json::json;

use super::{monitor, shop, swift};
use crate::harness::{
    PATIENCE, Shop, instant, recorded, until, upstream_create, upstream_delete, upstream_logout,
};
use crate::instance::races::scripted;

#[test]
fn a_scan_and_a_logout_are_seen_on_both_lines() {
    for (version, ended) in [(Version::V2_3_7, "device_removed"), (Version::V1_8_2, "dropped")] {
        let shop = shop(version);
        shop.paired("a");
        let beside = shop.sql("SELECT qrCode, qrSince, pairedAt > 0 FROM messaging_instances");
        assert_eq!(beside, [["NULL", "NULL", "1"]]);
        assert!(shop.sim.control().unlink("a"));
        shop.until_row("a", &format!("disconnected {ended}"));
        // Somebody pairs it anew, by hand.
        assert_eq!(shop.post("a").data("status"), "connecting");
        shop.scan("a");
        shop.until_row("a", "connected paired");
        assert_eq!(
            shop.history("a"),
            format!("asked, connected paired, disconnected {ended}, connecting asked, connected paired")
        );
    }
}

#[test]
fn a_socket_that_is_back_at_once_has_not_dropped() {
    let second_look = Duration::from_millis(900);
    let shop =
        Shop::watched(recorded(Version::V2_3_7), Pace { second_look, unscanned: second_look, ..swift() });
    shop.paired("a");
    let sim = shop.sim.control();
    // The list does not say yet whose phone it is.
    assert!(sim.drop_socket("a", Some(Duration::from_millis(300))));
    let begun = Instant::now();
    until("some rounds after it is back", || {
        shop.monitor.keep_fresh("cred_a", "a");
        begun.elapsed() > Duration::from_millis(1300) && sim.count("connectionState", Some("a")) > 5
    });
    assert_eq!(shop.history("a"), "asked, connected paired");
}

#[test]
fn a_socket_that_stays_down_is_found_by_the_sweep_and_seen_to_come_back() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    assert!(shop.sim.control().drop_socket("a", Some(Duration::from_millis(1500))));
    shop.until_row("a", "disconnected dropped");
    assert_eq!(shop.sim.control().state("a").map(pareia::sim::LiveState::word), Some("close"));
    shop.until_row("a", "connected paired");
    assert_eq!(shop.history("a"), "asked, connected paired, disconnected dropped, connected paired");
}

#[test]
fn a_drop_that_turns_out_to_be_a_logout_says_so() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    assert!(shop.sim.control().drop_socket("a", Some(Duration::from_mins(1))));
    shop.until_row("a", "disconnected dropped");
    assert!(shop.sim.control().unlink("a"));
    shop.until_row("a", "disconnected device_removed");
    assert_eq!(
        shop.history("a"),
        "asked, connected paired, disconnected dropped",
        "one change, better known"
    );
}

#[test]
fn who_logged_a_phone_out_is_told_apart() {
    let shop = shop(Version::V2_3_7);
    shop.paired("phone");
    shop.paired("manager");
    assert!(shop.sim.control().unlink("phone"));
    upstream_logout(&shop.sim.url(), "manager");
    shop.until_row("phone", "disconnected device_removed");
    shop.until_row("manager", "disconnected logged_out_upstream");
    assert_eq!(shop.sql("SELECT DISTINCT pairedAt FROM messaging_instances"), [["NULL"]]);
    let text = |name: &str| {
        let shown = shop.call("GET", &format!("/api/messaging/instance/{name}"));
        shown.data("reasonText").as_str().expect("a sentence").to_owned()
    };
    assert!(text("phone").contains("Dispositivos conectados"), "{}", text("phone"));
    assert!(text("manager").contains("manager"), "{}", text("manager"));
}

#[test]
fn on_1_8_a_socket_that_stays_closed_is_a_logout() {
    let shop = shop(Version::V1_8_2);
    shop.paired("a");
    assert!(shop.sim.control().unlink("a"));
    shop.until_row("a", "disconnected dropped");
    shop.until_row("a", "disconnected upstream_0");
    assert_eq!(shop.sql("SELECT pairedAt FROM messaging_instances"), [["NULL"]]);
    assert_eq!(shop.history("a"), "asked, connected paired, disconnected dropped");
    // Nobody is paired: the next call may open a socket.
    let answer = shop.post("a");
    assert_eq!(answer.data("status"), "connecting", "{:?}", answer.body);
    shop.scan("a");
    shop.until_row("a", "connected paired");
}

#[test]
fn on_1_8_a_logout_needs_no_list_between_the_drop_and_its_end() {
    let pace = Pace { rest: PATIENCE * 5, keep_fresh: Duration::from_millis(30), ..swift() };
    let shop = Shop::watched(instant(Version::V1_8_2), pace);
    shop.paired("a");
    upstream_logout(&shop.sim.url(), "a");
    shop.until_state("a", "close");
    until("the drop is seen", || {
        shop.monitor.keep_fresh("cred_a", "a");
        shop.row("a") == "disconnected dropped"
    });
    shop.until_row("a", "disconnected upstream_0");
    assert_eq!(shop.history("a"), "asked, connected paired, disconnected dropped");
}

#[test]
fn on_1_8_a_socket_that_reconnects_is_no_logout_however_often_it_is_seen_closed() {
    const LISTS: [&str; 2] = [
        r#"[{"instance":{"instanceName":"x","status":"close"}}]"#,
        r#"[{"instance":{"instanceName":"x","status":"connecting"}}]"#,
    ];
    const STATES: [&str; 2] = [
        r#"{"instance":{"instanceName":"x","state":"close"}}"#,
        r#"{"instance":{"instanceName":"x","state":"connecting"}}"#,
    ];
    let looks = std::sync::atomic::AtomicU32::new(0);
    let (shop, calls) = scripted(Duration::from_secs(5), move |endpoint| {
        // Many times `close` in a row, and never for as long as a logout takes. Lists are looks as well; of a list and
        // the state after it the state counts.
        let connects = looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 40 < 2;
        let answers = if endpoint == "fetchInstances" { LISTS } else { STATES };
        (200, answers[usize::from(connects)])
    });
    shop.seed_as("scripted", "x");
    let pace = Pace { quick: Duration::from_millis(5), ..swift() };
    let monitor = monitor(&shop, pace);
    until("many looks", || calls.lock().expect("unpoisoned").len() > 130);
    monitor.stop();
    assert_eq!(shop.row("x"), "disconnected dropped");
    assert_eq!(shop.sql("SELECT pairedAt FROM messaging_instances"), [["1"]]);
}

#[test]
fn a_phone_that_was_paired_anew_unseen_is_remembered_as_newer_than_the_logout() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    assert!(shop.sim.control().unlink("a"));
    shop.until_row("a", "disconnected device_removed");
    assert_eq!(shop.post("a").status, 200);
    shop.scan("a");
    shop.until_row("a", "connected paired");
    // As it is where logout and pairing were not seen: the row remembers the phone of before.
    shop.set("UPDATE messaging_instances SET pairedAt = 1");
    let paired_at =
        || shop.sql("SELECT pairedAt FROM messaging_instances")[0][0].parse::<i64>().expect("a time");
    until("it is remembered anew", || paired_at() > now() - 60_000);
    let (kept, history) = (paired_at(), shop.history("a"));
    shop.polls(3);
    assert_eq!((paired_at(), shop.history("a")), (kept, history), "once");
}

#[test]
fn codes_that_nobody_scans_run_out() {
    let timing = Timing { qr_life: Duration::from_millis(150), ..Timing::instant() };
    let upstream = Options { qrcode_limit: 2, timing, ..instant(Version::V2_3_7) };
    let shop = Shop::watched(upstream, swift());
    assert_eq!(shop.post("a").status, 200);
    shop.until_row("a", "disconnected unscanned");
    assert_eq!(shop.sql("SELECT qrCode, pairedAt FROM messaging_instances"), [["NULL", "NULL"]]);
}

#[test]
fn a_name_is_lost_when_it_is_gone_for_long_from_a_server_that_answers() {
    let lasting = Duration::from_secs(2);
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = Shop::watched(instant(version), Pace { lasting, ..swift() });
        shop.paired("a");
        shop.sim.control().forget(Some("a"));
        shop.polls(2);
        // Half the time is over when the server fails, and nothing counts from before that.
        shop.sim.control().fault(Fault::Http500, None);
        until("trouble", || shop.health() == "evolution_error");
        let answering = now();
        shop.sim.control().fault(Fault::None, None);
        until("no trouble", || shop.health() == "NULL");
        assert_eq!(shop.row("a"), "connected paired");
        shop.until_row("a", "lost gone");
        let at = shop.sql("SELECT max(at) FROM instance_events")[0][0].parse::<i64>().expect("a time");
        assert!(at - answering >= 2_000, "{} ms of answering", at - answering);
        // It is known again, as after a backup was restored: to the row it is the same.
        shop.set("UPDATE messaging_instances SET upstreamId = NULL");
        upstream_create(&shop.sim.url(), &json!({ "instanceName": "a", "integration": "WHATSAPP-BAILEYS" }));
        shop.until_row("a", "disconnected dropped");
    }
}

#[test]
fn an_instance_that_upstream_does_not_load_is_an_error_after_long() {
    let timing = Timing { clean_up: Duration::from_millis(1500), ..Timing::instant() };
    let shop = Shop::watched(Options { timing, ..instant(Version::V2_3_7) }, swift());
    shop.paired("a");
    upstream_delete(&shop.sim.url(), "a");
    until("looked at and in error", || {
        shop.monitor.keep_fresh("cred_a", "a");
        shop.row("a") == "error not_loaded"
    });
    shop.until_row("a", "lost gone");
    assert!(shop.history("a").ends_with("error not_loaded, lost gone"), "{}", shop.history("a"));
}
