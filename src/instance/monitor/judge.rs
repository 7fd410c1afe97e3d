//! The decision: from what a row says and what was seen of its instance to what the row should say.
//! Pure and total, a table that is read from top to bottom.
//!
//! Nothing here measures time: how long something has lasted is one of the facts.

use crate::domain::{ConnectionState, Pairing, Reason, Status};

/// What a poll saw of a row's instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observation {
    /// The instance is on another server, or a call for it is under way.
    NotOurs,
    /// The list leaves the name out.
    Unlisted,
    /// The name does not exist, or another instance has it.
    Absent,
    /// The instance is of a kind that no phone is paired with.
    NotAPhone,
    /// Upstream knows the instance and has not loaded it.
    Unloaded,
    /// A phone is connected.
    Open,
    /// A phone is connected, and was paired after a logout that is newer than what the row remembers.
    OpenAnew,
    /// The socket is down, and comes back by itself for the phone that is paired.
    Reconnecting,
    /// The socket is closed, and a phone may be paired: where 1.8 reconnects, the state is not always
    /// `close`.
    Closed,
    /// A socket waits for a scan.
    ShowingCodes,
    /// The socket is closed, and nobody was paired.
    Unscanned,
    /// The socket is closed, and the phone was logged out for this reason.
    LoggedOut(Reason),
}

/// In which way an instance is out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symptom {
    /// The socket is not open.
    Down,
    /// Upstream has not loaded the instance.
    Unloaded,
    /// The name is not there.
    Missing,
}

/// How long a symptom has been seen, the server answering all the while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lasted {
    /// Seen for the first time.
    No,
    /// Seen at an earlier look as well.
    AWhile,
    /// Seen for longer than a socket takes that comes back after a scan.
    PastReturn,
    /// Seen for so long that it does not pass by itself.
    Long,
    /// The socket was closed at every look, and the looks were so many that it does not reconnect.
    SteadilyClosed,
}

/// How stable a socket has been lately: how often it turned between open and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stability {
    /// It is as it was, or has turned once.
    Steady,
    /// It dropped and came back a moment ago.
    Unsteady,
    /// It turns so often that two sockets replace each other.
    Fighting,
}

/// What to do with the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The row is right.
    Keep,
    /// A symptom that may pass: the next poll looks again.
    Suspect,
    /// The row gets this status and reason.
    Change(Status, Reason),
}

impl Observation {
    /// The observation of an instance that is there.
    pub(super) fn of(state: ConnectionState, pairing: Pairing) -> Self {
        use ConnectionState::{Close, Connecting, Open, Unloaded};
        match (state, pairing) {
            (Unloaded, _) => Self::Unloaded,
            (Open, _) => Self::Open,
            (Close | Connecting, Pairing::Paired) | (Connecting, Pairing::Possible) => Self::Reconnecting,
            (Close, Pairing::Possible) => Self::Closed,
            (Connecting, Pairing::Never | Pairing::LoggedOut(_)) => Self::ShowingCodes,
            (Close, Pairing::Never) => Self::Unscanned,
            (Close, Pairing::LoggedOut(logout)) => Self::LoggedOut(logout.into()),
        }
    }

    /// Whether a phone is connected.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::OpenAnew)
    }

    /// The symptom, if this is one.
    pub(super) fn symptom(self) -> Option<Symptom> {
        match self {
            Self::NotOurs | Self::NotAPhone | Self::Open | Self::OpenAnew => None,
            Self::Unlisted | Self::Absent => Some(Symptom::Missing),
            Self::Unloaded => Some(Symptom::Unloaded),
            Self::Reconnecting | Self::Closed | Self::ShowingCodes | Self::Unscanned | Self::LoggedOut(_) => {
                Some(Symptom::Down)
            }
        }
    }
}

/// What the row should say: the first line that matches decides.
#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "a table that is read from top to bottom")]
pub(super) fn judge(
    status: Status, reason: Option<Reason>, seen: Observation, lasted: Lasted, stability: Stability,
) -> Verdict {
    use Observation::{Absent, Closed, LoggedOut, NotAPhone, NotOurs, Open, OpenAnew, Reconnecting, ShowingCodes, Unlisted, Unloaded, Unscanned};
    use Stability::{Fighting, Steady};
    use Status::{Connected, Connecting, Disconnected, Error, Lost, Pending};
    use Verdict::{Change, Keep, Suspect};
    let is_confirmed = lasted >= Lasted::AWhile;
    let is_past_return = lasted >= Lasted::PastReturn;
    let is_long = lasted >= Lasted::Long;
    // The phone was expected to come back.
    let is_dropped = reason == Some(Reason::Dropped);
    let is_fighting = reason == Some(Reason::Fighting);
    match (seen, status) {
        (NotOurs, _) | (_, Pending)                             => Keep,

        (NotAPhone, Error) if reason == Some(Reason::NotAPhone) => Keep,
        (NotAPhone, _)                                          => Change(Error, Reason::NotAPhone),

        (Unlisted | Absent, Lost)                               => Keep,
        (Absent, _) if is_long                                  => Change(Lost, Reason::Gone),
        (Unlisted | Absent, _)                                  => Suspect,

        (Unloaded, Error) if !is_fighting                       => Keep,
        (Unloaded, _) if is_long                                => Change(Error, Reason::NotLoaded),
        (Unloaded, _)                                           => Suspect,

        (Open | OpenAnew | Reconnecting | Closed, Error) if is_fighting && stability == Fighting
                                                                => Keep,
        (Open | OpenAnew | Reconnecting | Closed, _) if stability == Fighting
                                                                => Change(Error, Reason::Fighting),

        (Open, Connected)                                       => Keep,
        (Open | OpenAnew, _)                                    => Change(Connected, Reason::Paired),

        // 1.8 tells of no logout but by a socket that nothing brings back, and gives no reason.
        (Closed, Disconnected) if is_dropped && lasted == Lasted::SteadilyClosed
                                                                => Change(Disconnected, Reason::Upstream(0)),
        (Closed, Disconnected) if is_dropped                    => Suspect,
        (Reconnecting | Closed, Disconnected)                   => Keep,
        (Reconnecting | Closed, _) if is_confirmed && stability == Steady
                                                                => Change(Disconnected, Reason::Dropped),
        (Reconnecting | Closed, _)                              => Suspect,

        (ShowingCodes, Connecting)                              => Keep,
        (ShowingCodes, Connected) if !is_confirmed              => Suspect,
        (ShowingCodes, _)                                       => Change(Connecting, Reason::Asked),

        (Unscanned, Disconnected)                               => Keep,
        // The code may have been scanned a moment ago.
        (Unscanned | LoggedOut(_), Connecting) if !is_past_return
                                                                => Suspect,
        (Unscanned, _) if is_confirmed                          => Change(Disconnected, Reason::Unscanned),
        (Unscanned, _)                                          => Suspect,

        (LoggedOut(why), Disconnected) if is_dropped            => Change(Disconnected, why),
        (LoggedOut(_), Disconnected)                            => Keep,
        (LoggedOut(why), _)                                     => Change(Disconnected, why),
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
    const OBSERVATIONS: [Observation; 12] = [
        Observation::NotOurs,
        Observation::NotAPhone,
        Observation::Unlisted,
        Observation::Absent,
        Observation::Unloaded,
        Observation::Open,
        Observation::OpenAnew,
        Observation::Reconnecting,
        Observation::Closed,
        Observation::ShowingCodes,
        Observation::Unscanned,
        Observation::LoggedOut(Reason::DeviceRemoved),
    ];
    const REASONS: [Option<Reason>; 5] = [
        None,
        Some(Reason::Dropped),
        Some(Reason::Unscanned),
        Some(Reason::Fighting),
        Some(Reason::Upstream(401)),
    ];
    const LASTED: [Lasted; 5] =
        [Lasted::No, Lasted::AWhile, Lasted::PastReturn, Lasted::Long, Lasted::SteadilyClosed];
    const STABILITIES: [Stability; 3] = [Stability::Steady, Stability::Unsteady, Stability::Fighting];

    type Case = (Status, Option<Reason>, Observation, Lasted, Stability);

    /// Every combination there is.
    fn matrix() -> impl Iterator<Item = Case> {
        let with_reason = STATUSES.into_iter().flat_map(|status| REASONS.map(|reason| (status, reason)));
        let seen = with_reason.flat_map(|(s, r)| OBSERVATIONS.map(|seen| (s, r, seen)));
        let lasted = seen.flat_map(|(s, r, seen)| LASTED.map(|lasted| (s, r, seen, lasted)));
        lasted.flat_map(|(s, r, seen, lasted)| STABILITIES.map(|stability| (s, r, seen, lasted, stability)))
    }

    #[test]
    fn nothing_in_the_matrix_says_what_is_not_so() {
        use Observation as Seen;
        for case @ (before, cause, seen, lasted, stability) in matrix() {
            let Verdict::Change(after, reason) = judge(before, cause, seen, lasted, stability) else {
                continue;
            };
            assert!(before != Status::Pending && seen != Seen::NotOurs, "{case:?}");
            let is_so = match after {
                Status::Connected => matches!(seen, Seen::Open | Seen::OpenAnew),
                Status::Connecting => seen == Seen::ShowingCodes,
                Status::Disconnected => seen.symptom() == Some(Symptom::Down) && seen != Seen::ShowingCodes,
                Status::Lost => seen == Seen::Absent && lasted >= Lasted::Long,
                Status::Error if reason == Reason::Fighting => {
                    stability == Stability::Fighting && is_linked(seen)
                }
                Status::Error if reason == Reason::NotAPhone => seen == Seen::NotAPhone,
                Status::Error => seen == Seen::Unloaded && lasted >= Lasted::Long,
                Status::Pending => false,
            };
            assert!(is_so, "{case:?}");
            let is_logout = matches!(seen, Seen::LoggedOut(_));
            let dropped = before == Status::Connected && after == Status::Disconnected && !is_logout;
            assert!(!dropped || lasted > Lasted::No, "a blip counted as a drop: {case:?}");
            let is_steady = stability == Stability::Steady;
            assert!(reason != Reason::Dropped || is_steady, "it may be back at once: {case:?}");
            // Judged again once it is written, and what was remembered is, the row is as it should be.
            let seen = if seen == Seen::OpenAnew { Seen::Open } else { seen };
            let second = judge(after, Some(reason), seen, Lasted::No, stability);
            let waits_for_more = seen == Seen::Closed && reason == Reason::Dropped;
            assert_eq!(second, if waits_for_more { Verdict::Suspect } else { Verdict::Keep }, "{case:?}");
        }
    }

    /// Whether a phone is paired, or may be.
    fn is_linked(seen: Observation) -> bool {
        seen.is_open() || matches!(seen, Observation::Reconnecting | Observation::Closed)
    }

    #[test]
    fn a_row_says_that_sockets_fight_for_as_long_as_they_do() {
        let fights = Verdict::Change(Status::Error, Reason::Fighting);
        for (status, reason, seen, lasted, stability) in matrix().filter(|case| case.0 != Status::Pending) {
            let says_so = (status, reason) == (Status::Error, Some(Reason::Fighting));
            let verdict = judge(status, reason, seen, lasted, stability);
            let case = (status, reason, seen, lasted, stability);
            if stability == Stability::Fighting && is_linked(seen) {
                assert_eq!(verdict, if says_so { Verdict::Keep } else { fights }, "{case:?}");
            } else {
                assert_ne!(verdict, fights, "{case:?}");
            }
            if says_so && seen == Observation::Open && stability != Stability::Fighting {
                assert_eq!(verdict, Verdict::Change(Status::Connected, Reason::Paired), "{case:?}");
            }
        }
    }

    #[test]
    fn a_code_that_may_have_been_scanned_counts_until_its_socket_does_not_come_back() {
        for (status, reason, seen, lasted, stability) in matrix().filter(|case| case.0 == Status::Connecting)
        {
            if !matches!(seen, Observation::Unscanned | Observation::LoggedOut(_)) {
                continue;
            }
            let verdict = judge(status, reason, seen, lasted, stability);
            let is_kept = verdict == Verdict::Suspect;
            assert_eq!(is_kept, lasted < Lasted::PastReturn, "{reason:?} {seen:?} {lasted:?}");
        }
    }

    #[test]
    fn only_a_dropped_phone_whose_socket_stays_closed_counts_as_logged_out_without_a_reason() {
        let logged_out = Verdict::Change(Status::Disconnected, Reason::Upstream(0));
        for (status, reason, seen, lasted, stability) in matrix().filter(|case| case.0 != Status::Pending) {
            let expected = (status, reason, seen, lasted)
                == (Status::Disconnected, Some(Reason::Dropped), Observation::Closed, Lasted::SteadilyClosed)
                && stability != Stability::Fighting;
            assert_eq!(judge(status, reason, seen, lasted, stability) == logged_out, expected);
        }
    }

    #[test]
    fn an_instance_that_is_there_is_sorted_by_its_state_and_pairing() {
        use ConnectionState::{Close, Connecting, Open, Unloaded};
        let logout = |cause| Pairing::LoggedOut(Logout { code: 401, cause, at: None });
        for (state, pairing, seen) in [
            (Open, Pairing::Paired, Observation::Open),
            (Unloaded, Pairing::Paired, Observation::Unloaded),
            (Close, Pairing::Paired, Observation::Reconnecting),
            (Connecting, Pairing::Paired, Observation::Reconnecting),
            (Connecting, Pairing::Possible, Observation::Reconnecting),
            (Close, Pairing::Possible, Observation::Closed),
            (Close, Pairing::Never, Observation::Unscanned),
            (Connecting, Pairing::Never, Observation::ShowingCodes),
            (Connecting, logout(LogoutCause::Unsaid), Observation::ShowingCodes),
            (Close, logout(LogoutCause::Unsaid), Observation::LoggedOut(Reason::Upstream(401))),
            (Close, logout(LogoutCause::DeviceRemoved), Observation::LoggedOut(Reason::DeviceRemoved)),
            (
                Close,
                logout(LogoutCause::LoggedOutUpstream),
                Observation::LoggedOut(Reason::LoggedOutUpstream),
            ),
        ] {
            assert_eq!(Observation::of(state, pairing), seen, "{state:?} {pairing:?}");
        }
    }
}
