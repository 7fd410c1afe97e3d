//! What a token is for: its scope, the server and the names it reaches, and that none of them widens its user's role.

use pareia::domain::{Role, TokenLimits, TokenScope};
use pareia::sim::{Sim, Version};
use serde_json::{Value, json};

use crate::harness::{Client, Shop, ask, instant, upstream_create};

const LIST: &str = "/api/messaging/instance";

/// A program of a new user, whose token those limits narrow.
fn program(shop: &Shop, name: &str, role: Role, limits: &TokenLimits) -> Client {
    shop.member(name, role);
    let id = shop.store.user(name).unwrap().unwrap().id;
    Client::bearer(shop, shop.store.add_token_with(&id, None, None, limits).unwrap().token.expose())
}

fn scoped(scope: TokenScope) -> TokenLimits {
    TokenLimits { scope, ..TokenLimits::default() }
}

fn prefixed(prefix: &str) -> TokenLimits {
    TokenLimits { prefix: Some(prefix.into()), ..TokenLimits::default() }
}

#[test]
fn each_scope_does_what_it_is_for() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut programs = TokenScope::ALL.map(|scope| {
        program(&shop, &format!("chefe-{}", scope.as_str()), Role::Administrator, &scoped(scope))
    });
    let mut owner = program(&shop, "dona", Role::Owner, &scoped(TokenScope::Admin));
    assert_eq!(owner.post(LIST, &ask("da-dona")).status, 200);
    let row = "/api/messaging/instance/da-dona";
    for (method, path, body, answered) in [
        ("GET", LIST, Value::Null, [403, 200, 200]),
        ("GET", row, Value::Null, [403, 200, 200]),
        ("GET", &*format!("{row}/qr.svg"), Value::Null, [200, 403, 200]),
        ("POST", &format!("{row}/connect"), json!({}), [403, 403, 200]),
        ("PATCH", row, json!({"note": "x"}), [403, 403, 200]),
        ("GET", "/api/admin/users", Value::Null, [403, 200, 200]),
        ("POST", "/api/admin/users", json!({"name": "dona"}), [403, 403, 409]),
        ("DELETE", "/api/admin/tokens/nada", Value::Null, [403, 403, 404]),
        ("GET", "/api/sessions", Value::Null, [403, 200, 200]),
        ("POST", "/api/password", json!({}), [403, 403, 400]),
    ] {
        let bytes = if body.is_null() { String::new() } else { body.to_string() };
        let statuses: Vec<_> = programs.iter_mut().map(|p| p.send(method, path, &bytes, &[]).0).collect();
        assert_eq!(statuses, answered, "{method} {path}");
    }
    assert_eq!(programs[0].post(LIST, &ask("nova")).status, 200);
    let refused = programs[1].post(LIST, &ask("outra"));
    assert_eq!((refused.status, refused.code()), (403, "insufficient_scope"));
    assert!(refused.body["error"].as_str().unwrap().contains("\"ensure\""), "{}", refused.body);
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances")[0][0], "2");
    // The full scope of an owner is an owner's.
    assert_eq!(owner.get("/api/admin/users").code(), "forbidden");
    // What a phone is paired with, an administrator adopts with the full scope only.
    assert_eq!(shop.post("pareada").status, 200);
    shop.scan("pareada");
    shop.set("DELETE FROM messaging_instances WHERE channelInstanceId = 'pareada'");
    assert_eq!(programs[0].post(LIST, &ask("pareada")).code(), "owned_by_other_user");
}

/// The texts of a row that was there are not an `ensure` token's to change; those of a row that it makes are.
#[test]
fn a_token_that_only_makes_codes_rewrites_no_texts() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.member("dona", Role::Owner);
    let id = shop.store.user("dona").unwrap().unwrap().id;
    let token = |scope| {
        let made = shop.store.add_token_with(&id, None, None, &scoped(scope)).unwrap();
        Client::bearer(&shop, made.token.expose())
    };
    let (mut ensure, mut admin) = (token(TokenScope::Ensure), token(TokenScope::Admin));
    let call = |name: &str, note: &str| {
        let mut body = ask(name);
        (body["note"], body["labels"]) = (json!(note), json!(["vip"]));
        body
    };
    let told = |answer: &crate::harness::Answer| {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let code = answer.data("warnings").as_array().unwrap().last().map(|warning| warning["code"].clone());
        (answer.data("note").clone(), code)
    };
    assert_eq!(told(&ensure.post(LIST, &call("a", "um"))), (json!("um"), None), "it makes the row");
    assert_eq!(told(&ensure.post(LIST, &call("a", "um"))), (json!("um"), None), "the same call again");
    let refused = ensure.post(LIST, &call("a", "dois"));
    assert_eq!(told(&refused), (json!("um"), Some(json!("description_not_written"))));
    let message = refused.data("warning")["message"].as_str().unwrap();
    assert!(message.contains("\"admin\""), "{message}");
    assert_eq!(told(&admin.post(LIST, &call("a", "dois"))), (json!("dois"), None));
    assert_eq!(told(&ensure.post(LIST, &ask("a"))), (json!("dois"), None), "says nothing of texts");
    // A row that another call of the name made without a code was there as well.
    shop.sim.control().fault(pareia::sim::Fault::Html, None);
    assert_eq!(ensure.post(LIST, &call("b", "um")).status, 502);
    assert_eq!(ensure.post(LIST, &call("b", "dois")).status, 502);
    assert_eq!(admin.get(&format!("{LIST}/b")).data("note"), "um");
}

#[test]
fn a_token_reaches_the_names_that_begin_as_it_says() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut whole = program(&shop, "chefe", Role::Administrator, &TokenLimits::default());
    for name in ["loja-1", "outra-1"] {
        assert_eq!(whole.post(LIST, &ask(name)).status, 200);
    }
    let mut narrow = program(&shop, "sistema", Role::Administrator, &prefixed("loja-"));
    let listed = narrow.get(LIST).body;
    assert_eq!((&listed["total"], &listed["data"][0]["channelInstanceId"]), (&json!(1), &json!("loja-1")));
    for (method, path, status) in [
        ("GET", "/api/messaging/instance/loja-1", 200),
        ("GET", "/api/messaging/instance/outra-1", 404),
        ("GET", "/api/messaging/instance/outra-1/events", 404),
        ("DELETE", "/api/messaging/instance/outra-1", 404),
        ("POST", "/api/messaging/instance/loja-1/link", 200),
        ("GET", "/api/messaging/uptime", 200),
        ("GET", "/api/admin/users", 403),
        ("GET", "/api/notices", 403),
        ("GET", "/api/sessions", 403),
    ] {
        assert_eq!(narrow.send(method, path, "", &[]).0, status, "{method} {path}");
    }
    let mut described = ask("outra-1");
    described["note"] = json!("escrito de fora");
    let refused = narrow.post(LIST, &described);
    assert_eq!((refused.status, refused.code()), (403, "insufficient_scope"));
    assert!(refused.body["detail"].as_str().unwrap().contains("\"loja-\""), "{}", refused.body);
    assert_eq!(whole.get("/api/messaging/instance/outra-1").body["data"]["note"], Value::Null);
}

#[test]
fn a_token_reaches_the_rows_of_its_server_and_makes_new_ones_there() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let other = Sim::start(instant(Version::V2_3_7)).expect("a simulator");
    assert_eq!(shop.post("na-primeira").status, 200);
    shop.credential("cred_b", &other.url());
    let limits = TokenLimits { server: Some("cred_b".into()), ..TokenLimits::default() };
    let mut narrow = program(&shop, "sistema", Role::Administrator, &limits);
    for name in ["nova-1", "nova-2"] {
        assert_eq!(narrow.post(LIST, &ask(name)).status, 200, "{name}");
    }
    let servers = shop
        .sql("SELECT DISTINCT credentialId FROM messaging_instances WHERE channelInstanceId LIKE 'nova-%'");
    assert_eq!(servers, [["cred_b"]]);
    assert_eq!(narrow.get(LIST).body["total"], 2);
    assert_eq!(narrow.get("/api/messaging/instance/na-primeira").status, 404);
    shop.set("UPDATE messaging_instances SET userId = (SELECT id FROM users WHERE name = 'sistema')");
    assert_eq!(narrow.get("/api/messaging/instance/na-primeira").status, 404);
    // A name that another server has already is no reason to make a second one here.
    upstream_create(
        &shop.sim.url(),
        &json!({"instanceName": "la", "integration": "WHATSAPP-BAILEYS", "token": "t"}),
    );
    for name in ["la", "na-primeira"] {
        let refused = narrow.post(LIST, &ask(name));
        assert_eq!(refused.code(), "insufficient_scope", "{name}: {}", refused.body);
    }
    // Its server is gone: it reaches nothing, not everything.
    shop.set("DELETE FROM integration_credentials WHERE id = 'cred_b'");
    assert_eq!(narrow.get(LIST).body["total"], 0);
    assert_eq!(narrow.post(LIST, &ask("nova-3")).code(), "insufficient_scope");
}

/// Whatever a token for a server is used for, and whatever is made with it, the row stays there.
#[test]
fn a_token_takes_no_row_off_its_server() {
    for (leaving, code) in [("intake = 'draining'", ""), ("isActive = 0", "no_active_credential")] {
        let shop = Shop::new(instant(Version::V2_3_7));
        let other = Sim::start(instant(Version::V2_3_7)).expect("a simulator");
        let limits = TokenLimits { server: Some("cred_a".into()), ..TokenLimits::default() };
        let mut narrow = program(&shop, "sistema", Role::Administrator, &limits);
        let mut whole = program(&shop, "chefe", Role::Administrator, &TokenLimits::default());
        assert_eq!(narrow.post(LIST, &ask("a")).status, 200);
        let link = |client: &mut Client| {
            let made = client.post(&format!("{LIST}/a/link"), &json!({}));
            made.data("url").as_str().and_then(|url| url.split_once('#')).expect("a link").1.to_owned()
        };
        let (kept, free) = (link(&mut narrow), link(&mut whole));
        shop.credential("cred_b", &other.url());
        shop.set(&format!("UPDATE integration_credentials SET {leaving} WHERE id = 'cred_a'"));
        // Nobody is scanning what was shown.
        shop.set(
            "UPDATE messaging_instances SET qrCode = NULL, connectOutUntil = NULL, createOutUntil = NULL",
        );
        for answer in [
            narrow.post(LIST, &ask("a")),
            narrow.post(&format!("{LIST}/a/connect"), &json!({})),
            Client::bearer(&shop, &kept).post("/api/connect", &json!({})),
        ] {
            assert_eq!(if answer.status == 200 { "" } else { answer.code() }, code, "{leaving}");
        }
        let picture = narrow.send("GET", &format!("{LIST}/a/qr.svg"), "", &[]).0;
        assert_eq!(picture, if code.is_empty() { 200 } else { 503 }, "{leaving}");
        let home = || shop.sql("SELECT credentialId FROM messaging_instances")[0][0].clone();
        assert_eq!(home(), "cred_a", "{leaving}");
        shop.set(
            "UPDATE messaging_instances SET qrCode = NULL, connectOutUntil = NULL, createOutUntil = NULL",
        );
        assert_eq!(Client::bearer(&shop, &free).post("/api/connect", &json!({})).status, 200);
        assert_eq!(home(), "cred_b", "{leaving}: whoever is not limited takes it along");
        assert_eq!(Client::bearer(&shop, &kept).post("/api/connect", &json!({})).status, 200, "{leaving}");
        assert_eq!(narrow.post(&format!("{LIST}/a/connect"), &json!({})).status, 404);
    }
}

#[test]
fn a_token_erases_what_is_left_of_the_names_that_it_reaches() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut whole = program(&shop, "chefe", Role::Administrator, &TokenLimits::default());
    for name in ["loja-1", "outra-1"] {
        assert_eq!(whole.post(LIST, &ask(name)).status, 200);
        assert_eq!(whole.delete(&format!("{LIST}/{name}")).status, 200);
    }
    let at_server = TokenLimits { server: Some("cred_a".into()), ..TokenLimits::default() };
    let mut served = program(&shop, "servidor", Role::Administrator, &at_server);
    let mut narrow = program(&shop, "sistema", Role::Administrator, &prefixed("loja-"));
    for (answer, status) in [
        (served.delete(&format!("{LIST}/loja-1?erase=true")), 404),
        (narrow.delete(&format!("{LIST}/outra-1?erase=true")), 404),
        (narrow.delete(&format!("{LIST}/loja-1?erase=true")), 200),
    ] {
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[test]
fn a_token_is_made_with_limits_that_the_list_shows() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut admin = Client::bearer(&shop, &shop.user("chefe", true));
    let tokens = "/api/admin/tokens";
    for (body, field) in [
        (json!({"user": "loja", "scope": "tudo"}), "scope"),
        (json!({"user": "loja", "server": "nada"}), "server"),
        (json!({"user": "loja", "namePrefix": "-x"}), "namePrefix"),
    ] {
        let refused = admin.post(tokens, &body);
        assert_eq!((refused.status, &refused.body["field"]), (400, &json!(field)), "{body}");
    }
    let made = admin
        .post(tokens, &json!({"user": "loja", "scope": "ensure", "server": "cred_a", "namePrefix": "loja-"}));
    assert_eq!(made.status, 200, "{}", made.body);
    let listed = admin.get(tokens).body["data"].clone();
    let shown = |id: &Value| {
        let line = listed.as_array().unwrap().iter().find(|line| line["id"] == *id).unwrap();
        [&line["scope"], &line["server"], &line["namePrefix"]].map(Clone::clone)
    };
    assert_eq!(shown(&made.body["data"]["id"]), ["ensure", "cred_a", "loja-"]);
    // One that was made before there were scopes, by the database's own default.
    let older = shop.sql("SELECT id FROM api_tokens WHERE namePrefix IS NULL")[0][0].clone();
    assert_eq!(shown(&json!(older)), [json!("admin"), Value::Null, Value::Null]);
    assert_eq!(shop.post("qualquer").status, 200);
}
