//! Set-up, logins, sessions and where a cookie counts, over real HTTP.

use std::thread;
use std::time::Duration;

use pareia::http::Settings;
use pareia::sim::{Fault, Sim, Version};
use serde_json::{Value, json};

use super::check;
use crate::harness::{Answer, Client, ROUTE, Shop, ask, instant, until};

const PASSWORD: &str = "uma senha que ninguém sabe";

fn shop() -> Shop {
    shop_with(|_| {})
}

fn shop_with(change: impl FnOnce(&mut Settings)) -> Shop {
    let sim = Sim::start(instant(Version::V2_3_7)).expect("a simulation");
    Shop::configured(sim, Duration::from_secs(5), change)
}

/// A shop with an administrator called chefe and a user called ana.
fn staffed() -> Shop {
    let shop = shop();
    shop.person("chefe", true, PASSWORD);
    shop.person("ana", false, PASSWORD);
    shop
}

fn credentials(name: &str, password: &str) -> Value {
    json!({"name": name, "password": password})
}

/// Fails, as often as the burst allows at least, until that is refused. A slow machine gives back nearly as fast as it
/// takes.
#[track_caller]
fn until_throttled(status: u16, code: &str, mut fail: impl FnMut(usize) -> Answer) -> Answer {
    for n in 0..1000 {
        let answer = fail(n);
        if answer.status == 429 {
            assert!(n >= 10, "refused after {n}");
            check(&answer, 429, "rate_limited");
            return answer;
        }
        check(&answer, status, code);
    }
    panic!("never throttled");
}

fn setup_body(token: &str, name: &str) -> Value {
    json!({"token": token, "name": name, "password": PASSWORD})
}

#[test]
fn the_first_start_is_set_up_once_and_only_with_its_link() {
    let shop = shop();
    let mut browser = Client::browser(&shop);
    assert_eq!(browser.get("/api/setup").data("needed"), true);
    check(&browser.post("/api/setup", &setup_body("", "chefe")), 410, "setup_expired");
    let stale = shop.setup_token(false);
    let token = shop.setup_token(true);
    check(&browser.post("/api/setup", &setup_body(stale.expose(), "chefe")), 410, "setup_expired");
    let mut weak = setup_body(token.expose(), "chefe");
    weak["password"] = "1234567".into();
    let refused = browser.post("/api/setup", &weak);
    check(&refused, 400, "invalid_field");
    assert_eq!(refused.body["field"], "password");
    // The shop's own user, who is no administrator.
    for taken in ["loja", "LOJA"] {
        check(&browser.post("/api/setup", &setup_body(token.expose(), taken)), 409, "name_taken");
    }
    let done = browser.post("/api/setup", &setup_body(token.expose(), "chefe"));
    check(&done, 200, "");
    assert_eq!((done.data("user"), done.data("admin")), (&"chefe".into(), &true.into()));
    assert_eq!(browser.get("/api/session").data("user"), "chefe");
    assert_eq!(browser.get("/api/setup").data("needed"), false);
    check(&browser.post("/api/setup", &setup_body(token.expose(), "outro")), 410, "setup_expired");
    assert_eq!(shop.sql("SELECT name FROM users WHERE isAdmin"), [["chefe"]]);
}

#[test]
fn an_administrator_from_the_command_line_is_given_a_password() {
    let shop = shop();
    shop.user("chefe", true);
    let token = shop.setup_token(false);
    let mut browser = Client::browser(&shop);
    check(&browser.post("/api/setup", &setup_body(token.expose(), "chefe")), 200, "");
    assert_eq!(shop.sql("SELECT count(*) FROM users WHERE isAdmin"), [["1"]]);
    Client::logged_in(&shop, "chefe", PASSWORD);
}

#[test]
fn of_two_set_ups_at_once_one_wins() {
    let shop = shop();
    let token = shop.setup_token(false);
    let mut codes: Vec<_> = thread::scope(|scope| {
        let calls: Vec<_> = ["um", "outro"]
            .map(|name| {
                let (body, mut browser) = (setup_body(token.expose(), name), Client::browser(&shop));
                scope.spawn(move || browser.post("/api/setup", &body).status)
            })
            .into();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    });
    codes.sort_unstable();
    assert_eq!(codes, [200, 410]);
    assert_eq!(shop.sql("SELECT count(*) FROM users WHERE isAdmin"), [["1"]]);
}

#[test]
fn guesses_of_the_link_are_throttled() {
    let shop = shop();
    let token = shop.setup_token(false);
    let mut client = Client::new(&shop);
    until_throttled(410, "setup_expired", |_| client.post("/api/setup", &setup_body("guess", "chefe")));
    let refused = client.post("/api/setup", &setup_body(token.expose(), "chefe"));
    check(&refused, 429, "rate_limited");
    assert!(refused.header("retry-after").is_some());
}

#[test]
fn a_login_gives_a_cookie_that_scripts_and_other_sites_never_see() {
    let shop = staffed();
    let mut browser = Client::browser(&shop);
    let answer = browser.post("/api/session", &credentials("ana", PASSWORD));
    check(&answer, 200, "");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let cookie = answer.header("set-cookie").expect("a cookie");
    let (pair, attributes) = cookie.split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/; Max-Age=604800");
    let value = pair.strip_prefix("pareia_session=").expect("our cookie");
    assert_eq!(value.len(), 43);
    assert_eq!(answer.data("user"), "ana");
    assert_eq!(answer.data("admin"), false);
    assert_eq!(answer.data("version"), env!("CARGO_PKG_VERSION"));
    assert!(answer.data("expiresAt").as_str().is_some_and(|at| at.ends_with('Z')));
    assert!(!answer.body.to_string().contains(value), "the cookie is in no body");
    let stored = shop.sql("SELECT hash, client, address FROM sessions");
    assert!(!stored[0][0].contains(value) && stored[0][2] == "127.0.0.1", "{stored:?}");
    let known = browser.get("/api/session");
    assert_eq!((known.status, known.data("user")), (200, &"ana".into()));
    // The cookie is no token, and a token is no cookie.
    check(&Client::bearer(&shop, value).get("/api/sessions"), 401, "unauthorized");
    browser.cookie = Some(format!("pareia_session={}", shop.token));
    check(&browser.get("/api/session"), 401, "unauthorized");
}

#[test]
fn a_cookie_is_secure_where_the_connection_is() {
    for (trusted, public, proto, secure) in [
        (false, false, "", false),
        (false, false, "https", false),
        (true, false, "http", false),
        (true, false, "https", true),
        (false, true, "", true),
    ] {
        let shop = shop_with(|s| {
            if trusted {
                s.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")];
            }
            s.public_url = public.then(|| "https://zap.loja.com.br".into());
        });
        shop.person("ana", false, PASSWORD);
        let (mut client, headers) = (Client::new(&shop), [("X-Forwarded-Proto", proto)]);
        let answer = client.call_with("POST", "/api/session", &credentials("ana", PASSWORD), &headers);
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert_eq!(cookie.ends_with("; Secure"), secure, "{trusted} {public} {proto}: {cookie}");
        let (_, headers, _) = client.send("GET", "/", "", &headers);
        let promised = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("strict-transport-security"));
        assert_eq!(promised, public, "only who was told of TLS promises it");
    }
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    let shop = staffed();
    shop.user("robo", false);
    let mut client = Client::new(&shop);
    let wrong = client.post("/api/session", &credentials("ana", "outra senha"));
    check(&wrong, 401, "wrong_password");
    assert!(wrong.header("set-cookie").is_none());
    for name in ["ninguem", "robo", "ANA", "", "a na", "não é nome"] {
        let answer = client.post("/api/session", &credentials(name, PASSWORD));
        check(&answer, 401, "wrong_password");
        assert_eq!(answer.body["error"], wrong.body["error"]);
        assert_eq!(answer.body["detail"], wrong.body["detail"]);
    }
    let pasted = client.post("/api/session", &credentials("\u{feff}ana \r\n", PASSWORD));
    check(&pasted, 200, "");
    for (body, code) in [
        (json!([]), "invalid_json"),
        (json!({"name": "ana"}), "invalid_field"),
        (json!({"name": 1, "password": PASSWORD}), "invalid_field"),
    ] {
        check(&client.post("/api/session", &body), 400, code);
    }
}

#[test]
fn failing_logins_are_throttled_for_their_account_and_sessions_go_on() {
    let shop = shop_with(|s| s.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")]);
    shop.person("ana", false, PASSWORD);
    shop.person("bia", false, PASSWORD);
    let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
    let mut client = Client::new(&shop);
    let mut from = |address: &str, name: &str, password: &str| {
        let body = credentials(name, password);
        client.call_with("POST", "/api/session", &body, &[("X-Forwarded-For", address)])
    };
    // Logins that succeed cost nothing.
    for _ in 0..12 {
        check(&from("10.0.0.1", "ana", PASSWORD), 200, "");
    }
    until_throttled(401, "wrong_password", |n| {
        from(&format!("10.1.{}.{}", n / 250, n % 250), "ana", "errada!!")
    });
    // What the account takes grows back with time: one failure more uses it up again.
    let refused = (0..100).find_map(|n| {
        let answer = from("10.0.2.1", "ana", PASSWORD);
        if answer.status == 200 {
            from(&format!("10.0.4.{n}"), "ana", "errada!!");
        }
        (answer.status != 200).then_some(answer)
    });
    let refused = refused.expect("the account is shut");
    check(&refused, 429, "rate_limited");
    let wait: u64 = refused.header("retry-after").and_then(|w| w.parse().ok()).expect("a time");
    assert!((1..=6).contains(&wait), "{wait}");
    check(&from("10.0.2.1", "bia", PASSWORD), 200, "");
    assert_eq!(browser.get("/api/session").status, 200);
    // Names that nobody has are counted like those that somebody has.
    until_throttled(401, "wrong_password", |n| {
        from(&format!("10.3.{}.{}", n / 250, n % 250), "ninguem", "errada!!")
    });
}

#[test]
fn one_address_shuts_nobody_out_and_is_told_its_own_share_only() {
    let shop = shop_with(|s| s.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")]);
    shop.person("ana", false, PASSWORD);
    shop.person("bia", false, PASSWORD);
    let mut client = Client::new(&shop);
    let mut from = |address: &str, name: &str, password: &str| {
        let body = credentials(name, password);
        client.call_with("POST", "/api/session", &body, &[("X-Forwarded-For", address)])
    };
    until_throttled(401, "wrong_password", |_| from("10.0.0.1", "ana", "errada!!"));
    check(&from("10.0.0.2", "ana", PASSWORD), 200, "");
    check(&from("10.0.2.1", "bia", PASSWORD), 200, "");
}

#[test]
fn failing_logins_are_throttled_for_their_address() {
    let shop = shop_with(|s| s.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")]);
    shop.person("ana", false, PASSWORD);
    let mut client = Client::new(&shop);
    let mut from = |address: &str, name: &str| {
        let body = credentials(name, "errada!!");
        client.call_with("POST", "/api/session", &body, &[("X-Forwarded-For", address)])
    };
    // One house, many of its addresses, and of names.
    until_throttled(401, "wrong_password", |n| from(&format!("2001:db8::{n}"), &format!("nome{n}")));
    check(&from("2001:db8::ffff", "ana"), 429, "rate_limited");
    check(&from("2001:db8:0:1::1", "ana"), 401, "wrong_password");
}

#[test]
fn a_login_begins_a_session_of_its_own_and_ends_the_one_before() {
    let shop = staffed();
    let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
    let first = browser.cookie.clone();
    // A cookie that somebody else put there is not the one that is logged in.
    let planted = format!("pareia_session={}", "A".repeat(43));
    browser.cookie = Some(planted.clone());
    check(&browser.post("/api/session", &credentials("ana", PASSWORD)), 200, "");
    assert_ne!(browser.cookie, Some(planted));
    browser.cookie.clone_from(&first);
    check(&browser.post("/api/session", &credentials("chefe", PASSWORD)), 200, "");
    assert_eq!(browser.get("/api/session").data("user"), "chefe");
    browser.cookie = first;
    check(&browser.get("/api/session"), 401, "unauthorized");
    // A program that says nothing of where it is may log in again with its jar.
    let mut program = Client::new(&shop);
    for _ in 0..2 {
        check(&program.post("/api/session", &credentials("ana", PASSWORD)), 200, "");
    }
}

#[test]
fn a_session_ends_by_itself() {
    for (change, kept) in [
        ("UPDATE sessions SET lastSeenAt = lastSeenAt - 12 * 3600000 + 60000", true),
        ("UPDATE sessions SET lastSeenAt = lastSeenAt - 12 * 3600000", false),
        ("UPDATE sessions SET expiresAt = createdAt", false),
        ("UPDATE users SET passwordHash = NULL; DELETE FROM sessions", false),
    ] {
        let shop = staffed();
        let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
        shop.set(change);
        assert_eq!(browser.get("/api/session").status == 200, kept, "{change}");
        assert_eq!(browser.get("/api/sessions").status == 200, kept, "{change}");
        if !kept && change.starts_with("UPDATE sessions") {
            Client::logged_in(&shop, "chefe", PASSWORD);
            assert_eq!(shop.sql("SELECT count(*) FROM sessions"), [["1"]], "{change}: removed at a login");
        }
    }
}

#[test]
fn that_a_session_was_seen_is_written() {
    let shop = staffed();
    let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
    let seen =
        || shop.sql("SELECT lastSeenAt - createdAt FROM sessions")[0][0].parse::<i64>().expect("a time");
    shop.set("UPDATE sessions SET createdAt = createdAt - 61000, lastSeenAt = lastSeenAt - 61000");
    browser.get("/api/session");
    until("it is written", || seen() >= 61000);
}

#[test]
fn that_a_token_was_used_is_written() {
    let shop = shop();
    let used =
        || shop.sql("SELECT coalesce(lastUsedAt, 0) FROM api_tokens")[0][0].parse::<i64>().expect("a time");
    let mut client = Client::bearer(&shop, &shop.token);
    assert_eq!(used(), 0);
    client.get("/api/sessions");
    until("it is written", || used() > 0);
    let first = used();
    shop.set("UPDATE api_tokens SET lastUsedAt = lastUsedAt - 3600000");
    client.get("/api/sessions");
    until("it is written again", || used() >= first);
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner_or_an_administrator() {
    let shop = staffed();
    let mut phone = Client::browser(&shop);
    phone.headers.push(("User-Agent", format!("Telefone {}", "x".repeat(500))));
    check(&phone.post("/api/session", &credentials("ana", PASSWORD)), 200, "");
    let mut desk = Client::logged_in(&shop, "ana", PASSWORD);
    let mut chief = Client::logged_in(&shop, "chefe", PASSWORD);
    let listed = desk.get("/api/sessions");
    let lines = listed.body["data"].as_array().expect("a list").clone();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert_eq!((&line["user"], &line["address"]), (&"ana".into(), &"127.0.0.1".into()));
        for at in ["createdAt", "lastSeenAt", "expiresAt"] {
            assert!(line[at].as_str().is_some_and(|at| at.ends_with('Z')), "{line}");
        }
    }
    let other = lines.iter().find(|line| line["current"] == false).expect("the phone");
    assert_eq!(other["client"].as_str().map(|c| (c.len(), c.starts_with("Telefone"))), Some((160, true)));
    assert_eq!(lines.iter().filter(|line| line["current"] == true).count(), 1);
    // Others' sessions look like none.
    let own = chief.get("/api/sessions").body["data"][0]["id"].as_str().expect("an id").to_owned();
    check(&desk.delete(&format!("/api/sessions/{own}")), 404, "not_found");
    check(&desk.delete("/api/sessions/s0"), 404, "not_found");
    check(&desk.get("/api/sessions?user=chefe"), 404, "not_found");
    check(&desk.get("/api/sessions?user=ninguem"), 404, "not_found");
    assert_eq!(desk.get("/api/sessions?user=ana").status, 200);
    let id = other["id"].as_str().expect("an id");
    check(&desk.delete(&format!("/api/sessions/{id}")), 200, "");
    check(&desk.delete(&format!("/api/sessions/{id}")), 404, "not_found");
    check(&phone.get("/api/session"), 401, "unauthorized");
    let of_ana = chief.get("/api/sessions?user=ana");
    let id = of_ana.body["data"][0]["id"].as_str().expect("an id");
    assert_eq!(of_ana.body["data"][0]["current"], false);
    check(&chief.delete(&format!("/api/sessions/{id}")), 200, "");
    check(&desk.get("/api/session"), 401, "unauthorized");
    check(&chief.get("/api/sessions?user=ninguem"), 404, "not_found");
}

#[test]
fn a_user_has_so_many_sessions_and_no_more() {
    let shop = staffed();
    let mut first = Client::logged_in(&shop, "ana", PASSWORD);
    shop.set("UPDATE sessions SET lastSeenAt = lastSeenAt - 1000");
    for _ in 0..32 {
        Client::logged_in(&shop, "ana", PASSWORD);
    }
    assert_eq!(shop.sql("SELECT count(*) FROM sessions"), [["32"]]);
    check(&first.get("/api/session"), 401, "unauthorized");
}

#[test]
fn logging_out_ends_the_session_and_can_be_repeated() {
    let shop = staffed();
    let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
    let cookie = browser.cookie.clone();
    let answer = browser.delete("/api/session");
    check(&answer, 200, "");
    assert!(answer.header("set-cookie").is_some_and(|c| c.starts_with("pareia_session=; ")));
    assert_eq!(browser.cookie, None);
    check(&browser.delete("/api/session"), 200, "");
    browser.cookie = cookie;
    check(&browser.get("/api/session"), 401, "unauthorized");
    assert_eq!(shop.sql("SELECT count(*) FROM sessions"), [["0"]]);
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    let shop = staffed();
    let (mut here, mut there) =
        (Client::logged_in(&shop, "ana", PASSWORD), Client::logged_in(&shop, "ana", PASSWORD));
    let mut chief = Client::logged_in(&shop, "chefe", PASSWORD);
    let change = |current: &str, new: &str| json!({"current": current, "password": new});
    check(&here.post("/api/password", &change("errada!!", "outra senha boa")), 401, "wrong_password");
    check(&here.post("/api/password", &change(PASSWORD, "curta")), 400, "invalid_field");
    assert_eq!(there.get("/api/session").status, 200);
    check(&here.post("/api/password", &change(PASSWORD, "outra senha boa")), 200, "");
    assert_eq!(here.get("/api/session").status, 200);
    check(&there.get("/api/session"), 401, "unauthorized");
    assert_eq!(chief.get("/api/session").status, 200);
    check(&there.post("/api/session", &credentials("ana", PASSWORD)), 401, "wrong_password");
    Client::logged_in(&shop, "ana", "outra senha boa");
    // Somebody at an open browser may guess the current one as often as at the door.
    // One was wrong before, and may still count.
    let wrong = change("errada!!", "mais uma senha");
    let mut tries = 0;
    while here.post("/api/password", &wrong).status == 401 {
        tries += 1;
        assert!(tries < 100, "never throttled");
    }
    check(&here.post("/api/password", &change("outra senha boa", "mais uma senha")), 429, "rate_limited");
    check(&Client::new(&shop).post("/api/password", &change(PASSWORD, PASSWORD)), 401, "unauthorized");
}

#[test]
fn what_an_administrator_sets_outlasts_a_change_that_was_under_way() {
    let shop = staffed();
    let mut chief = Client::logged_in(&shop, "chefe", PASSWORD);
    let mut last = PASSWORD.to_owned();
    for round in 0..8 {
        let mut browser = Client::logged_in(&shop, "ana", &last);
        let set = format!("a senha nova número {round}");
        let change = json!({"current": last, "password": "o que a Ana quis"});
        thread::scope(|scope| {
            scope.spawn(|| {
                let body = json!({"password": set});
                check(&chief.post("/api/admin/users/ana/password", &body), 200, "");
            });
            scope.spawn(|| {
                // Done before, or refused after.
                let changed = browser.post("/api/password", &change);
                assert!([200, 401].contains(&changed.status), "{:?}", changed.body);
            });
        });
        let login = Client::browser(&shop).post("/api/session", &credentials("ana", &set));
        assert_eq!(login.status, 200, "round {round}: the administrator's word counts");
        last = set;
    }
}

#[test]
fn a_login_finds_its_place_where_every_call_waits_for_a_server_that_hangs() {
    let shop = shop_with(|s| s.limits.connections = 16);
    shop.person("chefe", true, PASSWORD);
    shop.credential("cred_a", &shop.sim.url());
    shop.sim.control().fault(Fault::Hang, None);
    thread::scope(|scope| {
        // A quarter of the connections is not for calls.
        for n in 0..12 {
            let shop = &shop;
            // The look below takes a place for a moment, and a call that finds none comes again.
            let waits = move || ["busy", "evolution_timeout"].contains(&shop.post(&format!("n{n}")).code());
            scope.spawn(move || while waits() {});
        }
        let no_place = || shop.call("DELETE", &format!("{ROUTE}/nenhuma")).code() == "busy";
        until("no call finds a place", no_place);
        let mut chief = Client::logged_in(&shop, "chefe", PASSWORD);
        let added = chief.post("/api/admin/users", &json!({"name": "vice", "password": PASSWORD}));
        check(&added, 200, "");
        let set = chief.post("/api/admin/users/vice/password", &json!({"password": "outra senha boa"}));
        check(&set, 200, "");
        let change = json!({"current": PASSWORD, "password": "outra senha boa"});
        check(&chief.post("/api/password", &change), 200, "");
        until("calls find none still", no_place);
        shop.sim.control().fault(Fault::None, None);
    });
}

#[test]
fn a_cookie_fetches_a_picture_for_our_page_or_a_person_only() {
    let shop = staffed();
    shop.credential("cred_a", &shop.sim.url());
    shop.written("a", "5521991856227", "ana");
    let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
    browser.headers.retain(|(name, _)| *name == "Host");
    let (here, elsewhere) = (format!("http://{}", shop.server.addr()), "http://127.0.0.1:9");
    let chief = shop.user("dono", true);
    for picture in ["png", "svg"] {
        let path = format!("{ROUTE}/a/qr.{picture}");
        for (fetch, origin, passes) in [
            ("same-site", "", false),
            ("cross-site", "", false),
            ("same-site", elsewhere, false),
            ("", elsewhere, false),
            ("", "null", false),
            // A browser that says nothing shows another port's page as much as ours.
            ("", "", false),
            ("same-origin", "", true),
            ("none", "", true),
            ("", &here, true),
        ] {
            let from = [("Sec-Fetch-Site", fetch), ("Origin", origin)];
            let before = shop.calls();
            for method in ["HEAD", "GET"] {
                let (status, headers, _) = browser.send(method, &path, "", &from);
                assert_eq!(status, if passes { 200 } else { 403 }, "{method} {from:?}");
                assert!(
                    headers.iter().any(|(name, value)| {
                        name.eq_ignore_ascii_case("cross-origin-resource-policy") && value == "same-origin"
                    }),
                    "{headers:?}"
                );
            }
            assert!(passes || shop.calls() == before, "{from:?} reached upstream");
            // A token is sent on purpose.
            assert_eq!(Client::bearer(&shop, &chief).send("GET", &path, "", &from).0, 200, "{from:?}");
        }
    }
}

#[test]
fn a_cookie_counts_for_changes_only_from_our_own_page() {
    let shop = shop_with(|s| s.public_url = Some("https://zap.loja.com.br/pareia".into()));
    shop.person("chefe", true, PASSWORD);
    let mut browser = Client::logged_in(&shop, "chefe", PASSWORD);
    browser.headers.retain(|(name, _)| *name == "Host");
    let here = format!("http://{}", shop.server.addr());
    let port = shop.server.addr().port();
    let cases = [
        ("", "", false),
        ("", &*here, true),
        ("", &format!("http://LOCALHOST:{port}"), false),
        ("", "null", false),
        ("", "http://127.0.0.1", false),
        ("", &format!("http://127.0.0.1:{}", u32::from(port) + 1), false),
        ("", "https://zap.loja.com.br", true),
        ("", "https://zap.loja.com.br:443", true),
        ("", "http://zap.loja.com.br", false),
        ("", "https://zap.loja.com.br.evil.example", false),
        ("", "https://evil.example", false),
        ("same-origin", &*here, true),
        ("same-origin", "", true),
        ("same-site", &*here, false),
        ("cross-site", "https://evil.example", false),
        ("none", "", false),
    ];
    for (fetch, origin, passes) in cases {
        let from = [("Sec-Fetch-Site", fetch), ("Origin", origin)];
        let body = json!({"user": "chefe"});
        let answer = browser.call_with("POST", "/api/admin/tokens", &body, &from);
        let expected = if passes { (200, "") } else { (403, "forbidden") };
        assert_eq!((answer.status, answer.code()), expected, "{from:?}");
        let answer = browser.call_with("DELETE", "/api/admin/tokens/t0", &Value::Null, &from);
        assert_eq!(answer.status, if passes { 404 } else { 403 }, "{from:?}");
        // What only reads passes from anywhere: the browser keeps the answer from other sites.
        assert_eq!(browser.call_with("GET", "/api/admin/tokens", &Value::Null, &from).status, 200);
        // A token is sent on purpose, never by a browser on its own.
        let mut program = Client::bearer(&shop, &shop.token);
        let answer = program.call_with("POST", ROUTE, &ask("x"), &from);
        assert_eq!(answer.code(), "no_active_credential", "{from:?}");
    }
    // Behind a proxy that keeps the name, with the port or without.
    for (host, origin, passes) in [
        ("zap.loja.com.br", "https://zap.loja.com.br", true),
        ("outra.loja.com.br:8443", "https://outra.loja.com.br:8443", true),
        ("outra.loja.com.br:443", "https://outra.loja.com.br", true),
        ("outra.loja.com.br", "https://outra.loja.com.br:8443", false),
    ] {
        let from = [("Host", host), ("Origin", origin)];
        let answer = browser.call_with("DELETE", "/api/admin/tokens/t0", &Value::Null, &from);
        assert_eq!(answer.status, if passes { 404 } else { 403 }, "{from:?}");
    }
}

#[test]
fn a_login_from_another_site_is_refused_and_one_from_no_site_is_not() {
    let shop = shop();
    shop.person("ana", false, PASSWORD);
    let token = shop.setup_token(false);
    for (fetch, origin, passes) in [
        ("", "", true),
        ("", "https://evil.example", false),
        ("", "null", false),
        ("cross-site", "https://evil.example", false),
        ("same-site", "", false),
        ("same-origin", "", true),
    ] {
        let from = [("Sec-Fetch-Site", fetch), ("Origin", origin)];
        let status = if passes { 200 } else { 403 };
        let login = credentials("ana", PASSWORD);
        let answer = Client::new(&shop).call_with("POST", "/api/session", &login, &from);
        assert_eq!(answer.status, status, "{from:?}");
        if !passes {
            let body = setup_body(token.expose(), "chefe");
            let answer = Client::new(&shop).call_with("POST", "/api/setup", &body, &from);
            check(&answer, 403, "forbidden");
        }
    }
}

#[test]
fn a_token_counts_before_a_cookie() {
    let shop = staffed();
    let mut browser = Client::logged_in(&shop, "chefe", PASSWORD);
    let theirs = format!("Bearer {}", shop.token);
    let with = |client: &mut Client, line: &str| {
        client.call_with("GET", "/api/admin/users", &Value::Null, &[("Authorization", line)])
    };
    assert_eq!(with(&mut browser, "").status, 200);
    check(&with(&mut browser, &theirs), 403, "forbidden");
    for bad in ["Bearer nobody", "Bearer", "Basic YTpi", "nonsense"] {
        let refused = with(&mut browser, bad);
        check(&refused, 401, "unauthorized");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    }
}

#[test]
fn what_another_program_set_on_this_host_costs_nobody_a_session() {
    let shop = staffed();
    let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
    let cookie = browser.cookie.clone().expect("logged in");
    let other = format!("pareia_session={}", "B".repeat(43));
    for cookies in [
        format!("{cookie}; {other}"),
        format!("{other}; {cookie}"),
        format!("nome=João; {cookie}; cidade=São Paulo"),
        format!("pareia_session=é; {cookie}"),
    ] {
        browser.cookie = Some(cookies.clone());
        assert_eq!(browser.get("/api/session").status, 200, "{cookies}");
    }
    browser.cookie = Some(other);
    check(&browser.get("/api/session"), 401, "unauthorized");
}

#[test]
fn logins_that_are_refused_unseen_hold_up_nobody() {
    let shop = staffed();
    let over = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        for n in 0..10 {
            let (shop, over) = (&shop, &over);
            scope.spawn(move || {
                let mut client = Client::new(shop);
                let (origin, body) = if n % 2 == 0 {
                    ("http://evil.example", credentials("ana", "x"))
                } else {
                    ("", json!([]))
                };
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    let answer = client.call_with("POST", "/api/session", &body, &[("Origin", origin)]);
                    assert!([400, 403].contains(&answer.status), "{:?}", answer.body);
                }
            });
        }
        let logins: Vec<_> = (0..5)
            .map(|_| Client::new(&shop).post("/api/session", &credentials("ana", PASSWORD)).status)
            .collect();
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(logins, [200; 5]);
    });
}

#[test]
fn the_page_works_with_its_session_and_asking_without_one_is_no_failure() {
    let shop = staffed();
    shop.credential("cred_a", &shop.sim.url());
    let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
    let answer = browser.post(ROUTE, &ask("da-ana"));
    assert_eq!((answer.status, answer.data("status")), (200, &"connecting".into()));
    let owner = "SELECT u.name FROM messaging_instances i JOIN users u ON u.id = i.userId";
    assert_eq!(shop.sql(owner), [["ana"]]);
    let mut stranger = Client::browser(&shop);
    for _ in 0..20 {
        check(&stranger.get("/api/session"), 401, "unauthorized");
        check(&stranger.get("/api/sessions"), 401, "unauthorized");
    }
}
