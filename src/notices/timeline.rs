//! Which events people are told of, and when. Pure.
//!
//! A subject, an instance or a server, is told of when it has been in another condition than before for long enough:
//! what mends itself sooner is not told.

use crate::domain::{Millis, Notice, NoticeKind, Phone};
use crate::store::{ConsideredEvents, DueNotice, EVENT_SOURCES, EventSource, OutboxEvent};

/// What a subject is, as far as people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Working,
    Failing,
    /// Somebody has to do something before it works again.
    Lost,
}

/// How long a condition has to last.
#[derive(Clone, Copy, Debug)]
pub struct SettlePace {
    /// How long a new condition has to last before it is told.
    pub settle: Millis,
    /// How long at most something that keeps changing is watched before its condition is told.
    pub unsettled: Millis,
}

/// What follows from the events that are in the outbox.
#[derive(Debug, Default)]
pub struct Decision {
    pub considered: ConsideredEvents,
    pub due: Vec<DueNotice>,
    /// When a condition will have lasted long enough; `None`: nothing is waited for.
    pub next: Option<Millis>,
}

/// What follows from the events of one subject.
enum SubjectVerdict {
    /// It has to last until then.
    Wait(Millis),
    /// These are told, and all are done with.
    Settled(Vec<(NoticeKind, usize)>),
}

/// Decides what is told now. Events are oldest first within their source.
pub fn decide(events: &[OutboxEvent], now: Millis, patience: SettlePace) -> Decision {
    let mut decision = Decision::default();
    for (at, source) in EVENT_SOURCES.into_iter().enumerate() {
        let events: Vec<_> = events.iter().filter(|event| event.source == source).collect();
        let Some(newest) = events.last().map(|event| event.id) else { continue };
        let mut first_waiting = None;
        for own in subjects(&events) {
            match judge(&own, now, patience) {
                SubjectVerdict::Wait(until) => {
                    decision.next = Some(decision.next.map_or(until, |next| next.min(until)));
                    first_waiting = Some(first_waiting.map_or(own[0].id, |first: i64| first.min(own[0].id)));
                }
                SubjectVerdict::Settled(reported) => {
                    let newest = own.last().map_or(0, |event| event.id);
                    decision.considered.subjects.push((at, own[0].subject.clone(), newest));
                    decision.due.extend(reported.into_iter().map(|(kind, of)| due(kind, own[of])));
                }
            }
        }
        let position = first_waiting.map_or(newest, |first| first - 1);
        decision.considered.positions[at] = Some(position);
        decision.considered.subjects.retain(|(of, _, event)| *of != at || *event > position);
    }
    decision
}

/// The events of each subject, subjects in the order of their first event.
fn subjects<'a>(events: &[&'a OutboxEvent]) -> Vec<Vec<&'a OutboxEvent>> {
    let mut order: Vec<&str> = Vec::new();
    let mut own: std::collections::HashMap<&str, Vec<&OutboxEvent>> = std::collections::HashMap::new();
    for event in events {
        let of = own.entry(&event.subject).or_default();
        if of.is_empty() {
            order.push(&event.subject);
        }
        of.push(event);
    }
    order.iter().filter_map(|subject| own.remove(subject)).collect()
}

fn judge(events: &[&OutboxEvent], now: Millis, patience: SettlePace) -> SubjectVerdict {
    let mut reported: Vec<_> =
        events.iter().enumerate().filter_map(|(at, e)| Some((at_once(e)?, at))).collect();
    let conditions: Vec<_> = events.iter().map(|event| condition_of(event)).collect();
    let Some(last) = conditions.iter().rev().flatten().next().copied() else {
        return SubjectVerdict::Settled(reported);
    };
    // What connected for the first time and dropped soon after was connected.
    let before = events[0].before.as_deref().and_then(|word| condition(events[0].source, word));
    let before =
        before.or_else(|| conditions.iter().flatten().next().copied().filter(|first| *first != last));
    if before == Some(last) {
        return SubjectVerdict::Settled(reported);
    }
    let is_other = |condition: &Option<Condition>| condition.is_some_and(|c| c != last);
    let run = conditions.iter().rposition(is_other).map_or(0, |at| at + 1);
    let since = run + conditions[run..].iter().position(Option::is_some).unwrap_or(0);
    let until = events[since].at.saturating_add(patience.settle);
    let until = until.min(first_change(events, &conditions, before).saturating_add(patience.unsettled));
    if now < until {
        return SubjectVerdict::Wait(until);
    }
    reported.extend(change(before, last, &events[since..]).map(|kind| (kind, since)));
    SubjectVerdict::Settled(reported)
}

/// When the subject first was in another condition than before.
fn first_change(
    events: &[&OutboxEvent],
    conditions: &[Option<Condition>],
    before: Option<Condition>,
) -> Millis {
    let first = conditions.iter().position(|condition| condition.is_some() && *condition != before);
    first.map_or(Millis::MAX, |at| events[at].at)
}

/// What is told of a change of the condition, if anything.
fn change(before: Option<Condition>, now: Condition, events: &[&OutboxEvent]) -> Option<NoticeKind> {
    use Condition::{Failing, Lost, Working};
    let is_server = events[0].source == EventSource::Server;
    match (before, now) {
        (_, Working) if events.iter().any(|event| is_unexpected(event)) => Some(NoticeKind::OtherNumber),
        (Some(Working), Failing) if is_server => Some(NoticeKind::ServerDown),
        (Some(Working | Failing), Lost) if is_server => Some(NoticeKind::LicenceLost),
        (Some(Failing | Lost), Working) if is_server => Some(NoticeKind::ServerUp),
        (Some(Working), Failing) => Some(NoticeKind::Disconnected),
        (Some(Working | Failing), Lost) => Some(NoticeKind::Lost),
        (Some(Failing | Lost), Working) => Some(NoticeKind::Back),
        // Somebody who never connected a number knows that it is not connected; what is lost fails no less.
        _ => None,
    }
}

/// What is told whatever the subject's condition is.
fn at_once(event: &OutboxEvent) -> Option<NoticeKind> {
    match (event.source, event.word.as_str(), event.reason.as_deref()) {
        (EventSource::Server, "backup_failed", _) => Some(NoticeKind::BackupFailed),
        (EventSource::Instance, _, Some("linked")) => Some(NoticeKind::OtherNumber),
        _ => None,
    }
}

/// The condition that an event tells of; `None` where it tells of none: somebody is pairing or has tried to, or moved
/// the number to another server, whose phone stays connected to the old one.
fn condition_of(event: &OutboxEvent) -> Option<Condition> {
    condition(event.source, &event.word)
        .filter(|_| !matches!(event.reason.as_deref(), Some("unscanned" | "moved")))
}

/// The condition that a status, or what happened, stands for.
fn condition(source: EventSource, word: &str) -> Option<Condition> {
    match (source, word) {
        (EventSource::Instance, "connected") | (EventSource::Server, "server_up") => Some(Condition::Working),
        (EventSource::Instance, "disconnected" | "error") | (EventSource::Server, "server_down") => {
            Some(Condition::Failing)
        }
        (EventSource::Instance, "lost") | (EventSource::Server, "licence_lost") => Some(Condition::Lost),
        _ => None,
    }
}

/// Whether another phone connected than the instance is for.
fn is_unexpected(event: &OutboxEvent) -> bool {
    let linked = event.detail.as_deref().and_then(Phone::stored);
    let is_connection = event.word == "connected" && event.reason.as_deref() == Some("paired");
    is_connection
        && linked.zip(event.phone.as_deref()).and_then(|(linked, own)| linked.is_phone_of_row(own))
            == Some(false)
}

fn due(kind: NoticeKind, event: &OutboxEvent) -> DueNotice {
    let notice = Notice {
        kind,
        at: event.at,
        subject: event.subject.clone(),
        name: event.name.clone(),
        display_name: event.display_name.clone(),
        owner: event.owner.clone(),
        credential: event.credential.clone(),
        reason: event.reason.clone(),
        detail: event.detail.clone(),
    };
    DueNotice { source: event.source, event: event.id, notice }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: SettlePace = SettlePace { settle: 60_000, unsettled: 600_000 };

    /// Events of one instance, `SECOND WORD [REASON [DETAIL]]` each, after a condition.
    fn events(before: Option<&str>, lines: &[&str]) -> Vec<OutboxEvent> {
        let mut before = before.map(str::to_owned);
        let mut read = Vec::new();
        for (id, line) in (1..).zip(lines) {
            let parts: Vec<_> = line.split(' ').collect();
            let is_server = parts[1].contains('_');
            let word = parts[1].to_owned();
            read.push(OutboxEvent {
                source: if is_server { EventSource::Server } else { EventSource::Instance },
                id,
                at: parts[0].parse::<Millis>().expect("a second") * 1000,
                subject: "c1".to_owned(),
                word: word.clone(),
                before: before.clone(),
                reason: parts.get(2).map(|reason| (*reason).to_owned()),
                detail: parts.get(3).map(|detail| (*detail).to_owned()),
                name: "a".to_owned(),
                display_name: None,
                phone: Some("5521991856227".to_owned()),
                owner: None,
                credential: None,
            });
            if !["pending", "connecting", "backup_failed"].contains(&word.as_str()) {
                before = Some(word);
            }
        }
        read
    }

    fn reported(decision: &Decision) -> String {
        let reported = decision.due.iter().map(|due| format!("{} {}", due.notice.kind.as_str(), due.event));
        let reported: Vec<_> = reported.collect();
        match decision.next {
            Some(next) => format!("wait {}", next / 1000),
            None => reported.join(", "),
        }
    }

    #[test]
    fn what_lasts_is_told_and_what_mends_itself_is_not() {
        for (before, lines, now, expected) in [
            (Some("connected"), &["0 disconnected dropped"][..], 59, "wait 60"),
            (Some("connected"), &["0 disconnected dropped"], 60, "disconnected 1"),
            (Some("connected"), &["0 disconnected dropped", "59 connected paired"], 59, ""),
            (Some("connected"), &["0 error fighting"], 60, "disconnected 1"),
            (Some("connected"), &["0 lost gone"], 60, "lost 1"),
            (Some("connected"), &["0 disconnected dropped", "30 lost gone"], 80, "wait 90"),
            (Some("connected"), &["0 disconnected dropped", "30 lost gone"], 90, "lost 2"),
            (Some("disconnected"), &["0 lost gone"], 60, "lost 1"),
            (Some("lost"), &["0 disconnected logged_out"], 60, ""),
            (Some("lost"), &["0 connecting asked"], 0, ""),
            (Some("lost"), &["0 connecting asked", "9 connected paired"], 69, "back 2"),
            (Some("disconnected"), &["0 connected paired"], 30, "wait 60"),
            (Some("disconnected"), &["0 connected paired", "30 disconnected dropped"], 31, ""),
            // Somebody who pairs does not make it last anew.
            (Some("connected"), &["0 disconnected logged_out", "50 connecting asked"], 60, "disconnected 1"),
            // What was never connected is no news, until another phone is.
            (None, &["0 pending asked", "0 connecting asked", "9 connected paired 5521991856227"], 99, ""),
            (None, &["0 connecting asked", "60 disconnected unscanned"], 200, ""),
            (None, &["0 disconnected unscanned", "9 connected paired"], 200, ""),
            (None, &["0 connected paired", "9 disconnected dropped"], 69, "disconnected 2"),
            (None, &["9 connected paired 5511987654321"], 69, "other_number 1"),
            (Some("disconnected"), &["9 connected paired 5511987654321"], 69, "other_number 1"),
            (Some("connected"), &["5 connected linked 5511987654321"], 5, "other_number 1"),
            (Some("connected"), &["5 connected doubled"], 5, ""),
            // Somebody moved it: no drop, unless there was one before.
            (Some("connected"), &["0 disconnected moved"], 60, ""),
            (
                Some("connected"),
                &["0 disconnected moved", "9 connecting asked", "99 disconnected unscanned"],
                200,
                "",
            ),
            (
                Some("connected"),
                &["0 disconnected moved", "9 connecting asked", "20 connected paired"],
                99,
                "",
            ),
            (Some("connected"), &["0 disconnected dropped", "9 disconnected moved"], 60, "disconnected 1"),
            (Some("connected"), &["0 disconnected moved", "9 lost gone"], 69, "lost 2"),
        ] {
            let decision = decide(&events(before, lines), now * 1000, PATIENCE);
            assert_eq!(reported(&decision), expected, "{before:?} {lines:?} at {now}");
        }
    }

    #[test]
    fn servers_are_told_of_in_the_same_way() {
        for (before, lines, now, expected) in [
            ("server_up", &["0 server_down - evolution_timeout"][..], 59, "wait 60"),
            ("server_up", &["0 server_down - evolution_timeout"], 60, "server_down 1"),
            ("server_up", &["0 server_down", "50 server_up"], 51, ""),
            ("server_down", &["0 server_up"], 60, "server_up 1"),
            ("server_down", &["0 licence_lost"], 60, "licence_lost 1"),
            ("licence_lost", &["0 server_down"], 60, ""),
            ("server_up", &["0 backup_failed"], 0, "backup_failed 1"),
        ] {
            let decision = decide(&events(Some(before), lines), now * 1000, PATIENCE);
            assert_eq!(reported(&decision), expected, "{before} {lines:?} at {now}");
        }
    }

    #[test]
    fn what_never_settles_is_told_after_a_while() {
        let lines: Vec<String> = (0..=24)
            .map(|n| format!("{} {}", n * 25, if n % 2 == 0 { "disconnected" } else { "connected" }))
            .filter(|line| !line.starts_with("600 connected"))
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let events = events(Some("connected"), &lines);
        assert_eq!(reported(&decide(&events, 599_000, PATIENCE)), "wait 600");
        assert_eq!(reported(&decide(&events, 600_000, PATIENCE)), "disconnected 25");
    }

    #[test]
    fn one_subject_that_is_waited_for_holds_up_no_other() {
        let mut all = events(
            Some("connected"),
            &["0 disconnected", "50 disconnected", "55 disconnected", "56 connected"],
        );
        for (event, subject) in all.iter_mut().zip(["a", "b", "c", "c"]) {
            event.subject = subject.to_owned();
            event.before = Some("connected".to_owned());
        }
        let decision = decide(&all, 60_000, PATIENCE);
        assert_eq!((decision.due.len(), decision.next), (1, Some(110_000)));
        assert_eq!(decision.considered.positions, [Some(1), None]);
        assert_eq!(decision.considered.subjects, [(0, "c".to_owned(), 4)]);
        let decision = decide(&all[1..2], 110_000, PATIENCE);
        assert_eq!((decision.due.len(), decision.considered.positions), (1, [Some(2), None]));
    }
}
