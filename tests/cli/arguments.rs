//! What every command shares: help pages, arguments that make no sense, the data folder, stdout.

use super::desk::Desk;

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
    assert_eq!(seen, 57, "commands with a page");
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
        ("user", "falta o comando: add, list, password, role, totp, remove"),
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
        ("instance connect x --user loja --phone 123", "escreva assim: 5521991856227"),
        ("instance connect x --phone 5521991856227", "falta: --user <USUÁRIO>"),
        ("serve --listen 3000", "--listen (PAREIA_LISTEN) deve ser endereço:porta"),
        ("serve --qr-timeout 0", "de 1 a 120 segundos"),
        ("serve --public-url pareia.com", "http:// ou https://"),
        ("serve --trusted-proxy 127.0.0.1,x", "\"x\" não é um IP"),
        ("serve --allow-origin *", "\"*\" não é uma origem"),
        (
            "serve --allow-origin https://a.example --allow-origin https://a/b",
            "\"https://a/b\" não é uma origem",
        ),
        ("serve --backup-every 24", "de 1m a 90d"),
        ("serve --backup-keep 0", "de 1 a 1000"),
        ("serve --backup-key yes", "with ou without"),
        ("backup", "falta: <ARQUIVO|PASTA>"),
        ("backup b.db --with-key --without-key", "use só um deles"),
        ("backup b.key", "não pode terminar em .key"),
        ("restore", "falta: <ARQUIVO>"),
        ("restore b.db --key a --without-key", "use só um deles"),
        ("instance connect x --user loja --phone 21991856227", "escreva assim: 5521991856227"),
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
fn the_data_folder_is_where_it_is_said_to_be() {
    let desk = Desk::new();
    for line in ["--data aqui user add antes", "user add depois --data aqui", "user --data aqui add meio"] {
        desk.ok(line);
    }
    assert_eq!(desk.json("user list --json --data aqui").as_array().unwrap().len(), 3);
    assert!(desk.folder.join("aqui/pareia.db").exists() && !desk.folder.join("data").exists());
    std::fs::write(desk.folder.join("arquivo"), "").unwrap();
    desk.says("user list --data arquivo", 1, "", "não é uma pasta");
    for (variable, place) in [(None, ".local/share/pareia"), (Some("xdg"), "xdg/pareia")] {
        let mut command = desk.command("user list");
        command.env_remove("PAREIA_DATA");
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
