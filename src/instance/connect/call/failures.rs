//! Counts upstream's failures during a wait, and decides when they end the call.

use std::time::Instant;

use crate::domain::UpstreamError;
use crate::instance::connect::limits::{FAILING, NOT_UNDERSTOOD};

/// The endpoints that a wait polls; failures are counted for each.
#[derive(Clone, Copy)]
pub(super) enum PolledEndpoint {
    State,
    Connect,
}

/// The failures in a row, by endpoint.
#[derive(Default)]
pub(super) struct Failures([ConsecutiveFailures; 2]);

#[derive(Clone, Copy, Default)]
struct ConsecutiveFailures {
    since: Option<Instant>,
    not_understood: u32,
}

impl Failures {
    /// Notes an answer; whether it ends the call. A refused key ends it at once, an answer that is not
    /// understood at the second in a row, any other failure once it has lasted.
    pub(super) fn note<T>(&mut self, endpoint: PolledEndpoint, answer: &Result<T, UpstreamError>) -> bool {
        let row = &mut self.0[endpoint as usize];
        match answer {
            Ok(_) => {
                *row = ConsecutiveFailures::default();
                false
            }
            Err(error) if error.is_lasting() => true,
            Err(error) => {
                row.not_understood += u32::from(error.is_not_understood());
                let since = *row.since.get_or_insert_with(Instant::now);
                row.not_understood >= NOT_UNDERSTOOD || since.elapsed() >= FAILING
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_fails_by_itself() {
        let mut failures = Failures::default();
        let garbage: Result<(), _> = Err(UpstreamError::Unexpected);
        assert!(!failures.note(PolledEndpoint::Connect, &garbage));
        assert!(!failures.note(PolledEndpoint::State, &Ok(())), "a state says nothing of connect");
        assert!(failures.note(PolledEndpoint::Connect, &garbage), "not understood again");
        assert!(
            !failures.note::<()>(PolledEndpoint::State, &Err(UpstreamError::Broken)),
            "it may be over soon"
        );
        assert!(failures.note::<()>(PolledEndpoint::State, &Err(UpstreamError::RejectedKey)));
    }
}
