//! What scripts the simulation, over its own HTTP and in this process: scans, faults, restarts.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use pareia::sim::{Fault, LiveState, Options, Sim, Timing, Version};

fn sim() -> Sim {
    let options = Options { timing: Timing::instant(), ..Options::new(Version::V2_3_7, "k") };
    Sim::start(options).expect("a free port")
}

/// One request with the right key: the status and the body.
fn ask(sim: &Sim, method: &str, path: &str, body: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(sim.addr())?;
    // At once: a server that is to reset connections looks at what has come.
    let request = format!(
        "{method} {path} HTTP/1.1\r\napikey: k\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|s| s.parse().ok());
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    status.zip(body).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn status(sim: &Sim, path: &str) -> Option<u16> {
    ask(sim, "GET", path, "").ok().map(|(status, _)| status)
}

fn create(sim: &Sim, name: &str) -> u16 {
    let body = format!(r#"{{"instanceName":"{name}","integration":"WHATSAPP-BAILEYS"}}"#);
    ask(sim, "POST", "/instance/create", &body).expect("an answer").0
}

const LIST: &str = "/instance/fetchInstances";

#[test]
fn a_phone_scans_and_unlinks_over_http() {
    let sim = sim();
    assert_eq!(create(&sim, "x"), 201);
    let scan = || ask(&sim, "POST", "/sim/scan", r#"{"name":"x"}"#).expect("an answer").0;
    assert_eq!(scan(), 409, "nothing to scan yet");
    assert_eq!(status(&sim, "/instance/connect/x"), Some(200));
    assert_eq!(scan(), 200);
    assert_eq!(sim.control().state("x"), Some(LiveState::Open));
    assert_eq!(sim.control().sockets("x"), 1);
    assert!(ask(&sim, "GET", LIST, "").expect("an answer").1.contains("5521991856227@s.whatsapp.net"));
    assert!(sim.control().unlink("x"));
    assert_eq!(sim.control().state("x"), Some(LiveState::Close));
    assert_eq!(sim.control().count("connect", Some("x")), 1);
    assert_eq!(sim.control().calls().len(), 3);
}

#[test]
fn faults_are_used_up() {
    let sim = sim();
    for (fault, expected) in [
        (Fault::Reset, None),
        (Fault::Html, Some(502)),
        (Fault::Http500, Some(500)),
        (Fault::Error200, Some(200)),
        (Fault::Redirect, Some(302)),
        (Fault::Huge, Some(200)),
    ] {
        sim.control().fault(fault, Some(1));
        assert_eq!(status(&sim, LIST), expected, "{fault:?}");
        assert_eq!(status(&sim, LIST), Some(200), "after {fault:?}");
    }
    sim.control().licence(true);
    assert_eq!(status(&sim, LIST), Some(503));
}

#[test]
fn a_fault_can_be_for_one_endpoint_and_say_anything() {
    let sim = sim();
    create(&sim, "x");
    let (connect, state) = ("/instance/connect/x", "/instance/connectionState/x");
    for (fault, expected) in [
        (Fault::Scripted(200, "<html>"), (200, "<html>")),
        (Fault::Scripted(201, "[]"), (201, "[]")),
        (Fault::Scripted(200, ""), (200, "")),
        (Fault::Scripted(200, r#"{"code":"2@"}"#), (200, r#"{"code":"2@"}"#)),
    ] {
        sim.control().fault_at("connect", fault, Some(1));
        assert_eq!(status(&sim, state), Some(200));
        let (status, body) = ask(&sim, "GET", connect, "").expect("an answer");
        assert_eq!((status, body.as_str()), expected, "{fault:?}");
    }
    sim.control().fault_at("connect", Fault::Unlicensed, None);
    assert_eq!((status(&sim, connect), status(&sim, state)), (Some(503), Some(200)));
}

#[test]
fn a_held_call_is_in_the_journal_and_is_answered_when_it_is_let_go() {
    let sim = sim();
    create(&sim, "x");
    sim.control().fault_at("connectionState", Fault::Hold, None);
    std::thread::scope(|scope| {
        let call = scope.spawn(|| status(&sim, "/instance/connectionState/x"));
        while sim.control().tally("connectionState", Some("x")).running == 0 {
            std::thread::yield_now();
        }
        assert!(!call.is_finished());
        sim.control().fault(Fault::None, None);
        assert_eq!(call.join().expect("the call"), Some(200));
    });
}

#[test]
fn the_list_can_have_odd_entries() {
    let sim = sim();
    create(&sim, "x");
    sim.control().extra_entries(vec![serde_json::Value::Null, "x".into()]);
    let list = ask(&sim, "GET", LIST, "").expect("an answer").1;
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).expect("a list");
    assert_eq!((list.len(), &list[1..]), (3, &[serde_json::Value::Null, "x".into()][..]));
}

#[test]
fn the_calls_are_counted_and_lists_of_all_apart() {
    let sim = sim();
    assert_eq!(status(&sim, LIST), Some(200));
    assert_eq!(status(&sim, &format!("{LIST}?instanceName=x")), Some(404));
    let (_, calls) = ask(&sim, "GET", "/sim/calls", "").expect("an answer");
    let calls: serde_json::Value = serde_json::from_str(&calls).expect("JSON");
    assert_eq!((&calls["lists"], &calls["totals"]["fetchInstances"]), (&1.into(), &2.into()), "{calls}");
}

#[test]
fn a_reset_is_a_reset_and_spares_the_control_api() {
    let sim = sim();
    sim.control().fault(Fault::Reset, None);
    assert_eq!(status(&sim, "/sim"), Some(200));
    let error = ask(&sim, "GET", LIST, "").expect_err("a reset");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[test]
fn connections_are_refused_and_accepted_again() {
    let sim = sim();
    sim.control().refuse(true);
    let error = ask(&sim, "GET", LIST, "").expect_err("a refusal");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    sim.control().refuse(false);
    assert_eq!(status(&sim, LIST), Some(200));
}

#[test]
fn a_restart_keeps_the_rows_and_forgets_the_codes() {
    let sim = sim();
    create(&sim, "x");
    assert_eq!(status(&sim, "/instance/connect/x"), Some(200));
    assert!(sim.control().current_code("x").is_some());
    sim.control().restart();
    while status(&sim, LIST).is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(sim.control().state("x"), Some(LiveState::Connecting), "it reconnects by itself");
    sim.control().forget(None);
    assert_eq!(status(&sim, "/instance/connect/x"), Some(404));
}

#[test]
fn a_hanging_call_ends_with_the_simulation() {
    let sim = sim();
    sim.control().fault(Fault::Hang, None);
    let mut stream = TcpStream::connect(sim.addr()).expect("a connection");
    write!(stream, "GET {LIST} HTTP/1.1\r\n\r\n").expect("a request");
    while sim.control().tally("fetchInstances", None).running == 0 {
        std::thread::yield_now();
    }
    drop(sim);
    let mut answer = Vec::new();
    assert!(!matches!(stream.read_to_end(&mut answer), Ok(n) if n > 0), "no answer");
}
