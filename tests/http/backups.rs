//! Backups over the API: made, listed, fetched, uploaded in pieces, and staged to be restored.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pareia::sim::{Sim, Version};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Folder, Shop, instant, sql};

const BACKUPS: &str = "/api/admin/backups";
const PASSWORD: &str = "sapatos-e-botas";
/// As large as a body may be, about.
const PIECE: usize = 60_000;

/// A shop whose restarts are counted, and an administrator on the page.
fn shop() -> (Shop, Client, Arc<AtomicUsize>) {
    let restarts = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&restarts);
    let sim = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
    let shop = Shop::configured(sim, Duration::from_secs(20), |settings| {
        settings.restart = Some(Box::new(move || _ = counter.fetch_add(1, Ordering::SeqCst)));
    });
    shop.credential("cred_a", &shop.sim.url());
    shop.person("ana", true, PASSWORD);
    let client = Client::logged_in(&shop, "ana", PASSWORD);
    (shop, client, restarts)
}

fn made(client: &mut Client) -> String {
    let answer = client.post(BACKUPS, &Value::Null);
    answer.data("name").as_str().unwrap_or_else(|| panic!("{:?}", answer.body)).to_owned()
}

fn fetch(client: &Client, name: &str, body: &Value) -> (u16, Vec<(String, String)>, Vec<u8>) {
    client.send("POST", &format!("{BACKUPS}/{name}/download"), &body.to_string(), &[])
}

fn piece(client: &Client, offset: usize, total: usize, bytes: &[u8]) -> (u16, Value) {
    let path = format!("{BACKUPS}/upload?offset={offset}&total={total}");
    let (status, _, answer) = client.send("POST", &path, bytes, &[]);
    (status, serde_json::from_slice(&answer).expect("JSON"))
}

/// Uploads all of it; the last answer.
fn upload(client: &Client, bytes: &[u8]) -> (u16, Value) {
    let mut sent =
        bytes.chunks(PIECE).enumerate().map(|(n, part)| piece(client, n * PIECE, bytes.len(), part));
    let first = sent.next().expect("a piece");
    sent.fold(first, |_, answer| answer)
}

fn listed(client: &mut Client, name: &str) -> Value {
    let answer: Answer = client.get(BACKUPS);
    let all = answer.data("backups").as_array().expect("a list").clone();
    all.into_iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}: {:?}", answer.body))
}

#[test]
fn a_backup_is_made_listed_and_fetched_with_the_password_alone() {
    let (shop, mut client, _) = shop();
    assert_eq!(shop.post("loja-1").status, 200);
    let name = made(&mut client);
    let one = listed(&mut client, &name);
    assert_eq!(
        (&one["verified"], &one["hasKey"], &one["instances"]),
        (&json!(true), &json!(true), &json!(1))
    );
    assert_eq!((&one["origin"], &one["problem"]), (&json!("manual"), &Value::Null));
    let overview = client.get(BACKUPS);
    assert_eq!(overview.data("canRestore"), &json!(true));
    assert_eq!(overview.data("made")["bytes"], one["bytes"]);

    for (body, code) in [
        (json!({}), "invalid_field"),
        (json!({"password": "outra"}), "wrong_password"),
        (json!({"password": PASSWORD, "key": 1}), "invalid_field"),
    ] {
        let (status, _, answer) = fetch(&client, &name, &body);
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert_eq!((status >= 400, &answer["code"]), (true, &json!(code)), "{body}");
    }
    let (status, headers, database) = fetch(&client, &name, &json!({"password": PASSWORD}));
    assert_eq!((status, &database[..15]), (200, b"SQLite format 3".as_slice()));
    let named = |(header, value): &(String, String)| header == "Content-Disposition" && value.contains(&name);
    assert!(headers.iter().any(named), "{headers:?}");
    assert_eq!(json!(database.len()), one["bytes"], "all of it, over any bound of an answer in memory");
    let (_, _, key) = fetch(&client, &name, &json!({"password": PASSWORD, "key": true}));
    assert_eq!(key, fs::read(shop.folder.path().join("pareia.key")).expect("the key"));
    for stranger in ["..%2Fpareia.db", "pareia.db", "pareia-2026-01-01T00-00-00Z.db"] {
        assert_eq!(fetch(&client, stranger, &json!({"password": PASSWORD})).0, 404, "{stranger}");
    }
}

#[test]
fn an_upload_comes_in_pieces_and_is_kept_only_if_it_is_a_backup() {
    let (shop, mut client, _) = shop();
    let folder = shop.folder.path().join("pareia.backups");
    let name = made(&mut client);
    let (_, _, database) = fetch(&client, &name, &json!({"password": PASSWORD}));
    assert!(database.len() > 2 * PIECE, "more than one piece");
    let total = database.len();

    assert_eq!(piece(&client, 0, total, &database[..PIECE]).1["data"]["name"], Value::Null);
    let (status, skipped) = piece(&client, 2 * PIECE, total, &database[total - PIECE..]);
    assert_eq!((status, &skipped["code"]), (409, &json!("upload_out_of_order")));
    assert!(skipped["detail"].as_str().is_some_and(|text| text.contains("60000")), "{skipped}");
    assert_eq!(piece(&client, PIECE, PIECE, b"more than all").0, 409);
    assert_eq!(piece(&client, 0, 3 << 30, b"x").1["code"], "upload_too_large");
    let (status, nonsense) = upload(&client, &vec![b'x'; 3 * PIECE]);
    assert_eq!((status, &nonsense["code"]), (409, &json!("not_a_backup")));
    let names = || fs::read_dir(&folder).expect("the folder").count();
    assert_eq!(names(), 2, "nothing is left of it");

    let (status, whole) = upload(&client, &database);
    let uploaded = whole["data"]["name"].as_str().unwrap_or_else(|| panic!("{status} {whole}")).to_owned();
    assert_eq!(fs::read(folder.join(&uploaded)).expect("the file"), database);
    let one = listed(&mut client, &uploaded);
    assert_eq!((&one["origin"], &one["hasKey"]), (&json!("uploaded"), &json!(false)));
    let key = fs::read_to_string(shop.folder.path().join("pareia.key")).expect("the key");
    let path = format!("{BACKUPS}/{uploaded}/key");
    let wrong = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
    for (key, status, code) in
        [("x", 409, "backup_key_wrong"), (wrong, 409, "backup_key_wrong"), (&*key, 200, "")]
    {
        let answer = client.post(&path, &json!({"key": key}));
        assert_eq!((answer.status, answer.code()), (status, code), "{key}");
    }
    assert_eq!(client.post(&path, &json!({"key": key})).code(), "backup_exists");
    assert_eq!(listed(&mut client, &uploaded)["hasKey"], true);
}

#[test]
fn a_restore_is_staged_once_the_password_was_right_and_starts_the_server_anew() {
    let (shop, mut client, restarts) = shop();
    let name = made(&mut client);
    let path = format!("{BACKUPS}/{name}/restore");
    let staged = shop.folder.path().join("pareia.staged");
    assert_eq!(client.post(&path, &json!({"password": "outra"})).code(), "wrong_password");
    assert_eq!((staged.exists(), restarts.load(Ordering::SeqCst)), (false, 0));
    let answer = client.post(&path, &json!({"password": PASSWORD}));
    assert_eq!((answer.status, answer.data("restarting")), (200, &json!(true)), "{:?}", answer.body);
    assert_eq!((staged.exists(), restarts.load(Ordering::SeqCst)), (true, 1));
    assert_eq!(sql(&staged, "SELECT count(*) FROM integration_credentials"), [["1"]]);

    let bare = Shop::new(instant(Version::V2_3_7));
    bare.person("ana", true, PASSWORD);
    let mut client = Client::logged_in(&bare, "ana", PASSWORD);
    let name = made(&mut client);
    let answer = client.post(&format!("{BACKUPS}/{name}/restore"), &json!({"password": PASSWORD}));
    assert_eq!((answer.status, answer.code()), (409, "restart_by_hand"));
    assert!(!bare.folder.path().join("pareia.staged").exists());
}

#[test]
fn a_failure_is_told_in_the_list() {
    let (shop, mut client, _) = shop();
    let elsewhere = Folder::new();
    let folder = shop.folder.path().join("pareia.backups");
    fs::write(&folder, "a file where the folder should be").expect("written");
    let answer = client.post(BACKUPS, &Value::Null);
    assert_eq!((answer.status, answer.code()), (500, "backup_io"));
    fs::rename(&folder, elsewhere.path().join("x")).expect("moved away");
    let failed = client.get(BACKUPS).data("failed").clone();
    assert_eq!((&failed["code"], &failed["count"]), (&json!("backup_io"), &json!(1)));
    made(&mut client);
    assert_eq!(client.get(BACKUPS).data("failed"), &Value::Null);
}
