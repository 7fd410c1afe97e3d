//! The use case: one call that ends in a QR code or a clear reason.
//!
//! Observe, plan, apply: `plan` decides, `run` does what it says and reports back. `flights` lets
//! equal calls share one run, and different ones for a name take turns. No lock of the database is
//! held across a call upstream, and nothing upstream is ever deleted, logged out or restarted from
//! here: only `manage` does that, when a person asks for it by name.

mod limits;
mod outcome;
mod pending_connects;
mod plan;
mod run;
mod singleflight;

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

pub use outcome::{Answer, Ask, Found, Outcome, Refusal};
pub use singleflight::Flight;

use crate::domain::Name;
use crate::store::Store;
use crate::upstream::evolution::Connections;

/// How a caller who does not want to wait gets the outcome.
pub type Reply = Box<dyn FnOnce(&Outcome) + Send>;

/// Runs the use case, one flight per name.
pub struct Engine {
    store: Arc<Store>,
    qr_timeout: Duration,
    connections: Connections,
    flights: singleflight::Flights,
    /// Calls under way at each server, by credential.
    at_server: Mutex<HashMap<String, usize>>,
    place_free: Condvar,
    /// When a name was last proved to be `connecting`, by credential and name.
    proofs: Mutex<HashMap<(String, String), Instant>>,
    openings: pending_connects::PendingConnects,
}

impl Engine {
    /// An engine on an open data folder. `qr_timeout` bounds a whole call.
    pub fn new(store: Arc<Store>, qr_timeout: Duration) -> Self {
        Self {
            store,
            qr_timeout,
            connections: Connections::default(),
            flights: singleflight::Flights::default(),
            at_server: Mutex::default(),
            place_free: Condvar::new(),
            proofs: Mutex::default(),
            openings: pending_connects::PendingConnects::default(),
        }
    }

    /// Joins the flight for the name, or begins one. `reply` is called exactly once in either
    /// case: by this flight, or by the one that was joined. `trace` is the request id for the log.
    #[must_use = "a flight that is dropped answers Busy"]
    pub fn enter(self: &Arc<Self>, ask: &Ask, trace: String, reply: Reply) -> Option<Flight> {
        if self.flights.is_behind_another(ask) && self.is_anothers(ask) {
            reply(&Err(Refusal::OwnedByOther));
            return None;
        }
        self.flights.join(ask, trace, reply).then(|| Flight::new(Arc::clone(self), ask))
    }

    /// Whether the name has another owner. A database that fails says so when the row is read.
    fn is_anothers(&self, ask: &Ask) -> bool {
        let owner = self.store.instance_owner(ask.channel, &ask.name);
        owner.is_ok_and(|owner| owner.is_some_and(|owner| owner != ask.caller.user))
    }

    /// Runs the call and waits for its outcome.
    pub fn ensure(self: &Arc<Self>, ask: &Ask, trace: String) -> Outcome {
        let (sender, outcome) = mpsc::channel();
        let reply = Box::new(move |outcome: &Outcome| drop(sender.send(outcome.clone())));
        if let Some(flight) = self.enter(ask, trace, reply) {
            flight.fly();
        }
        outcome.recv().unwrap_or(Err(Refusal::Internal))
    }

    /// The data folder it works on.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The connections to every server.
    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Whatever connect is unanswered for that instance opens no socket any more: it was deleted, or
    /// its socket was there and was closed.
    pub(crate) fn forget_opening(&self, credential: &str, name: &Name) {
        self.openings.forget(credential, name);
    }

    /// A place among the calls at one server; `None` when none gets free in time.
    pub(crate) fn place_at(&self, credential: &str) -> Option<Place<'_>> {
        let is_full = |at_server: &mut HashMap<String, usize>| {
            at_server.get(credential).is_some_and(|count| *count >= limits::PER_SERVER)
        };
        let at_server = lock(&self.at_server);
        let waited = self.place_free.wait_timeout_while(at_server, limits::PLACE_WAIT, is_full);
        let (mut at_server, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return None;
        }
        *at_server.entry(credential.to_owned()).or_default() += 1;
        Some(Place { engine: self, credential: credential.to_owned() })
    }

    /// Whether the name was proved to be `connecting` a moment ago.
    fn is_proved(&self, credential: &str, name: &str) -> bool {
        let key = (credential.to_owned(), name.to_owned());
        lock(&self.proofs).get(&key).is_some_and(|at| at.elapsed() < limits::PROOF)
    }

    fn prove(&self, credential: &str, name: &str) {
        let mut proofs = lock(&self.proofs);
        if proofs.len() >= limits::MAX_PROOFS {
            proofs.clear();
        }
        proofs.insert((credential.to_owned(), name.to_owned()), Instant::now());
    }
}

/// A place among the calls at one server, given back when dropped.
pub struct Place<'a> {
    engine: &'a Engine,
    credential: String,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut at_server = lock(&self.engine.at_server);
        give_back(&mut at_server, &self.credential);
        drop(at_server);
        // All of them: they may wait for different servers.
        self.engine.place_free.notify_all();
    }
}

/// Counts one less of a key; the last one takes its entry along.
pub(crate) fn give_back(counts: &mut HashMap<String, usize>, key: &str) {
    match counts.get_mut(key) {
        Some(count) if *count > 1 => *count -= 1,
        _ => drop(counts.remove(key)),
    }
}

/// What these maps hold stays whole when a caller panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
