//! The command line from outside: the real binary on a folder of its own, its exit codes, what it
//! says on stdout and what on stderr.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pareia::admin::Passwords;
use pareia::domain::{Channel, Name, Phone, Secret};
use pareia::sim::{Fault, Options, Sim, Version};
use pareia::store::{NewSession, Store};
use serde_json::Value;

/// Longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);
const KEY: &str = "the-global-key-of-the-server";

/// What a command came to.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A data folder and nothing else: no variable of the machine reaches the commands.
struct Desk {
    folder: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

impl Desk {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(pareia::crypto::new_id("pareia-cli-"));
        fs::create_dir_all(folder.join("tmp")).unwrap();
        Self { folder }
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pareia"));
        command
            .args(line.split_whitespace())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.folder)
            .env("TMPDIR", self.folder.join("tmp"))
            .env("PAREIA_DATA", self.folder.join("data"))
            .current_dir(&self.folder);
        command
    }

    fn fed(&self, line: &str, stdin: &str) -> Ran {
        let mut child = piped(&mut self.command(line));
        // A command that refuses its arguments does not wait for stdin.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must do what it was asked, and gives what it printed.
    #[track_caller]
    fn ok(&self, line: &str) -> String {
        let ran = self.fed(line, "");
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.err);
        ran.out.trim_end().to_owned()
    }

    /// Runs a command that must end so: exit code, all of stdout, part of stderr.
    #[track_caller]
    fn says(&self, line: &str, code: i32, out: &str, err: &str) {
        self.fed_says(line, "", code, out, err);
    }

    #[track_caller]
    fn fed_says(&self, line: &str, stdin: &str, code: i32, out: &str, err: &str) {
        let ran = self.fed(line, stdin);
        assert_eq!(ran.code, Some(code), "{line}: {}", ran.err);
        assert_eq!(ran.out.trim_end(), out, "{line}");
        assert!(ran.err.contains(err), "{line}: {:?} is not in {:?}", err, ran.err);
    }

    #[track_caller]
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ok(line)).unwrap()
    }

    fn store(&self) -> Store {
        Store::open(&self.folder.join("data")).unwrap()
    }

    #[track_caller]
    fn credential(&self, id: &str, url: &str, key: &str) {
        let line =
            format!("credential add --type whatsapp_evolution --base-url {url} --api-token-stdin --id {id}");
        self.fed_says(&line, key, 0, id, "Credencial cadastrada");
    }

    /// Writes a row, as a call of the API would.
    fn instance(&self, name: &str, user: &str, credential: &str) {
        let store = self.store();
        let user = store.user(user).unwrap().unwrap().id;
        let (name, phone) = (Name::parse(name).unwrap(), Phone::parse("5521991856227").unwrap());
        let added = store.add_instance(Channel::WhatsappEvolution, &name, &phone, &user, credential).unwrap();
        assert!(added.is_some());
    }
}

fn piped(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A command that runs until it is told to end; killed when the test is over.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Usually it has ended by then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(mut command: Command) -> Self {
        Self(piped(&mut command))
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap().success());
    }

    /// Waits for its end: exit code, and the rest of what it printed and logged.
    #[track_caller]
    fn end(mut self) -> Ran {
        let begun = Instant::now();
        while self.0.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
        let (mut out, mut err) = (String::new(), String::new());
        self.0.stdout.take().map(|mut o| o.read_to_string(&mut out).unwrap());
        self.0.stderr.take().map(|mut e| e.read_to_string(&mut err).unwrap());
        Ran { code: self.0.wait().unwrap().code(), out, err }
    }

    /// The first line of its log.
    fn first_logged(&mut self) -> String {
        first_line(self.0.stderr.as_mut().unwrap())
    }

    /// The first line of its result.
    fn first_printed(&mut self) -> String {
        first_line(self.0.stdout.as_mut().unwrap())
    }
}

/// Reads a line byte by byte: what comes after it is left for later.
fn first_line(stream: &mut impl Read) -> String {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while !line.ends_with(b"\n") {
        stream.read_exact(&mut byte).expect("a whole line");
        line.extend(byte);
    }
    String::from_utf8(line).unwrap().trim_end_matches('\n').to_owned()
}

fn address(line: &str) -> String {
    line.split_once("http://").map(|(_, address)| address.trim().to_owned()).expect("an address")
}

/// One request on a connection of its own; everything that comes back.
fn request(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

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

fn simulated(version: Version) -> Sim {
    Sim::start(Options::new(version, KEY)).unwrap()
}

/// The commands below this one, as its help page names them.
fn children(page: &str) -> Vec<String> {
    let listed = page.split_once("Comandos:\n").map_or("", |(_, rest)| rest);
    let lines = listed.lines().take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_help_page_is_portuguese_and_ends_with_an_example() {
    let desk = Desk::new();
    let (mut left, mut seen) = (vec![String::new()], 0);
    while let Some(path) = left.pop() {
        let ran = desk.fed(&format!("{path} --help"), "");
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{path}");
        let example = ran.out.trim_end().lines().next_back().unwrap();
        let own = example.trim_start().trim_start_matches("TOKEN=$(");
        assert!(
            ran.out.contains("\n\nExemplo:\n") && own.starts_with(&format!("pareia{path}")),
            "{}",
            ran.out
        );
        for english in ["Usage", "Options", "Commands", "Arguments", "Print ", "default:", "env:"] {
            assert!(!ran.out.contains(english), "{path}: {english}");
        }
        left.extend(children(&ran.out).iter().map(|child| format!("{path} {child}")));
        seen += 1;
    }
    assert_eq!(seen, 30, "commands with a page");
    assert!(!desk.folder.join("data").exists(), "help opens no data folder");
    desk.says("--version", 0, concat!("pareia ", env!("CARGO_PKG_VERSION")), "");
}

#[test]
fn arguments_that_make_no_sense_end_with_2_and_one_sentence() {
    let desk = Desk::new();
    let add = "credential add --type whatsapp_evolution --base-url";
    let long = "a".repeat(65);
    for (line, sentence) in [
        ("", "falta o comando: serve, demo, sim, user"),
        ("user", "falta o comando: add, list, password, remove"),
        ("usuario", "o comando \"usuario\" não existe"),
        ("user lista", "o comando \"lista\" não existe"),
        ("user list --yaml", "o argumento --yaml não existe aqui"),
        ("user list extra", "o argumento extra não existe aqui"),
        ("user list --json --json", "--json só pode aparecer uma vez"),
        ("user list --data", "--data <PASTA> pede um valor"),
        ("user add", "falta: <NOME>"),
        ("user add -x", "o argumento -x não existe aqui"),
        ("user add ção", "deve ter de 1 a 64 caracteres"),
        (&format!("user add {long}"), "deve ter de 1 a 64 caracteres"),
        ("token create loja --expires 0", "de 1 a 3650"),
        ("token create loja --expires muito", "de 1 a 3650"),
        (&format!("token create loja --name {long}"), "numa linha só"),
        (
            "credential add",
            "falta: --type <TIPO>, --base-url <URL>, <--api-token-stdin|--api-token-file <ARQUIVO>>",
        ),
        (&format!("{add} http://localhost:8080"), "falta: <--api-token-stdin|--api-token-file <ARQUIVO>>"),
        (&format!("{add} http://a --api-token-stdin --api-token-file f"), "use só um deles"),
        (&format!("{add} http://a --api-token segredo"), "o argumento --api-token não existe aqui"),
        (&format!("{add} ftp://a --api-token-stdin"), "\"ftp://a\" não serve"),
        (&format!("{add} http://a --api-token-stdin --id a/b"), "deve ter de 1 a 64 caracteres"),
        (
            "credential add --type telegram --base-url http://a --api-token-stdin",
            "tipos válidos: whatsapp_evolution",
        ),
        ("credential rotate x", "falta: <--api-token-stdin|--api-token-file <ARQUIVO>>"),
        ("instance connect x --user loja --phone 123", "de 8 a 15 dígitos"),
        ("instance connect x --phone 5521991856227", "falta: --user <USUÁRIO>"),
        ("serve --listen 3000", "--listen (PAREIA_LISTEN) deve ser endereço:porta"),
        ("serve --qr-timeout 0", "de 1 a 120 segundos"),
        ("serve --public-url pareia.com", "http:// ou https://"),
        ("serve --trusted-proxy 127.0.0.1,x", "\"x\" não é um IP"),
        ("sim --api-version 9.9.9", "\"9.9.9\" não é um de: 2.3.7, 1.8.2"),
        ("sim --listen x", "deve ser endereço:porta"),
        ("sim --speed 0", "de 0.1 a 1000"),
        ("sim --qrcode-limit 0", "a partir de 1"),
        ("demo --once --pair-after 3", "use só um deles"),
        ("demo --pair-after nunca", "número de segundos"),
    ] {
        desk.says(line, 2, "", sentence);
    }
    assert!(!desk.folder.join("data").exists(), "a refused command opens no data folder");
}

#[test]
fn users_are_added_listed_and_removed() {
    let desk = Desk::new();
    desk.says("user list", 0, "", "Nenhum usuário ainda. Crie o primeiro com: pareia user add NOME");
    desk.says("user list --json", 0, "[]", "");
    desk.says(
        "user add loja",
        0,
        "",
        "Usuário \"loja\" criado. Agora crie o token: pareia token create loja",
    );
    desk.says("user add chefe --admin", 0, "", "criado");
    desk.says("user add loja", 1, "", "o usuário \"loja\" já existe. Veja todos com: pareia user list");
    let listed = desk.json("user list --json");
    assert_eq!(listed[0]["name"], "chefe");
    assert_eq!((&listed[0]["isAdmin"], &listed[1]["isAdmin"]), (&true.into(), &false.into()));
    assert!(listed[1]["createdAt"].as_str().unwrap().ends_with('Z'));
    let table = desk.ok("user list");
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("NOME   ADMIN  SENHA  INSTÂNCIAS  TOKENS  CRIADO (UTC)"), "{table}");
    assert!(lines[1].starts_with("chefe  sim    não    0           0       20"), "{table}");

    desk.credential("cred_lab", "http://localhost:8080", KEY);
    desk.ok("token create loja");
    desk.instance("a", "loja", "cred_lab");
    desk.instance("b", "loja", "cred_lab");
    desk.says("user remove loja", 1, "", "é dono de 2 instâncias. Passe tudo para outro usuário com: pareia user remove loja --instances-to OUTRO");
    desk.says("user remove loja --instances-to loja", 1, "", "tem de ser outro usuário");
    desk.says("user remove loja --instances-to ninguem", 1, "", "não há usuário \"ninguem\"");
    desk.says(
        "user remove loja --instances-to chefe",
        0,
        "",
        "2 instâncias passaram para \"chefe\".\nUsuário \"loja\" removido, com 1 token.",
    );
    desk.says("user remove loja", 1, "", "não há usuário \"loja\". Veja os nomes com: pareia user list");
    assert_eq!(desk.json("user list --json")[0]["instances"], 2);
    assert_eq!(desk.json("token list --json"), Value::Array(vec![]), "its tokens went with it");
}

#[test]
fn a_token_is_printed_once_and_never_listed() {
    let desk = Desk::new();
    desk.says("token list", 0, "", "Nenhum token ainda");
    desk.says("token create loja", 1, "", "não há usuário \"loja\". Veja os nomes com: pareia user list");
    desk.ok("user add loja");
    let ran = desk.fed("token create loja --name site --expires 30", "");
    let token = ran.out.trim_end();
    assert!(
        token.starts_with("pareia_") && !token.contains(char::is_whitespace),
        "the token only: {token:?}"
    );
    let forever = desk.ok("token create loja");
    let listed = desk.json("token list --json");
    let id = listed[0]["id"].as_str().unwrap();
    assert!(ran.err.contains(&format!("pareia token revoke {id}")), "{}", ran.err);
    assert_eq!((&listed[0]["user"], &listed[0]["name"]), (&"loja".into(), &"site".into()));
    assert!(listed[0]["expiresAt"].as_str().unwrap() > listed[0]["createdAt"].as_str().unwrap());
    assert_eq!((&listed[1]["name"], &listed[1]["expiresAt"]), (&Value::Null, &Value::Null));
    let shown = format!("{}{listed}", desk.ok("token list"));
    assert!(!shown.contains(token) && !shown.contains(&forever));
    assert!(desk.store().caller(token).unwrap().is_some());
    desk.says(&format!("token revoke {id}"), 0, "", "revogado: a próxima chamada com ele recebe 401");
    desk.says(&format!("token revoke {id}"), 1, "", "Veja os ids com: pareia token list");
    assert!(desk.store().caller(token).unwrap().is_none());
}

#[test]
fn credentials_live_from_add_to_remove() {
    let desk = Desk::new();
    desk.says("credential list", 0, "", "Nenhuma credencial ainda");
    let made = desk.fed(
        "credential add --type whatsapp_evolution --base-url http://localhost:8080/ --api-token-stdin",
        &format!("{KEY}\n"),
    );
    let id = made.out.trim_end();
    assert!(
        id.starts_with("cred_") && made.err.contains(&format!("pareia credential test {id}")),
        "{}",
        made.err
    );
    desk.credential("cred_lab", "http://localhost:8081", KEY);
    let taken =
        "credential add --type whatsapp_evolution --base-url http://b --api-token-stdin --id cred_lab";
    desk.fed_says(taken, KEY, 1, "", "a credencial \"cred_lab\" já existe");
    let listed = desk.json("credential list --json");
    assert_eq!((&listed[0]["baseUrl"], &listed[0]["name"]), (&"http://localhost:8080".into(), &id.into()));
    let shown = format!("{}{listed}", desk.ok("credential list"));
    assert!(!shown.contains(KEY) && !shown.contains("apiToken"), "{shown}");

    desk.ok("user add loja");
    desk.instance("a", "loja", "cred_lab");
    desk.says(
        "credential disable cred_lab",
        0,
        "",
        "1 instância passa para outra credencial ativa na próxima chamada",
    );
    desk.says("credential enable cred_lab", 0, "", "ativa");
    desk.says(&format!("credential disable {id}"), 0, "", "Nenhuma instância a usava.");
    desk.says("credential remove cred_lab", 1, "", "1 instância usa a credencial \"cred_lab\". Com --force");
    desk.says("credential remove cred_lab --force", 0, "", "Não sobrou credencial ativa");
    assert_eq!(desk.json("credential list --json").as_array().unwrap().len(), 1);
    assert_eq!(desk.json("instance show a --json")["credentialId"], Value::Null);
    for command in ["test", "enable", "disable", "remove", "rotate --api-token-stdin", "webhook"] {
        let sentence = "não há credencial \"nada\". Veja os ids com: pareia credential list";
        desk.says(&format!("credential {command} nada"), 1, "", sentence);
    }
}

#[test]
fn a_webhooks_lines_can_be_pasted_as_they_are() {
    let desk = Desk::new();
    desk.credential("cred_lab", "http://localhost:8081", KEY);
    desk.says("credential webhook cred_lab", 1, "", "rode \"pareia serve\" uma vez, ou informe o endereço");
    desk.says("credential webhook cred_lab --public-url zap", 2, "", "PAREIA_PUBLIC_URL");
    let secret = desk.store().webhook_secret("cred_lab").expose().to_owned();
    let url = format!("https://zap.loja.com.br/webhooks/evolution/{secret}");
    let lines = format!(
        "WEBHOOK_GLOBAL_ENABLED=true\nWEBHOOK_GLOBAL_URL={url}\nWEBHOOK_GLOBAL_WEBHOOK_BY_EVENTS=false\n\
         WEBHOOK_EVENTS_CONNECTION_UPDATE=true\nWEBHOOK_EVENTS_QRCODE_UPDATED=true\n\
         WEBHOOK_EVENTS_INSTANCE_CREATE=true\nWEBHOOK_EVENTS_INSTANCE_DELETE=true\n"
    );
    let ran = desk.fed("credential webhook cred_lab --public-url https://zap.loja.com.br/", "");
    assert_eq!(ran.out, lines, "nothing but what is to be pasted");
    assert!(ran.err.contains(&url) && ran.err.contains("reinicie-a"), "{}", ran.err);
    desk.store().set_setting("url", "http://127.0.0.1:3000").expect("set");
    let lines = lines.replace("https://zap.loja.com.br", "http://127.0.0.1:3000");
    desk.says("credential webhook cred_lab", 0, lines.trim_end(), "trate-o como uma senha");
}

#[test]
fn keys_come_from_stdin_or_a_file_and_are_checked() {
    let desk = Desk::new();
    let rotate = "credential rotate cred_lab";
    desk.credential("cred_lab", "http://localhost:8080", "first");
    fs::write(desk.folder.join("chave.txt"), "  second\r\n").unwrap();
    desk.says(&format!("{rotate} --api-token-file chave.txt"), 0, "", "Chave de \"cred_lab\" trocada");
    let key = || desk.store().credential("cred_lab").unwrap().unwrap().key.expose().to_owned();
    assert_eq!(key(), "second");
    desk.says(&format!("{rotate} --api-token-file nada.txt"), 1, "", "não consegui ler nada.txt");
    let too_long = "k".repeat(4097);
    for (bad, sentence) in [
        ("", "a chave está vazia"),
        (" \n", "a chave está vazia"),
        ("a\nb\n", "a chave tem mais de uma linha"),
        ("chão", "a chave tem acentos"),
        (too_long.as_str(), "a chave passa de 4 KiB"),
    ] {
        desk.fed_says(&format!("{rotate} --api-token-stdin"), bad, 1, "", sentence);
    }
    assert_eq!(key(), "second", "a refused key changes nothing");
    let public = "429683C4C977415CAAFCCE10F7D57E11";
    desk.fed_says(&format!("{rotate} --api-token-stdin"), public, 0, "", "ATENÇÃO: a chave de \"cred_lab\"");
}

#[test]
fn a_test_tells_what_is_wrong_with_a_credential() {
    for (version, number) in [(Version::V2_3_7, "2.3.7"), (Version::V1_8_2, "1.8.2")] {
        let (desk, sim) = (Desk::new(), simulated(version));
        desk.credential("boa", &sim.url(), KEY);
        desk.credential("errada", &sim.url(), "another-key");
        let fine = desk.ok("credential test boa");
        assert!(
            fine.starts_with(&format!("ok  Evolution API {number}  ")) && fine.ends_with(" ms"),
            "{fine}"
        );
        let fine = desk.json("credential test boa --json");
        assert_eq!(
            (&fine["ok"], &fine["version"], &fine["code"]),
            (&true.into(), &number.into(), &Value::Null)
        );
        assert!(fine["latencyMs"].is_u64());
        desk.says("credential test errada", 1, "", "(evolution_rejected_key)");
        let failed = desk.fed("credential test errada --json", "");
        let failed: Value = serde_json::from_str(&failed.out).unwrap();
        assert_eq!((&failed["ok"], &failed["code"]), (&false.into(), &"evolution_rejected_key".into()));
        sim.control().licence(true);
        desk.says("credential test boa", 1, "", "(evolution_license_required)");
        sim.control().licence(false);
        sim.control().refuse(true);
        desk.says("credential test boa", 1, "", "(evolution_unreachable)");
    }
}

#[test]
fn a_test_knows_an_instances_token_from_the_global_key() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    let body = r#"{"instanceName":"x","integration":"WHATSAPP-BAILEYS","token":"its-own-token"}"#;
    let create = format!(
        "POST /instance/create HTTP/1.0\r\napikey: {KEY}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(request(&sim.addr().to_string(), &create).contains("201"));
    desk.credential("de-instancia", &sim.url(), "its-own-token");
    desk.says(
        "credential test de-instancia",
        1,
        "",
        "A chave é o token de uma instância, não a chave global",
    );
}

#[test]
fn an_instance_is_connected_shown_and_listed() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    let connect = "instance connect my-store --user loja --phone +55(21)99185-6227";
    desk.says("instance list", 0, "", "Nenhuma instância ainda");
    desk.says(
        "instance show my-store",
        1,
        "",
        "não há instância \"my-store\". Veja os nomes com: pareia instance list",
    );
    desk.says(connect, 1, "", "não há usuário \"loja\"");
    desk.ok("user add loja");
    desk.ok("user add outra");
    desk.says(connect, 1, "", "Nenhuma credencial ativa encontrada para o canal \"whatsapp_evolution\"");
    desk.credential("cred_lab", &sim.url(), KEY);

    let drawn = desk.fed(&format!("{connect} --once"), "");
    assert_eq!(drawn.code, Some(0), "{}", drawn.err);
    assert!(drawn.err.contains("Instância criada. Escaneie o QR Code no WhatsApp."), "{}", drawn.err);
    let current = sim.control().current_code("my-store").unwrap();
    assert_eq!(decoded(&drawn.out), current.code, "the code drawn is upstream's");

    let answer = desk.json(&format!("{connect} --json"));
    assert_eq!(answer["data"]["qrCode"], *current.base64);
    assert_eq!(answer["data"]["message"], "Instância já existente. Escaneie o QR Code.");
    let other = connect.replace("loja", "outra");
    desk.says(&other, 1, "", "Instância já existe para outro usuário (owned_by_other_user)");

    let shown = desk.json("instance show my-store --json");
    let listed = desk.json("instance list --user loja --json");
    assert_eq!(listed[0], shown);
    assert_eq!((&shown["id"], &shown["status"]), (&answer["data"]["instanceId"], &"connecting".into()));
    assert_eq!((&shown["channelPhoneOrId"], &shown["user"]), (&"5521991856227".into(), &"loja".into()));
    assert_eq!(desk.json("instance list --user outra --json"), Value::Array(vec![]));
    desk.says("instance list --user ninguem", 1, "", "não há usuário");
    let text = format!("{}{}", desk.ok("instance show my-store"), desk.ok("instance list"));
    assert!(text.contains("STATUS") && text.contains("connecting") && !text.contains("base64"), "{text}");
    assert_eq!(sim.control().count("create", Some("my-store")), 1, "one create in all this");
    sim.control().refuse(true);
    desk.says(connect, 1, "", "Erro ao criar/conectar instância (evolution_unreachable). A Evolution API");
}

#[test]
fn connecting_follows_the_code_until_a_phone_is_connected() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    desk.ok("user add loja");
    desk.credential("cred_lab", &sim.url(), KEY);
    let line = "instance connect par --user loja --phone 5521991856227 --pairing-code";
    let mut following = Running::start(desk.command(line));
    let first = following.first_printed();
    assert!(first.trim().is_empty(), "the quiet zone comes first: {first:?}");
    assert!(sim.control().scan("par", None));
    let ran = following.end();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.ends_with("\nconectado\n"), "{}", ran.out);
    assert!(ran.out.contains("Código de pareamento: ") && !ran.out.contains('\x1b'), "{}", ran.out);
    desk.says(line, 0, "conectado", "Instância já conectada.");
}

#[test]
fn an_instance_is_logged_out_restarted_and_deleted_by_name() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let (desk, sim) = (Desk::new(), simulated(version));
        desk.ok("user add loja");
        desk.credential("cred_lab", &sim.url(), KEY);
        desk.ok("instance connect a --user loja --phone 5521991856227 --once");
        for act in ["logout", "restart", "delete --yes", "link"] {
            desk.says(&format!("instance {act} nada"), 1, "", "não há instância \"nada\"");
        }
        match version {
            Version::V2_3_7 => desk.says("instance restart a", 0, "", "\"a\" está reiniciando"),
            Version::V1_8_2 => desk.says("instance restart a", 1, "", "(restart_unsupported)"),
        }
        for _ in 0..2 {
            desk.says("instance logout a", 0, "", "\"a\" está desconectada do celular");
        }
        assert_eq!(sim.control().state("a").map(pareia::sim::State::word), Some("close"));
        let shown = desk.fed("instance show a", "");
        assert!(shown.out.contains("DESDE") && shown.out.contains("disconnected"), "{}", shown.out);
        assert!(shown.err.contains("O celular foi desconectado por aqui"), "{}", shown.err);
        assert_eq!(desk.json("instance show a --json")["reason"], "logged_out");
        desk.says("instance restart a", 1, "", "(not_connected)");
        desk.says("instance delete a", 2, "", "confirme com --yes");
        sim.control().refuse(true);
        desk.says("instance delete a --yes", 1, "", "(evolution_unreachable)");
        sim.control().refuse(false);
        desk.says(
            "instance delete a --yes",
            0,
            "",
            "vão embora: a instância na Evolution e o registro daqui",
        );
        desk.says("instance delete a --yes", 1, "", "não há instância \"a\"");
        assert_eq!(sim.control().count("delete", Some("a")), 1);
        desk.instance("b", "loja", "cred_lab");
        let id = desk.json("instance show b --json")["id"].as_str().unwrap().to_owned();
        desk.says(
            &format!("instance delete {id} --keep-upstream --yes"),
            0,
            "",
            "foi apagada aqui; na Evolution ela fica",
        );
        assert_eq!(desk.json("instance list --json"), Value::Array(vec![]));
    }
}

#[test]
fn a_link_is_printed_alone_and_leads_to_where_people_reach_the_page() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    desk.ok("user add loja");
    desk.credential("cred_lab", &sim.url(), KEY);
    desk.instance("a", "loja", "cred_lab");
    desk.says("instance link a", 1, "", "rode \"pareia serve\" uma vez nesta pasta de dados");
    for (flags, sentence) in [
        ("--minutes 0", "de 1 a 1440"),
        ("--minutes 1441", "de 1 a 1440"),
        ("--public-url pareia.com", "http:// ou https://"),
    ] {
        desk.says(&format!("instance link a {flags}"), 2, "", sentence);
    }
    let given = desk.ok("instance link a --public-url https://zap.loja.com.br/x/ --minutes 60");
    assert!(given.starts_with("https://zap.loja.com.br/x/c#pareia_link_") && given.lines().count() == 1);
    let mut serving = Running::start(desk.command("serve --listen 0.0.0.0:0"));
    let first = serving.first_logged();
    let port = first.rsplit_once(':').unwrap().1.to_owned();
    // The address is left for the commands right after it is logged.
    let begun = Instant::now();
    while desk.store().setting("url").unwrap().is_none() {
        assert!(begun.elapsed() < PATIENCE, "serve says where it is");
        thread::sleep(Duration::from_millis(5));
    }
    let made = desk.fed("instance link a", "");
    let (base, token) = made.out.trim_end().split_once("/c#").unwrap();
    assert_eq!(base, format!("http://127.0.0.1:{port}"));
    assert!(made.err.contains("Vale até ") && !made.err.contains(token), "{}", made.err);
    let json = desk.json("instance link a --json");
    assert!(json["url"].as_str().unwrap().starts_with(base) && json["expiresAt"].is_string(), "{json}");
    let ask = format!("POST /api/connect HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n");
    let shown = request(&format!("127.0.0.1:{port}"), &ask);
    assert!(shown.contains("200 OK") && shown.contains("data:image/png"), "{shown}");
    assert!(sim.control().scan("a", None));
    let begun = Instant::now();
    while !request(&format!("127.0.0.1:{port}"), &ask).contains("\"status\":\"connected\"") {
        assert!(begun.elapsed() < PATIENCE, "the link says connected");
    }
    desk.says("instance link a", 1, "", "já está conectada");
    serving.signal("-TERM");
    let log = serving.end().err;
    for secret in [token, "pareia_link_", "base64", "5521991856227"] {
        assert!(!log.contains(secret), "{log}");
    }
}

/// Reads the code out of drawn blocks: a filled block is a dark module.
#[track_caller]
fn decoded(text: &str) -> String {
    const SCALE: usize = 4;
    let drawn: Vec<Vec<char>> =
        text.lines().filter(|l| !l.contains("WhatsApp")).map(|l| l.chars().collect()).collect();
    let dark = |x: usize, y: usize| match drawn[y / 2][x] {
        '█' => true,
        '▀' => y.is_multiple_of(2),
        '▄' => !y.is_multiple_of(2),
        _ => false,
    };
    let (width, height) = (drawn[0].len() * SCALE, drawn.len() * 2 * SCALE);
    let shade = |x: usize, y: usize| if dark(x / SCALE, y / SCALE) { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    image.detect_grids()[0].decode().unwrap().1
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

#[test]
fn serve_invites_the_first_administrator_and_logs_no_secret() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    let serve = |flags: &str| {
        let mut command = desk.command(&format!("serve --listen 127.0.0.1:0 {flags}"));
        command.env("PAREIA_LOG", "debug");
        Running::start(command)
    };
    let invitation = |log: &str| {
        let at = log.find("/#/setup/").unwrap_or_else(|| panic!("no link: {log}"));
        let (base, token) = (log[..at].rsplit(' ').next().unwrap(), &log[at + "/#/setup/".len()..]);
        (base.to_owned(), token.split(' ').next().unwrap().to_owned())
    };
    let mut first = serve("--public-url https://zap.loja.com.br/pareia");
    first.first_logged();
    first.signal("-TERM");
    let log = first.end().err;
    let (base, old) = invitation(&log);
    assert!(base == "https://zap.loja.com.br/pareia" && log.contains("within 30 minutes"), "{log}");
    let mut serving = serve("");
    let address = address(&serving.first_logged());
    let mut line = String::new();
    while !line.contains("/#/setup/") {
        line = serving.first_logged();
    }
    let (base, token) = invitation(&line);
    assert_eq!(base, format!("http://{address}"));
    assert!(token.len() == 43 && token != old, "a new start makes a new link");
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
    let mut again = serve("");
    again.first_logged();
    again.signal("-TERM");
    let log = again.end().err;
    assert!(!log.contains("/setup/"), "{log}");
}

#[test]
fn a_password_is_set_from_a_pipe_and_ends_sessions() {
    let desk = Desk::new();
    desk.ok("user add ana");
    desk.fed_says(
        "user password ana",
        "uma senha boa\n",
        0,
        "",
        "Senha de \"ana\" definida. Quem estava na página com essa conta precisa entrar de novo.",
    );
    let account = || desk.store().account("ana").unwrap().unwrap();
    let hash = account().hash.unwrap();
    let begin = || {
        let (user, hash) = (account().user, account().hash.unwrap());
        let new = NewSession { user: &user, hash: &hash, client: "", address: "127.0.0.1", replaces: None };
        desk.store().add_session(&new).unwrap().unwrap()
    };
    let cookie = begin();
    assert!(desk.store().session(cookie.expose()).unwrap().is_some());
    let listed = desk.json("user list --json");
    assert_eq!((&listed[0]["hasPassword"], &listed[0]["isAdmin"]), (&true.into(), &false.into()));
    assert!(!listed.to_string().contains("argon2"));
    for (line, stdin, sentence) in [
        ("user password ana", "curta", "a senha deve ter de 8 a 128 caracteres"),
        ("user password ana", "", "a senha deve ter de 8 a 128 caracteres"),
        ("user password ana", "uma linha\noutra linha", "a senha deve ser uma linha de texto"),
        ("user password ninguem", "uma senha boa", "não há usuário \"ninguem\""),
    ] {
        desk.fed_says(line, stdin, 1, "", sentence);
    }
    assert_eq!(account().hash.as_deref(), Some(&*hash), "nothing changed");
    assert!(desk.store().session(cookie.expose()).unwrap().is_some());
    desk.fed_says("user password ana", "outra senha boa\r\n", 0, "", "definida");
    assert!(desk.store().session(cookie.expose()).unwrap().is_none());
    let new = account().hash.unwrap();
    let matches = |text: &str| Passwords::default().matches(&Secret::new(text), Some(&new));
    assert!(matches("outra senha boa") && !matches("outra senha boa\r"));
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
        let mut serving = Running::start(desk.command(&format!("serve {flags}")));
        serving.first_logged();
        serving.signal("-TERM");
        let log = serving.end().err;
        assert_eq!(log.contains(loud), warned, "{flags}: {log}");
        assert!(log.contains("credential cred_lab opens with the key of Evolution's own examples"), "{log}");
        assert_eq!(log.contains("people use it at https://zap.loja.com.br"), flags.contains("zap"), "{log}");
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
    desk.says("serve --listen 127.0.0.1:0 --data file/x", 1, "", "erro: file/x: ");
    desk.credential("cred_lab", "http://localhost:8080", KEY);
    let key = desk.folder.join("data/pareia.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    desk.says("serve --listen 127.0.0.1:0", 1, "", "pareia.key não existe: restaure esse arquivo do backup");
    fs::write(&key, "nonsense").unwrap();
    desk.says("serve --listen 127.0.0.1:0", 1, "", "não é a chave que selou as credenciais");
    fs::write(&key, kept).unwrap();
    let database = rusqlite::Connection::open(desk.folder.join("data/pareia.db")).unwrap();
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES (999, 'x', '', '0')";
    database.execute(newer, []).unwrap();
    desk.says("serve --listen 127.0.0.1:0", 1, "", "o banco de dados é da versão 999");
}

#[test]
fn the_data_folder_is_where_it_is_said_to_be() {
    let desk = Desk::new();
    for line in ["--data aqui user add antes", "user add depois --data aqui", "user --data aqui add meio"] {
        desk.ok(line);
    }
    assert_eq!(desk.json("user list --json --data aqui").as_array().unwrap().len(), 3);
    assert!(desk.folder.join("aqui/pareia.db").exists() && !desk.folder.join("data").exists());
    for (variable, place) in [(None, ".local/share/pareia"), (Some("xdg"), "xdg/pareia")] {
        let mut command = desk.command("user list");
        command.env("PAREIA_DATA", "");
        if let Some(folder) = variable {
            command.env("XDG_DATA_HOME", desk.folder.join(folder));
        }
        assert!(command.output().unwrap().status.success());
        assert!(desk.folder.join(place).join("pareia.db").exists(), "{place}");
    }
}

#[test]
fn a_reader_that_leaves_ends_the_command_quietly() {
    let desk = Desk::new();
    desk.ok("user add loja");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = desk.command("user list").stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), b"".as_slice()));
}

#[test]
fn the_simulator_says_its_address_first_and_takes_the_key_it_was_given() {
    let desk = Desk::new();
    for (flags, version) in
        [("--api-key minha", "2.3.7"), ("--api-key minha --api-version 1.8.2 --instant", "1.8.2")]
    {
        let mut running = Running::start(desk.command(&format!("sim --listen 127.0.0.1:0 {flags}")));
        let url = running.first_printed();
        assert!(url.starts_with("http://127.0.0.1:") && !url.ends_with(":0"), "{url}");
        desk.credential(version, &url, "minha");
        assert!(desk.ok(&format!("credential test {version}")).contains(version));
        let taken = address(&url);
        desk.says(&format!("sim --listen {taken}"), 1, "", "já está em uso");
        running.signal("-TERM");
        let ran = running.end();
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
        assert!(ran.err.contains("apikey: minha"), "{}", ran.err);
    }
}

#[test]
fn the_demonstration_plays_every_case_and_leaves_nothing() {
    let desk = Desk::new();
    let ran = desk.fed("demo --once", "");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}{}", ran.out, ran.err);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.len(), 6, "{}", ran.out);
    for (line, parts) in lines.iter().zip([
        ["cenário 1", "check, create, connect", "→ 200 connecting, QR"],
        ["cenário 2", "check, connect", "→ 200 connecting, QR"],
        ["cenário 3", "check, create, connect", "→ 200 connecting, QR"],
        ["erro 1", " - ", "→ 503 no_active_credential"],
        ["erro 2", " - ", "→ 502 evolution_unreachable"],
        ["erro 3", " - ", "→ 409 owned_by_other_user"],
    ]) {
        assert!(parts.iter().all(|part| line.contains(part)) && line.ends_with(" ms  ok"), "{line}");
    }
    assert!(fs::read_dir(desk.folder.join("tmp")).unwrap().next().is_none(), "its folder is gone");
    assert!(!desk.folder.join("data").exists(), "the caller's own folder is not touched");
}

#[test]
fn the_demonstration_pairs_when_asked_and_its_curl_line_works_as_pasted() {
    let desk = Desk::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let mut running = Running::start(desk.command(&format!("demo --listen {listen}")));
    let mut printed = BufReader::new(running.0.stdout.take().unwrap());
    let mut until = |end: &str| {
        let mut text = String::new();
        while !text.contains(end) {
            assert_ne!(printed.read_line(&mut text).unwrap(), 0, "ended before {end:?}: {text}");
        }
        text
    };
    let ready = until("curl -s");
    let page = until("Senha:");
    let told = |what: &str| page.lines().find_map(|l| l.strip_prefix(what)).expect(what).trim().to_owned();
    let (url, name, password) = (told("Ou abra a página:"), told("Nome:"), told("Senha:"));
    let login = serde_json::json!({"name": name, "password": password}).to_string();
    let login = format!("POST /api/session HTTP/1.0\r\nContent-Length: {}\r\n\r\n{login}", login.len());
    let answer = request(&address(&url), &login);
    assert!(answer.contains("\"user\":\"demo\",\"admin\":true"), "{answer}");
    let drawn = until("Dispositivos conectados");
    assert!(drawn.contains('█'), "{drawn}");
    let curl = ready.lines().find(|line| line.starts_with("curl ")).unwrap();
    let answer = || {
        let output = Command::new("sh").args(["-c", curl]).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    assert_eq!(answer()["data"]["status"], "connecting");
    running.0.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    until("conectado. O servidor continua no ar");
    assert_eq!(answer()["data"]["status"], "connected");
    running.signal("-INT");
    let ran = running.end();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.err.contains(&format!("{listen} está em uso; a demonstração usa outra porta")),
        "{}",
        ran.err
    );
    assert!(fs::read_dir(desk.folder.join("tmp")).unwrap().next().is_none(), "its folder is gone");
}

#[test]
fn the_demonstration_pairs_by_itself_and_can_be_stopped_before() {
    let desk = Desk::new();
    let mut running = Running::start(desk.command("demo --listen 127.0.0.1:0 --pair-after 1"));
    let mut printed = BufReader::new(running.0.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("conectado. O servidor") {
        assert_ne!(printed.read_line(&mut text).unwrap(), 0, "{text}");
    }
    running.signal("-TERM");
    assert_eq!(running.end().code, Some(0));
    let mut early = Running::start(desk.command("demo --listen 127.0.0.1:0"));
    early.first_printed();
    early.signal("-TERM");
    assert_eq!(early.end().code, Some(0));
}
