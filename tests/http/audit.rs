//! The audit trail: every act is in it with who, from where and its result; nothing secret is; nothing of it changes.

use std::time::Duration;

use pareia::domain::Role;
use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Client, KEY, Shop, instant};

const AUDIT: &str = "/api/admin/audit";
const PASSWORD: &str = "uma senha que ninguém sabe";

/// A shop, its administrator's browser, and nothing in the trail.
fn staffed() -> (Shop, Client) {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("chefe", true, PASSWORD);
    let chief = Client::logged_in(&shop, "chefe", PASSWORD);
    (shop, chief)
}

/// The newest entries as `actor via action subject detail result`, oldest first.
fn told(chief: &mut Client, query: &str) -> Vec<String> {
    let entries = chief.get(&format!("{AUDIT}?{query}"));
    let entries = entries.body["data"].as_array().unwrap_or_else(|| panic!("{:?}", entries.body)).clone();
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap_or("-").to_owned();
    let line = |entry: &Value| {
        ["actor", "via", "action", "subject", "detail", "result"].map(|field| text(entry, field)).join(" ")
    };
    entries.iter().rev().map(line).collect()
}

/// Whose call (the administrator's, an operator's), method and route, body, status, and what of it is told, if anything is.
const ACTS: &[(usize, &str, &str, u16, &str)] = &[
    (
        0,
        "POST /api/admin/users",
        r#"{"name":"ana","password":"uma senha boa"}"#,
        200,
        "user.add ana owner done",
    ),
    (0, "PATCH /api/admin/users/ana", r#"{"role":"operator"}"#, 200, "user.role ana operator done"),
    (0, "PATCH /api/admin/users/chefe", r#"{"role":"owner"}"#, 409, "user.role chefe - last_administrator"),
    (
        0,
        "POST /api/admin/users/ana/password",
        r#"{"password":"outra senha boa"}"#,
        200,
        "user.password ana - done",
    ),
    (0, "POST /api/admin/tokens", r#"{"user":"ana","name":"site"}"#, 200, "token.create site ana admin done"),
    (
        0,
        "PATCH ROW",
        r#"{"note":"segredo","labels":["a"]}"#,
        200,
        "instance.change minha-loja note labels done",
    ),
    (0, "PATCH ROW", r#"{"note":"segredo"}"#, 200, ""),
    (0, "POST ROW/test-message", "{}", 200, "instance.test minha-loja - done"),
    (1, "POST ROW/restart", "", 200, "instance.restart minha-loja - done"),
    (0, "PATCH CREDENTIAL", r#"{"weight":2}"#, 200, "credential.placement cred_a weight=2 done"),
    (0, "POST ROW/move", "{}", 409, "instance.move minha-loja - no_other_server"),
    (1, "POST ROW/logout", "", 403, "instance.logout minha-loja - forbidden"),
    (1, "POST ROW/logout", "", 403, ""),
    (1, "DELETE /api/admin/users/pareia_token-no-lugar-errado", "", 403, "user.remove - - forbidden"),
    (1, "DELETE /api/admin/backups/minha-senha", "", 403, "backup.remove - - forbidden"),
    (
        1,
        "POST /api/admin/backups/pareia-2026-01-01T00-00-00Z-auto-senha.db/download",
        "",
        403,
        "backup.download - - forbidden",
    ),
    (
        0,
        "DELETE /api/admin/backups/pareia-2026-01-01T00-00-00Z-auto-senha.db",
        "",
        404,
        "backup.remove - - not_found",
    ),
    (1, "POST /api/admin/users", "{}", 403, "user.add - - forbidden"),
    (0, "POST ROW/logout", "", 200, "instance.logout minha-loja - done"),
    (0, "POST ROW/link", "{}", 200, "link.create minha-loja - done"),
    (0, "DELETE ROW/link", "", 200, "link.revoke minha-loja - done"),
    (0, "POST CREDENTIAL/rotate", r#"{"apiToken":"KEY"}"#, 200, "credential.key cred_a - done"),
    (0, "PATCH CREDENTIAL", r#"{"intake":"draining"}"#, 200, "credential.placement cred_a draining done"),
    (0, "POST CREDENTIAL/disable", "", 200, "credential.disable cred_a - done"),
    (0, "POST CREDENTIAL/enable", "", 200, "credential.enable cred_a - done"),
    (0, "POST /api/notices", r#"{"channel":"ntfy","address":"topico"}"#, 200, "notice.add ntfy - done"),
    (0, "POST /api/admin/backups", "", 200, "backup.make"),
    (
        0,
        "DELETE ROW",
        "",
        200,
        "instance.remove minha-loja cred_a done; chefe session instance.delete minha-loja - done",
    ),
    (0, "DELETE CREDENTIAL", "", 200, "credential.remove cred_a - done"),
    (0, "DELETE /api/admin/users/ana?instancesTo=chefe", "", 200, "user.remove ana chefe done"),
    (
        0,
        "POST /api/password",
        r#"{"current":"errada","password":"mais uma senha"}"#,
        401,
        "user.password - - wrong_password",
    ),
];

#[test]
fn every_act_is_told_with_who_did_it() {
    let (shop, mut chief) = staffed();
    let mut robot = Client::bearer(&shop, &shop.member("robo", Role::Operator));
    assert_eq!(shop.post("minha-loja").status, 200);
    shop.scan("minha-loja");
    for (who, call, body, status, expected) in ACTS {
        let before = told(&mut chief, "limit=200").len();
        let (client, by) = if *who == 0 { (&mut chief, "chefe session") } else { (&mut robot, "robo token") };
        let call = call.replace("ROW", "/api/messaging/instance/minha-loja");
        let call = call.replace("CREDENTIAL", "/api/admin/credentials/cred_a");
        let (method, route) = call.split_once(' ').expect("two words");
        let (answered, _, answer) = client.send(method, route, &body.replace("KEY", KEY), &[]);
        assert_eq!(answered, *status, "{call}: {}", String::from_utf8_lossy(&answer));
        let new = told(&mut chief, "limit=200")[before..].join("; ");
        let expected = if expected.is_empty() { String::new() } else { format!("{by} {expected}") };
        assert!(new.starts_with(&expected) && new.is_empty() == expected.is_empty(), "{call}: {new:?}");
    }
    let all = "SELECT group_concat(json_array(actor, viaId, subject, detail, result)) FROM audit_entries";
    let trail = &shop.sql(all)[0][0];
    for secret in [PASSWORD, KEY, "senha.db", "segredo", "topico", "pareia_", "senha boa"] {
        assert!(!trail.contains(secret), "{secret}");
    }
    let from = shop.sql("SELECT DISTINCT address FROM audit_entries WHERE via IN ('session', 'token')");
    assert_eq!(from, [["127.0.0.1"]]);
}

#[test]
fn logins_are_told_and_a_failed_one_only_by_a_name_that_somebody_has() {
    for (name, failed) in [("minha senha digitada aqui", "-"), ("chefe", "chefe")] {
        let (shop, mut chief) = staffed();
        let failure =
            Client::browser(&shop).post("/api/session", &json!({"name": name, "password": "errada"}));
        assert_eq!(failure.code(), "wrong_password");
        let begun = "chefe session session.begin chefe - done".to_owned();
        let failed = format!("- nobody session.begin {failed} - wrong_password");
        assert_eq!(told(&mut chief, "action=session"), [begun.clone(), failed.clone()]);
        assert_eq!(chief.delete("/api/session").status, 200);
        let mut chief = Client::logged_in(&shop, "chefe", PASSWORD);
        let ended = "chefe session session.end chefe - done".to_owned();
        assert_eq!(told(&mut chief, "action=session"), [begun.clone(), failed, ended, begun]);
    }
}

#[test]
fn the_trail_is_filtered_paged_and_exported() {
    let (shop, mut chief) = staffed();
    for n in 0..5 {
        shop.written(&format!("loja-{n}"), "5521991856227", "loja");
    }
    assert_eq!(told(&mut chief, "action=instance").len(), 5);
    assert_eq!(told(&mut chief, "subject=loja-3"), ["- program instance.create loja-3 - done"]);
    assert_eq!(told(&mut chief, "user=chefe"), ["chefe session session.begin chefe - done"]);
    assert_eq!(told(&mut chief, "to=2020-01-01").len(), 0);
    assert_eq!(told(&mut chief, "from=2020-01-01&to=2999-01-01&action=instance.create").len(), 5);
    for wrong in [
        "?action=instance.",
        "?from=ontem",
        "?limit=0",
        "/export?action=x",
        "/export?to=31/01/2026",
        "/export?format=xml",
    ] {
        assert_eq!(chief.get(&format!("{AUDIT}{wrong}")).code(), "invalid_field", "{wrong}");
    }
    let first = chief.get(&format!("{AUDIT}?action=instance&limit=3"));
    let next = first.body["next"].as_i64().expect("there is more");
    let rest = chief.get(&format!("{AUDIT}?action=instance&limit=3&before={next}"));
    assert_eq!(
        (first.body["data"].as_array().unwrap().len(), rest.body["data"].as_array().unwrap().len()),
        (3, 2)
    );
    assert_eq!(rest.body["next"], Value::Null);

    let (status, headers, body) = chief.send("GET", &format!("{AUDIT}/export?action=instance"), "", &[]);
    assert_eq!(status, 200);
    let named = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()).unwrap();
    assert_eq!(named("Content-Type"), "text/csv; charset=utf-8");
    assert_eq!(named("Content-Disposition"), "attachment; filename=\"pareia-audit.csv\"");
    let text = String::from_utf8(body).expect("text");
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 7, "a head, five entries, nothing: {text}");
    assert!(lines[0].starts_with("id,at,actor,via,") && lines[1].contains(",instance.create,"), "{text}");
    let (_, _, body) = chief.send("GET", &format!("{AUDIT}/export?format=json&action=instance"), "", &[]);
    let entries: Vec<Value> = serde_json::from_slice(&body).expect("JSON");
    assert_eq!((entries.len(), &entries[0]["subject"]), (5, &json!("loja-4")));
    assert_eq!(told(&mut chief, "action=audit").len(), 2, "exports are acts");
    let files = std::fs::read_dir(shop.folder.path()).unwrap().flatten();
    assert!(!files.map(|file| file.file_name()).any(|name| name.to_string_lossy().contains("scratch")));
}

#[test]
fn nothing_of_the_trail_changes_and_what_is_older_than_a_year_goes() {
    let (shop, mut chief) = staffed();
    shop.written("loja-1", "5521991856227", "loja");
    let sql = rusqlite::Connection::open(shop.folder.path().join("pareia.db")).expect("the database");
    for change in [
        "UPDATE audit_entries SET actor = 'ninguém'",
        "UPDATE audit_entries SET result = 'done', subject = 'outra'",
        "UPDATE audit_entries SET at = at + 1, subject = NULL, detail = NULL",
        "DELETE FROM audit_entries",
    ] {
        let refused = sql.execute_batch(change).expect_err(change);
        assert!(refused.to_string().contains("append only"), "{change}: {refused}");
    }
    let count = told(&mut chief, "limit=200").len();
    shop.store.purge().expect("a purge");
    assert_eq!(told(&mut chief, "limit=200").len(), count, "it is new");
    // A purge goes on by two days at most, however far the clock has gone.
    shop.store.clock().advance(Duration::from_hours(24 * 367));
    shop.store.purge().expect("a purge");
    assert_eq!(told(&mut Client::logged_in(&shop, "chefe", PASSWORD), "limit=200").len(), count + 1);
    shop.set("UPDATE settings SET value = value + 366 * 86400000 WHERE name = 'purged'");
    shop.store.purge().expect("a purge");
    let left = told(&mut Client::logged_in(&shop, "chefe", PASSWORD), "limit=200");
    assert!(left.iter().all(|line| line.contains("session.begin")), "{left:?}");
}
