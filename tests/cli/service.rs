//! The process as a service: a log that nobody reads, and signals that are none of its business.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::harness::Folder;

const PATIENCE: Duration = Duration::from_secs(20);
/// Lines that fill a pipe of 64 KiB several times.
const REQUESTS: usize = 3000;

/// A server of its own process; killed when the test is over.
struct Service(Child, #[expect(dead_code, reason = "it goes away with the server")] Folder);

impl Drop for Service {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Service {
    /// Starts it; with its log, which begins after the first line, and its address.
    fn start() -> (Self, BufReader<impl Read>, String) {
        let folder = Folder::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pareia"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("PAREIA_DATA", folder.path());
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut log = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut first = String::new();
        log.read_line(&mut first).expect("a first line");
        let address = first.split_once("http://").expect("an address").1.trim().to_owned();
        (Self(child, folder), log, address)
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }
}

/// Asks that many times on one connection; how often it was answered in time.
fn ask(address: &str, times: usize) -> usize {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut answers = BufReader::new(&stream);
    let answered = |_: &usize| {
        (&stream).write_all(b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n").expect("the server listens");
        read_answer(&mut answers).is_some()
    };
    (0..times).take_while(answered).count()
}

/// Reads one answer to its end; `None` where none comes.
fn read_answer(answers: &mut impl BufRead) -> Option<()> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        answers.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            return answers.read_exact(&mut vec![0; length]).ok();
        }
    }
}

#[test]
fn a_log_that_nobody_reads_holds_up_no_request() {
    let (service, mut log, address) = Service::start();
    assert_eq!(ask(&address, REQUESTS), REQUESTS);
    service.signal("-TERM");
    let mut rest = String::new();
    log.read_to_string(&mut rest).expect("the log");
    assert!(rest.contains(" GET ? 404 ") && rest.contains("stopped"), "{rest:.300}");
}

#[test]
fn a_hangup_does_not_end_it() {
    let (mut service, _log, address) = Service::start();
    for _ in 0..3 {
        service.signal("-HUP");
        assert_eq!(ask(&address, 1), 1);
    }
    assert!(service.0.try_wait().expect("a process").is_none());
    service.signal("-TERM");
    assert_eq!(service.0.wait().expect("an end").code(), Some(0));
}
