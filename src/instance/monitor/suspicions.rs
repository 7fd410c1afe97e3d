//! The symptoms of a server's instances, and since when each is seen. Judges nothing.
//!
//! Kept only while the server answers: a symptom has lasted only if the server said so all the while.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use super::judge::{Lasted, Observation, Symptom};
use super::pace::Pace;

/// The suspected instances of one server, by name.
#[derive(Default)]
pub(super) struct Suspicions {
    names: HashMap<String, Suspicion>,
}

struct Suspicion {
    symptom: Symptom,
    since: Instant,
    last_look: Instant,
    /// Since when every look has shown a closed socket, and how many looks that were.
    closed: Option<(Instant, u32)>,
}

impl Suspicions {
    /// Forgets the names that are no rows any more: nobody looks at them.
    pub(super) fn keep(&mut self, rows: &HashSet<&str>) {
        self.names.retain(|name, _| rows.contains(name.as_str()));
    }

    /// Whether nothing is suspected.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Forgets all, after the server has failed.
    pub(super) fn clear_all(&mut self) {
        self.names.clear();
    }

    pub(super) fn is_suspected(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Whether a socket is suspected to be down.
    pub(super) fn is_down(&self, name: &str) -> bool {
        self.names.get(name).is_some_and(|suspicion| suspicion.symptom == Symptom::Down)
    }

    /// How long the symptom that is seen now has lasted.
    pub(super) fn lasted(&self, name: &str, seen: Observation, pace: &Pace) -> Lasted {
        let Some(suspicion) = self.names.get(name) else { return Lasted::No };
        if seen.symptom() == Some(suspicion.symptom) { suspicion.lasted(seen, pace) } else { Lasted::No }
    }

    /// Notes a symptom of the name, and keeps the time of its first sight.
    pub(super) fn suspect(&mut self, name: &str, seen: Observation) {
        let Some(symptom) = seen.symptom() else { return };
        let now = Instant::now();
        let is_same = |known: &Suspicion| known.symptom == symptom;
        if !self.names.get(name).is_some_and(is_same) {
            let new = Suspicion { symptom, since: now, last_look: now, closed: None };
            self.names.insert(name.to_owned(), new);
        }
        if let Some(suspicion) = self.names.get_mut(name) {
            suspicion.last_look = now;
            // One look that shows anything else begins the count anew.
            let (since, looks) = suspicion.closed.unwrap_or((now, 0));
            suspicion.closed = (seen == Observation::Closed).then_some((since, looks + 1));
        }
    }

    /// Clears the name.
    pub(super) fn clear(&mut self, name: &str) {
        // Saves a lookup for each name: the map is almost always empty.
        if !self.names.is_empty() {
            self.names.remove(name);
        }
    }

    /// When the next look at a socket that may be down is due.
    pub(super) fn next_look(&self, pace: &Pace) -> Option<Instant> {
        let down = self.names.values().filter(|suspicion| suspicion.symptom == Symptom::Down);
        down.map(|suspicion| suspicion.next_look(pace)).min()
    }
}

impl Suspicion {
    fn lasted(&self, seen: Observation, pace: &Pace) -> Lasted {
        let is_steady =
            |(since, looks): (Instant, u32)| looks >= pace.steady_looks && since.elapsed() >= pace.steady;
        let span = self.since.elapsed();
        if seen == Observation::Closed && self.closed.is_some_and(is_steady) {
            Lasted::SteadilyClosed
        } else if span >= pace.lasting {
            Lasted::Long
        } else if span >= pace.unscanned {
            Lasted::PastReturn
        } else if span >= pace.second_look {
            Lasted::AWhile
        } else {
            Lasted::No
        }
    }

    /// The second look comes as soon as a drop can be told from a blip, further ones at the quick pace, or as often
    /// as a logout on 1.8 needs them while every look shows a closed socket.
    fn next_look(&self, pace: &Pace) -> Instant {
        let second = self.since + pace.second_look;
        let pause = if self.closed.is_some() { pace.steady_pause() } else { pace.quick };
        if self.last_look < second { second } else { self.last_look + pause }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const CLOSED: Observation = Observation::Closed;

    #[test]
    fn only_the_same_symptom_lasts_and_only_while_the_row_is_there() {
        let mut suspicions = Suspicions::default();
        let pace = Pace { second_look: Duration::ZERO, ..Pace::default() };
        assert_eq!(suspicions.lasted("a", CLOSED, &pace), Lasted::No);
        suspicions.suspect("a", CLOSED);
        assert!(suspicions.next_look(&Pace::default()).is_some_and(|at| at > Instant::now()));
        assert_eq!(suspicions.lasted("a", CLOSED, &pace), Lasted::AWhile);
        assert_eq!(suspicions.lasted("a", Observation::Absent, &pace), Lasted::No);
        assert_eq!(suspicions.lasted("a", Observation::Open, &pace), Lasted::No);
        let pace = Pace { lasting: Duration::ZERO, ..pace };
        assert_eq!(suspicions.lasted("a", CLOSED, &pace), Lasted::Long);
        suspicions.suspect("a", Observation::Absent);
        assert!(suspicions.next_look(&pace).is_none() && suspicions.is_suspected("a"));
        suspicions.keep(&HashSet::from(["a", "b"]));
        assert!(suspicions.is_suspected("a"));
        suspicions.keep(&HashSet::from(["b"]));
        assert!(!suspicions.is_suspected("a"), "no row of that name any more");
    }

    #[test]
    fn a_closed_socket_is_looked_at_as_often_as_a_logout_on_1_8_needs_it() {
        let mut suspicions = Suspicions::default();
        let pace = Pace { second_look: Duration::ZERO, ..Pace::default() };
        suspicions.suspect("a", CLOSED);
        let due = suspicions.next_look(&pace).expect("a look is due");
        let pause = due.duration_since(suspicions.names["a"].last_look);
        assert!(pause * pace.steady_looks <= pace.steady, "{pause:?} between {} looks", pace.steady_looks);
        suspicions.suspect("a", Observation::Reconnecting);
        let due = suspicions.next_look(&pace).expect("a look is due");
        assert_eq!(due.duration_since(suspicions.names["a"].last_look), pace.quick, "it reconnects");
    }

    #[test]
    fn a_socket_is_steadily_closed_when_no_look_of_many_shows_anything_else() {
        let pace = Pace { steady: Duration::ZERO, ..Pace::default() };
        for (interruption, steady) in [(None, true), (Some(30), false), (Some(59), false)] {
            let mut suspicions = Suspicions::default();
            for look in 0..pace.steady_looks {
                let is_interrupted = interruption == Some(look);
                suspicions.suspect("a", if is_interrupted { Observation::Reconnecting } else { CLOSED });
                let expected = steady && look + 1 == pace.steady_looks;
                let lasted = suspicions.lasted("a", CLOSED, &pace);
                assert_eq!(lasted == Lasted::SteadilyClosed, expected, "{interruption:?} {look}");
            }
            let lasted = suspicions.lasted("a", Observation::Reconnecting, &pace);
            assert_ne!(lasted, Lasted::SteadilyClosed, "it reconnects now");
            let pace = Pace { steady: Duration::from_mins(1), ..Pace::default() };
            assert_ne!(suspicions.lasted("a", CLOSED, &pace), Lasted::SteadilyClosed, "not for long");
        }
    }
}
