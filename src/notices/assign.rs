//! Which message of a target tells what. Pure.
//!
//! What happens to several numbers of one server at the same time is one message. What is over before its message was
//! begun to be sent is not sent at all.

use crate::domain::{Millis, Notice, NoticeKind};
use crate::store::{DueNotice, EventSource, OpenMessage, TargetFilter};

/// Most notices of one message: what a person reads, and a few kilobytes.
const MAX_NOTICES: usize = 100;

/// The messages of a target that have not been begun to be sent, after what is due was put into them. A message about
/// instances is sent no sooner than `gather` after its first notice, so that what follows joins it.
pub fn assign(
    target: &TargetFilter,
    mut open: Vec<OpenMessage>,
    due: &[DueNotice],
    now: Millis,
    gather: Millis,
) -> Vec<OpenMessage> {
    for due in due.iter().filter(|due| is_for(target, due)) {
        let notice = &due.notice;
        // That another number is linked is news whatever was before.
        if cancel(&mut open, notice) && notice.kind != NoticeKind::OtherNumber {
            continue;
        }
        if let Some(message) = open.iter_mut().find(|message| joins(message, notice)) {
            message.notices.push(notice.clone());
        } else {
            let next_at = if notice.kind.is_of_instance() { now + gather } else { now };
            open.push(OpenMessage { id: None, notices: vec![notice.clone()], next_at });
        }
    }
    open.retain(|message| message.id.is_some() || !message.notices.is_empty());
    open
}

/// Whether the target is told of it: whether it may know, and it happened since the target became active.
fn is_for(target: &TargetFilter, due: &DueNotice) -> bool {
    let position = target.positions[usize::from(due.source == EventSource::Server)];
    due.event > position && may_know(target, &due.notice)
}

/// Whether the target may know what the notice tells, by whose number it is.
pub(super) fn may_know(target: &TargetFilter, notice: &Notice) -> bool {
    let Some(user) = &target.user else { return true };
    if notice.kind.is_of_instance() {
        return notice.owner.as_ref() == Some(user);
    }
    // Whoever has numbers there; what this program does is its administrators' business.
    notice.credential.as_ref().is_some_and(|server| target.credentials.contains(server))
}

/// Takes away what the notice makes old news; whether there was such a thing.
fn cancel(open: &mut [OpenMessage], notice: &Notice) -> bool {
    let mut is_over = false;
    for message in open {
        message.notices.retain(|earlier| {
            let is_ended = earlier.subject == notice.subject && earlier.kind.is_ended_by(notice.kind);
            is_over |= is_ended;
            !is_ended
        });
    }
    is_over
}

/// Whether the notice belongs into the message: of the same kind, about another number of the same server.
fn joins(message: &OpenMessage, notice: &Notice) -> bool {
    let Some(first) = message.notices.first() else { return false };
    let is_group = matches!(notice.kind, NoticeKind::Disconnected | NoticeKind::Lost | NoticeKind::Back);
    is_group
        && first.kind == notice.kind
        && first.credential == notice.credential
        && message.notices.len() < MAX_NOTICES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(kind: NoticeKind, subject: &str, server: &str) -> DueNotice {
        let notice = Notice {
            kind,
            at: 0,
            subject: subject.to_owned(),
            name: subject.to_owned(),
            display_name: None,
            owner: Some(format!("owner of {subject}")),
            credential: Some(server.to_owned()),
            reason: None,
            detail: None,
        };
        let source = if kind.is_of_instance() { EventSource::Instance } else { EventSource::Server };
        DueNotice { source, event: 5, notice }
    }

    fn all() -> TargetFilter {
        TargetFilter { user: None, positions: [0, 0], credentials: Vec::new() }
    }

    /// `KIND SUBJECT SUBJECT @NEXT` for each message.
    fn shown(messages: &[OpenMessage]) -> Vec<String> {
        let shown = |message: &OpenMessage| {
            let kind = message.notices.first().map_or("nothing", |notice| notice.kind.as_str());
            let names: Vec<_> = message.notices.iter().map(|notice| notice.subject.as_str()).collect();
            format!("{kind} {} @{}", names.join(" "), message.next_at)
        };
        messages.iter().map(shown).collect()
    }

    #[test]
    fn numbers_of_one_server_share_a_message_and_nothing_else_does() {
        use NoticeKind::{Back, Disconnected, OtherNumber, ServerDown};
        let happened = [
            due(Disconnected, "a", "s1"),
            due(ServerDown, "s1", "s1"),
            due(Disconnected, "b", "s2"),
            due(Back, "c", "s1"),
            due(Disconnected, "d", "s1"),
            due(OtherNumber, "e", "s1"),
            due(OtherNumber, "f", "s1"),
        ];
        let messages = assign(&all(), Vec::new(), &happened, 100, 10);
        let expected = [
            "disconnected a d @110",
            "server_down s1 @100",
            "disconnected b @110",
            "back c @110",
            "other_number e @110",
            "other_number f @110",
        ];
        assert_eq!(shown(&messages), expected);
        let more = assign(&all(), messages, &[due(Disconnected, "g", "s1")], 200, 10);
        assert_eq!(shown(&more)[0], "disconnected a d g @110", "the message is not put off");
    }

    #[test]
    fn what_is_over_before_it_was_sent_is_not_sent() {
        use NoticeKind::{Back, Disconnected, Lost, ServerDown, ServerUp};
        let kept = |kind, subject: &str| OpenMessage {
            id: Some("m1".to_owned()),
            notices: vec![due(kind, subject, "s1").notice],
            next_at: 7,
        };
        for (before, after, expected) in [
            (Disconnected, Back, "nothing  @7"),
            (Lost, Back, "nothing  @7"),
            (Back, Disconnected, "nothing  @7"),
            (ServerDown, ServerUp, "nothing  @7"),
            (Disconnected, ServerUp, "disconnected x @7"),
        ] {
            let messages = assign(&all(), vec![kept(before, "x")], &[due(after, "x", "s1")], 100, 10);
            assert_eq!(shown(&messages)[0], expected, "{before:?} {after:?}");
        }
        let messages =
            assign(&all(), vec![kept(Lost, "x")], &[due(NoticeKind::OtherNumber, "x", "s1")], 100, 10);
        assert_eq!(shown(&messages), ["nothing  @7", "other_number x @110"]);
        let both = assign(&all(), Vec::new(), &[due(Disconnected, "x", "s1"), due(Back, "x", "s1")], 100, 10);
        assert_eq!(shown(&both), [""; 0]);
    }

    #[test]
    fn owners_are_told_of_their_own_numbers_and_servers() {
        use NoticeKind::{BackupFailed, Disconnected, ServerDown};
        let owner = TargetFilter {
            user: Some("owner of a".to_owned()),
            positions: [0, 0],
            credentials: vec!["s1".to_owned()],
        };
        let mut backup = due(BackupFailed, "", "");
        backup.notice.credential = None;
        let happened = [
            due(Disconnected, "a", "s1"),
            due(Disconnected, "b", "s1"),
            due(ServerDown, "s1", "s1"),
            due(ServerDown, "s2", "s2"),
            backup,
        ];
        let own = assign(&owner, Vec::new(), &happened, 100, 10);
        assert_eq!(shown(&own), ["disconnected a @110", "server_down s1 @100"]);
        assert_eq!(assign(&all(), Vec::new(), &happened, 100, 10).len(), 4);
        let later = TargetFilter { positions: [5, 4], ..all() };
        let since = assign(&later, Vec::new(), &happened, 100, 10);
        assert_eq!(since.len(), 3, "what happened before it became active is not told: {:?}", shown(&since));
    }
}
