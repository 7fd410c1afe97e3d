//! `kill -9` at named points and at random moments: what was answered is there, nothing is doubled, and the next call
//! finishes what was begun.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pareia::sim::{Sim, Version};
use pareia::store::Store;

use crate::harness::{Folder, add_credential, ask, recorded, sql, together, try_delete, try_post, until};
use crate::serving::{Serving, furnish};

const ROUNDS: u64 = 12;
const CALLERS: usize = 6;
/// How long upstream keeps back each answer while a call is to be met unanswered.
const HELD: Duration = Duration::from_secs(1);

#[test]
fn what_was_answered_survives_and_what_was_begun_is_finished() {
    let sim = Sim::start(recorded(Version::V2_3_7)).expect("the simulation starts");
    let folder = Folder::new();
    let token = furnish(folder.path(), &sim.url());

    let answered: Mutex<HashMap<String, String>> = Mutex::default();
    let mut begun = Vec::new();
    for round in 0..ROUNDS {
        let serving = Serving::start(folder.path());
        let url = serving.route();
        let dead = AtomicBool::new(false);
        let names: Vec<_> = (0..CALLERS).map(|n| format!("r{round}-{n}")).collect();
        std::thread::scope(|scope| {
            for name in &names {
                let (url, token, answered, dead) = (&url, token.as_str(), &answered, &dead);
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

    let serving = Serving::start(folder.path());
    let answered = answered.into_inner().expect("unpoisoned");
    let finish = |name: &String| {
        let row = format!("SELECT id, status FROM messaging_instances WHERE channelInstanceId = '{name}'");
        let before = sql(folder.path(), &row);
        if let Some(id) = answered.get(name) {
            assert_eq!(before, [[id.as_str(), "connecting"]], "an answered call was lost");
        }
        let answer = try_post(&serving.route(), token.as_str(), &ask(name).to_string()).expect("an answer");
        assert_eq!((answer.status, answer.qr().is_some()), (200, true), "{name}: {:?}", answer.body);
        assert_eq!(sql(folder.path(), &row).len(), 1, "{name} is doubled");
        assert_eq!(sim.control().count("create", Some(name)), 1, "{name} was created twice");
        assert_eq!(sim.control().sockets(name), 1, "{name} has two sockets");
    };
    together(CALLERS, |caller| begun.iter().skip(caller).step_by(CALLERS).for_each(finish));
    assert!(sim.control().destroyed().is_empty());
    serving.kill();
    println!(
        "{ROUNDS} rounds: {} calls answered, {} names, none lost or doubled",
        answered.len(),
        begun.len()
    );
}

/// Kills the program while upstream has received that call and has not answered it, and calls again.
#[track_caller]
fn killed_during(endpoint: &str) {
    let sim = Sim::start(recorded(Version::V2_3_7)).expect("the simulation starts");
    let folder = Folder::new();
    let token = furnish(folder.path(), &sim.url());
    let serving = Serving::start(folder.path());
    let route = serving.route();
    let body = ask("loja-1").to_string();
    std::thread::scope(|scope| {
        // Every answer comes late, so the call is there and its answer is not.
        sim.control().slow(HELD);
        let cut_short = scope.spawn(|| try_post(&route, &token, &body));
        until(&format!("{endpoint} arrived"), || {
            sim.control().calls().iter().any(|call| call.endpoint == endpoint)
        });
        serving.kill();
        assert!(cut_short.join().expect("a caller").is_err(), "{endpoint} was answered before the kill");
    });
    sim.control().slow(Duration::ZERO);

    let serving = Serving::start(folder.path());
    let answer = try_post(&serving.route(), &token, &body).expect("an answer");
    assert_eq!((answer.status, answer.qr().is_some()), (200, true), "{endpoint}: {:?}", answer.body);
    assert_eq!(sql(folder.path(), "SELECT status FROM messaging_instances"), [["connecting"]], "{endpoint}");
    assert_eq!(sim.control().count("create", Some("loja-1")), 1, "{endpoint}");
    assert_eq!(sim.control().sockets("loja-1"), 1, "{endpoint}");
    assert!(sim.control().destroyed().is_empty(), "{endpoint}");
    serving.kill();
}

#[test]
fn a_kill_while_a_call_is_unanswered_upstream_doubles_nothing() {
    for endpoint in ["fetchInstances", "create", "connect", "connectionState"] {
        killed_during(endpoint);
    }
}

/// Kills the program while the deletion of what is the row's own is unanswered: what it left elsewhere is removed.
#[test]
fn a_deletion_that_a_kill_cuts_short_is_finished_by_the_next() {
    let [old, new] = [(); 2].map(|()| Sim::start(recorded(Version::V2_3_7)).expect("the simulation starts"));
    let folder = Folder::new();
    let token = furnish(folder.path(), &old.url());
    let serving = Serving::start(folder.path());
    let connect = |serving: &Serving| try_post(&serving.route(), &token, &ask("loja").to_string());
    assert_eq!(connect(&serving).expect("an answer").status, 200);
    serving.kill();
    let store = Store::open(folder.path()).expect("the store opens");
    assert!(add_credential(&store, "b", &new.url(), None));
    drop(store);
    sql(folder.path(), "UPDATE integration_credentials SET intake = 'draining' WHERE id = 'a'");
    // Nobody is scanning.
    sql(folder.path(), "UPDATE messaging_instances SET qrCode = NULL, connectOutUntil = NULL");
    let serving = Serving::start(folder.path());
    assert_eq!(connect(&serving).expect("an answer").status, 200);
    let left = "SELECT credentialId FROM left_instances";
    assert_eq!(sql(folder.path(), left), [["a"]]);

    let path = |serving: &Serving| format!("{}/loja", serving.route());
    let arrived = |sim: &Sim| sim.control().calls().iter().any(|call| call.endpoint == "delete");
    std::thread::scope(|scope| {
        new.control().slow(HELD);
        let (path, token) = (path(&serving), &token);
        let cut_short = scope.spawn(move || try_delete(&path, token));
        until("the deletion arrived", || arrived(&new));
        serving.kill();
        assert!(cut_short.join().expect("a caller").is_err(), "it was answered before the kill");
    });
    new.control().slow(Duration::ZERO);
    let removed = "SELECT detail FROM audit_entries WHERE action = 'instance.remove'";
    assert_eq!((sql(folder.path(), removed), sql(folder.path(), left)), (vec![vec!["a".to_owned()]], vec![]));
    assert_eq!(sql(folder.path(), "SELECT channelInstanceId FROM messaging_instances"), [["loja"]]);

    let serving = Serving::start(folder.path());
    assert_eq!(try_delete(&path(&serving), &token).expect("an answer").status, 200);
    assert_eq!(sql(folder.path(), "SELECT count(*) FROM messaging_instances"), [["0"]]);
    until("both are gone", || [&old, &new].iter().all(|sim| sim.control().state("loja").is_none()));
    serving.kill();
}
