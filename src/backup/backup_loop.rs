//! The thread that makes a backup whenever one is due.

use std::sync::Arc;
use std::time::Duration;

use super::file_name::BackupOrigin;
use super::schedule::{FailedAttempts, due};
use super::service::Backups;
use crate::domain::Millis;
use crate::domain::clock::time_between;
use crate::store::BackupError;
use crate::sync::Threads;

/// Longest between two looks at the clock, which may be set, or stand still with its machine.
const LOOK: Duration = Duration::from_mins(1);
/// How long the end waits for a backup that is being made. What it leaves, the next one removes.
const END_WAIT: Duration = Duration::from_secs(5);

/// Makes backups until it is stopped.
pub struct BackupLoop(Arc<Threads>);

impl BackupLoop {
    /// Begins, where the plan says how often.
    pub fn start(backups: Arc<Backups>) -> Self {
        Self::looking_every(backups, LOOK)
    }

    /// The same with another time between two looks at the clock.
    pub fn looking_every(backups: Arc<Backups>, look: Duration) -> Self {
        let threads = Arc::new(Threads::default());
        if let Some(every) = backups.plan().every {
            let over = Arc::clone(&threads);
            threads.begin("backups".into(), move || run(&backups, every, look, &over));
        }
        Self(threads)
    }

    /// Ends it.
    pub fn stop(&self) {
        self.0.end(END_WAIT);
    }
}

fn run(backups: &Backups, every: Duration, look: Duration, threads: &Threads) {
    let mut failed = FailedAttempts::default();
    let mut wait = Duration::ZERO;
    while !threads.wait_over(wait) {
        let now = backups.store().clock().now();
        let next = backups.newest_automatic().map(|newest| due(newest, every, failed));
        // A folder that cannot be listed cannot take a backup either: the attempt says so, in its time.
        let next = next.unwrap_or_else(|_| due(None, every, failed));
        if now >= next {
            failed = attempt(backups, failed, now);
            // Not at once, whatever the clock and the folder say: one that is always due fills no disk.
            wait = look;
        } else {
            wait = time_between(now, next).min(look);
        }
    }
}

/// One attempt, and those that failed so far.
fn attempt(backups: &Backups, failed: FailedAttempts, now: Millis) -> FailedAttempts {
    let made: Result<_, BackupError> = backups.make(BackupOrigin::Automatic);
    match made.and_then(|made| backups.prune(&made)) {
        Ok(()) => FailedAttempts::default(),
        Err(_) => FailedAttempts { count: failed.count + 1, last: now },
    }
}
