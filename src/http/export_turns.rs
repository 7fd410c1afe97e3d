//! The turns of exports, each of which reads the database for long.

use std::time::{Duration, Instant};

use crate::sync::{Permit, PermitLimits, Permits};

/// Exports that are written at once. Few may wait, since each holds a connection.
const AT_ONCE: PermitLimits = PermitLimits { per_key: 2, total: 2, waiting: 8 };
/// How long an export may wait for its turn.
const WAIT: Duration = Duration::from_secs(30);

/// Everything of it.
pub struct ExportTurns(Permits<()>);

impl Default for ExportTurns {
    fn default() -> Self {
        Self(Permits::new(AT_ONCE))
    }
}

impl ExportTurns {
    /// Waits for a turn; `None` where too many are written.
    pub fn take(&self) -> Option<Permit<()>> {
        self.0.acquire((), Instant::now() + WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_written_two_at_a_time() {
        let turns = ExportTurns::default();
        let taken = [turns.take(), turns.take()];
        assert!(taken.iter().all(Option::is_some) && turns.0.try_acquire(()).is_none());
        drop(taken);
        assert!(turns.take().is_some());
    }
}
