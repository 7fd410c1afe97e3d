//! Where numbers are placed, how they move between servers with their settings, and what is left behind until the
//! phone is connected anew.

use pareia::sim::{Fault, Sim, Version};
use serde_json::{Value, json};

use super::monitor::swift;
use crate::harness::{
    Answer, Client, KEY, PHONE, ROUTE, Shop, instant, together, until, upstream_create, upstream_delete,
    upstream_get, upstream_set,
};

/// A shop with the servers `cred_a`, its own, and `cred_b`.
struct TwoServers {
    shop: Shop,
    other: Sim,
    admin: String,
}

impl TwoServers {
    fn new(shop: Shop, version: Version) -> Self {
        let other = Sim::start(instant(version)).expect("the simulation starts");
        shop.credential("cred_b", &other.url());
        let admin = shop.user("chefe", true);
        Self { shop, other, admin }
    }

    fn asleep() -> Self {
        Self::new(Shop::new(instant(Version::V2_3_7)), Version::V2_3_7)
    }

    fn watched(version: Version) -> Self {
        Self::new(Shop::watched(instant(version), swift()), version)
    }

    /// Changes which numbers a server is given, as an administrator.
    fn rule(&self, credential: &str, rule: &Value) -> Answer {
        Client::bearer(&self.shop, &self.admin).call("PATCH", &path(credential), rule)
    }

    fn relocate(&self, name: &str, body: &Value) -> Answer {
        Client::bearer(&self.shop, &self.admin).post(&format!("{ROUTE}/{name}/move"), body)
    }

    /// The server of each row, by name.
    fn homes(&self) -> Vec<String> {
        let rows = "SELECT channelInstanceId || ' ' || coalesce(credentialId, '-') FROM messaging_instances
            ORDER BY channelInstanceId";
        self.shop.sql(rows).concat()
    }

    fn left(&self) -> Vec<String> {
        self.shop.sql("SELECT credentialId FROM left_instances ORDER BY credentialId").concat()
    }

    fn shown(&self, name: &str, field: &str) -> Value {
        self.shop.call_as(&self.admin, "GET", &format!("{ROUTE}/{name}")).data(field).clone()
    }

    fn is_open(sim: &Sim, name: &str) -> bool {
        sim.control().state(name).is_some_and(|state| state.word() == "open")
    }

    /// Connects the number at the server that the call shows a code of.
    #[track_caller]
    fn connect(&self, sim: &Sim, name: &str) {
        assert!(self.shop.post(name).qr().is_some(), "{name} shows a code");
        assert!(sim.control().scan(name, Some(&format!("{PHONE}@s.whatsapp.net"))), "{name} is scanned");
        until("upstream says open", || Self::is_open(sim, name));
        assert_eq!(self.shop.post(name).data("status"), "connected");
    }
}

fn path(credential: &str) -> String {
    format!("/api/admin/credentials/{credential}")
}

#[test]
fn new_names_go_where_the_rules_say() {
    const OPEN: &str = r#"{"intake":"open","weight":1,"capacity":null}"#;
    for (a, b, names, homes) in [
        (r#"{"weight":1}"#, r#"{"weight":2}"#, 3, "b a b"),
        (r#"{"capacity":1}"#, OPEN, 3, "a b b"),
        (r#"{"intake":"closed"}"#, OPEN, 2, "b b"),
        (r#"{"intake":"draining"}"#, OPEN, 2, "b b"),
        (r#"{"capacity":1}"#, r#"{"capacity":1}"#, 3, "a b no_room"),
        (r#"{"intake":"closed"}"#, r#"{"capacity":0}"#, 1, "no_room"),
    ] {
        let two = TwoServers::asleep();
        for (credential, rule) in [("cred_a", a), ("cred_b", b)] {
            let rule = serde_json::from_str(rule).expect("JSON");
            assert_eq!(two.rule(credential, &rule).status, 200);
        }
        let home = |at: usize| {
            let answer = two.shop.post(&format!("n{at}"));
            if answer.status == 503 {
                return answer.code().to_owned();
            }
            two.homes()[at].trim_start_matches(&format!("n{at} cred_")).to_owned()
        };
        assert_eq!((0..names).map(home).collect::<Vec<_>>().join(" "), homes, "{a} {b}");
    }
}

#[test]
fn a_full_server_is_given_no_more_however_many_ask_at_once_and_still_has_what_it_has() {
    let two = TwoServers::asleep();
    two.rule("cred_a", &json!({"capacity": 2}));
    two.rule("cred_b", &json!({"capacity": 1}));
    let answers = together(8, |at| two.shop.post(&format!("n{at}")));
    let fine = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| (answer.status, answer.code()) == (503, "no_room")).count();
    assert_eq!((fine, refused), (3, 5), "{:?}", two.homes());
    // What is there already is no new number.
    upstream_create(
        &two.other.url(),
        &json!({"instanceName": "loja", "integration": "WHATSAPP-BAILEYS", "token": "t"}),
    );
    assert_eq!(two.shop.post("loja").status, 200);
    assert!(two.homes().contains(&"loja cred_b".to_owned()));
}

#[test]
fn rules_are_read_whole_or_refused() {
    let two = TwoServers::asleep();
    for (rule, field) in [
        (json!({"capacity": -1}), "capacity"),
        (json!({"weight": 0}), "weight"),
        (json!({"weight": 101}), "weight"),
        (json!({"weight": 2.5}), "weight"),
        (json!({"intake": "Open"}), "intake"),
        (json!({"name": "x"}), "name"),
    ] {
        let answer = two.rule("cred_a", &rule);
        assert_eq!((answer.status, &answer.body["field"]), (400, &json!(field)), "{rule}");
    }
    assert_eq!(two.rule("nobody", &json!({"weight": 2})).status, 404);
    let owner =
        Client::bearer(&two.shop, &two.shop.token).call("PATCH", &path("cred_a"), &json!({"weight": 2}));
    assert_eq!(owner.status, 403);
    let answer = two.rule("cred_a", &json!({"weight": 3.0, "capacity": 5}));
    assert_eq!(
        (answer.data("weight"), answer.data("capacity"), answer.data("intake")),
        (&json!(3), &json!(5), &json!("open"))
    );
    let answer = two.rule("cred_a", &json!({"capacity": null}));
    assert_eq!((answer.data("weight"), answer.data("capacity")), (&json!(3), &Value::Null));
}

#[test]
fn a_drained_server_keeps_its_phones_and_loses_its_numbers_when_they_are_connected_next() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let two = TwoServers::new(Shop::new(instant(version)), version);
        two.rule("cred_b", &json!({"intake": "closed"}));
        two.connect(&two.shop.sim, "with-phone");
        assert!(two.shop.post("without").qr().is_some());
        two.rule("cred_b", &json!({"intake": "open"}));
        two.rule("cred_a", &json!({"intake": "draining"}));
        // Somebody may be scanning the code that is shown at this moment.
        assert!(two.shop.post("without").qr().is_some());
        assert_eq!(two.homes(), ["with-phone cred_a", "without cred_a"], "{version:?}");
        two.shop.set("UPDATE messaging_instances SET qrSince = 1 WHERE channelInstanceId = 'without'");
        assert!(two.shop.post("without").qr().is_some());
        assert_eq!(two.shop.post("with-phone").data("status"), "connected");
        assert_eq!(two.homes(), ["with-phone cred_a", "without cred_b"], "{version:?}");
        assert_eq!(two.left(), ["cred_a"], "what it left is known");
        // With no room elsewhere a number stays where it is.
        two.rule("cred_b", &json!({"intake": "closed"}));
        assert_eq!(two.shop.call("POST", &format!("{ROUTE}/with-phone/logout")).status, 200);
        assert!(two.shop.post("with-phone").qr().is_some());
        assert_eq!(two.homes(), ["with-phone cred_a", "without cred_b"], "{version:?}");
    }
}

#[test]
fn a_number_moves_with_its_settings_and_the_old_phone_stays_until_the_new_scan() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let two = TwoServers::watched(version);
        two.rule("cred_b", &json!({"intake": "closed"}));
        two.connect(&two.shop.sim, "loja");
        let hook = if version == Version::V1_8_2 {
            json!({"enabled": true, "url": "http://loja.example/hook", "events": ["QRCODE_UPDATED"]})
        } else {
            json!({"webhook": {"enabled": true, "url": "http://loja.example/hook", "events": ["QRCODE_UPDATED"]}})
        };
        upstream_set(&two.shop.sim.url(), "webhook", "loja", &hook);

        let dry = format!("{ROUTE}/loja/move?dryRun=true");
        two.shop.set("UPDATE integration_credentials SET name = 'Reserva' WHERE id = 'cred_b'");
        for to in ["cred_b", "Reserva"] {
            let plan = Client::bearer(&two.shop, &two.admin).post(&dry, &json!({"to": to}));
            assert_eq!(
                (plan.status, plan.data("needsScan"), plan.data("hasPhone"), &plan.data("to")["id"]),
                (200, &json!(true), &json!(true), &json!("cred_b"))
            );
        }
        assert_eq!(two.homes(), ["loja cred_a"], "nothing is changed by asking");

        let moved = two.relocate("loja", &json!({"to": "cred_b"}));
        assert_eq!((moved.status, moved.data("old")), (200, &json!("stays")), "{:?}", moved.body);
        assert!(
            moved.data("carries").as_array().is_some_and(|kinds| kinds.contains(&json!("webhook"))),
            "{:?}",
            moved.body
        );
        assert_eq!(two.homes(), ["loja cred_b"]);
        assert_eq!(
            (two.shown("loja", "status"), two.shown("loja", "reason")),
            (json!("disconnected"), json!("moved"))
        );
        assert_eq!(two.shown("loja", "leftOn"), json!(["cred_a"]));
        assert!(TwoServers::is_open(&two.shop.sim, "loja"), "its phone stays");

        let answer = two.shop.post("loja");
        assert!(answer.qr().is_some(), "{:?}", answer.body);
        assert!(
            answer.data("restored").as_array().is_some_and(|kinds| kinds.contains(&json!("webhook"))),
            "{:?}",
            answer.body
        );
        assert!(
            answer.data("warnings").as_array().is_some_and(Vec::is_empty),
            "its own is no double: {:?}",
            answer.body
        );
        assert!(upstream_get(&two.other.url(), "/webhook/find/loja").to_string().contains("loja.example"));
        assert!(TwoServers::is_open(&two.shop.sim, "loja"), "its phone stays while nobody scans");
        assert!(two.other.control().scan("loja", Some(&format!("{PHONE}@s.whatsapp.net"))));
        until("what it left is removed", || {
            two.shop.sim.control().state("loja").is_none() && two.left().is_empty()
        });
        until("it is connected", || two.shown("loja", "status") == json!("connected"));
        assert_eq!(two.shown("loja", "leftOn"), json!([]));
        assert!(TwoServers::is_open(&two.other, "loja"));
    }
}

#[test]
fn a_server_that_numbers_are_still_to_leave_is_removed_only_on_purpose() {
    let two = TwoServers::asleep();
    two.rule("cred_b", &json!({"intake": "closed"}));
    two.connect(&two.shop.sim, "loja");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    let servers = two.shop.call_as(&two.admin, "GET", "/api/admin/credentials");
    let counts = |at: usize| {
        (servers.body["data"][at]["instances"].clone(), servers.body["data"][at]["leaving"].clone())
    };
    assert_eq!((counts(0), counts(1)), ((json!(0), json!(1)), (json!(1), json!(0))));
    let refused = two.shop.call_as(&two.admin, "DELETE", &path("cred_a"));
    assert_eq!((refused.status, refused.code()), (409, "in_use"));
    let error = refused.body["error"].as_str().unwrap_or_default();
    assert!(error.starts_with("1 número ainda vai sair deste servidor"), "{error}");
    assert_eq!(two.left(), ["cred_a"]);
    let forced = two.shop.call_as(&two.admin, "DELETE", &format!("{}?force=true", path("cred_a")));
    assert_eq!((forced.status, two.left()), (200, Vec::new()));
}

#[test]
fn what_was_left_stays_where_another_phone_scanned() {
    let two = TwoServers::watched(Version::V2_3_7);
    two.rule("cred_b", &json!({"intake": "closed"}));
    two.connect(&two.shop.sim, "loja");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    assert!(two.shop.post("loja").qr().is_some());
    assert!(two.other.control().scan("loja", Some("5511900000000@s.whatsapp.net")));
    until("the other number shows", || two.shown("loja", "numberMatches") == json!(false));
    assert!(TwoServers::is_open(&two.shop.sim, "loja"));
    assert_eq!(two.left(), ["cred_a"]);
}

#[test]
fn a_move_is_taken_back_without_a_scan() {
    let two = TwoServers::asleep();
    two.rule("cred_b", &json!({"intake": "closed"}));
    two.connect(&two.shop.sim, "loja");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    assert!(two.shop.post("loja").qr().is_some());
    let back = two.relocate("loja", &json!({"to": "cred_a"}));
    assert_eq!((back.status, back.data("needsScan")), (200, &json!(false)), "{:?}", back.body);
    assert_eq!(two.shop.post("loja").data("status"), "connected");
    assert_eq!(two.left(), ["cred_b"], "what the move made there is known");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    upstream_delete(&two.shop.sim.url(), "loja");
    let back = two.relocate("loja", &json!({"to": "cred_a"}));
    assert_eq!(
        (back.status, back.data("needsScan")),
        (200, &json!(true)),
        "it is gone there: {:?}",
        back.body
    );
    assert!(two.shop.post("loja").qr().is_some());
}

#[test]
fn the_old_one_is_removed_at_once_where_that_is_asked_for_and_a_dead_server_keeps_nobody() {
    let two = TwoServers::asleep();
    two.rule("cred_b", &json!({"intake": "closed"}));
    for name in ["now", "dead"] {
        two.connect(&two.shop.sim, name);
    }
    let moved = two.relocate("now", &json!({"to": "cred_b", "removeOldNow": true}));
    assert_eq!((moved.status, moved.data("old")), (200, &json!("removed")), "{:?}", moved.body);
    until("it is gone", || two.shop.sim.control().state("now").is_none());
    two.shop.sim.control().refuse(true);
    let moved = two.relocate("dead", &json!({"to": "cred_b", "removeOldNow": true}));
    assert_eq!((moved.status, moved.data("old")), (200, &json!("not_removed")), "{:?}", moved.body);
    assert!(two.shop.post("dead").qr().is_some(), "it is connected where it is now");
    assert_eq!(two.left(), ["cred_a"]);
}

#[test]
fn a_move_that_cannot_be_made_is_refused_and_changes_nothing() {
    let two = TwoServers::asleep();
    two.rule("cred_b", &json!({"intake": "closed"}));
    assert!(two.shop.post("loja").qr().is_some());
    for (body, code) in [
        (json!({"to": "nobody"}), "no_such_server"),
        (json!({"to": "cred_a"}), "already_there"),
        (json!({}), "no_other_server"),
    ] {
        let answer = two.relocate("loja", &body);
        assert_eq!((answer.status, answer.code()), (409, code), "{body}");
    }
    two.rule("cred_a", &json!({"intake": "draining"}));
    assert_eq!(two.relocate("loja", &json!({})).code(), "no_room");
    two.rule("cred_a", &json!({"intake": "open"}));
    two.rule("cred_b", &json!({"intake": "draining"}));
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).code(), "no_room");
    two.rule("cred_b", &json!({"intake": "open", "capacity": 0}));
    assert_eq!(two.relocate("loja", &json!({})).code(), "no_room");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).code(), "no_room");
    two.rule("cred_b", &json!({"capacity": null}));
    upstream_create(
        &two.other.url(),
        &json!({"instanceName": "loja", "integration": "WHATSAPP-BAILEYS", "token": "t"}),
    );
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).code(), "name_on_server");
    two.other.control().refuse(true);
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).code(), "evolution_unreachable");
    assert_eq!(two.relocate("nobody", &json!({})).status, 404);
    let owner = Client::bearer(&two.shop, &two.shop.token).post(&format!("{ROUTE}/loja/move"), &json!({}));
    assert_eq!(owner.status, 403, "servers are an administrator's");
    assert_eq!((two.homes(), two.left()), (vec!["loja cred_a".to_owned()], Vec::new()));
}

#[test]
fn another_address_of_the_same_server_is_no_other_server() {
    let two = TwoServers::watched(Version::V2_3_7);
    two.rule("cred_b", &json!({"intake": "closed"}));
    two.connect(&two.shop.sim, "loja");
    two.shop.credential("cred_c", &two.shop.sim.url().replace("127.0.0.1", "localhost"));
    let moved = two.relocate("loja", &json!({"to": "cred_c"}));
    assert_eq!(
        (moved.status, moved.data("old"), moved.data("needsScan")),
        (200, &json!("none"), &json!(false)),
        "{:?}",
        moved.body
    );
    until("it is connected", || two.shown("loja", "status") == json!("connected"));
    assert!(TwoServers::is_open(&two.shop.sim, "loja"));
}

#[test]
fn another_credential_of_a_drained_server_is_no_way_out_of_it() {
    let two = TwoServers::watched(Version::V2_3_7);
    two.rule("cred_b", &json!({"intake": "closed"}));
    assert!(two.shop.post("loja").qr().is_some());
    two.shop.credential("cred_c", &two.shop.sim.url());
    two.rule("cred_a", &json!({"intake": "draining"}));
    // Nobody is scanning.
    two.shop.set("UPDATE messaging_instances SET qrCode = NULL");
    two.connect(&two.shop.sim, "loja");
    assert_eq!((two.homes(), two.left()), (vec!["loja cred_a".to_owned()], Vec::new()));
    // What is noted as left there is the row's own.
    two.shop.set("UPDATE messaging_instances SET credentialId = 'cred_c'");
    two.shop
        .set("INSERT INTO left_instances SELECT id, 'cred_a', upstreamId, NULL, 1 FROM messaging_instances");
    until("it is forgotten", || two.left().is_empty());
    assert!(TwoServers::is_open(&two.shop.sim, "loja"));
}

#[test]
fn what_somebody_made_under_the_name_gives_its_settings_to_no_move() {
    let two = TwoServers::asleep();
    two.rule("cred_b", &json!({"intake": "closed"}));
    assert!(two.shop.post("loja").qr().is_some());
    let url = two.shop.sim.url();
    upstream_delete(&url, "loja");
    upstream_create(&url, &json!({"instanceName": "loja", "integration": "WHATSAPP-BAILEYS", "token": "t"}));
    let hook =
        json!({"webhook": {"enabled": true, "url": "http://alheia.example/", "events": ["QRCODE_UPDATED"]}});
    upstream_set(&url, "webhook", "loja", &hook);
    two.rule("cred_a", &json!({"intake": "draining"}));
    two.rule("cred_b", &json!({"intake": "open"}));
    two.shop.set("UPDATE messaging_instances SET qrCode = NULL");
    let answer = two.shop.post("loja");
    assert!(answer.qr().is_some(), "{:?}", answer.body);
    assert_eq!((two.homes(), answer.data("restored")), (vec!["loja cred_b".to_owned()], &json!([])));
    assert!(upstream_get(&url, "/webhook/find/loja").to_string().contains("alheia"), "it stays as it is");
}

#[test]
fn rows_that_have_to_wait_keep_no_other_from_its_removal() {
    let two = TwoServers::watched(Version::V2_3_7);
    two.rule("cred_b", &json!({"intake": "closed"}));
    two.connect(&two.shop.sim, "loja");
    // Nothing shows whose phone these have.
    two.shop.set(
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 60)
         INSERT INTO messaging_instances
             (id, channel, channelInstanceId, channelPhoneOrId, userId, status, createdAt, updatedAt)
         SELECT 'a' || i, channel, 'waits' || i, channelPhoneOrId, userId, 'connected', 1, 1
         FROM n, messaging_instances",
    );
    two.shop.set(
        "INSERT INTO left_instances SELECT id, 'cred_a', NULL, NULL, 1 FROM messaging_instances WHERE id GLOB 'a*'",
    );
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    two.connect(&two.other, "loja");
    until("what it left is removed", || {
        two.shop.sim.control().state("loja").is_none() && two.left().len() == 60
    });
}

#[test]
fn a_test_message_goes_to_the_number_itself_or_to_one_that_is_typed() {
    let two = TwoServers::asleep();
    two.rule("cred_b", &json!({"intake": "closed"}));
    let send = |token: &str, body: &Value| {
        Client::bearer(&two.shop, token).post(&format!("{ROUTE}/loja/test-message"), body)
    };
    assert_eq!(send(&two.shop.token, &Value::Null).status, 404);
    assert!(two.shop.post("loja").qr().is_some());
    let answer = send(&two.admin, &Value::Null);
    assert_eq!((answer.status, answer.code()), (409, "not_connected"));
    two.connect(&two.shop.sim, "loja");
    let answer = send(&two.shop.token, &Value::Null);
    assert_eq!((answer.status, answer.data("sentTo")), (200, &json!(PHONE)), "{:?}", answer.body);
    let answer = send(&two.admin, &json!({"to": "+55 11 98765-0000"}));
    assert_eq!((answer.status, answer.data("sentTo")), (200, &json!("5511987650000")));
    let texts: Vec<_> = two.shop.sim.control().texts().into_iter().map(|text| (text.from, text.to)).collect();
    assert_eq!(
        texts,
        [("loja".to_owned(), PHONE.to_owned()), ("loja".to_owned(), "5511987650000".to_owned())]
    );
    assert_eq!(send(&two.admin, &json!({"to": "1"})).status, 400);
    let operator = two.shop.member("op", pareia::domain::Role::Operator);
    assert_eq!(send(&operator, &Value::Null).status, 403);
    assert_eq!(send(&two.shop.user("outra", false), &Value::Null).status, 404);
    let answer = send(&two.admin, &Value::Null);
    assert_eq!((answer.status, answer.code()), (429, "rate_limited"), "as often as that is spam");
}

/// Its owner does not know all servers, and is rid of what their lists say all the same.
#[test]
fn an_erasure_forgets_what_the_server_that_was_left_lists() {
    let two = TwoServers::asleep();
    two.connect(&two.shop.sim, "loja");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    two.shop.set(
        "INSERT INTO unmanaged_instances SELECT l.credentialId, 'loja', l.upstreamId, 1, 1, 1 FROM left_instances l",
    );
    assert_eq!(two.shop.call("DELETE", &format!("{ROUTE}/loja?erase=true")).status, 200);
    assert_eq!(two.shop.sql("SELECT name FROM unmanaged_instances").concat(), Vec::<String>::new());
}

#[test]
fn what_a_row_left_goes_with_its_phone_when_it_is_logged_out_or_deleted() {
    let two = TwoServers::asleep();
    two.rule("cred_b", &json!({"intake": "closed"}));
    two.connect(&two.shop.sim, "fora");
    assert_eq!(two.relocate("fora", &json!({"to": "cred_b"})).status, 200);
    assert_eq!(two.shop.call("POST", &format!("{ROUTE}/fora/logout")).status, 200);
    until("its phone is logged out", || two.shop.sim.control().state("fora").is_none());
    let noted = "SELECT result FROM audit_entries WHERE action = 'instance.logout'";
    assert_eq!(two.shop.sql(noted).concat(), ["done"]);
    assert_eq!(two.shown("fora", "linkedNumber"), Value::Null, "no phone is linked any more");
    assert_eq!((two.left().len(), two.shop.call("DELETE", &format!("{ROUTE}/fora")).status), (0, 200));
    two.connect(&two.shop.sim, "loja");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    for query in ["keepUpstream=true&dryRun=true", "keepUpstream=true&erase=true&dryRun=true"] {
        let kept = two.shop.call("DELETE", &format!("{ROUTE}/loja?{query}"));
        assert_eq!(kept.data("staysOn"), &two.shown("loja", "leftOn"), "what is forgotten is named");
        assert!(kept.data("message").as_str().is_some_and(|text| text.contains("deixou uma instância em")));
    }
    let plan = two.shop.call("DELETE", &format!("{ROUTE}/loja?dryRun=true"));
    assert!(plan.data("staysOn").is_null(), "it goes as well");
    assert_eq!(plan.data("removes"), &json!(["upstream", "session", "row", "history", "links"]));
    assert_eq!(two.shop.call("DELETE", &format!("{ROUTE}/loja")).status, 200);
    until("it is gone", || two.shop.sim.control().state("loja").is_none());
    assert!(two.homes().is_empty());
}

/// What the trail tells of one kind of acts: of which server, and with what result.
fn trail(two: &TwoServers, action: &str) -> Vec<String> {
    let entries = format!(
        "SELECT coalesce(detail, '') || ' ' || result FROM audit_entries WHERE action = '{action}' ORDER BY id"
    );
    two.shop.sql(&entries).concat()
}

/// Moves `loja`, which is connected, to the other server and connects it there.
fn moved_and_connected(version: Version) -> TwoServers {
    let two = TwoServers::new(Shop::new(instant(version)), version);
    two.rule("cred_b", &json!({"intake": "closed"}));
    two.connect(&two.shop.sim, "loja");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    two.connect(&two.other, "loja");
    two
}

#[test]
fn a_server_that_is_down_keeps_a_deletion_from_removing_anything() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let two = moved_and_connected(version);
        let old = two.shop.sim.control();
        for (method, act) in [("DELETE", ""), ("DELETE", "?dryRun=true"), ("POST", "/logout")] {
            old.refuse(true);
            let refused = two.shop.call(method, &format!("{ROUTE}/loja{act}"));
            assert_eq!((refused.status, refused.code()), (502, "evolution_unreachable"), "{act}");
            let detail = refused.body["detail"].as_str().expect("what failed");
            assert!(detail.contains("servidor cred_a") && !detail.contains("Já"), "{detail}");
            old.refuse(false);
            assert!(TwoServers::is_open(&two.other, "loja") && TwoServers::is_open(&two.shop.sim, "loja"));
        }
        assert_eq!((trail(&two, "instance.remove").len(), two.left()), (0, vec!["cred_a".to_owned()]));
        assert_eq!(two.shop.call("DELETE", &format!("{ROUTE}/loja")).status, 200);
        assert_eq!(trail(&two, "instance.remove"), ["cred_a done", "cred_b done"], "{version:?}");
        assert_eq!(trail(&two, "instance.delete"), [" evolution_unreachable", " done"], "{version:?}");
        until("both are gone", || {
            [&two.shop.sim, &two.other].iter().all(|sim| sim.control().state("loja").is_none())
        });
    }
}

#[test]
fn an_action_that_fails_half_way_says_what_is_done_and_is_finished_by_the_next() {
    let two = moved_and_connected(Version::V2_3_7);
    two.other.control().fault_at("delete", Fault::Http500, Some(1));
    let failed = two.shop.call("DELETE", &format!("{ROUTE}/loja"));
    assert_eq!((failed.status, failed.code()), (502, "evolution_error"));
    let detail = failed.body["detail"].as_str().expect("what is done");
    assert!(detail.starts_with("Já removida de: cred_a. "), "{detail}");
    assert_eq!((trail(&two, "instance.remove"), two.left()), (vec!["cred_a done".to_owned()], Vec::new()));
    assert!(TwoServers::is_open(&two.other, "loja"), "its own is as it was");
    let deleted = two.shop.call("DELETE", &format!("{ROUTE}/loja"));
    assert_eq!(deleted.data("removes"), &json!(["upstream", "session", "row", "history", "links"]));
    assert_eq!(trail(&two, "instance.remove"), ["cred_a done", "cred_b done"]);

    let two = moved_and_connected(Version::V2_3_7);
    two.shop.sim.control().fault_at("delete", Fault::Http500, Some(1));
    let failed = two.shop.call("POST", &format!("{ROUTE}/loja/logout"));
    assert_eq!((failed.status, failed.code()), (502, "evolution_error"));
    let detail = failed.body["detail"].as_str().expect("what is done");
    assert!(detail.starts_with("Já desconectada em: cred_b. No servidor cred_a, "), "{detail}");
    assert_eq!(two.shown("loja", "status"), json!("disconnected"));
    assert_eq!(trail(&two, "instance.logout"), [" done", " evolution_error"]);
    assert_eq!(two.shop.call("POST", &format!("{ROUTE}/loja/logout")).status, 200);
    assert_eq!((trail(&two, "instance.remove"), two.left()), (vec!["cred_a done".to_owned()], Vec::new()));
}

/// No id was known of what the row left: it may be somebody else's by now.
#[test]
fn what_no_id_shows_to_be_left_is_removed_by_name_alone() {
    let two = TwoServers::watched(Version::V2_3_7);
    two.rule("cred_b", &json!({"intake": "closed"}));
    two.connect(&two.shop.sim, "loja");
    assert_eq!(two.relocate("loja", &json!({"to": "cred_b"})).status, 200);
    two.shop.set("UPDATE left_instances SET upstreamId = NULL");
    // Before the phone is connected: the monitor looks at what has no id once, and may do so at once.
    let from = two.shop.calls();
    two.connect(&two.other, "loja");
    let asked_for = |name: &Option<String>| name.as_deref() == Some("loja");
    until("the monitor has looked at it", || {
        let calls = two.shop.sim.control().calls();
        calls.iter().skip(from).any(|call| call.endpoint == "fetchInstances" && asked_for(&call.name))
    });
    assert_eq!(two.shop.call("POST", &format!("{ROUTE}/loja/logout")).status, 200);
    assert!(two.shop.sim.control().state("loja").is_some_and(|state| state.word() != "open"));
    assert_eq!((two.shop.sim.control().count("delete", None), two.left()), (0, vec!["cred_a".to_owned()]));
    assert_eq!(two.shop.call("DELETE", &format!("{ROUTE}/loja")).status, 200);
    until("it is gone", || two.shop.sim.control().state("loja").is_none());
}

#[test]
fn a_number_that_nobody_ever_scanned_is_listed_for_its_age() {
    let two = TwoServers::asleep();
    for name in ["new", "old", "was-connected"] {
        assert!(two.shop.post(name).qr().is_some());
    }
    let home = two.homes().into_iter().find(|home| home.starts_with("was-connected")).expect("a row");
    let sim = if home.ends_with("cred_a") { &two.shop.sim } else { &two.other };
    two.connect(sim, "was-connected");
    assert_eq!(two.shop.call("POST", &format!("{ROUTE}/was-connected/logout")).status, 200);
    two.shop.set("UPDATE messaging_instances SET createdAt = createdAt - 8 * 86400000 WHERE channelInstanceId <> 'new'");
    for (days, names) in [("7", json!(["old"])), ("9", json!([])), ("0", json!(["new", "old"]))] {
        let page = two.shop.call("GET", &format!("{ROUTE}?view=never_connected&olderThan={days}"));
        let found: Vec<_> = page.body["data"]
            .as_array()
            .expect("a page")
            .iter()
            .map(|line| line["channelInstanceId"].clone())
            .collect();
        assert_eq!(json!(found), names, "{days} days");
    }
    assert_eq!(two.shop.call("GET", &format!("{ROUTE}?olderThan=-1")).status, 400);
}

#[test]
fn servers_are_shown_side_by_side() {
    let two = TwoServers::watched(Version::V2_3_7);
    upstream_create(
        &two.other.url(),
        &json!({"instanceName": "alheia", "integration": "WHATSAPP-BAILEYS", "token": "t"}),
    );
    two.rule("cred_b", &json!({"intake": "closed"}));
    assert!(two.shop.post("loja").qr().is_some());
    let list = || two.shop.call_as(&two.admin, "GET", "/api/admin/credentials").body["data"].clone();
    until("both are seen", || {
        let data = list();
        data.as_array().is_some_and(|servers| {
            servers.iter().all(|one| one["listMs"].is_number() && one["version"] == "2.3.7")
        }) && data[1]["unmanaged"] == 1
    });
    let data = list();
    assert_eq!((&data[0]["licence"], data[1]["listed"].is_number()), (&json!("fine"), true), "{data}");
    two.other.control().licence(true);
    until("the licence is missing", || list()[1]["licence"] == "missing");
    assert!(!data.to_string().contains(KEY));
}
