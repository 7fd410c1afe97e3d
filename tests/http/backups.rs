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

/// Sends a piece: of that upload, or the first of one.
fn piece(client: &Client, upload: Option<&str>, offset: usize, total: usize, bytes: &[u8]) -> (u16, Value) {
    let id = upload.map(|id| format!("&upload={id}")).unwrap_or_default();
    let path = format!("{BACKUPS}/upload?offset={offset}&total={total}{id}");
    let (status, _, answer) = client.send("POST", &path, bytes, &[]);
    (status, serde_json::from_slice(&answer).expect("JSON"))
}

/// Begins an upload: its id.
fn begin(client: &Client, total: usize, bytes: &[u8]) -> String {
    let (_, begun) = piece(client, None, 0, total, bytes);
    begun["data"]["upload"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned()
}

/// Uploads all that comes after the first piece; the last answer.
fn go_on(client: &Client, id: &str, bytes: &[u8]) -> (u16, Value) {
    let pieces = bytes.chunks(PIECE).enumerate().skip(1);
    let send = |_, (n, part): (usize, &[u8])| Some(piece(client, Some(id), n * PIECE, bytes.len(), part));
    pieces.fold(None, send).expect("a piece")
}

fn upload(client: &Client, bytes: &[u8]) -> (u16, Value) {
    go_on(client, &begin(client, bytes.len(), &bytes[..PIECE]), bytes)
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

    let id = begin(&client, total, &database[..PIECE]);
    let (status, skipped) = piece(&client, Some(&id), 2 * PIECE, total, &database[total - PIECE..]);
    assert_eq!((status, &skipped["code"]), (409, &json!("upload_out_of_order")));
    assert!(skipped["detail"].as_str().is_some_and(|text| text.contains("60000")), "{skipped}");
    assert_eq!(piece(&client, Some(&id), PIECE, PIECE, b"more than all").0, 409);
    for stranger in [None, Some("none"), Some("..%2Fx")] {
        assert_eq!(
            piece(&client, stranger, PIECE, total, &database[PIECE..2 * PIECE]).0,
            409,
            "{stranger:?}"
        );
    }
    assert_eq!(piece(&client, None, 0, 3 << 30, b"x").1["code"], "upload_too_large");
    assert_eq!(go_on(&client, &id, &vec![b'x'; total]).1["code"], "backup_damaged");
    let (status, nonsense) = upload(&client, &vec![b'x'; 3 * PIECE]);
    assert_eq!((status, &nonsense["code"]), (409, &json!("not_a_backup")));
    assert_eq!(nonsense["error"], "O arquivo enviado não é um banco de dados do pareia");
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
        let error = answer.body["error"].as_str().unwrap_or_default();
        assert!(status == 200 || error.ends_with(&format!("selado em {uploaded}")), "by its name: {error}");
    }
    assert_eq!(client.post(&path, &json!({"key": key})).code(), "backup_exists");
    assert_eq!(listed(&mut client, &uploaded)["hasKey"], true);
}

#[test]
fn uploads_at_once_do_not_mix_and_what_was_given_up_goes() {
    let (shop, mut client, _) = shop();
    let folder = shop.folder.path().join("pareia.backups");
    let name = made(&mut client);
    let (_, _, database) = fetch(&client, &name, &json!({"password": PASSWORD}));
    let other = vec![b'x'; database.len()];
    let [first, second] = [&database, &other].map(|bytes| begin(&client, bytes.len(), &bytes[..PIECE]));
    assert_eq!(go_on(&client, &second, &other).1["code"], "not_a_backup");
    let (status, whole) = go_on(&client, &first, &database);
    assert_eq!(status, 200, "{whole}");
    let uploaded = whole["data"]["name"].as_str().expect("a name");
    assert_eq!(fs::read(folder.join(uploaded)).expect("the file"), database);

    // A link in the place of an upload leads nowhere.
    let elsewhere = shop.folder.path().join("elsewhere");
    fs::write(&elsewhere, &database[..PIECE]).expect("a file");
    std::os::unix::fs::symlink(&elsewhere, folder.join(".pareia-upload-link.incoming")).expect("a link");
    assert_eq!(piece(&client, Some("link"), PIECE, database.len(), b"x").0, 409);
    assert_eq!(fs::metadata(&elsewhere).expect("it").len(), PIECE as u64);
    fs::remove_file(folder.join(".pareia-upload-link.incoming")).expect("removed");

    let given_up = begin(&client, database.len(), &database[..PIECE]);
    let incoming = folder.join(format!(".pareia-upload-{given_up}.incoming"));
    let long_ago = std::time::SystemTime::now() - Duration::from_hours(2);
    fs::File::open(&incoming).and_then(|file| file.set_modified(long_ago)).expect("an old date");
    let kept = begin(&client, database.len(), &database[..PIECE]);
    assert!(!incoming.exists(), "the next upload removes it");
    assert!(folder.join(format!(".pareia-upload-{kept}.incoming")).exists());
}

#[test]
fn a_backup_is_removed_with_its_key_once_the_password_was_right() {
    let (shop, mut client, _) = shop();
    let name = made(&mut client);
    let path = format!("{BACKUPS}/{name}");
    let folder = shop.folder.path().join("pareia.backups");
    for (body, code) in [(json!({}), "invalid_field"), (json!({"password": "outra"}), "wrong_password")] {
        assert_eq!(client.call("DELETE", &path, &body).code(), code);
        assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 2);
    }
    let stranger = format!("{BACKUPS}/pareia.db");
    assert_eq!(client.call("DELETE", &stranger, &json!({"password": PASSWORD})).status, 404);
    assert_eq!(client.call("DELETE", &path, &json!({"password": PASSWORD})).status, 200);
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0);
    assert_eq!(client.get(BACKUPS).data("backups"), &json!([]));
    assert_eq!(client.call("DELETE", &path, &json!({"password": PASSWORD})).status, 404);
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
