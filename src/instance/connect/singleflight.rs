//! Singleflight: equal requests for one name share a run and its result, different ones take turns.
//!
//! The first request for a name runs on its caller's thread; the others wait on theirs. Other processes
//! are kept apart by the name's file lock, which is not taken here but by each run.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::limits::MAX_TURNS;
use super::outcome::{ConnectRequest, ConnectResult};
use crate::domain::{BusyCause, Channel, Name, UseCaseError};
use crate::sync::{Condvar, Mutex};

/// The turns of a name: the first one runs.
type Turns = VecDeque<Arc<Flight>>;

/// The names that are being connected, each with its turns.
#[derive(Default)]
pub(super) struct Singleflight(Mutex<HashMap<(Channel, Name), Turns>>);

/// How many calls for a code are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectLoad {
    /// Names of which one runs.
    pub running: usize,
    /// Calls that wait for another one of their name.
    pub queued: usize,
}

/// One request, and the callers that wait for its result.
struct Flight {
    request: ConnectRequest,
    progress: Mutex<Progress>,
    changed: Condvar,
}

enum Progress {
    Queued,
    Running,
    Done(Box<ConnectResult>),
}

/// How a caller is admitted.
enum Admission {
    Leader(Arc<Flight>),
    Follower(Arc<Flight>),
    Refused,
}

impl Singleflight {
    /// Runs the request, or waits for an equal one that is under way, and returns its result. A run that
    /// panics ends in [`UseCaseError::Internal`] for all of them.
    pub(super) fn run(
        &self,
        request: &ConnectRequest,
        trace: &str,
        work: impl FnOnce() -> ConnectResult,
    ) -> ConnectResult {
        match self.enter(request) {
            Admission::Refused => Err(UseCaseError::Busy(BusyCause::Calls).into()),
            Admission::Follower(flight) => flight.outcome(),
            Admission::Leader(flight) => {
                flight.await_turn();
                let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
                    log::error!("id={trace} the call panicked");
                    Err(UseCaseError::Internal.into())
                });
                self.end(&flight, &outcome);
                outcome
            }
        }
    }

    /// How many runs are under way, and how many wait for their turn.
    pub(super) fn load(&self) -> ConnectLoad {
        let names = self.0.lock();
        let queued = names.values().map(|turns| turns.len().saturating_sub(1)).sum();
        ConnectLoad { running: names.len(), queued }
    }

    /// Whether a request would wait behind another user's.
    pub(super) fn is_behind_other_user(&self, request: &ConnectRequest) -> bool {
        let names = self.0.lock();
        let turns = names.get(&(request.channel, request.name.clone()));
        turns
            .is_some_and(|turns| turns.iter().any(|flight| flight.request.caller.user != request.caller.user))
    }

    fn enter(&self, request: &ConnectRequest) -> Admission {
        let mut names = self.0.lock();
        let turns = names.entry((request.channel, request.name.clone())).or_default();
        if let Some(equal) = turns.iter().find(|flight| flight.request == *request) {
            return Admission::Follower(Arc::clone(equal));
        }
        if turns.len() >= MAX_TURNS {
            return Admission::Refused;
        }
        let progress = if turns.is_empty() { Progress::Running } else { Progress::Queued };
        let flight = Arc::new(Flight {
            request: request.clone(),
            progress: Mutex::new(progress),
            changed: Condvar::new(),
        });
        turns.push_back(Arc::clone(&flight));
        Admission::Leader(flight)
    }

    /// Ends the turn and begins the next under one lock, so that a new request finds either a running turn
    /// or none.
    fn end(&self, flight: &Arc<Flight>, outcome: &ConnectResult) {
        let mut names = self.0.lock();
        let key = (flight.request.channel, flight.request.name.clone());
        if let Some(turns) = names.get_mut(&key) {
            turns.pop_front();
            match turns.front() {
                Some(next) => next.set(Progress::Running),
                None => drop(names.remove(&key)),
            }
        }
        drop(names);
        // Nobody joins it any more, and mostly nobody did: to copy the outcome and wake nobody costs as well.
        if Arc::strong_count(flight) > 1 {
            flight.set(Progress::Done(Box::new(outcome.clone())));
        }
    }
}

impl Flight {
    fn set(&self, progress: Progress) {
        *self.progress.lock() = progress;
        self.changed.notify_all();
    }

    fn await_turn(&self) {
        let queued = |progress: &mut Progress| matches!(progress, Progress::Queued);
        drop(self.changed.wait_while(self.progress.lock(), queued));
    }

    fn outcome(&self) -> ConnectResult {
        let under_way = |progress: &mut Progress| !matches!(progress, Progress::Done(_));
        let progress = self.changed.wait_while(self.progress.lock(), under_way);
        match &*progress {
            Progress::Done(outcome) => (**outcome).clone(),
            Progress::Queued | Progress::Running => Err(UseCaseError::Internal.into()),
        }
    }
}
