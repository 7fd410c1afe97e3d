//! Upstream down, slow, lying or talking nonsense: the code of each, and that the same call goes on
//! from there.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use pareia::domain::Channel;
use pareia::sim::{Fault, Version};

use crate::harness::{KEY, Shop, instant, recorded, sooner_than};

#[track_caller]
fn fails(shop: &Shop, name: &str, status: u16, code: &str) {
    let answer = shop.post(name);
    assert_eq!((answer.status, answer.code()), (status, code), "{:?}", answer.body);
    let sentence = if code == "busy" { None } else { Some("Erro ao criar/conectar instância") };
    assert_eq!(answer.body["error"].as_str(), sentence.or(answer.body["error"].as_str()));
    assert!(answer.body["detail"].as_str().is_some_and(|d| !d.is_empty()), "the next step is said");
    assert_eq!(answer.header("x-request-id"), answer.body["requestId"].as_str());
    assert!(!answer.body.to_string().contains(KEY));
}

#[test]
fn each_fault_has_its_code_and_the_same_call_goes_on_afterwards() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let sim = shop.sim.control();
    for (fault, status, code) in [
        (Fault::Reset, 502, "evolution_unreachable"),
        (Fault::Html, 502, "evolution_unreachable"),
        (Fault::Garbage, 502, "evolution_error"),
        (Fault::Huge, 502, "evolution_error"),
        (Fault::Redirect, 502, "evolution_proxy"),
        (Fault::Http500, 502, "evolution_error"),
    ] {
        let name = format!("{fault:?}");
        sim.fault(fault, None);
        fails(&shop, &name, status, code);
        assert_eq!(sim.count("steal", None), 0, "no redirect is followed");
        sim.fault(Fault::None, None);
        let row = format!("SELECT status FROM messaging_instances WHERE channelInstanceId = '{name}'");
        assert_eq!(shop.sql(&row), [["pending"]], "the row stays");
        let answer = shop.post(&name);
        assert_eq!(answer.status, 200, "{fault:?}: {:?}", answer.body);
        assert_eq!(sim.count("create", Some(&name)), 1, "{fault:?}");
    }
}

#[test]
fn a_wrong_key_and_a_missing_licence_are_told_apart() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.sim.control().key("another-key");
    fails(&shop, "a", 502, "evolution_rejected_key");
    shop.sim.control().key(KEY);
    shop.sim.control().licence(true);
    fails(&shop, "a", 502, "evolution_license_required");
    shop.sim.control().licence(false);
    assert_eq!(shop.post("a").status, 200);
}

#[test]
fn a_server_that_refuses_is_unreachable_at_once() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.sim.control().refuse(true);
    let begun = Instant::now();
    fails(&shop, "a", 502, "evolution_unreachable");
    sooner_than(Duration::from_secs(20), begun);
    shop.sim.control().refuse(false);
    assert_eq!(shop.post("a").status, 200);
}

#[test]
fn a_server_that_hangs_costs_the_deadline_and_holds_nobody_else_up() {
    let deadline = Duration::from_secs(8);
    let shop = Shop::with(instant(Version::V2_3_7), deadline);
    let healthy = pareia::sim::Sim::start(instant(Version::V2_3_7)).expect("a second server");
    assert_eq!(shop.post("first").status, 200, "takes cred_a");
    shop.credential("cred_b", &healthy.url());
    assert_eq!(shop.post("healthy").status, 200, "takes cred_b");
    shop.sim.control().fault(Fault::Hang, None);
    std::thread::scope(|scope| {
        let begun = Instant::now();
        let hung: Vec<_> = (0..20).map(|_| scope.spawn(|| shop.post("first"))).collect();
        for _ in 0..10 {
            assert_eq!(shop.post("healthy").status, 200);
            assert_eq!(crate::harness::get(&shop.url("/readyz")).status, 200);
        }
        assert!(!hung.iter().any(std::thread::ScopedJoinHandle::is_finished), "nobody waited for them");
        for answer in hung {
            let answer = answer.join().expect("an answer");
            assert_eq!((answer.status, answer.code()), (504, "evolution_timeout"));
        }
        sooner_than(2 * deadline, begun);
    });
}

#[test]
fn a_new_name_goes_to_a_server_that_answers() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let healthy = pareia::sim::Sim::start(instant(Version::V2_3_7)).expect("a second server");
    shop.credential("cred_b", &healthy.url());
    shop.set("INSERT INTO credential_health VALUES ('cred_a', 'evolution_rejected_key', 1)");
    for name in ["a", "b", "c"] {
        assert_eq!(shop.post(name).status, 200);
    }
    assert_eq!(shop.sql("SELECT DISTINCT credentialId FROM messaging_instances"), [["cred_b"]]);
    shop.set("UPDATE credential_health SET trouble = NULL");
    assert_eq!(shop.post("d").status, 200);
    let last = shop.sql("SELECT credentialId FROM messaging_instances WHERE channelInstanceId = 'd'");
    assert_eq!(last, [["cred_a"]], "the least used of those that answer");
}

#[test]
fn no_code_in_time_is_a_qr_timeout() {
    let shop = Shop::with(recorded(Version::V2_3_7), Duration::from_secs(1));
    shop.sim.control().whatsapp(pareia::sim::Whatsapp::Hangs);
    fails(&shop, "a", 504, "qr_timeout");
    assert_eq!(shop.sim.control().sockets("a"), 1, "one socket, however long it takes");
}

#[test]
fn a_name_that_is_taken_but_not_listed_is_not_loaded() {
    // "constructor" is taken on every server: its name check looks it up in a bare object.
    let shop = Shop::with(instant(Version::V2_3_7), Duration::from_secs(1));
    fails(&shop, "constructor", 502, "evolution_not_loaded");
}

#[test]
fn an_answer_that_ends_in_the_middle_is_an_error() {
    let shop = Shop::new(instant(Version::V2_3_7));
    for torn in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n[{\"na",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{\"na",
        "HTTP/1.1 200 O",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = std::thread::spawn(move || {
            // A call on a connection that broke is made once more.
            for _ in 0..2 {
                let Ok((mut client, _)) = listener.accept() else { return };
                let _ = client.read(&mut [0; 4096]);
                let _ = client.write_all(torn.as_bytes());
                if client.shutdown(std::net::Shutdown::Both).is_err()
                    || listener.set_nonblocking(true).is_err()
                {
                    return;
                }
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        let id = format!("torn{}", torn.len());
        shop.store.set_credential_active("cred_a", false).expect("disabled");
        shop.credential(&id, &url);
        let answer = shop.post(&id);
        assert_eq!(answer.status, 502, "{torn:?}: {:?}", answer.body);
        assert!(
            ["evolution_unreachable", "evolution_error"].contains(&answer.code()),
            "{torn:?}: {:?}",
            answer.body
        );
        shop.store.set_credential_active(&id, false).expect("disabled");
        drop(server);
    }
}

#[test]
fn a_name_that_another_process_works_on_is_said_to_be_so() {
    let shop = Shop::with(instant(Version::V2_3_7), Duration::from_millis(600));
    let held = shop.store.instance_lock(Channel::WhatsappEvolution, "a", Instant::now());
    let held = held.expect("a lock").expect("free");
    let answer = shop.post("a");
    assert_eq!((answer.status, answer.code(), answer.header("retry-after")), (503, "busy", Some("2")));
    let said = format!("{} {}", answer.body["error"], answer.body["detail"]);
    assert!(said.contains("está trabalhando neste nome agora") && said.contains("em 2 s"), "{said}");
    assert_eq!(shop.calls(), 0, "upstream has not heard of it");
    drop(held);
}
