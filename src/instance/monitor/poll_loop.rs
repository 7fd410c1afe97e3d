//! The poll loop of one server: when its polls begin, and the pause after one that failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::poll::Poller;
use super::poll_outcome::{PollError, Remainder};
use super::server::PolledServer;
use super::state::MonitorState;
use super::versions::VersionLooks;
use super::wake_signal::Due;

/// Least pause after a poll, as a multiple of its time upstream: polls take at most a quarter of a
/// server's time, however slow it gets.
const SPARE: u32 = 3;

/// Polls until it is told to end.
pub(super) fn run(state: &MonitorState, server: &PolledServer) {
    let pace = &state.pace;
    let mut poller = Poller::new(state, server);
    let (mut failures, mut versions) = (0, VersionLooks::new());
    let mut due = Due::now();
    while let Some(names) = server.wake_signal.wait(&due, pace.keep_fresh) {
        server.note_webhook(&state.store);
        let begun = Instant::now();
        // A panic may leave the poller half changed: a new one takes its place.
        let outcome = catch_panic(|| poller.poll(&names)).unwrap_or_else(|| {
            poller = Poller::new(state, server);
            Err(PollError::Store)
        });
        if server.wake_signal.is_over() {
            return;
        }
        match &outcome {
            Ok(_) => server.note_answer(&state.store, None),
            Err(PollError::Upstream(error)) => server.note_answer(&state.store, Some(error)),
            Err(PollError::Store) => server.cancel_wait(),
        }
        failures = if outcome.is_ok() { 0 } else { failures + 1 };
        if let Ok(remainder) = &outcome {
            versions.look_if_due(state, server, remainder.is_busy);
        }
        due = match outcome {
            Ok(remainder) => after(pace, begun, &remainder),
            Err(error) => after_failure(pace, begun.elapsed(), failures).not_before(error.requested_wait()),
        };
    }
}

/// Runs the work; `None` when it panicked. The panic hook has logged the message.
pub(super) fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// When the next poll begins after one that went well.
fn after(pace: &Pace, begun: Instant, remainder: &Remainder) -> Due {
    let now = Instant::now();
    let spare = remainder.upstream * SPARE;
    // A look that no poll makes, though it is due, makes polls no more frequent than hints do.
    let soonest = (begun + pace.hint_gap).max(now + spare);
    let usual = now + if remainder.is_busy { pace.quick } else { pace.rest }.max(spare);
    Due {
        rest: remainder.next_look.map_or(usual, |at| usual.min(at.max(soonest))),
        looked: now + pace.quick.max(spare),
        hint: soonest,
    }
}

/// When the next poll begins after one that failed, which took that long. Looks and hints do not
/// shorten the pause to nothing, so a server that is down or hangs is spared.
fn after_failure(pace: &Pace, took: Duration, failures: u32) -> Due {
    let now = Instant::now();
    let retry = pace.retry_after(failures);
    let sooner = now + retry.min(pace.retry_looked).max(took * SPARE).min(retry);
    Due { rest: now + retry, looked: sooner, hint: sooner }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_asked_again_no_sooner_for_a_hint_than_for_a_look() {
        let pace = Pace::default();
        for (took, failures, seconds) in
            [(0, 1, 1), (0, 3, 4), (0, 9, 5), (4, 9, 12), (30, 1, 1), (30, 9, 30)]
        {
            let now = Instant::now();
            let due = after_failure(&pace, Duration::from_secs(took), failures);
            let wait = due.hint.duration_since(now);
            assert!(
                wait >= Duration::from_secs(seconds) && wait < Duration::from_secs(seconds) * 6 / 5,
                "{wait:?}"
            );
            assert!(due.looked == due.hint && due.hint <= due.rest);
        }
    }

    #[test]
    fn a_look_that_stays_due_does_not_make_polls_follow_each_other_without_a_pause() {
        let (pace, begun) = (Pace::default(), Instant::now());
        let remainder = Remainder { upstream: Duration::ZERO, is_busy: false, next_look: Some(begun) };
        assert_eq!(after(&pace, begun, &remainder).rest, begun + pace.hint_gap);
    }

    #[test]
    fn a_panic_is_survived() {
        assert_eq!(catch_panic(|| 7), Some(7));
        assert_eq!(catch_panic(|| -> u8 { panic!("as it is meant to") }), None);
    }
}
