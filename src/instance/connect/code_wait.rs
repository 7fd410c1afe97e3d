//! The two judgements of a wait for a code: which code may be answered (`CodeFilter`), and when a
//! `connect` opens no socket (`Steadiness`). Pure but for the clock: sends nothing.
//!
//! Upstream never clears its last code, so a socket that is just opening answers the code of the one
//! before. A `connect` that is sent for a code while the state flaps may open a socket.

use std::time::Instant;

use super::limits::{DISTRUST, FLAPPING, PAIRING_CODE, RESUME, STEADY_AFTER_FLAPPING, STEADY_LOOKS};
use super::plan::Trust;
use crate::domain::{Qr, Secret};

/// Tells the code of the present socket from the code of a former one.
pub(super) struct CodeFilter {
    trust: Trust,
    /// The code last answered for the row, which a new socket does not repeat.
    remembered: Option<RememberedCode>,
    first: FirstAnswer,
    /// When the socket was open for sure: when its `connect` was answered with a code or, without such a
    /// `connect`, when it was first seen to open.
    opened: Option<Instant>,
    /// A trusted code that lacks the pairing code, and since when.
    partial: Option<(Qr, Instant)>,
}

/// The code last answered for a row.
pub(super) struct RememberedCode {
    pub(super) image: Secret,
    /// Whether the code is older than the lifetime of a code: its socket is gone.
    pub(super) is_expired: bool,
}

impl RememberedCode {
    /// Whether `qr` is this code, and expired: with its socket open, upstream would have replaced it.
    pub(super) fn has_expired_as(&self, qr: &Qr) -> bool {
        self.is_expired && self.image == qr.image
    }
}

/// The image in the first answer of a `connecting` instance.
enum FirstAnswer {
    None,
    Picture(Option<Secret>),
}

impl CodeFilter {
    pub(super) fn new(trust: Trust, remembered: Option<RememberedCode>) -> Self {
        Self { trust, remembered, first: FirstAnswer::None, opened: None, partial: None }
    }

    /// Notes that a socket was seen to open which this call did not open.
    pub(super) fn note_open(&mut self) {
        self.opened.get_or_insert_with(Instant::now);
    }

    /// Forgets the code that lacks its pairing code: its socket was up, and is gone.
    pub(super) fn note_dropped(&mut self) {
        self.partial = None;
    }

    /// The code of a `connecting` instance's answer, if it may be answered.
    pub(super) fn judge(&mut self, qr: Option<Qr>) -> Option<Qr> {
        let image = qr.as_ref().map(|q| q.image.clone());
        if matches!(self.first, FirstAnswer::None) {
            self.first = FirstAnswer::Picture(image.clone());
        }
        let is_new = !self.is_first(image.as_ref()) && !self.is_remembered(image.as_ref());
        // A new code would have come within this time: the code is the socket's own.
        let is_settled = self.opened.is_some_and(|at| at.elapsed() >= DISTRUST);
        let trusted = match self.trust {
            Trust::Any => true,
            Trust::NewSocket => is_new || is_settled,
            Trust::OnlyChanged => is_new,
        };
        let has_expired = |qr: &Qr| self.remembered.as_ref().is_some_and(|code| code.has_expired_as(qr));
        qr.filter(|qr| trusted && !has_expired(qr))
    }

    /// The code of the answer to the `connect` that opened the socket, if it may be answered.
    pub(super) fn judge_opening(&mut self, qr: Option<Qr>) -> Option<Qr> {
        let qr = qr?;
        self.opened = Some(Instant::now());
        let image = Some(&qr.image);
        let is_new = !self.is_remembered(image) && !self.is_first(image);
        let trusted = match self.trust {
            Trust::Any => true,
            Trust::NewSocket => is_new,
            Trust::OnlyChanged => is_new && matches!(self.first, FirstAnswer::Picture(_)),
        };
        Some(qr).filter(|_| trusted)
    }

    /// The code once it is complete: a wanted pairing code may come later than the QR code.
    pub(super) fn complete(&mut self, qr: Qr, pairing_code: bool) -> Option<Qr> {
        if !pairing_code || qr.pairing_code.is_some() {
            return Some(qr);
        }
        let since = self.partial.as_ref().map_or_else(Instant::now, |(_, since)| *since);
        self.partial = Some((qr, since));
        self.overdue()
    }

    /// The code whose pairing code has not come in its time.
    pub(super) fn overdue(&mut self) -> Option<Qr> {
        self.partial.take_if(|(_, since)| since.elapsed() >= PAIRING_CODE).map(|(qr, _)| qr)
    }

    /// The code at the end of the wait: one without a pairing code is better than none.
    pub(super) fn last_resort(self) -> Option<Qr> {
        self.partial.map(|(qr, _)| qr)
    }

    fn is_remembered(&self, image: Option<&Secret>) -> bool {
        self.remembered.as_ref().is_some_and(|code| Some(&code.image) == image)
    }

    fn is_first(&self, image: Option<&Secret>) -> bool {
        matches!(&self.first, FirstAnswer::Picture(first) if first.as_ref() == image)
    }
}

/// Decides whether the state is steady enough for a `connect` to open no socket.
pub(super) struct Steadiness {
    /// Whether the state flapped before this wait, or during it.
    flapped: bool,
    /// Whether this call has sent a `connect` already that may have opened a socket.
    connect_sent: bool,
    changes: u32,
    last: Phase,
}

enum Phase {
    Unseen,
    Closed { since: Instant },
    Connecting { since: Instant, looks: u32 },
}

impl Steadiness {
    pub(super) fn new(flapped: bool, connect_sent: bool) -> Self {
        Self { flapped, connect_sent, changes: 0, last: Phase::Unseen }
    }

    /// Notes a look that said `close`; whether the socket has dropped for good.
    pub(super) fn note_closed(&mut self) -> bool {
        if self.is_connecting() {
            self.flapped = true;
            self.changes += 1;
        }
        let since = match self.last {
            Phase::Closed { since } => since,
            Phase::Unseen | Phase::Connecting { .. } => Instant::now(),
        };
        self.last = Phase::Closed { since };
        self.flapped && since.elapsed() >= RESUME
    }

    /// Notes a look that said `connecting`.
    pub(super) fn note_connecting(&mut self) {
        self.last = match self.last {
            Phase::Connecting { since, looks } => Phase::Connecting { since, looks: looks + 1 },
            Phase::Closed { .. } => {
                self.changes += 1;
                Phase::Connecting { since: Instant::now(), looks: 1 }
            }
            Phase::Unseen => Phase::Connecting { since: Instant::now(), looks: 1 },
        };
    }

    /// Forgets the last look: there was none for a while.
    pub(super) fn note_break(&mut self) {
        self.last = Phase::Unseen;
    }

    /// Whether the last look said `connecting`.
    pub(super) fn is_connecting(&self) -> bool {
        matches!(self.last, Phase::Connecting { .. })
    }

    /// Notes a `connect` that may have opened a socket.
    pub(super) fn note_connect(&mut self) {
        self.connect_sent = true;
    }

    /// Whether the code may be asked for now.
    pub(super) fn may_ask(&self) -> bool {
        let Phase::Connecting { since, looks } = self.last else { return false };
        let (steady_looks, steady_span) = STEADY_LOOKS;
        if self.flapped {
            since.elapsed() >= STEADY_AFTER_FLAPPING
        } else {
            !self.connect_sent || looks >= steady_looks && since.elapsed() >= steady_span
        }
    }

    /// Whether the looks that make the state count as steady are under way.
    pub(super) fn is_being_confirmed(&self) -> bool {
        self.is_connecting() && !self.flapped && !self.may_ask()
    }

    /// Whether the state changed more often than that of a socket that drops and comes back.
    pub(super) fn is_flapping(&self) -> bool {
        self.changes >= FLAPPING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qr(image: &str) -> Qr {
        Qr { code: None, image: Secret::new(image), pairing_code: None }
    }

    fn code(image: &str, is_expired: bool) -> RememberedCode {
        RememberedCode { image: Secret::new(image), is_expired }
    }

    #[test]
    fn a_code_that_outlived_itself_is_never_answered() {
        for trust in [Trust::Any, Trust::NewSocket, Trust::OnlyChanged] {
            let mut filter = CodeFilter::new(trust, Some(code("a", true)));
            filter.opened = Instant::now().checked_sub(DISTRUST);
            assert!(filter.judge(Some(qr("a"))).is_none(), "{trust:?}");
            assert!(filter.judge(Some(qr("b"))).is_some(), "{trust:?}");
        }
    }

    /// Feeds answers of a `connecting` instance; the first that is trusted, by number.
    fn first_trusted(trust: Trust, remembered: Option<&str>, answers: &[Option<&str>]) -> Option<usize> {
        let mut filter = CodeFilter::new(trust, remembered.map(|image| code(image, false)));
        answers.iter().position(|a| filter.judge(a.map(qr)).is_some())
    }

    #[test]
    fn an_old_code_is_not_taken_for_that_of_a_new_socket() {
        use Trust::{Any, NewSocket, OnlyChanged};
        for (trust, remembered, answers, trusted) in [
            (Any, None, vec![Some("a")], Some(0)),
            (NewSocket, None, vec![None, Some("b")], Some(1)),
            (NewSocket, None, vec![Some("a"), Some("a"), Some("b")], Some(2)),
            (NewSocket, Some("b"), vec![None, Some("b"), Some("c")], Some(2)),
            (OnlyChanged, None, vec![Some("a"), Some("a")], None),
            (OnlyChanged, None, vec![Some("a"), Some("b")], Some(1)),
        ] {
            assert_eq!(first_trusted(trust, remembered, &answers), trusted, "{trust:?} {answers:?}");
        }
    }

    #[test]
    fn the_opening_calls_answer_is_trusted_unless_it_is_what_was_there_before() {
        for (trust, first, answer, trusted) in [
            (Trust::NewSocket, None, "b", true),
            (Trust::NewSocket, Some("a"), "b", true),
            (Trust::NewSocket, Some("a"), "a", false),
            (Trust::OnlyChanged, None, "b", false),
            (Trust::OnlyChanged, Some("a"), "b", true),
        ] {
            let mut filter = CodeFilter::new(trust, None);
            if let Some(first) = first {
                filter.judge(Some(qr(first)));
            }
            assert_eq!(
                filter.judge_opening(Some(qr(answer))).is_some(),
                trusted,
                "{trust:?} {first:?} {answer}"
            );
        }
    }

    #[test]
    fn a_code_is_kept_while_its_pairing_code_is_waited_for_and_no_longer() {
        let mut filter = CodeFilter::new(Trust::Any, None);
        assert!(filter.complete(qr("a"), false).is_some(), "none is wanted");
        assert!(filter.complete(qr("a"), true).is_none() && filter.overdue().is_none(), "it may come yet");
        filter.partial = Instant::now().checked_sub(PAIRING_CODE).map(|since| (qr("a"), since));
        assert!(filter.overdue().is_some() && filter.overdue().is_none(), "once");
        assert!(filter.complete(qr("b"), true).is_none());
        filter.note_dropped();
        assert!(filter.last_resort().is_none(), "nobody can scan it any more");
    }

    #[test]
    fn a_state_that_flapped_has_to_stand_still_before_the_code_is_asked_for() {
        let mut first = Steadiness::new(false, false);
        first.note_connecting();
        assert!(first.may_ask(), "the first connect of a call");
        first.note_connect();
        assert!(!first.may_ask() && first.is_being_confirmed(), "the next wants more looks");
        first.note_break();
        assert!(!first.is_connecting() && !first.may_ask(), "nobody has looked");
        first.note_connecting();
        assert!(!first.note_closed(), "it may come back");
        first.note_connecting();
        assert!(!first.may_ask() && !first.is_being_confirmed() && !first.is_flapping());
        first.note_closed();
        first.note_connecting();
        assert!(first.is_flapping(), "more changes than a socket makes that drops and returns");
        let mut later = Steadiness::new(true, false);
        later.note_connecting();
        assert!(!later.may_ask(), "it flapped in the call before");
    }
}
