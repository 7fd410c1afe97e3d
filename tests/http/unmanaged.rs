//! What servers have and no row has: listed, adopted under a lawful name, and worked with from then on.

use pareia::sim::{Sim, Version};
use serde_json::{Value, json};

use crate::harness::{
    Answer, Client, PHONE, ROUTE, Shop, instant, until, upstream_create, upstream_get, upstream_set,
};
use crate::instance::monitor::swift;

const UNMANAGED: &str = "/api/admin/unmanaged";
const ADOPT: &str = "/api/admin/unmanaged/adopt";

/// A shop with an administrator.
struct Site {
    shop: Shop,
    admin: String,
}

impl Site {
    fn new(shop: Shop) -> Self {
        let admin = shop.user("chefe", true);
        Self { shop, admin }
    }

    fn unmanaged(&self) -> Value {
        let answer = self.shop.call_as(&self.admin, "GET", UNMANAGED);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["data"].clone()
    }

    fn adopt(&self, body: &Value) -> Answer {
        Client::bearer(&self.shop, &self.admin).post(ADOPT, body)
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let query =
            "SELECT channelInstanceId, upstreamName, displayName, channelPhoneOrId, credentialId, status,
            statusReason, linkedNumber, u.name FROM messaging_instances i JOIN users u ON u.id = userId
            ORDER BY channelInstanceId";
        self.shop.sql(query)
    }
}

/// Creates an instance by hand.
fn by_hand(sim: &Sim, name: &str, integration: &str) {
    let body = json!({ "instanceName": name, "integration": integration, "token": name, "qrcode": true });
    upstream_create(&sim.url(), &body);
}

/// Creates one and connects a phone with it.
#[track_caller]
fn paired_by_hand(sim: &Sim, name: &str, phone: &str) {
    by_hand(sim, name, "WHATSAPP-BAILEYS");
    assert!(sim.control().scan(name, Some(&format!("{phone}@s.whatsapp.net"))), "{name} shows a code");
    until("it is paired", || sim.control().state(name).is_some_and(|state| state.word() == "open"));
}

fn beside(shop: &Shop, id: &str, version: Version) -> Sim {
    let sim = Sim::start(instant(version)).expect("the simulation starts");
    shop.credential(id, &sim.url());
    sim
}

/// What the list says that an adoption makes of each name.
fn plans(data: &Value) -> Vec<String> {
    let instances = data["instances"].as_array().expect("a list").iter();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let plan = |i: &Value| {
        let fields = ["name", "credentialId", "channelInstanceId", "channelPhoneOrId", "obstacle"];
        fields.map(|field| word(&i[field])).join(" | ")
    };
    let mut plans: Vec<_> = instances.map(plan).collect();
    plans.sort();
    plans
}

#[test]
fn what_no_row_has_is_listed_and_adopted_and_the_rest_is_said() {
    let site = Site::new(Shop::new(instant(Version::V2_3_7)));
    let shop = &site.shop;
    let (old, down) = (beside(shop, "cred_old", Version::V1_8_2), beside(shop, "cred_off", Version::V2_3_7));
    down.control().refuse(true);
    // Two servers are asked before, and one of them is down.
    assert_eq!(shop.post("minha").status, 200);
    paired_by_hand(&shop.sim, "Loja Centro", PHONE);
    paired_by_hand(&shop.sim, "Loja-Centro", "5511987654321");
    paired_by_hand(&shop.sim, "loja ção", "5511987654322");
    by_hand(&shop.sim, "livre", "WHATSAPP-BAILEYS");
    by_hand(&shop.sim, "negocio", "WHATSAPP-BUSINESS");
    by_hand(&old, "Loja Velha", "WHATSAPP-BAILEYS");
    by_hand(&old, "minha", "WHATSAPP-BAILEYS");
    paired_by_hand(&old, "antiga", "5511987654323");

    let expected = [
        "Loja Centro | cred_a | Loja-Centro-2 | 5521991856227 | -",
        "Loja Velha | cred_old | - | - | unsafe_name",
        "Loja-Centro | cred_a | Loja-Centro | 5511987654321 | -",
        "antiga | cred_old | antiga | 5511987654323 | -",
        "livre | cred_a | - | - | number_unknown",
        "loja ção | cred_a | loja-cao | 5511987654322 | -",
        "minha | cred_old | - | - | name_has_row",
        "negocio | cred_a | - | - | not_a_phone",
    ];
    let data = site.unmanaged();
    assert_eq!(plans(&data), expected);
    assert_eq!(data["notAsked"][0]["credentialId"], "cred_off");
    assert_eq!(data["notAsked"][0]["code"], "evolution_unreachable");
    assert_eq!(shop.call("GET", UNMANAGED).status, 403);

    let all = |dry_run: bool| site.adopt(&json!({ "all": true, "user": "loja", "dryRun": dry_run }));
    assert_eq!(plans(&all(true).body["data"]), expected);
    assert_eq!(site.rows().len(), 1, "nothing was written");
    let data = all(false).body["data"].clone();
    assert_eq!(
        (data["adopted"].as_array().map(Vec::len), data["skipped"].as_array().map(Vec::len)),
        (Some(4), Some(4))
    );
    let connected = |name, upstream, display, phone, credential| {
        [name, upstream, display, phone, credential, "connected", "paired", phone, "loja"]
            .map(str::to_owned)
            .to_vec()
    };
    let rows: Vec<_> = site.rows().into_iter().filter(|row| row[0] != "minha").collect();
    assert_eq!(
        rows,
        [
            connected("Loja-Centro", "NULL", "NULL", "5511987654321", "cred_a"),
            connected("Loja-Centro-2", "Loja Centro", "Loja Centro", PHONE, "cred_a"),
            connected("antiga", "NULL", "NULL", "5511987654323", "cred_old"),
            connected("loja-cao", "loja ção", "loja ção", "5511987654322", "cred_a"),
        ]
    );
    let again = all(false).body["data"].clone();
    assert_eq!((again["adopted"].as_array().map(Vec::len), plans(&site.unmanaged()).len()), (Some(0), 4));
}

#[test]
fn one_is_adopted_by_its_name_or_the_reason_is_said() {
    let site = Site::new(Shop::new(instant(Version::V2_3_7)));
    let other = beside(&site.shop, "cred_b", Version::V2_3_7);
    by_hand(&site.shop.sim, "livre", "WHATSAPP-BAILEYS");
    by_hand(&site.shop.sim, "negocio", "EVOLUTION");
    by_hand(&site.shop.sim, "duas", "WHATSAPP-BAILEYS");
    paired_by_hand(&other, "duas", PHONE);
    for (body, status, code) in [
        (json!({}), 400, "invalid_field"),
        (json!({ "name": "livre", "all": true }), 400, "invalid_field"),
        (json!({ "name": "livre", "user": "ninguem" }), 400, "invalid_field"),
        (json!({ "name": "livre", "credentialId": "nenhuma" }), 400, "invalid_field"),
        (json!({ "all": true, "phone": PHONE }), 400, "invalid_field"),
        (json!({ "name": "livre", "phone": PHONE, "dryrun": true }), 400, "invalid_field"),
        (json!({ "name": "nada" }), 404, "not_found"),
        (json!({ "name": "livre", "credentialId": "cred_b" }), 404, "not_found"),
        (json!({ "name": "livre" }), 409, "number_unknown"),
        (json!({ "name": "negocio", "phone": PHONE }), 409, "not_a_phone"),
        (json!({ "name": "duas" }), 409, "ambiguous_name"),
    ] {
        let answer = site.adopt(&body);
        assert_eq!((answer.status, answer.code()), (status, code), "{body} {}", answer.body);
    }
    for body in [
        json!({ "name": "livre", "phone": "+55 21 99185-6227" }),
        // The other of the name is free, and is not taken for one that has a row.
        json!({ "name": "duas", "credentialId": "cred_a", "phone": PHONE }),
    ] {
        assert_eq!(site.adopt(&body).body["data"]["adopted"][0]["channelInstanceId"], body["name"]);
    }
    let rows = site.rows().into_iter().map(|row| [0, 4, 5, 6, 8].map(|at| row[at].clone()).join(" "));
    let expected = ["duas cred_a disconnected unscanned chefe", "livre cred_a disconnected unscanned chefe"];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    other.control().refuse(true);
    let answer = site.adopt(&json!({ "name": "nada" }));
    assert_eq!((answer.status, answer.code()), (502, "evolution_unreachable"), "it may be there");
    let answer = site.adopt(&json!({ "name": "nada", "credentialId": "cred_a" }));
    assert_eq!((answer.status, answer.code()), (404, "not_found"), "that server has answered");
}

#[test]
fn an_instance_keeps_its_name_upstream_in_all_that_is_done_with_it() {
    const ODD: &str = "Loja 1/2 é? #%";
    let site = Site::new(Shop::watched(instant(Version::V2_3_7), swift()));
    let (shop, control) = (&site.shop, site.shop.sim.control());
    paired_by_hand(&shop.sim, ODD, PHONE);
    let data = site.adopt(&json!({ "name": ODD, "user": "loja" })).body["data"]["adopted"][0].clone();
    assert_eq!(data["channelInstanceId"], "Loja-1-2-e", "{data}");
    let path = |rest: &str| format!("{ROUTE}/Loja-1-2-e{rest}");
    let shown = |field: &str| shop.call("GET", &path("")).body["data"][field].clone();
    assert_eq!(
        (shown("upstreamName"), shown("displayName"), shown("numberMatches")),
        (json!(ODD), json!(ODD), json!(true))
    );

    assert_eq!(shop.post("Loja-1-2-e").data("status"), "connected");
    assert!(control.unlink(ODD));
    until("the monitor sees it", || shown("reason") == "device_removed");
    assert_eq!(shop.post("Loja-1-2-e").data("status"), "connecting");
    shop.scan(ODD);
    until("the monitor sees the phone", || shown("status") == "connected");
    assert_eq!(shop.call("POST", &path("/restart")).status, 200);
    shop.until_state(ODD, "open");
    assert_eq!(shop.call("POST", &path("/logout")).status, 200);
    shop.until_state(ODD, "close");
    control.forget(Some(ODD));
    until("it is missed", || shown("status") == "lost");
    assert_eq!(shop.post("Loja-1-2-e").data("status"), "connecting");
    assert_eq!(control.count("create", Some(ODD)), 2, "by hand, and anew");
    assert_eq!(shop.call("DELETE", &path("")).body["data"]["removes"][0], "upstream");
    until("it is gone upstream", || control.state(ODD).is_none());
    assert_eq!(control.count("create", None), 2, "nothing of another name");
}

#[test]
fn what_is_set_of_an_odd_name_goes_back_to_it_and_to_no_other() {
    let site = Site::new(Shop::watched(instant(Version::V2_3_7), swift()));
    let (shop, control, url) = (&site.shop, site.shop.sim.control(), site.shop.sim.url());
    by_hand(&shop.sim, "x", "WHATSAPP-BAILEYS");
    for (odd, encoded, name) in
        [("x?y", "x%3Fy", "x-y"), ("Loja 1/2 é? #%", "Loja%201%2F2%20%C3%A9%3F%20%23%25", "Loja-1-2-e")]
    {
        by_hand(&shop.sim, odd, "WHATSAPP-BAILEYS");
        let webhook =
            json!({"webhook": {"enabled": true, "url": "http://loja.example/hook", "events": ["CALL"]}});
        upstream_set(&url, "webhook", encoded, &webhook);
        let settings = json!({"rejectCall": true, "msgCall": "Não", "groupsIgnore": true, "alwaysOnline": false,
            "readMessages": true, "readStatus": false, "syncFullHistory": false});
        upstream_set(&url, "settings", encoded, &settings);
        assert_eq!(site.adopt(&json!({ "name": odd, "phone": PHONE, "user": "loja" })).status, 200);
        until("what is set is saved", || {
            shop.call("GET", &format!("{ROUTE}/{name}")).body["data"]["settingsSavedAt"].is_string()
        });
        control.forget(Some(odd));
        assert_eq!(shop.post(name).data("restored"), &json!(["webhook", "settings"]));
        let shown = upstream_get(&url, &format!("/webhook/find/{encoded}"));
        assert_eq!(shown["url"], "http://loja.example/hook");
        assert_eq!(upstream_get(&url, &format!("/settings/find/{encoded}"))["msgCall"], "Não");
    }
    for kind in ["webhook", "settings"] {
        assert_eq!(control.count(&format!("{kind}/set"), Some("x")), 0, "{kind}");
    }
}
