//! A month of the calendar, as people somewhere have it.

use std::fmt;

use super::clock::{date, days};
use super::{MILLIS_PER_DAY, Millis};

const MILLIS_PER_MINUTE: Millis = 60_000;

/// A month, in years that everything here can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    year: i64,
    /// 1 to 12.
    month: i64,
}

impl Month {
    /// Reads `2026-11`, from 1970 to 9998; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let number = |text: &str, length: usize| {
            let is_plain = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
            is_plain.then(|| text.parse::<i64>().ok()).flatten()
        };
        let (year, month) = (number(year, 4)?, number(month, 2)?);
        ((1970..=9998).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month of a moment where time is so many minutes ahead of UTC.
    pub fn at(moment: Millis, utc_offset: i16) -> Self {
        let local = moment + i64::from(utc_offset) * MILLIS_PER_MINUTE;
        let (year, month, _) = date(local.div_euclid(MILLIS_PER_DAY));
        Self { year, month }
    }

    /// When each of its days begins there, and the day after its last.
    pub fn days(self, utc_offset: i16) -> Vec<Millis> {
        let first = days(self.year, self.month, 1);
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        let begin = |day: i64| day * MILLIS_PER_DAY - i64::from(utc_offset) * MILLIS_PER_MINUTE;
        (first..=days(year, month, 1)).map(begin).collect()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::{iso, parse_iso};
    use super::*;

    #[test]
    fn a_month_begins_and_ends_where_people_have_it() {
        for (text, offset, count, first, end) in [
            ("2026-11", 0, 30, "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"),
            ("2026-12", -180, 31, "2026-12-01T03:00:00.000Z", "2027-01-01T03:00:00.000Z"),
            ("2024-02", 330, 29, "2024-01-31T18:30:00.000Z", "2024-02-29T18:30:00.000Z"),
        ] {
            let month = Month::parse(text).expect(text);
            let days = month.days(offset);
            assert_eq!((days.len() - 1, month.to_string().as_str()), (count, text));
            assert_eq!((iso(days[0]).as_str(), iso(days[count]).as_str()), (first, end));
            let at = |text| Month::at(parse_iso(text).expect("a moment"), offset);
            assert!(at(first) == month && at(end) != month, "{text}");
        }
        for odd in ["", "2026", "2026-1", "2026-13", "2026-00", "1969-12", "9999-01", "+026-01", "2026-11-01"]
        {
            assert_eq!(Month::parse(odd), None, "{odd:?}");
        }
    }
}
