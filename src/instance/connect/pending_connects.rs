//! The calls of `connect` that upstream has not answered yet, by server and name.
//!
//! Upstream sleeps over each for 2 to 5 s, or for as long as web.whatsapp.com hangs. The call that
//! sent it may be over long before. Until it is answered, or its socket shows, no other may open a
//! socket for the name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::limits::{MAX_OPENING, MAX_OPENING_AT_SERVER};
use super::{give_back, lock};
use crate::domain::Name;

/// All of them, in this process.
#[derive(Clone, Default)]
pub(super) struct PendingConnects(Arc<Mutex<Unanswered>>);

#[derive(Default)]
struct Unanswered {
    /// The last one for each instance, by credential and name.
    last: HashMap<(String, Name), u64>,
    /// Threads that wait, by credential; those included whose instance is gone.
    waiting: HashMap<String, usize>,
    number: u64,
}

impl PendingConnects {
    /// Notes that one is being sent; `None` when there are too many.
    pub(super) fn begin(&self, credential: &str, name: &Name) -> Option<PendingConnect> {
        let mut unanswered = self.lock();
        let all: usize = unanswered.waiting.values().sum();
        let here = unanswered.waiting.entry(credential.to_owned()).or_default();
        if all >= MAX_OPENING || *here >= MAX_OPENING_AT_SERVER {
            return None;
        }
        *here += 1;
        unanswered.number += 1;
        let (number, key) = (unanswered.number, (credential.to_owned(), name.clone()));
        unanswered.last.insert(key.clone(), number);
        drop(unanswered);
        Some(PendingConnect { openings: self.clone(), key, number })
    }

    /// Whether one is unanswered for that instance.
    pub(super) fn has(&self, credential: &str, name: &Name) -> bool {
        self.lock().last.contains_key(&(credential.to_owned(), name.clone()))
    }

    /// Whatever is unanswered there opens no socket any more: it has, or its instance is gone.
    pub(super) fn forget(&self, credential: &str, name: &Name) {
        self.lock().last.remove(&(credential.to_owned(), name.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, Unanswered> {
        lock(&self.0)
    }
}

/// One that is unanswered, until it is dropped.
pub(super) struct PendingConnect {
    openings: PendingConnects,
    key: (String, Name),
    number: u64,
}

impl Drop for PendingConnect {
    fn drop(&mut self) {
        let mut unanswered = self.openings.lock();
        give_back(&mut unanswered.waiting, &self.key.0);
        if unanswered.last.get(&self.key) == Some(&self.number) {
            unanswered.last.remove(&self.key);
        }
    }
}
