//! What is told, to whom, and what is not.

use std::time::Duration;

use pareia::domain::{Notice, NoticeChannelKind, NoticeKind, Viewer};
use pareia::notices::NoticePace;
use pareia::sim::Version;
use pareia::store::{ConsideredEvents, DueNotice, OpenMessage};

use super::receivers::Receiver;
use super::{shop, swift, told, typed};
use crate::harness::{PHONE, Shop, instant, until};

/// Titles of what a webhook has taken, sorted.
fn titles(receiver: &Receiver) -> Vec<String> {
    let mut titles: Vec<_> = receiver
        .taken()
        .iter()
        .map(|taken| taken.json()["title"].as_str().expect("a title").to_owned())
        .collect();
    titles.sort();
    titles
}

#[track_caller]
fn until_titles(receiver: &Receiver, expected: &[&str]) {
    until(&format!("{expected:?}"), || titles(receiver) == expected);
}

#[test]
fn a_number_that_drops_is_told_and_so_is_its_return() {
    let (shop, _service) = shop();
    let receiver = Receiver::http();
    shop.connected("a");
    shop.webhook_target(receiver.url("/hook"));
    shop.becomes("a", "disconnected", "device_removed");
    until_titles(&receiver, &["a desconectou"]);
    shop.becomes("a", "connecting", "asked");
    shop.becomes("a", "connected", "paired");
    until_titles(&receiver, &["a desconectou", "a voltou"]);
    shop.becomes("a", "lost", "gone");
    until_titles(&receiver, &["a desconectou", "a sumiu da Evolution", "a voltou"]);
    shop.until_outcomes(&["delivered"; 3]);
}

#[test]
fn what_mends_itself_and_what_happened_before_is_not_told() {
    let pace = NoticePace::settling(Duration::from_mins(1));
    let pace = NoticePace { gather: swift().gather, tick: swift().tick, ..pace };
    let (shop, _service) = told(Shop::new(instant(Version::V2_3_7)), pace);
    let receiver = Receiver::http();
    shop.connected("a");
    shop.becomes("a", "disconnected", "dropped");
    shop.webhook_target(receiver.url("/"));
    shop.connected("b");
    shop.becomes("b", "disconnected", "dropped");
    shop.becomes("b", "connected", "paired");
    shop.connected("c");
    shop.becomes("c", "disconnected", "dropped");
    shop.store.clock().advance(Duration::from_secs(59));
    shop.store.note_failed_backup("storage_full").expect("noted");
    until_titles(&receiver, &["O backup falhou"]);
    shop.store.clock().advance(Duration::from_secs(2));
    until_titles(&receiver, &["O backup falhou", "c desconectou"]);
    assert_eq!(shop.outcomes().len(), 2);
}

#[test]
fn a_whole_server_is_one_message_and_servers_are_told_of_as_well() {
    let (shop, _service) = told(
        Shop::new(instant(Version::V2_3_7)),
        NoticePace { gather: Duration::from_millis(300), ..swift() },
    );
    let receiver = Receiver::http();
    for name in ["a", "b", "c"] {
        shop.connected(name);
    }
    shop.webhook_target(receiver.url("/"));
    shop.becomes("a b c", "disconnected", "dropped");
    until_titles(&receiver, &["3 números do mesmo servidor desconectaram"]);
    let note = |code| shop.store.note_health("cred_a", code, pareia::domain::now()).expect("noted");
    note(None);
    note(Some("evolution_unreachable"));
    until("the server", || titles(&receiver).contains(&"O servidor cred_a não responde".to_owned()));
    note(Some("evolution_timeout"));
    note(Some("evolution_license_required"));
    until("the licence", || {
        titles(&receiver).contains(&"O servidor cred_a pede ativação da licença".to_owned())
    });
    note(None);
    until("it is back", || titles(&receiver).contains(&"O servidor cred_a voltou".to_owned()));
    shop.store.note_failed_backup("storage_full").expect("noted");
    until("the backup", || titles(&receiver).contains(&"O backup falhou".to_owned()));
    assert_eq!(receiver.taken().len(), 5);
}

#[test]
fn owners_are_told_of_their_own_numbers_and_reach_no_private_network() {
    let (shop, _service) = shop();
    let receiver = Receiver::http();
    shop.user("outra", false);
    shop.target_of("loja", false, NoticeChannelKind::Webhook, &typed(receiver.url("/own")));
    // A role that may not see others' numbers is told of its own, whatever its target says.
    shop.target_of("outra", true, NoticeChannelKind::Webhook, &typed(receiver.url("/all")));
    shop.connected("a");
    shop.becomes("a", "disconnected", "dropped");
    until("it is tried", || !shop.outcomes().is_empty() && shop.outcomes()[0].contains(' '));
    assert_eq!(shop.outcomes(), ["pending forbidden_address"]);
    assert_eq!(receiver.tries(), 0);
}

#[test]
fn the_id_of_an_event_that_is_given_again_is_not_passed_over() {
    let (shop, _service) = shop();
    let receiver = Receiver::http();
    shop.connected("a");
    shop.written("b", PHONE, "loja");
    shop.webhook_target(receiver.url("/"));
    shop.becomes("b", "connected", "paired");
    shop.becomes("b", "disconnected", "dropped");
    until_titles(&receiver, &["b desconectou"]);
    shop.set("PRAGMA foreign_keys = ON; DELETE FROM messaging_instances WHERE channelInstanceId = 'b'");
    shop.becomes("a", "disconnected", "dropped");
    until_titles(&receiver, &["a desconectou", "b desconectou"]);
}

#[test]
fn what_is_removed_while_it_is_considered_is_not_told() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.user("ana", true);
    shop.webhook_target("http://127.0.0.1:1/".to_owned());
    shop.connected("a");
    shop.becomes("a", "disconnected", "dropped");
    let event = shop.store.outbox().expect("a store").pop().expect("an event");
    let target = shop.store.target("a", &Viewer::default()).expect("a store").expect("a row");
    assert!(shop.store.erase_instance(&target, &Viewer::default()).expect("a store"));
    let notice = Notice {
        kind: NoticeKind::Disconnected,
        at: event.at,
        subject: event.subject.clone(),
        name: event.name,
        display_name: None,
        owner: event.owner,
        credential: None,
        reason: None,
        detail: None,
    };
    let considered = ConsideredEvents { positions: [Some(event.id), None], subjects: Vec::new() };
    let due = [DueNotice { source: event.source, event: event.id, notice: notice.clone() }];
    let message = OpenMessage { id: None, notices: vec![notice], next_at: 0 };
    shop.store.record_notices(&considered, &due, |_, _| vec![message.clone()]).expect("a store");
    assert!(shop.sql("SELECT id FROM notice_messages").is_empty(), "its name was erased");
    shop.connected("b");
    shop.becomes("b", "disconnected", "dropped");
    let next = shop.store.outbox().expect("a store");
    assert_eq!(
        next.first().map(|event| event.name.as_str()),
        Some("b"),
        "its id is that of the one that is gone"
    );
    assert_eq!(next.len(), shop.sql("SELECT id FROM instance_events").len());
}
