//! Turns: where more names are to be asked for than one round may, each comes round.

use crate::store::Watched;

/// Where the last turn ended, as a row's place.
#[derive(Clone, Copy, Default)]
pub(super) struct Turn(i64);

impl Turn {
    /// Up to `most` of those that are wanted, from where the last turn ended on. Rows, and so the
    /// wanted ones, are in the order of their places.
    pub(super) fn take(&mut self, rows: &[Watched], mut wanted: Vec<usize>, most: usize) -> Vec<usize> {
        if wanted.len() > most {
            let next = wanted.partition_point(|at| rows[*at].place <= self.0) % wanted.len();
            wanted.rotate_left(next);
            wanted.truncate(most);
        }
        if let Some(last) = wanted.last() {
            self.0 = rows[*last].place;
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Channel, Status};

    fn row(place: i64) -> Watched {
        Watched {
            place,
            channel: Channel::WhatsappEvolution,
            name: place.to_string(),
            status: Status::Connected,
            reason: None,
            paired: true,
            claimed: true,
            upstream_id: None,
            out_until: 0,
            updated_at: 0,
        }
    }

    #[test]
    fn every_row_gets_its_turn() {
        let rows: Vec<_> = (1..=5).map(row).collect();
        let mut turn = Turn::default();
        let mut take = |most| turn.take(&rows, vec![0, 1, 2, 3, 4], most);
        assert_eq!(take(2), [0, 1]);
        assert_eq!(take(2), [2, 3]);
        assert_eq!(take(2), [4, 0]);
        assert_eq!(take(9), [0, 1, 2, 3, 4]);
        assert!(take(0).is_empty());
    }
}
