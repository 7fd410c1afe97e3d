//! How a poll ended: what it leaves to the next one, or why it failed. Decides nothing.

use std::time::{Duration, Instant};

use crate::domain::UpstreamError;

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
    /// How long the server tells to wait before it is asked again.
    pub(super) fn told_wait(&self) -> Duration {
        match self {
            Self::Upstream(UpstreamError::RateLimited(wait)) => *wait,
            Self::Upstream(_) | Self::Store => Duration::ZERO,
        }
    }
}

impl From<UpstreamError> for PollError {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}
