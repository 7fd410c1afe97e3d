//! How often a server is asked, and for which names.

use std::time::{Duration, Instant};

use pareia::instance::monitor::Pace;
use pareia::sim::{Fault, Options, Timing, Version};

use super::{shop, swift};
use crate::harness::{PATIENCE, Shop, instant, sooner_than, until};

#[test]
fn a_failing_server_is_asked_less_and_less() {
    let shop = shop(Version::V2_3_7);
    until("it answers", || shop.health() == "NULL");
    shop.sim.control().fault(Fault::Http500, None);
    let from = shop.calls();
    let gap = |calls: usize| {
        let begun = Instant::now();
        until("it is asked again", || shop.calls() >= from + calls);
        begun.elapsed()
    };
    // At most 50, 100 and 200 ms apart, then always 200, or later.
    let first = gap(1);
    let later = gap(8);
    assert!(later >= Duration::from_millis(900), "the first after {first:?}, seven more after {later:?}");
}

#[test]
fn a_poll_is_one_list_however_many_rows_there_are() {
    let shop = Shop::watched(instant(Version::V2_3_7), Pace { rest: Duration::from_millis(300), ..swift() });
    shop.sim.control().fill(200);
    shop.seed(200);
    shop.polls(1);
    let (sim, begun) = (shop.sim.control(), Instant::now());
    let (lists, states) = (shop.lists(), sim.count("connectionState", None));
    shop.polls(5);
    let lists = shop.lists() - lists;
    let states = sim.count("connectionState", None) - states;
    let most = u32::try_from(begun.elapsed().as_millis() / 300).expect("small") + 1;
    assert!(lists <= most, "{lists} lists in {:?}", begun.elapsed());
    assert!(states <= 32 * (lists + 1), "{states} states in {lists} rounds");
    let named = sim.count("fetchInstances", None) - shop.lists();
    assert!(named <= 32 * shop.lists(), "what is set is looked at of so many instances in a round");
    let swept: std::collections::HashSet<_> = sim.calls().into_iter().filter_map(|c| c.name).collect();
    assert!(swept.len() > 100, "in rotation: {}", swept.len());
    assert_eq!(shop.sql("SELECT DISTINCT status FROM messaging_instances"), [["connected"]]);
}

#[test]
fn what_is_looked_at_is_looked_at_often() {
    // Whoever rests sees it too late for this test.
    let pace = Pace { rest: PATIENCE * 2, keep_fresh: PATIENCE, ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("a");
    // The round that saw the phone is followed by one more at the quick pace.
    std::thread::sleep(Duration::from_millis(200));
    shop.monitor.keep_fresh("cred_a", "a");
    assert!(shop.sim.control().drop_socket("a", Some(Duration::from_mins(1))));
    shop.until_row("a", "disconnected dropped");
}

/// Gone unseen: a number whose list goes on saying `open`.
fn drop_unseen(shop: &Shop, name: &str) {
    assert!(shop.sim.control().drop_socket(name, Some(Duration::from_mins(5))));
}

#[test]
fn codes_that_ran_out_are_no_reason_to_hurry_and_hide_no_drop() {
    let timing = Timing { qr_life: Duration::from_millis(300), ..Timing::instant() };
    let upstream = Options { qrcode_limit: 1, timing, ..instant(Version::V2_3_7) };
    let rest = Duration::from_millis(500);
    let shop = Shop::watched(upstream, Pace { rest, ..swift() });
    assert_eq!(shop.post("zz").status, 200);
    // A code lives for a moment only.
    until("it is scanned in time", || shop.post("zz").qr().is_some() && shop.sim.control().scan("zz", None));
    shop.until_row("zz", "connected paired");
    std::thread::scope(|scope| {
        for k in 0..8 {
            let shop = &shop;
            scope.spawn(move || (0..18).for_each(|n| drop(shop.post(&format!("n{k}-{n}")))));
        }
    });
    let open = "SELECT count(*) FROM messaging_instances WHERE status NOT IN ('disconnected', 'connected')";
    until("all ran out", || shop.sql(open) == [["0"]]);
    let unscanned = "SELECT count(*) FROM messaging_instances WHERE statusReason = 'unscanned'";
    assert_eq!(shop.sql(unscanned), [["144"]]);
    // What was answered is remembered: rest is rest.
    shop.polls(3);
    let (sim, begun) = (shop.sim.control(), Instant::now());
    let (lists, states) = (shop.lists(), sim.count("connectionState", None));
    std::thread::sleep(rest * 4);
    let lists = shop.lists() - lists;
    let states = sim.count("connectionState", None) - states;
    assert!(u128::from(lists) <= begun.elapsed().as_millis() / 500 + 1, "{lists} lists");
    assert!(states <= 40 * (lists + 1), "{states} states in {lists} rounds");
    drop_unseen(&shop, "zz");
    shop.until_row("zz", "disconnected dropped");
}

#[test]
fn a_page_full_of_numbers_hides_nobody_elses_end() {
    let pace = Pace { rest: Duration::from_millis(300), ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.paired("zz");
    shop.paired("zy");
    shop.sim.control().fill(200);
    shop.seed(200);
    let look = || (1..=200).for_each(|n| shop.monitor.keep_fresh("cred_a", &format!("row-{n}")));
    look();
    shop.polls(2);
    assert!(shop.sim.control().unlink("zz"));
    drop_unseen(&shop, "zy");
    until("both are seen", || {
        look();
        shop.row("zz") == "disconnected device_removed" && shop.row("zy") == "disconnected dropped"
    });
    // And each that is looked at has its turn.
    let asked = |n| shop.sim.control().count("connectionState", Some(&format!("row-{n}"))) > 0;
    until("all are asked for", || {
        look();
        (1..=200).all(asked)
    });
}

#[test]
fn one_socket_found_down_is_a_reason_to_look_at_the_others_at_once() {
    let rest = Duration::from_secs(20);
    let pace = Pace { rest, ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    shop.sim.control().fill(120);
    shop.seed(120);
    (1..=120).for_each(|n| drop_unseen(&shop, &format!("row-{n}")));
    let begun = Instant::now();
    let up = "SELECT count(*) FROM messaging_instances WHERE status = 'connected'";
    until("all are seen", || shop.sql(up) == [["0"]]);
    // 32 in each rest would take four of them.
    sooner_than(3 * rest, begun);
}

#[test]
fn hints_ask_a_failing_server_no_more_often() {
    let ms = Duration::from_millis;
    let pace = Pace { retry_looked: ms(200), patience: ms(700), ..swift() };
    let shop = Shop::watched(instant(Version::V2_3_7), pace);
    until("it answers", || shop.health() == "NULL");
    for fault in [Fault::Http500, Fault::Hang] {
        shop.sim.control().fault(fault, None);
        let code = if fault == Fault::Hang { "evolution_timeout" } else { "evolution_error" };
        until("trouble", || shop.health() == code);
        std::thread::sleep(Duration::from_millis(400));
        let (calls, begun) = (shop.calls(), Instant::now());
        while begun.elapsed() < Duration::from_millis(1500) {
            shop.monitor.hint("cred_a", Some("x"));
            std::thread::sleep(Duration::from_millis(2));
        }
        let calls = shop.calls() - calls;
        let most = usize::try_from(begun.elapsed().as_millis() / 200).expect("small") + 2;
        assert!((1..=most).contains(&calls), "{calls} calls under {fault:?}");
    }
}
