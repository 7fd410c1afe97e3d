//! Which code may be answered, and when it is safe to ask for one. Pure but for the clock.
//!
//! Upstream never clears its last code, so a socket that is just opening answers the code of the
//! one before. And a state that flaps makes a call for the code a call that opens a socket.

use std::time::Instant;

use crate::domain::UpstreamError;
use crate::domain::{Qr, Secret};
use crate::instance::connect::limits::{DISTRUST, PAIRING_CODE, RESUME};
use crate::instance::connect::plan::Trust;

/// What a watch has seen so far.
pub(super) struct Look {
    trust: Trust,
    /// The row's own memory of the last code answered: hardly the code of a new socket.
    remembered: Option<Secret>,
    /// Whether a `connecting` instance has answered yet.
    looked: bool,
    /// The picture of its first answer; `None` when that had none.
    first: Option<Secret>,
    /// Since when the socket has had its time: when the call that opened it was answered with a
    /// code or, without such a call, when it was first seen to open.
    opened: Option<Instant>,
    /// Whether this watch opened the socket.
    is_ours: bool,
    /// Since when the state has been `close` again.
    closed: Option<Instant>,
    /// Looks in a row that said `connecting`.
    steady: u32,
    /// Whether the state went back to `close`.
    flapped: bool,
    /// A good code that still lacks the pairing code, and since when.
    partial: Option<(Qr, Instant)>,
    /// Why the call that was to open the socket failed, and when.
    pub(super) failed: Option<(UpstreamError, Instant)>,
}

impl Look {
    pub(super) fn new(trust: Trust, remembered: Option<Secret>, is_ours: bool) -> Self {
        Self {
            trust,
            remembered,
            looked: false,
            first: None,
            opened: None,
            is_ours,
            closed: None,
            steady: 0,
            flapped: false,
            partial: None,
            failed: None,
        }
    }

    /// Notes a look that said `close`; whether the socket was there and is gone for good.
    pub(super) fn closed(&mut self) -> bool {
        self.flapped |= self.steady > 0;
        self.steady = 0;
        self.partial = None;
        let since = *self.closed.get_or_insert_with(Instant::now);
        self.flapped && since.elapsed() >= RESUME
    }

    /// Notes a look that said `connecting`; whether the code may be asked for. Where the state
    /// flaps, the next moment may be `close` again, so it has to say so twice.
    pub(super) fn connecting(&mut self) -> bool {
        self.steady += 1;
        self.failed = None;
        self.closed = None;
        if !self.is_ours {
            self.opened.get_or_insert_with(Instant::now);
        }
        !self.flapped || self.steady > 1
    }

    /// Judges what a `connecting` instance answered.
    pub(super) fn judge(&mut self, qr: Option<Qr>) -> Option<Qr> {
        let image = qr.as_ref().map(|q| q.image.clone());
        if !std::mem::replace(&mut self.looked, true) {
            self.first.clone_from(&image);
        }
        let is_new = image != self.first && image != self.remembered;
        // The socket has had its time, and nothing newer came: this is its code.
        let is_settled = self.opened.is_some_and(|at| at.elapsed() >= DISTRUST);
        let trusted = match self.trust {
            Trust::Any => true,
            Trust::NewSocket => is_new || is_settled,
            Trust::OnlyChanged => is_new,
        };
        qr.filter(|_| trusted)
    }

    /// Judges the answer of the call that opened the socket.
    pub(super) fn judge_opening(&mut self, qr: Option<Qr>) -> Option<Qr> {
        let qr = qr?;
        self.opened = Some(Instant::now());
        let image = Some(&qr.image);
        let is_new = image != self.remembered.as_ref();
        let trusted = match self.trust {
            Trust::Any => true,
            Trust::NewSocket => is_new && !(self.looked && image == self.first.as_ref()),
            Trust::OnlyChanged => is_new && self.looked && image != self.first.as_ref(),
        };
        Some(qr).filter(|_| trusted)
    }

    /// A good code is the answer, unless a pairing code is wanted that is still to come.
    pub(super) fn complete(&mut self, qr: Qr, pairing_code: bool) -> Option<Qr> {
        if !pairing_code || qr.pairing_code.is_some() {
            return Some(qr);
        }
        let since = self.partial.as_ref().map_or_else(Instant::now, |(_, since)| *since);
        if since.elapsed() >= PAIRING_CODE {
            return Some(qr);
        }
        self.partial = Some((qr, since));
        None
    }

    /// What is there when the time is over: better a code without a pairing code than none.
    pub(super) fn last_resort(self) -> Option<Qr> {
        self.partial.map(|(qr, _)| qr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qr(image: &str) -> Qr {
        Qr { code: None, image: Secret::new(image), pairing_code: None }
    }

    /// Feeds answers of a `connecting` instance; the first that is trusted, by number.
    fn first_trusted(trust: Trust, remembered: Option<&str>, answers: &[Option<&str>]) -> Option<usize> {
        let mut look = Look::new(trust, remembered.map(Secret::new), true);
        answers.iter().position(|a| look.judge(a.map(qr)).is_some())
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
            let mut look = Look::new(trust, None, true);
            if let Some(first) = first {
                look.judge(Some(qr(first)));
            }
            assert_eq!(
                look.judge_opening(Some(qr(answer))).is_some(),
                trusted,
                "{trust:?} {first:?} {answer}"
            );
        }
    }

    #[test]
    fn where_the_state_flaps_the_code_is_asked_for_after_two_looks() {
        let mut look = Look::new(Trust::Any, None, true);
        assert!(look.connecting());
        assert!(!look.closed(), "it may come back");
        assert!(!look.connecting());
        assert!(look.connecting());
    }
}
