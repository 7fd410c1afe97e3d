//! What must do no harm: an upstream whose state flaps, refusals, garbage, a burst of new names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pareia::domain::{BusyCause, Channel, Name, Phone, UseCaseError};
use pareia::instance::connect::{ConnectError, ConnectRequest, ConnectService};
use pareia::sim::{Fault, LiveState, Options, Timing, Version, Whatsapp};

use super::races::scripted;
use crate::harness::{PATIENCE, PHONE, Shop, ask, instant, recorded, together, until};

/// How long a call may take in these tests: long enough for the waits of a call, and for a connect
/// that upstream sleeps over.
const QR_TIMEOUT: Duration = Duration::from_secs(9);

/// A shop whose instance `a` is paired, or shows a code that nobody has scanned, when WhatsApp goes
/// out of reach.
fn unreachable(version: Version, is_paired: bool) -> Shop {
    let shop = Shop::with(recorded(version), QR_TIMEOUT);
    assert_eq!(shop.post("a").status, 200);
    if is_paired {
        shop.scan("a");
        assert_eq!(shop.post("a").data("status"), "connected");
    }
    shop.sim.control().whatsapp(Whatsapp::Refuses);
    shop
}

#[test]
fn no_connect_meets_a_paired_instance_whose_state_flaps() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = unreachable(version, true);
        let (sim, connects) = (shop.sim.control(), || shop.sim.control().count("connect", Some("a")));
        let before = (sim.sockets("a"), connects());
        let answers = together(4, |_| shop.post("a"));
        for answer in answers {
            assert_eq!(answer.code(), "qr_timeout", "{version:?} {:?}", answer.body);
        }
        assert_eq!((sim.sockets("a"), connects()), before, "{version:?}: no connect, no socket");
        let logins = sim.logins("a");
        sim.whatsapp(Whatsapp::Reachable);
        until("the phone is back", || shop.post("a").data("status") == "connected");
        assert_eq!((sim.harmed("a"), sim.logins("a")), (0, logins + 1), "{version:?}: one login");
    }
}

#[test]
fn a_restart_while_the_state_flaps_opens_nothing() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = unreachable(version, true);
        let sim = shop.sim.control();
        let (sockets, logins) = (sim.sockets("a"), sim.logins("a"));
        for _ in 0..2 {
            let answer = shop.call("POST", "/api/messaging/instance/a/restart");
            assert_ne!(answer.data("status"), "connected", "{version:?} {:?}", answer.body);
        }
        sim.whatsapp(Whatsapp::Reachable);
        until("the phone is back", || shop.post("a").data("status") == "connected");
        assert_eq!((sim.sockets("a"), sim.harmed("a")), (sockets, 0), "{version:?}");
        assert_eq!(sim.logins("a"), logins + 1, "{version:?}: one login");
    }
}

#[test]
fn a_call_that_meets_the_restart_after_a_scan_opens_nothing() {
    together(2, |n| {
        let version = [Version::V2_3_7, Version::V1_8_2][n];
        // Recorded: 0.1 s. Closed for half of this, so that it is longer than one look takes that nobody scans for.
        let timing = Timing { scan_to_open: Duration::from_millis(4_400), ..recorded(version).timing };
        let shop = Shop::with(Options { timing, ..recorded(version) }, QR_TIMEOUT);
        assert_eq!(shop.post("a").status, 200);
        let sim = shop.sim.control();
        assert!(sim.scan("a", None));
        assert_eq!(sim.state("a"), Some(LiveState::Close), "{version:?}: the phone has scanned");
        let answers = together(2, |_| shop.post("a"));
        for answer in answers {
            let said = (answer.data("status").as_str(), answer.code());
            assert_eq!(said, (Some("connected"), ""), "{version:?} {:?}", sim.calls());
        }
        assert_eq!((sim.sockets("a"), sim.harmed("a"), sim.logins("a")), (1, 0, 1), "{version:?}");
    });
}

#[test]
fn a_state_that_flaps_costs_a_name_that_was_never_paired_one_socket_a_call_at_most() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = unreachable(version, false);
        let sim = shop.sim.control();
        let before = sim.sockets("a");
        for _ in 0..2 {
            // The code of a moment ago, or that none came.
            let answer = shop.post("a");
            assert!(answer.status == 200 || answer.code() == "qr_timeout", "{version:?} {:?}", answer.body);
        }
        assert!(sim.sockets("a") <= before + 2, "{version:?}: {} sockets", sim.sockets("a") - before);
        sim.whatsapp(Whatsapp::Reachable);
        until("a code again", || shop.post("a").qr().is_some());
    }
}

#[test]
fn an_old_code_is_nobodys_while_the_phone_is_out_of_reach_on_1_8() {
    let shop = unreachable(Version::V1_8_2, true);
    let stranger = shop.user("outra", false);
    shop.set("DELETE FROM messaging_instances");
    let answer = shop.post_as(&stranger, "a");
    assert!(answer.qr().is_none(), "a paired phone's old code: {:?}", answer.body);
}

#[test]
fn a_phone_that_was_paired_anew_keeps_its_pairing() {
    // As the list of 2.x has it between the pairing and the moment that `open` is written.
    const LISTED: &str = r#"[{"id":"i","name":"x","connectionStatus":"connecting","ownerJid":"55@s",
        "disconnectionReasonCode":401,"disconnectionAt":"2026-01-01T00:00:00.000Z"}]"#;
    const CONNECTING: &str = r#"{"instance":{"instanceName":"x","state":"connecting"}}"#;
    let (shop, calls) = scripted(Duration::from_secs(2), |endpoint| match endpoint {
        "fetchInstances" => (200, LISTED),
        "connectionState" => (200, CONNECTING),
        _ => (200, r#"{"count":1,"code":"2@old","base64":"data:image/png;base64,AAAA"}"#),
    });
    shop.set(
        "INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, credentialId,
             status, claimedUrl, upstreamId, pairedAt, createdAt, updatedAt)
         SELECT 'c', 'whatsapp_evolution', 'x', '5521991856227', u.id, c.id, 'connected', c.baseUrl, 'i',
             1790000000000, unixepoch() * 1000, unixepoch() * 1000 FROM users u, integration_credentials c",
    );
    let answer = shop.post("x");
    assert!(answer.qr().is_none() && answer.code() == "qr_timeout", "{:?}", answer.body);
    assert_eq!(shop.sql("SELECT pairedAt FROM messaging_instances"), [["1790000000000"]]);
    assert!(calls.lock().expect("unpoisoned").iter().all(|(endpoint, _)| endpoint != "connect"));
}

#[test]
fn a_burst_of_new_names_is_served_in_turn() {
    const CALLERS: usize = 100;
    // However long a busy machine takes for so many: each has its turn, in the end.
    let shop = Shop::with(recorded(Version::V2_3_7), PATIENCE);
    let all = together(CALLERS, |n| (format!("loja-{n}"), shop.post(&format!("loja-{n}"))));
    for (name, answer) in &all {
        assert_eq!(answer.status, 200, "{name} has its turn in time: {:?}", answer.body);
        assert_eq!(shop.sim.control().count("create", Some(name)), 1, "{name}");
    }
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances WHERE status = 'pending'"), [["0"]]);
}

/// A service that waits for so long, and a call of the shop's user to it.
fn service(shop: &Shop, qr_timeout: Duration, name: &str) -> (ConnectService, ConnectRequest) {
    let request = ConnectRequest {
        row: None,
        caller: shop.store.user("loja").expect("users").expect("the user").caller(),
        channel: Channel::WhatsappEvolution,
        name: Name::parse(name).expect("a name"),
        phone: Phone::parse(PHONE).expect("a phone"),
        pairing_code: false,
    };
    (ConnectService::new(Arc::clone(&shop.store), qr_timeout), request)
}

/// Every place that the server has.
fn every_place(service: &ConnectService) -> Vec<impl Sized> {
    let places: Vec<_> = std::iter::from_fn(|| service.gateway().try_connect_permit("cred_a")).collect();
    assert!(places.len() >= 64);
    places
}

#[test]
fn whoever_gets_no_place_leaves_no_row() {
    let shop = Shop::new(instant(Version::V2_3_7));
    // Held all the while: how many of a hundred calls find a place, on a busy machine is a matter of chance.
    let (service, request) = service(&shop, Duration::from_secs(2), "loja");
    let places = every_place(&service);
    let results = together(8, |n| {
        let name = Name::parse(&format!("loja-{n}")).expect("a name");
        service.connect(&ConnectRequest { name, ..request.clone() }, "none").map(|_| ())
    });
    for result in results {
        assert_eq!(result, Err(ConnectError::Failed(UseCaseError::Busy(BusyCause::Calls))));
    }
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["0"]]);
    assert_eq!(shop.sim.control().count("create", None), 0);
    drop(places);
}

#[test]
fn whoever_gets_a_place_too_late_to_create_anything_leaves_no_row() {
    let (shop, qr_timeout) = (Shop::new(instant(Version::V2_3_7)), Duration::from_secs(3));
    let (service, request) = service(&shop, qr_timeout, "a");
    // Every place is taken for half of the call's time; then the server does not answer.
    let places = every_place(&service);
    shop.sim.control().fault(Fault::Hang, None);
    let begun = Instant::now();
    let result = std::thread::scope(|scope| {
        let call = scope.spawn(|| service.connect(&request, "late"));
        until("half of its time is over", || begun.elapsed() >= qr_timeout / 2);
        drop(places);
        call.join().expect("a result")
    });
    assert_eq!(result.map(|_| ()), Err(ConnectError::Failed(UseCaseError::Busy(BusyCause::Calls))));
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["0"]]);
}

#[test]
fn a_refused_connect_leaves_nothing_to_wait_for() {
    const MISSING: &str = r#"{"status":404,"error":"Not Found","response":{"message":["no"]}}"#;
    const CLOSE: &str = r#"{"instance":{"instanceName":"x","state":"close"}}"#;
    const CREATED: &str = r#"{"instance":{"instanceName":"x","instanceId":"i","status":"close"},"hash":"h"}"#;
    const LICENCE: &str = r#"{"error":"service not activated","code":"LICENSE_REQUIRED"}"#;
    for (refusal, code) in [
        (
            (401, r#"{"status":401,"error":"Unauthorized","response":{"message":"Unauthorized"}}"#),
            "evolution_rejected_key",
        ),
        ((503, LICENCE), "evolution_license_required"),
    ] {
        let (shop, _) = scripted(QR_TIMEOUT, move |endpoint| match endpoint {
            "fetchInstances" => (404, MISSING),
            "connectionState" => (200, CLOSE),
            "create" => (201, CREATED),
            _ => refusal,
        });
        let answer = shop.post("x");
        assert_eq!(answer.code(), code, "{:?}", answer.body);
        let out = "SELECT coalesce(connectOutUntil, 0) FROM messaging_instances";
        assert_eq!(shop.sql(out), [["0"]], "a refusal opened no socket");
    }
}

#[test]
fn a_connect_that_a_proxy_gave_up_may_still_be_at_work() {
    const CREATED: &str = r#"{"instance":{"instanceName":"x","instanceId":"i","status":"close"},"hash":"h"}"#;
    let (shop, _) = scripted(PATIENCE, |endpoint| match endpoint {
        "fetchInstances" => (404, r#"{"status":404,"error":"Not Found","response":{"message":["no"]}}"#),
        "connectionState" => (200, r#"{"instance":{"instanceName":"x","state":"close"}}"#),
        "create" => (201, CREATED),
        _ => (504, "<html><title>504 Gateway Time-out</title><center>nginx</center></html>"),
    });
    let answer = shop.post("x");
    assert_eq!(answer.code(), "evolution_timeout", "{}", answer.body);
    let is_out = "SELECT connectOutUntil > unixepoch() * 1000 + 60000 FROM messaging_instances";
    assert_eq!(shop.sql(is_out), [["1"]], "no other opens a socket beside it");
}

#[test]
fn an_error_that_connect_answers_ends_the_call() {
    const STATES: [&str; 2] = [
        r#"{"instance":{"instanceName":"x","state":"connecting"}}"#,
        r#"{"instance":{"instanceName":"x","state":"close"}}"#,
    ];
    // As 1.8 and 2.x say it.
    for error in ["", r#"{"error":true,"message":"[object Object]"}"#] {
        for state in STATES {
            let (shop, calls) = scripted(PATIENCE, move |endpoint| match endpoint {
                "fetchInstances" => (200, r#"[{"id":"i","name":"x","connectionStatus":"close"}]"#),
                "connectionState" => (200, state),
                _ => (200, error),
            });
            let answer = shop.post("x");
            assert_eq!(answer.code(), "evolution_error", "{error} {state}: {:?}", answer.body);
            let calls = calls.lock().expect("unpoisoned");
            let connects = calls.iter().filter(|(endpoint, _)| endpoint == "connect").count();
            assert_eq!(connects, 1, "{error} {state}: it may have opened a socket");
        }
    }
}

#[test]
fn an_instance_that_is_not_loaded_yet_when_connect_meets_it_is_waited_for() {
    const CODE: &str = r#"{"count":1,"code":"2@x"}"#;
    let connects = AtomicU32::new(0);
    let loaded = AtomicU32::new(0);
    let (shop, _) = scripted(PATIENCE, move |endpoint| {
        let sent = connects.load(Ordering::SeqCst);
        match endpoint {
            "fetchInstances" => (200, r#"[{"id":"i","name":"x","connectionStatus":"connecting"}]"#),
            // The server restarts just after the first look.
            "connectionState" if sent == 1 && loaded.fetch_add(1, Ordering::SeqCst) == 0 => {
                (200, r#"{"instance":{"instanceName":"x"}}"#)
            }
            "connectionState" => (200, r#"{"instance":{"instanceName":"x","state":"connecting"}}"#),
            _ if connects.fetch_add(1, Ordering::SeqCst) == 0 => (200, ""),
            _ => (200, CODE),
        }
    });
    let answer = shop.post("x");
    assert!(answer.qr().is_some(), "{:?}", answer.body);
}

#[test]
fn a_code_is_answered_without_its_pairing_code_where_the_state_stays_closed() {
    const CODE: &str = r#"{"pairingCode":null,"code":"2@x","count":1}"#;
    let (shop, calls) = scripted(Duration::from_secs(3), |endpoint| match endpoint {
        "fetchInstances" => (200, r#"[{"id":"i","name":"x","connectionStatus":"close"}]"#),
        "connectionState" => (200, r#"{"instance":{"instanceName":"x","state":"close"}}"#),
        _ => (200, CODE),
    });
    let mut body = ask("x");
    body["pairingCode"] = true.into();
    let answer = shop.post_body(&shop.token, &body);
    assert!(answer.qr().is_some() && answer.data("pairingCode").is_null(), "{:?}", answer.body);
    let calls = calls.lock().expect("unpoisoned");
    assert_eq!(calls.iter().filter(|(endpoint, _)| endpoint == "connect").count(), 1);
}

#[test]
fn what_connect_answers_and_nobody_understands_ends_the_call_the_second_time() {
    const LISTED: &str = r#"[{"id":"i","name":"x","connectionStatus":"connecting"}]"#;
    const CONNECTING: &str = r#"{"instance":{"instanceName":"x","state":"connecting"}}"#;
    for (status, garbage, code) in [
        (200, "<html>welcome</html>", "evolution_proxy"),
        (302, "", "evolution_proxy"),
        (200, "{\"base64\":\"data:ima", "evolution_error"),
        (200, "[1,2]", "evolution_error"),
        (201, r#"{"count":1,"code":"2@x","base64":"data:image/png;base64,AAAA"}"#, "evolution_error"),
    ] {
        let (shop, calls) = scripted(Duration::from_secs(20), move |endpoint| match endpoint {
            "fetchInstances" => (200, LISTED),
            "connectionState" => (200, CONNECTING),
            _ => (status, garbage),
        });
        let begun = Instant::now();
        let answer = shop.post("x");
        assert_eq!(answer.code(), code, "{garbage}: {:?}", answer.body);
        assert!(begun.elapsed() < PATIENCE / 4, "{garbage}: it waited out the deadline");
        let calls = calls.lock().expect("unpoisoned");
        assert_eq!(calls.iter().filter(|(endpoint, _)| endpoint == "connect").count(), 2, "{garbage}");
    }
}
