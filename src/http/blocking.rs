//! Permits of the routes that may block, so that those which answer at once always find a connection.

use crate::sync::{Permit, PermitLimits, Permits};

/// What a route may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Calls to upstream.
    Upstream,
    /// The database, for longer than a list takes: to write, or to read all of something.
    Database,
    /// A hash of a password, then the database.
    Hash,
}

/// The permits, by class.
pub struct Blocking(Permits<Class>);

impl Blocking {
    /// The permits of a server with that many connections. No class takes all of them: where every call
    /// waits for a server that hangs, people can still log in and see why.
    pub fn new(connections: usize) -> Self {
        let total = (connections - connections / 8).max(1);
        let per_key = (connections - connections / 4).max(1);
        Self(Permits::new(PermitLimits { per_key, total, waiting: 0 }))
    }

    /// How many requests of each class run now.
    pub fn under_way(&self) -> [(Class, usize); 3] {
        let queues = self.0.queues();
        let of = |class| queues.iter().find(|queue| queue.key == class).map_or(0, |queue| queue.taken);
        [Class::Upstream, Class::Database, Class::Hash].map(|class| (class, of(class)))
    }

    /// Takes a permit at once, if there is one.
    pub fn begin(&self, class: Class) -> Option<Permit<Class>> {
        self.0.try_acquire(class)
    }
}
