//! Two sockets of one pairing that replace each other: one status and one line of history for the whole fight.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pareia::instance::monitor::Pace;
use pareia::sim::{Options, Timing, Version};

use super::{monitor, swift};
use crate::harness::{Shop, instant, until};
use crate::instance::races::scripted;

/// The pace of these tests, at which a fight is over after three seconds without a turn.
fn pace() -> Pace {
    let fight_look = Duration::from_millis(20);
    // The looks before a drop have to span a turn, which the simulation does not make faster.
    let drop_look_pause = Pace::default().drop_look_pause;
    Pace { fight_window: Duration::from_secs(3), fight_turns: 6, fight_look, drop_look_pause, ..swift() }
}

/// A watched shop whose number fights.
fn fighting(version: Version) -> Shop {
    let shop = Shop::watched(instant(version), pace());
    shop.paired("a");
    assert!(shop.sim.control().fight("a"));
    shop.until_row("a", "error fighting");
    shop
}

/// The history without a drop before the fight is known: all looks of a slow machine may find the socket down.
fn history(shop: &Shop) -> String {
    shop.history("a").replacen("disconnected dropped, connected paired, ", "", 1)
}

#[test]
fn a_fight_is_one_status_and_one_line_of_history_until_it_is_over() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = fighting(version);
        let sim = shop.sim.control();
        let logins = sim.logins("a");
        until("it goes on", || sim.logins("a") > logins + 40);
        assert_eq!(history(&shop), "asked, connected paired, error fighting", "{version:?}");
        let shown = shop.call("GET", "/api/messaging/instance/a");
        let text = shown.data("reasonText").as_str().unwrap_or_default();
        assert!(text.contains("apague a instância"), "{}", shown.body);
        assert!(sim.end_fight("a"));
        shop.until_row("a", "connected paired");
        let whole = "asked, connected paired, error fighting, connected paired";
        assert_eq!((history(&shop).as_str(), sim.harmed("a")), (whole, 0), "{version:?}");
        assert_eq!(shop.sql("SELECT pairedAt > 0 FROM messaging_instances"), [["1"]]);
    }
}

#[test]
fn a_fight_that_a_logout_ends_is_a_logout() {
    let shop = fighting(Version::V2_3_7);
    assert!(shop.sim.control().unlink("a"));
    shop.until_row("a", "disconnected device_removed");
}

#[test]
fn a_number_that_is_deleted_while_it_fights_leaves_no_look_that_stays_due() {
    let shop = fighting(Version::V2_3_7);
    shop.set("DELETE FROM messaging_instances");
    shop.polls(2);
    let lists = || shop.sim.control().count("fetchInstances", None);
    let (from, begun) = (lists(), Instant::now());
    until("more polls", || lists() >= from + 5);
    assert!(begun.elapsed() >= pace().rest * 3, "five polls in {:?}", begun.elapsed());
}

#[test]
fn restarts_that_somebody_asks_for_are_no_turns_of_a_fight() {
    let timing = Timing { scan_to_open: Duration::from_millis(300), ..Timing::instant() };
    let shop = Shop::watched(Options { timing, ..instant(Version::V2_3_7) }, pace());
    shop.paired("a");
    let history = shop.history("a");
    for _ in 0..3 {
        assert_eq!(shop.call("POST", "/api/messaging/instance/a/restart").status, 200);
        shop.polls(2);
        shop.until_state("a", "open");
        shop.polls(2);
    }
    assert_eq!(shop.history("a"), history);
}

#[test]
fn a_monitor_that_starts_during_a_fight_says_so_still() {
    let shop = fighting(Version::V2_3_7);
    shop.monitor.stop();
    let later = monitor(&shop, pace());
    shop.polls(20);
    assert_eq!(shop.history("a"), "asked, connected paired, error fighting");
    later.stop();
}

#[test]
fn a_call_for_a_number_that_fights_opens_nothing_and_says_so_until_the_monitor_finds_it_over() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = fighting(version);
        let sim = shop.sim.control();
        let before = (sim.sockets("a"), sim.count("connect", Some("a")));
        let answer = shop.post("a");
        assert_eq!((answer.status, answer.code()), (409, "fighting"), "{version:?} {}", answer.body);
        let detail = answer.body["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("apague a instância"), "{}", answer.body);
        // One of two sockets is open for as long as the other takes to come back, which no call can wait out.
        shop.monitor.stop();
        assert!(sim.end_fight("a"));
        assert_eq!(shop.post("a").code(), "fighting", "{version:?}");
        let later = monitor(&shop, pace());
        shop.until_row("a", "connected paired");
        assert_eq!(shop.post("a").data("status"), "connected", "{version:?}");
        assert_eq!((sim.sockets("a"), sim.count("connect", Some("a"))), before, "{version:?}: no connect");
        assert_eq!(shop.history("a"), "asked, connected paired, error fighting, connected paired");
        later.stop();
    }
}

#[test]
fn a_fight_whose_sockets_take_seconds_to_come_back_is_no_connection_and_opens_nothing() {
    const CLOSE: &str = r#"{"instance":{"instanceName":"x","state":"close"}}"#;
    const OPEN: &str = r#"{"instance":{"instanceName":"x","state":"open"}}"#;
    let looks = AtomicU32::new(0);
    let (shop, calls) = scripted(Duration::from_secs(20), move |endpoint| match endpoint {
        // As 1.8 lists it.
        "fetchInstances" => (200, r#"{"instance":{"instanceName":"x","instanceId":"i","status":"close"}}"#),
        "connectionState" if looks.fetch_add(1, Ordering::SeqCst) % 4 < 3 => (200, CLOSE),
        "connectionState" => (200, OPEN),
        _ => (200, r#"{"count":1,"code":"2@old","base64":"data:image/png;base64,AAAA"}"#),
    });
    shop.set(
        "INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, credentialId,
             status, statusReason, claimedUrl, upstreamId, pairedAt, createdAt, updatedAt)
         SELECT 'c', 'whatsapp_evolution', 'x', '5521991856227', u.id, c.id, 'error', 'fighting', c.baseUrl, 'i',
             1790000000000, unixepoch() * 1000, unixepoch() * 1000 FROM users u, integration_credentials c",
    );
    let history = shop.history("x");
    for _ in 0..2 {
        let answer = shop.post("x");
        assert_eq!((answer.status, answer.code()), (409, "fighting"), "{}", answer.body);
    }
    assert_eq!((shop.row("x").as_str(), shop.history("x")), ("error fighting", history));
    assert!(calls.lock().expect("unpoisoned").iter().all(|(endpoint, _)| endpoint != "connect"));
}
