//! How often the log tells of failed logins: once a second, with how many it did not tell of.
//!
//! Whoever guesses from many addresses must not flood the disk. Nothing here writes a line.

use std::time::{Duration, Instant};

use crate::sync::Mutex;

/// Shortest time between two lines.
const PAUSE: Duration = Duration::from_secs(1);

/// When the last line was written, and how many failures had none since.
#[derive(Default)]
pub struct FailedLoginLog(Mutex<(Option<Instant>, usize)>);

impl FailedLoginLog {
    /// Counts a failure. Where a line is due: how many failures had none since the last one.
    pub fn count(&self, now: Instant) -> Option<usize> {
        let mut state = self.0.lock();
        let (last, untold) = &mut *state;
        if last.is_some_and(|last| now.saturating_duration_since(last) < PAUSE) {
            *untold += 1;
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_second_tells_of_the_others() {
        let (log, start) = (FailedLoginLog::default(), Instant::now());
        assert_eq!(log.count(start), Some(0));
        assert!((0..500).all(|ms| log.count(start + Duration::from_millis(ms)).is_none()));
        assert_eq!(log.count(start + PAUSE), Some(500));
        assert_eq!(log.count(start + PAUSE), None);
        assert_eq!(log.count(start + 3 * PAUSE), Some(1));
    }
}
