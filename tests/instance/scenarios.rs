//! The flow's scenarios and the rows of the contract's table, on both wires.

use pareia::sim::Version;
use serde_json::json;

use crate::harness::{Shop, ask, instant, recorded, sooner_than};

const DONE: &str = "Instância criada com credenciais do sistema";
const CREATED: &str = "Instância criada. Escaneie o QR Code no WhatsApp.";
const EXISTING: &str = "Instância já existente. Escaneie o QR Code.";
const CONNECTED: &str = "Instância já conectada.";

/// A successful call: its sentence, status, and what it asked of upstream.
#[track_caller]
fn succeeds(shop: &Shop, token: &str, name: &str, message: &str, status: &str, upstream: &str) -> String {
    let from = shop.calls();
    let answer = shop.post_as(token, name);
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!(answer.body["success"], true);
    assert_eq!(answer.body["message"], DONE);
    assert_eq!(answer.data("message"), message);
    assert_eq!(answer.data("status"), status);
    assert_eq!(answer.data("channelInstanceId"), name);
    assert_eq!(shop.calls_since(from), upstream);
    let current = shop.sim.control().current_code(name).map(|c| c.base64.to_string());
    match status {
        "connected" => assert!(answer.data("qrCode").is_null()),
        _ => assert_eq!(answer.qr(), current.as_deref(), "the code is upstream's current one"),
    }
    answer.data("instanceId").as_str().expect("an id").to_owned()
}

/// All five rows, in the order a shop meets them, against an upstream that answers at once, so that
/// the calls are exactly the decisive ones.
fn five_rows(version: Version, open_calls: usize) {
    let shop = Shop::new(instant(version));
    let (token, sim) = (&shop.token, shop.sim.control());
    let id = succeeds(&shop, token, "my-store", CREATED, "connecting", "fetchInstances create connect");
    assert!(id.starts_with('c'));
    let second = succeeds(&shop, token, "my-store", EXISTING, "connecting", "fetchInstances connect");
    let from = shop.calls();
    shop.post("my-store");
    let calls = if version == Version::V2_3_7 { 3 } else { 2 };
    assert_eq!(shop.calls() - from, calls, "the list, the state where that lags, and the code");
    sim.forget(None);
    let recreated =
        succeeds(&shop, token, "my-store", CREATED, "connecting", "fetchInstances create connect");
    assert_eq!((&id, &id), (&second, &recreated), "the row's id never changes");
    shop.scan("my-store");
    let from = shop.calls();
    assert_eq!(succeeds(&shop, token, "my-store", CONNECTED, "connected", "fetchInstances"), id);
    assert_eq!(shop.calls() - from, open_calls, "the list of 2.x lags, so the socket is asked too");
    assert_eq!(shop.sql("SELECT id, status, qrCode FROM messaging_instances"), [[&id, "connected", "NULL"]]);
    // An instance that somebody made by hand is adopted.
    let url = shop.sim.url();
    let body = json!({ "instanceName": "orfa", "integration": "WHATSAPP-BAILEYS", "token": "t-orfa" });
    crate::harness::upstream_create(&url, &body);
    let from = shop.calls();
    let answer = shop.post("orfa");
    assert_eq!((answer.status, answer.data("message").as_str()), (200, Some(EXISTING)), "{:?}", answer.body);
    assert!(!shop.calls_since(from).contains("create"), "{}", shop.calls_since(from));
    assert_eq!(sim.sockets("orfa"), 1);
}

#[test]
fn the_five_rows_of_the_table_on_2_3_7() {
    five_rows(Version::V2_3_7, 2);
}

#[test]
fn the_five_rows_of_the_table_on_1_8_2() {
    five_rows(Version::V1_8_2, 1);
}

#[test]
fn a_code_is_answered_long_before_upstream_wakes() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = Shop::new(recorded(version));
        let begun = std::time::Instant::now();
        let first = shop.post("my-store");
        assert_eq!(first.status, 200, "{:?}", first.body);
        shop.sim.control().forget(None);
        let recreated = shop.post("my-store");
        assert_eq!(recreated.status, 200, "{:?}", recreated.body);
        sooner_than(2 * recorded(version).timing.connect, begun);
        assert_eq!(shop.sim.control().count("create", None), 2);
        assert!(shop.sim.control().destroyed().is_empty());
    }
}

#[test]
fn an_open_instance_is_adopted_by_administrators_only() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let admin = shop.user("chefe", true);
    let body = json!({ "instanceName": "viva", "integration": "WHATSAPP-BAILEYS", "qrcode": true });
    crate::harness::upstream_create(&shop.sim.url(), &body);
    shop.scan("viva");
    for _ in 0..2 {
        let refused = shop.post("viva");
        assert_eq!((refused.status, refused.code()), (409, "owned_by_other_user"));
        assert!(shop.sql("SELECT id FROM messaging_instances").is_empty(), "the name is not held");
    }
    // Its socket is down for a moment: that opens no door either.
    assert!(shop.sim.control().drop_socket("viva", Some(std::time::Duration::from_secs(30))));
    assert_eq!(shop.post("viva").status, 409);
    assert_eq!(shop.sim.control().harmed("viva"), 0);
    shop.sim.control().reset();
    crate::harness::upstream_create(&shop.sim.url(), &body);
    shop.scan("viva");
    let adopted = shop.post_as(&admin, "viva");
    assert_eq!((adopted.status, adopted.data("status").as_str()), (200, Some("connected")));
}

#[test]
fn another_users_name_is_refused_before_anything_happens() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let others = [shop.user("outra", false), shop.user("chefe", true)];
    assert_eq!(shop.post("my-store").status, 200);
    let from = shop.calls();
    for other in &others {
        let refused = shop.post_as(other, "my-store");
        assert_eq!((refused.status, refused.code()), (409, "owned_by_other_user"));
        assert_eq!(refused.body["error"], "Instância já existe para outro usuário");
    }
    assert_eq!(shop.calls_since(from), "", "upstream is not asked");
}

#[test]
fn without_an_active_credential_no_row_is_written() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.store.set_credential_active("cred_a", false).expect("disabled");
    let refused = shop.post("my-store");
    assert_eq!((refused.status, refused.code()), (503, "no_active_credential"));
    assert_eq!(
        refused.body["error"],
        "Nenhuma credencial ativa encontrada para o canal \"whatsapp_evolution\". Por favor, contate o \
         administrador para configurar as credenciais de integração."
    );
    assert!(shop.sql("SELECT id FROM messaging_instances").is_empty());
}

#[test]
fn rows_stay_with_their_server_and_move_when_it_is_switched_off() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let second = pareia::sim::Sim::start(instant(Version::V2_3_7)).expect("a second server");
    assert_eq!(shop.post("um").status, 200);
    shop.credential("cred_b", &second.url());
    let credential = |name: &str| {
        let query =
            format!("SELECT credentialId FROM messaging_instances WHERE channelInstanceId = '{name}'");
        shop.sql(&query)[0][0].clone()
    };
    for name in ["dois", "tres", "um"] {
        assert_eq!(shop.post(name).status, 200);
    }
    // The fewest instances win; of equals, the oldest; a row keeps its own.
    assert_eq!(["um", "dois", "tres"].map(credential), ["cred_a", "cred_b", "cred_a"]);
    shop.store.set_credential_active("cred_a", false).expect("disabled");
    let moved = shop.post("um");
    assert_eq!(moved.data("message"), CREATED);
    assert_eq!((credential("um"), second.control().count("create", Some("um"))), ("cred_b".into(), 1));
}

#[test]
fn a_pairing_code_comes_with_the_socket_or_is_said_to_be_missing() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = Shop::new(recorded(version));
        let mut body = ask("com");
        body["pairingCode"] = true.into();
        let with = shop.post_body(&shop.token, &body);
        assert_eq!(with.data("pairingCode").as_str().map(str::len), Some(8), "{:?}", with.body);
        assert!(with.qr().is_some());
        assert!(shop.post("com").data("pairingCode").is_null(), "not asked for, not given");

        assert_eq!(shop.post("sem").status, 200);
        body["channelInstanceId"] = "sem".into();
        let without = shop.post_body(&shop.token, &body);
        assert_eq!(without.status, 200);
        assert!(without.data("pairingCode").is_null());
        assert!(without.data("pairingCodeMessage").as_str().is_some_and(|m| m.contains("QR Code")));
        assert_eq!(shop.sim.control().sockets("sem"), 1, "nothing was reset");
    }
}

#[test]
fn phones_are_stored_as_digits_and_the_last_one_given_counts() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut body = ask("fone");
    for (given, stored) in [("+55 (21) 99185-6227", "5521991856227"), ("5511988887777", "5511988887777")] {
        body["channelPhoneOrId"] = given.into();
        assert_eq!(shop.post_body(&shop.token, &body).status, 200);
        assert_eq!(shop.sql("SELECT channelPhoneOrId FROM messaging_instances"), [[stored]]);
    }
}
