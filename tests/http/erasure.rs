//! Everything that is held about one number: given to whoever may have it, and erased so that nothing is left.

use pareia::domain::{Role, TokenLimits, Viewer};
use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Shop, instant};

const ROW: &str = "/api/messaging/instance/loja-da-maria";
const PHONE: &str = "5585987654321";
/// What only this number has, wherever it is written.
const TRACES: [&str; 5] = ["loja-da-maria", PHONE, "Chip da Maria", "etiqueta-da-maria", "senha-do-proxy"];

/// A shop where that number has all that a number may have: texts, settings, history, links, notices, acts.
fn furnished() -> (Shop, Client) {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut owner = Client::bearer(&shop, &shop.token);
    let body = json!({"channel": "whatsapp_evolution", "channelInstanceId": "loja-da-maria", "channelPhoneOrId": PHONE});
    assert_eq!(owner.post("/api/messaging/instance", &body).status, 200);
    assert_eq!(shop.post("outra").status, 200);
    let texts = json!({"displayName": "Maria", "note": "Chip da Maria", "labels": ["etiqueta-da-maria"]});
    assert_eq!(owner.call("PATCH", ROW, &texts).status, 200);
    assert_eq!(owner.post(&format!("{ROW}/link"), &Value::Null).status, 200);
    let target = shop.store.target("loja-da-maria", &Viewer::default()).expect("a store").expect("a row");
    let proxy = json!({"proxy": "{\"password\":\"senha-do-proxy\"}"}).to_string();
    let settings =
        pareia::domain::InstanceSettings::from_json(&pareia::domain::Secret::new(proxy)).expect("settings");
    shop.store.save_settings(target.channel, &target.name, &settings).expect("saved");
    assert_eq!(owner.post("/api/notices", &json!({"channel": "ntfy", "address": "avisos"})).status, 200);
    let told = |id: &str, name: &str| {
        json!({"kind": "disconnected", "at": 1, "subject": id, "name": name, "displayName": null, "owner": target.user,
            "credential": null, "reason": null, "detail": if name == "outra" { "5585900000000" } else { PHONE }})
    };
    let (both, alone) = (
        json!([told(&target.id, "loja-da-maria"), told("c2", "outra")]),
        json!([told("c0", "loja-da-maria")]),
    );
    shop.set(&format!(
        "INSERT INTO notice_messages (id, targetId, notices, nextAt, attempts, outcome, createdAt, endedAt)
         SELECT 'm1', id, '{both}', 1, 1, 'delivered', 1, 1 FROM notice_targets
         UNION ALL SELECT 'm2', id, '{alone}', 1, 1, 'delivered', 2, 2 FROM notice_targets"
    ));
    (shop, owner)
}

#[test]
fn an_export_has_everything_and_no_code() {
    let (shop, mut owner) = furnished();
    let held = owner.get(&format!("{ROW}/export"));
    assert_eq!(held.status, 200, "{:?}", held.body);
    assert_eq!(
        held.header("content-disposition"),
        Some("attachment; filename=\"pareia-loja-da-maria.json\"")
    );
    let text = held.body.to_string();
    for trace in TRACES {
        assert!(text.contains(trace), "{trace}: {text}");
    }
    assert!(!text.contains("data:image") && !text.contains("hash"), "{text}");
    assert_eq!(held.body["data"]["savedSettings"]["proxy"]["password"], "senha-do-proxy");
    let count = |part: &str| held.body["data"][part].as_array().map_or(0, Vec::len);
    assert_eq!((count("links"), count("notices")), (1, 2));
    assert!(count("history") > 0 && count("audit") >= 3, "{text}");
    // What another server lists under the name may be somebody else's.
    shop.credential("servidor-alheio", "http://127.0.0.1:1");
    shop.set(
        "INSERT INTO unmanaged_instances VALUES ('servidor-alheio', 'loja-da-maria', 'id-alheio', 1, 1, 1)",
    );
    let text = owner.get(&format!("{ROW}/export")).body.to_string();
    assert!(!text.contains("alheio"), "{text}");
    for (role, code) in [(Role::Operator, "forbidden"), (Role::Owner, "not_found"), (Role::Administrator, "")]
    {
        let mut other = Client::bearer(&shop, &shop.member(role.as_str(), role));
        assert_eq!(other.get(&format!("{ROW}/export")).code(), code, "{role:?}");
    }
}

fn removes(answer: &Answer) -> Vec<&str> {
    answer
        .data("removes")
        .as_array()
        .expect("a list")
        .iter()
        .map(|what| what.as_str().expect("a word"))
        .collect()
}

#[test]
fn an_erasure_says_first_what_goes_and_leaves_nothing_of_the_number() {
    let (shop, mut owner) = furnished();
    let said = owner.delete(&format!("{ROW}?erase=true&dryRun=true"));
    assert_eq!(removes(&said), ["upstream", "row", "history", "links", "settings", "notices", "audit"]);
    assert_eq!(owner.get(ROW).status, 200, "nothing went yet");
    let id = shop.sql("SELECT id FROM messaging_instances WHERE channelInstanceId = 'loja-da-maria'")[0][0]
        .clone();
    let erased = owner.delete(&format!("{ROW}?erase=true"));
    assert_eq!(removes(&erased), removes(&said));
    assert_eq!(owner.get(ROW).code(), "not_found");
    assert_eq!(owner.delete(&format!("{ROW}?erase=true")).code(), "not_found");
    // What others have stays, and the trail has a code in the place of the name.
    assert_eq!(shop.sql("SELECT id, json_array_length(notices) FROM notice_messages"), [["m1", "1"]]);
    assert_eq!(owner.get("/api/messaging/instance/outra").status, 200);
    let acts =
        shop.sql(&format!("SELECT DISTINCT subject, detail FROM audit_entries WHERE subjectId = '{id}'"));
    assert_eq!(acts, [["NULL", "NULL"]]);
    let last = shop.sql("SELECT action FROM audit_entries WHERE result = 'done' ORDER BY id DESC LIMIT 1");
    assert_eq!(last, [["instance.erase"]]);
    let left = leftovers(&shop);
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_left_of_a_number_that_was_removed_before_is_erased_by_its_name() {
    let (shop, mut owner) = furnished();
    assert_eq!(owner.delete(ROW).status, 200);
    assert!(!leftovers(&shop).is_empty(), "a plain removal leaves settings, notices and the trail");
    let mut administrator = Client::bearer(&shop, &shop.member("chefe", Role::Administrator));
    let erase = format!("{ROW}?erase=true");
    assert_eq!(owner.delete(&erase).code(), "not_found", "it is nobody's any more");
    let said = administrator.delete(&format!("{erase}&dryRun=true"));
    assert_eq!(removes(&said), ["settings", "notices", "audit"]);
    assert_eq!(administrator.delete(&erase).status, 200);
    assert_eq!(administrator.delete(&erase).code(), "not_found");
    assert_eq!(shop.sql("SELECT id FROM notice_messages"), [["m1"]]);
    let left = leftovers(&shop);
    assert!(left.is_empty(), "{left:?}");
}

/// A shop where ana had the name, and bia has it now; bia had it once before as well.
fn handed_on() -> (Shop, [Client; 2]) {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut users = ["ana", "bia"].map(|name| Client::bearer(&shop, &shop.member(name, Role::Owner)));
    let body =
        json!({"channel": "whatsapp_evolution", "channelInstanceId": "loja-2", "channelPhoneOrId": PHONE});
    let (ana, bia) = (0, 1);
    let mut ids = Vec::new();
    for (turn, user) in [bia, ana, bia].into_iter().enumerate() {
        assert_eq!(users[user].post("/api/messaging/instance", &body).status, 200);
        let id = shop.sql("SELECT id FROM messaging_instances")[0][0].clone();
        let note = json!({"note": format!("vez {turn}")});
        assert_eq!(users[user].call("PATCH", "/api/messaging/instance/loja-2", &note).status, 200);
        ids.push(id);
        if turn < 2 {
            assert_eq!(users[user].delete("/api/messaging/instance/loja-2").status, 200);
        }
    }
    assert_eq!(users[0].post("/api/notices", &json!({"channel": "ntfy", "address": "avisos"})).status, 200);
    shop.set("UPDATE notice_targets SET isActive = 0");
    for (turn, (id, user)) in ids.iter().zip(["bia", "ana", "bia"]).enumerate() {
        let owner = shop.store.user(user).expect("a store").expect("a user").id;
        let told = json!([{"kind": "disconnected", "at": 1, "subject": id, "name": "loja-2", "displayName": format!("Nome {turn}"),
            "owner": owner, "credential": null, "reason": null, "detail": format!("55859000{turn}")}]);
        shop.set(&format!(
            "INSERT INTO notice_messages (id, targetId, notices, nextAt, attempts, outcome, createdAt, endedAt)
             SELECT 'm{turn}', id, '{told}', 1, 0, 'pending', {turn}, NULL FROM notice_targets"
        ));
    }
    shop.set(
        "INSERT OR REPLACE INTO saved_settings (channel, channelInstanceId, userId, sealed, savedAt)
         SELECT 'whatsapp_evolution', 'loja-2', id, 'x', 1 FROM users WHERE name = 'ana'",
    );
    shop.set("INSERT INTO unmanaged_instances VALUES ('cred_a', 'loja-2', 'alheio', 1, 1, 1)");
    (shop, users)
}

/// What is held of the name: whose entries of the trail still say it, which messages tell of it, whose settings are saved.
fn held(shop: &Shop) -> [Vec<Vec<String>>; 4] {
    [
        "SELECT DISTINCT actor FROM audit_entries WHERE subject = 'loja-2' AND action <> 'instance.erase' ORDER BY actor",
        "SELECT id FROM notice_messages ORDER BY id",
        "SELECT u.name FROM saved_settings s JOIN users u ON u.id = s.userId",
        "SELECT upstreamId FROM unmanaged_instances",
    ]
    .map(|query| shop.sql(query))
}

#[test]
fn whoever_takes_a_freed_name_gets_nothing_of_its_former_owner() {
    let erase = "/api/messaging/instance/loja-2?erase=true&keepUpstream=true";
    let (shop, [mut ana, mut bia]) = handed_on();
    assert_eq!(ana.get("/api/messaging/instance/loja-2/export").code(), "not_found");
    let export = bia.get("/api/messaging/instance/loja-2/export").body["data"].clone();
    let told = export["notices"].as_array().expect("a list");
    let details: Vec<_> = told.iter().map(|notice| notice["displayName"].as_str().unwrap()).collect();
    assert_eq!(details, ["Nome 0", "Nome 2"], "her own, of before and of now");
    for of_ana in ["Nome 1", "558590001", "vez 1", "alheio"] {
        assert!(!export.to_string().contains(of_ana), "{of_ana}: {export}");
    }
    assert_eq!(bia.delete(erase).status, 200);
    assert_eq!(held(&shop), ["ana", "m1", "ana", "alheio"].map(|left| vec![vec![left.to_owned()]]));

    let (shop, _) = handed_on();
    let mut administrator = Client::bearer(&shop, &shop.member("chefe", Role::Administrator));
    assert_eq!(
        administrator.get("/api/messaging/instance/loja-2/export").body["data"]["notices"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(administrator.delete(erase).status, 200);
    assert_eq!(held(&shop), [const { Vec::<Vec<String>>::new() }; 4]);
}

/// A token for one server says nothing of where earlier numbers of the name were.
#[test]
fn a_token_for_a_server_erases_the_row_alone() {
    let (shop, _) = handed_on();
    let limits = TokenLimits { server: Some("cred_a".into()), ..TokenLimits::default() };
    let id = shop.store.user("bia").unwrap().unwrap().id;
    let token = shop.store.add_token_with(&id, None, None, &limits).unwrap().token;
    let mut bia = Client::bearer(&shop, token.expose());
    assert_eq!(bia.delete("/api/messaging/instance/loja-2?erase=true&keepUpstream=true").status, 200);
    let [acts, told, ..] = held(&shop);
    assert_eq!(
        (acts, told),
        (vec![vec!["ana".into()], vec!["bia".into()]], vec![vec!["m0".into()], vec!["m1".into()]])
    );
}

/// What of the number is in any file of the data folder, as bytes.
fn leftovers(shop: &Shop) -> Vec<String> {
    let held = |file: std::fs::DirEntry| {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        let has = |trace: &&&str| bytes.windows(trace.len()).any(|window| window == trace.as_bytes());
        TRACES
            .iter()
            .filter(has)
            .map(|trace| format!("{trace} in {}", file.file_name().display()))
            .collect::<Vec<_>>()
    };
    std::fs::read_dir(shop.folder.path()).expect("the folder").flatten().flat_map(held).collect()
}
