//! Permits of the routes that may block, so that those which answer at once always find a connection.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::sync::{Permit, PermitLimits, Permits};

/// What a route may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Calls to upstream.
    Upstream,
    /// Writes to the database.
    Write,
    /// A hash of a password, then a write.
    Hash,
}

/// The permits, by class.
pub struct Blocking {
    permits: Permits<Class>,
    closed: AtomicBool,
}

impl Blocking {
    /// The permits of a server with that many connections. No class takes all of them: where every call
    /// waits for a server that hangs, people can still log in and see why.
    pub fn new(connections: usize) -> Self {
        let total = (connections - connections / 8).max(1);
        let per_key = (connections - connections / 4).max(1);
        Self {
            permits: Permits::new(PermitLimits { per_key, total, waiting: 0 }),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes a permit at once; `None` where there is none, or no more are given.
    pub fn begin(&self, class: Class) -> Option<Permit<Class>> {
        let open = !self.closed.load(Ordering::Acquire);
        open.then(|| self.permits.try_acquire(class)).flatten()
    }

    /// Gives no more permits. What runs goes on.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}
