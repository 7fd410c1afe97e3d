//! How long things take that notices wait for. Tests make all of it short.

use std::time::Duration;

use super::timeline::SettlePace;
use crate::domain::Millis;

/// How long a message may take to be sent: mail servers greet late on purpose.
const SENDING: Duration = Duration::from_mins(1);

/// The times of notices.
#[derive(Clone, Debug)]
pub struct NoticePace {
    /// How long a drop has to last before it is told.
    pub settle: Duration,
    /// How long at most something that keeps changing is watched before it is told.
    pub unsettled: Duration,
    /// How long a message about an instance waits for others of the same server.
    pub gather: Duration,
    /// How often it is looked whether there is something new.
    pub tick: Duration,
    /// The pause after the first attempt that fails; each one doubles it.
    pub retry: Duration,
    /// The longest of those pauses.
    pub retry_most: Duration,
    /// How long at most a message is tried.
    pub give_up: Duration,
    /// How long one attempt may take.
    pub sending: Duration,
}

impl Default for NoticePace {
    fn default() -> Self {
        Self {
            settle: Duration::from_mins(1),
            unsettled: Duration::from_mins(10),
            gather: Duration::from_secs(10),
            tick: Duration::from_secs(1),
            retry: Duration::from_secs(30),
            retry_most: Duration::from_hours(1),
            give_up: Duration::from_hours(72),
            sending: SENDING,
        }
    }
}

impl NoticePace {
    /// The usual times, for drops that have to last so long.
    pub fn settling(settle: Duration) -> Self {
        let usual = Self::default();
        Self { settle, unsettled: usual.unsettled.max(settle * 10), ..usual }
    }

    pub(super) fn patience(&self) -> SettlePace {
        SettlePace { settle: millis(self.settle), unsettled: millis(self.unsettled) }
    }

    /// The pause after so many attempts before the next.
    pub(super) fn pause(&self, attempts: u32) -> Duration {
        let doubled =
            self.retry.saturating_mul(1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX));
        doubled.min(self.retry_most)
    }
}

pub(super) fn millis(span: Duration) -> Millis {
    Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pace = NoticePace::default();
        for (attempts, seconds) in [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (99, 3600)] {
            assert_eq!(pace.pause(attempts), Duration::from_secs(seconds), "{attempts}");
        }
    }
}
