//! Notices over WhatsApp itself: through another number that is connected, and never through one that dropped.

use pareia::domain::NoticeChannelKind;
use pareia::sim::Version;

use super::{swift, told, typed};
use crate::harness::{Shop, instant, until};

const TO: &str = "5511987650000";

/// A shop with those numbers connected, which `ana` watches over WhatsApp.
fn shop(version: Version, names: &[&str]) -> (Shop, pareia::notices::NoticeService) {
    let (shop, service) = told(Shop::new(instant(version)), swift());
    for name in names {
        assert_eq!(shop.post(name).status, 200);
        shop.scan(name);
        assert_eq!(shop.post(name).data("status"), "connected");
    }
    shop.target(NoticeChannelKind::Whatsapp, &typed(TO));
    (shop, service)
}

#[test]
fn a_drop_is_told_through_a_number_that_is_connected() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let (shop, _service) = shop(version, &["a", "b"]);
        shop.becomes("a", "disconnected", "device_removed");
        shop.until_outcomes(&["delivered"]);
        let texts = shop.sim.control().texts();
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert_eq!((texts[0].from.as_str(), texts[0].to.as_str()), ("b", TO));
        assert!(
            texts[0].text.starts_with("*a desconectou*\n\n")
                && texts[0].text.contains("https://zap.example/c#")
        );
    }
}

#[test]
fn a_number_that_says_to_be_connected_and_is_not_is_passed_over() {
    let (shop, _service) = shop(Version::V2_3_7, &["a", "b", "c"]);
    assert!(shop.sim.control().unlink("b"));
    shop.becomes("a", "lost", "gone");
    shop.until_outcomes(&["delivered"]);
    assert_eq!(shop.sim.control().texts()[0].from, "c");
}

#[test]
fn nothing_is_sent_through_the_number_that_dropped_or_through_others_for_an_owner() {
    let (shop, _service) = shop(Version::V2_3_7, &["a"]);
    shop.user("outra", false);
    shop.written("own", "5511987651111", "outra");
    shop.target_of("outra", false, NoticeChannelKind::Whatsapp, &typed(TO));
    // Upstream it still says open: it is asked for nothing all the same.
    shop.becomes("a", "disconnected", "dropped");
    shop.until_outcomes(&["pending no_sender"]);
    shop.becomes("a", "connected", "paired");
    until("its return goes through nobody else", || shop.outcomes().len() == 2);
    shop.becomes("own", "connected", "paired");
    shop.becomes("own", "lost", "gone");
    until("the owner waits for a number of their own", || {
        shop.outcomes().contains(&"pending no_sender".to_owned()) && shop.outcomes().len() > 2
    });
    let through = shop.sim.control().texts();
    assert!(through.iter().all(|text| !text.text.contains("own") || text.from == "a"), "{through:?}");
}
