//! The watcher: what happens upstream while nobody calls shows in the rows, once, and nothing else
//! does.

use std::time::{Duration, Instant};

use pareia::domain::{Channel, Name, Secret, now};
use pareia::instance::monitor::Pace;
use pareia::sim::{Fault, Options, Sim, Timing, Version};
use serde_json::json;

use crate::harness::{
    KEY, PHONE, Shop, instant, recorded, until, upstream_create, upstream_delete, upstream_logout,
};

/// The usual pace, many times faster.
pub fn swift() -> Pace {
    let ms = Duration::from_millis;
    Pace {
        rest: ms(100),
        quick: ms(40),
        second_look: ms(60),
        lasting: ms(400),
        steady: ms(500),
        attention: ms(300),
        hint_gap: ms(20),
        retry: ms(50),
        retry_most: ms(200),
        retry_looked: ms(100),
        patience: ms(700),
        supervise: ms(20),
        ..Pace::default()
    }
}

fn shop(version: Version) -> Shop {
    Shop::watched(instant(version), swift())
}

impl Shop {
    /// Status and reason of a row, as the database has them.
    fn row(&self, name: &str) -> String {
        let query = format!(
            "SELECT status, statusReason FROM messaging_instances WHERE channelInstanceId = '{name}'"
        );
        self.sql(&query).into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub fn until_row(&self, name: &str, row: &str) {
        until(&format!("{name} is {row}"), || self.row(name) == row);
    }

    /// The history of a row: each status it had since the first code, with its reason.
    fn history(&self, name: &str) -> String {
        let query = format!(
            "SELECT toStatus, reason FROM instance_events e JOIN messaging_instances i ON i.id = instanceId
             WHERE channelInstanceId = '{name}' ORDER BY e.id"
        );
        let events: Vec<_> = self.sql(&query).into_iter().map(|e| e.join(" ")).collect();
        events.join(", ").replacen("pending asked, connecting asked", "asked", 1)
    }

    /// Waits until that many more rounds have begun; the last one before has ended by then.
    #[track_caller]
    fn rounds(&self, rounds: u32) {
        let lists = || self.sim.control().count("fetchInstances", None);
        let from = lists();
        until("more rounds", || lists() > from + rounds);
    }

    fn health(&self) -> String {
        self.sql("SELECT trouble FROM credential_health").concat().join(" ")
    }

    /// A watched instance with a phone.
    fn paired(&self, name: &str) {
        assert_eq!(self.post(name).status, 200);
        self.scan(name);
        self.until_row(name, "connected paired");
    }
}

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
    let pace = Pace { second_look: Duration::from_millis(900), ..swift() };
    let shop = Shop::watched(recorded(Version::V2_3_7), pace);
    shop.paired("a");
    let sim = shop.sim.control();
    assert!(sim.drop_socket("a", Some(Duration::from_millis(300))));
    let begun = Instant::now();
    until("some rounds after it is back", || {
        shop.watch.keep_fresh("cred_a", "a");
        begun.elapsed() > Duration::from_millis(1300)
    });
    assert!(sim.count("connectionState", Some("a")) > 5, "it was looked at");
    assert_eq!(shop.history("a"), "asked, connected paired");
}

#[test]
fn a_socket_that_stays_down_is_found_by_the_sweep_and_seen_to_come_back() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    assert!(shop.sim.control().drop_socket("a", Some(Duration::from_millis(1500))));
    shop.until_row("a", "disconnected dropped");
    assert_eq!(shop.sim.control().state("a").map(pareia::sim::State::word), Some("close"));
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
fn on_1_8_a_socket_that_reconnects_is_no_logout_however_often_it_is_seen_closed() {
    const LIST: &str = r#"[{"instance":{"instanceName":"x","status":"close"}}]"#;
    const CLOSE: &str = r#"{"instance":{"instanceName":"x","state":"close"}}"#;
    const CONNECTING: &str = r#"{"instance":{"instanceName":"x","state":"connecting"}}"#;
    let looks = std::sync::atomic::AtomicU32::new(0);
    let (shop, calls) = super::races::scripted(Duration::from_secs(5), move |endpoint| match endpoint {
        "fetchInstances" => (200, LIST),
        // Many times `close` in a row, and never for as long as a logout takes.
        _ => match looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 40 {
            0 => (200, CONNECTING),
            _ => (200, CLOSE),
        },
    });
    shop.seed_as("scripted", "x");
    let pace = Pace { quick: Duration::from_millis(5), ..swift() };
    let watch = pareia::instance::monitor::Monitor::start(std::sync::Arc::clone(&shop.store), pace);
    let states =
        || calls.lock().expect("unpoisoned").iter().filter(|call| call.0 == "connectionState").count();
    until("many looks", || states() > 200);
    watch.stop();
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
    shop.rounds(3);
    assert_eq!((paired_at(), shop.history("a")), (kept, history), "once");
}

#[test]
fn an_odd_entry_of_the_list_hides_no_other_row() {
    let (shop, _) = super::races::scripted(Duration::from_secs(5), |endpoint| match endpoint {
        "fetchInstances" => (
            200,
            r#"[null,{"name":7},{"id":"1","name":"x","connectionStatus":"open","ownerJid":"55@s.whatsapp.net"},
                {"id":"2","name":"y","connectionStatus":"open","ownerJid":{}}]"#,
        ),
        _ => (200, r#"{"instance":{"instanceName":"x","state":"open"}}"#),
    });
    shop.seed_as("scripted", "x");
    shop.seed_as("scripted", "y");
    shop.set("UPDATE messaging_instances SET status = 'disconnected'");
    let watch = pareia::instance::monitor::Monitor::start(std::sync::Arc::clone(&shop.store), swift());
    shop.until_row("x", "connected paired");
    // What the list does not tell is asked for.
    shop.until_row("y", "connected paired");
    assert_eq!(shop.sql("SELECT trouble FROM credential_health WHERE credentialId = 'scripted'"), [["NULL"]]);
    watch.stop();
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
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = shop(version);
        shop.paired("a");
        shop.sim.control().forget(Some("a"));
        shop.rounds(2);
        // Half the time is over when the server fails, and nothing counts from before that.
        shop.sim.control().fault(Fault::Http500, None);
        until("trouble", || shop.health() == "evolution_error");
        shop.sim.control().fault(Fault::None, None);
        let answering = now();
        until("no trouble", || shop.health() == "NULL");
        assert_eq!(shop.row("a"), "connected paired");
        shop.until_row("a", "lost gone");
        let at = shop.sql("SELECT max(at) FROM instance_events")[0][0].parse::<i64>().expect("a time");
        assert!(at - answering >= 400, "{} ms of answering", at - answering);
        // It is known again, as after a backup was restored: to the row it is the same.
        shop.set("UPDATE messaging_instances SET upstreamId = NULL");
        upstream_create(&shop.sim.url(), &json!({ "instanceName": "a", "integration": "WHATSAPP-BAILEYS" }));
        shop.until_row(
            "a",
            if version == Version::V2_3_7 { "disconnected unscanned" } else { "disconnected dropped" },
        );
    }
}

#[test]
fn an_instance_that_upstream_does_not_load_is_an_error_after_long() {
    let timing = Timing { clean_up: Duration::from_millis(1500), ..Timing::instant() };
    let shop = Shop::watched(Options { timing, ..instant(Version::V2_3_7) }, swift());
    shop.paired("a");
    upstream_delete(&shop.sim.url(), "a");
    until("looked at and in error", || {
        shop.watch.keep_fresh("cred_a", "a");
        shop.row("a") == "error not_loaded"
    });
    shop.until_row("a", "lost gone");
    assert!(shop.history("a").ends_with("error not_loaded, lost gone"), "{}", shop.history("a"));
}

#[test]
fn each_trouble_has_its_code_and_no_status_changes_over_it() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    until("it answers", || shop.health() == "NULL");
    let sim = shop.sim.control();
    let mut since = Vec::new();
    for (fault, code) in [
        (Fault::Html, "evolution_error"),
        (Fault::Garbage, "evolution_error"),
        (Fault::Error200, "evolution_error"),
        (Fault::Huge, "evolution_error"),
        (Fault::Redirect, "evolution_error"),
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
fn a_failing_server_is_asked_less_and_less() {
    let shop = shop(Version::V2_3_7);
    until("it answers", || shop.health() == "NULL");
    let asked = |shop: &Shop| {
        let from = shop.calls();
        std::thread::sleep(Duration::from_millis(1500));
        shop.calls() - from
    };
    let well = asked(&shop);
    shop.sim.control().fault(Fault::Http500, None);
    until("trouble", || shop.health() == "evolution_error");
    // After 50, 100, 200, 200 … ms.
    let failing = asked(&shop);
    assert!((5..=10).contains(&failing) && failing < well, "{failing} calls failing, {well} when well");
}

#[test]
fn a_round_is_one_list_however_many_rows_there_are() {
    let shop = Shop::watched(instant(Version::V2_3_7), Pace { rest: Duration::from_millis(300), ..swift() });
    shop.sim.control().fill(400);
    shop.seed(400);
    shop.rounds(1);
    let (sim, begun) = (shop.sim.control(), Instant::now());
    let (lists, states) = (sim.count("fetchInstances", None), sim.count("connectionState", None));
    shop.rounds(5);
    let lists = sim.count("fetchInstances", None) - lists;
    let states = sim.count("connectionState", None) - states;
    let most = u32::try_from(begun.elapsed().as_millis() / 300).expect("small") + 1;
    assert!(lists <= most, "{lists} lists in {:?}", begun.elapsed());
    assert!(states <= 32 * (lists + 1), "{states} states in {lists} rounds");
    assert!(sim.calls().iter().all(|c| c.endpoint != "fetchInstances" || c.name.is_none()));
    let swept: std::collections::HashSet<_> = sim.calls().into_iter().filter_map(|c| c.name).collect();
    assert!(swept.len() > 100, "in rotation: {}", swept.len());
    assert_eq!(shop.sql("SELECT DISTINCT status FROM messaging_instances"), [["connected"]]);
}

#[test]
fn what_is_looked_at_is_looked_at_often() {
    let pace = Pace { rest: Duration::from_mins(1), attention: Duration::from_secs(5), ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("a");
    // The round that saw the phone is followed by one more at the quick pace.
    std::thread::sleep(Duration::from_millis(200));
    shop.watch.keep_fresh("cred_a", "a");
    let begun = Instant::now();
    assert!(shop.sim.control().drop_socket("a", Some(Duration::from_mins(1))));
    shop.until_row("a", "disconnected dropped");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn a_name_that_is_being_worked_on_is_left_alone() {
    let shop = shop(Version::V2_3_7);
    assert_eq!(shop.post("a").status, 200);
    let turn = shop.store.instance_turn(Channel::WhatsappEvolution, "a", Instant::now());
    let turn = turn.expect("a lock").expect("free");
    shop.scan("a");
    shop.rounds(4);
    assert_eq!(shop.row("a"), "connecting asked");
    drop(turn);
    shop.until_row("a", "connected paired");
}

#[test]
fn rows_that_are_not_known_to_be_this_servers_are_left_alone() {
    let shop = shop(Version::V2_3_7);
    shop.paired("here");
    let second = Sim::start(instant(Version::V2_3_7)).expect("a second server");
    second.control().fill(3);
    shop.credential("cred_b", &second.url());
    shop.seed_for("cred_b", 4);
    // One each: of the server, of another server, pending, with a call under way.
    let later = now() + 60_000;
    for change in [
        "claimedUrl = 'http://elsewhere', upstreamId = 'other', status = 'disconnected' WHERE channelInstanceId = 'row-1'".to_owned(),
        "claimedUrl = NULL, status = 'pending' WHERE channelInstanceId = 'row-2'".to_owned(),
        format!("connectOutUntil = {later}, status = 'connecting' WHERE channelInstanceId = 'row-3'"),
    ] {
        shop.sql(&format!("UPDATE messaging_instances SET {change} RETURNING id"));
    }
    shop.until_row("row-4", "lost gone");
    let status = |name: &str| shop.row(name).split(' ').next().unwrap_or_default().to_owned();
    assert_eq!(
        ["row-1", "row-2", "row-3", "here"].map(status),
        ["disconnected", "pending", "connecting", "connected"]
    );
    // The server moved, and took the instance along: its id is the same.
    let id = id_of(&second, "row-1");
    shop.sql(&format!(
        "UPDATE messaging_instances SET upstreamId = '{id}' WHERE channelInstanceId = 'row-1' RETURNING id"
    ));
    shop.until_row("row-1", "connected paired");
}

fn id_of(sim: &Sim, name: &str) -> String {
    let url = format!("{}/instance/fetchInstances?instanceName={name}", sim.url());
    let agent = ureq::Agent::new_with_defaults();
    let mut answer = agent.get(url).header("apikey", KEY).call().expect("a list");
    let list: serde_json::Value =
        serde_json::from_str(&answer.body_mut().read_to_string().expect("text")).expect("JSON");
    list[0]["id"].as_str().expect("an id").to_owned()
}

#[test]
fn an_instance_that_was_made_anew_under_its_name_is_not_the_rows_until_it_is_adopted() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    shop.sim.control().forget(Some("a"));
    let body = json!({ "instanceName": "a", "integration": "WHATSAPP-BAILEYS", "qrcode": true });
    upstream_create(&shop.sim.url(), &body);
    shop.until_row("a", "lost gone");
    assert_eq!(shop.post("a").data("status"), "connecting");
    shop.scan("a");
    shop.until_row("a", "connected paired");
}

#[test]
fn credentials_come_change_and_go() {
    let shop = shop(Version::V2_3_7);
    let second = Sim::start(instant(Version::V2_3_7)).expect("a second server");
    shop.credential("cred_b", &second.url());
    let lists = || second.control().count("fetchInstances", None);
    until("the new one is watched", || lists() > 1);
    second.control().key("rotated");
    let trouble = || shop.sql("SELECT trouble FROM credential_health WHERE credentialId = 'cred_b'").concat();
    until("its key is wrong", || trouble() == ["evolution_rejected_key"]);
    assert!(shop.store.rotate_credential("cred_b", &Secret::new("rotated")).expect("rotated"));
    until("its key is right", || trouble() == ["NULL"]);
    assert!(shop.store.set_credential_active("cred_b", false).expect("disabled"));
    let quiet = || {
        let from = lists();
        shop.rounds(2);
        lists() == from
    };
    until("it is watched no longer", quiet);
    assert!(shop.store.set_credential_active("cred_b", true).expect("enabled"));
    let from = lists();
    until("it is watched again", || lists() > from);
    assert!(shop.store.remove_credential("cred_b").expect("removed"));
    until("it is watched no longer", quiet);
    assert!(trouble().is_empty());
}

#[test]
fn callers_and_the_watcher_do_not_disturb_each_other() {
    const NAMES: usize = 8;
    let shop = Shop::watched(
        recorded(Version::V2_3_7),
        Pace { rest: Duration::from_millis(10), quick: Duration::from_millis(1), ..swift() },
    );
    std::thread::scope(|scope| {
        for n in 0..NAMES * 2 {
            let (shop, name) = (&shop, format!("loja-{}", n % NAMES));
            scope.spawn(move || {
                for _ in 0..6 {
                    let answer = shop.post(&name);
                    assert_eq!(answer.status, 200, "{:?}", answer.body);
                    let kept = shop.sql(&format!(
                        "SELECT qrCode FROM messaging_instances WHERE channelInstanceId = '{name}'"
                    ));
                    assert_eq!(Some(kept[0][0].as_str()), answer.qr(), "no code is lost");
                }
            });
        }
    });
    for n in 0..NAMES {
        let name = format!("loja-{n}");
        shop.scan(&name);
        shop.until_row(&name, "connected paired");
        assert_eq!(shop.history(&name), "asked, connected paired");
        assert_eq!(
            (shop.sim.control().sockets(&name), shop.sim.control().count("create", Some(&name))),
            (1, 1)
        );
    }
}

#[test]
fn the_end_does_not_wait_for_a_server_that_hangs() {
    let shop = Shop::watched(instant(Version::V2_3_7), Pace { patience: Duration::from_secs(45), ..swift() });
    shop.paired("a");
    shop.sim.control().fault(Fault::Hang, None);
    until("a call hangs", || shop.sim.control().tally("fetchInstances", None).running > 0);
    let begun = Instant::now();
    shop.watch.stop();
    assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
    assert!(shop.sim.control().unlink("a"));
    shop.sim.control().fault(Fault::None, None);
    let calls = shop.calls();
    std::thread::sleep(Duration::from_millis(300));
    // The connection that was cut is tried once more by the call that hung.
    assert!(shop.calls() <= calls + 1, "{:?}", shop.calls());
    assert_eq!(shop.row("a"), "connected paired");
    let begun = Instant::now();
    shop.watch.stop();
    assert!(begun.elapsed() < Duration::from_millis(1500), "again is no harm");
}

#[test]
fn a_list_with_a_name_twice_is_read_like_a_look_at_the_name() {
    let (shop, _) = super::races::scripted(Duration::from_secs(5), |endpoint| match endpoint {
        "fetchInstances" => (
            200,
            r#"[{"id":"1","name":"x","connectionStatus":"open","ownerJid":"55@s.whatsapp.net"},
                {"id":"2","name":"x","connectionStatus":"close","ownerJid":null,"disconnectionReasonCode":"odd"}]"#,
        ),
        _ => (200, r#"{"instance":{"instanceName":"x","state":"open"}}"#),
    });
    shop.seed_as("scripted", "x");
    shop.sql("UPDATE messaging_instances SET status = 'disconnected' RETURNING id");
    let watch = pareia::instance::monitor::Monitor::start(std::sync::Arc::clone(&shop.store), swift());
    shop.until_row("x", "connected paired");
    watch.stop();
}

#[test]
fn what_is_past_its_time_is_removed() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    let (old, recent) = (now() - 91 * 86_400_000, now() - 89 * 86_400_000);
    let row = "(SELECT id FROM messaging_instances)";
    for (table, values) in [
        (
            "instance_events (instanceId, at, toStatus)",
            format!("({row}, {old}, 'lost'), ({row}, {recent}, 'error')"),
        ),
        (
            "connect_links (id, instanceId, hash, createdAt, expiresAt)",
            format!(
                "('l1', {row}, zeroblob(32), 1, {recent}), ('l2', {row}, randomblob(32), 1, {} )",
                now() + 60_000
            ),
        ),
        (
            "sessions (id, userId, hash, client, address, createdAt, lastSeenAt, expiresAt)",
            format!("('s1', (SELECT id FROM users), zeroblob(32), '', '', 1, 1, {recent})"),
        ),
    ] {
        shop.sql(&format!("INSERT INTO {table} VALUES {values} RETURNING 1"));
    }
    assert_eq!(shop.store.purge().expect("purged"), 3);
    assert_eq!(shop.sql("SELECT toStatus FROM instance_events WHERE id > 2"), [["error"]]);
    assert_eq!(shop.sql("SELECT id FROM connect_links"), [["l2"]]);
    assert_eq!(shop.store.purge().expect("purged"), 0);
}

#[test]
fn a_clock_that_is_years_ahead_for_one_start_erases_nothing_and_a_storm_is_kept_short() {
    const DAY: i64 = 86_400_000;
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!((shop.post("a").status, shop.post("b").status), (200, 200));
    // As good as a clock that is three years ahead: everything else was yesterday, three years ago.
    let yesterday = now() - 1096 * DAY;
    shop.store.set_setting("purged", &yesterday.to_string()).expect("set");
    shop.set(&format!(
        "UPDATE instance_events SET at = {yesterday};
         INSERT INTO sessions (id, userId, hash, client, address, createdAt, lastSeenAt, expiresAt)
             VALUES ('s1', (SELECT id FROM users), zeroblob(32), '', '', 1, 1, {yesterday});
         INSERT INTO connect_links (id, instanceId, hash, createdAt, expiresAt)
             VALUES ('l1', (SELECT id FROM messaging_instances), zeroblob(32), 1, {yesterday});"
    ));
    assert_eq!(shop.store.purge().expect("purged"), 0);
    shop.set(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)
         INSERT INTO instance_events (instanceId, at, toStatus)
             SELECT (SELECT id FROM messaging_instances WHERE channelInstanceId = 'a'), {yesterday} + i, i FROM n"
    ));
    assert_eq!(shop.store.purge().expect("purged"), 302, "beyond the newest thousand");
    let kept =
        "SELECT count(*), min(toStatus + 0), max(toStatus + 0) FROM instance_events WHERE toStatus > '0'
        AND toStatus < 'a'";
    assert_eq!(shop.sql(kept), [["1000", "301", "1300"]]);
    let other = "SELECT count(*) FROM instance_events e JOIN messaging_instances i ON i.id = e.instanceId
        WHERE channelInstanceId = 'b'";
    assert_eq!(shop.sql(other), [["2"]]);
}

/// Gone unseen: a number whose list goes on saying `open`.
fn drop_unseen(shop: &Shop, name: &str) {
    assert!(shop.sim.control().drop_socket(name, Some(Duration::from_mins(5))));
}

#[test]
fn codes_that_ran_out_are_no_reason_to_hurry_and_hide_no_drop() {
    let timing = Timing { qr_life: Duration::from_millis(300), ..Timing::instant() };
    let upstream = Options { qrcode_limit: 1, timing, ..instant(Version::V2_3_7) };
    let rest = Duration::from_millis(500);
    let shop = Shop::watched(upstream, Pace { rest, ..swift() });
    assert_eq!(shop.post("zz").status, 200);
    assert!(shop.sim.control().scan("zz", None));
    shop.until_row("zz", "connected paired");
    std::thread::scope(|scope| {
        for k in 0..8 {
            let shop = &shop;
            scope.spawn(move || (0..18).for_each(|n| drop(shop.post(&format!("n{k}-{n}")))));
        }
    });
    let open = "SELECT count(*) FROM messaging_instances WHERE status NOT IN ('disconnected', 'connected')";
    until("all ran out", || shop.sql(open) == [["0"]]);
    let unscanned = "SELECT count(*) FROM messaging_instances WHERE statusReason = 'unscanned'";
    assert_eq!(shop.sql(unscanned), [["144"]]);
    // What was answered is remembered: rest is rest.
    shop.rounds(3);
    let (sim, begun) = (shop.sim.control(), Instant::now());
    let (lists, states) = (sim.count("fetchInstances", None), sim.count("connectionState", None));
    std::thread::sleep(rest * 4);
    let lists = sim.count("fetchInstances", None) - lists;
    let states = sim.count("connectionState", None) - states;
    assert!(u128::from(lists) <= begun.elapsed().as_millis() / 500 + 1, "{lists} lists");
    assert!(states <= 40 * (lists + 1), "{states} states in {lists} rounds");
    drop_unseen(&shop, "zz");
    shop.until_row("zz", "disconnected dropped");
}

#[test]
fn a_page_full_of_numbers_hides_nobody_elses_end() {
    let pace = Pace { rest: Duration::from_millis(300), ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("zz");
    shop.paired("zy");
    shop.sim.control().fill(200);
    shop.seed(200);
    let look = || (1..=200).for_each(|n| shop.watch.keep_fresh("cred_a", &format!("row-{n}")));
    look();
    shop.rounds(2);
    assert!(shop.sim.control().unlink("zz"));
    drop_unseen(&shop, "zy");
    until("both are seen", || {
        look();
        shop.row("zz") == "disconnected device_removed" && shop.row("zy") == "disconnected dropped"
    });
    // And each that is looked at has its turn.
    let asked = |n| shop.sim.control().count("connectionState", Some(&format!("row-{n}"))) > 0;
    until("all are asked for", || {
        look();
        (1..=200).all(asked)
    });
}

#[test]
fn one_socket_found_down_is_a_reason_to_look_at_the_others_at_once() {
    let pace = Pace { rest: Duration::from_secs(6), ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.sim.control().fill(200);
    shop.seed(200);
    shop.rounds(1);
    (1..=200).for_each(|n| drop_unseen(&shop, &format!("row-{n}")));
    let begun = Instant::now();
    let up = "SELECT count(*) FROM messaging_instances WHERE status = 'connected'";
    until("all are seen", || shop.sql(up) == [["0"]]);
    // 32 in each 6 s would take 42 s.
    assert!(begun.elapsed() < Duration::from_secs(18), "{:?}", begun.elapsed());
}

#[test]
fn the_list_of_the_older_line_is_asked_for_at_rest_only() {
    let rest = Duration::from_secs(2);
    let shop = Shop::watched(instant(Version::V1_8_2), Pace { rest, ..swift() });
    shop.paired("a");
    let sim = shop.sim.control();
    let (lists, begun) = (sim.count("fetchInstances", None), Instant::now());
    let states = sim.count("connectionState", Some("a"));
    while begun.elapsed() < rest {
        shop.watch.keep_fresh("cred_a", "a");
        shop.watch.hint("cred_a", Some("a"));
        std::thread::sleep(Duration::from_millis(5));
    }
    let lists = sim.count("fetchInstances", None) - lists;
    assert!(lists <= 2, "{lists} lists");
    assert!(sim.count("connectionState", Some("a")) > states + 5, "it was looked at");
    // In time all the same.
    let begun = Instant::now();
    assert!(sim.unlink("a"));
    until("it is seen", || {
        shop.watch.keep_fresh("cred_a", "a");
        shop.row("a") == "disconnected dropped"
    });
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[test]
fn hints_do_not_beat_a_failing_servers_door() {
    let pace = Pace { retry_looked: Duration::from_millis(200), ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    until("it answers", || shop.health() == "NULL");
    for fault in [Fault::Http500, Fault::Hang] {
        shop.sim.control().fault(fault, None);
        let code = if fault == Fault::Hang { "evolution_timeout" } else { "evolution_error" };
        until("trouble", || shop.health() == code);
        std::thread::sleep(Duration::from_millis(400));
        let (calls, begun) = (shop.calls(), Instant::now());
        while begun.elapsed() < Duration::from_millis(1500) {
            shop.watch.hint("cred_a", Some("x"));
            std::thread::sleep(Duration::from_millis(2));
        }
        let calls = shop.calls() - calls;
        assert!((1..=9).contains(&calls), "{calls} calls under {fault:?}");
    }
}

#[test]
fn a_server_that_falls_silent_is_old_news_since_it_was_last_heard() {
    let pace = Pace { patience: Duration::from_secs(20), silence: Duration::from_millis(300), ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("a");
    let (begun, silent) = (Instant::now(), now());
    shop.sim.control().fault(Fault::Hang, None);
    let unknown = || shop.call("GET", "/api/messaging/instance/a").data("unknownSince").clone();
    until("it says so", || !unknown().is_null());
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(shop.health(), "evolution_timeout");
    let since = shop.sql("SELECT since FROM credential_health")[0][0].parse::<i64>().expect("a time");
    assert!((silent - 400..=silent + 100).contains(&since), "{} ms after its last word", since - silent);
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
fn one_credential_that_cannot_be_used_stops_no_other() {
    let pace = Pace { servers: 2, ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("a");
    // Sealed for another row; an address that is none; one too many.
    let copy = |id: &str, url: &str| {
        shop.set(&format!(
            "INSERT INTO integration_credentials SELECT '{id}', type, name, {url}, apiToken, 1, createdAt, updatedAt
             FROM integration_credentials WHERE id = 'cred_a'"
        ));
    };
    copy("copy", "baseUrl");
    let health = |id: &str| {
        shop.sql(&format!("SELECT trouble FROM credential_health WHERE credentialId = '{id}'"))
            .concat()
            .join("")
    };
    until("it is known not to be watched", || health("copy") == "unwatched");
    shop.credential("cred_b", "ftp://nowhere");
    until("nor that", || health("cred_b") == "unwatched");
    shop.credential("cred_c", &shop.sim.url());
    until("nor that", || health("cred_c") == "unwatched");
    assert!(shop.sim.control().unlink("a"));
    shop.until_row("a", "disconnected device_removed");
    assert_eq!(health("cred_a"), "NULL");
    assert!(shop.store.set_credential_active("cred_b", false).expect("disabled"));
    until("there is room", || health("cred_c") == "NULL");
}

#[test]
fn the_end_waits_no_longer_for_the_database_and_neither_does_whoever_looks() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    let other = rusqlite::Connection::open(shop.folder.path().join("pareia.db")).expect("the database");
    other.execute_batch("BEGIN IMMEDIATE").expect("its lock");
    assert!(shop.sim.control().unlink("a"));
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    shop.watch.keep_fresh("cred_a", "a");
    assert!(shop.watch.webhook_of("x").is_none());
    assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
    shop.watch.stop();
    assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
}

#[test]
fn of_a_list_that_broke_off_nothing_is_kept() {
    // Every second list is whole; those between say something else before they break.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let list = |status| format!(r#"[{{"instance":{{"instanceName":"x","status":"{status}"}}}}]"#);
        for (n, client) in listener.incoming().enumerate() {
            let Ok(mut client) = client else { return };
            let _request = client.read(&mut [0; 4096]);
            let (body, more) = if n % 2 == 0 { (list("close"), 100_000) } else { (list("open"), 0) };
            let length = body.len() + more;
            let _ = write!(client, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        }
    });
    let shop = Shop::bare(Sim::start(instant(Version::V2_3_7)).expect("starts"), Duration::from_secs(5));
    shop.credential("breaks", &url);
    shop.seed_as("breaks", "x");
    shop.set("UPDATE messaging_instances SET status = 'disconnected', statusReason = 'unscanned'");
    let watch = pareia::instance::monitor::Monitor::start(std::sync::Arc::clone(&shop.store), swift());
    shop.until_row("x", "connected paired");
    watch.stop();
}

impl Shop {
    /// Rows of connected instances, `row-1` and so on, as the simulation is filled with.
    fn seed(&self, rows: u32) {
        self.seed_for("cred_a", rows);
    }

    fn seed_for(&self, credential: &str, rows: u32) {
        (1..=rows).for_each(|n| self.seed_as(credential, &format!("row-{n}")));
    }

    fn seed_as(&self, credential: &str, name: &str) {
        let user = self.sql("SELECT id FROM users")[0][0].clone();
        let channel = Channel::WhatsappEvolution;
        let (name, phone) = (Name::parse(name).expect("a name"), pareia::domain::Phone::parse(PHONE));
        let row = self.store.add_instance(channel, &name, &phone.expect("a phone"), &user, credential);
        let mut row = row.expect("a store").expect("a free name");
        row.become_status(pareia::domain::Status::Connected, pareia::domain::Reason::Paired);
        row.paired_at = Some(1);
        row.claimed_url = self.store.credential(credential).expect("a store").map(|c| c.base_url);
        assert!(self.store.save_instance(&row).expect("saved"));
    }
}
