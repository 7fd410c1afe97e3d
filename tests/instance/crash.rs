//! `kill -9` at random moments: what was answered is there, nothing is doubled, and the next call
//! finishes what was begun.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pareia::domain::{Channel, Name, Secret};
use pareia::sim::{Sim, Version};
use pareia::store::{NewCredential, Store};

use crate::harness::{Folder, KEY, ROUTE, ask, recorded, sql, try_post};

const ROUNDS: u64 = 12;
const CALLERS: usize = 6;

struct Serving {
    process: Child,
    url: String,
}

impl Serving {
    fn start(folder: &Folder) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_pareia"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .expect("serve starts");
        let mut log = BufReader::new(process.stderr.take().expect("its log"));
        let mut line = String::new();
        log.read_line(&mut line).expect("its first line");
        let address = line.split("http://").nth(1).expect("the address in use").trim();
        let url = format!("http://{address}{ROUTE}");
        // Somebody has to read on, or the log's pipe fills up.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { process, url }
    }

    fn kill(mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("ended");
    }
}

#[test]
fn what_was_answered_survives_and_what_was_begun_is_finished() {
    let sim = Sim::start(recorded(Version::V2_3_7)).expect("the simulation starts");
    let folder = Folder::new();
    let store = Store::open(folder.path()).expect("the store opens");
    let user = store
        .add_user(&Name::parse("loja").expect("a name"), pareia::domain::Role::Owner)
        .expect("added")
        .expect("free");
    let token = store.add_token(&user, None, None).expect("a token").token;
    let (key, url) = (Secret::new(KEY), sim.url());
    let new =
        NewCredential { id: "a", channel: Channel::WhatsappEvolution, name: "a", base_url: &url, key: &key };
    assert!(store.add_credential(&new).expect("added"));
    drop(store);

    let answered: Mutex<HashMap<String, String>> = Mutex::default();
    let mut begun = Vec::new();
    for round in 0..ROUNDS {
        let serving = Serving::start(&folder);
        let url = serving.url.clone();
        let dead = AtomicBool::new(false);
        let names: Vec<_> = (0..CALLERS).map(|n| format!("r{round}-{n}")).collect();
        std::thread::scope(|scope| {
            for name in &names {
                let (url, token, answered, dead) = (&url, token.expose(), &answered, &dead);
                scope.spawn(move || {
                    while !dead.load(Ordering::Relaxed) {
                        let Ok(answer) = try_post(url, token, &ask(name).to_string()) else { return };
                        assert_eq!(answer.status, 200, "{:?}", answer.body);
                        let id = answer.data("instanceId").as_str().expect("an id").to_owned();
                        answered.lock().expect("unpoisoned").insert(name.clone(), id);
                    }
                });
            }
            // From before the first row is written to after the last code was answered.
            let moment = u64::from(pareia::crypto::random::<1>()[0]) * 2;
            println!("round {round} is killed after {moment} ms");
            std::thread::sleep(Duration::from_millis(moment));
            dead.store(true, Ordering::Relaxed);
            serving.kill();
        });
        begun.extend(names);
    }

    let serving = Serving::start(&folder);
    let answered = answered.into_inner().expect("unpoisoned");
    for name in &begun {
        let row = format!("SELECT id, status FROM messaging_instances WHERE channelInstanceId = '{name}'");
        let before = sql(folder.path(), &row);
        if let Some(id) = answered.get(name) {
            assert_eq!(before, [[id.as_str(), "connecting"]], "an answered call was lost");
        }
        let answer = try_post(&serving.url, token.expose(), &ask(name).to_string()).expect("an answer");
        assert_eq!((answer.status, answer.qr().is_some()), (200, true), "{name}: {:?}", answer.body);
        assert_eq!(sql(folder.path(), &row).len(), 1, "{name} is doubled");
        assert_eq!(sim.control().count("create", Some(name)), 1, "{name} was created twice");
        assert_eq!(sim.control().sockets(name), 1, "{name} has two sockets");
    }
    assert!(sim.control().destroyed().is_empty());
    serving.kill();
    println!(
        "{ROUNDS} rounds: {} calls answered, {} names, none lost or doubled",
        answered.len(),
        begun.len()
    );
}
