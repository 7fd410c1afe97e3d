//! A resource has one JSON shape: what `--json` prints of a row is what the API answers of it.

use pareia::sim::Version;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::harness::{Client, PHONE, Shop, instant};

const PASSWORD: &str = "uma senha que ninguém sabe";

/// A shop with a row of everything, its administrator, and the commands beside it.
fn furnished() -> (Shop, Client, impl Fn(&str) -> Value) {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("chefe", true, PASSWORD);
    shop.set("INSERT INTO credential_health VALUES ('cred_a', 'evolution_rejected_key', 1000)");
    shop.store.set_setting("url", &shop.url("")).expect("set");
    assert_eq!(shop.post("a").status, 200);
    let (desk, folder) = (Desk::new(), shop.folder.path().to_owned());
    desk.ok(&format!("token create loja --name site --expires 30 --data {}", folder.display()));
    let chief = Client::logged_in(&shop, "chefe", PASSWORD);
    (shop, chief, move |line: &str| desk.json(&format!("{line} --json --data {}", folder.display())))
}

/// Everything an object says, and which fields it has; the moments and numbers of `varying` count as there
/// or null.
fn seen(value: &Value, varying: &[&str]) -> Value {
    let mut value = value.clone();
    for field in varying {
        let is_set = value.get(*field).map(|member| !member.is_null());
        value[*field] = is_set.map_or(json!("missing"), |is_set| json!(is_set));
    }
    value
}

#[test]
fn lists_are_the_same_for_both() {
    let (_shop, mut chief, printed) = furnished();
    for (route, line) in [
        ("/api/admin/credentials", "credential list"),
        ("/api/admin/users", "user list"),
        ("/api/admin/tokens", "token list"),
        ("/api/messaging/instance", "instance list"),
    ] {
        let answer = chief.get(route);
        assert_eq!(answer.status, 200, "{route}");
        assert_eq!(printed(line), answer.body["data"], "{line}");
        assert!(answer.body["data"].as_array().is_some_and(|lines| !lines.is_empty()), "{line}");
    }
    let one = chief.get("/api/messaging/instance/a");
    assert_eq!(printed("instance show a"), one.body["data"]);
}

#[test]
fn what_a_command_did_is_the_same_for_both() {
    let (shop, mut chief, printed) = furnished();
    let test = chief.post("/api/admin/credentials/cred_a/test", &Value::Null);
    let tested = printed("credential test cred_a");
    assert_eq!(seen(&tested, &["latencyMs"]), seen(&test.body["data"], &["latencyMs"]));

    let link = chief.post("/api/messaging/instance/a/link", &json!({"minutes": 60}));
    let made = printed("instance link a --minutes 60");
    let varying = ["id", "url", "expiresAt"];
    assert_eq!(seen(&made, &varying), seen(&link.body["data"], &varying));

    let body = json!({"channel": "whatsapp_evolution", "channelInstanceId": "a", "channelPhoneOrId": PHONE});
    let answer = shop.post_body(&shop.token, &body);
    let connected = printed(&format!("instance connect a --user loja --phone {PHONE}"));
    let varying = ["qrCode", "qrCodeExpiresAt"];
    assert_eq!(seen(&connected["data"], &varying), seen(&answer.body["data"], &varying));

    let would = chief.delete("/api/messaging/instance/a?dryRun=true");
    assert_eq!(printed("instance delete a --yes"), would.body["data"]);
}
