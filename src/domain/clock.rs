//! Time: the unit of every stored moment, the present one, and moments as text in UTC.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch, the unit of every time that is stored.
pub type Millis = i64;
/// A day of them.
pub const MILLIS_PER_DAY: Millis = 86_400_000;

/// The present moment.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// The clock by which stored moments are decided: the system's, plus what a test has turned it by.
/// Clones turn together.
#[derive(Clone, Debug, Default)]
pub struct AdjustableClock {
    turned: Arc<AtomicI64>,
}

impl AdjustableClock {
    /// The present moment.
    pub fn now(&self) -> Millis {
        now().saturating_add(self.turned.load(Ordering::Relaxed))
    }

    /// That long from now on.
    pub fn from_now(&self, span: Duration) -> Millis {
        self.now().saturating_add(millis(span))
    }

    /// Whether a call that left may still be under way upstream, by the moment noted in its row.
    pub fn is_out(&self, until: Millis) -> bool {
        is_out_at(until, self.now())
    }

    /// Turns the clock on: as if that time had passed.
    pub fn advance(&self, span: Duration) {
        self.turned.fetch_add(millis(span), Ordering::Relaxed);
    }
}

/// Longest that a row may say of itself that a call is out: more is a clock that was set back.
const MOST_OUT: Millis = 120_000;

/// Whether a call that left may still be under way upstream.
pub fn is_out(until: Millis) -> bool {
    is_out_at(until, now())
}

fn is_out_at(until: Millis, now: Millis) -> bool {
    (1..=MOST_OUT).contains(&until.saturating_sub(now))
}

/// That long from now on.
pub fn from_now(span: Duration) -> Millis {
    now() + millis(span)
}

/// The time from one moment to a later one; none where it is earlier.
pub fn time_between(earlier: Millis, later: Millis) -> Duration {
    Duration::from_millis(u64::try_from(later.saturating_sub(earlier)).unwrap_or(0))
}

fn millis(span: Duration) -> Millis {
    Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX / 2)
}

/// ISO 8601 with milliseconds, as JSON and the log carry it: `2026-01-31T12:00:00.000Z`.
pub fn iso(at: Millis) -> String {
    let (year, month, day) = date(at.div_euclid(MILLIS_PER_DAY));
    let in_day = at.rem_euclid(MILLIS_PER_DAY);
    let (seconds, millis) = (in_day / 1000, in_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Reads what [`iso`] writes, which is also what JavaScript's `Date` writes; `None` for anything else.
pub fn parse_iso(text: &str) -> Option<Millis> {
    let digits = |range: std::ops::Range<usize>| {
        let part = text.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse::<i64>().ok()
    };
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
    let seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second;
    let at = seconds * 1000 + digits(20..23)?;
    // Whatever is no date, or is written otherwise, does not read back as it was written.
    (iso(at) == text).then_some(at)
}

/// The days from 1970-01-01 to a Gregorian date: the reverse of [`date`].
pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = (month + 9) % 12;
    let in_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + in_year - 719_468
}

/// As tables show it: `2026-01-31 12:00`.
pub fn short(at: Millis) -> String {
    let mut text = iso(at).replace('T', " ");
    text.truncate(text.len() - ":00.000Z".len());
    text
}

/// The Gregorian date of a day counted from 1970-01-01. The year is taken to begin in March, so
/// that the leap day comes last (Hinnant, "chrono-compatible low-level date algorithms").
pub(super) fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, in_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_clock_runs_ahead_with_all_its_clones() {
        let clock = AdjustableClock::default();
        let until = clock.from_now(Duration::from_secs(30));
        assert!(clock.is_out(until));
        clock.clone().advance(Duration::from_mins(1));
        assert!(!clock.is_out(until));
        assert!(clock.now() > until && now() < until);
    }

    #[test]
    fn moments_read_as_the_calendar_has_them() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_767_225_599_123, "2025-12-31T23:59:59.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!((iso(at).as_str(), parse_iso(text)), (text, Some(at)));
        }
        for odd in
            ["", "2026-02-30T00:00:00.000Z", "2026-01-31 12:00:00.000Z", "2026-01-31T12:00:00Z", "+026"]
        {
            assert_eq!(parse_iso(odd), None, "{odd:?}");
        }
        assert_eq!(short(1_709_251_199_999), "2024-02-29 23:59");
    }
}
