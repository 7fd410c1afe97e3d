//! How long something took, counted by ranges.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the ranges in microseconds, with their text in seconds: from an answer out of memory to the longest
/// call for a code. What took longer is in the last range, which has no end.
const BOUNDS: [(u64, &str); 14] = [
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (1_000_000, "1"),
    (2_500_000, "2.5"),
    (5_000_000, "5"),
    (20_000_000, "20"),
    (120_000_000, "120"),
];

/// Times, counted by ranges.
#[derive(Default)]
pub struct Histogram {
    ranges: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Histogram {
    /// Counts one that took so long.
    pub fn note(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let range = BOUNDS.partition_point(|(end, _)| *end < micros);
        self.ranges[range].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// How many took at most so many seconds, for each bound as text; the last is `+Inf`, and has all.
    pub fn cumulative(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let bounds = BOUNDS.iter().map(|(_, text)| *text).chain(["+Inf"]);
        bounds.zip(&self.ranges).scan(0, |sum, (bound, range)| {
            *sum += range.load(Ordering::Relaxed);
            Some((bound, *sum))
        })
    }

    /// How long all took together.
    pub fn sum(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_counts_in_every_range_that_ends_no_sooner() {
        let histogram = Histogram::default();
        for millis in [0, 1, 2, 30, 200_000] {
            histogram.note(Duration::from_millis(millis));
        }
        for (bound, expected) in
            [("0.0005", 1), ("0.001", 2), ("0.0025", 3), ("0.025", 3), ("0.05", 4), ("120", 4), ("+Inf", 5)]
        {
            let counted = histogram.cumulative().find(|(its, _)| *its == bound).map(|(_, count)| count);
            assert_eq!(counted, Some(expected), "{bound}");
        }
        assert_eq!(histogram.sum(), Duration::from_millis(200_033));
    }
}
