//! `pareia instance`.

use std::thread;
use std::time::{Duration, Instant};

use pareia::sim::{LiveState, Version};
use serde_json::Value;

use super::desk::{Desk, KEY, PATIENCE, Running, request, simulated};
use crate::harness::until;

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
    desk.says(connect, 1, "", "Erro ao criar/conectar instância (evolution_unreachable). Nada escuta");
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
fn codes_that_lead_nowhere_are_explained_below_the_code_once() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    desk.ok("user add loja");
    desk.credential("cred_lab", &sim.url(), KEY);
    let mut following =
        Running::start(desk.command("instance connect par --user loja --phone 5521991856227"));
    following.first_printed();
    assert!(sim.control().scan_refused("par"));
    let advised = || {
        let shown = desk.json("instance show par --json");
        (shown["scanHelp"]["code"] == "scan_does_nothing").then_some(shown)
    };
    let begun = Instant::now();
    let shown = loop {
        match advised() {
            Some(shown) => break shown,
            None => assert!(begun.elapsed() < PATIENCE, "no help"),
        }
    };
    assert_eq!(shown["scanHelp"]["evolutionVersion"], Value::Null, "no monitor has asked");
    assert!(sim.control().scan("par", None));
    let ran = following.end();
    assert!(ran.out.ends_with("\nconectado\n"), "{}", ran.out);
    assert_eq!(ran.err.matches("Não foi possível conectar o dispositivo").count(), 1, "{}", ran.err);
    assert!(ran.err.contains("Pede uma chave de acesso (passkey)"), "{}", ran.err);
    assert_eq!(desk.json("instance show par --json")["scanHelp"], Value::Null);
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
        assert_eq!(sim.control().state("a").map(pareia::sim::LiveState::word), Some("close"));
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
    let given = desk.fed("instance link a --public-url https://zap.loja.com.br/x/ --minutes 60", "");
    assert!(
        given.out.starts_with("https://zap.loja.com.br/x/c#pareia_link_") && given.out.lines().count() == 1
    );
    assert!(!given.err.contains("só abre neste computador"), "{}", given.err);
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
    assert!(made.err.contains("só abre neste computador"), "{}", made.err);
    assert!(made.err.contains("Vale até ") && !made.err.contains(token), "{}", made.err);
    let listed = desk.json("instance links a --json");
    let id = listed[1]["id"].as_str().unwrap();
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert!(desk.ok("instance links a").contains(id));
    desk.says(&format!("instance links a --revoke {id}"), 0, "", "Links cancelados: 1");
    desk.says(&format!("instance links a --revoke {id}"), 1, "", "Veja os ids com: pareia instance links a");
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
fn what_people_say_of_an_instance_is_written_and_shown_beside_the_linked_number() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    desk.ok("user add loja");
    desk.credential("cred_lab", &sim.url(), KEY);
    let connect = "instance connect par --user loja --phone 5521991856227";
    desk.ok(&format!("{connect} --once"));
    assert!(sim.control().scan("par", Some("5511987654321@s.whatsapp.net")));
    until("the phone is connected", || sim.control().state("par") == Some(LiveState::Open));
    desk.says(connect, 0, "conectado", "Outro número foi conectado: 5511987654321, em vez de 5521991856227");
    let shows = |line: &str, out: &str, err: &str| {
        let ran = desk.fed(line, "");
        assert!(ran.out.contains(out) && ran.err.contains(err), "{line}: {} {}", ran.out, ran.err);
    };
    shows("instance show par", "5511987654321 (outro número)", "Outro número foi conectado");
    let database = rusqlite::Connection::open(desk.folder.join("data/pareia.db")).expect("the database");
    let status = |word| format!("UPDATE messaging_instances SET status = '{word}'");
    database.execute_batch(&status("disconnected")).expect("a change");
    shows("instance show par", "último: 5511987654321", "");
    database.execute_batch(&status("connected")).expect("a change");
    shows("instance set par --phone 5511987654321", "5511987654321", "Um celular está conectado");
    assert!(!desk.ok("instance show par").contains("outro número"));
    let line = "instance set par --display-name Loja --note liga --label vip --label centro --json";
    let set = desk.json(line);
    assert_eq!(set, desk.json("instance show par --json"));
    assert_eq!((&set["numberMatches"], &set["displayName"]), (&true.into(), &"Loja".into()));
    assert_eq!(set["labels"], serde_json::json!(["vip", "centro"]));
    shows("instance show par", "vip, centro", "Nota: liga");
    assert!(desk.ok("instance list").contains("Loja"));
    assert_eq!(desk.json("instance set par --no-labels --json")["labels"], Value::Array(vec![]));
    for (wrong, why) in [
        ("instance set par", "falta:"),
        ("instance set par --label vip --no-labels", "não combina"),
        (&format!("instance set par --label {}", "x".repeat(41)), "até 20 textos"),
        (&format!("instance set par --display-name {}", "x".repeat(81)), "até 80 caracteres"),
    ] {
        desk.says(wrong, 2, "", why);
    }
    desk.says("instance set outra --note x", 1, "", "não há instância \"outra\"");
}

#[test]
fn what_is_upstream_already_is_listed_and_adopted_when_that_is_confirmed() {
    let (desk, sim) = (Desk::new(), simulated(Version::V2_3_7));
    desk.ok("user add loja");
    desk.says("instance adopt", 0, "", "Tudo o que os servidores têm já está no pareia.");
    desk.credential("cred_lab", &sim.url(), KEY);
    sim.control().fill(1);
    let list = desk.ok("instance adopt");
    assert!(list.contains("row-1") && list.contains("cred_lab") && list.contains("5521900000001"), "{list}");
    desk.says("instance adopt --all", 2, "", "--yes");
    desk.says("instance adopt --all --yes", 2, "", "--user");
    desk.says("instance adopt nada --user loja --yes", 1, "", "(not_found)");
    desk.says("instance list", 0, "", "Nenhuma instância ainda");
    let adopted = desk.json("instance adopt row-1 --user loja --yes --json");
    assert_eq!(adopted["adopted"][0]["channelInstanceId"], "row-1");
    assert_eq!(desk.json("instance show row-1 --json")["status"], "connected");
    desk.says("instance adopt --all --user loja --yes", 1, "", "nada do que foi encontrado pode ser adotado");
    desk.says("instance adopt row-1 --user loja --yes --server cred_lab", 1, "", "not_found");
}
