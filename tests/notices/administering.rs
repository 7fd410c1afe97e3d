//! Targets over the API and the command line: who may have which, what is refused, tests and the log.

use std::time::Duration;

use pareia::notices::NoticePace;
use pareia::sim::Version;
use serde_json::{Value, json};

use super::receivers::{Mode, Receiver};
use super::{swift, told};
use crate::harness::{Client, Shop, instant, until};

/// A shop that nobody looks after: only tests are sent.
fn shop() -> Shop {
    let (shop, service) =
        told(Shop::new(instant(Version::V2_3_7)), NoticePace { tick: Duration::from_mins(1), ..swift() });
    drop(service);
    shop
}

fn webhook(url: &str) -> Value {
    json!({"channel": "webhook", "address": url})
}

#[test]
fn targets_are_made_tested_listed_and_removed_by_whom_they_belong_to() {
    let shop = shop();
    let receiver = Receiver::http();
    let admin = shop.user("chefe", true);
    let (mut admin, mut owner) = (Client::bearer(&shop, &admin), Client::bearer(&shop, &shop.token));
    let url = receiver.url("/hook?key=secret");
    let made = admin.post(
        "/api/notices",
        &json!({"channel": "webhook", "address": url, "all": true, "quietHours": "22:00-07:00"}),
    );
    assert_eq!(made.status, 200, "{:?}", made.body);
    assert_eq!(*made.data("address"), receiver.url("/hook"), "queries hold keys");
    assert_eq!((made.data("quietHours"), made.data("utcOffset")), (&json!("22:00-07:00"), &json!("-03:00")));
    let key = made.data("signingKey").as_str().expect("a key").to_owned();
    let id = made.data("id").as_str().expect("an id").to_owned();
    let own = owner.post("/api/notices", &webhook("https://hooks.example/x"));
    assert_eq!((own.status, own.data("user")), (200, &json!("loja")));
    let listed =
        |client: &mut Client| client.get("/api/notices").body["data"].as_array().expect("a list").len();
    assert_eq!((listed(&mut admin), listed(&mut owner)), (2, 1));
    assert!(!admin.get("/api/notices").body.to_string().contains(&key), "a key is shown once");
    for (method, path) in [("DELETE", ""), ("POST", "/test"), ("POST", "/disable"), ("POST", "/enable")] {
        let answer = owner.call(method, &format!("/api/notices/{id}{path}"), &Value::Null);
        assert_eq!(answer.status, 404, "{method} {path} of another's");
    }
    let test = admin.call("POST", &format!("/api/notices/{id}/test"), &Value::Null);
    assert_eq!((test.data("ok"), test.data("code")), (&json!(true), &Value::Null));
    assert_eq!(receiver.taken()[0].json()["kind"], "test");
    receiver.set(Mode::Refuses(404));
    let test = admin.call("POST", &format!("/api/notices/{id}/test"), &Value::Null);
    assert_eq!((test.data("ok"), test.data("code")), (&json!(false), &json!("http_404")));
    let log = admin.get("/api/notices/log");
    let outcomes: Vec<_> =
        log.body["data"].as_array().expect("a list").iter().map(|m| m["outcome"].clone()).collect();
    assert_eq!(outcomes, ["refused", "delivered"]);
    assert_eq!(owner.get("/api/notices/log").body["data"], json!([]));
    assert_eq!(
        *admin.call("POST", &format!("/api/notices/{id}/disable"), &Value::Null).data("active"),
        false
    );
    assert_eq!(admin.delete(&format!("/api/notices/{id}")).status, 200);
    assert_eq!(admin.delete(&format!("/api/notices/{id}")).status, 404);
}

#[test]
fn what_cannot_be_used_is_refused_by_its_field() {
    let shop = shop();
    let mut owner = Client::bearer(&shop, &shop.token);
    for (body, field) in [
        (json!({"channel": "fax", "address": "1"}), "channel"),
        (json!({"channel": "webhook"}), "address"),
        (json!({"channel": "webhook", "address": "http://169.254.169.254/"}), "address"),
        (json!({"channel": "webhook", "address": "https://h/", "secret": "short"}), "secret"),
        (json!({"channel": "webhook", "address": "https://h/", "all": true}), "all"),
        (json!({"channel": "webhook", "address": "https://h/", "quietHours": "22-7"}), "quietHours"),
        (json!({"channel": "webhook", "address": "https://h/", "utcOffset": "BRT"}), "utcOffset"),
        (json!({"channel": "webhook", "address": "https://h/", "language": "fr"}), "language"),
        (json!({"channel": "email", "address": "a@b.c"}), "server"),
        (json!({"channel": "email", "address": "a@b.c", "server": "smtps://h", "secret": "x"}), "login"),
    ] {
        let answer = owner.post("/api/notices", &body);
        assert_eq!(
            (answer.status, answer.body["field"].as_str()),
            (400, Some(field)),
            "{body} {:?}",
            answer.body
        );
    }
    assert_eq!(
        owner
            .post("/api/notices", &json!({"channel": "webhook", "address": "https://h/", "user": "ana"}))
            .status,
        403
    );
    for _ in 0..20 {
        assert_eq!(owner.post("/api/notices", &webhook("https://h/")).status, 200);
    }
    let answer = owner.post("/api/notices", &webhook("https://h/"));
    assert_eq!((answer.status, answer.code()), (409, "too_many"));
    // The same rule when it is added, and with each message.
    let receiver = Receiver::http();
    let address = json!({"channel": "webhook", "address": receiver.url("/")});
    let mut operator = Client::bearer(&shop, &shop.member("zelo", pareia::domain::Role::Operator));
    let answer = operator.post("/api/notices", &address);
    assert_eq!((answer.status, answer.body["field"].as_str()), (400, Some("address")), "{:?}", answer.body);
    let email = json!({"channel": "email", "address": "a@b.example", "server": "smtp-plain://localhost"});
    assert_eq!(operator.post("/api/notices", &email).body["field"], "server");
    // An owner's test reaches nothing of this machine, whatever name leads there.
    let local = shop.target_of(
        "loja",
        false,
        pareia::domain::NoticeChannelKind::Webhook,
        &super::typed(receiver.url("/")),
    );
    let test = owner.call("POST", &format!("/api/notices/{local}/test"), &Value::Null);
    assert_eq!((test.data("code"), receiver.tries()), (&json!("forbidden_address"), 0));
}

#[test]
fn a_target_that_is_disabled_is_told_nothing_and_of_nothing_that_was() {
    let (shop, _service) = super::shop();
    let receiver = Receiver::http();
    let id = shop.webhook_target(receiver.url("/"));
    shop.connected("a");
    assert!(shop.store.set_notice_target_active(&id, false).expect("a store"));
    shop.becomes("a", "disconnected", "dropped");
    assert!(shop.store.set_notice_target_active(&id, true).expect("a store"));
    shop.becomes("a", "lost", "gone");
    until("it is told", || !receiver.taken().is_empty());
    assert_eq!(receiver.taken()[0].json()["title"], "a sumiu da Evolution");
}
