//! Why an action was not done, as a value: its status is made in `http::problem`, its sentence in `text`.

use crate::domain::UseCaseError;

/// Why an action was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionError {
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
    /// No active credential has the id of the server that an instance was to move to.
    NoSuchServer,
    /// The instance has that server already.
    AlreadyThere,
    /// That server, or every one, has no room or is being drained.
    NoRoom,
    /// That server has an instance of the name which is not the row's.
    NameThere,
    /// The number that a text was for is on no WhatsApp.
    NotOnWhatsapp,
    /// What can end any use case.
    Failed(UseCaseError),
}

impl ActionError {
    /// Whether it is certain that upstream acted on nothing that was sent.
    pub(super) fn is_without_effect(&self) -> bool {
        matches!(self, Self::Failed(UseCaseError::Upstream(error)) if error.is_without_effect())
    }
}

impl<E: Into<UseCaseError>> From<E> for ActionError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
