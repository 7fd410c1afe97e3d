//! The calls of `connect` that upstream has not answered yet, by name.
//!
//! Upstream sleeps over each for 2 to 5 s, or for as long as web.whatsapp.com hangs. The call that
//! sent it may be over long before. Until it is answered, or its socket shows, no other may open a
//! socket for the name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::limits::MAX_OPENING;
use crate::domain::Name;

/// All of them, in this process.
#[derive(Clone, Default)]
pub(super) struct Openings(Arc<Mutex<Unanswered>>);

#[derive(Default)]
struct Unanswered {
    by_name: HashMap<Name, u64>,
    /// Threads that wait, those included whose instance is gone.
    waiting: usize,
    number: u64,
}

impl Openings {
    /// Notes that one is being sent; `None` when there are too many.
    pub(super) fn begin(&self, name: &Name) -> Option<Opening> {
        let mut unanswered = self.lock();
        if unanswered.waiting >= MAX_OPENING {
            return None;
        }
        unanswered.waiting += 1;
        unanswered.number += 1;
        let number = unanswered.number;
        unanswered.by_name.insert(name.clone(), number);
        drop(unanswered);
        Some(Opening { openings: self.clone(), name: name.clone(), number })
    }

    /// Whether one is unanswered for that name.
    pub(super) fn has(&self, name: &Name) -> bool {
        self.lock().by_name.contains_key(name)
    }

    /// Whatever is unanswered for that name opens no socket any more: it has, or its instance is gone.
    pub(super) fn forget(&self, name: &Name) {
        self.lock().by_name.remove(name);
    }

    fn lock(&self) -> MutexGuard<'_, Unanswered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that is unanswered, until it is dropped.
pub(super) struct Opening {
    openings: Openings,
    name: Name,
    number: u64,
}

impl Drop for Opening {
    fn drop(&mut self) {
        let mut unanswered = self.openings.lock();
        unanswered.waiting -= 1;
        if unanswered.by_name.get(&self.name) == Some(&self.number) {
            unanswered.by_name.remove(&self.name);
        }
    }
}
