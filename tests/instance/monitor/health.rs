//! How a server answers, and since when what is known of it is old.

use std::time::{Duration, Instant};

use pareia::domain::{Secret, now};
use pareia::instance::monitor::Pace;
use pareia::sim::{Fault, Version};
use pareia::store::AskedServer;
use serde_json::json;

use super::{shop, swift};
use crate::harness::{KEY, Shop, instant, sooner_than, until};

#[test]
fn each_trouble_has_its_code_and_no_status_changes_over_it() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    until("it answers", || shop.health() == "NULL");
    let sim = shop.sim.control();
    let mut since = Vec::new();
    for (fault, code) in [
        (Fault::Html, "evolution_unreachable"),
        (Fault::Garbage, "evolution_error"),
        (Fault::Error200, "evolution_error"),
        (Fault::Huge, "evolution_error"),
        (Fault::Redirect, "evolution_proxy"),
        (Fault::Hang, "evolution_timeout"),
        (Fault::Reset, "evolution_unreachable"),
    ] {
        sim.fault(fault, None);
        until(&format!("{fault:?} is {code}"), || shop.health() == code);
        since.extend(shop.sql("SELECT since FROM credential_health").concat());
    }
    since.dedup();
    assert_eq!(since.len(), 1, "one trouble, whatever its kind: {since:?}");
    sim.fault(Fault::None, None);
    until("it answers again", || shop.health() == "NULL");
    assert_ne!(shop.sql("SELECT since FROM credential_health").concat(), since);
    sim.key("another-key");
    until("a wrong key", || shop.health() == "evolution_rejected_key");
    sim.key(KEY);
    sim.licence(true);
    until("no licence", || shop.health() == "evolution_license_required");
    sim.licence(false);
    sim.refuse(true);
    until("refused", || shop.health() == "evolution_unreachable");
    sim.refuse(false);
    until("it answers again", || shop.health() == "NULL");
    assert_eq!(shop.history("a"), "asked, connected paired");
}

#[test]
fn a_server_that_falls_silent_is_old_news_since_it_was_last_heard() {
    let (patience, silence) = (Duration::from_secs(20), Duration::from_millis(300));
    let pace = Pace { patience, silence, ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("a");
    // A server that counts as heard once, at the start, would be silent for longer than this test allows.
    std::thread::sleep(Duration::from_secs(2));
    shop.polls(1);
    let (begun, heard) = (Instant::now(), now());
    shop.sim.control().fault(Fault::Hang, None);
    let silent = now();
    let unknown = || shop.call("GET", "/api/messaging/instance/a").data("unknownSince").clone();
    until("it says so", || !unknown().is_null());
    sooner_than(patience, begun);
    assert_eq!(shop.health(), "evolution_timeout");
    let since = shop.sql("SELECT since FROM credential_health")[0][0].parse::<i64>().expect("a time");
    assert!((heard - 1_500..silent + 300).contains(&since), "{} ms after its last word", since - heard);
    shop.sim.control().fault(Fault::None, None);
    until("it is heard again", || unknown().is_null());
    assert_eq!(shop.history("a"), "asked, connected paired");
}

#[test]
fn what_nobody_asks_about_any_more_is_old_news() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    until("it answers", || shop.health() == "NULL");
    let shown = || shop.call("GET", "/api/messaging/instance/a");
    let unknown = || shown().data("unknownSince").clone();
    let listed = || shop.call("GET", "/api/messaging/instance").body["data"][0]["unknownSince"].clone();
    assert_eq!((unknown(), listed()), (json!(null), json!(null)));
    // Disabled, whatever its thread had still to say, and by hand as well.
    assert!(shop.store.set_credential_active("cred_a", false).expect("disabled"));
    let since = unknown();
    assert!(since.is_string() && listed() == since, "{since}");
    shop.store.note_health("cred_a", None, 1).expect("too late");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!((unknown(), shown().data("status")), (since, &json!("connected")));
    assert_eq!(shop.call("GET", "/api/messaging/instance").body["troubles"], json!([]));
    assert!(shop.store.set_credential_active("cred_a", true).expect("enabled"));
    until("it is watched again", || unknown().is_null());
    shop.set("UPDATE integration_credentials SET isActive = 0, updatedAt = 1700000000000");
    assert_eq!(unknown(), "2023-11-14T22:13:20.000Z");
    shop.set("UPDATE integration_credentials SET isActive = 1");
    // Its key is changed while it fails: it has been failing for as long.
    shop.sim.control().fault(Fault::Http500, None);
    until("it fails", || shop.health() == "evolution_error");
    let since = unknown();
    assert!(shop.store.rotate_credential("cred_a", &Secret::new(KEY)).expect("rotated"));
    assert_eq!(unknown(), since);
    // Removed, then: still as long.
    assert!(shop.store.remove_credential("cred_a").expect("removed"));
    assert_eq!((unknown(), listed()), (since.clone(), since));
    shop.set("UPDATE messaging_instances SET orphanedAt = NULL, updatedAt = 1700000000000");
    assert_eq!(unknown(), "2023-11-14T22:13:20.000Z", "as old as the row, where more is not known");
}

#[test]
fn a_removed_server_is_old_news_since_then_and_a_row_without_an_instance_is_none() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    shop.seed_as("cred_a", "p");
    shop.set(
        "UPDATE messaging_instances SET claimedUrl = NULL, status = 'pending' WHERE channelInstanceId = 'p'",
    );
    let before = now();
    assert!(shop.store.remove_credential("cred_a").expect("removed"));
    let at = "SELECT orphanedAt FROM messaging_instances WHERE channelInstanceId = 'a'";
    assert!((before..=now()).contains(&shop.sql(at)[0][0].parse().expect("a time")));
    let unknown =
        |name| shop.call("GET", &format!("/api/messaging/instance/{name}")).data("unknownSince").clone();
    assert!(unknown("a").is_string());
    assert!(unknown("p").is_null());
}

#[test]
fn it_is_noted_when_a_server_was_asked_and_where_a_number_was() {
    let pace = Pace { note_asked: Duration::from_millis(20), ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("a");
    let spans =
        || shop.sql("SELECT answered, count(*), max(endedAt) > min(beganAt) FROM server_spans GROUP BY id");
    let is = |answered: [&str; 1]| {
        answered.map(|one| vec![one.to_owned(), "1".to_owned(), "1".to_owned()]).to_vec()
    };
    until("it becomes longer", || spans() == is(["1"]));
    let sim = shop.sim.control();
    sim.refuse(true);
    until("it fails", || spans().len() == 2 && spans()[1] == is(["0"])[0]);
    sim.refuse(false);
    until("it answers again", || spans().len() == 3 && spans()[2] == is(["1"])[0]);
    let gaps = "SELECT count(*) FROM server_spans s JOIN server_spans n ON n.id = s.id + 1 WHERE n.beganAt < s.endedAt - 100 OR n.beganAt > s.endedAt + 100";
    assert_eq!(shop.sql(gaps), [["0"]], "one begins where the one before ends");
    assert_eq!(shop.sql("SELECT firstConnectedAt <= updatedAt FROM messaging_instances"), [["1"]]);
    assert!(shop.store.remove_credential("cred_a").expect("removed"));
    assert_eq!(
        shop.sql("SELECT credentialId FROM instance_moves"),
        [["cred_a"]],
        "a number outlives its credential"
    );
    assert_ne!(shop.sql("SELECT count(*) FROM server_spans"), [["0"]], "and so does what is known of it");
}

#[test]
fn a_span_is_lengthened_within_minutes_and_begins_anew_after_more() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let note = |heard_at, until, answered| {
        let server = AskedServer { credential: "cred_a", heard_at, until, answered };
        shop.store.note_asked(&[server]).expect("noted");
    };
    let minute = 60_000;
    for (heard_at, until, answered) in [
        (10, 10, true),
        (5, 5 * minute, true),
        // Suspended for an hour, or another process, ten minutes later.
        (65 * minute, 65 * minute, true),
        (65 * minute, 66 * minute, false),
        (65 * minute, 67 * minute, false),
        // The clock is set back.
        (20 * minute, 20 * minute, false),
        (20 * minute, 21 * minute, false),
        // It was last heard long ago, and nobody knows what it was since.
        (20 * minute, 99 * minute, false),
    ] {
        note(heard_at, until, answered);
    }
    let spans = shop.sql("SELECT beganAt, endedAt, answered FROM server_spans ORDER BY id");
    let spans: Vec<_> = spans.iter().map(|span| span.join(" ")).collect();
    let whole = |from: i64, to: i64, answered: u8| format!("{} {} {answered}", from * minute, to * minute);
    assert_eq!(
        spans,
        [
            format!("10 {} 1", 5 * minute),
            whole(65, 65, 1),
            whole(65, 67, 0),
            whole(20, 21, 0),
            whole(94, 99, 0),
        ]
    );
}
