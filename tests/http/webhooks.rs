//! Webhooks in: what Evolution posts makes the monitor poll at once, whatever is in it; whoever does
//! not know the address is a stranger.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use pareia::instance::monitor::Pace;
use pareia::sim::{Sim, Version};
use pareia::store::Inspection;
use serde_json::{Value, json};

use crate::harness::{Answer, Shop, get, instant, post, until};

/// A pace at which nothing is seen in time but by a hint.
fn by_hints_only() -> Pace {
    let long = Duration::from_mins(10);
    Pace {
        rest: long,
        quick: long,
        second_look: Duration::from_millis(50),
        hint_gap: Duration::from_millis(20),
        supervise: Duration::from_millis(20),
        ..Pace::default()
    }
}

impl Shop {
    /// The path to which the server of a credential posts.
    fn webhook(&self, credential: &str) -> String {
        format!("/webhooks/evolution/{}", self.store.webhook_secret(credential).expose())
    }

    fn send(&self, path: &str, body: &str) -> Answer {
        post(&self.url(path), "", body)
    }

    /// Sends these bytes and reads the answer's status line.
    fn say(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.server.addr()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        stream.write_all(bytes).expect("the server listens");
        let mut text = String::new();
        stream.read_to_string(&mut text).ok();
        text.lines().next().unwrap_or_default().to_owned()
    }

    /// Waits until the first round of each server is over and the rows of the next are read anew.
    fn settle(&self) {
        const UNSEEN: &str = "SELECT 1 FROM integration_credentials
            WHERE id NOT IN (SELECT credentialId FROM credential_health)";
        until("the first round", || self.sql(UNSEEN).is_empty());
    }
}

#[test]
fn what_the_server_posts_is_looked_at_at_once() {
    for (version, by_events, slash) in [
        (Version::V2_3_7, false, ""),
        (Version::V2_3_7, true, ""),
        (Version::V2_3_7, true, "/"),
        (Version::V1_8_2, false, ""),
        (Version::V1_8_2, true, "/"),
    ] {
        let shop = Shop::watched(instant(version), by_hints_only());
        shop.settle();
        shop.sim.control().webhook(Some(&format!("{}{slash}", shop.url(&shop.webhook("cred_a")))), by_events);
        assert_eq!(shop.post("a").status, 200);
        shop.scan("a");
        shop.until_row("a", "connected paired");
        assert!(shop.sim.control().unlink("a"));
        // The lines differ in what they tell of the end.
        let ended =
            if version == Version::V2_3_7 { "disconnected device_removed" } else { "disconnected dropped" };
        shop.until_row("a", ended);
    }
}

#[test]
fn only_the_right_secret_is_heard() {
    let shop = Shop::watched(instant(Version::V2_3_7), by_hints_only());
    let other = Sim::start(instant(Version::V2_3_7)).expect("a second server");
    shop.credential("cred_b", &other.url());
    shop.settle();
    until("both are known", || shop.monitor.webhook_of(&secret(&shop, "cred_b")).is_some());
    let right = shop.webhook("cred_b");
    let lists = shop.lists();
    let body = r#"{"event":"connection.update","instance":"a"}"#;
    let heard = shop.send(&right, body);
    assert_eq!((heard.status, heard.body), (200, json!({ "success": true })));
    until("its server is asked", || other.control().count("fetchInstances", None) > 1);
    assert_eq!(shop.lists(), lists, "the other server is not");
    let cut = &right[..right.len() - 1];
    for wrong in [
        "/webhooks/evolution/",
        "/webhooks/evolution",
        "/webhooks/evolution/x",
        "/webhooks/evolution//x",
        cut,
        &format!("{right}x"),
        &right.to_uppercase(),
        &format!("/webhooks/evolution/x/{}", &right[20..]),
    ] {
        let answer = shop.send(wrong, body);
        assert_eq!((answer.status, answer.code()), (404, "not_found"), "{wrong}");
    }
    // However often: nobody is kept out for it.
    for _ in 0..50 {
        assert_eq!(shop.send("/webhooks/evolution/x", body).status, 404);
    }
    assert_eq!(shop.send(&right, body).status, 200);
    assert_eq!(get(&shop.url(&right)).status, 405);
}

fn secret(shop: &Shop, credential: &str) -> String {
    shop.store.webhook_secret(credential).expose().to_owned()
}

#[test]
fn that_a_webhook_came_is_written_down() {
    let shop = Shop::watched(instant(Version::V2_3_7), by_hints_only());
    shop.settle();
    let seen =
        || Inspection::open(shop.folder.path()).and_then(|i| i.servers()).expect("servers")[0].webhook_at;
    assert_eq!(seen(), None);
    assert_eq!(shop.send(&shop.webhook("cred_a"), "{}").status, 200);
    until("it is written down", || seen().is_some());
}

#[test]
fn whatever_is_in_it_is_no_more_than_a_hint() {
    let shop = Shop::watched(instant(Version::V2_3_7), by_hints_only());
    shop.settle();
    assert_eq!(shop.post("a").status, 200);
    let right = shop.webhook("cred_a");
    let deep = format!("{{\"data\":{}", "[".repeat(900_000));
    let lies = json!({
        "event": "connection.update", "instance": "a", "data": { "instance": "a", "state": "open", "statusReason": 200 },
        "sender": "5521991856227@s.whatsapp.net", "apikey": "x'; DROP TABLE users; --",
    });
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\0",
        "{\"instance\":7}",
        "{\"instance\":\"../../etc\"}",
        &deep,
        &lies.to_string(),
        &json!({ "instance": "nobody-s" }).to_string(),
    ] {
        assert_eq!(shop.send(&right, body).status, 200, "{body:.60}");
    }
    let lists = shop.lists();
    assert_eq!(shop.send(&format!("{right}/connection-update"), &lies.to_string()).status, 200);
    until("it was looked at", || shop.lists() > lists);
    assert_eq!(shop.sql("SELECT status, statusReason FROM messaging_instances"), [["connecting", "asked"]]);
    let raw = format!("POST {right} HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\u{7f}\u{1}");
    assert_eq!(shop.say(raw.as_bytes()), "HTTP/1.1 200 OK");
}

#[test]
fn a_mebibyte_is_for_those_who_know_the_address() {
    let shop = Shop::new(instant(Version::V2_3_7));
    until("the credential is known", || shop.monitor.webhook_of(&secret(&shop, "cred_a")).is_some());
    let right = shop.webhook("cred_a");
    let large = format!("{{\"instance\":\"a\",\"data\":\"{}\"}}", "x".repeat((1 << 20) - 26));
    assert_eq!(large.len(), 1 << 20);
    for path in [right.clone(), format!("{right}//messages-upsert")] {
        assert_eq!(shop.send(&path, &large).status, 200);
    }
    let head =
        |path: &str, length: usize| format!("POST {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
    let chunk = |path: &str, size: usize| {
        format!("POST {path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n")
    };
    for request in [head(&right, (1 << 20) + 1), chunk(&right, (1 << 20) + 1)] {
        assert_eq!(shop.say(request.as_bytes()), "HTTP/1.1 413 Payload Too Large");
    }
    for path in ["/webhooks/evolution/wrong", "/webhooks/evolution/wrong/x", "/api/messaging/instance"] {
        for request in [head(path, (1 << 16) + 1), chunk(path, (1 << 16) + 1)] {
            assert_eq!(shop.say(request.as_bytes()), "HTTP/1.1 413 Payload Too Large", "{path}");
        }
    }
}

#[test]
fn a_storm_is_a_few_rounds() {
    let pace = Pace { hint_gap: Duration::from_millis(500), ..by_hints_only() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.settle();
    assert_eq!(shop.post("a").status, 200);
    let (right, lists, begun) = (shop.webhook("cred_a"), shop.lists(), Instant::now());
    std::thread::scope(|scope| {
        for n in 0..4 {
            let (shop, right) = (&shop, &right);
            scope.spawn(move || {
                let mut stream = TcpStream::connect(shop.server.addr()).expect("a connection");
                let body = format!("{{\"instance\":\"loja-{n}\"}}");
                for _ in 0..250 {
                    write!(stream, "POST {right} HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len())
                        .expect("sent");
                    let mut answer = [0; 1024];
                    let n = stream.read(&mut answer).expect("an answer");
                    assert!(
                        answer[..n].starts_with(b"HTTP/1.1 200 "),
                        "{}",
                        String::from_utf8_lossy(&answer[..n])
                    );
                }
            });
        }
    });
    let most = u32::try_from(begun.elapsed().as_millis() / 500).expect("small") + 2;
    assert!(
        (1..=most).contains(&(shop.lists() - lists)),
        "{} rounds in {:?}",
        shop.lists() - lists,
        begun.elapsed()
    );
}

#[test]
fn an_administrator_is_told_what_to_paste() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let admin = shop.user("chefe", true);
    let ask = |token: &str, id: &str| -> (u16, Value) {
        let url = shop.url(&format!("/api/admin/credentials/{id}/webhook"));
        let answer = crate::harness::get_as(&url, token);
        (answer.status, answer.body)
    };
    let (status, body) = ask(&admin, "cred_a");
    let url = shop.url(&shop.webhook("cred_a"));
    assert_eq!((status, &body["data"]["url"]), (200, &json!(url)));
    let lines = body["data"]["environment"].as_str().expect("lines");
    assert!(
        lines.starts_with(&format!("WEBHOOK_GLOBAL_ENABLED=true\nWEBHOOK_GLOBAL_URL={url}\n")),
        "{lines}"
    );
    shop.store.set_setting("url", "https://zap.loja.com.br").expect("set");
    let (_, body) = ask(&admin, "cred_a");
    assert_eq!(body["data"]["url"], format!("https://zap.loja.com.br{}", shop.webhook("cred_a")));
    assert_eq!(ask(&admin, "cred_x").0, 404);
    assert_eq!(ask(&shop.token, "cred_a").0, 403);
    assert_eq!(ask("nobody", "cred_a").0, 401);
}
