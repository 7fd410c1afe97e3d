//! Connect links: what they show, to whom, for how long, and that they lead nowhere else.

use std::sync::Arc;
use std::time::Duration;

use pareia::http::{Server, Settings};
use pareia::instance::connect::ConnectService;
use pareia::sim::{Options, Timing, Version};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, ROUTE, Shop, instant, recorded, until};

const CONNECT: &str = "/api/connect";

/// Makes a link for `name` and gives its token.
#[track_caller]
fn link(shop: &Shop, name: &str) -> String {
    let made = shop.call("POST", &format!("{ROUTE}/{name}/link"));
    assert_eq!(made.status, 200, "{}", made.body);
    token(&made)
}

fn token(made: &Answer) -> String {
    let url = made.data("url").as_str().expect("a url");
    url.split_once("/c#").expect("a fragment").1.to_owned()
}

fn connect(shop: &Shop, token: &str, body: &Value) -> Answer {
    Client::bearer(shop, token).call("POST", CONNECT, body)
}

#[track_caller]
fn expired(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (410, "link_expired"), "{}", answer.body);
}

#[test]
fn a_link_shows_the_code_and_part_of_the_phone() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    shop.set("UPDATE messaging_instances SET displayName = 'Loja do Zé'");
    let made = shop.call("POST", &format!("{ROUTE}/a/link"));
    let base = format!("http://{}/c#pareia_link_", shop.server.addr());
    assert!(made.data("url").as_str().is_some_and(|url| url.starts_with(&base)), "{}", made.body);
    let token = token(&made);
    let shown = connect(&shop, &token, &Value::Null);
    let current = shop.sim.control().current_code("a").expect("a code");
    let data = &shown.body["data"];
    assert_eq!((shown.status, &data["qrCode"]), (200, &json!(&*current.base64)));
    for (field, value) in [
        ("channelInstanceId", json!("a")),
        ("displayName", json!("Loja do Zé")),
        ("phone", json!("5521•••••6227")),
        ("status", json!("connecting")),
        ("pairingCode", Value::Null),
        ("linkExpiresAt", made.data("expiresAt").clone()),
    ] {
        assert_eq!(data[field], value, "{field}");
    }
    assert!(data["qrCodeExpiresAt"].is_string() && data["message"].is_string(), "{data}");
    assert!(data.get("instanceId").is_none(), "no more than the page needs");
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    let stored = shop.sql("SELECT hex(hash), id FROM connect_links").concat();
    assert!(!stored.iter().any(|text| token.contains(text.as_str())), "the token is not stored");
}

#[test]
fn a_links_address_is_the_one_that_people_use() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let made = |public_url: Option<&str>, proxy: bool, lines: &[(&str, &str)]| {
        let mut settings = Settings::new("127.0.0.1:0");
        settings.public_url = public_url.map(str::to_owned);
        if proxy {
            settings.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")];
        }
        let connect_service = Arc::new(ConnectService::new(Arc::clone(&shop.store), Duration::from_secs(5)));
        let monitor = Arc::clone(&shop.monitor);
        let server =
            Server::start(settings, Arc::clone(&shop.store), connect_service, monitor).expect("a server");
        let mut client = Client::to(server.addr());
        client.headers.push(("Authorization", format!("Bearer {}", shop.token)));
        let answer = client.call_with("POST", &format!("{ROUTE}/a/link"), &Value::Null, lines);
        let url = answer.data("url").as_str().unwrap_or(answer.code());
        url.split("/c#").next().unwrap_or_default().to_owned()
    };
    let forwarded = ("X-Forwarded-Proto", "https");
    let host = ("Host", "zap.loja:8443");
    assert_eq!(made(Some("https://zap.loja/x"), false, &[host]), "https://zap.loja/x");
    assert_eq!(made(None, false, &[host]), "http://zap.loja:8443");
    assert_eq!(made(None, true, &[host, forwarded]), "https://zap.loja:8443");
    assert_eq!(made(None, false, &[host, forwarded]), "http://zap.loja:8443", "nobody is believed unasked");
    for odd in ["a b", "a/b", "a\"b", "u@a", "a?b"] {
        assert_eq!(made(None, false, &[("Host", odd)]), "bad_request", "{odd}");
    }
}

#[test]
fn a_link_lives_as_long_as_was_asked_for() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let path = format!("{ROUTE}/a/link");
    for (body, minutes) in
        [(Value::Null, 30), (json!({}), 30), (json!({"minutes": 1}), 1), (json!({"minutes": 1440}), 1440)]
    {
        let made = Client::bearer(&shop, &shop.token).post(&path, &body);
        let id = made.data("id").as_str().expect("an id");
        let life = format!("SELECT (expiresAt - createdAt) / 60000 FROM connect_links WHERE id = '{id}'");
        assert_eq!(shop.sql(&life), [[minutes.to_string()]], "{body}");
    }
    for minutes in [json!(0), json!(1441), json!(-1), json!(1.5), json!("30")] {
        let refused = Client::bearer(&shop, &shop.token).post(&path, &json!({ "minutes": minutes }));
        assert_eq!((refused.status, &refused.body["field"]), (400, &json!("minutes")), "{minutes}");
    }
    let (status, ..) = Client::bearer(&shop, &shop.token).send("POST", &path, "{", &[]);
    assert_eq!(status, 400);
    let token = link(&shop, "a");
    assert_eq!(connect(&shop, &token, &Value::Null).status, 200);
    shop.sql("UPDATE connect_links SET expiresAt = createdAt - 1");
    expired(&connect(&shop, &token, &Value::Null));
    assert_eq!(shop.call("GET", &path).body["data"], json!([]));
}

#[test]
fn links_are_listed_revoked_and_not_too_many() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    shop.written("b", "5521991856227", "loja");
    let path = format!("{ROUTE}/a/link");
    let (oldest, beside) = (link(&shop, "a"), link(&shop, "b"));
    let second = link(&shop, "a");
    for _ in 0..19 {
        link(&shop, "a");
    }
    let listed = shop.call("GET", &path);
    assert_eq!(listed.body["data"].as_array().map(Vec::len), Some(20));
    assert!(listed.body["data"][0]["id"].is_string() && listed.body["data"][0]["expiresAt"].is_string());
    assert!(!listed.body.to_string().contains("pareia_link_"), "no token is shown twice");
    expired(&connect(&shop, &oldest, &Value::Null));
    assert_eq!(connect(&shop, &second, &Value::Null).status, 200);
    // The newest is the first of the list.
    let newest = link(&shop, "a");
    let one = format!("{path}?id={}", shop.call("GET", &path).body["data"][0]["id"].as_str().expect("an id"));
    assert_eq!(shop.call("DELETE", &one.replace("/a/", "/b/")).status, 404, "it is another instance's");
    assert_eq!(shop.call("DELETE", &one).data("revoked"), 1);
    assert_eq!(shop.call("DELETE", &one).status, 404);
    expired(&connect(&shop, &newest, &Value::Null));
    assert_eq!(shop.call("DELETE", &path).data("revoked"), 19);
    assert_eq!(shop.call("DELETE", &path).data("revoked"), 0);
    expired(&connect(&shop, &second, &Value::Null));
    assert_eq!(connect(&shop, &beside, &Value::Null).status, 200, "another instance's is another's");
}

#[test]
fn a_link_opens_its_instance_and_nothing_else() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let token = link(&shop, "a");
    for (method, path) in [
        ("GET", ROUTE.to_owned()),
        ("POST", ROUTE.to_owned()),
        ("GET", format!("{ROUTE}/a")),
        ("DELETE", format!("{ROUTE}/a")),
        ("GET", format!("{ROUTE}/a/qr.png")),
        ("POST", format!("{ROUTE}/a/link")),
    ] {
        let refused = shop.call_as(&token, method, &path);
        assert_eq!((refused.status, refused.code()), (401, "unauthorized"), "{method} {path}");
    }
    expired(&connect(&shop, &shop.token, &Value::Null));
    let body = json!({ "channelInstanceId": "b", "pairingCode": false });
    assert_eq!(connect(&shop, &token, &body).data("channelInstanceId"), "a", "whatever is asked for");
    for body in [json!({"pairingCode": "yes"}), json!({"restart": 1})] {
        assert_eq!(connect(&shop, &token, &body).code(), "invalid_field");
    }
    assert_eq!(Client::bearer(&shop, &token).get(CONNECT).status, 405);
    assert_eq!(Client::new(&shop).post(CONNECT, &Value::Null).status, 401);
}

#[test]
fn guessing_is_slowed_down_and_a_good_link_passes_all_the_same() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let token = link(&shop, "a");
    for n in 0..10 {
        expired(&connect(&shop, &format!("pareia_link_guess{n}"), &Value::Null));
    }
    let limited = connect(&shop, "pareia_link_guess", &Value::Null);
    assert_eq!((limited.status, limited.code()), (429, "rate_limited"));
    assert!(limited.header("retry-after").is_some());
    assert_eq!(connect(&shop, &token, &Value::Null).status, 200);
    shop.sql("UPDATE connect_links SET expiresAt = 1");
    for _ in 0..12 {
        expired(&connect(&shop, &token, &Value::Null));
    }
}

#[test]
fn a_link_that_was_used_says_connected_and_never_shows_a_code_again() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let (token, other) = (link(&shop, "a"), link(&shop, "a"));
    assert_eq!(connect(&shop, &token, &Value::Null).data("status"), "connecting");
    shop.scan("a");
    let done = connect(&shop, &token, &Value::Null);
    assert_eq!(
        (done.status, done.data("status"), done.data("qrCode")),
        (200, &json!("connected"), &Value::Null)
    );
    let refused = shop.call("POST", &format!("{ROUTE}/a/link"));
    assert_eq!((refused.status, refused.code()), (409, "already_connected"));
    assert!(shop.sim.control().unlink("a"));
    assert_eq!(shop.post("a").data("status"), "connecting", "somebody else asks for a code");
    let from = shop.calls();
    for token in [&token, &other] {
        for body in [Value::Null, json!({"restart": true}), json!({"pairingCode": true})] {
            let after = connect(&shop, token, &body);
            assert_eq!((after.status, after.data("status")), (200, &json!("connected")), "{}", after.body);
            assert!(after.data("qrCode").is_null() && after.data("pairingCode").is_null());
        }
    }
    assert_eq!(shop.calls(), from, "a used link asks upstream for nothing");
    assert_eq!(shop.call("GET", &format!("{ROUTE}/a/link")).body["data"], json!([]));
    shop.sql("UPDATE connect_links SET expiresAt = 1");
    expired(&connect(&shop, &token, &Value::Null));
}

#[test]
fn a_link_ends_with_its_instance_and_follows_it_to_another_owner() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.user("herdeira", false);
    shop.written("a", "5521991856227", "loja");
    let token = link(&shop, "a");
    shop.sql("UPDATE messaging_instances SET userId = (SELECT id FROM users WHERE name = 'herdeira')");
    let shown = connect(&shop, &token, &Value::Null);
    assert_eq!((shown.status, shown.data("status")), (200, &json!("connecting")), "{}", shown.body);
    let owner = "SELECT u.name FROM messaging_instances i JOIN users u ON u.id = i.userId";
    assert_eq!(shop.sql(owner), [["herdeira"]]);
    shop.sql("UPDATE messaging_instances SET userId = (SELECT id FROM users WHERE name = 'loja')");
    assert_eq!(shop.call("DELETE", &format!("{ROUTE}/a")).status, 200);
    expired(&connect(&shop, &token, &Value::Null));
    assert_eq!(shop.post("a").status, 200, "a new instance of that name");
    expired(&connect(&shop, &token, &Value::Null));
}

#[test]
fn a_poll_that_meets_a_deletion_does_not_bring_the_instance_back() {
    let shop = Shop::new(recorded(Version::V2_3_7));
    for _ in 0..3 {
        assert_eq!(shop.post("a").status, 200);
        let token = link(&shop, "a");
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let status = connect(&shop, &token, &Value::Null).status;
                        assert!([200, 410, 429].contains(&status), "{status}");
                    }
                });
            }
            scope.spawn(|| assert_eq!(shop.call("DELETE", &format!("{ROUTE}/a")).status, 200));
        });
        assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["0"]]);
        let sim = shop.sim.control();
        assert_eq!(sim.count("create", Some("a")), sim.count("delete", Some("a")));
    }
}

#[test]
fn many_who_hold_a_link_share_one_instance_and_one_socket() {
    let shop = Shop::new(recorded(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let token = link(&shop, "a");
    std::thread::scope(|scope| {
        let polls: Vec<_> = (0..12).map(|_| scope.spawn(|| connect(&shop, &token, &Value::Null))).collect();
        for poll in polls {
            let answer = poll.join().expect("answered");
            assert!(answer.qr().is_some(), "{}", answer.body);
        }
    });
    let sim = shop.sim.control();
    assert_eq!((sim.count("create", Some("a")), sim.sockets("a")), (1, 1));
    assert_eq!(sim.count("fetchInstances", Some("a")), 1, "one flight for all");
}

#[test]
fn a_pairing_code_is_had_by_opening_the_socket_anew() {
    for (version, sockets) in [(Version::V2_3_7, 2), (Version::V1_8_2, 2)] {
        let shop = Shop::new(recorded(version));
        shop.written("a", "5521991856227", "loja");
        let token = link(&shop, "a");
        assert!(connect(&shop, &token, &Value::Null).data("pairingCode").is_null());
        let without = connect(&shop, &token, &json!({"pairingCode": true}));
        assert!(without.data("pairingCode").is_null() && without.data("pairingCodeMessage").is_string());
        let opened = connect(&shop, &token, &json!({"pairingCode": true, "restart": true}));
        let pairing = opened.data("pairingCode").as_str().unwrap_or_else(|| panic!("{}", opened.body));
        let current = shop.sim.control().current_code("a").expect("a code");
        assert_eq!((Some(pairing), opened.qr()), (current.pairing.as_deref(), Some(&*current.base64)));
        // Asked again, as by an impatient finger: what is there stays.
        let second = connect(&shop, &token, &json!({"restart": true}));
        assert_eq!(second.data("pairingCode"), pairing, "{}", second.body);
        let sim = shop.sim.control();
        assert_eq!((sim.sockets("a"), sim.count("logout", Some("a"))), (sockets, 1), "{version:?}");
        shop.scan("a");
        let done = connect(&shop, &token, &json!({"restart": true}));
        assert_eq!(done.data("status"), "connected");
        assert_eq!((sim.count("logout", Some("a")), sim.harmed("a")), (1, 0));
    }
}

#[test]
fn a_phone_that_is_just_being_paired_is_not_logged_out() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        for delay in [0, 60, 130] {
            let shop = Shop::new(recorded(version));
            shop.written("a", "5521991856227", "loja");
            let token = link(&shop, "a");
            assert_eq!(connect(&shop, &token, &Value::Null).status, 200);
            assert!(shop.sim.control().scan("a", None));
            std::thread::sleep(Duration::from_millis(delay));
            let done = connect(&shop, &token, &json!({"restart": true}));
            // Between the scan and `open` there is a moment in which upstream only says `connecting`.
            let waits = done.data("status") == "connecting";
            assert!(waits || done.data("status") == "connected", "{version:?} {delay}: {}", done.body);
            until("connected", || connect(&shop, &token, &Value::Null).data("status") == "connected");
            let sim = shop.sim.control();
            let harm = (sim.count("logout", None), sim.sockets("a"), sim.harmed("a"));
            assert_eq!(harm, (0, 1, 0), "{version:?} {delay}");
        }
    }
}

#[test]
fn a_phone_whose_login_takes_its_time_is_not_logged_out() {
    let timing = Timing { scan_to_open: Duration::from_millis(3_500), ..Timing::instant() };
    let shop = Shop::new(Options { timing, ..instant(Version::V2_3_7) });
    shop.written("a", "5521991856227", "loja");
    let token = link(&shop, "a");
    assert_eq!(connect(&shop, &token, &Value::Null).status, 200);
    assert!(shop.sim.control().scan("a", None));
    let done = connect(&shop, &token, &json!({"restart": true}));
    assert_eq!(done.data("status"), "connected", "{}", done.body);
    assert_eq!(shop.sim.control().count("logout", None), 0);
}

#[test]
fn a_paired_phone_whose_socket_is_down_is_not_logged_out_by_a_link() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = Shop::new(recorded(version));
        shop.written("a", "5521991856227", "loja");
        let token = link(&shop, "a");
        assert_eq!(connect(&shop, &token, &Value::Null).status, 200);
        // Nobody has told the database yet that the phone is connected.
        shop.scan("a");
        assert!(shop.sim.control().drop_socket("a", Some(Duration::from_millis(700))));
        let done = connect(&shop, &token, &json!({"restart": true}));
        assert_eq!(shop.sim.control().count("logout", None), 0, "{version:?}: {}", done.body);
        shop.until_state("a", "open");
    }
}

#[test]
fn restarts_and_calls_by_one_link_are_bounded() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let token = link(&shop, "a");
    let until_refused = |most: usize, call: &dyn Fn() -> Answer| {
        let refused = (0..=most).map(|_| call()).find(|answer| answer.status == 429);
        let refused = refused.unwrap_or_else(|| panic!("never refused in {most}"));
        assert_eq!(refused.code(), "rate_limited");
        assert_eq!(refused.body["error"], "Pedidos demais em pouco tempo", "it is no login");
        assert!(refused.header("retry-after").is_some());
    };
    until_refused(20, &|| connect(&shop, &token, &json!({"restart": true})));
    // Its owner has some left, and an end as well.
    assert_ne!(shop.call("POST", &format!("{ROUTE}/a/restart")).status, 429);
    until_refused(20, &|| shop.call("POST", &format!("{ROUTE}/a/restart")));
    until_refused(200, &|| connect(&shop, &token, &Value::Null));
}

#[test]
fn a_link_tells_who_scanned_that_another_number_was_expected() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        for (jid, linked, matches) in [
            ("552191856227@s.whatsapp.net", json!("••••••••6227"), json!(true)),
            ("5511987654321@s.whatsapp.net", json!("•••••••••4321"), json!(false)),
            ("123456789012345@lid", Value::Null, Value::Null),
        ] {
            let shop = Shop::new(instant(version));
            shop.written("a", "5521991856227", "loja");
            let token = link(&shop, "a");
            let waiting = connect(&shop, &token, &Value::Null);
            assert_eq!((waiting.data("linkedNumber"), waiting.data("warning")), (&Value::Null, &Value::Null));
            assert!(shop.sim.control().scan("a", Some(jid)));
            shop.until_state("a", "open");
            // At the scan, and for as long as the link is there.
            for _ in 0..2 {
                let used = connect(&shop, &token, &Value::Null);
                assert_eq!(used.data("status"), "connected");
                assert_eq!(
                    (used.data("linkedNumber"), used.data("numberMatches")),
                    (&linked, &matches),
                    "{jid}"
                );
                let warning = used.data("warning");
                assert_eq!(warning.is_object(), matches == json!(false), "{warning}");
                assert!(!used.body.to_string().contains("98765"), "{}", used.body);
                if warning.is_object() {
                    assert_eq!(warning["code"], "other_number");
                    assert!(
                        warning["message"].as_str().is_some_and(|text| text.contains("••4321")),
                        "{warning}"
                    );
                }
            }
            shop.set("UPDATE messaging_instances SET status = 'disconnected'");
            let later = connect(&shop, &token, &Value::Null);
            assert_eq!((later.data("linkedNumber"), later.data("warning")), (&Value::Null, &Value::Null));
        }
    }
}
