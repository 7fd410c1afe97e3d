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

/// Fails from everywhere until the account takes no more: what it takes grows back with time.
fn shut(shop: &Shop) {
    let mut houses = (0..250).flat_map(|house| [house; 10]);
    let fails = |house| log_in(&mut Client::new(shop), &format!("10.0.1.{house}"), "errada!!").status;
    assert!(houses.any(|house| fails(house) == 429), "never shut");
}

#[test]
fn a_browser_that_logged_in_before_is_not_shut_out_by_strangers() {
    let shop = shop();
    let first = log_in(&mut Client::browser(&shop), "10.0.0.1", PASSWORD);
    let set = first.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let mark = set.map(|(_, value)| value).find(|v| v.starts_with("pareia_browser=")).expect("a mark");
    let (mark, attributes) = mark.split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000");
    shut(&shop);
    assert_eq!(log_in(&mut Client::new(&shop), "10.0.2.1", PASSWORD).status, 429, "the account is shut");
    let with = |cookie: &str, password: &str| {
        let mut browser = Client::browser(&shop);
        browser.cookie = Some(cookie.to_owned());
        // Even from the house that the failures come from.
        log_in(&mut browser, "10.0.1.1", password).status
    };
    assert_eq!(with(mark, PASSWORD), 200);
    assert_eq!(with(&format!("pareia_browser={}; {mark}", "A".repeat(43)), PASSWORD), 200);
    shut(&shop);
    assert_eq!(with(&format!("pareia_browser={}", "A".repeat(43)), PASSWORD), 429, "a made-up mark");
    shop.person("bia", false, PASSWORD);
    let mut other = Client::browser(&shop);
    other.cookie = Some(mark.to_owned());
    let body = json!({"name": "bia", "password": "errada!!"});
    let from = [("X-Forwarded-For", "10.0.1.1")];
    let refused = other.call_with("POST", "/api/session", &body, &from);
    assert_eq!(refused.status, 429, "the mark is one account's: elsewhere its address counts");
    // Another password makes the mark nobody's.
    let kept = shop.sql("SELECT passwordHash FROM users WHERE name = 'ana'")[0][0].clone();
    shop.set("UPDATE users SET passwordHash = 'x' WHERE name = 'ana'");
    shut(&shop);
    assert_eq!(with(mark, PASSWORD), 429, "a browser of the password before");
    shop.set(&format!("UPDATE users SET passwordHash = '{kept}' WHERE name = 'ana'"));
    // The mark opens nothing by itself, and its guesses have an end too.
    let guesses = (0..60).take_while(|_| with(mark, "errada!!") == 401).count();
    assert!((1..60).contains(&guesses), "{guesses}");
}
