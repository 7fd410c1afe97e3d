//! Which phone is really linked: what the call, the list and the history say of it, and when.

use std::time::Duration;

use pareia::domain::Role;
use pareia::sim::{Options, Timing, Version};
use serde_json::{Value, json};

use super::monitor::swift;
use crate::harness::{Answer, Client, PHONE, ROUTE, Shop, instant, until};

const VERSIONS: [Version; 2] = [Version::V2_3_7, Version::V1_8_2];
/// What the simulated account of that number calls itself.
const PROFILE: &str = "Loja Teste";

/// An owner that upstream may list: the phone that the row is for, the WhatsApp id of the one that scans, the number
/// that is shown, and whether it is the right one.
type Owner = (&'static str, &'static str, &'static str, Option<&'static str>, Option<bool>);

const OWNERS: [Owner; 8] = [
    ("same", PHONE, "5521991856227@s.whatsapp.net", Some(PHONE), Some(true)),
    ("device", PHONE, "5521991856227:12@s.whatsapp.net", Some(PHONE), Some(true)),
    ("ninth", PHONE, "552191856227@s.whatsapp.net", Some("552191856227"), Some(true)),
    ("mexico", "525512345678", "5215512345678@s.whatsapp.net", Some("5215512345678"), Some(true)),
    ("argentina", "541112345678", "5491112345678@s.whatsapp.net", Some("5491112345678"), Some(true)),
    ("other", PHONE, "5511987654321@s.whatsapp.net", Some("5511987654321"), Some(false)),
    ("hidden", PHONE, "123456789012345@lid", None, None),
    ("nobody", PHONE, "", None, None),
];

impl Shop {
    fn post_for(&self, name: &str, phone: &str) -> Answer {
        let body =
            json!({"channel": "whatsapp_evolution", "channelInstanceId": name, "channelPhoneOrId": phone});
        self.post_body(&self.token, &body)
    }

    /// Connects the phone of that WhatsApp id.
    #[track_caller]
    fn scanned_by(&self, name: &str, phone: &str, jid: &str) {
        let answer = self.post_for(name, phone);
        assert_eq!(answer.data("status"), "connecting", "{}", answer.body);
        assert_eq!(answer.data("numberMatches"), &Value::Null);
        assert!(self.sim.control().scan(name, Some(jid)));
        self.until_state(name, "open");
    }

    fn shown(&self, name: &str) -> Value {
        self.call("GET", &format!("{ROUTE}/{name}")).body["data"].clone()
    }

    #[track_caller]
    fn until_shown(&self, name: &str, field: &str, value: &Value) {
        until(&format!("{field} of {name} is {value}"), || self.shown(name)[field] == *value);
    }

    /// The history of a row since its first code: each status, and what was seen beside it.
    fn details(&self, name: &str) -> Vec<String> {
        let events = self.call("GET", &format!("{ROUTE}/{name}/events"));
        let events = events.body["data"].as_array().expect("a list").iter().rev().skip(2);
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        events.map(|e| format!("{} {}", word(&e["reason"]), word(&e["detail"]))).collect()
    }

    fn patch(&self, token: &str, name: &str, body: &Value) -> Answer {
        Client::bearer(self, token).call("PATCH", &format!("{ROUTE}/{name}"), body)
    }
}

/// What an answer says of the phone.
fn phone(data: &Value) -> Value {
    json!([
        data["linkedNumber"],
        data["numberMatches"],
        data["profileName"],
        data["linkedSeenAt"].is_string()
    ])
}

fn expected((kind, _, _, number, matches): Owner) -> Value {
    let is_seen = kind != "nobody";
    json!([number, matches, is_seen.then_some(PROFILE), is_seen])
}

#[test]
fn a_call_says_whose_phone_is_connected() {
    for version in VERSIONS {
        let shop = Shop::new(instant(version));
        for owner @ (kind, asked, jid, ..) in OWNERS {
            shop.scanned_by(kind, asked, jid);
            let answer = shop.post_for(kind, asked);
            let data = &answer.body["data"];
            assert_eq!((&data["status"], phone(data)), (&json!("connected"), expected(owner)), "{kind}");
            // One phone has three names by now, which is said where nothing worse is.
            let warning = (kind == "other").then_some("other_number");
            let warning = warning.or(["device", "ninth"].contains(&kind).then_some("number_linked_twice"));
            assert_eq!(data["warning"]["code"], json!(warning), "{kind} {data}");
            assert_eq!(phone(&shop.shown(kind)), expected(owner), "{kind}");
        }
    }
}

#[test]
fn a_call_that_is_quicker_than_the_list_waits_for_whose_phone_it_is() {
    let timing = Timing { list_lag: Duration::from_millis(400), ..Timing::instant() };
    let shop = Shop::new(Options { timing, ..instant(Version::V2_3_7) });
    shop.scanned_by("a", PHONE, "5511987654321@s.whatsapp.net");
    let answer = shop.post("a");
    assert_eq!(
        phone(&answer.body["data"]),
        json!(["5511987654321", false, PROFILE, true]),
        "{}",
        answer.body
    );
    assert_eq!(answer.data("warning")["code"], "other_number");
    let lists = || shop.sim.control().count("fetchInstances", Some("a"));
    let from = lists();
    shop.post("a");
    assert_eq!(lists(), from + 1, "a list that says it is asked for once");
}

#[test]
fn the_monitor_sees_whose_phone_is_connected() {
    for version in VERSIONS {
        let shop = Shop::watched(instant(version), swift());
        for (kind, asked, jid, ..) in OWNERS {
            shop.scanned_by(kind, asked, jid);
        }
        for owner @ (kind, ..) in OWNERS {
            let (expected, is_so) = (expected(owner), |shown: &Value| shown["status"] == "connected");
            until(&format!("{kind} is seen"), || {
                let shown = shop.shown(kind);
                is_so(&shown) && phone(&shown) == expected
            });
        }
    }
}

#[test]
fn another_phone_is_seen_while_the_first_stays_connected() {
    for version in VERSIONS {
        let shop = Shop::watched(instant(version), swift());
        shop.scanned_by("a", PHONE, "5521991856227@s.whatsapp.net");
        shop.until_shown("a", "linkedNumber", &json!(PHONE));
        let first = shop.shown("a")["linkedSeenAt"].clone();
        let is_renamed = |jid, name| shop.sim.control().rename("a", Some(jid), Some(name));
        assert!(is_renamed("5521991856227@s.whatsapp.net", "Loja\u{7} Nova"));
        shop.until_shown("a", "profileName", &json!("Loja Nova"));
        assert_ne!(shop.shown("a")["linkedSeenAt"], first);
        assert!(is_renamed("5511987654321@s.whatsapp.net", "Outra"));
        shop.until_shown("a", "linkedNumber", &json!("5511987654321"));
        let shown = shop.shown("a");
        assert_eq!((&shown["numberMatches"], &shown["profileName"]), (&json!(false), &json!("Outra")));
        assert_eq!(shop.details("a"), ["paired 5521991856227", "linked 5511987654321"]);
        let lists = || shop.sim.control().count("fetchInstances", None);
        let from = lists();
        until("more lists", || lists() > from + 3);
        assert_eq!(shop.shown("a"), shown, "written once");
    }
}

#[test]
fn a_phone_that_is_logged_out_is_forgotten_and_the_next_one_is_told() {
    for version in VERSIONS {
        let shop = Shop::watched(instant(version), swift());
        shop.scanned_by("a", PHONE, "5521991856227@s.whatsapp.net");
        shop.until_shown("a", "linkedNumber", &json!(PHONE));
        assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).status, 200);
        assert_eq!(phone(&shop.shown("a")), json!([null, null, null, false]));
        shop.scanned_by("a", PHONE, "5511987654321@s.whatsapp.net");
        shop.until_shown("a", "linkedNumber", &json!("5511987654321"));
        let logged_out = "logged_out -";
        assert_eq!(
            shop.details("a"),
            ["paired 5521991856227", logged_out, "asked -", "paired 5511987654321"]
        );
    }
}

#[test]
fn a_phone_that_is_removed_is_forgotten_and_a_drop_forgets_nothing() {
    let shop = Shop::watched(instant(Version::V2_3_7), swift());
    shop.scanned_by("a", PHONE, "5511987654321@s.whatsapp.net");
    shop.until_shown("a", "numberMatches", &json!(false));
    assert!(shop.sim.control().drop_socket("a", Some(std::time::Duration::from_mins(1))));
    shop.until_row("a", "disconnected dropped");
    let shown = shop.shown("a");
    assert_eq!((&shown["linkedNumber"], &shown["numberMatches"]), (&json!("5511987654321"), &Value::Null));
    assert!(shop.sim.control().unlink("a"));
    shop.until_row("a", "disconnected device_removed");
    assert_eq!(phone(&shop.shown("a")), json!([null, null, null, false]));
    let columns = "SELECT linkedNumber, linkedKey, profileName, linkedSeenAt FROM messaging_instances";
    assert_eq!(shop.sql(columns), [["NULL"; 4]]);
}

#[test]
fn one_phone_under_two_names_is_said_at_both() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (other, admin) = (shop.user("outra", false), shop.member("chefe", Role::Operator));
    let jids = ["5521991856227@s.whatsapp.net", "552191856227@s.whatsapp.net"];
    for (name, jid) in [("a", jids[0]), ("b", jids[1]), ("c", jids[1])] {
        shop.scanned_by(name, PHONE, jid);
        assert_eq!(shop.post(name).data("status"), "connected");
    }
    shop.set(
        "UPDATE messaging_instances SET userId = (SELECT id FROM users WHERE name = 'outra')
         WHERE channelInstanceId = 'c'",
    );
    let seen = |token: &str, name: &str| {
        let data = &shop.call_as(token, "GET", &format!("{ROUTE}/{name}")).body["data"];
        json!([data["sameNumberAs"], data["sameNumberElsewhere"]])
    };
    for (token, name, names, elsewhere) in [
        (&shop.token, "a", json!(["b"]), true),
        (&shop.token, "b", json!(["a"]), true),
        (&other, "c", json!([]), true),
        (&admin, "a", json!(["b", "c"]), false),
        (&admin, "c", json!(["a", "b"]), false),
    ] {
        assert_eq!(seen(token, name), json!([names, elsewhere]), "{name}");
    }
    let warning = |token: &str, name: &str| shop.post_as(token, name).data("warning").clone();
    let (mine, theirs) = (warning(&shop.token, "a"), warning(&other, "c"));
    assert_eq!([&mine["code"], &theirs["code"]], ["number_linked_twice"; 2]);
    assert!(mine["message"].as_str().is_some_and(|text| text.contains(": b.")), "{mine}");
    assert!(theirs["message"].as_str().is_some_and(|text| text.contains("outro usuário")), "{theirs}");
    let list = shop.call_as(&admin, "GET", ROUTE);
    assert_eq!(list.body["data"][0]["sameNumberAs"], json!(["b", "c"]));
    shop.set("UPDATE messaging_instances SET status = 'disconnected' WHERE channelInstanceId <> 'a'");
    assert_eq!(seen(&admin, "a"), json!([[], false]), "only while both are connected");
    assert_eq!(seen(&admin, "c"), json!([[], false]));
}

#[test]
fn a_number_is_set_right_and_compared_with_what_it_is_now() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.scanned_by("a", PHONE, "5511987654321@s.whatsapp.net");
    let warning = shop.post("a").data("warning").clone();
    assert_eq!(warning["code"], "other_number");
    for number in ["5511987654321", PHONE, "channelPhoneOrId"] {
        assert!(warning["message"].as_str().is_some_and(|text| text.contains(number)), "{warning}");
    }
    shop.set("UPDATE messaging_instances SET channelPhoneOrId = '551187654321'");
    assert_eq!(shop.shown("a")["numberMatches"], true, "as the row says now");
    shop.set(&format!("UPDATE messaging_instances SET channelPhoneOrId = '{PHONE}'"));
    let changed = shop.patch(&shop.token, "a", &json!({"channelPhoneOrId": "+5511987654321"}));
    assert_eq!((changed.status, changed.data("channelPhoneOrId")), (200, &json!("5511987654321")));
    assert_eq!((changed.data("numberMatches"), changed.data("status")), (&json!(true), &json!("connected")));
    let again = shop.post_for("a", "5511987654321");
    assert_eq!(again.data("warning"), &Value::Null);
}

/// Numbers that a row may hold: of today, of earlier rules, or written there by hand.
const STORED: [(&str, Option<bool>); 7] = [
    (PHONE, Some(true)),
    ("021991856227", Some(true)),
    ("21991856227", Some(true)),
    ("+55 21 99185-6227", Some(true)),
    ("5511987654321", Some(false)),
    ("12345678", None),
    ("a loja", None),
];

#[test]
fn a_row_with_an_old_number_is_compared_by_what_that_means() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.scanned_by("a", PHONE, "5521991856227@s.whatsapp.net");
    assert_eq!(shop.post("a").data("numberMatches"), true);
    for (stored, matches) in STORED {
        shop.set(&format!("UPDATE messaging_instances SET channelPhoneOrId = '{stored}'"));
        assert_eq!(shop.shown("a")["numberMatches"], json!(matches), "{stored}");
        let others = shop.call("GET", &format!("{ROUTE}?number=other"));
        assert_eq!(others.body["total"], json!(u8::from(matches == Some(false))), "{stored}");
    }
}

#[test]
fn a_row_whose_number_somebody_edited_is_used_or_says_what_to_do() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let connect = format!("{ROUTE}/a/connect");
    for (stored, _) in STORED {
        let is_phone = stored != "a loja";
        assert_eq!(shop.post("a").status, 200);
        shop.set(&format!("UPDATE messaging_instances SET channelPhoneOrId = '{stored}'"));
        let answer = shop.call("POST", &connect);
        let url =
            shop.call("POST", &format!("{ROUTE}/a/link")).data("url").as_str().expect("a url").to_owned();
        let mut link = Client::bearer(&shop, url.split_once("/c#").expect("a token").1);
        let by_link = link.call("POST", "/api/connect", &Value::Null);
        for answer in [&answer, &by_link] {
            if is_phone {
                assert_eq!(answer.status, 200, "{stored} {}", answer.body);
            } else {
                assert_eq!(
                    (answer.status, answer.code()),
                    (400, "invalid_field"),
                    "{stored} {}",
                    answer.body
                );
                assert_eq!(answer.body["field"], "channelPhoneOrId");
                assert!(answer.body["error"].as_str().is_some_and(|text| text.contains("PATCH")));
            }
        }
        for (body, number) in
            [(json!({"note": "n"}), None), (json!({"channelPhoneOrId": PHONE}), Some(PHONE))]
        {
            let changed = shop.patch(&shop.token, "a", &body);
            assert_eq!(changed.status, 200, "{stored} {}", changed.body);
            let is_set = number.is_none_or(|number| changed.data("channelPhoneOrId") == number);
            assert!(is_set, "{}", changed.body);
        }
        assert_eq!(shop.call("POST", &connect).status, 200);
        shop.set(&format!("UPDATE messaging_instances SET channelPhoneOrId = '{stored}'"));
        assert_eq!(shop.call("POST", &format!("{ROUTE}/a/logout")).status, 200, "{stored}");
        let deleted = shop.call("DELETE", &format!("{ROUTE}/a"));
        assert_eq!(deleted.status, 200, "{stored} {}", deleted.body);
    }
}

#[test]
fn a_connection_older_than_the_history_is_no_change_of_phones() {
    let shop = Shop::watched(instant(Version::V2_3_7), swift());
    shop.scanned_by("a", PHONE, "5521991856227@s.whatsapp.net");
    shop.until_shown("a", "linkedNumber", &json!(PHONE));
    let events = || shop.sql("SELECT reason, detail FROM instance_events ORDER BY id");
    shop.set(
        "UPDATE messaging_instances SET linkedNumber = NULL, linkedKey = NULL, profileName = NULL, linkedSeenAt = NULL;
         DELETE FROM instance_events;",
    );
    shop.until_shown("a", "linkedNumber", &json!(PHONE));
    assert_eq!(events(), Vec::<Vec<String>>::new(), "it was there before");
    assert!(shop.sim.control().rename("a", Some("5511987654321@s.whatsapp.net"), Some("Outra")));
    shop.until_shown("a", "linkedNumber", &json!("5511987654321"));
    assert_eq!(events(), [["linked", "5511987654321"]]);
}
