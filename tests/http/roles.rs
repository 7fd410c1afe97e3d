//! What each role may do over the API: administrators everything, operators see and connect everybody's
//! instances, owners have their own.

use pareia::domain::Role;
use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Client, KEY, Shop, instant};

const USERS: &str = "/api/admin/users";
/// The instance of somebody else.
const ROW: &str = "/api/messaging/instance/alheia";

/// A shop where `loja` has an instance, and a program of each role.
fn staffed() -> (Shop, [Client; 3]) {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("alheia").status, 200);
    let clients = Role::ALL.map(|role| Client::bearer(&shop, &shop.member(role.as_str(), role)));
    (shop, clients)
}

#[test]
fn each_route_serves_the_roles_that_may() {
    let (_shop, mut clients) = staffed();
    // Method, route, body; what administrator, operator and owner are answered. What is not an owner's looks
    // like what is not there; what an operator sees and may not touch is forbidden.
    for (method, route, body, answered) in [
        ("GET", ROW, Value::Null, [200, 200, 404]),
        ("GET", &*format!("{ROW}/events"), Value::Null, [200, 200, 404]),
        ("GET", &format!("{ROW}/qr.svg"), Value::Null, [200, 200, 404]),
        ("POST", &format!("{ROW}/connect"), json!({}), [200, 200, 404]),
        ("POST", &format!("{ROW}/link"), json!({}), [200, 200, 404]),
        ("GET", &format!("{ROW}/link"), Value::Null, [200, 200, 404]),
        ("DELETE", &format!("{ROW}/link"), Value::Null, [200, 200, 404]),
        ("POST", &format!("{ROW}/restart"), Value::Null, [200, 200, 404]),
        ("POST", &format!("{ROW}/logout"), Value::Null, [200, 403, 404]),
        ("GET", &format!("{ROW}/export"), Value::Null, [200, 403, 404]),
        ("DELETE", &format!("{ROW}?dryRun=true&erase=true"), Value::Null, [200, 403, 404]),
        ("DELETE", &format!("{ROW}?dryRun=true"), Value::Null, [200, 403, 404]),
        ("GET", "/api/admin/overview", Value::Null, [200, 403, 403]),
        ("GET", "/api/admin/credentials", Value::Null, [200, 403, 403]),
        ("POST", "/api/admin/credentials/cred_a/test", Value::Null, [200, 403, 403]),
        ("POST", "/api/admin/credentials/cred_a/rotate", json!({"apiToken": KEY}), [200, 403, 403]),
        ("POST", "/api/admin/credentials/cred_a/enable", Value::Null, [200, 403, 403]),
        ("GET", "/api/admin/credentials/cred_a/webhook", Value::Null, [200, 403, 403]),
        ("DELETE", "/api/admin/credentials/nada", Value::Null, [404, 403, 403]),
        ("GET", USERS, Value::Null, [200, 403, 403]),
        ("POST", USERS, json!({"name": "loja"}), [409, 403, 403]),
        ("POST", "/api/admin/users/loja/password", json!({"password": "uma senha boa"}), [200, 403, 403]),
        ("PATCH", "/api/admin/users/nada", json!({"role": "owner"}), [404, 403, 403]),
        ("DELETE", "/api/admin/users/nada", Value::Null, [404, 403, 403]),
        ("GET", "/api/admin/tokens", Value::Null, [200, 403, 403]),
        ("POST", "/api/admin/tokens", json!({"user": "loja"}), [200, 403, 403]),
        ("DELETE", "/api/admin/tokens/nada", Value::Null, [404, 403, 403]),
        ("GET", "/api/admin/backups", Value::Null, [200, 403, 403]),
        ("POST", "/api/admin/backups", Value::Null, [200, 403, 403]),
        ("POST", "/api/admin/backups/upload?total=9", Value::Null, [200, 403, 403]),
        ("POST", "/api/admin/backups/none/key", Value::Null, [404, 403, 403]),
        ("POST", "/api/admin/backups/none/download", Value::Null, [404, 403, 403]),
        ("POST", "/api/admin/backups/none/restore", Value::Null, [404, 403, 403]),
        ("GET", "/api/admin/audit", Value::Null, [200, 403, 403]),
        ("GET", "/api/admin/audit/export?action=setup", Value::Null, [200, 403, 403]),
        ("GET", "/api/sessions", Value::Null, [200, 200, 200]),
        ("GET", "/api/sessions?user=loja", Value::Null, [200, 404, 404]),
        ("DELETE", "/api/sessions/nada", Value::Null, [404, 404, 404]),
    ] {
        let bytes = if body.is_null() { String::new() } else { body.to_string() };
        let statuses: Vec<_> = clients.iter_mut().map(|c| c.send(method, route, &bytes, &[]).0).collect();
        assert_eq!(statuses, answered, "{method} {route}");
    }
    let counts = clients.each_mut().map(|c| c.get("/api/messaging/instance").body["total"].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(0)]);
}

#[test]
fn an_operators_own_instances_are_like_an_owners() {
    let (shop, [_, operator, _]) = staffed();
    let token = shop.member("outro-operador", Role::Operator);
    assert_eq!(shop.post_as(&token, "propria").status, 200);
    let mut owner = Client::bearer(&shop, &token);
    assert_eq!(owner.post("/api/messaging/instance/propria/logout", &Value::Null).status, 200);
    let mut other = operator;
    assert_eq!(other.delete("/api/messaging/instance/propria").code(), "forbidden");
    assert_eq!(owner.delete("/api/messaging/instance/propria").status, 200);
}

#[test]
fn only_an_administrator_adopts_what_a_phone_is_paired_with() {
    let (shop, [mut administrator, mut operator, mut owner]) = staffed();
    shop.scan("alheia");
    shop.set("DELETE FROM messaging_instances");
    let ask = crate::harness::ask("alheia");
    for client in [&mut owner, &mut operator] {
        assert_eq!(client.post("/api/messaging/instance", &ask).code(), "owned_by_other_user");
    }
    let adopted = administrator.post("/api/messaging/instance", &ask);
    assert_eq!(adopted.data("status"), "connected", "{:?}", adopted.body);
}

#[test]
fn a_role_is_given_with_the_user_and_told_wherever_the_user_is() {
    let (shop, [mut administrator, ..]) = staffed();
    for (index, (body, expected)) in [
        (json!({}), Some("owner")),
        (json!({"role": null}), Some("owner")),
        (json!({"role": "owner", "admin": false}), Some("owner")),
        (json!({"role": "operator"}), Some("operator")),
        (json!({"role": "administrator"}), Some("administrator")),
        (json!({"role": "administrator", "admin": true}), Some("administrator")),
        (json!({"admin": true}), Some("administrator")),
        (json!({"role": "operator", "admin": true}), None),
        (json!({"role": "admin"}), None),
        (json!({"role": "Owner"}), None),
        (json!({"role": ""}), None),
        (json!({"role": 1}), None),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = body;
        body["name"] = json!(format!("n{index}"));
        let answer = administrator.post(USERS, &body);
        match expected {
            Some(role) => {
                assert_eq!(answer.data("role"), role, "{body}");
                assert_eq!(answer.data("admin"), &json!(role == "administrator"), "{body}");
            }
            None => assert_eq!(
                (answer.code(), &answer.body["field"]),
                ("invalid_field", &json!("role")),
                "{body}"
            ),
        }
    }
    let unknown = administrator.post(USERS, &json!({"name": "x", "role": "chefe"}));
    let sentence = unknown.body["error"].as_str().expect("a sentence");
    assert_eq!(sentence, "role deve ser um de: administrator, operator, owner");

    let password = json!({"password": "uma senha boa"});
    assert_eq!(administrator.post(&format!("{USERS}/operator/password"), &password).status, 200);
    let mut browser = Client::logged_in(&shop, "operator", "uma senha boa");
    let session = browser.get("/api/session");
    assert_eq!((session.data("role"), session.data("admin")), (&json!("operator"), &json!(false)));
}

#[test]
fn a_role_is_changed_at_once_and_an_administrator_is_left() {
    let (shop, [mut administrator, mut operator, _]) = staffed();
    shop.person("chefe", true, "uma senha boa");
    let user = |name: &str| format!("{USERS}/{name}");
    for (name, role, code) in [
        ("operator", "administrator", ""),
        ("operator", "owner", ""),
        ("owner", "chefe", "invalid_field"),
        ("nada", "owner", "not_found"),
        ("administrator", "administrator", ""),
        ("administrator", "owner", "last_administrator"),
        ("chefe", "operator", "last_administrator"),
        ("loja", "operator", ""),
    ] {
        let changed = administrator.call("PATCH", &user(name), &json!({"role": role}));
        assert_eq!(changed.code(), code, "{name} {role}: {:?}", changed.body);
        if code.is_empty() {
            assert_eq!(changed.data("role"), role, "{name}");
        }
    }
    assert_eq!(operator.get(ROW).code(), "not_found", "it is an owner by now");
    for body in [json!({}), json!({"role": "owner", "name": "x"}), json!({"role": null})] {
        assert_eq!(administrator.call("PATCH", &user("owner"), &body).status, 400, "{body}");
    }
    // Of two who can log in, the other may go.
    shop.person("outra", true, "uma senha boa");
    assert_eq!(administrator.call("PATCH", &user("chefe"), &json!({"role": "operator"})).status, 200);
    let last = administrator.call("PATCH", &user("outra"), &json!({"role": "owner"}));
    assert_eq!(last.code(), "last_administrator", "whoever has tokens only cannot log in");
}
