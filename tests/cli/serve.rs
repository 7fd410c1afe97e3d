//! `pareia serve`: its log, its signals, what it refuses to start with.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::{Duration, Instant};

use pareia::domain::Secret;
use pareia::sim::{Fault, Version};
use serde_json::Value;

use super::desk::{Desk, KEY, PATIENCE, Running, address, request, simulated};

fn post(token: &str, name: &str) -> String {
    let body = format!(
        r#"{{"channel":"whatsapp_evolution","channelInstanceId":"{name}","channelPhoneOrId":"5521991856227"}}"#
    );
    format!(
        "POST /api/messaging/instance HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn serve_says_its_address_first_works_beside_commands_and_ends_at_a_signal() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    for signal in ["-TERM", "-INT"] {
        let mut command = desk.command("serve --listen 127.0.0.1:0 --qr-timeout 10");
        command.env("PAREIA_LOG", "debug").env("PAREIA_PUBLIC_URL", "").env("PAREIA_TRUSTED_PROXY", "");
        let mut serving = Running::start(command);
        let first = serving.first_logged();
        let start = concat!(" INFO  pareia ", env!("CARGO_PKG_VERSION"), " listening on http://127.0.0.1:");
        assert!(first.contains(start) && first.as_bytes()[10] == b'T', "{first}");
        let name = signal.trim_start_matches('-');
        desk.ok(&format!("user add {name}"));
        let token = desk.ok(&format!("token create {name}"));
        if signal == "-TERM" {
            desk.credential("cred_lab", &sim.url(), KEY);
        }
        let answer = request(&address(&first), &post(&token, name));
        assert!(answer.contains("200 OK") && answer.contains("data:image/png"), "{answer}");
        serving.signal(signal);
        let ran = serving.end();
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
        assert!(ran.err.contains("stopped"), "{}", ran.err);
        for secret in [KEY, token.as_str(), "base64", "2@"] {
            assert!(!ran.err.contains(secret), "{}", ran.err);
        }
        // Whoever copies the database of a server that was stopped has everything.
        let log = desk.folder.join("data/pareia.db-wal");
        assert!(fs::metadata(&log).map_or(0, |file| file.len()) == 0, "{}", log.display());
    }
}

/// The log of a server that was asked for a code, a probe and a file of the page, without its first line.
fn log_of_a_call(level: &str) -> String {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    desk.credential("cred_lab", &sim.url(), KEY);
    desk.ok("user add loja");
    let token = desk.ok("token create loja");
    let mut command = desk.command("serve --listen 127.0.0.1:0");
    command.env("PAREIA_LOG", level);
    let mut serving = Running::start(command);
    let address = address(&serving.first_logged());
    assert!(request(&address, &post(&token, "loja-5521991856227")).contains("200 OK"));
    for path in ["/livez", "/assets/favicon.svg", "/nothing"] {
        request(&address, &format!("GET {path} HTTP/1.0\r\n\r\n"));
    }
    serving.signal("-TERM");
    serving.end().err
}

#[test]
fn the_log_has_one_line_for_a_request_and_what_was_asked_of_upstream_at_debug() {
    let log = log_of_a_call("info");
    let of = |words: &str| log.lines().filter(|line| line.contains(words)).count();
    for (words, lines) in [
        (" POST /api/messaging/instance 200 ", 1),
        (" GET ? 404 ", 1),
        (" evolution ", 0),
        ("/livez", 0),
        ("/assets/", 0),
        ("DEBUG", 0),
    ] {
        assert_eq!(of(words), lines, "{words}: {log}");
    }
    let log = log_of_a_call("debug");
    for (words, level) in [
        (" evolution GET fetchInstances ", " DEBUG id=poll-"),
        (" evolution POST create ", " DEBUG id=r"),
        (" GET /livez 200 ", " DEBUG id=r"),
        (" GET /assets/{*} 200 ", " DEBUG id=r"),
        (" POST /api/messaging/instance 200 ", " INFO  id=r"),
    ] {
        let found = log.lines().any(|line| line.contains(words) && line.contains(level));
        assert!(found, "{words}{level}: {log}");
    }
    assert!(!log.contains("5521991856227"), "{log}");
}

#[test]
fn the_log_is_json_or_the_journals_where_that_is_said() {
    let desk = Desk::new();
    let log = |flags: &str, is_journal: bool| {
        let path = desk.folder.join("log");
        let file = fs::File::create(&path).unwrap();
        let made = file.metadata().unwrap();
        let mut command = desk.command(&format!("serve --listen 127.0.0.1:0 {flags}"));
        // One of another file says nothing of stderr: systemd sets the variable for all that a service starts.
        let inode = made.ino() + u64::from(!is_journal);
        command.env("JOURNAL_STREAM", format!("{}:{inode}", made.dev())).stderr(file);
        let serving = Running(command.spawn().unwrap());
        let text = || fs::read_to_string(&path).unwrap();
        let begun = Instant::now();
        while !text().contains("listening on http://") {
            assert!(begun.elapsed() < PATIENCE, "{}", text());
            thread::sleep(Duration::from_millis(5));
        }
        let address = text().split("http://").nth(1).unwrap().split(['"', '\n']).next().unwrap().to_owned();
        request(&address, "GET /nothing HTTP/1.0\r\n\r\n");
        serving.signal("-TERM");
        assert_eq!(serving.end().code, Some(0));
        text()
    };
    let text = log("", false);
    assert!(text.lines().all(|line| line.as_bytes()[10] == b'T'), "{text}");
    let journal = log("", true);
    assert!(journal.starts_with("<6>pareia ") && journal.contains("\n<4>no credential yet"), "{journal}");
    assert!(journal.contains("\n<6>id=r"), "{journal}");
    for (flags, is_journal, start) in [("--log-format json", false, ""), ("--log-format=json", true, "<6>")] {
        let json = log(flags, is_journal);
        let line = json.lines().find(|line| line.contains("\"route\"")).expect(&json);
        let line: Value = serde_json::from_str(line.strip_prefix(start).expect(&json)).expect(line);
        assert_eq!((&line["status"], &line["method"]), (&404.into(), &"GET".into()), "{line}");
        assert!(line["ms"].is_u64() && line["id"].as_str().is_some_and(|id| id.starts_with('r')), "{line}");
        let all = json.lines().map(|line| line.trim_start_matches(|c: char| c != '{'));
        assert!(all.map(serde_json::from_str::<Value>).all(|line| line.is_ok()), "{json}");
    }
    desk.says("serve --log-format xml", 2, "", "--log-format (PAREIA_LOG_FORMAT) deve ser text ou json");
}

#[test]
fn the_metrics_have_an_address_of_their_own_where_one_is_given() {
    let desk = Desk::new();
    let mut serving = Running::start(desk.command("serve --listen 127.0.0.1:0 --metrics-listen 127.0.0.1:0"));
    let public = address(&serving.first_logged());
    let mut line = String::new();
    while !line.contains("/metrics") {
        line = serving.first_logged();
    }
    let metrics = address(&line).trim_end_matches("/metrics").to_owned();
    let of = |server: &str| request(server, "GET /metrics HTTP/1.0\r\n\r\n");
    assert!(of(&metrics).contains("pareia_build_info{version="), "{}", of(&metrics));
    assert!(of(&public).contains("404"), "people's address has none");
    desk.says(
        &format!("serve --listen 127.0.0.1:0 --data other --metrics-listen {metrics}"),
        1,
        "",
        &format!("erro: métricas (--metrics-listen): {metrics} já está em uso"),
    );
    serving.signal("-TERM");
    assert_eq!(serving.end().code, Some(0));
    desk.says("serve --metrics-listen 9464", 2, "", "--metrics-listen (PAREIA_METRICS_LISTEN) deve ser");
}

#[test]
fn serve_reads_variables_as_files_of_variables_leave_them() {
    let desk = Desk::new();
    let mut command = desk.command("serve");
    command
        .env("PAREIA_LISTEN", "\"127.0.0.1:0\"\r")
        .env("PAREIA_QR_TIMEOUT", "20\r")
        .env("PAREIA_PUBLIC_URL", "'https://zap.loja.com.br'\u{a0}")
        .env("PAREIA_TRUSTED_PROXY", "\u{feff}10.0.0.1\r")
        .env("PAREIA_ALLOW_ORIGIN", "\"https://a.example,https://b.example\"\r")
        .env("PAREIA_LOG", "\"debug\"\r")
        .env("PAREIA_DATA", format!("\"{}\"\r", desk.folder.join("data").display()));
    let mut serving = Running::start(command);
    let address = address(&serving.first_logged());
    for origin in ["https://a.example", "https://b.example"] {
        let asked = format!(
            "OPTIONS /api/messaging/instance HTTP/1.0\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\r\n"
        );
        let answer = request(&address, &asked);
        assert!(answer.contains(" 204 ") && answer.contains(origin), "{answer}");
    }
    serving.signal("-TERM");
    let ran = serving.end();
    assert!(ran.err.contains("people use it at https://zap.loja.com.br\n"), "{}", ran.err);
    assert!(
        !ran.err.contains("not understood") && desk.folder.join("data/pareia.db").exists(),
        "{}",
        ran.err
    );
}

#[test]
fn serve_invites_the_first_administrator_and_logs_no_secret() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    let serve = |flags: &str| {
        let mut command = desk.command(&format!("serve --listen 127.0.0.1:0 {flags}"));
        command.env("PAREIA_LOG", "debug");
        Running::start(command)
    };
    let printed = |line: &str| {
        let link = desk.ok(line);
        let (base, token) = link.split_once("/#/setup/").unwrap_or_else(|| panic!("no link: {link}"));
        (base.to_owned(), token.to_owned())
    };
    desk.says("setup-link", 1, "", "pareia serve");
    let mut first = serve("--public-url https://zap.loja.com.br/pareia");
    first.first_logged();
    let (base, old) = printed("setup-link");
    assert_eq!(base, "https://zap.loja.com.br/pareia");
    first.signal("-TERM");
    let log = first.end().err;
    assert!(log.contains("pareia setup-link prints the link") && !log.contains("/setup/"), "{log}");
    let mut serving = serve("");
    let address = address(&serving.first_logged());
    assert_eq!(printed("setup-link"), (format!("http://{address}"), old.clone()), "it outlives a restart");
    let (_, token) = printed("setup-link --renew");
    let listed = desk.json("setup-link --json --public-url https://zap.loja.com.br");
    assert_eq!(listed["url"], format!("https://zap.loja.com.br/#/setup/{token}"));
    assert!(listed["expiresAt"].as_str().is_some_and(|at| at.ends_with('Z')), "{listed}");
    assert!(token.len() == 43 && token != old, "{token}");
    let password = "uma senha que ninguém sabe";
    let json = |path: &str, cookie: &str, body: &Value| {
        let body = body.to_string();
        let length = body.len();
        request(
            &address,
            &format!(
                "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n{cookie}\
                 Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            ),
        )
    };
    let set_up = |token: &str| {
        json("/api/setup", "", &serde_json::json!({"token": token, "name": "chefe", "password": password}))
    };
    assert!(set_up(&old).contains("setup_expired"));
    let answer = set_up(&token);
    let cookie = answer.split("Set-Cookie: ").nth(1).and_then(|c| c.split(';').next()).expect(&answer);
    let key = serde_json::json!({"baseUrl": sim.url(), "apiToken": KEY});
    let added = json("/api/admin/credentials", &format!("Cookie: {cookie}\r\n"), &key);
    assert!(added.contains("\"version\":\"2.3.7\""), "{added}");
    let wrong = serde_json::json!({"name": "uma-senha-no-campo-errado", "password": "errada-mas-secreta"});
    assert!(json("/api/session", "", &wrong).contains("wrong_password"));
    serving.signal("-TERM");
    let rest = serving.end().err;
    assert!(rest.contains("POST /api/setup 200") && rest.contains("a login failed from 127.0.0.1"), "{rest}");
    let value = cookie.split_once('=').unwrap().1;
    for hidden in [password, KEY, &*token, &*old, value, "campo-errado", "errada-mas-secreta", "argon2"] {
        assert!(!rest.contains(hidden), "{rest}");
    }
    let mut restarted = serve("");
    restarted.first_logged();
    restarted.signal("-TERM");
    let log = restarted.end().err;
    assert!(!log.contains("setup"), "{log}");
    desk.says("setup-link", 1, "", "já tem um administrador com senha: entre em http://127.0.0.1:");
}

#[test]
fn the_server_that_settings_name_is_added_once_and_given_the_key_that_they_have_now() {
    let desk = Desk::new();
    let (file, handed) = (desk.folder.join("key"), desk.folder.join("handed"));
    fs::create_dir(&handed).unwrap();
    let start = |variables: &[(&str, &str)]| {
        let mut command = desk.command("serve --listen 127.0.0.1:0");
        command.env("PAREIA_EVOLUTION_URL", "http://127.0.0.1:9/").envs(variables.iter().copied());
        let mut serving = Running::start(command);
        serving.first_logged();
        serving.signal("-TERM");
        let log = serving.end().err;
        assert!(!log.contains("key-from"), "{log}");
        let credentials = desk.store().credentials().unwrap();
        assert_eq!(credentials.len(), 1, "{log}");
        credentials[0].credential.key.expose().to_owned()
    };
    let path = |path: &std::path::Path| path.display().to_string();
    fs::write(&file, "key-from-a-file\n").unwrap();
    fs::write(handed.join("evolution-key"), "key-from-systemd").unwrap();
    let (file, handed) = (path(&file), path(&handed));
    for (variables, key) in [
        (
            &[("PAREIA_EVOLUTION_KEY_FILE", &*file), ("CREDENTIALS_DIRECTORY", &*handed)][..],
            "key-from-a-file",
        ),
        (&[("PAREIA_EVOLUTION_KEY", "key-from-a-variable")], "key-from-a-variable"),
        (&[("CREDENTIALS_DIRECTORY", &*handed), ("PAREIA_EVOLUTION_KEY_FILE", "")], "key-from-systemd"),
        (&[("CREDENTIALS_DIRECTORY", &*handed)], "key-from-systemd"),
    ] {
        assert_eq!(start(variables), key);
    }
    let id = desk.store().credentials().unwrap()[0].credential.id.clone();
    desk.store().rotate_credential(&id, &Secret::new("typed-on-the-page")).unwrap();
    let handed_over = [("CREDENTIALS_DIRECTORY", &*handed)];
    assert_eq!(
        start(&handed_over),
        "typed-on-the-page",
        "the settings are as they were: what came later counts"
    );
    assert_eq!(start(&[("PAREIA_EVOLUTION_KEY", "key-from-afterwards")]), "key-from-afterwards");
    assert_eq!(start(&handed_over), "key-from-systemd", "changed once more");
    let refused = |line: &str, variable: (&str, &str), code: i32, says: &str| {
        let mut command = desk.command(line);
        let ran = command.env(variable.0, variable.1).output().unwrap();
        let err = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.code() == Some(code) && err.contains(says) && !err.contains("key-from"), "{err}");
    };
    let (named, key) = ("serve --evolution-url http://127.0.0.1:9", "PAREIA_EVOLUTION_KEY");
    refused(named, ("X", ""), 2, "precisa da chave global");
    refused(named, ("PAREIA_EVOLUTION_KEY_FILE", "/none"), 1, "não consegui ler /none");
    refused(&format!("{named} --evolution-key-file {file}"), (key, "key-from-a-variable"), 2, "só um deles");
    refused("serve", (key, "key-from-a-variable"), 2, "--evolution-url (PAREIA_EVOLUTION_URL) não é");
}

#[test]
fn a_second_signal_does_not_wait() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    desk.ok("user add loja");
    let token = desk.ok("token create loja");
    desk.credential("cred_lab", &sim.url(), KEY);
    sim.control().fault(Fault::Hang, None);
    let mut serving = Running::start(desk.command("serve --listen 127.0.0.1:0"));
    let address = address(&serving.first_logged());
    let waiting = thread::spawn(move || request(&address, &post(&token, "presa")));
    let begun = Instant::now();
    while sim.control().calls().is_empty() {
        assert!(begun.elapsed() < PATIENCE, "the call reaches upstream");
        thread::sleep(Duration::from_millis(5));
    }
    serving.signal("-TERM");
    thread::sleep(Duration::from_millis(300));
    serving.signal("-TERM");
    assert_eq!(serving.end().code, Some(130));
    waiting.join().unwrap();
}

#[test]
fn one_serve_at_a_time_has_a_data_folder_until_it_ends_however_it_ends() {
    let desk = Desk::new();
    for signal in ["-KILL", "-TERM"] {
        let mut serving = Running::start(desk.command("serve --listen 127.0.0.1:0"));
        let address = address(&serving.first_logged());
        let (folder, pid) = (desk.folder.join("data").display().to_string(), serving.0.id());
        let says =
            format!("outro pareia serve já usa a pasta de dados {folder} (http://{address}, processo {pid})");
        desk.says("serve --listen 127.0.0.1:0", 1, "", &says);
        desk.ok("user list");
        serving.signal(signal);
        serving.end();
    }
}

#[test]
fn serve_warns_of_what_is_open_to_everybody() {
    let desk = Desk::new();
    let loud = "can be reached from other machines";
    desk.credential("cred_lab", "http://localhost:8080", "429683C4C977415CAAFCCE10F7D57E11");
    for (flags, warned) in [
        ("--listen 0.0.0.0:0", true),
        ("--listen 127.0.0.1:0", false),
        ("--listen 0.0.0.0:0 --trusted-proxy 127.0.0.1,10.0.0.0/8", false),
        ("--listen 0.0.0.0:0 --public-url https://zap.loja.com.br", false),
    ] {
        let mut command = desk.command(&format!("serve {flags}"));
        command.env("PAREIA_LOG", "info,loud");
        let mut serving = Running::start(command);
        let first = serving.first_logged();
        serving.signal("-TERM");
        let log = serving.end().err;
        let second = log.lines().next().filter(|line| line.contains("not understood: \"loud\"")).expect(&log);
        assert!(first[..24] <= second[..24], "{first}{second}");
        assert_eq!(log.contains(loud), warned, "{flags}: {log}");
        assert!(log.contains("credential cred_lab opens with the key of Evolution's own examples"), "{log}");
        assert_eq!(log.contains("people use it at https://zap.loja.com.br"), flags.contains("zap"), "{log}");
    }
}

#[test]
fn serve_and_demo_start_with_no_fewer_files_than_they_need() {
    let desk = Desk::new();
    for command in ["serve --listen 127.0.0.1:0", "demo --once"] {
        let mut limited = std::process::Command::new("sh");
        let run = format!("ulimit -n 255 && exec {} {command}", env!("CARGO_BIN_EXE_pareia"));
        limited.args(["-c", &run]).env("PAREIA_DATA", desk.folder.join("data")).env("PAREIA_LANG", "pt");
        limited.current_dir(&desk.folder);
        let ran = Running::start(limited).end();
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{command}: {}", ran.err);
        assert!(ran.err.contains("só 255 arquivos") && ran.err.contains("ulimit -n 256"), "{}", ran.err);
    }
}

#[test]
fn serve_that_cannot_start_says_why_in_one_sentence() {
    let desk = Desk::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    desk.says(&format!("serve --listen {address}"), 1, "", &format!("erro: {address} já está em uso"));
    desk.says("serve --listen 192.0.2.1:3000", 1, "", "não é um endereço desta máquina");
    fs::write(desk.folder.join("file"), "").unwrap();
    let whole = desk.folder.join("file/x").display().to_string();
    desk.says(
        "serve --listen 127.0.0.1:0 --data file/x",
        1,
        "",
        &format!("erro: {whole}: uma parte do caminho não é uma pasta"),
    );
    fs::create_dir(desk.folder.join("odd")).unwrap();
    fs::write(desk.folder.join("odd/pareia.db"), "nonsense ".repeat(1000)).unwrap();
    desk.says(
        "serve --listen 127.0.0.1:0 --data odd",
        1,
        "",
        "erro: banco de dados: pareia.db está danificado",
    );
    desk.credential("cred_lab", "http://localhost:8080", KEY);
    let key = desk.folder.join("data/pareia.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    desk.says("serve --listen 127.0.0.1:0", 1, "", "pareia.key não existe: restaure esse arquivo do backup");
    fs::write(&key, "nonsense").unwrap();
    desk.says("serve --listen 127.0.0.1:0", 1, "", "não é a chave que selou os valores deste banco");
    fs::write(&key, kept).unwrap();
    let database = rusqlite::Connection::open(desk.folder.join("data/pareia.db")).unwrap();
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES (999, 'x', '', '0')";
    database.execute(newer, []).unwrap();
    desk.says("serve --listen 127.0.0.1:0", 1, "", "o banco de dados é da versão 999");
}
