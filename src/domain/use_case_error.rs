//! What can end any use case, whatever was asked for.

use std::path::PathBuf;

use super::UpstreamError;

/// After how many seconds what was busy may be asked again.
pub const BUSY_RETRY: u64 = 2;

/// What is in the way of a use case. Upstream has not heard of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusyCause {
    /// Too much is waiting already: here, for this server, or for this name.
    Calls,
    /// Another process, or an action, holds the name's lock.
    Name,
    /// Another process holds the database.
    Database,
}

/// Why a use case ended early, for a reason that is not its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UseCaseError {
    /// The row that was asked for is not there any more.
    Gone,
    /// Something is in the way that is over in a moment.
    Busy(BusyCause),
    /// Upstream could not do its part.
    Upstream(UpstreamError),
    /// The disk that holds this data folder is full.
    StorageFull(PathBuf),
    /// Something failed that should not have; the log has it.
    Internal,
}

impl From<UpstreamError> for UseCaseError {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}
