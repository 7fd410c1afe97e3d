//! What people write about an instance, its number, its name, a note, labels: written, cleared, searched.

use pareia::domain::Role;
use pareia::sim::{Fault, Version};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, ROUTE, Shop, ask, instant};

/// The texts of an instance that nobody wrote about.
const NOTHING: [Value; 3] = [Value::Null, Value::Null, Value::Array(Vec::new())];

fn shop() -> Shop {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    shop
}

fn patch(shop: &Shop, token: &str, body: &str) -> Answer {
    let (status, headers, body) = Client::bearer(shop, token).send("PATCH", &format!("{ROUTE}/a"), body, &[]);
    Answer { status, headers, body: serde_json::from_slice(&body).expect("JSON") }
}

fn texts(data: &Value) -> [Value; 3] {
    ["displayName", "note", "labels"].map(|field| data[field].clone())
}

#[test]
fn texts_are_written_one_by_one_and_cleared_by_null() {
    let shop = shop();
    let mut expected = NOTHING;
    for (body, field, value) in [
        (r#"{"displayName": " Loja do Zé ☕ "}"#, 0, json!("Loja do Zé ☕")),
        (r#"{"note": "liga às 9\nnunca à noite"}"#, 1, json!("liga às 9\nnunca à noite")),
        (r#"{"labels": ["VIP", "centro", "VIP"]}"#, 2, json!(["VIP", "centro"])),
        (r#"{"displayName": null}"#, 0, Value::Null),
        (r#"{"note": ""}"#, 1, Value::Null),
        (r#"{"labels": ["só uma"]}"#, 2, json!(["só uma"])),
        (r#"{"labels": []}"#, 2, json!([])),
        (r#"{"displayName": "Loja\tdo\rZé"}"#, 0, json!("Loja do Zé")),
        (r#"{"displayName": null}"#, 0, Value::Null),
        (r#"{"note": "a\tb\rc"}"#, 1, json!("a b\nc")),
        (r#"{"note": null}"#, 1, Value::Null),
    ] {
        expected[field] = value;
        let changed = patch(&shop, &shop.token, body);
        assert_eq!((changed.status, texts(&changed.body["data"])), (200, expected.clone()), "{body}");
        assert_eq!(texts(&shop.call("GET", &format!("{ROUTE}/a")).body["data"]), expected, "{body}");
        assert_eq!(texts(&shop.call("GET", ROUTE).body["data"][0]), expected, "{body}");
    }
    let columns = "SELECT displayName, note, labels, searchText FROM messaging_instances";
    assert_eq!(shop.sql(columns), [["NULL"; 4]]);
    let all =
        r#"{"displayName": "B", "note": "n", "labels": ["x"], "channelPhoneOrId": "+55 21 99185-0000"}"#;
    let changed = patch(&shop, &shop.token, all);
    assert_eq!(texts(&changed.body["data"]), [json!("B"), json!("n"), json!(["x"])]);
    assert_eq!(changed.data("channelPhoneOrId"), "5521991850000");
    let written = shop.sql("SELECT updatedAt FROM messaging_instances");
    assert_eq!(patch(&shop, &shop.token, r#"{"displayName": "B", "note": "n"}"#).status, 200);
    assert_eq!(shop.sql("SELECT updatedAt FROM messaging_instances"), written, "nothing changed");
}

#[test]
fn what_cannot_be_written_is_refused_by_its_field_and_changes_nothing() {
    let shop = shop();
    let long = format!(r#"{{"displayName": "{}"}}"#, "x".repeat(81));
    let labels = format!(r#"{{"labels": {}}}"#, json!((0..21).map(|n| n.to_string()).collect::<Vec<_>>()));
    for (body, code, field) in [
        ("{}", "invalid_field", Value::Null),
        ("", "invalid_json", Value::Null),
        ("[]", "invalid_json", Value::Null),
        (r#"{"displayname": "a"}"#, "invalid_field", json!("displayname")),
        (r#"{"note": "a", "status": "connected"}"#, "invalid_field", json!("status")),
        (r#"{"displayName": 1}"#, "invalid_field", json!("displayName")),
        (r#"{"displayName": "a\nb"}"#, "invalid_field", json!("displayName")),
        (&long, "invalid_field", json!("displayName")),
        (r#"{"note": "a\u0000"}"#, "invalid_field", json!("note")),
        (r#"{"labels": "a"}"#, "invalid_field", json!("labels")),
        (r#"{"labels": ["a", 1]}"#, "invalid_field", json!("labels")),
        (r#"{"labels": [" "]}"#, "invalid_field", json!("labels")),
        (&labels, "invalid_field", json!("labels")),
        (r#"{"channelPhoneOrId": null}"#, "invalid_field", json!("channelPhoneOrId")),
        (r#"{"channelPhoneOrId": "55219"}"#, "invalid_field", json!("channelPhoneOrId")),
    ] {
        let refused = patch(&shop, &shop.token, body);
        assert_eq!((refused.status, refused.code(), &refused.body["field"]), (400, code, &field), "{body}");
        if let Some(field) = field.as_str() {
            assert!(refused.body["error"].as_str().is_some_and(|error| error.starts_with(field)), "{body}");
        }
    }
    assert_eq!(texts(&shop.call("GET", &format!("{ROUTE}/a")).body["data"]), NOTHING);
}

#[test]
fn whoever_may_manage_an_instance_may_write_about_it() {
    let shop = shop();
    for (role, status) in [(Role::Owner, 404), (Role::Operator, 403), (Role::Administrator, 200)] {
        let token = shop.member(role.as_str(), role);
        assert_eq!(patch(&shop, &token, r#"{"note": "n"}"#).status, status, "{role:?}");
    }
}

#[test]
fn a_call_writes_the_texts_it_is_given_and_leaves_the_others() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let post = |more: Value| {
        let mut body = ask("a");
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        shop.post_body(&shop.token, &body)
    };
    let first = post(json!({"displayName": "Zé", "labels": ["vip"]}));
    assert_eq!(texts(&first.body["data"]), [json!("Zé"), Value::Null, json!(["vip"])]);
    let second = post(json!({"displayName": null, "note": "n"}));
    assert_eq!(texts(&second.body["data"]), [json!("Zé"), json!("n"), json!(["vip"])]);
    assert_eq!(texts(&post(json!({})).body["data"]), [json!("Zé"), json!("n"), json!(["vip"])]);
    assert_eq!(post(json!({"labels": 1})).code(), "invalid_field");
    shop.sim.control().fault(Fault::Html, None);
    assert_eq!(post(json!({"note": "m"})).status, 502);
    assert_eq!(
        shop.call("GET", &format!("{ROUTE}/a")).data("note"),
        "m",
        "written although there was no code"
    );
    let other = shop.user("outra", false);
    let mut theirs = ask("a");
    theirs["note"] = json!("x");
    assert_eq!(shop.post_body(&other, &theirs).code(), "owned_by_other_user");
    assert_eq!(shop.call("GET", &format!("{ROUTE}/a")).data("note"), "m");
}

#[test]
fn texts_that_cannot_be_written_hide_neither_a_code_nor_its_cause() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut call = ask("a");
    call["note"] = json!("n");
    assert_eq!(shop.post("a").status, 200);
    shop.set(
        "CREATE TRIGGER no_texts BEFORE UPDATE OF note ON messaging_instances BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    let answer = shop.post_body(&shop.token, &call);
    assert!(answer.status == 200 && answer.qr().is_some(), "{}", answer.body);
    assert_eq!(answer.data("warning")["code"], "description_not_written", "{}", answer.body);
    let failed = patch(&shop, &shop.token, r#"{"channelPhoneOrId": "5511987654321", "note": "n"}"#);
    assert_eq!((failed.status, failed.code()), (500, "internal"));
    assert_eq!(
        shop.call("GET", &format!("{ROUTE}/a")).data("channelPhoneOrId"),
        "5521991856227",
        "all or nothing"
    );
    shop.sim.control().fault(Fault::Html, None);
    assert_eq!(shop.post_body(&shop.token, &call).code(), "evolution_unreachable");
}

#[test]
fn the_list_is_searched_by_what_people_wrote_and_by_the_linked_number() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let rows = [
        ("a", json!({"displayName": "Padaria São João", "labels": ["VIP", "Zona Sul"]})),
        ("b", json!({"displayName": "Açaí_100%", "labels": ["vip"]})),
        ("c", json!({"labels": ["São João"]})),
        ("d", json!({"note": "padaria"})),
    ];
    for (name, texts) in &rows {
        shop.written(name, "5521991856227", "loja");
        let path = format!("{ROUTE}/{name}");
        assert_eq!(Client::bearer(&shop, &shop.token).call("PATCH", &path, texts).status, 200);
    }
    shop.set(
        "UPDATE messaging_instances SET status = 'connected', linkedNumber = '552191856227' WHERE channelInstanceId = 'a';
         UPDATE messaging_instances SET status = 'connected', linkedNumber = '5511987654321'
             WHERE channelInstanceId IN ('b', 'c');
         UPDATE messaging_instances SET status = 'disconnected' WHERE channelInstanceId = 'c';",
    );
    for (query, found) in [
        ("search=sao+joao", vec!["a", "c"]),
        ("search=S%C3%83O", vec!["a", "c"]),
        ("search=acai_1", vec!["b"]),
        ("search=acai%25", vec![]),
        ("search=100%25", vec!["b"]),
        ("search=padaria", vec!["a"]),
        ("search=vip", vec!["a", "b"]),
        ("search=98765-4321", vec!["b", "c"]),
        ("search=2191856227", vec!["a"]),
        ("label=vip", vec!["a", "b"]),
        ("label=Zona+Sul", vec!["a"]),
        ("label=zona", vec![]),
        ("label=Padaria+S%C3%A3o+Jo%C3%A3o", vec![]),
        ("number=other", vec!["b"]),
        ("number=other&label=VIP&search=b", vec!["b"]),
        ("number=&label=", vec!["a", "b", "c", "d"]),
    ] {
        let answer = shop.call("GET", &format!("{ROUTE}?{query}"));
        let lines = answer.body["data"].as_array().expect("a list");
        let names: Vec<_> = lines.iter().filter_map(|line| line["channelInstanceId"].as_str()).collect();
        assert_eq!(names, found, "{query}");
        assert_eq!(answer.body["total"], json!(found.len()), "{query}");
    }
    for (query, others) in [
        ("", 1),
        ("page=2&perPage=1", 1),
        ("page=2&perPage=1&status=disconnected", 1),
        ("number=other&status=disconnected", 1),
        ("label=Zona+Sul", 0),
        ("search=c", 1),
        ("search=d", 0),
    ] {
        let answer = shop.call("GET", &format!("{ROUTE}?{query}"));
        assert_eq!(answer.body["otherNumber"], json!(others), "{query}");
    }
    for (query, field) in [("number=same", "number"), ("label=%00", "label")] {
        let refused = shop.call("GET", &format!("{ROUTE}?{query}"));
        assert_eq!((refused.status, &refused.body["field"]), (400, &json!(field)), "{query}");
    }
}
