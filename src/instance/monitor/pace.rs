//! The monitor's spans and bounds, each with its reason, in one value. Measures nothing.

use std::time::Duration;

use crate::domain::{DROPPED_AFTER, NOT_LOADED_AFTER, UNSCANNED_AFTER};

/// The monitor's spans and bounds. A poll is one round at one server.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Pause between two polls of a server where nothing goes on: with the time that a poll and a
    /// second look take, a status is right within 20 s.
    pub rest: Duration,
    /// Pause where somebody looks or pairs: a status is right within 5 s.
    pub quick: Duration,
    /// How long a socket has to be down before the status says so.
    pub second_look: Duration,
    /// How long one has to stay closed whose code was shown.
    pub unscanned: Duration,
    /// How long a name has to be gone or not loaded before the status says so.
    pub lasting: Duration,
    /// How long, and at how many looks in a row, a socket of 1.8 has to be closed before that is a
    /// logout. Recorded: one that WhatsApp is out of reach for is `close` two thirds of the time, so that
    /// this many looks find it so by chance once in 10^10.
    pub steady: Duration,
    pub steady_looks: u32,
    /// Turns between open and down, and the time within which they have to come, that make a fight of two
    /// sockets; without one for as long, it is over. Recorded: 35 to 128 logins in ten seconds, so that each look
    /// finds the socket turned as likely as not, and polls at the quick pace see this many within half a minute. A
    /// line so bad that the socket drops seven times in two minutes makes fourteen.
    pub fight_turns: usize,
    pub fight_window: Duration,
    /// Pause between two looks at a fight, which may go on for days.
    pub fight_look: Duration,
    /// How long after its last turn a socket that dropped and came back counts as neither open nor down.
    pub unsteady: Duration,
    /// Looks in a row that have to show the socket down before a drop is written, and the pause between them:
    /// one of two sockets that fight is open half of the time, for 30 to 110 ms.
    pub drop_looks: u32,
    pub drop_look_pause: Duration,
    /// How often it is looked at what people set of an instance of which the list shows no change: each look
    /// costs two requests of some milliseconds on 2.x, eight on 1.8. At most 32 are looked at in 15 s, so that of more than
    /// some 1,200 instances of a server each is looked at less often.
    pub settings_again: Duration,
    /// How long a request keeps a name polled often: pages repeat theirs every second or two.
    pub keep_fresh: Duration,
    /// Least time between the begins of two polls, however many hints come and looks are due.
    pub hint_gap: Duration,
    /// Pause after the first failure of a server; it doubles with each further one.
    pub retry: Duration,
    /// Longest pause after a failure.
    pub retry_most: Duration,
    /// Longest pause after a failure while somebody looks.
    pub retry_looked: Duration,
    /// Deadline of all requests of one poll.
    pub patience: Duration,
    /// How long a request may be unanswered before the server counts as silent: at rest, some 20 s after
    /// its last answer.
    pub silence: Duration,
    /// How often the credentials are read.
    pub supervise: Duration,
    /// How often it is noted that servers answer, or fail: what availability is known to.
    pub note_asked: Duration,
    /// How often old rows are purged.
    pub purge: Duration,
    /// Servers polled at most, each by a thread.
    pub servers: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            rest: Duration::from_secs(15),
            quick: Duration::from_millis(1500),
            second_look: DROPPED_AFTER,
            unscanned: UNSCANNED_AFTER,
            lasting: NOT_LOADED_AFTER,
            steady: Duration::from_secs(30),
            steady_looks: 60,
            fight_turns: 16,
            fight_window: Duration::from_mins(2),
            fight_look: Duration::from_secs(5),
            unsteady: Duration::from_secs(10),
            drop_looks: 6,
            drop_look_pause: Duration::from_millis(47),
            settings_again: Duration::from_mins(10),
            keep_fresh: Duration::from_secs(5),
            hint_gap: Duration::from_millis(500),
            retry: Duration::from_secs(1),
            retry_most: Duration::from_secs(30),
            retry_looked: Duration::from_secs(5),
            patience: Duration::from_secs(45),
            silence: Duration::from_secs(5),
            supervise: Duration::from_secs(1),
            note_asked: Duration::from_mins(1),
            purge: Duration::from_hours(24),
            servers: 256,
        }
    }
}

impl Pace {
    /// No polls at all: upstream gets no request but those of calls.
    pub fn asleep() -> Self {
        Self { servers: 0, ..Self::default() }
    }

    /// Pause between two looks at a socket of 1.8 that stays closed: as many as a logout needs come within the span
    /// that it needs.
    pub(super) fn steady_pause(&self) -> Duration {
        (self.steady / self.steady_looks).min(self.quick)
    }

    /// Whether there are no polls.
    pub(super) fn is_asleep(&self) -> bool {
        self.servers == 0
    }

    /// The pause after that many failures in a row.
    pub(super) fn retry_after(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        with_jitter((self.retry * (1 << doublings)).min(self.retry_most))
    }
}

/// Up to a tenth more, so that servers that fell silent together are not asked together for ever.
fn with_jitter(span: Duration) -> Duration {
    let [random] = crate::crypto::random::<1>();
    span + span / 10 * u32::from(random) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_double_up_to_their_limit() {
        let pace = Pace::default();
        for (failures, seconds) in [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (u32::MAX, 30)] {
            let (after, least) = (pace.retry_after(failures), Duration::from_secs(seconds));
            assert!(after >= least && after <= least * 11 / 10, "{failures}: {after:?}");
        }
    }
}
