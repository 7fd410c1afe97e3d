//! What administrators do over the API, against the simulated upstream; and that nobody else does.

use std::net::TcpListener;
use std::time::Duration;

use pareia::sim::{Fault, Options, Sim, Version};
use serde_json::{Value, json};

use super::check;
use crate::harness::{Answer, Client, KEY, PHONE, Shop, ask, instant, until, upstream_create};

const PASSWORD: &str = "uma senha que ninguém sabe";
const CREDENTIALS: &str = "/api/admin/credentials";
const USERS: &str = "/api/admin/users";
const TOKENS: &str = "/api/admin/tokens";

/// A shop without a credential, and its administrator's browser.
fn staffed(upstream: Options) -> (Shop, Client) {
    let sim = Sim::start(upstream).expect("a simulation");
    let shop = Shop::bare(sim, Duration::from_secs(5));
    shop.person("chefe", true, PASSWORD);
    let chief = Client::logged_in(&shop, "chefe", PASSWORD);
    (shop, chief)
}

#[track_caller]
fn refused_field(answer: &Answer, field: &str) {
    check(answer, 400, "invalid_field");
    assert_eq!(answer.body["field"], field, "{:?}", answer.body);
}

#[test]
fn only_administrators_get_in() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    shop.person("ana", false, PASSWORD);
    let mut clients = [
        Client::logged_in(&shop, "ana", PASSWORD),
        Client::bearer(&shop, &shop.token),
        Client::browser(&shop),
    ];
    for (method, path) in [
        ("GET", "/api/admin/overview"),
        ("GET", CREDENTIALS),
        ("POST", CREDENTIALS),
        ("DELETE", "/api/admin/credentials/x"),
        ("POST", "/api/admin/credentials/x/test"),
        ("POST", "/api/admin/credentials/x/rotate"),
        ("POST", "/api/admin/credentials/x/enable"),
        ("POST", "/api/admin/credentials/x/disable"),
        ("GET", USERS),
        ("POST", USERS),
        ("DELETE", "/api/admin/users/x"),
        ("POST", "/api/admin/users/x/password"),
        ("GET", TOKENS),
        ("POST", TOKENS),
        ("DELETE", "/api/admin/tokens/x"),
    ] {
        for (client, (status, code)) in
            clients.iter_mut().zip([(403, "forbidden"), (403, "forbidden"), (401, "unauthorized")])
        {
            check(&client.call(method, path, &json!({})), status, code);
        }
        let answer = chief.call(method, path, &json!({}));
        assert!(![401, 403, 405].contains(&answer.status), "{method} {path}: {:?}", answer.body);
        if method == "GET" {
            let token = shop.user(&format!("robo{}", path.len()), true);
            assert_eq!(Client::bearer(&shop, &token).get(path).status, 200, "{path}");
            assert_eq!(chief.send("HEAD", path, "", &[]).0, 200, "{path}");
        }
    }
}

#[test]
fn a_credential_lives_from_its_test_to_its_end() {
    for (version, number) in [(Version::V2_3_7, "2.3.7"), (Version::V1_8_2, "1.8.2")] {
        let (shop, mut chief) = staffed(instant(version));
        let url = shop.sim.url();
        let body = json!({"baseUrl": format!("{url}/"), "apiToken": format!(" {KEY}\n"), "id": "lab", "name": "Loja 1"});
        let made = chief.post(CREDENTIALS, &body);
        check(&made, 200, "");
        let data = &made.body["data"];
        assert_eq!(
            (&data["id"], &data["name"], &data["baseUrl"]),
            (&"lab".into(), &"Loja 1".into(), &url.clone().into())
        );
        assert_eq!((&data["type"], &data["active"]), (&"whatsapp_evolution".into(), &true.into()));
        assert_eq!((&data["version"], &data["trouble"]), (&number.into(), &Value::Null));
        assert!(data["latencyMs"].is_u64() && data["instances"] == 0 && data["publicDefaultKey"] == false);
        let fingerprint = data["fingerprint"].as_str().expect("a fingerprint").to_owned();
        assert!(
            fingerprint.len() == 8 && fingerprint.bytes().all(|b| b.is_ascii_hexdigit()),
            "{fingerprint}"
        );
        let body = json!({"baseUrl": url, "apiToken": KEY, "id": "lab"});
        let taken = chief.post(CREDENTIALS, &body);
        check(&taken, 409, "name_taken");
        assert_eq!(taken.body["field"], "id");
        let test = chief.call("POST", "/api/admin/credentials/lab/test", &Value::Null);
        check(&test, 200, "");
        assert_eq!(test.data("version"), number);
        assert!(test.data("latencyMs").is_u64() && test.data("apiToken").is_null());

        assert_eq!(shop.post("minha-loja").status, 200);
        let off = chief.post("/api/admin/credentials/lab/disable", &Value::Null);
        assert_eq!((off.data("active"), off.data("instances")), (&false.into(), &1.into()));
        assert_eq!(shop.post("outra").code(), "no_active_credential");
        let on = chief.post("/api/admin/credentials/lab/enable", &Value::Null);
        assert_eq!(on.data("active"), true);
        let in_use = chief.delete("/api/admin/credentials/lab");
        check(&in_use, 409, "in_use");
        assert!(
            in_use.body["error"].as_str().is_some_and(|e| e.contains("1 instância usa")),
            "{:?}",
            in_use.body
        );
        assert_eq!(chief.delete("/api/admin/credentials/lab?force=false").status, 409);
        for unclear in ["1", "sim", "TRUE"] {
            refused_field(&chief.delete(&format!("/api/admin/credentials/lab?force={unclear}")), "force");
        }
        check(&chief.delete("/api/admin/credentials/lab?force=true"), 200, "");
        check(&chief.delete("/api/admin/credentials/lab?force=true"), 404, "not_found");
        assert_eq!(chief.get(CREDENTIALS).body["data"], json!([]));
    }
}

#[test]
fn a_key_is_changed_for_one_that_opens_the_server() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    shop.credential("cred_a", &shop.sim.url());
    shop.set("UPDATE integration_credentials SET name = 'Loja 1'");
    let rotate = "/api/admin/credentials/cred_a/rotate";
    let before = chief.get(CREDENTIALS).body["data"][0]["fingerprint"].clone();
    check(&chief.post(rotate, &json!({"apiToken": "errada"})), 502, "evolution_rejected_key");
    assert_eq!(chief.get(CREDENTIALS).body["data"][0]["fingerprint"], before);
    refused_field(&chief.post(rotate, &json!({"apiToken": ""})), "apiToken");
    refused_field(&chief.post(rotate, &json!({})), "apiToken");
    shop.set("INSERT INTO credential_health VALUES ('cred_a', 'evolution_rejected_key', 1000)");
    let forced = chief.post(rotate, &json!({"apiToken": "errada", "force": true}));
    check(&forced, 200, "");
    assert_eq!((forced.data("version"), forced.data("latencyMs")), (&Value::Null, &Value::Null));
    assert_eq!(forced.data("trouble"), &Value::Null, "what was known was known of another key");
    assert_ne!(forced.data("fingerprint"), &before);
    check(&chief.post("/api/admin/credentials/cred_a/test", &Value::Null), 502, "evolution_rejected_key");
    let back = chief.post(rotate, &json!({"apiToken": KEY}));
    assert_eq!((back.data("fingerprint"), back.data("version")), (&before, &"2.3.7".into()));
    let public = chief.post(rotate, &json!({"apiToken": "429683C4C977415CAAFCCE10F7D57E11", "force": true}));
    assert_eq!(public.data("publicDefaultKey"), true);
    check(&chief.post("/api/admin/credentials/cred_b/rotate", &json!({"apiToken": KEY})), 404, "not_found");
}

#[test]
fn what_fails_its_test_is_named_and_not_stored() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    let url = shop.sim.url();
    upstream_create(
        &url,
        &json!({"instanceName": "x", "integration": "WHATSAPP-BAILEYS", "token": "its-own-token", "number": PHONE}),
    );
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let dead = format!("http://{closed}");
    let control = shop.sim.control();
    let mut fails = |base_url: &str, key: &str, status: u16, code: &str| {
        let answer = chief.post(CREDENTIALS, &json!({"baseUrl": base_url, "apiToken": key}));
        check(&answer, status, code);
        let says = |member: &str| answer.body[member].as_str().is_some_and(|text| text.len() > 10);
        assert!(says("error") && says("detail"), "{:?}", answer.body);
        assert!(!answer.body.to_string().contains(key), "{:?}", answer.body);
    };
    fails(&url, "another-key-entirely", 502, "evolution_rejected_key");
    fails(&url, "its-own-token", 400, "instance_token");
    fails(&dead, KEY, 502, "evolution_unreachable");
    control.licence(true);
    fails(&url, KEY, 502, "evolution_license_required");
    control.licence(false);
    control.fault(Fault::Garbage, None);
    fails(&url, KEY, 502, "evolution_error");
    control.fault(Fault::Html, None);
    fails(&url, KEY, 502, "evolution_unreachable");
    control.fault(Fault::Http500, None);
    fails(&url, KEY, 502, "evolution_error");
    control.fault(Fault::Redirect, None);
    fails(&url, KEY, 502, "evolution_proxy");
    control.fault(Fault::None, None);
    assert_eq!(shop.sql("SELECT count(*) FROM integration_credentials"), [["0"]]);
    let mut chief = Client::logged_in(&shop, "chefe", PASSWORD);
    let forced = chief.post(CREDENTIALS, &json!({"baseUrl": dead, "apiToken": KEY, "force": true}));
    check(&forced, 200, "");
    assert_eq!(forced.data("version"), &Value::Null);
    assert!(forced.data("id").as_str().is_some_and(|id| id.starts_with("cred_")));
}

#[test]
fn what_is_no_address_no_key_and_no_name_is_refused_before_anything_is_called() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    let good = json!({"baseUrl": shop.sim.url(), "apiToken": KEY});
    let long = "k".repeat(4097);
    for (field, value) in [
        ("baseUrl", json!("http//localhost:8080")),
        ("baseUrl", json!("file:///etc/passwd")),
        ("baseUrl", json!("http://user:pw@host")),
        ("baseUrl", json!("http://169.254.169.254/latest")),
        ("baseUrl", json!("http://host/?a=1")),
        ("baseUrl", Value::Null),
        ("apiToken", json!("a\nb: c")),
        ("apiToken", json!("chão")),
        ("apiToken", json!(long)),
        ("apiToken", json!(1)),
        ("id", json!("a/b")),
        ("id", json!("")),
        ("name", json!("a\nb")),
        ("name", json!("x".repeat(65))),
        ("force", json!("sim")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answer = chief.post(CREDENTIALS, &body);
        refused_field(&answer, field);
        let sentence = answer.body["error"].as_str().expect("a sentence");
        assert!(sentence.starts_with(field) && !sentence.contains("a\nb: c"), "{sentence}");
    }
    check(&chief.post(CREDENTIALS, &json!([])), 400, "invalid_json");
    assert_eq!(shop.calls(), 0);
}

#[test]
fn an_address_and_a_key_are_read_as_they_are_pasted_and_the_answer_says_so() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    let (url, host) = (shop.sim.url(), shop.sim.url().replace("http://", ""));
    let (used, key_only) =
        (("address_amended", format!("usei {url} como")), ("key_unwrapped", "usei só a chave".to_owned()));
    for (at, (base_url, key, notes)) in [
        (url.clone(), KEY.to_owned(), vec![]),
        (format!("\u{feff}{url}/\r\n"), format!("{KEY}\r\n"), vec![]),
        (format!("{url}/manager"), KEY.to_owned(), vec![&used]),
        (host.clone(), KEY.to_owned(), vec![&used]),
        (format!("{host}/instance/create"), format!("\"{KEY}\""), vec![&used, &key_only]),
        (format!("\"{url}\""), format!("AUTHENTICATION_API_KEY={KEY}"), vec![&key_only]),
        (url.clone(), format!("apikey: {KEY}"), vec![&key_only]),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = chief.post(CREDENTIALS, &json!({"baseUrl": base_url, "apiToken": key}));
        check(&answer, 200, "");
        assert_eq!(answer.data("baseUrl"), &json!(url), "{base_url}");
        let said = answer.data("notes").as_array().expect("notes");
        let (same, said): (Vec<_>, Vec<_>) = said.iter().partition(|note| note["code"] == "same_address");
        assert_eq!(same.len(), usize::from(at > 0), "a credential for that address is there: {same:?}");
        assert_eq!(said.len(), notes.len(), "{said:?}");
        for (said, (code, words)) in said.iter().zip(notes) {
            assert_eq!(said["code"], *code);
            assert!(said["message"].as_str().is_some_and(|said| said.contains(words)), "{said}");
        }
    }
    let id = chief.get(CREDENTIALS).body["data"][0]["id"].as_str().expect("an id").to_owned();
    let rotated = chief.post(&format!("{CREDENTIALS}/{id}/rotate"), &json!({"apiToken": format!("'{KEY}'")}));
    let noted: Vec<_> =
        rotated.data("notes").as_array().into_iter().flatten().map(|note| &note["code"]).collect();
    assert_eq!(noted, ["key_unwrapped"], "{:?}", rotated.body);
}

#[test]
fn tests_are_no_port_scanner() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    shop.credential("cred_a", &shop.sim.url());
    let mut tries = 0;
    let refused = loop {
        let answer = chief.post("/api/admin/credentials/cred_a/test", &Value::Null);
        if answer.status != 200 {
            break answer;
        }
        tries += 1;
        assert!(tries < 1000, "never refused");
    };
    assert!(tries >= 10, "{tries}");
    check(&refused, 429, "rate_limited");
    assert_eq!(refused.header("retry-after"), Some("1"));
}

#[test]
fn a_servers_trouble_is_told_in_words() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    shop.credential("cred_a", &shop.sim.url());
    let mut trouble = || chief.get(CREDENTIALS).body["data"][0]["trouble"].clone();
    assert_eq!(trouble(), Value::Null);
    for code in [
        "evolution_unreachable",
        "evolution_rejected_key",
        "evolution_license_required",
        "evolution_timeout",
        "evolution_error",
    ] {
        shop.set(&format!("INSERT OR REPLACE INTO credential_health VALUES ('cred_a', '{code}', 1000)"));
        let problem = trouble();
        assert_eq!((&problem["code"], &problem["since"]), (&code.into(), &"1970-01-01T00:00:01.000Z".into()));
        assert!(problem["error"].is_string() && problem["detail"].is_string(), "{problem}");
    }
    shop.set("UPDATE integration_credentials SET isActive = 0");
    assert_eq!(trouble(), Value::Null, "nobody asks a server that no call uses");
    shop.set("UPDATE integration_credentials SET isActive = 1; UPDATE credential_health SET trouble = NULL");
    assert_eq!(trouble(), Value::Null);
}

#[test]
fn users_are_added_listed_given_passwords_and_removed() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    shop.credential("cred_a", &shop.sim.url());
    let ana = chief.post(USERS, &json!({"name": "ana", "password": PASSWORD}));
    check(&ana, 200, "");
    assert_eq!(
        (ana.data("name"), ana.data("admin"), ana.data("hasPassword")),
        (&"ana".into(), &false.into(), &true.into())
    );
    assert!(ana.data("id").as_str().is_some_and(|id| id.starts_with('u')));
    let robo = chief.post(USERS, &json!({"name": "robo", "admin": true, "password": null}));
    assert_eq!((robo.data("admin"), robo.data("hasPassword")), (&true.into(), &false.into()));
    for taken in ["ana", "Ana", "ANA"] {
        check(&chief.post(USERS, &json!({"name": taken})), 409, "name_taken");
    }
    refused_field(&chief.post(USERS, &json!({"name": "a b"})), "name");
    refused_field(&chief.post(USERS, &json!({"name": "bia", "admin": 1})), "admin");
    for weak in [json!("1234567"), json!(1), json!("administrador")] {
        refused_field(&chief.post(USERS, &json!({"name": "administrador", "password": weak})), "password");
    }
    let names = |chief: &mut Client| -> Vec<String> {
        let listed = chief.get(USERS);
        let users = listed.body["data"].as_array().expect("a list");
        users.iter().map(|u| u["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&mut chief), ["ana", "chefe", "loja", "robo"]);

    let mut browser = Client::logged_in(&shop, "ana", PASSWORD);
    let password = format!("{USERS}/ana/password");
    refused_field(&chief.post(&password, &json!({"password": "ana"})), "password");
    check(&chief.post(&password, &json!({"password": "outra senha boa"})), 200, "");
    check(&browser.get("/api/session"), 401, "unauthorized");
    let mut browser = Client::logged_in(&shop, "ana", "outra senha boa");
    check(
        &chief.post(&format!("{USERS}/ninguem/password"), &json!({"password": PASSWORD})),
        404,
        "not_found",
    );

    assert_eq!(browser.post("/api/messaging/instance", &ask("da-ana")).status, 200);
    let owns = chief.delete(&format!("{USERS}/ana"));
    check(&owns, 409, "in_use");
    assert!(owns.body["error"].as_str().is_some_and(|e| e.contains("1 instância")), "{:?}", owns.body);
    refused_field(&chief.delete(&format!("{USERS}/ana?instancesTo=ana")), "instancesTo");
    refused_field(&chief.delete(&format!("{USERS}/ana?instancesTo=ninguem")), "instancesTo");
    check(&chief.delete(&format!("{USERS}/ana?instancesTo=loja")), 200, "");
    check(&browser.get("/api/session"), 401, "unauthorized");
    check(&chief.delete(&format!("{USERS}/ana")), 404, "not_found");
    let owner = "SELECT u.name FROM messaging_instances i JOIN users u ON u.id = i.userId";
    assert_eq!(shop.sql(owner), [["loja"]]);
}

#[test]
fn somebody_can_always_log_in_as_administrator() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    let remove = |who: &mut Client, name: &str| who.delete(&format!("{USERS}/{name}"));
    check(&remove(&mut chief, "chefe"), 409, "last_administrator");
    // A program's token can do no more; an administrator without a password does not count.
    let mut robo = Client::bearer(&shop, &shop.user("robo", true));
    check(&remove(&mut robo, "robo"), 409, "last_administrator");
    check(&remove(&mut robo, "chefe"), 409, "last_administrator");
    shop.person("vice", true, PASSWORD);
    check(&remove(&mut chief, "chefe"), 409, "last_administrator");
    check(&remove(&mut robo, "chefe"), 200, "");
    check(&chief.get("/api/session"), 401, "unauthorized");
    check(&remove(&mut robo, "vice"), 409, "last_administrator");
    let mut vice = Client::logged_in(&shop, "vice", PASSWORD);
    check(&remove(&mut vice, "robo"), 200, "");
}

#[test]
fn tokens_are_shown_once_and_end_at_once() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    let made = chief.post(TOKENS, &json!({"user": "loja", "name": "site", "expiresDays": 30}));
    check(&made, 200, "");
    let (id, token) =
        (made.data("id").as_str().expect("an id"), made.data("token").as_str().expect("a token"));
    let mut program = Client::bearer(&shop, token);
    // A use is noted a moment later, or the next time where another note was being written.
    until("its use is noted", || {
        assert_eq!(Client::bearer(&shop, token).get("/api/sessions").status, 200);
        shop.sql("SELECT count(lastUsedAt) FROM api_tokens WHERE name = 'site'") == [["1"]]
    });
    let listed = chief.get(TOKENS);
    assert!(!listed.body.to_string().contains(token));
    let lines = listed.body["data"].as_array().expect("a list");
    let line = lines.iter().find(|line| line["id"] == id).expect("the token");
    assert_eq!((&line["user"], &line["name"]), (&"loja".into(), &"site".into()));
    for at in ["createdAt", "expiresAt", "lastUsedAt"] {
        assert!(line[at].as_str().is_some_and(|at| at.ends_with('Z')), "{line}");
    }
    let other = lines.iter().find(|line| line["id"] != id).expect("the shop's own");
    assert_eq!(
        (&other["name"], &other["expiresAt"], &other["lastUsedAt"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let days = "SELECT (expiresAt - createdAt + 1000) / 86400000 FROM api_tokens WHERE name = 'site'";
    assert_eq!(shop.sql(days), [["30"]]);
    for (field, body) in [
        ("user", json!({"user": "ninguem"})),
        ("user", json!({})),
        ("name", json!({"user": "loja", "name": ""})),
        ("expiresDays", json!({"user": "loja", "expiresDays": 0})),
        ("expiresDays", json!({"user": "loja", "expiresDays": 3651})),
        ("expiresDays", json!({"user": "loja", "expiresDays": 1.5})),
    ] {
        refused_field(&chief.post(TOKENS, &body), field);
    }
    check(&chief.delete(&format!("{TOKENS}/{id}")), 200, "");
    check(&program.get("/api/sessions"), 401, "unauthorized");
    check(&chief.delete(&format!("{TOKENS}/{id}")), 404, "not_found");
}

#[test]
fn the_overview_counts_everything() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    shop.credential("cred_a", &shop.sim.url());
    for name in ["um", "dois"] {
        assert_eq!(shop.post(name).status, 200);
    }
    shop.scan("um");
    assert_eq!(shop.post("um").data("status"), "connected");
    let seen = chief.get("/api/admin/overview");
    check(&seen, 200, "");
    assert_eq!(seen.data("version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(
        seen.data("instances"),
        &json!({"pending": 0, "connecting": 1, "connected": 1, "disconnected": 0, "lost": 0, "error": 0})
    );
    assert_eq!((seen.data("users"), seen.data("tokens")), (&2.into(), &1.into()));
    assert_eq!(seen.data("url"), &shop.url(""));
    assert_eq!(seen.data("servers")[0]["instances"], 2);
    assert_eq!(seen.data("servers"), &chief.get(CREDENTIALS).body["data"]);
}

#[test]
fn no_answer_carries_a_secret() {
    let (shop, mut chief) = staffed(instant(Version::V2_3_7));
    let cookie = chief.cookie.clone().expect("logged in");
    let secret = "uma-chave-que-vaza-se-algo-der-errado";
    let mut said = Vec::new();
    for (method, path, body) in [
        ("POST", CREDENTIALS, json!({"baseUrl": shop.sim.url(), "apiToken": secret})),
        (
            "POST",
            CREDENTIALS,
            json!({"baseUrl": shop.sim.url(), "apiToken": secret, "id": "a", "force": true}),
        ),
        ("POST", CREDENTIALS, json!({"baseUrl": secret, "apiToken": secret})),
        ("POST", CREDENTIALS, json!({"baseUrl": shop.sim.url(), "apiToken": format!("{secret}\n\0")})),
        ("POST", "/api/admin/credentials/a/rotate", json!({"apiToken": KEY})),
        ("POST", "/api/admin/credentials/a/test", Value::Null),
        ("POST", USERS, json!({"name": "bia", "password": secret})),
        ("POST", "/api/admin/users/bia/password", json!({"password": secret})),
        ("POST", "/api/password", json!({"current": secret, "password": secret})),
        ("POST", "/api/session", json!({"name": "bia", "password": format!("{secret}!")})),
        ("POST", "/api/setup", json!({"token": secret, "name": "bia", "password": secret})),
        ("GET", "/api/admin/overview", Value::Null),
        ("GET", CREDENTIALS, Value::Null),
        ("GET", USERS, Value::Null),
        ("GET", TOKENS, Value::Null),
        ("GET", "/api/sessions", Value::Null),
        ("DELETE", "/api/admin/credentials/a", Value::Null),
    ] {
        said.push(chief.call(method, path, &body).body.to_string());
    }
    let value = cookie.trim_start_matches("pareia_session=").to_owned();
    for (n, text) in said.iter().enumerate() {
        for hidden in [secret, KEY, PASSWORD, &shop.token, &value, "$argon2id"] {
            assert!(!text.contains(hidden), "{n}: {text}");
        }
    }
    let stored: String =
        shop.sql("SELECT passwordHash FROM users WHERE passwordHash IS NOT NULL").concat().concat();
    assert!(stored.contains("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
}
