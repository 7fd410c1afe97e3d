//! What is done to instances by name: deleting, logging out, restarting, in every state, on both wires,
//! and with something failing at every step.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pareia::sim::{Fault, Options, Sim, Timing, Version};
use serde_json::{Value, json};

use super::monitor::swift;
use super::races::scripted;
use crate::harness::{ROUTE, Shop, instant, recorded, until, upstream_create, upstream_delete};

const VERSIONS: [Version; 2] = [Version::V2_3_7, Version::V1_8_2];
const STATES: [&str; 3] = ["close", "connecting", "open"];

fn path(name: &str) -> String {
    format!("{ROUTE}/{name}")
}

/// A shop with an instance of its own in that state.
fn shop_in(version: Version, state: &str) -> Shop {
    let shop = Shop::new(instant(version));
    assert_eq!(shop.post("a").status, 200);
    match state {
        "open" => {
            shop.scan("a");
            assert_eq!(shop.post("a").data("status"), "connected");
        }
        "close" => {
            assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).status, 200);
            shop.until_state("a", "close");
        }
        _ => {}
    }
    shop
}

#[track_caller]
fn nothing_is_left(shop: &Shop) {
    for table in ["messaging_instances", "instance_events", "connect_links"] {
        assert_eq!(shop.sql(&format!("SELECT count(*) FROM {table}")), [["0"]], "{table}");
    }
    let listed = || crate::harness::get(&format!("{}/sim/instances", shop.sim.url())).body;
    until("the instance is gone upstream", || listed() == json!([]));
}

#[test]
fn a_deletion_takes_all_of_it_in_every_state() {
    for version in VERSIONS {
        for state in STATES {
            let shop = shop_in(version, state);
            shop.call("POST", &format!("{ROUTE}/a/link"));
            let session = if state == "open" { vec!["session"] } else { vec![] };
            let removes = [vec!["upstream"], session, vec!["row", "history", "links"]].concat();
            let expected = json!({ "instance": "a", "removes": removes });
            let from = shop.calls();
            let dry = shop.call("DELETE", &format!("{}?dryRun=true", path("a")));
            assert_eq!((dry.status, &dry.body["data"]), (200, &expected), "{version:?} {state}");
            assert_eq!(shop.calls_since(from), "fetchInstances", "a rehearsal looks and touches nothing");
            let deleted = shop.call("DELETE", &path("a"));
            assert_eq!((deleted.status, &deleted.body["data"]), (200, &expected), "{version:?} {state}");
            nothing_is_left(&shop);
            assert_eq!(shop.call("DELETE", &path("a")).status, 404);
            assert_eq!(shop.post("a").status, 200, "the name can be used again");
        }
    }
}

#[test]
fn what_is_kept_upstream_stays_as_it_is() {
    let shop = shop_in(Version::V2_3_7, "open");
    let from = shop.calls();
    let dry = shop.call("DELETE", &format!("{}?keepUpstream=true&dryRun=true", path("a")));
    let kept = shop.call("DELETE", &format!("{}?keepUpstream=true", path("a")));
    assert_eq!(kept.body["data"], json!({ "instance": "a", "removes": ["row", "history", "links"] }));
    assert_eq!(dry.body["data"], kept.body["data"]);
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["0"]]);
    assert_eq!(shop.calls(), from, "upstream is not asked");
    assert_eq!(shop.sim.control().state("a").map(pareia::sim::LiveState::word), Some("open"));
}

#[test]
fn nobody_elses_instance_is_deleted() {
    let body = |name: &str| json!({ "instanceName": name, "integration": "WHATSAPP-BAILEYS" });
    for version in VERSIONS {
        // A row that got nowhere, while somebody has the name upstream.
        let shop = Shop::new(instant(version));
        shop.written("a", "5521991856227", "loja");
        upstream_create(&shop.sim.url(), &body("a"));
        let deleted = shop.call("DELETE", &path("a"));
        assert_eq!(deleted.data("removes"), &json!(["row", "history", "links"]));
        assert!(shop.sim.control().state("a").is_some());
        // Ours was deleted by hand, and another created in its place.
        assert_eq!(shop.post("b").status, 200);
        upstream_delete(&shop.sim.url(), "b");
        until("it is gone", || shop.sim.control().state("b").is_none());
        upstream_create(&shop.sim.url(), &body("b"));
        refuses_to_touch(&shop, "b");
        let dry = shop.call("DELETE", &format!("{}?dryRun=true", path("b")));
        let deleted = shop.call("DELETE", &path("b"));
        assert_eq!(deleted.data("removes"), &json!(["row", "history", "links"]));
        assert!(deleted.data("message").as_str().is_some_and(|said| said.contains("fica como está")));
        assert_eq!(dry.body["data"], deleted.body["data"]);
        assert!(shop.sim.control().state("b").is_some());
        // The row moved to another server, where the name is somebody's.
        assert_eq!(shop.post("c").status, 200);
        let second = Sim::start(instant(version)).expect("a second server");
        upstream_create(&second.url(), &body("c"));
        shop.credential("cred_b", &second.url());
        shop.sql("UPDATE messaging_instances SET credentialId = 'cred_b' WHERE channelInstanceId = 'c'");
        assert_eq!(shop.call("DELETE", &path("c")).status, 200);
        assert!(second.control().state("c").is_some() && shop.sim.control().state("c").is_some());
        assert_eq!(shop.sim.control().count("delete", Some("c")), 0);
    }
}

/// What is another's under the row's name is neither logged out nor restarted, and that is said.
#[track_caller]
fn refuses_to_touch(shop: &Shop, name: &str) {
    for act in ["logout", "restart"] {
        let refused = shop.call("POST", &format!("{ROUTE}/{name}/{act}"));
        assert_eq!((refused.status, refused.code()), (409, "not_yours"), "{act}: {}", refused.body);
        assert!(refused.body["detail"].is_string());
        assert_eq!(shop.sim.control().count(act, Some(name)), 0, "{act}");
    }
}

#[test]
fn a_phone_that_was_paired_by_hand_under_a_rows_name_is_not_the_rows() {
    for version in VERSIONS {
        let shop = Shop::watched(instant(version), swift());
        assert_eq!(shop.post("a").status, 200);
        shop.scan("a");
        shop.until_row("a", "connected paired");
        shop.sim.control().forget(Some("a"));
        let body = json!({ "instanceName": "a", "integration": "WHATSAPP-BAILEYS", "qrcode": true });
        upstream_create(&shop.sim.url(), &body);
        shop.scan("a");
        shop.until_row("a", "lost gone");
        let refused = shop.post("a");
        assert_eq!((refused.status, refused.code()), (409, "owned_by_other_user"), "{version:?}");
        refuses_to_touch(&shop, "a");
        let dry = shop.call("DELETE", &format!("{}?dryRun=true", path("a")));
        let deleted = shop.call("DELETE", &path("a"));
        assert_eq!(deleted.data("removes"), &json!(["row", "history", "links"]), "{version:?}");
        assert_eq!(dry.body["data"], deleted.body["data"]);
        assert_eq!(shop.sim.control().state("a").map(pareia::sim::LiveState::word), Some("open"));
    }
}

#[test]
fn a_credential_that_is_out_of_use_still_clears_up_and_one_that_is_gone_is_asked_for() {
    let shop = shop_in(Version::V2_3_7, "connecting");
    assert!(shop.store.set_credential_active("cred_a", false).expect("disabled"));
    assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).status, 200);
    shop.until_state("a", "close");
    assert!(shop.store.remove_credential("cred_a").expect("removed"));
    for query in ["", "?dryRun=true"] {
        let refused = shop.call("DELETE", &format!("{}{query}", path("a")));
        assert_eq!((refused.status, refused.code()), (409, "credential_removed"));
        assert!(refused.body["detail"].as_str().is_some_and(|text| text.contains("keepUpstream=true")));
    }
    assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).code(), "credential_removed");
    shop.credential("cred_new", &shop.sim.url());
    let deleted = shop.call("DELETE", &path("a"));
    assert_eq!(deleted.data("removes")[0], "upstream", "{}", deleted.body);
    nothing_is_left(&shop);
}

#[test]
fn a_deletion_is_repeated_after_any_failure_of_the_server() {
    for version in VERSIONS {
        let shop = shop_in(version, "open");
        let sim = shop.sim.control();
        for (fault, code) in [
            (Fault::Html, "evolution_unreachable"),
            (Fault::Garbage, "evolution_error"),
            (Fault::Http500, "evolution_error"),
            (Fault::Error200, "evolution_error"),
            (Fault::Redirect, "evolution_proxy"),
            (Fault::Huge, "evolution_error"),
        ] {
            sim.fault(fault, Some(1));
            assert_eq!(shop.call("DELETE", &path("a")).code(), code, "{fault:?}");
        }
        sim.refuse(true);
        let refused = shop.call("DELETE", &path("a"));
        assert_eq!((refused.status, refused.code()), (502, "evolution_unreachable"));
        assert!(refused.body["error"].as_str().is_some_and(|error| error.contains("apagar")));
        sim.refuse(false);
        sim.licence(true);
        assert_eq!(shop.call("DELETE", &path("a")).code(), "evolution_license_required");
        sim.licence(false);
        sim.key("another");
        assert_eq!(shop.call("DELETE", &path("a")).code(), "evolution_rejected_key");
        sim.key(crate::harness::KEY);
        assert_eq!(sim.state("a").map(pareia::sim::LiveState::word), Some("open"), "so far nothing was lost");
        assert_eq!(shop.call("DELETE", &path("a")).status, 200);
        nothing_is_left(&shop);
    }
}

#[test]
fn a_server_that_hangs_holds_a_deletion_for_a_bounded_time() {
    let shop = shop_in(Version::V2_3_7, "connecting");
    shop.sim.control().fault(Fault::Hang, None);
    let refused = shop.call("DELETE", &path("a"));
    assert_eq!((refused.status, refused.code()), (504, "evolution_timeout"));
    shop.sim.control().fault(Fault::None, None);
    assert_eq!(shop.call("DELETE", &path("a")).status, 200);
    nothing_is_left(&shop);
}

#[test]
fn a_server_that_restarts_deletes_once_it_has_loaded_the_instance() {
    for version in VERSIONS {
        let timing = Timing { load: Duration::from_millis(700), ..recorded(version).timing };
        let shop = Shop::new(Options { timing, ..recorded(version) });
        assert_eq!(shop.post("a").status, 200);
        shop.sim.control().restart();
        until("the server is back and deletes", || {
            let deleted = shop.call("DELETE", &path("a"));
            assert!([200, 502].contains(&deleted.status), "{}", deleted.body);
            deleted.status == 200
        });
        nothing_is_left(&shop);
    }
}

#[test]
fn what_is_gone_upstream_or_going_is_no_obstacle() {
    for version in VERSIONS {
        let shop = shop_in(version, "connecting");
        shop.sim.control().forget(Some("a"));
        let deleted = shop.call("DELETE", &path("a"));
        assert_eq!(deleted.data("removes"), &json!(["row", "history", "links"]), "{version:?}");
        nothing_is_left(&shop);
    }
    // As after a crash between upstream's delete and ours, while 2.x is still clearing up.
    let shop = Shop::new(recorded(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    upstream_delete(&shop.sim.url(), "a");
    assert_eq!(shop.call("DELETE", &path("a")).status, 200);
    nothing_is_left(&shop);
    assert_eq!(shop.post("a").status, 200);
    // A receiver that is down keeps what was deleted alive for a while.
    assert!(shop.sim.control().hold_delete("a", Duration::from_secs(2)));
    assert_eq!(shop.call("DELETE", &path("a")).status, 200);
    assert!(shop.sim.control().state("a").is_some());
    assert_eq!(shop.post("a").status, 200, "the next call waits for the name");
}

/// Fails each call of a deletion in turn, once before it has its effect and once after, and repeats it.
#[test]
fn a_deletion_is_repeated_after_a_failure_at_any_step() {
    const LISTED: &str = r#"{"instance":{"instanceName":"x","instanceId":"u1","status":"open"}}"#;
    /// The call that reads what is set of the instance before it is deleted.
    const READS_SETTINGS: usize = 2;
    const STATE: &str = r#"{"instance":{"instanceName":"x","state":"open"}}"#;
    const MISSING: &str = r#"{"status":404,"error":"Not Found","response":{"message":["no"]}}"#;
    const REFUSED: &str = r#"{"status":400,"error":"Bad Request","response":{"message":["no"]}}"#;
    const DONE: &str = r#"{"status":"SUCCESS","error":false,"response":{"message":"done"}}"#;
    #[derive(PartialEq)]
    enum World {
        Open,
        Closed,
        Gone,
    }
    for effective in [false, true] {
        for failing in 0..6 {
            let (world, count) = (Arc::new(Mutex::new(World::Open)), Arc::new(AtomicUsize::new(0)));
            let (its_world, its_count) = (Arc::clone(&world), Arc::clone(&count));
            // As 1.8 does it: what is open is logged out before it is deleted.
            let (shop, _) = scripted(Duration::from_secs(5), move |endpoint| {
                if endpoint == "find" {
                    return (404, MISSING);
                }
                let fails = its_count.fetch_add(1, Ordering::SeqCst) == failing;
                let mut world = its_world.lock().expect("unpoisoned");
                if fails && !effective {
                    return (502, "<html>bad gateway</html>");
                }
                let answer = match (endpoint, &*world) {
                    (_, World::Gone) => (404, MISSING),
                    ("fetchInstances", _) => (200, LISTED),
                    ("connectionState", _) => (200, STATE),
                    ("delete", World::Open) => (400, REFUSED),
                    ("delete", World::Closed) => {
                        *world = World::Gone;
                        (200, DONE)
                    }
                    ("logout", _) => {
                        *world = World::Closed;
                        (200, DONE)
                    }
                    _ => panic!("{endpoint} has no place in a deletion"),
                };
                if fails { (502, "<html>bad gateway</html>") } else { answer }
            });
            let insert = "INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId,
                    credentialId, status, claimedUrl, upstreamId, createdAt, updatedAt)
                SELECT 'c1', 'whatsapp_evolution', 'x', '5521991856227', u.id, c.id, 'connected', c.baseUrl, 'u1', 1, 1
                FROM users u, integration_credentials c";
            shop.sql(insert);
            let failed = shop.call("DELETE", &path("x"));
            if failing == READS_SETTINGS {
                assert_eq!(failed.status, 200, "a deletion goes on without: {}", failed.body);
                continue;
            }
            assert_eq!(
                (failed.status, failed.code()),
                (502, "evolution_unreachable"),
                "{failing} {effective}"
            );
            assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["1"]]);
            assert_eq!(shop.call("DELETE", &path("x")).status, 200, "{failing} {effective}");
            assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["0"]]);
            assert!(*world.lock().expect("unpoisoned") == World::Gone);
        }
    }
}

#[test]
fn two_deletions_at_once_are_one() {
    let shop = shop_in(Version::V2_3_7, "connecting");
    let statuses: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| shop.call("DELETE", &path("a")).status)).collect();
        all.into_iter().map(|one| one.join().expect("answered")).collect()
    });
    assert_eq!(statuses.iter().filter(|s| **s == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|s| [200, 404].contains(s)), "{statuses:?}");
    assert_eq!(shop.sim.control().count("delete", Some("a")), 1);
    nothing_is_left(&shop);
}

#[test]
fn a_deletion_and_a_call_take_turns() {
    let shop = Shop::new(recorded(Version::V2_3_7));
    for round in 0..4 {
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    // A row may go right after its call, before the answer tells of it.
                    let answer = shop.post("a");
                    let is_told =
                        answer.status == 200 || (answer.status, answer.code()) == (404, "not_found");
                    assert!(is_told, "{}", answer.body);
                });
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_millis(60 * round));
                    let status = shop.call("DELETE", &path("a")).status;
                    assert!([200, 404].contains(&status), "{status}");
                });
            }
        });
    }
    assert_eq!(shop.post("a").status, 200);
    let sim = shop.sim.control();
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["1"]]);
    assert!(sim.destroyed().is_empty());
    assert_eq!(sim.sockets("a"), sim.count("create", Some("a")), "one socket for each instance there was");
    assert!(sim.count("delete", Some("a")) < sim.count("create", Some("a")));
}

#[test]
fn a_logout_is_done_in_every_state_and_again() {
    for version in VERSIONS {
        for state in STATES {
            let shop = shop_in(version, state);
            for _ in 0..2 {
                let out = shop.call("POST", &format!("{ROUTE}/a/logout"));
                assert_eq!(
                    (out.status, out.data("status")),
                    (200, &json!("disconnected")),
                    "{version:?} {state}"
                );
                assert_eq!(out.data("reason"), "logged_out");
                shop.until_state("a", "close");
            }
            let left = "SELECT qrCode, qrSince, pairedAt FROM messaging_instances";
            assert_eq!(shop.sql(left), [["NULL", "NULL", "NULL"]]);
            let second = shop.post("a");
            assert_eq!(
                (second.status, second.data("status")),
                (200, &json!("connecting")),
                "{version:?} {state}"
            );
            let current = shop.sim.control().current_code("a").expect("a code").base64.to_string();
            assert_eq!(second.qr(), Some(current.as_str()), "the code of the new socket");
        }
        let shop = Shop::new(instant(version));
        shop.written("nova", "5521991856227", "loja");
        let out = shop.call("POST", &format!("{ROUTE}/nova/logout"));
        assert_eq!((out.status, out.data("status")), (200, &json!("pending")), "there is nothing to log out");
        assert_eq!(shop.calls(), 0);
    }
}

#[test]
fn a_logout_that_upstream_did_unheard_is_finished_by_the_next() {
    let shop = shop_in(Version::V2_3_7, "open");
    shop.sim.control().refuse(true);
    let refused = shop.call("POST", &format!("{ROUTE}/a/logout"));
    assert_eq!((refused.status, refused.code()), (502, "evolution_unreachable"));
    shop.sim.control().refuse(false);
    assert_eq!(shop.sql("SELECT status FROM messaging_instances"), [["connected"]]);
    assert!(shop.sim.control().unlink("a"));
    let out = shop.call("POST", &format!("{ROUTE}/a/logout"));
    assert_eq!((out.status, out.data("status")), (200, &json!("disconnected")));
}

#[test]
fn a_logout_waits_for_a_phone_whose_socket_is_down_for_a_moment() {
    for version in VERSIONS {
        let shop = Shop::new(recorded(version));
        assert_eq!(shop.post("a").status, 200);
        shop.scan("a");
        assert_eq!(shop.post("a").data("status"), "connected");
        assert!(shop.sim.control().drop_socket("a", Some(Duration::from_millis(800))));
        assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).data("status"), "disconnected");
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!(
            shop.sim.control().state("a").map(pareia::sim::LiveState::word),
            Some("close"),
            "{version:?}"
        );
        assert!(!shop.sim.control().unlink("a"), "no phone is linked any more");
    }
}

#[test]
fn a_logout_is_refused_while_a_paired_phone_is_out_of_reach() {
    for version in VERSIONS {
        let shop = Shop::new(recorded(version));
        assert_eq!(shop.post("a").status, 200);
        shop.scan("a");
        assert_eq!(shop.post("a").data("status"), "connected");
        assert!(shop.sim.control().drop_socket("a", Some(Duration::from_secs(5))));
        let refused = shop.call("POST", &format!("{ROUTE}/a/logout"));
        assert_eq!((refused.status, refused.code()), (409, "reconnecting"), "{version:?} {}", refused.body);
        let row = shop.sql("SELECT status, pairedAt IS NOT NULL FROM messaging_instances");
        assert_eq!(row, [["connected", "1"]], "{version:?}: nothing changed");
        shop.until_state("a", "open");
        assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).data("status"), "disconnected");
        shop.until_state("a", "close");
    }
}

#[test]
fn a_restart_is_for_2_x_and_for_what_is_connected() {
    for (version, state, status, code) in [
        (Version::V2_3_7, "open", 200, ""),
        (Version::V2_3_7, "connecting", 200, ""),
        (Version::V2_3_7, "close", 409, "not_connected"),
        (Version::V1_8_2, "open", 409, "restart_unsupported"),
        (Version::V1_8_2, "connecting", 409, "restart_unsupported"),
        (Version::V1_8_2, "close", 409, "not_connected"),
    ] {
        let shop = shop_in(version, state);
        let before = shop.sim.control().current_code("a").map(|c| c.code);
        let restarted = shop.call("POST", &format!("{ROUTE}/a/restart"));
        assert_eq!((restarted.status, restarted.code()), (status, code), "{version:?} {state}");
        let calls = shop.sim.control().calls();
        assert!(!calls.iter().any(|call| call.method == "PUT"), "1.8 would fight itself for ever");
        shop.until_state("a", state);
        if (status, state) == (200, "connecting") {
            let second = shop.post("a");
            let current = shop.sim.control().current_code("a").expect("a code");
            assert_ne!(Some(&current.code), before.as_ref(), "the socket is a new one");
            assert_eq!(second.qr(), Some(&*current.base64), "and so is the code that is answered");
        }
    }
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("nova", "5521991856227", "loja");
    assert_eq!(shop.call("POST", &format!("{ROUTE}/nova/restart")).code(), "not_connected");
}

#[test]
fn one_row_that_many_want_changed_holds_nobody_else_up() {
    let shop = shop_in(Version::V2_3_7, "connecting");
    shop.sim.control().fault(Fault::Hang, None);
    std::thread::scope(|scope| {
        let waiting: Vec<_> =
            (0..40).map(|_| scope.spawn(|| shop.call("POST", &format!("{ROUTE}/a/logout")))).collect();
        until("the most of them are sent away", || {
            waiting.iter().filter(|one| one.is_finished()).count() >= 36
        });
        assert_eq!(shop.call("GET", &path("a")).status, 200);
        shop.sim.control().fault(Fault::None, None);
        for one in waiting {
            let answer = one.join().expect("answered");
            assert!([200, 503, 504, 502].contains(&answer.status), "{}", answer.body);
        }
    });
    assert_eq!(shop.call("DELETE", &path("a")).body["success"], Value::Bool(true));
}
