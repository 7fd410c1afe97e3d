//! One flight per ask: equal calls at the same moment share one run and its outcome.
//!
//! Nobody who waits here holds a thread: a caller leaves its reply and goes. Unequal asks for one
//! name, and other processes, are kept apart by the name's file lock, which the run takes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::{Ask, Engine, Outcome, Refusal, Reply};

/// The flights under way, and who waits for each.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Ask, Vec<Reply>>>);

impl Flights {
    /// Leaves a reply; `true` when nobody flies for this ask yet, so that the caller has to.
    pub(super) fn join(&self, ask: &Ask, reply: Reply) -> bool {
        match self.lock().entry(ask.clone()) {
            Entry::Occupied(mut waiting) => {
                waiting.get_mut().push(reply);
                false
            }
            Entry::Vacant(none) => {
                none.insert(vec![reply]);
                true
            }
        }
    }

    fn land(&self, ask: &Ask, outcome: &Outcome) {
        // Taken out first: whoever comes from now on begins a flight of its own.
        let waiting = self.lock().remove(ask).unwrap_or_default();
        for reply in waiting {
            // One caller's reply that panics must not cost the others theirs.
            if catch_unwind(AssertUnwindSafe(|| reply(outcome))).is_err() {
                log::error!("a reply failed");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Ask, Vec<Reply>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is to be run: everybody who joined gets its outcome. Dropped before it was run, it
/// answers [`Refusal::Busy`].
pub struct Flight {
    engine: Arc<Engine>,
    ask: Ask,
    trace: String,
    begun: Instant,
    outcome: Outcome,
}

impl Flight {
    pub(super) fn new(engine: Arc<Engine>, ask: Ask, trace: String) -> Self {
        Self { engine, ask, trace, begun: Instant::now(), outcome: Err(Refusal::Busy) }
    }

    /// Runs the call on this thread, which may take up to the engine's `qr_timeout`, counted from
    /// the moment the flight began.
    pub fn fly(mut self) {
        let run = || self.engine.run(&self.ask, &self.trace, self.begun);
        self.outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
            log::error!("id={} the call panicked", self.trace);
            Err(Refusal::Internal)
        });
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.engine.flights.land(&self.ask, &self.outcome);
    }
}
