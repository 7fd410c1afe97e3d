//! Simulated time that stands still until it is set on, for a replay that asks at recorded moments whatever else the
//! machine does. Whoever sets it on sees who sleeps in it, and until when.

use super::lock::lock;
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Time since the start of the simulation, as far as it was set on.
#[derive(Debug, Default)]
pub struct SteppedTime {
    steps: Mutex<Steps>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Steps {
    now: Duration,
    is_over: bool,
    /// Who sleeps, and until when; [`Duration::MAX`] until something else than time changes.
    asleep: HashMap<ThreadId, Duration>,
}

impl SteppedTime {
    /// The time.
    pub fn now(&self) -> Duration {
        lock(&self.steps).now
    }

    /// Sleeps until time has been set on by that much, or is over.
    pub fn sleep(&self, length: Duration) {
        let mut steps = lock(&self.steps);
        let due = steps.now + length;
        if !length.is_zero() {
            steps.asleep.insert(thread::current().id(), due);
        }
        while steps.now < due && !steps.is_over {
            steps = self.changed.wait(steps).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Sets time on to that moment. Who was to sleep until then counts as awake at once.
    pub fn set(&self, to: Duration) {
        let mut steps = lock(&self.steps);
        steps.now = steps.now.max(to);
        let now = steps.now;
        steps.asleep.retain(|_, due| *due > now);
        self.changed.notify_all();
    }

    /// Sleeps until something changes or time is over, unless `done`.
    pub fn await_change(&self, done: impl Fn() -> bool) {
        let mut steps = lock(&self.steps);
        while !steps.is_over && !done() {
            steps.asleep.insert(thread::current().id(), Duration::MAX);
            steps = self.changed.wait(steps).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Something else than time has changed: who waits for that counts as awake until it has looked.
    pub fn note_change(&self) {
        lock(&self.steps).asleep.retain(|_, due| *due < Duration::MAX);
        self.changed.notify_all();
    }

    /// Nobody waits any longer for an answer of those who sleep.
    pub fn disown_sleepers(&self) {
        lock(&self.steps).asleep.clear();
    }

    /// Until when they sleep who do.
    pub fn dues(&self) -> Vec<Duration> {
        lock(&self.steps).asleep.values().copied().collect()
    }

    /// Nobody sleeps any longer.
    pub fn end(&self) {
        lock(&self.steps).is_over = true;
        self.changed.notify_all();
    }
}
