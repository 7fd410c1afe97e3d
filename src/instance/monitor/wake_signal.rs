//! What a server's watcher is asked to attend to: names that somebody looks at, hints that something
//! has changed, the end. Bounded, and cheap for whoever asks.

use std::collections::{HashMap, HashSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Names looked at or hinted at that are remembered for one server: two pages of the longest list.
/// What is beyond them is seen at the usual pace.
const MAX_NAMES: usize = 512;

/// The attention asked for at one server.
#[derive(Default)]
pub(super) struct WakeSignal {
    asked: Mutex<Asked>,
    woken: Condvar,
}

#[derive(Default)]
struct Asked {
    /// When each name was last looked at.
    looked: HashMap<String, Instant>,
    /// Names that something has happened to.
    hinted: HashSet<String>,
    /// Whether there was a hint since the last round began.
    hint: bool,
    /// Whether somebody has begun to pair since then.
    pairing: bool,
    over: bool,
}

/// When the next round begins, by what goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// Where nothing does.
    pub rest: Instant,
    /// Where somebody looks.
    pub looked: Instant,
    /// Where a hint came.
    pub hint: Instant,
}

impl Due {
    pub(super) fn now() -> Self {
        let now = Instant::now();
        Self { rest: now, looked: now, hint: now }
    }
}

impl WakeSignal {
    /// Somebody looks at the name; the round that is due for that is waited for no longer.
    pub(super) fn look_at(&self, name: &str, remembered: Duration) {
        let now = Instant::now();
        let mut asked = self.lock();
        if let Some(at) = asked.looked.get_mut(name) {
            let is_news = now.duration_since(*at) >= remembered;
            *at = now;
            if !is_news {
                return;
            }
        } else {
            if asked.looked.len() >= MAX_NAMES {
                asked.looked.retain(|_, at| now.duration_since(*at) < remembered);
            }
            if asked.looked.len() < MAX_NAMES {
                asked.looked.insert(name.to_owned(), now);
            }
        }
        drop(asked);
        self.woken.notify_all();
    }

    /// Something has happened, to that name where one is said.
    pub(super) fn hint(&self, name: Option<&str>) {
        let mut asked = self.lock();
        if let Some(name) = name
            && asked.hinted.len() < MAX_NAMES
            && !asked.hinted.contains(name)
        {
            asked.hinted.insert(name.to_owned());
        }
        let is_news = !asked.hint;
        asked.hint = true;
        drop(asked);
        if is_news {
            self.woken.notify_all();
        }
    }

    /// Somebody is pairing: that is as good as looking.
    pub(super) fn pairing(&self) {
        self.lock().pairing = true;
        self.woken.notify_all();
    }

    /// There will be no more rounds.
    pub(super) fn end(&self) {
        self.lock().over = true;
        self.woken.notify_all();
    }

    /// Whether there will be none.
    pub(super) fn is_over(&self) -> bool {
        self.lock().over
    }

    /// Waits until a round is due: the names to look at closely. `None`: it is over.
    pub(super) fn wait(&self, due: &Due, remembered: Duration) -> Option<HashSet<String>> {
        let mut asked = self.lock();
        loop {
            if asked.over {
                return None;
            }
            let at = match (asked.hint, asked.pairing || asked.is_looked_at(remembered)) {
                (true, _) => due.hint.min(due.rest),
                (false, true) => due.looked.min(due.rest),
                (false, false) => due.rest,
            };
            let left = at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Some(asked.take(remembered));
            }
            asked = self.woken.wait_timeout(asked, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    fn is_looked_at(&self, remembered: Duration) -> bool {
        self.looked.values().any(|at| at.elapsed() < remembered)
    }

    fn take(&mut self, remembered: Duration) -> HashSet<String> {
        (self.hint, self.pairing) = (false, false);
        self.looked.retain(|_, at| at.elapsed() < remembered);
        let mut names = std::mem::take(&mut self.hinted);
        names.extend(self.looked.keys().cloned());
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn due(rest: Duration, looked: Duration, hint: Duration) -> Due {
        let now = Instant::now();
        Due { rest: now + rest, looked: now + looked, hint: now + hint }
    }

    #[test]
    fn a_round_comes_when_what_goes_on_asks_for_it() {
        let attention = WakeSignal::default();
        let soon = Duration::from_millis(20);
        assert_eq!(attention.wait(&due(soon, LONG, LONG), LONG), Some(HashSet::new()));
        attention.look_at("a", LONG);
        let names = attention.wait(&due(LONG, soon, LONG), LONG).expect("not over");
        assert_eq!(names, HashSet::from(["a".to_owned()]));
        attention.hint(Some("b"));
        let names = attention.wait(&due(LONG, LONG, soon), LONG).expect("not over");
        assert_eq!(names, HashSet::from(["a".to_owned(), "b".to_owned()]), "still looked at");
        attention.pairing();
        assert_eq!(attention.wait(&due(LONG, soon, LONG), Duration::ZERO), Some(HashSet::new()));
        attention.hint(None);
        assert_eq!(attention.wait(&due(LONG, LONG, soon), Duration::ZERO), Some(HashSet::new()));
        attention.end();
        assert_eq!(attention.wait(&due(LONG, LONG, LONG), LONG), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let attention = WakeSignal::default();
        for n in 0..2 * MAX_NAMES {
            attention.look_at(&n.to_string(), LONG);
            attention.hint(Some(&n.to_string()));
        }
        let asked = attention.lock();
        assert_eq!((asked.looked.len(), asked.hinted.len()), (MAX_NAMES, MAX_NAMES));
    }
}
