//! One flight for each name: equal asks share one run and its outcome, different ones take turns.
//!
//! Nobody who waits here holds a thread: a caller leaves its reply and goes, and whoever flies for
//! a name flies for all who came meanwhile. Other processes are kept apart by the name's file
//! lock, which each run takes.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use super::limits::MAX_TURNS;
use super::{Ask, Engine, Outcome, Refusal, Reply, lock};
use crate::domain::{Channel, Name};

/// The names that are flown for, each with its turns; the first turn is in the air.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<(Channel, Name), VecDeque<Turn>>>);

/// One ask, and everybody who waits for its outcome.
struct Turn {
    ask: Ask,
    trace: String,
    begun: Instant,
    replies: Vec<Reply>,
}

impl Flights {
    /// Leaves a reply; `true` when nobody flies for this name yet, so that the caller has to.
    pub(super) fn join(&self, ask: &Ask, trace: String, reply: Reply) -> bool {
        let turn = |reply| Turn { ask: ask.clone(), trace, begun: Instant::now(), replies: vec![reply] };
        let mut flights = self.lock();
        let turns = match flights.entry((ask.channel, ask.name.clone())) {
            Entry::Occupied(turns) => turns.into_mut(),
            Entry::Vacant(none) => {
                none.insert(VecDeque::from([turn(reply)]));
                return true;
            }
        };
        if let Some(equal) = turns.iter_mut().find(|t| t.ask == *ask) {
            equal.replies.push(reply);
        } else if turns.len() < MAX_TURNS {
            turns.push_back(turn(reply));
        } else {
            drop(flights);
            answer(vec![reply], &Err(Refusal::Busy));
        }
        false
    }

    /// Whether an ask would wait behind another user's.
    pub(super) fn is_behind_another(&self, ask: &Ask) -> bool {
        let flights = self.lock();
        let turns = flights.get(&(ask.channel, ask.name.clone()));
        turns.is_some_and(|turns| turns.iter().any(|turn| turn.ask.caller.user != ask.caller.user))
    }

    /// The turn that is in the air: what is asked, for the log, and since when.
    fn first(&self, name: &(Channel, Name)) -> Option<(Ask, String, Instant)> {
        self.lock().get(name)?.front().map(Turn::what)
    }

    /// Ends the turn that is in the air and begins the next, if there is one: in one step, since
    /// whoever finds no turn left begins a flight of their own.
    fn land(&self, name: &(Channel, Name), outcome: &Outcome) -> Option<(Ask, String, Instant)> {
        let mut flights = self.lock();
        let turns = flights.get_mut(name)?;
        let landed = turns.pop_front();
        let next = turns.front().map(Turn::what);
        if next.is_none() {
            flights.remove(name);
        }
        drop(flights);
        answer(landed.map(|turn| turn.replies).unwrap_or_default(), outcome);
        next
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(Channel, Name), VecDeque<Turn>>> {
        lock(&self.0)
    }
}

impl Turn {
    fn what(&self) -> (Ask, String, Instant) {
        (self.ask.clone(), self.trace.clone(), self.begun)
    }
}

fn answer(replies: Vec<Reply>, outcome: &Outcome) {
    for reply in replies {
        // One caller's reply that panics must not cost the others theirs.
        if catch_unwind(AssertUnwindSafe(|| reply(outcome))).is_err() {
            log::error!("a reply failed");
        }
    }
}

/// The asks for a name that are to be run: everybody who joins gets an outcome. Dropped before it
/// was flown, it answers [`Refusal::Busy`].
pub struct Flight {
    engine: Arc<Engine>,
    name: (Channel, Name),
    flown: bool,
}

impl Flight {
    pub(super) fn new(engine: Arc<Engine>, ask: &Ask) -> Self {
        Self { engine, name: (ask.channel, ask.name.clone()), flown: false }
    }

    /// Runs the asks for the name on this thread, one after the other, until none is left. Each
    /// may take up to the engine's `qr_timeout`, counted from the moment it came.
    pub fn fly(mut self) {
        self.flown = true;
        let mut turn = self.engine.flights.first(&self.name);
        while let Some((ask, trace, begun)) = turn {
            let run = || self.engine.run(&ask, &trace, begun);
            let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
                log::error!("id={trace} the call panicked");
                Err(Refusal::Internal)
            });
            turn = self.engine.flights.land(&self.name, &outcome);
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        while !self.flown && self.engine.flights.land(&self.name, &Err(Refusal::Busy)).is_some() {}
    }
}
