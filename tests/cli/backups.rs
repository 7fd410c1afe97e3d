//! `pareia backup` and `pareia restore`: what they print, what they refuse, and a whole way there and back.

use std::fs;
use std::io::Read;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex, mpsc};

use serde_json::{Value, json};

use super::desk::{Desk, KEY, Running, address, request};

#[test]
fn a_backup_of_a_running_server_brings_its_data_back_and_the_restore_is_undone() {
    let desk = Desk::new();
    desk.ok("user add antes");
    desk.credential("cred_lab", "http://localhost:8080", KEY);
    let mut serving = Running::start(desk.command("serve --listen 127.0.0.1:0"));
    serving.first_logged();
    let folder = desk.folder.join("out");
    desk.says("backup out/", 1, "", "a pasta out/ não existe");
    assert!(!folder.exists(), "it may be a disk that is not mounted");
    fs::create_dir(&folder).unwrap();
    let file = desk.ok("backup out/");
    let name = file.strip_prefix("out/pareia-20").expect("a date");
    assert!(name.ends_with("Z.db") && name.len() == "26-01-31T12-00-00Z.db".len(), "{file}");
    let key = file.replace(".db", ".key");
    for (path, expected) in [(&*file, 0o600), (&*key, 0o600)] {
        let mode = fs::metadata(desk.folder.join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, expected, "{path}");
    }
    desk.ok("user add depois");
    desk.says(&format!("restore {file}"), 1, "", "Pare o pareia antes (systemctl stop pareia");
    assert_eq!(desk.json("user list --json").as_array().unwrap().len(), 2, "nothing changed");
    serving.signal("-TERM");
    assert_eq!(serving.end().code, Some(0));

    let done = desk.json(&format!("restore {file} --json"));
    assert_eq!(done["instances"], 0);
    let users = |expected: &[&str]| {
        let users = desk.json("user list --json");
        let mut names: Vec<_> =
            users.as_array().unwrap().iter().map(|u| u["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, expected);
    };
    users(&["antes"]);
    let kept = done["kept"].as_str().expect("the data before").to_owned();
    let undone = desk.fed(&format!("restore {kept}/pareia.db"), "");
    assert_eq!((undone.code, undone.out.as_str()), (Some(0), ""), "{}", undone.err);
    let way_back =
        format!("Para voltar a eles: pareia restore --data {}", desk.folder.join("data").display());
    assert!(undone.err.contains(&way_back), "{}", undone.err);
    users(&["antes", "depois"]);
    assert_eq!(desk.json("credential list --json")[0]["id"], "cred_lab");

    // On another machine: the key lies beside it.
    desk.ok(&format!("restore {file} --data new"));
    assert_eq!(desk.json("credential list --json --data new")[0]["id"], "cred_lab");
    fs::remove_file(desk.folder.join(&key)).unwrap();
    desk.says(&format!("restore {file} --data newer"), 1, "", "termina em .key");
    let lost = "ficou de fora: 1 credencial.\nCadastre as credenciais de novo";
    desk.says(&format!("restore {file} --data newer --without-key"), 0, "", lost);
    assert_eq!(desk.json("credential list --json --data newer"), json!([]));
    let left_out = json!({"credentials": 1, "savedSettings": 0, "noticeTargets": 0, "secondFactors": 0});
    assert_eq!(desk.json(&format!("restore {file} --data last --without-key --json"))["leftOut"], left_out);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_backup_says_what_it_is_and_whether_it_has_the_key() {
    let desk = Desk::new();
    desk.says("backup b.db", 1, "", "não há banco de dados em");
    assert!(!desk.folder.join("data").exists(), "a backup makes no data folder");
    desk.credential("cred_lab", "http://localhost:8080", KEY);
    desk.says("backup b.db --without-key", 0, "b.db", "não abrem deste backup: 1 credencial");
    desk.says("backup b.db", 1, "", "b.db já existe");
    desk.says("backup none/b.db", 1, "", "a pasta none não existe: confira o caminho");
    let made = desk.json("backup c --json");
    assert_eq!(
        (&made["file"], &made["keyFile"], &made["instances"]),
        (&json!("c"), &json!("c.key"), &json!(0))
    );
    assert!(made["bytes"].as_u64().is_some_and(|bytes| bytes > 4096) && made["schemaVersion"].is_u64());
    let noted = desk.store().last_backup().unwrap();
    assert_eq!(noted.made.map(|made| made.file).as_deref(), Some("c"));
    fs::write(desk.folder.join("text.db"), "x".repeat(9000)).unwrap();
    desk.says("restore text.db", 1, "", "não é um banco de dados do pareia");
    desk.says("restore none.db", 1, "", "none.db: não existe");
}

#[test]
fn serve_makes_the_backups_that_it_is_told_to() {
    let desk = Desk::new();
    let mut command = desk.command("serve --listen 127.0.0.1:0 --backup-every 24h");
    command.env("PAREIA_BACKUP_DIR", "out").env("PAREIA_BACKUP_KEEP", "2");
    let mut serving = Running::start(command);
    let mut line = String::new();
    while !line.contains("made and verified") {
        line = serving.first_logged();
    }
    serving.signal("-TERM");
    assert_eq!(serving.end().code, Some(0));
    let names = || {
        let entries = fs::read_dir(desk.folder.join("out")).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let made = names();
    assert_eq!(made.len(), 2, "a backup and its key");
    assert!(made[0].contains("-auto-") && made[1] == made[0].replace(".db", ".key"), "{made:?}");
}

/// `POST`s to a running server.
fn post(address: &str, token: &str, path: &str, body: &str) -> Value {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.0\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}");
    let answer = request(address, &format!("{head}\r\n\r\n{body}"));
    serde_json::from_str(answer.split_once("\r\n\r\n").expect(&answer).1).expect(&answer)
}

#[test]
fn a_restore_that_the_page_asks_for_starts_the_server_anew_with_the_data_of_then() {
    let desk = Desk::new();
    let password = "sapatos-e-botas";
    desk.ok("user add ana --admin");
    desk.fed_says("user password ana", password, 0, "", "definida");
    let token = desk.ok("token create ana");
    let mut serving = Running::start(desk.command("serve --listen 127.0.0.1:0"));
    let first = address(&serving.first_logged());
    let post = |address: &str, path: &str, body: &str| post(address, &token, path, body);
    let made = post(&first, "/api/admin/backups", "");
    let name = made["data"]["name"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    desk.ok("user add depois");
    let asked = post(
        &first,
        &format!("/api/admin/backups/{name}/restore"),
        &json!({ "password": password }).to_string(),
    );
    assert_eq!(asked["data"]["restarting"], true, "{asked}");
    let mut line = String::new();
    while !line.contains("listening on") {
        line = serving.first_logged();
    }
    let second = address(&line);
    let list = request(
        &second,
        &format!("GET /api/admin/backups HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n"),
    );
    let list: Value = serde_json::from_str(list.split_once("\r\n\r\n").expect(&list).1).expect(&list);
    let kept = list["data"]["restored"]["kept"].as_str().unwrap_or_else(|| panic!("{list}")).to_owned();
    assert_eq!(list["data"]["restored"]["code"], Value::Null);
    assert_eq!(desk.json("user list --json").as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&format!("user list --json --data {kept}")).as_array().unwrap().len(), 2);
    serving.signal("-TERM");
    let ran = serving.end();
    assert_eq!(ran.code, Some(0), "the same process, which a signal still ends: {}", ran.err);
}

/// An upstream that answers nobody. Says when it was asked for that name; closes all its connections when told to.
fn silent_upstream(name: &'static str) -> (String, mpsc::Receiver<()>, impl FnOnce()) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, is_asked) = mpsc::channel();
    let open: Arc<Mutex<Option<Vec<TcpStream>>>> = Arc::new(Mutex::new(Some(Vec::new())));
    let held = Arc::clone(&open);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let Some(open) = &mut *held.lock().unwrap() else { return };
            open.push(stream.try_clone().unwrap());
            let asked = asked.clone();
            std::thread::spawn(move || {
                let (mut all, mut some) = (String::new(), [0; 1024]);
                while let Ok(n @ 1..) = stream.read(&mut some) {
                    all.push_str(&String::from_utf8_lossy(&some[..n]));
                    if all.contains(name) {
                        asked.send(()).ok();
                    }
                }
            });
        }
    });
    let close = move || {
        let streams = open.lock().unwrap().take().unwrap();
        for stream in &streams {
            let _ = stream.shutdown(Shutdown::Both);
        }
    };
    (url, is_asked, close)
}

#[test]
fn a_signal_while_calls_are_finished_before_a_restore_ends_the_server() {
    let desk = Desk::new();
    let (url, is_asked, close) = silent_upstream("loja-1");
    desk.ok("user add ana --admin");
    desk.fed_says("user password ana", "sapatos-e-botas", 0, "", "definida");
    let token = desk.ok("token create ana");
    desk.credential("cred_lab", &url, KEY);
    let mut serving = Running::start(desk.command("serve --listen 127.0.0.1:0"));
    let address = address(&serving.first_logged());
    let made = post(&address, &token, "/api/admin/backups", "");
    let name = made["data"]["name"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    let call = json!({"channel": "whatsapp_evolution", "channelInstanceId": "loja-1", "channelPhoneOrId": "5521991856227"});
    std::thread::scope(|scope| {
        scope.spawn(|| post(&address, &token, "/api/messaging/instance", &call.to_string()));
        is_asked.recv().expect("a call is under way");
        let password = json!({"password": "sapatos-e-botas"}).to_string();
        let asked = post(&address, &token, &format!("/api/admin/backups/{name}/restore"), &password);
        assert_eq!(asked["data"]["restarting"], true, "{asked}");
        while !serving.first_logged().contains("a restore was asked for") {}
        serving.signal("-TERM");
        close();
        let ran = serving.end();
        assert_eq!((ran.code, ran.err.contains("listening on")), (Some(0), false), "{}", ran.err);
    });
}
