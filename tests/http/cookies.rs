//! Header lines of other programs on the same host: cookies know no ports, and no bytes but ASCII are ours.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Client, Shop, instant};

const PASSWORD: &str = "uma senha que ninguém sabe";

fn shop() -> Shop {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("ana", false, PASSWORD);
    shop
}

/// Asks who is logged in, with these header lines as they are; the status and the whole answer.
fn who_with(shop: &Shop, lines: &[&[u8]]) -> (u16, String) {
    let mut stream = TcpStream::connect(shop.server.addr()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
    let head: &[u8] = b"GET /api/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let bytes = [head, &lines.concat(), b"\r\n"].concat();
    stream.write_all(&bytes).expect("the server listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    (answer.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status"), answer)
}

#[test]
fn bytes_beyond_ascii_in_a_header_line_cost_nothing_else() {
    let shop = shop();
    let ours = Client::logged_in(&shop, "ana", PASSWORD).cookie.expect("a session");
    let with = |text: &str| format!("Cookie: {}\r\n", text.replace("OURS", &ours)).into_bytes();
    let plain = with("OURS");
    let cases: [(&str, Vec<u8>); 6] = [
        ("a cookie in UTF-8 before ours", with("nome=José; OURS")),
        ("a cookie in UTF-8 after ours", with("OURS; nome=日本")),
        ("a cookie's name in UTF-8", with("ação=1; OURS")),
        ("a cookie in Latin-1", [b"Cookie: nome=Jos\xe9; ", ours.as_bytes(), b"\r\n"].concat()),
        ("another line in Latin-1", [b"X-Empresa: Padaria S\xe3o Jo\xe3o\r\n", &*plain].concat()),
        ("another line in UTF-8", ["X-Empresa: Padaria São João\r\n".as_bytes(), &*plain].concat()),
    ];
    for (what, lines) in &cases {
        let (status, answer) = who_with(&shop, &[lines]);
        assert_eq!(status, 200, "{what}: {answer}");
    }
    for (what, line) in
        [("a length", &b"Content-Length: 1\xe9\r\n"[..]), ("a coding", b"Transfer-Encoding: chunk\xe9d\r\n")]
    {
        assert_eq!(who_with(&shop, &[&plain, line]).0, 400, "{what} decides where the request ends");
    }
}

#[test]
fn of_several_cookies_of_the_name_the_session_counts() {
    let shop = shop();
    let ours = Client::logged_in(&shop, "ana", PASSWORD).cookie.expect("a session");
    let other = format!("pareia_session={}", "B".repeat(43));
    for (cookies, passes) in [
        (format!("{ours}; {other}"), true),
        (format!("{other}; {ours}"), true),
        (format!("pareia_session=x; {ours}"), true),
        (format!("pareia_session=é; {ours}"), true),
        (format!("{other}; pareia_session=x"), false),
        // No more of them are looked up than a browser would have.
        (format!("{}{ours}", format!("{other}; ").repeat(50)), false),
    ] {
        let mut browser = Client::browser(&shop);
        browser.cookie = Some(cookies);
        let expected = if passes { 200 } else { 401 };
        assert_eq!(browser.get("/api/session").status, expected, "{:?}", browser.cookie);
    }
    // A login beside the other program's cookie works as one without.
    let mut browser = Client::browser(&shop);
    browser.cookie = Some(format!("{other}; {ours}"));
    assert_eq!(browser.post("/api/session", &json!({"name": "ana", "password": PASSWORD})).status, 200);
    assert_eq!(shop.sql("SELECT count(*) FROM sessions"), [["1"]], "it takes the place of the one before");
    assert_eq!(browser.call("DELETE", "/api/session", &Value::Null).status, 200);
    assert_eq!(shop.sql("SELECT count(*) FROM sessions"), [["0"]]);
}
