//! Pages of other origins: what their browsers are told, and that a cookie opens nothing to them.

use std::time::Duration;

use pareia::sim::{Sim, Version};

use crate::harness::{Client, ROUTE, Shop, ask, instant};

const PASSWORD: &str = "uma senha que ninguém sabe";
const LET_IN: &str = "https://app.loja.com.br";
const OTHER: &str = "https://evil.example";

/// A shop that lets pages of one origin in.
fn open_shop() -> Shop {
    let sim = Sim::start(instant(Version::V2_3_7)).expect("a simulation");
    let let_in = LET_IN.parse().expect("an origin");
    let shop =
        Shop::configured(sim, Duration::from_secs(5), |settings| settings.allowed_origins.push(let_in));
    shop.credential("cred_a", &shop.sim.url());
    shop
}

/// A header line of an answer, or nothing.
fn line<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}

/// A browser's question before a `POST` from that origin.
fn preflight(shop: &Shop, path: &str, origin: &str) -> (u16, Vec<(String, String)>, String) {
    let asked = [("Origin", origin), ("Access-Control-Request-Method", "POST")];
    let (status, headers, body) = Client::new(shop).send("OPTIONS", path, "", &asked);
    (status, headers, String::from_utf8(body).expect("text"))
}

#[test]
fn a_preflight_is_told_how_its_origin_is_let_in() {
    for shop in [Shop::new(instant(Version::V2_3_7)), open_shop()] {
        let (status, headers, body) = preflight(&shop, ROUTE, OTHER);
        assert_eq!((status, line(&headers, "access-control-allow-origin")), (403, ""), "{body}");
        assert!(
            body.contains("\"forbidden\"") && body.contains("--allow-origin https://evil.example"),
            "{body}"
        );
        let (status, _, body) = preflight(&shop, ROUTE, "null");
        assert!(status == 403 && body.contains("--allow-origin https://"), "{body}");
    }
    // What is no preflight is a method like any other.
    let (status, headers, _) = Client::new(&open_shop()).send("OPTIONS", ROUTE, "", &[("Origin", LET_IN)]);
    assert_eq!((status, line(&headers, "allow")), (405, "GET, HEAD, POST"));
}

#[test]
fn a_page_that_is_let_in_calls_with_a_token() {
    let shop = open_shop();
    for (path, methods) in [
        (ROUTE, "GET, HEAD, POST"),
        ("/api/messaging/instance/a", "GET, HEAD, PATCH, DELETE"),
        ("/api/admin/users", "GET, HEAD, POST"),
        ("/api/connect", "POST"),
    ] {
        let (status, headers, body) = preflight(&shop, path, LET_IN);
        assert_eq!((status, line(&headers, "access-control-allow-methods")), (204, methods), "{body}");
        assert_eq!(line(&headers, "access-control-allow-origin"), LET_IN);
        assert!(line(&headers, "access-control-allow-headers").contains("Authorization"));
        assert_eq!(line(&headers, "access-control-allow-credentials"), "");
    }
    let from = [("Origin", LET_IN), ("Sec-Fetch-Site", "cross-site")];
    for (token, status) in [(shop.token.as_str(), 200), ("nobodys", 401)] {
        let sent = Client::bearer(&shop, token).send("POST", ROUTE, &ask("a").to_string(), &from);
        assert_eq!((sent.0, line(&sent.1, "access-control-allow-origin")), (status, LET_IN));
        assert_eq!(line(&sent.1, "vary"), "Accept-Language, Origin");
    }
    let foreign = [("Origin", OTHER)];
    let sent = Client::bearer(&shop, &shop.token).send("POST", ROUTE, &ask("a").to_string(), &foreign);
    assert_eq!((sent.0, line(&sent.1, "access-control-allow-origin")), (200, ""), "a token is no page's");
}

#[test]
fn a_cookie_opens_nothing_to_a_page_that_is_let_in() {
    let shop = open_shop();
    shop.person("ana", false, PASSWORD);
    let browser = Client::logged_in(&shop, "ana", PASSWORD);
    let from = [("Origin", LET_IN), ("Sec-Fetch-Site", "cross-site")];
    let sent = browser.send("POST", ROUTE, &ask("a").to_string(), &from);
    assert_eq!((sent.0, line(&sent.1, "access-control-allow-origin")), (403, ""));
    let read = browser.send("GET", ROUTE, "", &from);
    assert_eq!(line(&read.1, "access-control-allow-origin"), "", "and nothing can be read");
    let login = format!("{{\"name\":\"ana\",\"password\":\"{PASSWORD}\"}}");
    let sent = Client::new(&shop).send("POST", "/api/session", &login, &from);
    assert_eq!((sent.0, line(&sent.1, "access-control-allow-origin")), (403, ""));
    for path in ["/api/session", "/api/setup", "/api/password", "/livez", "/"] {
        let (status, headers, _) = preflight(&shop, path, LET_IN);
        assert_eq!((status, line(&headers, "access-control-allow-origin")), (405, ""), "{path}");
    }
}
