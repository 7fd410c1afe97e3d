//! Moments as text, always UTC: the machine's zone says nothing about the reader's.

use crate::domain::{MILLIS_PER_DAY, Millis};

/// ISO 8601 with milliseconds, as JSON and the log carry it: `2026-01-31T12:00:00.000Z`.
pub fn iso(at: Millis) -> String {
    let (year, month, day) = date(at.div_euclid(MILLIS_PER_DAY));
    let in_day = at.rem_euclid(MILLIS_PER_DAY);
    let (seconds, millis) = (in_day / 1000, in_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// As tables show it: `2026-01-31 12:00`.
pub fn short(at: Millis) -> String {
    let mut text = iso(at).replace('T', " ");
    text.truncate(text.len() - ":00.000Z".len());
    text
}

/// The Gregorian date of a day counted from 1970-01-01. The year is taken to begin in March, so
/// that the leap day comes last (Hinnant, "chrono-compatible low-level date algorithms").
fn date(days: i64) -> (i64, i64, i64) {
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
    fn moments_read_as_the_calendar_has_them() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_767_225_599_123, "2025-12-31T23:59:59.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso(at), text);
        }
        assert_eq!(short(1_709_251_199_999), "2024-02-29 23:59");
    }
}
