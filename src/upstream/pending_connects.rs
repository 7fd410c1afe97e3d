//! The `connect` calls that upstream has not answered yet, by server and name.
//!
//! Upstream answers each after 2 to 5 s, or when web.whatsapp.com does. The call that sent it may have
//! ended long before. Until it is answered, or its socket is seen, no other may open a socket for the name.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::Name;
use crate::sync::{Mutex, Permit};

/// Those of this process.
#[derive(Clone, Default)]
pub(super) struct PendingConnects(Arc<Mutex<Pending>>);

#[derive(Default)]
struct Pending {
    /// The last one of each instance, by credential and name.
    last: HashMap<(String, Name), u64>,
    number: u64,
}

impl PendingConnects {
    /// Notes that one is being sent; `permit` is held until it is answered.
    pub(super) fn begin(&self, credential: &str, name: &Name, permit: Permit<String>) -> PendingConnect {
        let mut pending = self.0.lock();
        pending.number += 1;
        let (number, key) = (pending.number, (credential.to_owned(), name.clone()));
        pending.last.insert(key.clone(), number);
        drop(pending);
        PendingConnect { all: self.clone(), key, number, _permit: permit }
    }

    /// Whether one is unanswered for that instance.
    pub(super) fn has(&self, credential: &str, name: &Name) -> bool {
        self.0.lock().last.contains_key(&(credential.to_owned(), name.clone()))
    }

    /// Clears the pending connect of that instance: its socket was seen, or the instance is gone.
    pub(super) fn clear(&self, credential: &str, name: &Name) {
        self.0.lock().last.remove(&(credential.to_owned(), name.clone()));
    }
}

/// One that is unanswered, until it is dropped.
pub struct PendingConnect {
    all: PendingConnects,
    key: (String, Name),
    number: u64,
    _permit: Permit<String>,
}

impl Drop for PendingConnect {
    fn drop(&mut self) {
        let mut pending = self.all.0.lock();
        if pending.last.get(&self.key) == Some(&self.number) {
            pending.last.remove(&self.key);
        }
    }
}
