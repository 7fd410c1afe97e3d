//! What goes wrong between two steps: calls that arrive although nobody heard the answer, instances
//! that change between the look and the act, servers that move.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pareia::sim::{Fault, Options, Sim, Timing, Version, Whatsapp};
use serde_json::json;

use crate::harness::{Shop, ask, instant, recorded, sooner_than, upstream_create};

const MISSING: &str = r#"{"status":404,"error":"Not Found","response":{"message":["no"]}}"#;
const CONNECTING: &str = r#"{"instance":{"instanceName":"x","state":"connecting"}}"#;
const CLOSE: &str = r#"{"instance":{"instanceName":"x","state":"close"}}"#;

/// When each endpoint was called, in order.
pub type Calls = Arc<Mutex<Vec<(String, Instant)>>>;

/// A shop whose upstream gives canned answers, by endpoint.
pub fn scripted(
    qr_timeout: Duration,
    answer: impl Fn(&str) -> (u16, &'static str) + Send + 'static,
) -> (Shop, Calls) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    // The port may have been another server's a moment ago, whose clients still ask there: they know no such path.
    let path = pareia::crypto::new_id("scripted-");
    let url = format!("http://{}/{path}", listener.local_addr().expect("an address"));
    let calls = Calls::default();
    let seen = Arc::clone(&calls);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(mut client) = client else { return };
            let Some(endpoint) = read_endpoint(&mut client, &path) else { continue };
            let (status, body) = answer(&endpoint);
            seen.lock().expect("unpoisoned").push((endpoint, Instant::now()));
            // And closes without a word, as Evolution does with connections that were idle for 5 s.
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}", body.len());
            let _ = write!(client, "{head}\r\n\r\n{body}");
        }
    });
    let shop = Shop::bare(Sim::start(instant(Version::V2_3_7)).expect("starts"), qr_timeout);
    shop.credential("scripted", &url);
    (shop, calls)
}

/// `fetchInstances`, `connectionState`, `connect` or `create` below that path, once the request is whole.
fn read_endpoint(client: &mut TcpStream, path: &str) -> Option<String> {
    let mut text = String::new();
    let mut chunk = [0; 4096];
    while let Ok(n @ 1..) = client.read(&mut chunk) {
        text.push_str(&String::from_utf8_lossy(&chunk[..n]));
        if text.ends_with("\r\n\r\n") && !text.starts_with("POST") || text.ends_with('}') {
            break;
        }
    }
    let mut words = text.split(['/', '?', ' ']).skip(2);
    (words.next() == Some(path)).then(|| words.nth(1).unwrap_or_default().to_owned())
}

#[test]
fn a_create_that_upstream_is_slow_to_answer_is_not_sent_again() {
    // Longer than any call may take.
    let timing = Timing { create: Duration::from_millis(9_500), ..Timing::recorded() };
    let shop = Shop::new(Options { timing, ..recorded(Version::V2_3_7) });
    assert_eq!(shop.post("a").code(), "evolution_timeout");
    assert_eq!(shop.post("a").status, 200, "the same call carries on from there");
    let sim = shop.sim.control();
    assert_eq!((sim.count("create", Some("a")), sim.sockets("a")), (1, 1));
    assert!(sim.destroyed().is_empty());
}

#[test]
fn a_gateways_error_says_nothing_of_the_create_behind_it() {
    let (shop, calls) = scripted(Duration::from_secs(20), |endpoint| match endpoint {
        "create" => (502, "<html>bad gateway</html>"),
        _ => (404, MISSING),
    });
    for _ in 0..2 {
        assert_eq!(shop.post("x").code(), "evolution_unreachable");
    }
    let calls = calls.lock().expect("unpoisoned");
    let creates: Vec<_> =
        calls.iter().filter(|(endpoint, _)| endpoint == "create").map(|(_, at)| *at).collect();
    assert_eq!(creates.len(), 2);
    assert!(creates[1] - creates[0] > Duration::from_secs(4), "{:?}", creates[1] - creates[0]);
}

#[test]
fn connections_that_the_server_closed_cost_no_call() {
    let (shop, calls) = scripted(Duration::from_secs(5), |endpoint| match endpoint {
        "fetchInstances" => {
            (200, r#"[{"id":"1","name":"x","connectionStatus":"connecting","ownerJid":null}]"#)
        }
        "connectionState" => (200, CONNECTING),
        _ => (200, r#"{"pairingCode":null,"code":"2@x","base64":"data:image/png;base64,AAAA","count":1}"#),
    });
    for _ in 0..20 {
        assert_eq!(shop.post("x").status, 200);
    }
    let connects = calls.lock().expect("unpoisoned").iter().filter(|(e, _)| e == "connect").count();
    assert_eq!(connects, 20, "none was made twice");
}

#[test]
fn an_instance_that_opens_between_look_and_act_is_not_adopted() {
    let (shop, _) = scripted(Duration::from_secs(5), |endpoint| match endpoint {
        "fetchInstances" => {
            (200, r#"[{"id":"1","name":"x","connectionStatus":"connecting","ownerJid":null}]"#)
        }
        "connectionState" => (200, CONNECTING),
        "connect" => (200, r#"{"instance":{"instanceName":"x","state":"open"}}"#),
        _ => (404, MISSING),
    });
    assert_eq!(shop.post("x").status, 409);
}

#[test]
fn a_connect_that_fails_is_the_reason_and_not_a_missing_code() {
    let (shop, _) = scripted(Duration::from_secs(20), |endpoint| match endpoint {
        "create" => (201, r#"{"instance":{"instanceName":"x"}}"#),
        "connectionState" => (200, CLOSE),
        "connect" => (500, "<html>oops</html>"),
        _ => (404, MISSING),
    });
    // The name is there for the guards, so it is first waited for; then it fails to connect.
    let answer = shop.post("x");
    assert_eq!((answer.status, answer.code()), (502, "evolution_proxy"), "{:?}", answer.body);
}

#[test]
fn a_row_that_changes_server_takes_nobodys_phone_along() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("viva").status, 200);
    let id = shop.sql("SELECT id FROM messaging_instances");
    let second = Sim::start(instant(Version::V2_3_7)).expect("a second server");
    let body = json!({ "instanceName": "viva", "integration": "WHATSAPP-BAILEYS", "qrcode": true });
    upstream_create(&second.url(), &body);
    assert!(second.control().scan("viva", None));
    crate::harness::until("the phone is connected", || {
        second.control().state("viva").is_some_and(|s| s.word() == "open")
    });
    shop.credential("cred_b", &second.url());
    assert!(shop.store.set_credential_active("cred_a", false).expect("disabled"));
    assert_eq!(shop.post("viva").status, 409);
    assert_eq!(shop.sql("SELECT id FROM messaging_instances"), id, "the row stays its owner's");
}

#[test]
fn a_server_that_gets_another_address_takes_its_instances_along() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    shop.scan("a");
    shop.credential("cred_b", &shop.sim.url().replace("127.0.0.1", "localhost"));
    assert!(shop.store.set_credential_active("cred_a", false).expect("disabled"));
    assert_eq!(shop.post("a").data("status"), "connected", "its id upstream is the same");
}

#[test]
fn a_code_of_the_socket_before_is_not_answered_for_a_slow_one() {
    let timing = Timing { qr_life: Duration::from_millis(400), ..Timing::recorded() };
    let upstream = Options { qrcode_limit: 4, timing, ..recorded(Version::V2_3_7) };
    let shop = Shop::with(upstream, Duration::from_secs(5));
    assert_eq!(shop.post("a").status, 200);
    // Three more codes that nobody asked for, then the limit.
    shop.until_state("a", "close");
    shop.sim.control().whatsapp(Whatsapp::Hangs);
    assert_eq!(shop.post("a").code(), "qr_timeout");
}

#[test]
fn on_1_8_a_phone_whose_socket_is_down_for_a_moment_is_not_adopted() {
    let shop = Shop::new(recorded(Version::V1_8_2));
    upstream_create(&shop.sim.url(), &json!({ "instanceName": "viva", "qrcode": true }));
    shop.scan("viva");
    assert!(shop.sim.control().drop_socket("viva", Some(Duration::from_millis(1_500))));
    assert_eq!((shop.post("viva").status, shop.sim.control().harmed("viva")), (409, 0));
}

#[test]
fn on_1_8_a_credential_that_is_added_anew_does_not_forget_the_phone() {
    let shop = Shop::new(recorded(Version::V1_8_2));
    assert_eq!(shop.post("a").status, 200);
    shop.scan("a");
    assert_eq!(shop.post("a").data("status"), "connected");
    assert!(shop.store.remove_credential("cred_a").expect("removed"));
    shop.credential("cred_n", &shop.sim.url());
    assert!(shop.sim.control().drop_socket("a", Some(Duration::from_millis(1_500))));
    assert_eq!(shop.post("a").data("status"), "connected");
    assert_eq!(shop.sim.control().harmed("a"), 0);
}

#[test]
fn one_name_with_many_different_asks_holds_nobody_else_up() {
    let deadline = Duration::from_secs(6);
    let shop = Shop::with(instant(Version::V2_3_7), deadline);
    let healthy = Sim::start(instant(Version::V2_3_7)).expect("a second server");
    assert_eq!(shop.post("first").status, 200);
    shop.credential("cred_b", &healthy.url());
    let other = shop.user("outra", false);
    assert_eq!(shop.post_as(&other, "healthy").status, 200);
    shop.sim.control().fault(Fault::Hang, None);
    std::thread::scope(|scope| {
        for n in 0..130 {
            let shop = &shop;
            scope.spawn(move || {
                let mut body = ask("first");
                body["channelPhoneOrId"] = format!("552199185{n:04}").into();
                assert!([503, 504].contains(&shop.post_body(&shop.token, &body).status));
            });
        }
        for _ in 0..20 {
            let asked = Instant::now();
            assert_eq!(shop.post_as(&other, "healthy").status, 200);
            sooner_than(deadline, asked);
        }
    });
}
