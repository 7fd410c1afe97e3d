//! Floods from outside, and who is let through beside them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use pareia::http::Settings;
use pareia::sim::{Sim, Version};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, ROUTE, Shop, instant};

const PASSWORD: &str = "uma senha que ninguém sabe";
/// Clients that flood at the same time; each opens a connection for each request.
const FLOODERS: usize = 24;

fn shop() -> Shop {
    let trusts = |settings: &mut Settings| {
        settings.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")];
    };
    let shop = Shop::configured(
        Sim::start(instant(Version::V2_3_7)).expect("a simulation"),
        Duration::from_secs(5),
        trusts,
    );
    shop.person("ana", false, PASSWORD);
    shop
}

fn log_in(client: &mut Client, from: &str, password: &str) -> Answer {
    let body = json!({"name": "ana", "password": password});
    client.call_with("POST", "/api/session", &body, &[("X-Forwarded-For", from)])
}

#[test]
fn a_login_finds_its_turn_among_requests_that_are_refused_without_a_hash() {
    let shop = shop();
    let over = AtomicBool::new(false);
    let statuses: Vec<u16> = thread::scope(|scope| {
        for n in 0..FLOODERS {
            let (shop, over) = (&shop, &over);
            scope.spawn(move || {
                let client = Client::new(shop);
                while !over.load(Ordering::Acquire) {
                    let origin = if n % 2 == 0 { "https://evil.example" } else { "" };
                    client.send("POST", "/api/session", "{", &[("Origin", origin)]);
                }
            });
        }
        let logins = (0..10).map(|_| log_in(&mut Client::new(&shop), "10.0.0.1", PASSWORD).status).collect();
        over.store(true, Ordering::Release);
        logins
    });
    assert_eq!(statuses, [200; 10]);
}

#[test]
fn a_browser_that_logged_in_before_is_not_shut_out_by_strangers() {
    let shop = shop();
    let first = log_in(&mut Client::browser(&shop), "10.0.0.1", PASSWORD);
    let set = first.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let mark = set.map(|(_, value)| value).find(|v| v.starts_with("pareia_browser=")).expect("a mark");
    let (mark, attributes) = mark.split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000");
    for n in 0..60 {
        log_in(&mut Client::new(&shop), &format!("10.0.1.{}", n / 10), "errada!!");
    }
    assert_eq!(log_in(&mut Client::new(&shop), "10.0.2.1", PASSWORD).status, 429, "the account is shut");
    let with = |cookie: &str, password: &str| {
        let mut browser = Client::browser(&shop);
        browser.cookie = Some(cookie.to_owned());
        // Even from the house that the failures come from.
        log_in(&mut browser, "10.0.1.1", password).status
    };
    assert_eq!(with(mark, PASSWORD), 200);
    assert_eq!(with(&format!("pareia_browser={}; {mark}", "A".repeat(43)), PASSWORD), 200);
    assert_eq!(with(&format!("pareia_browser={}", "A".repeat(43)), PASSWORD), 429, "a made-up mark");
    shop.person("bia", false, PASSWORD);
    let mut other = Client::browser(&shop);
    other.cookie = Some(mark.to_owned());
    let body = json!({"name": "bia", "password": "errada!!"});
    let from = [("X-Forwarded-For", "10.0.1.1")];
    let refused = other.call_with("POST", "/api/session", &body, &from);
    assert_eq!(refused.status, 429, "the mark is one account's: elsewhere its address counts");
    // The mark opens nothing by itself, and its guesses have an end too.
    let guesses = (0..60).take_while(|_| with(mark, "errada!!") == 401).count();
    assert!((1..60).contains(&guesses), "{guesses}");
}

#[test]
fn restarts_of_a_socket_are_bounded_for_a_link_and_for_its_owner() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    let made = Client::bearer(&shop, &shop.token).post(&format!("{ROUTE}/a/link"), &Value::Null);
    let url = made.data("url").as_str().expect("an address").to_owned();
    let link = url.split_once('#').expect("a token").1;
    let before = shop.calls();
    let restarts = |token: &str, path: &str| {
        let mut client = Client::bearer(&shop, token);
        let answers: Vec<_> = (0..40).map(|_| client.post(path, &json!({"restart": true}))).collect();
        let last = answers.last().expect("answers");
        assert_eq!((last.status, last.code()), (429, "rate_limited"), "{:?}", last.body);
        assert!(last.header("retry-after").is_some_and(|wait| wait.parse().is_ok_and(|s: u64| s >= 1)));
        answers.iter().filter(|answer| answer.status != 429).count()
    };
    let by_link = restarts(link, "/api/connect");
    assert!((5..=6).contains(&by_link), "{by_link}");
    let by_owner = restarts(&shop.token, &format!("{ROUTE}/a/connect"));
    assert!((4..=7).contains(&by_owner), "{by_owner}: the link left some, and there is an end");
    let calls = shop.calls() - before;
    assert!(calls < 20 * (by_link + by_owner), "{calls} calls upstream");
    // What opens nothing anew goes on.
    assert_eq!(Client::bearer(&shop, link).post("/api/connect", &Value::Null).status, 200);
}
