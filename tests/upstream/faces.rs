//! Who answers in Evolution's place, and what people are told of it: over HTTP, by the `POST` and by the test
//! of a credential.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pareia::sim::{Sim, Version};
use serde_json::Value;

use super::stand_in::{StandIn, answer};
use crate::harness::{Answer, Shop, instant};

/// A shop whose only credential leads to that address.
fn shop_at(url: &str) -> Shop {
    let sim = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
    let shop = Shop::bare(sim, Duration::from_secs(20));
    shop.credential("cred_a", url);
    shop
}

/// The `POST` and the credential's test say the same code, and the next step names what it must.
#[track_caller]
pub fn is_told(url: &str, status: u16, code: &str, words: &[&str]) {
    let shop = shop_at(url);
    let chief = shop.user("chefe", true);
    let tested = shop.call_as(&chief, "POST", "/api/admin/credentials/cred_a/test");
    let called = shop.post("x");
    let text = |answer: &Answer| format!("{} {}", answer.body["error"], answer.body["detail"]);
    for answer in [&tested, &called] {
        assert_eq!((answer.status, answer.code()), (status, code), "{url}: {:?}", answer.body);
        assert!(answer.body["detail"].as_str().is_some_and(|detail| detail.ends_with('.')));
        for words in words {
            assert!(text(answer).contains(words), "{words} is not in {}", text(answer));
        }
    }
}

const CLOUDFLARE: &[(&str, &str)] = &[("Server", "cloudflare"), ("Content-Type", "text/html")];
const CHALLENGE: &[(&str, &str)] = &[("Server", "cloudflare"), ("cf-mitigated", "challenge")];
const NGINX: &[(&str, &str)] = &[("Server", "nginx"), ("Content-Type", "text/html")];
const BASIC: &[(&str, &str)] = &[("WWW-Authenticate", "Basic realm=\"traefik\"")];
const TO_HTTPS: &[(&str, &str)] = &[("Location", "https://evo.example/verify-creds")];
const TO_LOGIN: &[(&str, &str)] = &[("Location", "https://auth.example:8443/login?next=secret")];
const TO_NOWHERE: &[(&str, &str)] = &[("Location", "javascript:alert('x')")];
const HTML: &[(&str, &str)] = &[("Content-Type", "text/html")];
const TEXT: &[(&str, &str)] = &[("Content-Type", "text/plain; charset=utf-8")];

#[test]
fn each_face_in_front_of_evolution_has_its_code_and_its_name() {
    let login = "<!doctype html><form><input type=\"password\"></form>";
    let unreachable = "evolution_unreachable";
    let proxy = "evolution_proxy";
    for (answered, headers, body, status, code, words) in [
        (520, CLOUDFLARE, "<title>evo.example | 520</title>", 502, proxy, &["Cloudflare", "520"][..]),
        (521, CLOUDFLARE, "<title>evo.example | 521</title>", 502, proxy, &["Cloudflare", "521", "firewall"]),
        (
            522,
            CLOUDFLARE,
            "<title>evo.example | 522</title>",
            502,
            proxy,
            &["Cloudflare", "522", "não alcança"],
        ),
        (524, CLOUDFLARE, "<title>evo.example | 524</title>", 502, proxy, &["Cloudflare", "524", "a tempo"]),
        (
            526,
            CLOUDFLARE,
            "<title>evo.example | 526</title>",
            502,
            proxy,
            &["Cloudflare", "526", "certificado"],
        ),
        (
            403,
            CHALLENGE,
            "<html><title>Just a moment...</title></html>",
            502,
            proxy,
            &["verificação de navegador"],
        ),
        (404, TEXT, "404 page not found\n", 502, proxy, &["Traefik", "404"]),
        (503, TEXT, "no available server\n", 502, proxy, &["Traefik", "503"]),
        (502, NGINX, "<html><title>502 Bad Gateway</title></html>", 502, unreachable, &["O nginx", "502"]),
        (
            504,
            NGINX,
            "<html><title>504 Gateway Time-out</title></html>",
            504,
            "evolution_timeout",
            &["O nginx", "504"],
        ),
        (502, HTML, "Service is not reachable", 502, proxy, &["EasyPanel", "502"]),
        (502, TEXT, "Bad Gateway", 502, unreachable, &["Um proxy", "502"]),
        (401, BASIC, "401 Unauthorized\n", 502, proxy, &["usuário e senha", "401"]),
        (301, TO_HTTPS, "", 502, proxy, &["https://evo.example ", "301"]),
        (308, TO_HTTPS, "Permanent Redirect", 502, proxy, &["use https://evo.example no endereço", "308"]),
        (302, TO_LOGIN, "", 502, proxy, &["https://auth.example:8443 ", "302"]),
        (302, TO_NOWHERE, "", 502, proxy, &["redireciona para outro", "302"]),
        (200, HTML, "<!doctype html><div id=root></div>", 502, proxy, &["página da web", "200"]),
        (200, HTML, login, 502, proxy, &["página de login", "200"]),
        (404, TEXT, r#"{"message":"Not Found"}"#, 502, proxy, &["não é a Evolution API", "404"]),
        (
            401,
            TEXT,
            r#"{"status":401,"response":{"message":"Unauthorized"}}"#,
            502,
            "evolution_rejected_key",
            &["AUTHENTICATION_API_KEY"],
        ),
    ] {
        let face = StandIn::answering(move |_| answer(answered, headers, body));
        is_told(&face.url(), status, code, words);
    }
}

#[test]
fn what_is_repeated_of_a_redirect_is_its_scheme_and_host() {
    let face = StandIn::answering(|_| answer(302, TO_LOGIN, ""));
    let told = shop_at(&face.url()).post("x").body.to_string();
    assert!(!told.contains("next=") && !told.contains("/login"), "{told}");
}

#[test]
fn each_way_not_to_connect_has_its_sentence() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    for (url, words) in
        [(format!("http://{closed}"), "recusada"), ("http://nowhere.invalid:8080".to_owned(), "DNS")]
    {
        is_told(&url, 502, "evolution_unreachable", &[words]);
    }
}

#[test]
fn a_pareia_in_evolutions_place_is_not_evolution() {
    let other = shop_at("http://127.0.0.1:1");
    is_told(&other.url(""), 502, "evolution_proxy", &["não é a Evolution API"]);
}

/// What an Evolution answers to the calls that begin a `POST`, whose `create` fails.
const LICENCE: &str = r#"{"error":"service not activated","code":"LICENSE_REQUIRED"}"#;

#[test]
fn whoever_is_turned_away_waits_as_told_and_calls_again() {
    let face = {
        let turned_away = Arc::new(AtomicUsize::new(0));
        StandIn::answering(move |_| match turned_away.fetch_add(1, Ordering::SeqCst) {
            0 => answer(429, &[("Retry-After", "1")], "Too Many Requests"),
            _ => answer(503, &[], LICENCE),
        })
    };
    let called = shop_at(&face.url()).post("x");
    assert_eq!(called.code(), "evolution_license_required", "the second answer counts: {:?}", called.body);
    let arrivals = face.arrivals();
    assert_eq!(arrivals.len(), 2, "{arrivals:?}");
    assert!(arrivals[1].0 - arrivals[0].0 >= Duration::from_secs(1), "{arrivals:?}");
}

#[test]
fn a_wait_beyond_the_deadline_is_said_at_once() {
    let face = StandIn::answering(|_| answer(429, &[("Retry-After", "3600")], "Too Many Requests"));
    is_told(&face.url(), 502, "evolution_proxy", &["429", "3600 s"]);
    let asked: Vec<_> = face.arrivals().into_iter().map(|(_, line)| line).collect();
    assert_eq!(asked.len(), 2, "once by the test and once by the call: {asked:?}");
    assert!(shop_at(&face.url()).post("x").body["data"] == Value::Null);
}

const CREATED: &str = r#"{"instance":{"instanceName":"x","instanceId":"i","status":"close"},"hash":"h"}"#;
const CLOSE: &str = r#"{"instance":{"instanceName":"x","state":"close"}}"#;
const MISSING: &str = r#"{"status":404,"error":"Not Found","response":{"message":["no"]}}"#;

/// A row that has the instance `i` as its own.
const SETTLED: &str =
    "INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, credentialId,
         status, claimedUrl, upstreamId, createdAt, updatedAt)
     SELECT 'c', 'whatsapp_evolution', 'x', '5521991856227', u.id, c.id, 'disconnected', c.baseUrl, 'i', 1, 1
     FROM users u, integration_credentials c";

/// The paths that were asked for, in order.
fn asked(face: &StandIn) -> Vec<String> {
    let path = |line: &str| line.split([' ', '?']).nth(1).unwrap_or_default().to_owned();
    face.arrivals().iter().map(|(_, line)| path(line)).collect()
}

#[test]
fn a_command_that_is_turned_away_waits_as_told_and_is_sent_after_another_look() {
    let [creates, connects] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let face = StandIn::answering(move |line| {
        let is_first = |count: &AtomicUsize| count.fetch_add(1, Ordering::SeqCst) == 0;
        let is_created = creates.load(Ordering::SeqCst) > 1;
        let turned_away = answer(429, &[("Retry-After", "1")], "Too Many Requests");
        match line.split('/').nth(2).unwrap_or_default().split(' ').next().unwrap_or_default() {
            "create" if is_first(&creates) => turned_away,
            "create" => answer(201, &[], CREATED),
            "connect" if is_first(&connects) => turned_away,
            "connect" => answer(200, &[], r#"{"pairingCode":null,"code":"2@x","count":1}"#),
            "connectionState" if is_created => answer(200, &[], CLOSE),
            _ => answer(404, &[], MISSING),
        }
    });
    let shop = shop_at(&face.url());
    let called = shop.post("x");
    assert!(called.qr().is_some(), "{}", called.body);
    let asked = asked(&face);
    for (command, times) in [("/instance/create", 2), ("/instance/connect/x", 2)] {
        let at: Vec<_> = (0..asked.len()).filter(|at| asked[*at] == command).collect();
        assert_eq!(at.len(), times, "{asked:?}");
        assert!(asked[at[0] + 1..at[1]].iter().any(|path| path.contains("connectionState")), "{asked:?}");
        let arrivals = face.arrivals();
        assert!(arrivals[at[1]].0 - arrivals[at[0]].0 >= Duration::from_secs(1), "{arrivals:?}");
    }
}

#[test]
fn a_command_that_would_have_to_wait_too_long_leaves_nothing_to_wait_for() {
    let face = StandIn::answering(|line| match line {
        line if line.contains("create") => answer(429, &[("Retry-After", "3600")], "Too Many Requests"),
        _ => answer(404, &[], MISSING),
    });
    let shop = shop_at(&face.url());
    let called = shop.post("x");
    assert_eq!((called.status, called.code()), (502, "evolution_proxy"), "{}", called.body);
    let out = "SELECT createOutUntil, connectOutUntil FROM messaging_instances";
    assert_eq!(shop.sql(out), [["NULL", "NULL"]]);
    let face = StandIn::answering(|line| match line {
        line if line.contains("restart") => answer(429, &[("Retry-After", "3600")], "Too Many Requests"),
        line if line.contains("connectionState") => {
            answer(200, &[], r#"{"instance":{"instanceName":"x","state":"open"}}"#)
        }
        _ => answer(200, &[], r#"[{"id":"i","name":"x","connectionStatus":"open"}]"#),
    });
    let shop = shop_at(&face.url());
    shop.set(SETTLED);
    let restarted = shop.call("POST", "/api/messaging/instance/x/restart");
    assert_eq!((restarted.status, restarted.code()), (502, "evolution_proxy"), "{}", restarted.body);
    assert_eq!(shop.sql(out), [["NULL", "NULL"]]);
}

#[test]
fn a_delete_that_is_turned_away_does_not_meet_another_instance_of_the_name_later() {
    let deletes = Arc::new(AtomicUsize::new(0));
    let face = StandIn::answering(move |line| {
        let count = |line: &str| line.starts_with("DELETE").then(|| deletes.fetch_add(1, Ordering::SeqCst));
        match (count(line), deletes.load(Ordering::SeqCst)) {
            (Some(0), _) => answer(429, &[("Retry-After", "1")], "Too Many Requests"),
            (None, _) if line.contains("connectionState") => answer(200, &[], CLOSE),
            (None, 0) => answer(200, &[], r#"[{"id":"i","name":"x","connectionStatus":"close"}]"#),
            _ => answer(200, &[], r#"[{"id":"j","name":"x","connectionStatus":"close"}]"#),
        }
    });
    let shop = shop_at(&face.url());
    shop.set(SETTLED);
    let refused = shop.call("DELETE", "/api/messaging/instance/x");
    assert_ne!(refused.status, 200, "{}", refused.body);
    let deletes = face.arrivals().iter().filter(|(_, line)| line.starts_with("DELETE")).count();
    assert_eq!(deletes, 1, "{:?}", face.arrivals());
}
