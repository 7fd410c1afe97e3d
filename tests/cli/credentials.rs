//! `pareia credential`.

use std::fs;

use pareia::sim::Version;
use serde_json::Value;

use super::desk::{Desk, KEY, request, simulated};

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
    desk.says(
        "credential remove cred_lab",
        1,
        "",
        "credencial \"cred_lab\": 1 instância usa esta credencial. Com --force",
    );
    desk.says("credential remove cred_lab --force", 0, "", "Não sobrou credencial ativa");
    assert_eq!(desk.json("credential list --json").as_array().unwrap().len(), 1);
    assert_eq!(desk.json("instance show a --json")["credentialId"], Value::Null);
    desk.set("UPDATE messaging_instances SET credentialId = NULL");
    desk.credential("cred_old", "http://localhost:8082", KEY);
    desk.set("INSERT INTO left_instances SELECT id, 'cred_old', 'x', 1, 1 FROM messaging_instances");
    assert!(desk.ok("credential list").contains("0, 1 a sair"));
    let again =
        "credential add --type whatsapp_evolution --base-url http://LOCALHOST:8082/ --api-token-stdin";
    let again = desk.fed(again, KEY);
    assert!(again.err.contains("a credencial \"cred_old\" já é deste servidor"), "{}", again.err);
    desk.ok(&format!("credential remove {}", again.out.trim_end()));
    desk.says("credential remove cred_old", 1, "", "1 número ainda vai sair deste servidor");
    desk.says("credential remove cred_old --force", 0, "", "o pareia não remove mais");
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
        ("AUTHENTICATION_API_KEY=\n", "a chave está vazia"),
        ("$AUTHENTICATION_API_KEY", "veio o nome da variável"),
        (too_long.as_str(), "a chave passa de 4 KiB"),
    ] {
        desk.fed_says(&format!("{rotate} --api-token-stdin"), bad, 1, "", sentence);
    }
    assert_eq!(key(), "second", "a refused key changes nothing");
    fs::write(desk.folder.join(".env"), "\u{feff}# API_KEY=old\r\nAUTHENTICATION_API_KEY=\"third\"\r\n")
        .unwrap();
    desk.says(&format!("{rotate} --api-token-file .env"), 0, "", "usei só a chave");
    assert_eq!(key(), "third");
    let public = "429683C4C977415CAAFCCE10F7D57E11";
    desk.fed_says(&format!("{rotate} --api-token-stdin"), public, 0, "", "ATENÇÃO: a chave de \"cred_lab\"");
}

#[test]
fn an_address_is_read_as_it_is_pasted_and_the_command_says_so() {
    let desk = Desk::new();
    for (n, (typed, used, note)) in [
        ("http://localhost:8080", "http://localhost:8080", "Credencial"),
        ("localhost:8080", "http://localhost:8080", "usei http://localhost:8080 como"),
        ("evo.loja.com.br", "https://evo.loja.com.br", "usei https://evo.loja.com.br como"),
        ("\"http:/10.0.0.5:8080/manager/\"", "http://10.0.0.5:8080", "usei http://10.0.0.5:8080 como"),
        ("http://h/v2/instance/create", "http://h/v2", "usei http://h/v2 como"),
    ]
    .into_iter()
    .enumerate()
    {
        let add = "credential add --type whatsapp_evolution --api-token-stdin";
        desk.fed_says(&format!("{add} --id c{n} --base-url {typed}"), KEY, 0, &format!("c{n}"), note);
        assert_eq!(desk.store().credential(&format!("c{n}")).unwrap().unwrap().base_url, used);
    }
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
