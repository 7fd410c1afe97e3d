//! What can end any use case, whatever was asked for.

use std::path::PathBuf;

use super::UpstreamError;

/// Why a use case ended early, for a reason that is not its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UseCaseError {
    /// The row that was asked for is not there any more.
    Gone,
    /// Too much is waiting already: here, for this server, or for this name in another process.
    Busy,
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
