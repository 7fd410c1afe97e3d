//! What was amiss in the rounds before, and since when.
//!
//! Kept only while the server answers: whoever asks how long something has lasted means a server
//! that said so all the while.

use std::collections::HashMap;
use std::time::Instant;

use super::judge::{Amiss, Lasted};
use super::pace::Pace;

/// The names in doubt.
#[derive(Default)]
pub(super) struct Suspicions {
    names: HashMap<String, Doubt>,
    round: u64,
}

struct Doubt {
    amiss: Amiss,
    since: Instant,
    /// The round that last had the name among its rows.
    round: u64,
}

impl Suspicions {
    pub(super) fn begin_round(&mut self) {
        self.round += 1;
    }

    /// Forgets names that are no rows any more.
    pub(super) fn end_round(&mut self) {
        let round = self.round;
        self.names.retain(|_, doubt| doubt.round == round);
    }

    /// The server has failed: nothing has lasted.
    pub(super) fn forget(&mut self) {
        self.names.clear();
    }

    pub(super) fn is_in_doubt(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Whether it is a drop that waits for a second look.
    pub(super) fn is_down(&self, name: &str) -> bool {
        self.names.get(name).is_some_and(|doubt| doubt.amiss == Amiss::Down)
    }

    /// How long the name has been amiss in that way.
    pub(super) fn lasted(&mut self, name: &str, amiss: Option<Amiss>, pace: &Pace) -> Lasted {
        let round = self.round;
        let Some(doubt) = self.names.get_mut(name) else { return Lasted::No };
        doubt.round = round;
        if amiss == Some(doubt.amiss) { doubt.lasted(pace) } else { Lasted::No }
    }

    /// Notes that the name is amiss, since now if it was not before.
    pub(super) fn doubt(&mut self, name: &str, amiss: Amiss) {
        match self.names.get_mut(name) {
            Some(doubt) if doubt.amiss == amiss => {}
            _ => {
                let doubt = Doubt { amiss, since: Instant::now(), round: self.round };
                self.names.insert(name.to_owned(), doubt);
            }
        }
    }

    /// The name is not amiss any more.
    pub(super) fn clear(&mut self, name: &str) {
        // Almost always there is none, and names are many.
        if !self.names.is_empty() {
            self.names.remove(name);
        }
    }

    /// When the oldest of the drops that wait for a second look is to get it.
    pub(super) fn next_look(&self, pace: &Pace) -> Option<Instant> {
        let waits = |doubt: &&Doubt| doubt.amiss == Amiss::Down && doubt.lasted(pace) == Lasted::No;
        self.names.values().filter(waits).map(|doubt| doubt.since + pace.second_look).min()
    }
}

impl Doubt {
    fn lasted(&self, pace: &Pace) -> Lasted {
        let span = self.since.elapsed();
        if span >= pace.lasting {
            Lasted::Long
        } else if span >= pace.second_look {
            Lasted::AWhile
        } else {
            Lasted::No
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn only_the_same_trouble_lasts_and_only_while_the_row_is_there() {
        let mut doubts = Suspicions::default();
        let pace = Pace { second_look: Duration::ZERO, ..Pace::default() };
        doubts.begin_round();
        assert_eq!(doubts.lasted("a", Some(Amiss::Down), &pace), Lasted::No);
        doubts.doubt("a", Amiss::Down);
        assert!(doubts.next_look(&Pace::default()).is_some_and(|at| at > Instant::now()));
        assert!(doubts.next_look(&pace).is_none(), "it is due already");
        assert_eq!(doubts.lasted("a", Some(Amiss::Down), &pace), Lasted::AWhile);
        assert_eq!(doubts.lasted("a", Some(Amiss::Missing), &pace), Lasted::No);
        assert_eq!(doubts.lasted("a", None, &pace), Lasted::No);
        let pace = Pace { lasting: Duration::ZERO, ..pace };
        assert_eq!(doubts.lasted("a", Some(Amiss::Down), &pace), Lasted::Long);
        doubts.doubt("a", Amiss::Missing);
        assert!(doubts.next_look(&Pace::default()).is_none() && doubts.is_in_doubt("a"));
        doubts.end_round();
        assert!(doubts.is_in_doubt("a"));
        doubts.begin_round();
        doubts.end_round();
        assert!(!doubts.is_in_doubt("a"), "no row of that name any more");
    }
}
