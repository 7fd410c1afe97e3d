//! What a server's list says, and what of it is not taken.

use std::time::{Duration, Instant};

use pareia::instance::monitor::Pace;
use pareia::sim::{Sim, Version};

use super::{monitor, swift};
use crate::harness::{Shop, instant, sooner_than, until};
use crate::instance::races::scripted;

#[test]
fn an_odd_entry_of_the_list_hides_no_other_row() {
    let (shop, _) = scripted(Duration::from_secs(5), |endpoint| match endpoint {
        "fetchInstances" => (
            200,
            r#"[null,{"name":7},{"id":"1","name":"x","connectionStatus":"open","ownerJid":"55@s.whatsapp.net"},
                {"id":"2","name":"y","connectionStatus":"open","ownerJid":{}}]"#,
        ),
        _ => (200, r#"{"instance":{"instanceName":"x","state":"open"}}"#),
    });
    shop.seed_as("scripted", "x");
    shop.seed_as("scripted", "y");
    shop.set("UPDATE messaging_instances SET status = 'disconnected'");
    let monitor = monitor(&shop, swift());
    shop.until_row("x", "connected paired");
    // What the list does not tell is asked for.
    shop.until_row("y", "connected paired");
    assert_eq!(shop.sql("SELECT trouble FROM credential_health WHERE credentialId = 'scripted'"), [["NULL"]]);
    monitor.stop();
}

#[test]
fn a_list_with_a_name_twice_is_read_like_a_look_at_the_name() {
    let (shop, _) = scripted(Duration::from_secs(5), |endpoint| match endpoint {
        "fetchInstances" => (
            200,
            r#"[{"id":"1","name":"x","connectionStatus":"open","ownerJid":"55@s.whatsapp.net"},
                {"id":"2","name":"x","connectionStatus":"close","ownerJid":null,"disconnectionReasonCode":"odd"}]"#,
        ),
        _ => (200, r#"{"instance":{"instanceName":"x","state":"open"}}"#),
    });
    shop.seed_as("scripted", "x");
    shop.sql("UPDATE messaging_instances SET status = 'disconnected' RETURNING id");
    let monitor = monitor(&shop, swift());
    shop.until_row("x", "connected paired");
    monitor.stop();
}

#[test]
fn of_a_list_that_broke_off_nothing_is_kept() {
    // Every second list is whole; those between say something else before they break.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let list = |status| format!(r#"[{{"instance":{{"instanceName":"x","status":"{status}"}}}}]"#);
        for (n, client) in listener.incoming().enumerate() {
            let Ok(mut client) = client else { return };
            let _request = client.read(&mut [0; 4096]);
            let (body, more) = if n % 2 == 0 { (list("close"), 100_000) } else { (list("open"), 0) };
            let length = body.len() + more;
            let _ = write!(client, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        }
    });
    let shop = Shop::bare(Sim::start(instant(Version::V2_3_7)).expect("starts"), Duration::from_secs(5));
    shop.credential("breaks", &url);
    shop.seed_as("breaks", "x");
    shop.set("UPDATE messaging_instances SET status = 'disconnected', statusReason = 'unscanned'");
    let monitor = monitor(&shop, swift());
    shop.until_row("x", "connected paired");
    monitor.stop();
}

#[test]
fn the_list_of_the_older_line_is_asked_for_at_rest_only() {
    let rest = Duration::from_secs(4);
    let shop = Shop::watched(instant(Version::V1_8_2), Pace { rest, ..swift() });
    shop.paired("a");
    let sim = shop.sim.control();
    let (lists, begun) = (sim.count("fetchInstances", None), Instant::now());
    let states = sim.count("connectionState", Some("a"));
    while begun.elapsed() < rest {
        shop.monitor.keep_fresh("cred_a", "a");
        shop.monitor.hint("cred_a", Some("a"));
        std::thread::sleep(Duration::from_millis(5));
    }
    let lists = sim.count("fetchInstances", None) - lists;
    assert!(lists <= 2, "{lists} lists");
    assert!(sim.count("connectionState", Some("a")) > states + 5, "it was looked at");
    // In time all the same.
    let begun = Instant::now();
    assert!(sim.unlink("a"));
    until("it is seen", || {
        shop.monitor.keep_fresh("cred_a", "a");
        shop.row("a") == "disconnected dropped"
    });
    sooner_than(rest, begun);
}

/// As after an upgrade: every phone is news, and one poll writes down no more than some of them.
#[test]
fn the_phones_of_many_rows_are_written_down_by_and_by() {
    const ROWS: u32 = 300;
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.sim.control().fill(ROWS);
    shop.seed(ROWS);
    let known = || shop.sql("SELECT count(linkedNumber), count(DISTINCT linkedKey) FROM messaging_instances");
    let monitor = monitor(&shop, Pace { rest: Duration::from_hours(1), ..swift() });
    until("all are known", || known() == [["300", "300"]]);
    monitor.stop();
    assert!(shop.sim.control().count("fetchInstances", None) >= 3, "one poll after another");
    assert_eq!(shop.sql("SELECT count(*) FROM instance_events WHERE reason = 'linked'"), [["0"]]);
}
