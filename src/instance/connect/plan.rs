//! The decision: from the facts of a call to its next step. Pure and total.
//!
//! A call looks its facts up in [`RULES`], does the one step it finds, adds what that showed to the
//! facts, and looks again, until a step ends the call. A call that takes up after a crash reads the
//! same table over what the crash left.
//!
//! The table decides about every `connect` that is sent: those of a call are its steps `OpenSocket`,
//! `AwaitCode` and `AskCode`, and the only other one, which `actions/pairing.rs` sends before it gives up a
//! pairing, is sent where the table says `AskCode` (`ConnectService::may_ask_code`).
//!
//! A `connect` that meets a closed socket opens another one, and state and `connect` are two requests,
//! so no look before it makes a `connect` safe. Hence none where a phone is paired; where one may be,
//! one after a `close` that stayed; elsewhere one in a call, and none while the state flaps.

use crate::domain::{ConnectionState, Integration, Pairing};
use ConnectionState::{Close, Open, Unloaded};
use Step::{AskCode, AwaitCode, AwaitCreate, AwaitLoad, AwaitOpen, ChooseServer, OpenSocket, Watch};
use Step::{Connected, Create, EndFighting, Look, Refuse, WriteRow};

/// All that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallFacts {
    pub row: Row,
    /// Whether the caller may take over an instance that a phone is paired with.
    pub may_adopt: bool,
    /// Whether the server of an active credential is chosen.
    pub server: bool,
    pub upstream: Upstream,
    pub socket: SocketHistory,
    pub in_flight: InFlight,
    /// Whether this call has sent a `connect` that may have opened a socket.
    pub connect_sent: bool,
}

/// The row of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Absent,
    /// Another user's.
    OtherUsers,
    /// Written; nothing upstream is known to belong to it yet.
    Pending,
    /// An instance was created for it or adopted: on another server than the present one, or here,
    /// where another has its name by now.
    Moved,
    /// An instance was created for it or adopted, on this server, and nothing else has its name.
    Settled,
    /// The same, and it says that two sockets of the instance replace each other.
    Fighting,
}

impl Row {
    /// Whether an instance was created for it or adopted, on this server, and nothing else has its name.
    pub(super) fn is_settled(self) -> bool {
        matches!(self, Self::Settled | Self::Fighting)
    }
}

/// What upstream knows of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upstream {
    /// Not looked yet.
    Unseen,
    Absent,
    Present(ConnectionState, Pairing),
    /// There, and of a kind that no phone is paired with.
    NotAPhone(Integration),
}

/// What this call has seen of the socket over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SocketHistory {
    /// This call created the instance: there was no socket before, nor a code.
    Fresh,
    /// Nothing yet. `was_connecting`: a socket was opening when the row or the list last heard of it.
    Unwatched { was_connecting: bool },
    /// Nothing yet. The row shows a code, which a phone may have scanned.
    CodeShown,
    /// The state has stood still for seconds.
    Steady,
    /// A socket that had dropped began to open again.
    Resumed,
    /// The state keeps changing: WhatsApp is out of reach, and upstream reconnects without a pause.
    Flapping,
}

/// A call that left, of this process or another, and whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InFlight {
    Nothing,
    Create,
    Connect,
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// End: the name is somebody else's, or no phone's.
    Refuse,
    /// Find an active credential and a place at its server, or end without.
    ChooseServer,
    /// Write a pending row.
    WriteRow,
    /// Ask upstream about the name.
    Look,
    /// Wait until the create in flight shows, or cannot show any more.
    AwaitCreate,
    /// Create the instance.
    Create,
    /// Wait until upstream has loaded the instance or finished removing it, and look again.
    AwaitLoad,
    /// Watch what the socket does by itself.
    Watch(Returning),
    /// End: two sockets replace each other, and no call can do anything about it.
    EndFighting,
    /// Wait for the paired phone's socket to open; ask for nothing but its state.
    AwaitOpen,
    /// Open a socket, once, and wait for its code.
    OpenSocket(Trust),
    /// Wait for a code without opening anything.
    AwaitCode(Trust),
    /// A socket waits for a scan: ask for its code.
    AskCode,
    /// End: a phone is connected.
    Connected,
}

/// What may come back by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returning {
    /// A paired phone's socket: only `open` counts.
    Paired,
    /// A socket that was opening and dropped: `connecting` counts too.
    Unpaired,
    /// The same where a phone may have scanned its code.
    Scanned,
}

/// Which code may be answered. Upstream never clears its last code, so a socket that is just
/// opening may still answer the code of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Any: there was no socket before, or its code is still the valid one.
    Any,
    /// One that changed since the first look, or the answer of the call that opened the socket.
    NewSocket,
    /// Only one that changed: where a phone may be paired every other may be stale.
    OnlyChanged,
}

type Rule = (fn(&CallFacts) -> bool, Step);

/// Read from top to bottom; the first that applies decides.
const RULES: &[Rule] = &[
    (|f| f.row == Row::OtherUsers, Refuse),
    (|f| !f.server, ChooseServer),
    (|f| f.row == Row::Absent, WriteRow),
    (|f| matches!(f.upstream, Upstream::NotAPhone(_)), Refuse),
    (|f| !f.row.is_settled() && !f.may_adopt && f.is_in_use(), Refuse),
    (|f| f.upstream == Upstream::Unseen, Look),
    (|f| f.upstream == Upstream::Absent && f.in_flight == InFlight::Create, AwaitCreate),
    (|f| f.upstream == Upstream::Absent, Create),
    (|f| f.is_in(Unloaded), AwaitLoad),
    // One of two sockets is open until the other comes back, which may take longer than a call: the monitor's
    // window decides whether that is over.
    (|f| f.is_in(Open) && f.row == Row::Fighting, EndFighting),
    (|f| f.is_in(Open), Connected),
    // A phone is paired: no connect at all.
    (|f| f.is(Pairing::Paired), AwaitOpen),
    // A phone may be paired: one connect, after a close that stayed; only a code that changed counts.
    (|f| f.is(Pairing::Possible) && f.is_unwatched(), Watch(Returning::Paired)),
    (|f| f.is(Pairing::Possible) && f.socket != SocketHistory::Steady, AwaitOpen),
    (|f| f.is(Pairing::Possible) && f.is_in(Close) && !f.may_be_opening(), OpenSocket(Trust::NewSocket)),
    (|f| f.is(Pairing::Possible), AwaitCode(Trust::OnlyChanged)),
    // Nobody is paired: one connect, and none while the state flaps.
    (|f| f.socket == SocketHistory::Flapping, AwaitCode(Trust::NewSocket)),
    (|f| f.is_in(Close) && f.may_be_opening() && f.socket == SocketHistory::Fresh, AwaitCode(Trust::Any)),
    (|f| f.is_in(Close) && f.may_be_opening(), AwaitCode(Trust::NewSocket)),
    // After a scan the socket drops and returns, once or more, before upstream knows of the pairing.
    (|f| f.is_in(Close) && f.may_be_scanned(), Watch(Returning::Scanned)),
    (|f| f.is_in(Close) && f.was_connecting(), Watch(Returning::Unpaired)),
    (|f| f.is_in(Close) && f.socket == SocketHistory::Fresh, OpenSocket(Trust::Any)),
    (|f| f.is_in(Close), OpenSocket(Trust::NewSocket)),
    // A socket that has only just begun to open may still answer the code of the one before.
    (|f| f.in_flight == InFlight::Connect || f.socket == SocketHistory::Resumed, AwaitCode(Trust::NewSocket)),
    // A connect that this call sent may have met a socket that had just closed.
    (|f| f.connect_sent, AwaitCode(Trust::NewSocket)),
    (|_| true, AskCode),
];

/// What to do next.
pub(super) fn plan(facts: &CallFacts) -> Step {
    let rule = RULES.iter().find(|(applies, _)| applies(facts));
    rule.map_or(AskCode, |(_, step)| *step)
}

/// Whether an action may ask for the code of a row's own instance: where a call would.
pub(super) fn lets_an_action_ask(upstream: Upstream, is_flapping: bool, is_opening: bool) -> bool {
    let facts = CallFacts {
        row: Row::Settled,
        may_adopt: false,
        server: true,
        upstream,
        socket: if is_flapping { SocketHistory::Flapping } else { SocketHistory::Steady },
        in_flight: if is_opening { InFlight::Connect } else { InFlight::Nothing },
        connect_sent: false,
    };
    plan(&facts) == AskCode
}

impl CallFacts {
    fn is_in(&self, state: ConnectionState) -> bool {
        matches!(self.upstream, Upstream::Present(present, _) if present == state)
    }

    fn is(&self, pairing: Pairing) -> bool {
        matches!(self.upstream, Upstream::Present(_, present) if present == pairing)
    }

    /// Whether the instance belongs to a phone. A paired one counts while its socket is down: it
    /// comes back.
    fn is_in_use(&self) -> bool {
        self.is_in(Open) || self.is(Pairing::Paired)
    }

    fn is_unwatched(&self) -> bool {
        use SocketHistory::{CodeShown, Fresh, Unwatched};
        matches!(self.socket, Unwatched { .. } | CodeShown | Fresh)
    }

    /// Whether a phone may have scanned the code of the socket, which has not stood still since.
    fn may_be_scanned(&self) -> bool {
        matches!(self.socket, SocketHistory::CodeShown | SocketHistory::Resumed)
    }

    fn was_connecting(&self) -> bool {
        self.socket == SocketHistory::Unwatched { was_connecting: true }
    }

    /// Whether a socket may be opening that does not show yet.
    fn may_be_opening(&self) -> bool {
        self.in_flight == InFlight::Connect || self.connect_sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Logout, LogoutCause};

    const ROWS: [Row; 6] =
        [Row::Absent, Row::OtherUsers, Row::Pending, Row::Moved, Row::Settled, Row::Fighting];
    const STATES: [ConnectionState; 4] = [Close, ConnectionState::Connecting, Open, Unloaded];
    const LOGGED_OUT: Pairing =
        Pairing::LoggedOut(Logout { code: 401, cause: LogoutCause::DeviceRemoved, at: None });
    const PAIRINGS: [Pairing; 4] = [Pairing::Never, Pairing::Possible, Pairing::Paired, LOGGED_OUT];
    const SOCKETS: [SocketHistory; 7] = [
        SocketHistory::Fresh,
        SocketHistory::Unwatched { was_connecting: false },
        SocketHistory::Unwatched { was_connecting: true },
        SocketHistory::CodeShown,
        SocketHistory::Steady,
        SocketHistory::Resumed,
        SocketHistory::Flapping,
    ];
    const IN_FLIGHT: [InFlight; 3] = [InFlight::Nothing, InFlight::Create, InFlight::Connect];

    /// Every combination there is.
    fn matrix() -> Vec<CallFacts> {
        let present = STATES.iter().flat_map(|s| PAIRINGS.map(|p| Upstream::Present(*s, p)));
        let others = [Upstream::Unseen, Upstream::Absent, Upstream::NotAPhone(Integration::Evolution)];
        let upstreams: Vec<_> = others.into_iter().chain(present).collect();
        let mut all = Vec::new();
        for row in ROWS {
            for upstream in &upstreams {
                for (socket, in_flight) in SOCKETS.iter().flat_map(|s| IN_FLIGHT.map(|i| (*s, i))) {
                    for flags in 0..8 {
                        let [may_adopt, server, connect_sent] = [1, 2, 4].map(|bit| flags & bit != 0);
                        let upstream = *upstream;
                        all.push(CallFacts {
                            row,
                            may_adopt,
                            server,
                            upstream,
                            socket,
                            in_flight,
                            connect_sent,
                        });
                    }
                }
            }
        }
        all
    }

    #[test]
    fn no_step_does_harm() {
        let all = matrix();
        assert_eq!(all.len(), 6 * 19 * 7 * 3 * 8);
        for facts in all {
            let step = plan(&facts);
            if matches!(facts.upstream, Upstream::NotAPhone(_)) {
                assert!(
                    matches!(step, Refuse | ChooseServer | WriteRow),
                    "no phone can be paired: {facts:?}"
                );
            }
            match step {
                Create => assert_eq!(facts.upstream, Upstream::Absent, "{facts:?}"),
                OpenSocket(trust) => {
                    assert!(facts.is_in(Close), "{facts:?}");
                    assert!(!facts.is(Pairing::Paired), "a second socket beside a paired one: {facts:?}");
                    assert!(
                        !facts.connect_sent && facts.in_flight != InFlight::Connect,
                        "a second one: {facts:?}"
                    );
                    assert_ne!(
                        facts.socket,
                        SocketHistory::Flapping,
                        "a socket each time it is met: {facts:?}"
                    );
                    let was_connecting = SocketHistory::Unwatched { was_connecting: true };
                    let may_be_scanned = [was_connecting, SocketHistory::CodeShown, SocketHistory::Resumed];
                    assert!(
                        !may_be_scanned.contains(&facts.socket),
                        "a phone that has just scanned: {facts:?}"
                    );
                    let stayed = facts.socket == SocketHistory::Steady;
                    assert!(stayed || !facts.is(Pairing::Possible), "no time to return: {facts:?}");
                    assert!(
                        facts.socket == SocketHistory::Fresh || trust != Trust::Any,
                        "an old code: {facts:?}"
                    );
                }
                AskCode => {
                    assert!(facts.is(Pairing::Never) || facts.is(LOGGED_OUT), "a stale code: {facts:?}");
                    assert!(facts.is_in(ConnectionState::Connecting) && !facts.connect_sent, "{facts:?}");
                    assert_ne!(
                        facts.socket,
                        SocketHistory::Flapping,
                        "a socket each time it is met: {facts:?}"
                    );
                }
                AwaitCode(trust) => {
                    let paired = facts.is(Pairing::Paired);
                    assert!(
                        !paired && (trust == Trust::OnlyChanged) == facts.is(Pairing::Possible),
                        "{facts:?}"
                    );
                }
                Connected => {
                    assert!(facts.is_in(Open) && facts.row != Row::OtherUsers, "{facts:?}");
                    assert!(facts.may_adopt || facts.row.is_settled(), "a phone is taken over: {facts:?}");
                    assert_ne!(facts.row, Row::Fighting, "half of a fight is no connection: {facts:?}");
                }
                EndFighting => assert!(facts.row == Row::Fighting && facts.is_in(Open), "{facts:?}"),
                Refuse | ChooseServer | WriteRow | Look | AwaitCreate | AwaitLoad | AwaitOpen | Watch(_) => {}
            }
            let touches = !matches!(step, Refuse | ChooseServer | WriteRow);
            let owned = !matches!(facts.row, Row::Absent | Row::OtherUsers) && facts.server;
            assert!(!touches || owned, "upstream was touched too early: {facts:?}");
        }
    }

    #[test]
    fn the_table_reads_as_the_contract_says() {
        use ConnectionState::Connecting;
        use Upstream::{Absent, Present, Unseen};
        let unwatched = SocketHistory::Unwatched { was_connecting: false };
        let facts = |row, upstream, socket| {
            let in_flight = InFlight::Nothing;
            CallFacts {
                row,
                may_adopt: false,
                server: true,
                upstream,
                socket,
                in_flight,
                connect_sent: false,
            }
        };
        for (row, upstream, socket, step) in [
            (Row::OtherUsers, Unseen, unwatched, Refuse),
            (Row::Absent, Unseen, unwatched, WriteRow),
            (Row::Pending, Unseen, unwatched, Look),
            (Row::Pending, Absent, unwatched, Create),
            (Row::Pending, Present(Close, Pairing::Never), SocketHistory::Fresh, OpenSocket(Trust::Any)),
            (Row::Pending, Present(Open, Pairing::Paired), unwatched, Refuse),
            (Row::Moved, Present(Close, Pairing::Paired), unwatched, Refuse),
            (Row::Settled, Present(Open, Pairing::Paired), unwatched, Connected),
            (Row::Settled, Present(Unloaded, Pairing::Never), unwatched, AwaitLoad),
            (Row::Settled, Present(Close, Pairing::Paired), unwatched, AwaitOpen),
            (Row::Settled, Present(Connecting, Pairing::Paired), SocketHistory::Steady, AwaitOpen),
            (Row::Settled, Present(Close, Pairing::Possible), unwatched, Watch(Returning::Paired)),
            (Row::Settled, Present(Close, Pairing::Possible), SocketHistory::Flapping, AwaitOpen),
            (
                Row::Settled,
                Present(Close, Pairing::Possible),
                SocketHistory::Steady,
                OpenSocket(Trust::NewSocket),
            ),
            (
                Row::Settled,
                Present(Connecting, Pairing::Possible),
                SocketHistory::Steady,
                AwaitCode(Trust::OnlyChanged),
            ),
            (Row::Settled, Present(Connecting, Pairing::Never), unwatched, AskCode),
            (Row::Settled, Present(Connecting, LOGGED_OUT), unwatched, AskCode),
            (Row::Settled, Present(Close, LOGGED_OUT), unwatched, OpenSocket(Trust::NewSocket)),
            (
                Row::Settled,
                Present(Close, Pairing::Never),
                SocketHistory::Unwatched { was_connecting: true },
                Watch(Returning::Unpaired),
            ),
            (
                Row::Settled,
                Present(Close, Pairing::Never),
                SocketHistory::CodeShown,
                Watch(Returning::Scanned),
            ),
            (
                Row::Settled,
                Present(Close, Pairing::Possible),
                SocketHistory::CodeShown,
                Watch(Returning::Paired),
            ),
            (Row::Settled, Present(Close, Pairing::Never), SocketHistory::Resumed, Watch(Returning::Scanned)),
            (Row::Settled, Present(Connecting, Pairing::Never), SocketHistory::CodeShown, AskCode),
            (
                Row::Settled,
                Present(Close, Pairing::Never),
                SocketHistory::Flapping,
                AwaitCode(Trust::NewSocket),
            ),
            (
                Row::Settled,
                Present(Connecting, Pairing::Never),
                SocketHistory::Resumed,
                AwaitCode(Trust::NewSocket),
            ),
        ] {
            let facts = facts(row, upstream, socket);
            assert_eq!(plan(&facts), step, "{row:?} {upstream:?} {socket:?}");
            if facts.row == Row::Settled {
                let of_a_fight = if step == Connected { EndFighting } else { step };
                assert_eq!(plan(&CallFacts { row: Row::Fighting, ..facts }), of_a_fight, "{facts:?}");
            }
        }
    }

    #[test]
    fn an_action_asks_only_where_a_socket_waits_for_a_scan_and_stays() {
        for state in STATES {
            for pairing in PAIRINGS {
                let nobody = matches!(pairing, Pairing::Never | Pairing::LoggedOut(_));
                let waits = state == ConnectionState::Connecting && nobody;
                let upstream = Upstream::Present(state, pairing);
                for (is_flapping, is_opening) in [(false, false), (false, true), (true, false)] {
                    let expected = waits && !is_flapping && !is_opening;
                    let asks = lets_an_action_ask(upstream, is_flapping, is_opening);
                    assert_eq!(asks, expected, "{upstream:?} {is_flapping} {is_opening}");
                }
            }
        }
    }
}
