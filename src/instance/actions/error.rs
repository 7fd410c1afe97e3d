//! Why an action was not done. A value: its status, code and sentence are made in `http` and `text`.

use std::path::PathBuf;

use crate::domain::UpstreamError;
use crate::store;

/// Why it was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The row is not there any more.
    Gone,
    /// Too much is under way for the name, or for its server.
    Busy,
    /// The credential of the instance's server was removed: nothing opens that server any more.
    NoCredential,
    /// Another instance has the name upstream: the row's own is not there any more.
    NotYours,
    /// A phone is paired whose socket is down: upstream does nothing with it before it is back.
    Reconnecting,
    /// There is no socket that could be restarted.
    NotConnected,
    /// 1.8 has no restart that does no harm.
    RestartUnsupported,
    /// Upstream could not do its part.
    Upstream(UpstreamError),
    /// The disk that holds this data folder is full.
    StorageFull(PathBuf),
    /// Something failed that should not have; the log has it.
    Internal,
}

impl From<&store::Error> for Refusal {
    fn from(error: &store::Error) -> Self {
        match error {
            store::Error::Busy => Self::Busy,
            store::Error::Full(folder) => Self::StorageFull(folder.clone()),
            _ => Self::Internal,
        }
    }
}
