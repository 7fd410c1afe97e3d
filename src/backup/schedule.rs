//! When the next automatic backup is due. Pure: it reads no clock and no folder.

use std::time::Duration;

use crate::domain::Millis;

/// How long after a failure the next attempt is made; doubled for each that fails as well.
const FIRST_RETRY: Millis = 60_000;
/// Longest between two attempts: a disk that is mounted again, or has space again, is not left without for long.
const LAST_RETRY: Millis = 3_600_000;

/// The attempts since the last backup that was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailedAttempts {
    pub count: u32,
    /// When the last of them was.
    pub last: Millis,
}

/// When the next backup is due: by the date of the last, whenever the program was started. `newest` is that date.
pub fn due(newest: Option<Millis>, every: Duration, failed: FailedAttempts) -> Millis {
    let every = Millis::try_from(every.as_millis()).unwrap_or(Millis::MAX);
    let by_date = newest.map_or(Millis::MIN, |newest| newest.saturating_add(every));
    if failed.count == 0 {
        return by_date;
    }
    let doubled = FIRST_RETRY.saturating_mul(1 << (failed.count - 1).min(16));
    by_date.max(failed.last.saturating_add(doubled.min(LAST_RETRY).min(every)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_is_due_by_the_last_and_later_after_failures() {
        const HOUR: Millis = 3_600_000;
        let day = Duration::from_hours(24);
        let failed = |count| FailedAttempts { count, last: 100 * HOUR };
        for (newest, every, failed, expected) in [
            (None, day, FailedAttempts::default(), Millis::MIN),
            (Some(0), day, FailedAttempts::default(), 24 * HOUR),
            (Some(99 * HOUR), day, failed(1), 123 * HOUR),
            (Some(0), day, failed(1), 100 * HOUR + 60_000),
            (None, day, failed(3), 100 * HOUR + 240_000),
            (None, day, failed(40), 101 * HOUR),
            (None, Duration::from_secs(90), failed(9), 100 * HOUR + 90_000),
        ] {
            assert_eq!(due(newest, every, failed), expected, "{newest:?} {every:?} {failed:?}");
        }
    }
}
