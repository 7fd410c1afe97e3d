//! Scans that do nothing: when the help appears, where, what it says, and when it goes.

use std::sync::Arc;
use std::time::Duration;

use pareia::instance::connect::ConnectService;
use pareia::sim::{Options, Timing, Version};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, ROUTE, Shop, instant, until};
use crate::instance::monitor::swift;

const VERSIONS: [Version; 2] = [Version::V2_3_7, Version::V1_8_2];

/// The codes, the returns and whether there is a last code, as the row has them.
fn evidence(shop: &Shop) -> String {
    let query = "SELECT scanCodes, scanReturns, scanCodeAt IS NOT NULL FROM messaging_instances";
    shop.sql(query).concat().join(" ")
}

/// Waits until upstream shows another code than that answer's, and `POST`s.
fn next_code(shop: &Shop, before: &Answer) -> Answer {
    until_another_code(shop, before);
    let next = shop.post("a");
    assert!(next.qr().is_some() && next.qr() != before.qr(), "{}", next.body);
    next
}

fn until_another_code(shop: &Shop, before: &Answer) {
    until("another code", || {
        let shown = shop.sim.control().current_code("a");
        shown.is_some_and(|code| before.qr() != Some(&*code.base64))
    });
}

/// The help everywhere that it is given, which is the same.
#[track_caller]
fn help(shop: &Shop, answer: &Answer) -> Value {
    let help = answer.data("scanHelp");
    assert_eq!(shop.call("GET", &format!("{ROUTE}/a")).data("scanHelp"), help, "one instance");
    assert_eq!(&shop.call("GET", ROUTE).body["data"][0]["scanHelp"], help, "the list");
    let made = shop.call("POST", &format!("{ROUTE}/a/link"));
    let url = made.data("url").as_str().expect("a url");
    let token = url.split_once("/c#").expect("a fragment").1;
    let linked = Client::bearer(shop, token).call("POST", "/api/connect", &Value::Null);
    assert_eq!(linked.data("scanHelp"), help, "the link");
    help.clone()
}

#[test]
fn a_scan_that_whatsapp_refuses_asks_what_the_phone_says() {
    for version in VERSIONS {
        let shop = Shop::new(instant(version));
        let first = shop.post("a");
        assert_eq!(first.data("scanHelp"), &Value::Null, "{version:?} {}", first.body);
        assert!(shop.sim.control().scan_refused("a"));
        let second = next_code(&shop, &first);
        assert_eq!(evidence(&shop), "2 1 1", "{version:?}");
        let help = help(&shop, &second);
        assert_eq!(help["code"], "scan_does_nothing");
        for (cause, code, says) in [
            (0, "could_not_link", ["conectar o dispositivo", "28 de julho de 2026"]),
            (1, "asks_passkey", ["passkey", "junho de 2026"]),
        ] {
            let cause = &help["causes"][cause];
            assert_eq!(cause["code"], code);
            let text = format!("{} {} {}", cause["phoneSays"], cause["cause"], cause["cure"]);
            assert!(says.iter().all(|part| text.contains(part)), "{text}");
        }
        assert!(help["message"].as_str().is_some_and(|text| text.contains("Prefira o QR Code")), "{help}");
        // A phone gets in: what was before says nothing of the next scan.
        shop.scan("a");
        let connected = shop.post("a");
        assert_eq!(
            (connected.data("status"), connected.data("scanHelp")),
            (&json!("connected"), &Value::Null)
        );
        assert_eq!(evidence(&shop), "0 0 0", "{version:?}");
    }
}

/// Makes the call as a program does that starts anew each time, which cannot tell how old a code is.
fn post_from_another_process(shop: &mut Shop) -> Answer {
    let service = Arc::new(ConnectService::new(Arc::clone(&shop.store), Duration::from_secs(20)));
    let settings = pareia::http::Settings::new("127.0.0.1:0");
    let server =
        pareia::http::Server::start(settings, Arc::clone(&shop.store), service, Arc::clone(&shop.monitor));
    shop.server = server.expect("a server");
    shop.post("a")
}

#[test]
fn codes_that_nobody_gets_in_by_are_advised_about_after_three_of_them() {
    for version in VERSIONS {
        let timing = Timing { qr_life: Duration::from_millis(700), ..Timing::instant() };
        let mut shop = Shop::new(Options { timing, ..instant(version) });
        let mut answer = shop.post("a");
        for codes in 1..3 {
            assert_eq!(answer.data("scanHelp"), &Value::Null, "{version:?} {codes} {}", evidence(&shop));
            until_another_code(&shop, &answer);
            answer = post_from_another_process(&mut shop);
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        assert_eq!(evidence(&shop), "3 0 1", "{version:?}");
        assert_eq!(answer.data("scanHelp")["code"], "scan_does_nothing", "{}", answer.body);
    }
}

#[test]
fn what_was_seen_is_kept_until_a_logout_or_a_rest() {
    let mut shop = Shop::new(instant(Version::V2_3_7));
    let first = shop.post("a");
    assert!(shop.sim.control().scan_refused("a"));
    next_code(&shop, &first);
    let kept = post_from_another_process(&mut shop);
    assert_eq!(kept.data("scanHelp")["code"], "scan_does_nothing", "over a restart");
    assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).status, 200);
    assert_eq!(evidence(&shop), "0 0 0", "a logout");
    let again = shop.post("a");
    assert!(shop.sim.control().scan_refused("a"));
    let next = next_code(&shop, &again);
    assert_eq!(next.data("scanHelp")["code"], "scan_does_nothing");
    shop.set("UPDATE messaging_instances SET scanCodeAt = scanCodeAt - 31 * 60000");
    assert!(shop.sim.control().scan_refused("a"));
    assert_eq!(next_code(&shop, &next).data("scanHelp"), &Value::Null, "a rest of half an hour");
    assert_eq!(evidence(&shop), "1 0 1");
}

#[test]
fn what_was_seen_long_ago_or_was_edited_by_hand_advises_nothing() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let answer = shop.post("a");
    for (change, is_advised) in [
        ("scanCodes = 3", true),
        ("scanCodeAt = scanCodeAt - 31 * 60000", false),
        ("scanCodes = -1, scanCodeAt = scanCodeAt + 31 * 60000", false),
        ("scanCodes = 99999999999", false),
        ("scanCodes = 3", true),
        ("scanReturns = -7", true),
        ("scanCodeAt = NULL", false),
    ] {
        shop.set(&format!("UPDATE messaging_instances SET {change}"));
        for (path, at) in [(ROUTE.to_owned(), "/data/0/scanHelp"), (format!("{ROUTE}/a"), "/data/scanHelp")] {
            let shown = shop.call("GET", &path);
            assert_eq!(shown.status, 200, "{change}: {}", shown.body);
            let help = shown.body.pointer(at).expect("a field");
            assert_eq!(help.is_object(), is_advised, "{change}: {help}");
        }
        assert_eq!(shop.post("a").qr(), answer.qr(), "{change}");
    }
}

/// The evidence of three codes without a phone, in a row that is disconnected already.
const THREE_CODES: &str =
    "UPDATE messaging_instances SET status = 'disconnected', statusReason = 'unscanned',
    scanCodes = 3, scanCodeAt = unixepoch() * 1000";

#[test]
fn a_logout_and_a_move_begin_anew_whatever_the_status_was() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.post("a");
    shop.set(THREE_CODES);
    assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).status, 200);
    assert_eq!(evidence(&shop), "0 0 0", "a logout");
    shop.post("a");
    shop.set(THREE_CODES);
    let elsewhere = pareia::sim::Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
    shop.credential("cred_b", &elsewhere.url());
    shop.set("UPDATE integration_credentials SET isActive = 0 WHERE id = 'cred_a'");
    let moved = shop.post("a");
    assert!(moved.qr().is_some(), "{}", moved.body);
    assert_eq!((evidence(&shop).as_str(), moved.data("scanHelp")), ("1 0 1", &Value::Null), "a move");
}

#[test]
fn a_code_is_counted_in_the_write_that_shows_it() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.set(
        "CREATE TRIGGER counted AFTER UPDATE OF qrCode ON messaging_instances
         WHEN NEW.qrCode IS NOT OLD.qrCode AND NEW.scanCodes = OLD.scanCodes
         BEGIN SELECT raise(ABORT, 'a kill in between would lose the count'); END",
    );
    assert_eq!(shop.post("a").status, 200);
    assert_eq!(evidence(&shop), "1 0 1");
}

#[test]
fn a_code_that_does_not_come_after_scans_that_did_nothing_is_explained() {
    let shop = Shop::with(instant(Version::V2_3_7), Duration::from_secs(3));
    let first = shop.post("a");
    assert!(shop.sim.control().scan_refused("a"));
    next_code(&shop, &first);
    shop.sim.control().whatsapp(pareia::sim::Whatsapp::Refuses);
    let answer = (0..20).map(|_| shop.post("a")).find(|answer| answer.status != 200).expect("no code comes");
    assert_eq!((answer.status, answer.code()), (504, "qr_timeout"), "{}", answer.body);
    let detail = answer.body["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("Baileys") && detail.contains("passkey"), "{}", answer.body);
}

#[test]
fn the_help_names_the_servers_releases_which_the_monitor_asks_for() {
    for (version, server, whatsapp_web) in
        [(Version::V2_3_7, json!("2.3.7"), true), (Version::V1_8_2, json!("1.8.2"), false)]
    {
        let shop = Shop::watched(instant(version), swift());
        until("the monitor has asked", || shop.sql("SELECT server FROM server_versions").len() == 1);
        let first = shop.post("a");
        assert!(shop.sim.control().scan_refused("a"));
        let help = next_code(&shop, &first).data("scanHelp").clone();
        assert_eq!(
            (&help["evolutionVersion"], help["whatsappWebVersion"].is_string()),
            (&server, whatsapp_web)
        );
    }
}

#[test]
fn a_server_that_hangs_over_its_releases_keeps_no_row_from_being_right() {
    let shop = Shop::bare(
        pareia::sim::Sim::start(instant(Version::V2_3_7)).expect("starts"),
        Duration::from_secs(20),
    );
    shop.sim.control().version_page(pareia::sim::VersionPage::Hangs);
    shop.credential("cred_a", &shop.sim.url());
    let monitor = pareia::instance::monitor::Monitor::start(Arc::clone(&shop.store), Arc::default(), swift());
    until("it was asked", || shop.sim.control().count("banner", None) > 0);
    let polls = shop.sim.control().count("fetchInstances", None);
    until("polls go on", || shop.sim.control().count("fetchInstances", None) > polls + 3);
    assert!(shop.sql("SELECT trouble FROM credential_health WHERE trouble IS NOT NULL").is_empty());
    monitor.stop();
}
