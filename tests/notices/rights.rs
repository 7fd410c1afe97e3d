//! What a message that is sent again still tells and opens: nothing that was ended or taken away meanwhile.

use std::time::Duration;

use pareia::domain::NoticeChannelKind;
use pareia::notices::NoticePace;
use pareia::sim::Version;

use super::receivers::{Mode, Receiver, Taken};
use super::{shop, swift, told, typed};
use crate::harness::{PHONE, ROUTE, Shop, instant, post, until};

/// The link in a message, if it has one.
fn link(taken: &Taken) -> Option<String> {
    let url = taken.json()["notices"][0]["connectUrl"].as_str()?.to_owned();
    Some(url.split_once("/c#").expect("a fragment").1.to_owned())
}

/// The message of that id as it is sent from now on.
fn sent_again(receiver: &Receiver, id: &str) -> Taken {
    let of_id = || receiver.taken().into_iter().filter(|taken| taken.json()["id"] == id);
    let before = of_id().count();
    // One may have been on its way.
    until("it is sent again", || of_id().count() > before + 1);
    of_id().next_back().expect("the last one")
}

#[test]
fn a_link_that_was_ended_stays_so_when_its_message_is_sent_again() {
    let revoked: fn(&Shop) = |shop| {
        assert_eq!(shop.call("DELETE", &format!("{ROUTE}/a/link")).data("revoked"), 1);
    };
    let used: fn(&Shop) = |shop| {
        shop.becomes("a", "connected", "paired");
        shop.becomes("a", "disconnected", "dropped");
    };
    let crowded_out: fn(&Shop) = |shop| {
        for _ in 0..25 {
            assert_eq!(shop.call("POST", &format!("{ROUTE}/a/link")).status, 200);
        }
    };
    for (how, end, status) in
        [("revoked", revoked, 410), ("used", used, 200), ("crowded out", crowded_out, 410)]
    {
        let (shop, _service) = shop();
        let receiver = Receiver::http();
        receiver.set(Mode::LosesAnswer);
        shop.connected("a");
        shop.webhook_target(receiver.url("/"));
        shop.becomes("a", "disconnected", "device_removed");
        until("it has the message", || receiver.taken().len() > 2);
        let first = receiver.taken().remove(0);
        let (id, token) = (first.json()["id"].as_str().expect("an id").to_owned(), link(&first));
        assert_eq!(link(&sent_again(&receiver, &id)), token, "{how}: each time the same");
        end(&shop);
        assert_eq!(link(&sent_again(&receiver, &id)), None, "{how}");
        let shown = post(&shop.url("/api/connect"), &token.expect("a link"), "");
        assert_eq!(shown.status, status, "{how} {}", shown.body);
        assert!(shown.body["data"]["qrCode"].is_null(), "{how} {}", shown.body);
    }
}

#[test]
fn what_a_target_may_not_be_told_any_more_is_not_sent_again() {
    let pace = NoticePace { gather: Duration::from_millis(300), ..swift() };
    for (change, left) in [
        ("UPDATE users SET role = 'owner' WHERE name = 'ana'", &["b"][..]),
        (
            "UPDATE users SET role = 'owner' WHERE name = 'ana'; UPDATE messaging_instances SET userId =
            (SELECT id FROM users WHERE name = 'loja') WHERE channelInstanceId = 'b'",
            &[],
        ),
        ("UPDATE users SET role = 'operator' WHERE name = 'ana'", &["a", "b"]),
    ] {
        let (shop, _service) = told(Shop::new(instant(Version::V2_3_7)), pace.clone());
        let receiver = Receiver::http();
        receiver.set(Mode::LosesAnswer);
        shop.connected("a");
        shop.written("b", PHONE, "ana");
        shop.becomes("b", "connected", "paired");
        shop.webhook_target(receiver.url("/"));
        shop.becomes("a b", "disconnected", "dropped");
        until("it has the message", || receiver.taken().len() > 1);
        shop.set(change);
        let tells = "SELECT json_extract(n.value, '$.name') FROM notice_messages m, json_each(m.notices) n ORDER BY 1";
        if left.is_empty() {
            until("it is over", || shop.outcomes()[0].starts_with("settled"));
            assert!(shop.sql(tells).is_empty(), "the log does not tell it either");
        } else {
            until("the rest is tried on", || shop.sql(tells).concat() == left);
            assert!(shop.outcomes()[0].starts_with("pending"), "{:?}", shop.outcomes());
        }
    }
}

#[test]
fn an_owner_is_not_told_again_of_a_number_that_was_given_away() {
    let (shop, _service) = shop();
    // What is refused for its address is tried again all the same.
    let receiver = Receiver::http();
    shop.target_of("loja", false, NoticeChannelKind::Webhook, &typed(receiver.url("/")));
    shop.connected("a");
    shop.becomes("a", "disconnected", "dropped");
    shop.until_outcomes(&["pending forbidden_address"]);
    shop.set("UPDATE messaging_instances SET userId = (SELECT id FROM users WHERE name = 'ana')");
    shop.until_outcomes(&["settled forbidden_address"]);
}

#[test]
fn a_messages_link_ends_with_its_target_and_no_hand_brings_one_back() {
    let (shop, _service) = shop();
    let receiver = Receiver::http();
    shop.connected("a");
    let target = shop.webhook_target(receiver.url("/"));
    shop.becomes("a", "disconnected", "device_removed");
    shop.until_outcomes(&["delivered"]);
    let token = link(&receiver.taken()[0]).expect("a link");
    let shown = || post(&shop.url("/api/connect"), &token, "").status;
    assert_eq!(shown(), 200);
    assert!(shop.store.remove_notice_target(&target).expect("a store"));
    assert_eq!(shown(), 410);
    assert_eq!(shop.call("POST", &format!("{ROUTE}/a/link")).status, 200);
    shop.set("UPDATE connect_links SET usedAt = 1, revokedAt = 1");
    let database = rusqlite::Connection::open(shop.folder.path().join("pareia.db")).expect("the database");
    for column in ["usedAt", "revokedAt"] {
        let refused = database.execute(&format!("UPDATE connect_links SET {column} = NULL"), []);
        assert!(refused.is_err_and(|error| error.to_string().contains("stays so")), "{column}");
    }
}
