//! The decision: from what is known to the next step. Pure and total.
//!
//! A call runs `plan`, does the one thing it says, adds what that showed to what is known, and
//! asks again, until an action ends the call. A call that takes up after a crash runs the same
//! decision over what the crash left.

use crate::domain::{ConnectionState, Pairing};

/// All that decides.
#[expect(clippy::struct_excessive_bools, reason = "each is one fact, and every combination is decided")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The row of the name.
    pub row: Row,
    /// Whether the row is the caller's; without a row it will be.
    pub mine: bool,
    /// Whether the caller is an administrator.
    pub admin: bool,
    /// Whether an active credential is in hand: the row's own, or one just chosen.
    pub credential: bool,
    /// What upstream knows of the name.
    pub upstream: Upstream,
    /// This very call created the instance: it never had a socket.
    pub created: bool,
    /// A create left some moments ago and its outcome is unknown.
    pub create_out: bool,
    /// A connect left some moments ago that was to open a socket.
    pub connect_out: bool,
    /// A socket was opening when the row or upstream's list last heard of it.
    pub was_connecting: bool,
    /// The wait for a socket that comes back by itself has been spent, or is not due.
    pub waited: bool,
    /// The state kept changing during that wait: upstream is reconnecting by itself.
    pub restless: bool,
    /// During that wait a socket that had dropped began to open again.
    pub resumed: bool,
}

/// The row of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// None.
    Absent,
    /// Written; nothing upstream is known to belong to it yet.
    Pending,
    /// An instance was created for it or adopted: on another server than the present one, or here,
    /// where another has its name by now.
    Moved,
    /// An instance was created for it or adopted, on this server, and nothing else has its name.
    Settled,
}

/// What upstream knows of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upstream {
    /// Not looked yet.
    Unseen,
    /// Nothing.
    Absent,
    /// An instance.
    Present(ConnectionState, Pairing),
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// End: the name is somebody else's.
    Refuse,
    /// Find an active credential, or end without one.
    ChooseCredential,
    /// Write a pending row.
    WriteRow,
    /// Ask upstream about the name.
    Look,
    /// Wait until the create that is out shows, or cannot show any more.
    AwaitCreate,
    /// Create the instance.
    Create,
    /// Wait until upstream has loaded the instance or finished removing it, and look again.
    AwaitLoad,
    /// Wait for the socket to come back by itself.
    AwaitReturn(Returning),
    /// Open a socket, once, and watch for its code.
    OpenSocket(Trust),
    /// Watch for a code without opening anything.
    Watch(Trust),
    /// A socket is open and waits for a scan: ask for its code.
    AskCode,
    /// End: a phone is connected.
    Connected,
}

/// What comes back by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returning {
    /// A paired instance: only `open` counts.
    Paired,
    /// A socket that was opening and dropped, as after a scan: `connecting` counts too.
    Unpaired,
}

/// Which code may be answered. Upstream never clears its last code, so a socket that is just
/// opening may still answer the code of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Any: there was no socket before, or its code is still the valid one.
    Any,
    /// One that changed since the first look, or the answer of the call that opened the socket.
    NewSocket,
    /// Only one that changed: on a paired instance every other is stale.
    OnlyChanged,
}

/// What to do next.
pub(super) fn plan(known: &Known) -> Action {
    match (known.row, known.mine, known.credential) {
        (Row::Pending | Row::Moved | Row::Settled, false, _) => Action::Refuse,
        (_, _, false) => Action::ChooseCredential,
        (Row::Absent, _, true) => Action::WriteRow,
        (Row::Pending | Row::Moved, true, true) if known.is_anothers_phone() => Action::Refuse,
        (Row::Pending | Row::Moved | Row::Settled, true, true) => known.upstream_step(),
    }
}

impl Known {
    /// Whether the name upstream belongs to a phone that nobody here has a claim to: only an
    /// administrator may adopt it. A paired instance counts as connected while its socket is
    /// down: it comes back.
    fn is_anothers_phone(&self) -> bool {
        let in_use = match self.upstream {
            Upstream::Present(ConnectionState::Open, _) | Upstream::Present(_, Pairing::Paired) => true,
            Upstream::Unseen
            | Upstream::Absent
            | Upstream::Present(
                ConnectionState::Close | ConnectionState::Connecting | ConnectionState::Unloaded,
                Pairing::Never | Pairing::Possible | Pairing::LoggedOut(_),
            ) => false,
        };
        in_use && !self.admin
    }

    fn upstream_step(&self) -> Action {
        match self.upstream {
            Upstream::Unseen => Action::Look,
            Upstream::Absent if self.create_out => Action::AwaitCreate,
            Upstream::Absent => Action::Create,
            Upstream::Present(ConnectionState::Open, _) => Action::Connected,
            Upstream::Present(ConnectionState::Unloaded, _) => Action::AwaitLoad,
            Upstream::Present(ConnectionState::Close, pairing) => self.closed_step(pairing),
            Upstream::Present(ConnectionState::Connecting, pairing) => self.connecting_step(pairing),
        }
    }

    /// The socket is closed: it may return by itself, or is to be opened, once.
    fn closed_step(&self, pairing: Pairing) -> Action {
        let trust = match pairing {
            _ if self.created => Trust::Any,
            Pairing::Paired => Trust::OnlyChanged,
            Pairing::Never | Pairing::Possible | Pairing::LoggedOut(_) => Trust::NewSocket,
        };
        match pairing {
            Pairing::Paired | Pairing::Possible if !self.waited => Action::AwaitReturn(Returning::Paired),
            // Evolution is at it by itself: a second socket would fight the first for ever.
            _ if self.restless || self.connect_out => Action::Watch(trust),
            // After a scan the socket drops and returns before upstream knows of the pairing.
            Pairing::Never if self.was_connecting && !self.waited && !self.created => {
                Action::AwaitReturn(Returning::Unpaired)
            }
            Pairing::Never | Pairing::Possible | Pairing::Paired | Pairing::LoggedOut(_) => {
                Action::OpenSocket(trust)
            }
        }
    }

    /// A socket is opening, for a scan or for the phone that is paired already.
    fn connecting_step(&self, pairing: Pairing) -> Action {
        match pairing {
            // A socket that has only just begun to open may still answer the code of the one before.
            Pairing::Never | Pairing::LoggedOut(_) if self.connect_out || self.resumed => {
                Action::Watch(Trust::NewSocket)
            }
            Pairing::Never | Pairing::LoggedOut(_) => Action::AskCode,
            Pairing::Paired | Pairing::Possible if !self.waited => Action::AwaitReturn(Returning::Paired),
            // Steadily connecting and not back: 1.8 shows codes after a logout.
            Pairing::Possible if !self.restless => Action::AskCode,
            Pairing::Paired | Pairing::Possible => Action::Watch(Trust::OnlyChanged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Logout, LogoutCause};

    const ROWS: [Row; 4] = [Row::Absent, Row::Pending, Row::Moved, Row::Settled];
    const STATES: [ConnectionState; 4] = [
        ConnectionState::Close,
        ConnectionState::Connecting,
        ConnectionState::Open,
        ConnectionState::Unloaded,
    ];
    const LOGGED_OUT: Pairing =
        Pairing::LoggedOut(Logout { code: 401, cause: LogoutCause::DeviceRemoved, at: None });
    const PAIRINGS: [Pairing; 4] = [Pairing::Never, Pairing::Possible, Pairing::Paired, LOGGED_OUT];
    const BOTH: [bool; 2] = [false, true];

    /// Every combination there is.
    fn matrix() -> Vec<Known> {
        let present = STATES.iter().flat_map(|s| PAIRINGS.map(|p| Upstream::Present(*s, p)));
        let upstreams: Vec<_> = [Upstream::Unseen, Upstream::Absent].into_iter().chain(present).collect();
        let mut all = Vec::new();
        for row in ROWS {
            for upstream in &upstreams {
                for flags in 0..1u32 << 10 {
                    let bit = |n: u32| BOTH[(flags >> n & 1) as usize];
                    all.push(Known {
                        row,
                        upstream: *upstream,
                        mine: bit(0),
                        admin: bit(1),
                        credential: bit(2),
                        create_out: bit(3),
                        connect_out: bit(4),
                        was_connecting: bit(5),
                        waited: bit(6),
                        restless: bit(7),
                        created: bit(8),
                        resumed: bit(9),
                    });
                }
            }
        }
        all
    }

    /// The specification in the words of the contract, one rule a line; the first that applies
    /// decides. It is written as a list on purpose: `plan` nests, this does not.
    #[rustfmt::skip]
    fn specified(k: &Known) -> Action {
        use Pairing::{Never, Paired, Possible};
        use Upstream::{Absent, Present, Unseen};
        type Rule = (fn(&Known) -> bool, Action);
        fn is(k: &Known, s: ConnectionState, p: &[Pairing]) -> bool {
            matches!(k.upstream, Present(state, pairing) if state == s && p.contains(&pairing))
        }
        let rules: &[Rule] = &[
            (|k| k.row != Row::Absent && !k.mine, Action::Refuse),
            (|k| !k.credential, Action::ChooseCredential),
            (|k| k.row == Row::Absent, Action::WriteRow),
            (|k| k.row != Row::Settled && !k.admin && is(k, ConnectionState::Open, &PAIRINGS), Action::Refuse),
            (|k| k.row != Row::Settled && !k.admin && matches!(k.upstream, Present(_, Paired)), Action::Refuse),
            (|k| k.upstream == Unseen, Action::Look),
            (|k| k.upstream == Absent && k.create_out, Action::AwaitCreate),
            (|k| k.upstream == Absent, Action::Create),
            (|k| is(k, ConnectionState::Open, &PAIRINGS), Action::Connected),
            (|k| is(k, ConnectionState::Unloaded, &PAIRINGS), Action::AwaitLoad),
            (|k| is(k, ConnectionState::Connecting, &[Never, LOGGED_OUT]) && (k.connect_out || k.resumed), Action::Watch(Trust::NewSocket)),
            (|k| is(k, ConnectionState::Connecting, &[Never, LOGGED_OUT]), Action::AskCode),
            (|k| matches!(k.upstream, Present(_, Paired | Possible)) && !k.waited, Action::AwaitReturn(Returning::Paired)),
            (|k| is(k, ConnectionState::Connecting, &[Possible]) && !k.restless, Action::AskCode),
            (|k| is(k, ConnectionState::Connecting, &[Paired, Possible]), Action::Watch(Trust::OnlyChanged)),
            (|k| is(k, ConnectionState::Close, &PAIRINGS) && (k.restless || k.connect_out) && k.created, Action::Watch(Trust::Any)),
            (|k| is(k, ConnectionState::Close, &[Paired]) && (k.restless || k.connect_out), Action::Watch(Trust::OnlyChanged)),
            (|k| is(k, ConnectionState::Close, &PAIRINGS) && (k.restless || k.connect_out), Action::Watch(Trust::NewSocket)),
            (|k| is(k, ConnectionState::Close, &[Never]) && k.was_connecting && !k.waited && !k.created, Action::AwaitReturn(Returning::Unpaired)),
            (|k| is(k, ConnectionState::Close, &PAIRINGS) && k.created, Action::OpenSocket(Trust::Any)),
            (|k| is(k, ConnectionState::Close, &[Paired]), Action::OpenSocket(Trust::OnlyChanged)),
            (|k| is(k, ConnectionState::Close, &PAIRINGS), Action::OpenSocket(Trust::NewSocket)),
        ];
        rules.iter().find(|(applies, _)| applies(k)).map(|(_, action)| *action).expect("the rules are total")
    }

    #[test]
    fn the_whole_matrix_is_as_specified() {
        let all = matrix();
        assert_eq!(all.len(), 4 * 18 * 1024);
        for known in all {
            assert_eq!(plan(&known), specified(&known), "{known:?}");
        }
    }

    #[test]
    fn nothing_in_the_matrix_does_harm() {
        for known in matrix() {
            let action = plan(&known);
            let paired = matches!(known.upstream, Upstream::Present(_, Pairing::Paired | Pairing::Possible));
            match action {
                Action::Create => assert_eq!(known.upstream, Upstream::Absent, "{known:?}"),
                Action::OpenSocket(trust) => {
                    assert!(
                        matches!(known.upstream, Upstream::Present(ConnectionState::Close, _)),
                        "{known:?}"
                    );
                    assert!(!known.restless && !known.connect_out, "a second socket: {known:?}");
                    assert!(!paired || known.waited, "a paired socket had no time to return: {known:?}");
                    assert!(known.created || trust != Trust::Any, "an old code could pass: {known:?}");
                }
                Action::AskCode => assert!(!paired || known.waited, "a stale code: {known:?}"),
                Action::Connected => {
                    assert!(known.mine, "{known:?}");
                    assert!(known.admin || known.row == Row::Settled, "a phone is taken over: {known:?}");
                }
                Action::Refuse
                | Action::ChooseCredential
                | Action::WriteRow
                | Action::Look
                | Action::AwaitCreate
                | Action::AwaitLoad
                | Action::AwaitReturn(_)
                | Action::Watch(_) => {}
            }
            let touches = !matches!(action, Action::Refuse | Action::ChooseCredential | Action::WriteRow);
            let owned = known.row != Row::Absent && known.mine && known.credential;
            assert!(!touches || owned, "upstream was touched too early: {known:?}");
        }
    }
}
