//! How a poll ended: what it leaves to the next one, or why it failed. Decides nothing.

use std::time::{Duration, Instant};

use crate::domain::UpstreamError;

/// Longest wait that a server's 429 is taken at its word for: one answer of a proxy keeps rows from being true no
/// longer than that.
const MAX_RATE_LIMIT_WAIT: Duration = Duration::from_mins(5);

/// What a poll leaves to the next one.
pub(super) struct Remainder {
    /// How long the poll waited for upstream.
    pub upstream: Duration,
    /// Whether somebody is pairing, or probes are left over.
    pub is_busy: bool,
    /// When the next look at a socket that may be down is due.
    pub next_look: Option<Instant>,
}

/// Why a poll failed.
pub(super) enum PollError {
    /// Upstream could not do its part.
    Upstream(UpstreamError),
    /// The database failed, or our own code did: that says nothing of upstream.
    Store,
}

impl PollError {
    /// How long to wait before the server is asked again because it tells to.
    pub(super) fn requested_wait(&self) -> Duration {
        match self {
            Self::Upstream(UpstreamError::RateLimited(wait)) => (*wait).min(MAX_RATE_LIMIT_WAIT),
            Self::Upstream(_) | Self::Store => Duration::ZERO,
        }
    }
}

impl From<UpstreamError> for PollError {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_is_requested_is_bounded() {
        for (asked, waits) in [(0, 0), (90, 90), (300, 300), (86_400, 300)] {
            let error = PollError::from(UpstreamError::RateLimited(Duration::from_secs(asked)));
            assert_eq!(error.requested_wait(), Duration::from_secs(waits), "{asked}");
        }
        assert_eq!(PollError::from(UpstreamError::Timeout).requested_wait(), Duration::ZERO);
        assert_eq!(PollError::Store.requested_wait(), Duration::ZERO);
    }
}
