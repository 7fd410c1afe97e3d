//! The wake signal of a poll loop: looks, hints and the end make its next poll come sooner. Bounded, and
//! cheap for the requests that set it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::sync::{Condvar, Mutex};

/// Most names remembered for one server, of looks and of hints each: two pages of the longest list.
/// Names beyond them are polled at the usual pace.
const MAX_NAMES: usize = 512;

/// The signal that wakes one server's poll loop.
#[derive(Default)]
pub(super) struct WakeSignal {
    state: Mutex<WakeState>,
    woken: Condvar,
    /// Whether a hint came that is not written down.
    unnoted: AtomicBool,
}

#[derive(Default)]
struct WakeState {
    /// When each name was last looked at.
    looked: HashMap<String, Instant>,
    /// Names that hints have named.
    hinted: HashSet<String>,
    /// Whether a hint came since the last poll began.
    hint: bool,
    /// Whether somebody began to pair since the last poll began.
    pairing: bool,
    over: bool,
}

/// When the next poll begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// Where nothing goes on.
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

    /// The same, but for nobody's sake sooner than after that wait.
    pub(super) fn not_before(self, wait: Duration) -> Self {
        let least = Instant::now() + wait;
        Self { rest: self.rest.max(least), looked: self.looked.max(least), hint: self.hint.max(least) }
    }
}

impl WakeSignal {
    /// Notes that somebody looks at the name, and wakes the loop if nobody did lately.
    pub(super) fn keep_fresh(&self, name: &str, remembered: Duration) {
        let now = Instant::now();
        let mut state = self.state.lock();
        if let Some(at) = state.looked.get_mut(name) {
            let is_news = now.duration_since(*at) >= remembered;
            *at = now;
            if !is_news {
                return;
            }
        } else {
            if state.looked.len() >= MAX_NAMES {
                state.looked.retain(|_, at| now.duration_since(*at) < remembered);
            }
            if state.looked.len() < MAX_NAMES {
                state.looked.insert(name.to_owned(), now);
            }
        }
        drop(state);
        self.woken.notify_all();
    }

    /// Notes a hint that something has changed, for the name if one is given.
    pub(super) fn hint(&self, name: Option<&str>) {
        let mut state = self.state.lock();
        if let Some(name) = name
            && state.hinted.len() < MAX_NAMES
            && !state.hinted.contains(name)
        {
            state.hinted.insert(name.to_owned());
        }
        let is_news = !state.hint;
        state.hint = true;
        self.unnoted.store(true, Ordering::Relaxed);
        drop(state);
        if is_news {
            self.woken.notify_all();
        }
    }

    /// Notes that somebody is pairing, which counts as a look.
    pub(super) fn pairing(&self) {
        self.state.lock().pairing = true;
        self.woken.notify_all();
    }

    /// Ends the loop: there are no more polls.
    pub(super) fn end(&self) {
        self.state.lock().over = true;
        self.woken.notify_all();
    }

    /// Whether the loop has ended.
    pub(super) fn is_over(&self) -> bool {
        self.state.lock().over
    }

    /// Whether a hint came since this was last asked.
    pub(super) fn take_unnoted(&self) -> bool {
        self.unnoted.swap(false, Ordering::Relaxed)
    }

    /// Waits until a poll is due and returns the names to probe. `None`: the loop has ended.
    pub(super) fn wait(&self, due: &Due, remembered: Duration) -> Option<HashSet<String>> {
        let mut state = self.state.lock();
        loop {
            if state.over {
                return None;
            }
            let at = state.next_poll(due, remembered);
            let is_unchanged = |state: &mut WakeState| !state.over && state.next_poll(due, remembered) == at;
            let is_due;
            (state, is_due) = self.woken.wait_until(state, at, is_unchanged);
            if is_due {
                return Some(state.take(remembered));
            }
        }
    }
}

impl WakeState {
    fn next_poll(&self, due: &Due, remembered: Duration) -> Instant {
        match (self.hint, self.pairing || self.is_looked_at(remembered)) {
            (true, _) => due.hint.min(due.rest),
            (false, true) => due.looked.min(due.rest),
            (false, false) => due.rest,
        }
    }

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
    fn a_poll_comes_when_what_goes_on_asks_for_it() {
        let signal = WakeSignal::default();
        let soon = Duration::from_millis(20);
        assert_eq!(signal.wait(&due(soon, LONG, LONG), LONG), Some(HashSet::new()));
        signal.keep_fresh("a", LONG);
        let names = signal.wait(&due(LONG, soon, LONG), LONG).expect("not over");
        assert_eq!(names, HashSet::from(["a".to_owned()]));
        signal.hint(Some("b"));
        let names = signal.wait(&due(LONG, LONG, soon), LONG).expect("not over");
        assert_eq!(names, HashSet::from(["a".to_owned(), "b".to_owned()]), "still looked at");
        signal.pairing();
        assert_eq!(signal.wait(&due(LONG, soon, LONG), Duration::ZERO), Some(HashSet::new()));
        signal.hint(None);
        assert_eq!(signal.wait(&due(LONG, LONG, soon), Duration::ZERO), Some(HashSet::new()));
        signal.end();
        assert_eq!(signal.wait(&due(LONG, LONG, LONG), LONG), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let signal = WakeSignal::default();
        for n in 0..2 * MAX_NAMES {
            signal.keep_fresh(&n.to_string(), LONG);
            signal.hint(Some(&n.to_string()));
        }
        let state = signal.state.lock();
        assert_eq!((state.looked.len(), state.hinted.len()), (MAX_NAMES, MAX_NAMES));
    }
}
