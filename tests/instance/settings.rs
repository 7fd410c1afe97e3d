//! What people set of an instance upstream comes back with it when it is created anew, is written over nothing of
//! anybody's, and is said.

use std::collections::HashMap;
use std::time::Duration;

use pareia::domain::Role;
use pareia::instance::monitor::Pace;
use pareia::sim::{Fault, Sim, Version};
use serde_json::{Value, json};

use super::monitor::swift;
use crate::harness::{
    Answer, Folder, ROUTE, Shop, ask, instant, sql, try_post, until, upstream_create, upstream_get,
    upstream_set,
};
use crate::serving::{Serving, furnish};

const VERSIONS: [Version; 2] = [Version::V2_3_7, Version::V1_8_2];
/// A refusal of Evolution's.
const INVALID_PROXY: &str =
    r#"{"status":400,"error":"Bad Request","response":{"message":["Invalid proxy"]}}"#;

/// A name that is not there, as 2.x says it.
const MISSING: &str =
    r#"{"status":404,"error":"Not Found","response":{"message":["The \"a\" instance does not exist"]}}"#;

/// Everything that can be set of an instance, as its owner sets it.
fn wishes(version: Version) -> Vec<(&'static str, Value)> {
    let events = json!({"enabled": true, "events": ["CALL", "QRCODE_UPDATED"]});
    if version == Version::V1_8_2 {
        return vec![
            (
                "webhook",
                json!({"enabled": true, "url": "http://loja.example/hook", "events": ["QRCODE_UPDATED"],
                    "webhook_by_events": true, "webhook_base64": true}),
            ),
            (
                "settings",
                json!({"reject_call": true, "msg_call": "Não atendo", "groups_ignore": true, "always_online": false,
                    "read_messages": true, "read_status": false, "sync_full_history": false}),
            ),
            (
                "chatwoot",
                json!({"enabled": true, "account_id": "1", "token": "cw-secret", "url": "http://cw.example",
                    "sign_msg": true, "reopen_conversation": true, "conversation_pending": false}),
            ),
            ("rabbitmq", events.clone()),
            ("websocket", events),
            (
                "proxy",
                json!({"enabled": true, "proxy": {"host": "proxy.example", "port": "3128", "protocol": "http",
                    "username": "u", "password": "proxy-secret"}}),
            ),
        ];
    }
    vec![
        (
            "webhook",
            json!({"webhook": {"enabled": true, "url": "http://loja.example/hook", "byEvents": true, "base64": true,
                "headers": {"authorization": "Bearer hook-secret"}, "events": ["QRCODE_UPDATED", "MESSAGES_UPSERT"]}}),
        ),
        (
            "settings",
            json!({"rejectCall": true, "msgCall": "Não atendo", "groupsIgnore": true, "alwaysOnline": false,
                "readMessages": true, "readStatus": false, "syncFullHistory": false, "wavoipToken": ""}),
        ),
        (
            "chatwoot",
            json!({"enabled": true, "accountId": "1", "token": "cw-secret", "url": "http://cw.example",
                "signMsg": true, "signDelimiter": null, "nameInbox": "a", "reopenConversation": true,
                "conversationPending": false, "importContacts": true, "daysLimitImportMessages": 7}),
        ),
        ("rabbitmq", json!({"rabbitmq": events})),
        ("nats", json!({"nats": events})),
        ("sqs", json!({"sqs": events})),
        ("websocket", json!({"websocket": events})),
        (
            "proxy",
            json!({"enabled": true, "host": "proxy.example", "port": "3128", "protocol": "http",
                "username": "u", "password": "proxy-secret"}),
        ),
    ]
}

fn kinds(version: Version) -> Vec<&'static str> {
    wishes(version).into_iter().map(|(kind, _)| kind).collect()
}

/// What `find` shows of each kind, without what the database adds.
fn shown(url: &str, name: &str, version: Version) -> HashMap<&'static str, Value> {
    let kind = |kind| {
        let mut found = upstream_get(url, &format!("/{kind}/find/{name}"));
        if let Some(row) = found.as_object_mut() {
            row.retain(|member, value| {
                !value.is_null() && !["id", "createdAt", "updatedAt", "instanceId"].contains(&member.as_str())
            });
        }
        (kind, found)
    };
    kinds(version).into_iter().map(kind).collect()
}

fn set_all(url: &str, name: &str, version: Version) {
    for (kind, body) in wishes(version) {
        upstream_set(url, kind, name, &body);
    }
}

/// A pace at which webhooks are looked at in every poll.
fn watchful() -> Pace {
    Pace { settings_again: Duration::ZERO, ..swift() }
}

impl Shop {
    /// The calls that set something of that name.
    fn sets(&self, name: &str) -> usize {
        let is_set = |call: &pareia::sim::JournalEntry| call.endpoint.ends_with("/set");
        self.sim.control().calls().iter().filter(|c| is_set(c) && c.name.as_deref() == Some(name)).count()
    }

    /// Waits until the monitor has seen all that is set by now.
    #[track_caller]
    fn until_looked(&self, name: &str) {
        let looks = || self.sim.control().count("webhook/find", Some(name));
        // The first may have begun before.
        let seen = looks() + 2;
        until(&format!("what is set of {name} is seen"), || looks() >= seen);
    }

    /// The history's lines of settings, oldest first.
    fn settings_events(&self, name: &str) -> Vec<String> {
        let events = self.call("GET", &format!("{ROUTE}/{name}/events"));
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let lines = events.body["data"].as_array().expect("a list").iter().rev();
        let lines = lines.map(|e| format!("{} {}", word(&e["reason"]), word(&e["detail"])));
        lines.filter(|line| line.starts_with("settings_")).collect()
    }

    /// Leaves a name with a webhook saved and a create of which no answer came.
    #[track_caller]
    fn lose_create(&self, name: &str, version: Version) {
        assert_eq!(self.post(name).status, 200);
        upstream_set(&self.sim.url(), "webhook", name, &wishes(version)[0].1);
        self.delete(name);
        self.sim.control().fault_at("create", Fault::Reset, Some(1));
        assert_eq!(self.post(name).status, 502);
    }

    fn make_by_hand(&self, name: &str) {
        let body =
            json!({"instanceName": name, "integration": "WHATSAPP-BAILEYS", "token": "t", "qrcode": true});
        upstream_create(&self.sim.url(), &body);
    }

    /// Deletes the instance and its row, as its owner.
    #[track_caller]
    fn delete(&self, name: &str) {
        assert_eq!(self.call("DELETE", &format!("{ROUTE}/{name}")).status, 200);
        until("it is gone", || self.sim.control().state(name).is_none());
    }
}

#[track_caller]
fn assert_restored(answer: &Answer, restored: &[&str], not_restored: &Value) {
    assert_eq!((answer.status, answer.qr().is_some()), (200, true), "{}", answer.body);
    assert_eq!(answer.data("restored"), &json!(restored), "{}", answer.body);
    assert_eq!(answer.data("notRestored"), not_restored, "{}", answer.body);
}

#[test]
fn all_that_was_set_is_back_field_by_field_when_a_lost_instance_is_created_anew() {
    for version in VERSIONS {
        let shop = Shop::watched(instant(version), watchful());
        let url = shop.sim.url();
        let first = shop.post("a");
        assert_restored(&first, &[], &json!([]));
        assert_eq!(first.data("settingsSavedAt"), &Value::Null);
        set_all(&url, "a", version);
        let before = shown(&url, "a", version);
        shop.until_looked("a");
        let saved = shop.call("GET", &format!("{ROUTE}/a")).body["data"]["settingsSavedAt"].clone();
        assert!(saved.is_string(), "{version:?}: {saved}");
        assert!(shop.sim.control().scan("a", None));
        shop.sim.control().forget(Some("a"));
        assert_restored(&shop.post("a"), &kinds(version), &json!([]));
        assert_eq!(shown(&url, "a", version), before, "{version:?}");
        let said = format!("settings_restored {}", kinds(version).join(", "));
        assert_eq!(shop.settings_events("a"), [said]);
        let file = std::fs::read(shop.folder.path().join("pareia.db")).expect("the database");
        let wal = std::fs::read(shop.folder.path().join("pareia.db-wal")).unwrap_or_default();
        let holds = |secret: &str| {
            [&file, &wal].iter().any(|f| f.windows(secret.len()).any(|w| w == secret.as_bytes()))
        };
        assert!(!["hook-secret", "proxy-secret", "cw-secret"].into_iter().any(holds), "sealed");
    }
}

#[test]
fn what_was_set_last_counts_and_what_nobody_set_is_not_written() {
    let shop =
        Shop::watched(instant(Version::V2_3_7), Pace { settings_again: Duration::from_mins(9), ..swift() });
    let url = shop.sim.url();
    assert_eq!(shop.post("a").status, 200);
    until("it was looked at", || shop.sim.control().count("webhook/find", Some("a")) > 0);
    // The list shows this change, and nobody waits for nine minutes.
    let settings = &wishes(Version::V2_3_7)[1].1;
    upstream_set(&url, "settings", "a", settings);
    until("it is saved", || {
        shop.call("GET", &format!("{ROUTE}/a")).body["data"]["settingsSavedAt"].is_string()
    });
    let mut other = settings.clone();
    other["msgCall"] = json!("Só mensagens");
    upstream_set(&url, "settings", "a", &other);
    shop.delete("a");
    assert_restored(&shop.post("a"), &["settings"], &json!([]));
    assert_eq!(upstream_get(&url, "/settings/find/a")["msgCall"], "Só mensagens");
    // Back to what every instance begins with: there is nothing to put back.
    let first = json!({"rejectCall": false, "msgCall": "", "groupsIgnore": false, "alwaysOnline": false,
        "readMessages": false, "readStatus": false, "syncFullHistory": false});
    upstream_set(&url, "settings", "a", &first);
    shop.delete("a");
    let sets = shop.sets("a");
    assert_restored(&shop.post("a"), &[], &json!([]));
    assert_eq!(shop.sets("a"), sets);
}

#[test]
fn a_deleted_name_gets_its_settings_back_from_its_own_owner_only() {
    for version in VERSIONS {
        let shop = Shop::new(instant(version));
        let (url, other) = (shop.sim.url(), shop.member("outra", Role::Owner));
        assert_eq!(shop.post("a").status, 200);
        set_all(&url, "a", version);
        shop.delete("a");
        assert_restored(&shop.post_as(&other, "a"), &[], &json!([]));
        assert_eq!(shop.call_as(&other, "DELETE", &format!("{ROUTE}/a")).status, 200);
        until("it is gone", || shop.sim.control().state("a").is_none());
        assert_restored(&shop.post("a"), &kinds(version), &json!([]));
    }
}

#[test]
fn what_is_refused_is_said_keeps_no_code_back_and_is_tried_again() {
    let version = Version::V2_3_7;
    let shop = Shop::watched(instant(version), watchful());
    let (url, control) = (shop.sim.url(), shop.sim.control());
    assert_eq!(shop.post("a").status, 200);
    set_all(&url, "a", version);
    let before = shown(&url, "a", version);
    shop.until_looked("a");
    control.fault_at("proxy/set", Fault::Scripted(400, INVALID_PROXY), Some(3));
    control.forget(Some("a"));
    let all_but_proxy: Vec<_> = kinds(version).into_iter().filter(|kind| *kind != "proxy").collect();
    assert_restored(&shop.post("a"), &all_but_proxy, &json!([{"kind": "proxy", "reason": "refused"}]));
    until("the proxy is back", || shown(&url, "a", version) == before);
    let restored = format!("settings_restored {}", all_but_proxy.join(", "));
    let said = [&restored, "settings_missing proxy (refused)", "settings_restored proxy"];
    until("that is said", || shop.settings_events("a") == said);
}

#[test]
fn the_monitor_does_not_try_again_what_somebody_may_have_switched_off() {
    let shop = Shop::watched(instant(Version::V1_8_2), watchful());
    assert_eq!(shop.post("a").status, 200);
    set_all(&shop.sim.url(), "a", Version::V1_8_2);
    shop.until_looked("a");
    shop.sim.control().fault_at("proxy/set", Fault::Scripted(400, INVALID_PROXY), Some(1));
    shop.sim.control().forget(Some("a"));
    assert_eq!(shop.post("a").data("notRestored")[0]["kind"], "proxy");
    let sets = shop.sets("a");
    shop.until_looked("a");
    assert_eq!(shop.sets("a"), sets);
    // The copy stays for the next create.
    shop.sim.control().forget(Some("a"));
    assert_restored(&shop.post("a"), &kinds(Version::V1_8_2), &json!([]));
}

#[test]
fn a_server_that_switched_something_off_or_falls_silent_costs_no_code() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (url, control) = (shop.sim.url(), shop.sim.control());
    for (name, endpoint, fault, expected) in [
        ("a", "sqs/set", Fault::Scripted(201, ""), json!([{"kind": "sqs", "reason": "unsupported"}])),
        (
            "b",
            "websocket/set",
            Fault::Html,
            json!([
                {"kind": "websocket", "reason": "evolution_unreachable"},
                {"kind": "proxy", "reason": "evolution_unreachable"}
            ]),
        ),
    ] {
        assert_eq!(shop.post(name).status, 200);
        set_all(&url, name, Version::V2_3_7);
        shop.delete(name);
        control.fault_at(endpoint, fault, Some(1));
        let answer = shop.post(name);
        assert_eq!((answer.qr().is_some(), answer.data("notRestored")), (true, &expected), "{}", answer.body);
    }
}

#[test]
fn a_kill_between_create_and_restore_is_finished_by_the_next_call() {
    let sim = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
    let folder = Folder::new();
    let token = furnish(folder.path(), &sim.url());
    let mut serving = Serving::start(folder.path());
    let post = |route: &str, name: &str| try_post(route, &token, &ask(name).to_string());
    let delete = |serving: &Serving, name: &str| {
        let request = ureq::delete(serving.url(&format!("{ROUTE}/{name}")));
        let answer = request.header("authorization", format!("Bearer {token}")).call();
        assert_eq!(answer.expect("an answer").status(), 200);
        until("it is gone", || sim.control().state(name).is_none());
    };
    // In the meantime, the owner of the second set a webhook again, and that of the third switched SQS off.
    let webhook = json!({"webhook": {"enabled": true, "url": "http://loja.example/new", "events": ["CALL"]}});
    let off = json!({"sqs": {"enabled": false, "events": []}});
    for (name, own) in [("a", None), ("b", Some(("webhook", webhook))), ("c", Some(("sqs", off)))] {
        assert_eq!(post(&serving.route(), name).expect("an answer").status, 200);
        set_all(&sim.url(), name, Version::V2_3_7);
        let before = shown(&sim.url(), name, Version::V2_3_7);
        delete(&serving, name);
        let route = serving.route();
        std::thread::scope(|scope| {
            sim.control().fault_at("webhook/set", Fault::Hang, None);
            let cut_short = scope.spawn(|| post(&route, name));
            let newest = || sim.control().calls().last().map(|call| call.endpoint.clone());
            until("the restore began", || newest().as_deref() == Some("webhook/set"));
            serving.kill();
            assert!(cut_short.join().expect("a caller").is_err());
        });
        sim.control().fault(Fault::None, None);
        // However long the crash was ago: the id of what the create made is on the disk before anything is put back.
        sql(folder.path(), "UPDATE saved_settings SET createdAt = createdAt - 600000 RETURNING 1");
        serving = Serving::start(folder.path());
        let own = own.map(|(kind, body)| {
            upstream_set(&sim.url(), kind, name, &body);
            (kind, shown(&sim.url(), name, Version::V2_3_7).remove(kind))
        });
        let answer = post(&serving.route(), name).expect("an answer");
        let restored: Vec<_> = kinds(Version::V2_3_7)
            .into_iter()
            .filter(|kind| own.as_ref().is_none_or(|own| *kind != own.0))
            .collect();
        assert_restored(&answer, &restored, &json!([]));
        let mut after = shown(&sim.url(), name, Version::V2_3_7);
        if let Some((kind, value)) = own {
            assert_eq!(after.remove(kind), value, "nobody's own is written over");
            after.insert(kind, before[kind].clone());
        }
        assert_eq!(after, before, "{name}");
    }
    serving.kill();
    assert_eq!(sql(folder.path(), "SELECT DISTINCT awaited FROM saved_settings"), [[""]]);
}

#[test]
fn an_instance_that_we_did_not_create_is_never_written() {
    let version = Version::V2_3_7;
    let shop = Shop::watched(instant(version), watchful());
    let (url, control) = (shop.sim.url(), shop.sim.control());
    assert_eq!(shop.post("a").status, 200);
    set_all(&url, "a", version);
    shop.until_looked("a");
    // Something is missing since a create of ours, and is tried again and again.
    control.fault_at("proxy/set", Fault::Scripted(400, INVALID_PROXY), None);
    control.forget(Some("a"));
    assert_eq!(shop.post("a").data("notRestored")[0]["kind"], "proxy");
    control.forget(Some("a"));
    upstream_create(&url, &json!({"instanceName": "a", "integration": "WHATSAPP-BAILEYS"}));
    let bare = shown(&url, "a", version);
    control.fault(Fault::None, None);
    assert_restored(&shop.post("a"), &[], &json!([]));
    shop.until_looked("a");
    assert_eq!(shown(&url, "a", version), bare);
    assert!(bare.iter().all(|(kind, shown)| *kind == "settings" || shown.is_null()), "{bare:?}");
}

#[test]
fn what_somebody_made_and_paired_after_a_lost_create_is_not_written() {
    for version in VERSIONS {
        let shop = Shop::new(instant(version));
        shop.lose_create("a", version);
        shop.make_by_hand("a");
        assert!(shop.sim.control().scan("a", None));
        shop.until_state("a", "open");
        let sets = shop.sets("a");
        assert_eq!((shop.post("a").status, shop.sets("a")), (409, sets), "{version:?}");
    }
}

#[test]
fn what_a_lost_create_made_gets_its_settings_though_the_next_create_finds_it() {
    for (is_lost, restored) in [(true, json!(["webhook"])), (false, json!([]))] {
        let shop = Shop::new(instant(Version::V2_3_7));
        shop.lose_create("a", Version::V2_3_7);
        if !is_lost {
            shop.set("UPDATE saved_settings SET createdAt = createdAt - 120000");
        }
        shop.set("UPDATE messaging_instances SET createOutUntil = 1");
        shop.make_by_hand("a");
        // The look before the create comes too early, by list and by state.
        shop.sim.control().fault(Fault::Scripted(404, MISSING), Some(2));
        let answer = shop.post("a");
        assert_eq!((answer.status, answer.data("restored")), (200, &restored), "{}", answer.body);
    }
}

#[test]
fn a_server_that_hangs_over_a_setting_costs_no_code() {
    let shop = Shop::with(instant(Version::V2_3_7), Duration::from_secs(3));
    assert_eq!(shop.post("a").status, 200);
    upstream_set(&shop.sim.url(), "webhook", "a", &wishes(Version::V2_3_7)[0].1);
    shop.delete("a");
    shop.sim.control().fault_at("webhook/set", Fault::Hang, None);
    assert_restored(&shop.post("a"), &[], &json!([{"kind": "webhook", "reason": "evolution_timeout"}]));
}

#[test]
fn settings_go_with_a_row_to_its_new_owner() {
    let shop = Shop::new(instant(Version::V1_8_2));
    let other = shop.member("outra", Role::Owner);
    assert_eq!(shop.post("a").status, 200);
    upstream_set(&shop.sim.url(), "webhook", "a", &wishes(Version::V1_8_2)[0].1);
    shop.delete("a");
    assert_restored(&shop.post("a"), &["webhook"], &json!([]));
    shop.set("UPDATE messaging_instances SET userId = (SELECT id FROM users WHERE name = 'outra')");
    shop.sim.control().forget(Some("a"));
    assert_restored(&shop.post_as(&other, "a"), &["webhook"], &json!([]));
}
