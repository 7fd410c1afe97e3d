//! The process as a service: a log that nobody reads, and signals that are none of its business.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
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
        Self::start_with(Folder::new(), |_| {})
    }

    /// The same, in that folder and with what the test adds to the command.
    fn start_with(folder: Folder, add: impl FnOnce(&mut Command)) -> (Self, BufReader<impl Read>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pareia"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("PAREIA_DATA", folder.path());
        add(&mut command);
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

/// What a service manager hears on its socket.
struct Heard(UnixDatagram);

impl Heard {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).expect("a socket");
        Self(socket)
    }

    /// The next word; `None` where none comes in that time.
    fn within(&self, limit: Duration) -> Option<String> {
        self.0.set_read_timeout(Some(limit)).expect("a socket");
        let mut bytes = [0; 256];
        let length = self.0.recv(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).trim_end().to_owned())
    }

    #[track_caller]
    fn next(&self) -> String {
        self.within(PATIENCE).expect("a word")
    }
}

/// Reads the log up to a line with these words.
fn until_logged(log: &mut impl BufRead, words: &str) {
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert!(log.read_line(&mut line).expect("the log") > 0, "no line {words:?}");
    }
}

#[test]
fn a_service_manager_hears_that_it_is_ready_well_while_it_writes_and_ends() {
    let folder = Folder::new();
    let path = folder.path().to_owned();
    // No longer than the address of a socket may be, wherever the temporary folder is.
    let socket = std::env::temp_dir().join(pareia::crypto::new_id("n-"));
    let heard = Heard::at(&socket);
    let (mut service, mut log, _) = Service::start_with(folder, |command| {
        command.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "400000");
    });
    assert_eq!(heard.next(), "READY=1");
    assert_eq!(heard.next(), "WATCHDOG=1");
    let database = rusqlite::Connection::open(path.join("pareia.db")).expect("the database");
    database.busy_timeout(PATIENCE).expect("set");
    let refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON settings WHEN NEW.name = 'checked'
        BEGIN SELECT RAISE(ABORT, 'no write'); END";
    database.execute_batch(refuse).expect("no write is taken");
    until_logged(&mut log, "not well");
    // What was said before that.
    while heard.within(Duration::from_millis(1)).is_some() {}
    assert_eq!(heard.within(Duration::from_millis(300)), None, "three looks' time");
    database.execute_batch("DROP TRIGGER refuse").expect("writes are taken");
    assert_eq!(heard.next(), "WATCHDOG=1");
    service.signal("-TERM");
    while heard.next() != "STOPPING=1" {}
    assert_eq!(service.0.wait().expect("an end").code(), Some(0));
    std::fs::remove_file(&socket).expect("removed");
}
