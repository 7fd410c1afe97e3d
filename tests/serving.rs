//! The program itself, in a process of its own, which a test can kill.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use pareia::domain::Name;
use pareia::store::Store;

use crate::harness::{ROUTE, add_credential};

pub struct Serving {
    process: Child,
    url: String,
}

impl Serving {
    pub fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_pareia"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .stderr(Stdio::piped())
            .spawn()
            .expect("serve starts");
        let mut log = BufReader::new(process.stderr.take().expect("its log"));
        let mut line = String::new();
        log.read_line(&mut line).expect("its first line");
        let address = line.split("http://").nth(1).expect("the address in use").trim();
        let url = format!("http://{address}");
        // Somebody has to read on, or the log's pipe fills up.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { process, url }
    }

    /// The address of the `POST`.
    pub fn route(&self) -> String {
        self.url(ROUTE)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// As `kill -9` does.
    pub fn kill(self) {
        drop(self);
    }
}

/// A test that fails leaves no program behind.
impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Puts a credential for that server and a user into a data folder; gives the user's token.
pub fn furnish(folder: &Path, upstream: &str) -> String {
    let store = Store::open(folder).expect("the store opens");
    let user = store
        .add_user(&Name::parse("loja").expect("a name"), pareia::domain::Role::Owner)
        .expect("added")
        .expect("free");
    let token = store.add_token(&user, None, None).expect("a token").token;
    assert!(add_credential(&store, "a", upstream, None));
    token.expose().to_owned()
}
