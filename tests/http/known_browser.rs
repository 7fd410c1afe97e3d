//! Whom strangers' failed logins shut out, and whom they do not.

use std::time::Duration;

use pareia::http::Settings;
use pareia::sim::{Sim, Version};
use serde_json::json;

use crate::harness::{Answer, Client, Shop, instant};

const PASSWORD: &str = "uma senha que ninguém sabe";

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
fn a_browser_that_logged_in_before_is_not_shut_out_by_strangers() {
    let shop = shop();
    let first = log_in(&mut Client::browser(&shop), "10.0.0.1", PASSWORD);
    let set = first.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let mark = set.map(|(_, value)| value).find(|v| v.starts_with("pareia_browser=")).expect("a mark");
    let (mark, attributes) = mark.split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000");
    let fails = |from: &str| log_in(&mut Client::new(&shop), from, "errada!!").status;
    // Until they are refused, however many that takes: a slow machine gives time to be heard again.
    let shut = || {
        let (nobody, from) =
            (json!({"name": "zeca", "password": "errada!!"}), [("X-Forwarded-For", "10.0.1.1")]);
        while Client::new(&shop).call_with("POST", "/api/session", &nobody, &from).status != 429 {}
    };
    let is_account_shut = (0..10_000).any(|n| fails(&format!("10.1.{}.{}", n / 250, n % 250)) == 429);
    assert!(is_account_shut, "one try from each house");
    assert_eq!(log_in(&mut Client::new(&shop), "10.0.2.1", PASSWORD).status, 429, "the account is shut");
    let with = |cookie: &str, password: &str| {
        let mut browser = Client::browser(&shop);
        browser.cookie = Some(cookie.to_owned());
        // Even from the house that the failures come from.
        log_in(&mut browser, "10.0.1.1", password).status
    };
    assert_eq!(with(mark, PASSWORD), 200);
    assert_eq!(with(&format!("pareia_browser={}; {mark}", "A".repeat(43)), PASSWORD), 200);
    // A slow machine lets one through now and then; a browser that is known has ten.
    let is_refused = |cookie: &str| (0..5).any(|_| with(cookie, PASSWORD) == 429);
    shut();
    assert!(is_refused(&format!("pareia_browser={}", "A".repeat(43))), "a made-up mark");
    shop.person("bia", false, PASSWORD);
    let mut other = Client::browser(&shop);
    other.cookie = Some(mark.to_owned());
    let body = json!({"name": "bia", "password": "errada!!"});
    let from = [("X-Forwarded-For", "10.0.1.1")];
    shut();
    let refused = (0..5).any(|_| other.call_with("POST", "/api/session", &body, &from).status == 429);
    assert!(refused, "the mark is one account's: elsewhere its address counts");
    // Another password makes the mark nobody's.
    let kept = shop.sql("SELECT passwordHash FROM users WHERE name = 'ana'")[0][0].clone();
    shop.set("UPDATE users SET passwordHash = 'x' WHERE name = 'ana'");
    shut();
    assert!(is_refused(mark), "a browser of the password before");
    shop.set(&format!("UPDATE users SET passwordHash = '{kept}' WHERE name = 'ana'"));
    // The mark opens nothing by itself, and its guesses have an end too.
    let guesses = (0..60).take_while(|_| with(mark, "errada!!") == 401).count();
    assert!((1..60).contains(&guesses), "{guesses}");
}
