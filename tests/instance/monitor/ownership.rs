//! Whose a row is: what the monitor leaves alone.

use std::time::{Duration, Instant};

use pareia::domain::{Channel, now};
use pareia::instance::monitor::Pace;
use pareia::sim::{Sim, Version};
use serde_json::json;

use super::{shop, swift};
use crate::harness::{KEY, PATIENCE, Shop, instant, recorded, until, upstream_create};

#[test]
fn a_name_that_is_being_worked_on_is_left_alone() {
    let shop = shop(Version::V2_3_7);
    assert_eq!(shop.post("a").status, 200);
    let turn = shop.store.instance_lock(Channel::WhatsappEvolution, "a", Instant::now() + PATIENCE);
    let turn = turn.expect("a lock").expect("free");
    shop.scan("a");
    shop.polls(4);
    assert_eq!(shop.row("a"), "connecting asked");
    drop(turn);
    shop.until_row("a", "connected paired");
}

#[test]
fn rows_that_are_not_known_to_be_this_servers_are_left_alone() {
    let shop = shop(Version::V2_3_7);
    shop.paired("here");
    let second = Sim::start(instant(Version::V2_3_7)).expect("a second server");
    second.control().fill(3);
    shop.credential("cred_b", &second.url());
    shop.seed_for("cred_b", 4);
    // One each: of the server, of another server, pending, with a call under way.
    let later = now() + 60_000;
    for change in [
        "claimedUrl = 'http://elsewhere', upstreamId = 'other', status = 'disconnected' WHERE channelInstanceId = 'row-1'".to_owned(),
        "claimedUrl = NULL, status = 'pending' WHERE channelInstanceId = 'row-2'".to_owned(),
        format!("connectOutUntil = {later}, status = 'connecting' WHERE channelInstanceId = 'row-3'"),
    ] {
        shop.sql(&format!("UPDATE messaging_instances SET {change} RETURNING id"));
    }
    shop.until_row("row-4", "lost gone");
    let status = |name: &str| shop.row(name).split(' ').next().unwrap_or_default().to_owned();
    assert_eq!(
        ["row-1", "row-2", "row-3", "here"].map(status),
        ["disconnected", "pending", "connecting", "connected"]
    );
    // The server moved, and took the instance along: its id is the same.
    let id = id_of(&second, "row-1");
    shop.sql(&format!(
        "UPDATE messaging_instances SET upstreamId = '{id}' WHERE channelInstanceId = 'row-1' RETURNING id"
    ));
    shop.until_row("row-1", "connected paired");
}

fn id_of(sim: &Sim, name: &str) -> String {
    let url = format!("{}/instance/fetchInstances?instanceName={name}", sim.url());
    let agent = ureq::Agent::new_with_defaults();
    let mut answer = agent.get(url).header("apikey", KEY).call().expect("a list");
    let list: serde_json::Value =
        serde_json::from_str(&answer.body_mut().read_to_string().expect("text")).expect("JSON");
    list[0]["id"].as_str().expect("an id").to_owned()
}

#[test]
fn an_instance_that_was_made_anew_under_its_name_is_not_the_rows_until_it_is_adopted() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    shop.sim.control().forget(Some("a"));
    let body = json!({ "instanceName": "a", "integration": "WHATSAPP-BAILEYS", "qrcode": true });
    upstream_create(&shop.sim.url(), &body);
    shop.until_row("a", "lost gone");
    assert_eq!(shop.post("a").data("status"), "connecting");
    shop.scan("a");
    shop.until_row("a", "connected paired");
}

#[test]
fn calls_and_the_monitor_do_not_disturb_each_other() {
    const NAMES: usize = 8;
    let shop = Shop::watched(
        recorded(Version::V2_3_7),
        Pace { rest: Duration::from_millis(10), quick: Duration::from_millis(1), ..swift() },
    );
    std::thread::scope(|scope| {
        for n in 0..NAMES * 2 {
            let (shop, name) = (&shop, format!("loja-{}", n % NAMES));
            scope.spawn(move || {
                for _ in 0..6 {
                    let answer = shop.post(&name);
                    assert_eq!(answer.status, 200, "{:?}", answer.body);
                    let kept = shop.sql(&format!(
                        "SELECT qrCode FROM messaging_instances WHERE channelInstanceId = '{name}'"
                    ));
                    assert_eq!(Some(kept[0][0].as_str()), answer.qr(), "no code is lost");
                }
            });
        }
    });
    for n in 0..NAMES {
        let name = format!("loja-{n}");
        shop.scan(&name);
        shop.until_row(&name, "connected paired");
        assert_eq!(shop.history(&name), "asked, connected paired");
        assert_eq!(
            (shop.sim.control().sockets(&name), shop.sim.control().count("create", Some(&name))),
            (1, 1)
        );
    }
}

#[test]
fn what_is_no_phone_never_counts_as_one_that_is_connected() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = shop(version);
        let body = json!({ "instanceName": "loja", "integration": "WHATSAPP-BUSINESS", "token": "t-loja" });
        upstream_create(&shop.sim.url(), &body);
        shop.seed_as("cred_a", "loja");
        shop.until_row("loja", "error not_a_phone");
        let looks = shop.sim.control().count("fetchInstances", None);
        until("more lists", || shop.sim.control().count("fetchInstances", None) > looks + 2);
        assert_eq!(
            shop.history("loja"),
            "pending asked, connected paired, error not_a_phone",
            "as it was seeded"
        );
    }
}
