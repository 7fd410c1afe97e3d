//! A data folder and the real binary: what the tests of the commands are made with.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pareia::domain::{Channel, Name, Phone};
use pareia::sim::{Options, Sim, Version};
use pareia::store::Store;
use serde_json::Value;

/// Longest that anything here may take.
pub const PATIENCE: Duration = Duration::from_secs(30);
pub const KEY: &str = "the-global-key-of-the-server";

/// What a command came to.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A data folder and nothing else: no variable of the machine reaches the commands.
pub struct Desk {
    pub folder: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

impl Desk {
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(pareia::crypto::new_id("pareia-cli-"));
        fs::create_dir_all(folder.join("tmp")).unwrap();
        Self { folder }
    }

    pub fn command(&self, line: &str) -> Command {
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

    pub fn fed(&self, line: &str, stdin: &str) -> Ran {
        let mut child = piped(&mut self.command(line));
        // A command that refuses its arguments does not wait for stdin.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must do what it was asked, and gives what it printed.
    #[track_caller]
    pub fn ok(&self, line: &str) -> String {
        let ran = self.fed(line, "");
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.err);
        ran.out.trim_end().to_owned()
    }

    /// Runs a command that must end so: exit code, all of stdout, part of stderr.
    #[track_caller]
    pub fn says(&self, line: &str, code: i32, out: &str, err: &str) {
        self.fed_says(line, "", code, out, err);
    }

    #[track_caller]
    pub fn fed_says(&self, line: &str, stdin: &str, code: i32, out: &str, err: &str) {
        let ran = self.fed(line, stdin);
        assert_eq!(ran.code, Some(code), "{line}: {}", ran.err);
        assert_eq!(ran.out.trim_end(), out, "{line}");
        assert!(ran.err.contains(err), "{line}: {:?} is not in {:?}", err, ran.err);
    }

    #[track_caller]
    pub fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ok(line)).unwrap()
    }

    pub fn store(&self) -> Store {
        Store::open(&self.folder.join("data")).unwrap()
    }

    /// Changes the database, as the sqlite3 shell would.
    pub fn set(&self, change: &str) {
        let database = rusqlite::Connection::open(self.folder.join("data/pareia.db")).unwrap();
        database.execute_batch(change).expect(change);
    }

    #[track_caller]
    pub fn credential(&self, id: &str, url: &str, key: &str) {
        let line =
            format!("credential add --type whatsapp_evolution --base-url {url} --api-token-stdin --id {id}");
        self.fed_says(&line, key, 0, id, "Credencial cadastrada");
    }

    /// Writes a row, as a call of the API would.
    pub fn instance(&self, name: &str, user: &str, credential: &str) {
        let store = self.store();
        let user = store.user(user).unwrap().unwrap().id;
        let (name, phone) = (Name::parse(name).unwrap(), Phone::parse("5521991856227").unwrap());
        let added = store.add_instance(Channel::WhatsappEvolution, &name, &phone, &user, credential).unwrap();
        assert!(added.is_some());
    }
}

pub fn piped(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A command that runs until it is told to end; killed when the test is over.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Usually it has ended by then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        Self(piped(&mut command))
    }

    pub fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap().success());
    }

    /// Waits for its end: exit code, and the rest of what it printed and logged.
    #[track_caller]
    pub fn end(mut self) -> Ran {
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
    pub fn first_logged(&mut self) -> String {
        first_line(self.0.stderr.as_mut().unwrap())
    }

    /// The first line of its result.
    pub fn first_printed(&mut self) -> String {
        first_line(self.0.stdout.as_mut().unwrap())
    }
}

/// Reads a line byte by byte: what comes after it is left for later.
pub fn first_line(stream: &mut impl Read) -> String {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while !line.ends_with(b"\n") {
        stream.read_exact(&mut byte).expect("a whole line");
        line.extend(byte);
    }
    String::from_utf8(line).unwrap().trim_end_matches('\n').to_owned()
}

pub fn address(line: &str) -> String {
    line.split_once("http://").map(|(_, address)| address.trim().to_owned()).expect("an address")
}

/// One request on a connection of its own; everything that comes back.
pub fn request(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

pub fn simulated(version: Version) -> Sim {
    Sim::start(Options::new(version, KEY)).unwrap()
}
