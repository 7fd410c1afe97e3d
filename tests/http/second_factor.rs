//! Second factors: set up with a code, asked after the password, each code used once, recovery codes, and turned off.

use std::time::Duration;

use pareia::sim::Version;
use ring::hmac;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Shop, instant, together};

const PASSWORD: &str = "uma senha que ninguém sabe";
const FACTOR: &str = "/api/second-factor";

/// The code that an app shows for a secret, so many steps from now.
fn code(shop: &Shop, secret: &str, steps: i64) -> String {
    let bits: Vec<_> = secret
        .bytes()
        .map(|letter| if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' })
        .flat_map(|value| (0..5).rev().map(move |bit| (value >> bit) & 1))
        .collect();
    let key: Vec<u8> =
        bits.chunks(8).map(|byte| byte.iter().fold(0, |value, bit| (value << 1) | bit)).collect();
    let step = shop.store.clock().now() / 30_000 + steps;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let number: [u8; 4] = tag.as_ref()[at..at + 4].try_into().expect("four bytes");
    format!("{:06}", (u32::from_be_bytes(number) & 0x7fff_ffff) % 1_000_000)
}

fn log_in(shop: &Shop, code: Option<&str>) -> Answer {
    let mut body = json!({"name": "chefe", "password": PASSWORD});
    body["code"] = json!(code);
    Client::browser(shop).post("/api/session", &body)
}

/// A shop whose administrator has a second factor; its secret, its recovery codes and a browser that is logged in.
fn guarded() -> (Shop, String, Vec<String>, Client) {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("chefe", true, PASSWORD);
    let mut browser = Client::logged_in(&shop, "chefe", PASSWORD);
    assert_eq!(browser.post(FACTOR, &json!({"password": "errada!!"})).code(), "wrong_password");
    let begun = browser.post(FACTOR, &json!({"password": PASSWORD}));
    let secret = begun.data("secret").as_str().expect("a secret").to_owned();
    assert_eq!(
        begun.data("uri"),
        &json!(format!("otpauth://totp/pareia:chefe?secret={secret}&issuer=pareia"))
    );
    assert!(begun.data("qrCode").as_str().is_some_and(|image| image.starts_with("data:image/svg+xml,<svg")));
    assert_eq!(browser.get(FACTOR).body["data"], json!({"on": false, "recoveryCodes": 0}));
    assert_eq!(log_in(&shop, None).status, 200, "no code has confirmed it");
    assert_eq!(browser.post(&format!("{FACTOR}/confirm"), &json!({"code": "12345"})).code(), "wrong_code");
    let confirmed = browser.post(&format!("{FACTOR}/confirm"), &json!({"code": code(&shop, &secret, 0)}));
    let codes = confirmed.data("recoveryCodes").as_array().expect("codes").clone();
    let codes = codes.iter().map(|code| code.as_str().expect("a code").to_owned()).collect();
    (shop, secret, codes, browser)
}

#[test]
fn a_login_asks_for_a_code_that_works_once() {
    let (shop, secret, recovery, mut browser) = guarded();
    assert_eq!((recovery.len(), recovery[0].len()), (10, 11));
    assert_eq!(browser.get(FACTOR).body["data"], json!({"on": true, "recoveryCodes": 10}));
    let missing = log_in(&shop, None);
    assert_eq!((missing.status, missing.code()), (401, "code_needed"));
    assert!(missing.header("set-cookie").is_none());
    assert_eq!(log_in(&shop, Some(&code(&shop, &secret, 0))).code(), "wrong_code", "it confirmed the secret");
    let next = code(&shop, &secret, 1);
    assert_eq!(log_in(&shop, Some(&format!("{} {}", &next[..3], &next[3..]))).status, 200);
    assert_eq!(log_in(&shop, Some(&next)).code(), "wrong_code", "it was used");
    shop.store.clock().advance(Duration::from_secs(90));
    assert_eq!(log_in(&shop, Some(&code(&shop, &secret, 3))).code(), "wrong_code", "it is not near");
    assert_eq!(log_in(&shop, Some(&code(&shop, &secret, 0))).status, 200);
    assert_eq!(log_in(&shop, Some(&recovery[3])).status, 200);
    assert_eq!(log_in(&shop, Some(&recovery[3])).code(), "wrong_code");
    assert_eq!(browser.get(FACTOR).data("recoveryCodes"), 9);
    let stored =
        shop.sql("SELECT secret, hash FROM second_factors JOIN recovery_codes USING (userId)").concat();
    let plain = recovery[0].replace('-', "");
    assert!(!stored.iter().any(|text| text.contains(&secret) || text.contains(&plain)), "{stored:?}");
}

#[test]
fn codes_are_tried_no_faster_than_passwords() {
    let (shop, secret, ..) = guarded();
    let throttled = (0..1000).map(|_| log_in(&shop, Some("000000"))).find(|answer| answer.status == 429);
    assert_eq!(throttled.expect("it is throttled").code(), "rate_limited");
    assert_eq!(log_in(&shop, Some(&code(&shop, &secret, 1))).status, 429);
}

#[test]
fn a_secret_is_confirmed_with_few_tries() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("chefe", true, PASSWORD);
    let mut browser = Client::logged_in(&shop, "chefe", PASSWORD);
    browser.post(FACTOR, &json!({"password": PASSWORD}));
    let mut confirm =
        |_| browser.post(&format!("{FACTOR}/confirm"), &json!({"code": "00000a"})).code().to_owned();
    let tries: Vec<_> = (0..11).map(&mut confirm).collect();
    assert_eq!((tries[9].as_str(), tries[10].as_str()), ("wrong_code", "rate_limited"));
}

#[test]
fn a_code_that_many_show_at_once_lets_one_in() {
    let (shop, secret, recovery, _) = guarded();
    for shown in [code(&shop, &secret, 1), recovery[0].clone()] {
        let statuses = together(3, |_| log_in(&shop, Some(&shown)).status);
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
    let told = "SELECT detail FROM audit_entries WHERE action = 'session.begin' AND result = 'done' ORDER BY id DESC";
    assert_eq!(shop.sql(told)[..2], [["recovery_code"], ["code"]]);
}

#[test]
fn a_second_factor_is_changed_with_the_password_and_turned_off_with_a_code_too() {
    let (shop, secret, recovery, mut browser) = guarded();
    let begin = browser.post(FACTOR, &json!({"password": PASSWORD}));
    assert_eq!((begin.status, begin.code()), (409, "second_factor_on"));
    turned_off(&shop, &mut browser, &code(&shop, &secret, 1));
    let anew = browser.post(FACTOR, &json!({"password": PASSWORD}));
    let secret = anew.data("secret").as_str().expect("a secret").to_owned();
    let on = browser.post(&format!("{FACTOR}/confirm"), &json!({"code": code(&shop, &secret, 0)}));
    let old = browser.call("DELETE", FACTOR, &json!({"password": PASSWORD, "code": recovery[0]}));
    assert_eq!(old.code(), "wrong_code", "it is of the one before");
    turned_off(&shop, &mut browser, on.data("recoveryCodes")[0].as_str().expect("a code"));
}

/// Turns it off, which takes the password and a code that counts.
fn turned_off(shop: &Shop, browser: &mut Client, code: &str) {
    let mut off = |body: Value| browser.call("DELETE", FACTOR, &body);
    assert_eq!(off(json!({"password": "errada!!", "code": code})).code(), "wrong_password");
    let missing = off(json!({"password": PASSWORD}));
    assert_eq!((missing.status, missing.code()), (401, "code_needed"));
    assert_eq!(off(json!({"password": PASSWORD, "code": "000000"})).code(), "wrong_code");
    assert_eq!(log_in(shop, None).code(), "code_needed", "it is still on");
    assert_eq!(off(json!({"password": PASSWORD, "code": code})).body["data"], Value::Null);
    assert_eq!(browser.get(FACTOR).data("on"), false);
    assert_eq!(log_in(shop, None).status, 200);
}

#[test]
fn codes_to_turn_it_off_are_tried_no_faster_than_to_log_in() {
    let (shop, secret, _, mut browser) = guarded();
    let mut off = |code: &str| browser.call("DELETE", FACTOR, &json!({"password": PASSWORD, "code": code}));
    // One was wrong while it was set up.
    let tries: Vec<_> = (0..10).map(|_| off("00000a").code().to_owned()).collect();
    assert_eq!((tries[8].as_str(), tries[9].as_str()), ("wrong_code", "rate_limited"));
    assert_eq!(off(&code(&shop, &secret, 1)).status, 429);
}

#[test]
fn a_second_factor_that_no_code_confirmed_goes_with_the_password() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("chefe", true, PASSWORD);
    let mut browser = Client::logged_in(&shop, "chefe", PASSWORD);
    browser.post(FACTOR, &json!({"password": PASSWORD}));
    assert_eq!(browser.call("DELETE", FACTOR, &json!({"password": PASSWORD})).status, 200);
    assert!(shop.sql("SELECT userId FROM second_factors").is_empty());
}
