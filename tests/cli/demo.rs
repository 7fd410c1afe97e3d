//! `pareia sim` and `pareia demo`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Command;

use serde_json::Value;

use super::desk::{Desk, Running, address, request};

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
    let printed_after =
        |what: &str| page.lines().find_map(|l| l.strip_prefix(what)).expect(what).trim().to_owned();
    let (url, name, password) =
        (printed_after("Ou abra a página:"), printed_after("Nome:"), printed_after("Senha:"));
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
