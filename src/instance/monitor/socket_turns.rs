//! The turns of sockets between open and down, by which two sockets that replace each other are told from one
//! that dropped. Judges no row.
//!
//! Recorded: two sockets of one pairing sign in 35 to 128 times in ten seconds, and at every other look one is open.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use super::judge::{Observation, Stability, Symptom};
use super::pace::Pace;
use crate::store::MonitoredRow;

/// The turns of one server's sockets, by name. Names without a turn lately are left out.
#[derive(Default)]
pub(super) struct SocketTurns {
    names: HashMap<String, TurnHistory>,
}

struct TurnHistory {
    is_open: bool,
    /// The newest turns, at most as many as make a fight.
    turns: VecDeque<Instant>,
    /// The last turn, or the first look at a row that says already that sockets fight.
    since: Instant,
    last_look: Instant,
    /// Whether the row said at the last look that sockets fight.
    fought: bool,
}

impl SocketTurns {
    /// Notes a look at the socket itself, and what it has shown, if anything; lists that lag behind are no such look.
    pub(super) fn note(&mut self, row: &MonitoredRow, seen: Option<Observation>, pace: &Pace) {
        let is_open = match seen {
            Some(Observation::Open | Observation::OpenAnew) => true,
            Some(seen) if seen.symptom() == Some(Symptom::Down) => false,
            _ => {
                if let Some(history) = self.names.get_mut(&row.name) {
                    history.last_look = Instant::now();
                }
                return;
            }
        };
        // The first turn is the drop of a phone that was connected: a scan is none.
        let is_first = row.is_fighting() || row.is_connected() && !is_open;
        if !is_first && !self.names.contains_key(&row.name) {
            return;
        }
        let history = self.names.entry(row.name.clone()).or_insert_with(|| TurnHistory::of(row, is_open));
        history.note(is_open, row.is_fighting(), pace);
    }

    /// How stable the row's socket has been.
    pub(super) fn stability(&self, row: &MonitoredRow, pace: &Pace) -> Stability {
        self.names.get(&row.name).map_or(Stability::Steady, |history| history.stability(row, pace))
    }

    /// Whether the name is looked at in every poll, because its socket has turned lately.
    pub(super) fn is_watched(&self, name: &str, pace: &Pace) -> bool {
        self.names.get(name).is_some_and(|history| history.is_watched(pace))
    }

    /// When the next look at a socket that has turned lately is due.
    pub(super) fn next_look(&self, pace: &Pace) -> Option<Instant> {
        let watched = self.names.values().filter(|history| history.is_watched(pace));
        watched.map(|history| history.last_look + history.pause(pace)).min()
    }

    /// Forgets the names whose last turn is long ago.
    pub(super) fn trim(&mut self, pace: &Pace) {
        self.names.retain(|_, history| {
            let last = if history.fought { history.last_look } else { history.since };
            last.elapsed() < pace.fight_window
        });
    }

    /// Forgets the names that are no rows any more: nobody looks at them.
    pub(super) fn keep(&mut self, rows: &HashSet<&str>) {
        self.names.retain(|name, _| rows.contains(name.as_str()));
    }

    /// Whether it remembers no name.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Forgets all, after the server has failed.
    pub(super) fn clear_all(&mut self) {
        self.names.clear();
    }
}

impl TurnHistory {
    fn of(row: &MonitoredRow, is_open: bool) -> Self {
        let (now, fought) = (Instant::now(), row.is_fighting());
        let is_open = if fought { is_open } else { row.is_connected() };
        Self { is_open, turns: VecDeque::new(), since: now, last_look: now, fought }
    }

    fn note(&mut self, is_open: bool, is_fighting: bool, pace: &Pace) {
        let now = Instant::now();
        // A call or a logout has found that they fight no longer: what was before does not count.
        if self.fought && !is_fighting {
            self.turns.clear();
        }
        if self.is_open != is_open {
            self.since = now;
            self.turns.push_back(now);
        }
        while self.turns.len() > pace.fight_turns {
            self.turns.pop_front();
        }
        (self.is_open, self.fought, self.last_look) = (is_open, is_fighting, now);
    }

    fn stability(&self, row: &MonitoredRow, pace: &Pace) -> Stability {
        let is_over = self.since.elapsed() >= pace.fight_window;
        if row.is_fighting() {
            return if is_over { Stability::Steady } else { Stability::Fighting };
        }
        let oldest = self.turns.front().filter(|_| self.turns.len() >= pace.fight_turns);
        if oldest.is_some_and(|turn| turn.elapsed() < pace.fight_window) {
            Stability::Fighting
        } else if self.is_unsteady(pace) {
            Stability::Unsteady
        } else {
            Stability::Steady
        }
    }

    fn is_unsteady(&self, pace: &Pace) -> bool {
        self.turns.len() > 1 && self.since.elapsed() < pace.unsteady
    }

    fn is_watched(&self, pace: &Pace) -> bool {
        self.fought || self.is_unsteady(pace)
    }

    fn pause(&self, pace: &Pace) -> Duration {
        if self.fought { pace.fight_look } else { pace.quick }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Channel, Reason, Status};

    fn row(status: Status, reason: Reason) -> MonitoredRow {
        MonitoredRow {
            upstream_name: None,
            row_id: 1,
            channel: Channel::WhatsappEvolution,
            name: "a".to_owned(),
            status,
            reason: Some(reason),
            linked: None,
            paired_at: Some(1),
            claimed: true,
            upstream_id: None,
            out_until: 0,
            updated_at: 1,
        }
    }

    const LOOKS: [Observation; 2] = [Observation::Reconnecting, Observation::Open];

    #[test]
    fn sockets_that_turn_again_and_again_fight_and_one_that_drops_once_does_not() {
        let (connected, pace) = (row(Status::Connected, Reason::Paired), Pace::default());
        for turns in 0..=pace.fight_turns {
            let mut sockets = SocketTurns::default();
            sockets.note(&connected, Some(Observation::Open), &pace);
            LOOKS.iter().cycle().take(turns).for_each(|seen| sockets.note(&connected, Some(*seen), &pace));
            let expected = match turns {
                0 | 1 => Stability::Steady,
                n if n < pace.fight_turns => Stability::Unsteady,
                _ => Stability::Fighting,
            };
            assert_eq!(sockets.stability(&connected, &pace), expected, "{turns}");
            assert_eq!(sockets.is_watched("a", &pace), turns > 1, "{turns}");
            let short = Pace { fight_window: Duration::ZERO, unsteady: Duration::ZERO, ..pace.clone() };
            assert_eq!(sockets.stability(&connected, &short), Stability::Steady, "long ago");
        }
    }

    #[test]
    fn a_fight_lasts_until_no_turn_was_seen_for_long_or_the_row_says_otherwise() {
        let (fighting, pace) = (row(Status::Error, Reason::Fighting), Pace::default());
        let mut sockets = SocketTurns::default();
        sockets.note(&fighting, Some(Observation::Open), &pace);
        assert_eq!(sockets.stability(&fighting, &pace), Stability::Fighting, "as a former process wrote");
        let short = Pace { fight_window: Duration::ZERO, ..pace.clone() };
        assert_eq!(sockets.stability(&fighting, &short), Stability::Steady, "no turn for long");
        LOOKS.iter().cycle().take(9).for_each(|seen| sockets.note(&fighting, Some(*seen), &pace));
        let connected = row(Status::Connected, Reason::Paired);
        sockets.note(&connected, Some(Observation::Reconnecting), &pace);
        assert_eq!(sockets.stability(&connected, &pace), Stability::Steady, "a call found them at peace");
        sockets.trim(&short);
        assert!(sockets.names.is_empty());
    }
    #[test]
    fn a_name_is_looked_at_again_after_its_pause_whatever_the_last_look_has_shown() {
        let (fighting, pace) = (row(Status::Error, Reason::Fighting), Pace::default());
        for seen in [None, Some(Observation::NotOurs), Some(Observation::Absent), Some(Observation::Unloaded)]
        {
            let mut sockets = SocketTurns::default();
            sockets.note(&fighting, Some(Observation::Open), &pace);
            sockets.names.values_mut().for_each(|history| history.last_look -= pace.fight_look);
            assert!(sockets.next_look(&pace).is_some_and(|at| at <= Instant::now()), "it is due");
            sockets.note(&fighting, seen, &pace);
            assert!(sockets.next_look(&pace).is_some_and(|at| at > Instant::now()), "{seen:?}");
            sockets.keep(&HashSet::from(["b"]));
            assert_eq!(sockets.next_look(&pace), None, "no row of that name any more");
        }
    }
}
