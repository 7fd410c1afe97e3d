//! Credentials that come, change and go, and the end of the monitor.

use std::time::{Duration, Instant};

use pareia::domain::Secret;
use pareia::instance::monitor::Pace;
use pareia::sim::{Fault, Sim, Version};

use super::{shop, swift};
use crate::harness::{Shop, WRITE_WAIT, instant, sooner_than, until};

#[test]
fn credentials_come_change_and_go() {
    let shop = shop(Version::V2_3_7);
    let second = Sim::start(instant(Version::V2_3_7)).expect("a second server");
    shop.credential("cred_b", &second.url());
    let lists = || second.control().count("fetchInstances", None);
    until("the new one is watched", || lists() > 1);
    second.control().key("rotated");
    let trouble = || shop.sql("SELECT trouble FROM credential_health WHERE credentialId = 'cred_b'").concat();
    until("its key is wrong", || trouble() == ["evolution_rejected_key"]);
    assert!(shop.store.rotate_credential("cred_b", &Secret::new("rotated")).expect("rotated"));
    until("its key is right", || trouble() == ["NULL"]);
    assert!(shop.store.set_credential_active("cred_b", false).expect("disabled"));
    let quiet = || {
        let from = lists();
        shop.polls(2);
        lists() == from
    };
    until("it is watched no longer", quiet);
    assert!(shop.store.set_credential_active("cred_b", true).expect("enabled"));
    let from = lists();
    until("it is watched again", || lists() > from);
    assert!(shop.store.remove_credential("cred_b").expect("removed"));
    until("it is watched no longer", quiet);
    assert!(trouble().is_empty());
}

#[test]
fn one_credential_that_cannot_be_used_stops_no_other() {
    let pace = Pace { servers: 2, ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("a");
    // Sealed for another row; an address that is none; one too many.
    let copy = |id: &str, url: &str| {
        shop.set(&format!(
            "INSERT INTO integration_credentials (id, type, name, baseUrl, apiToken, isActive, createdAt, updatedAt)
             SELECT '{id}', type, name, {url}, apiToken, 1, createdAt, updatedAt
             FROM integration_credentials WHERE id = 'cred_a'"
        ));
    };
    copy("copy", "baseUrl");
    let health = |id: &str| {
        shop.sql(&format!("SELECT trouble FROM credential_health WHERE credentialId = '{id}'"))
            .concat()
            .join("")
    };
    until("it is known not to be watched", || health("copy") == "unwatched");
    shop.credential("cred_b", "ftp://nowhere");
    until("nor that", || health("cred_b") == "unwatched");
    shop.credential("cred_c", &shop.sim.url());
    until("nor that", || health("cred_c") == "unwatched");
    assert!(shop.sim.control().unlink("a"));
    shop.until_row("a", "disconnected device_removed");
    assert_eq!(health("cred_a"), "NULL");
    assert!(shop.store.set_credential_active("cred_b", false).expect("disabled"));
    until("there is room", || health("cred_c") == "NULL");
}

#[test]
fn the_end_does_not_wait_for_a_server_that_hangs() {
    let patience = Duration::from_secs(45);
    let shop = Shop::watched(instant(Version::V2_3_7), Pace { patience, ..swift() });
    shop.paired("a");
    shop.sim.control().fault(Fault::Hang, None);
    until("a call hangs", || shop.sim.control().tally("fetchInstances", None).running > 0);
    let begun = Instant::now();
    shop.monitor.stop();
    sooner_than(patience / 4, begun);
    assert!(shop.sim.control().unlink("a"));
    shop.sim.control().fault(Fault::None, None);
    // A look at what people set goes on for what it has begun, and only reads.
    let polls = || shop.lists() + shop.sim.control().count("connectionState", None);
    let before = polls();
    std::thread::sleep(Duration::from_millis(300));
    // The connection that was cut is tried once more by the call that hung.
    assert!(polls() <= before + 1, "{before} and then {}", polls());
    assert_eq!(shop.row("a"), "connected paired");
    let begun = Instant::now();
    shop.monitor.stop();
    sooner_than(patience / 4, begun);
}

#[test]
fn the_end_waits_no_longer_for_the_database_and_neither_does_whoever_looks() {
    let shop = shop(Version::V2_3_7);
    shop.paired("a");
    let other = rusqlite::Connection::open(shop.folder.path().join("pareia.db")).expect("the database");
    other.execute_batch("BEGIN IMMEDIATE").expect("its lock");
    assert!(shop.sim.control().unlink("a"));
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    shop.monitor.keep_fresh("cred_a", "a");
    assert!(shop.monitor.webhook_of("x").is_none());
    shop.monitor.stop();
    // The monitor's write has waited a little already.
    sooner_than(WRITE_WAIT * 4 / 5, begun);
}
