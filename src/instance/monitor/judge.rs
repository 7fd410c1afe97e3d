//! The judgement: from what is known of a row and seen of its instance to what the row should say.
//! Pure and total.
//!
//! Nothing here measures time: that something has lasted is one of the facts.

use crate::domain::ConnectionState;
use crate::domain::{Pairing, Reason, Status};

/// All that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Whether the row's instance belongs on this server, and no call for it is under way.
    pub ours: bool,
    /// What the row says.
    pub status: Status,
    /// Why it says so.
    pub reason: Option<Reason>,
    /// What was seen.
    pub upstream: Upstream,
    /// For how long something has been amiss in this way.
    pub lasted: Lasted,
}

/// What upstream shows of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upstream {
    /// The list leaves it out.
    Unlisted,
    /// The name does not exist, or another instance has it.
    Absent,
    /// An instance.
    Present(ConnectionState, Pairing),
}

/// In which way something is amiss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amiss {
    /// The socket is not open.
    Down,
    /// Upstream has not loaded the instance.
    Unloaded,
    /// The name is not there.
    Missing,
}

/// How long it has been so, the server answering all the while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lasted {
    /// It is seen for the first time.
    No,
    /// It was seen a while ago as well.
    AWhile,
    /// For so long that it will not go away by itself.
    Long,
}

/// What to do with the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It says what is so.
    Keep,
    /// Something is amiss that may be over in a moment: look again.
    Doubt,
    /// It is to say this from now on.
    Change(Status, Reason),
}

impl Upstream {
    /// In which way something is amiss with the instance, if it is.
    pub(super) fn amiss(self) -> Option<Amiss> {
        match self {
            Self::Unlisted | Self::Absent => Some(Amiss::Missing),
            Self::Present(ConnectionState::Unloaded, _) => Some(Amiss::Unloaded),
            Self::Present(ConnectionState::Close | ConnectionState::Connecting, _) => Some(Amiss::Down),
            Self::Present(ConnectionState::Open, _) => None,
        }
    }
}

/// What the row should say.
pub(super) fn judge(known: &Known) -> Verdict {
    if !known.ours || known.status == Status::Pending {
        return Verdict::Keep;
    }
    match known.upstream {
        Upstream::Unlisted => known.becomes(Status::Lost, Verdict::Doubt),
        Upstream::Absent => known.lasting(Status::Lost, Reason::Gone),
        Upstream::Present(ConnectionState::Unloaded, _) => known.lasting(Status::Error, Reason::NotLoaded),
        Upstream::Present(ConnectionState::Open, _) => {
            known.becomes(Status::Connected, Verdict::Change(Status::Connected, Reason::Paired))
        }
        Upstream::Present(ConnectionState::Connecting, pairing) => known.connecting(pairing),
        Upstream::Present(ConnectionState::Close, pairing) => known.closed(pairing),
    }
}

impl Known {
    /// The verdict, unless the row has that status already.
    fn becomes(&self, status: Status, verdict: Verdict) -> Verdict {
        if self.status == status { Verdict::Keep } else { verdict }
    }

    /// What must have lasted long.
    fn lasting(&self, status: Status, reason: Reason) -> Verdict {
        let lasted = self.lasted == Lasted::Long;
        self.becomes(status, if lasted { Verdict::Change(status, reason) } else { Verdict::Doubt })
    }

    /// What must have been seen twice.
    fn confirmed(&self, status: Status, reason: Reason) -> Verdict {
        let confirmed = self.lasted >= Lasted::AWhile;
        self.becomes(status, if confirmed { Verdict::Change(status, reason) } else { Verdict::Doubt })
    }

    /// A socket waits for a scan, or comes back for the phone that is paired.
    fn connecting(&self, pairing: Pairing) -> Verdict {
        match pairing {
            Pairing::Paired | Pairing::Possible => self.confirmed(Status::Disconnected, Reason::Dropped),
            Pairing::Never | Pairing::LoggedOut(_) if self.status == Status::Connected => {
                self.confirmed(Status::Connecting, Reason::Asked)
            }
            Pairing::Never | Pairing::LoggedOut(_) => {
                self.becomes(Status::Connecting, Verdict::Change(Status::Connecting, Reason::Asked))
            }
        }
    }

    fn closed(&self, pairing: Pairing) -> Verdict {
        match pairing {
            Pairing::Paired | Pairing::Possible => self.confirmed(Status::Disconnected, Reason::Dropped),
            Pairing::Never => self.confirmed(Status::Disconnected, Reason::Unscanned),
            Pairing::LoggedOut(logout) => self.ended(Reason::Upstream(logout.code)),
        }
    }

    /// The pairing ended: no second look would show otherwise, unless a code is being shown and the
    /// reason is that of a former end.
    fn ended(&self, reason: Reason) -> Verdict {
        match self.status {
            Status::Connecting => self.confirmed(Status::Disconnected, reason),
            // A phone that was thought to come back does not.
            Status::Disconnected if self.reason == Some(Reason::Dropped) => {
                Verdict::Change(Status::Disconnected, reason)
            }
            Status::Disconnected => Verdict::Keep,
            Status::Pending | Status::Connected | Status::Lost | Status::Error => {
                Verdict::Change(Status::Disconnected, reason)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Logout, LogoutCause};

    const STATUSES: [Status; 6] = [
        Status::Pending,
        Status::Connecting,
        Status::Connected,
        Status::Disconnected,
        Status::Lost,
        Status::Error,
    ];
    const STATES: [ConnectionState; 4] = [
        ConnectionState::Close,
        ConnectionState::Connecting,
        ConnectionState::Open,
        ConnectionState::Unloaded,
    ];
    const PAIRINGS: [Pairing; 5] =
        [Pairing::Never, Pairing::Possible, Pairing::Paired, logged_out(0), logged_out(401)];

    const fn logged_out(code: u16) -> Pairing {
        Pairing::LoggedOut(Logout { code, cause: LogoutCause::Unsaid, at: None })
    }

    const REASONS: [Option<Reason>; 4] =
        [None, Some(Reason::Dropped), Some(Reason::Unscanned), Some(Reason::Upstream(401))];
    const LASTED: [Lasted; 3] = [Lasted::No, Lasted::AWhile, Lasted::Long];

    /// Every combination there is.
    fn matrix() -> Vec<Known> {
        let present = STATES.iter().flat_map(|s| PAIRINGS.map(|p| Upstream::Present(*s, p)));
        let upstreams: Vec<_> = [Upstream::Unlisted, Upstream::Absent].into_iter().chain(present).collect();
        let mut all = Vec::new();
        for status in STATUSES {
            for upstream in &upstreams {
                for (reason, lasted) in REASONS.iter().flat_map(|r| LASTED.map(|l| (*r, l))) {
                    for ours in [true, false] {
                        all.push(Known { ours, status, reason, upstream: *upstream, lasted });
                    }
                }
            }
        }
        all
    }

    /// The rules as a list, the first that applies decides; `judge` nests, this does not.
    #[rustfmt::skip]
    fn specified(k: &Known) -> Verdict {
        use Pairing::{LoggedOut, Never, Paired, Possible};
        use ConnectionState::{Close, Connecting, Open, Unloaded};
        use Upstream::{Absent, Present, Unlisted};
        use Verdict::{Change, Doubt, Keep};
        type Rule = (fn(&Known) -> bool, Verdict);
        fn down(k: &Known) -> bool { matches!(k.upstream, Present(Close | Connecting, _)) }
        /// Its socket comes back for a phone by itself.
        fn returns(k: &Known) -> bool {
            matches!(k.upstream, Present(Close | Connecting, Paired | Possible))
        }
        fn code(k: &Known) -> Reason {
            match k.upstream {
                Present(_, LoggedOut(logout)) => Reason::Upstream(logout.code),
                _ => Reason::Unscanned,
            }
        }
        fn ended(k: &Known) -> bool { matches!(k.upstream, Present(Close, LoggedOut(_))) }
        fn shows_codes(k: &Known) -> bool { matches!(k.upstream, Present(Connecting, _)) && !returns(k) }
        let rules: &[Rule] = &[
            (|k| !k.ours || k.status == Status::Pending, Keep),
            (|k| matches!(k.upstream, Unlisted | Absent) && k.status == Status::Lost, Keep),
            (|k| k.upstream == Absent && k.lasted == Lasted::Long, Change(Status::Lost, Reason::Gone)),
            (|k| matches!(k.upstream, Unlisted | Absent), Doubt),
            (|k| matches!(k.upstream, Present(Unloaded, _)) && k.status == Status::Error, Keep),
            (|k| matches!(k.upstream, Present(Unloaded, _)) && k.lasted == Lasted::Long, Change(Status::Error, Reason::NotLoaded)),
            (|k| matches!(k.upstream, Present(Unloaded, _)), Doubt),
            (|k| matches!(k.upstream, Present(Open, _)) && k.status == Status::Connected, Keep),
            (|k| matches!(k.upstream, Present(Open, _)), Change(Status::Connected, Reason::Paired)),
            (|k| ended(k) && k.status == Status::Disconnected && k.reason == Some(Reason::Dropped), Change(Status::Disconnected, code(k))),
            (|k| shows_codes(k) && k.status == Status::Connecting, Keep),
            (|k| down(k) && !shows_codes(k) && k.status == Status::Disconnected, Keep),
            (|k| ended(k) && k.status != Status::Connecting, Change(Status::Disconnected, code(k))),
            (|k| shows_codes(k) && k.status != Status::Connected, Change(Status::Connecting, Reason::Asked)),
            (|k| k.lasted == Lasted::No, Doubt),
            (shows_codes, Change(Status::Connecting, Reason::Asked)),
            (returns, Change(Status::Disconnected, Reason::Dropped)),
            (ended, Change(Status::Disconnected, code(k))),
            (|k| matches!(k.upstream, Present(Close, Never)), Change(Status::Disconnected, Reason::Unscanned)),
        ];
        rules.iter().find(|(applies, _)| applies(k)).map(|(_, verdict)| *verdict).expect("the rules are total")
    }

    #[test]
    fn the_whole_matrix_is_as_specified() {
        let all = matrix();
        assert_eq!(all.len(), 6 * 22 * 12 * 2);
        for known in all {
            assert_eq!(judge(&known), specified(&known), "{known:?}");
        }
    }

    #[test]
    fn nothing_in_the_matrix_says_what_is_not_so() {
        for known in matrix() {
            let verdict = judge(&known);
            let Verdict::Change(status, _) = verdict else { continue };
            assert!(known.ours && known.status != Status::Pending, "{known:?}");
            let state = match known.upstream {
                Upstream::Present(state, _) => Some(state),
                Upstream::Unlisted | Upstream::Absent => None,
            };
            match status {
                Status::Connected => assert_eq!(state, Some(ConnectionState::Open), "{known:?}"),
                Status::Connecting => assert_eq!(state, Some(ConnectionState::Connecting), "{known:?}"),
                Status::Disconnected => {
                    assert!(
                        matches!(state, Some(ConnectionState::Close | ConnectionState::Connecting)),
                        "{known:?}"
                    );
                }
                Status::Lost => assert!(known.upstream == Upstream::Absent && known.lasted == Lasted::Long),
                Status::Error => {
                    assert!(state == Some(ConnectionState::Unloaded) && known.lasted == Lasted::Long);
                }
                Status::Pending => panic!("{known:?}"),
            }
            let ended =
                matches!(known.upstream, Upstream::Present(ConnectionState::Close, Pairing::LoggedOut(_)));
            let dropped = known.status == Status::Connected && status == Status::Disconnected && !ended;
            assert!(!dropped || known.lasted > Lasted::No, "a blip counted as a drop: {known:?}");
            // Judged again once it is written, everything is as it should be.
            let written = Known { status, reason: Some(Reason::Unscanned), ..known };
            assert_eq!(judge(&written), Verdict::Keep, "{known:?}");
        }
    }
}
