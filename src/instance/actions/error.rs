//! Why an action was not done, as a value: its status is made in `http::problem`, its sentence in `text`.

use crate::domain::UseCaseError;
use crate::instance::commands::CommandError;

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
    /// No active credential has the id, or the name, of the server that an instance was to move to.
    NoSuchServer,
    /// The instance has that server already.
    AlreadyThere,
    /// The instance is on the only server that takes numbers.
    NoOtherServer,
    /// That server, or every one, has no room or is being drained.
    NoRoom,
    /// That server has an instance of the name which is not the row's.
    NameThere,
    /// The number that a text was for is on no WhatsApp.
    NotOnWhatsapp,
    /// Several servers have a part in it, and one of them failed.
    Unfinished(Box<Unfinished>),
    /// What can end any use case.
    Failed(UseCaseError),
}

/// How far an action came that several servers have a part in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The names of the servers whose part is done.
    pub done: Vec<String>,
    /// The name of the server that failed, where that is one that the row moved from.
    pub left: Option<String>,
    /// Why it failed.
    pub error: ActionError,
}

impl Unfinished {
    /// The error of an action whose next part failed.
    pub(super) fn after(done: &[String], left: Option<String>, error: ActionError) -> ActionError {
        if done.is_empty() && left.is_none() {
            return error;
        }
        ActionError::Unfinished(Box::new(Self { done: done.to_vec(), left, error }))
    }
}

impl ActionError {
    /// The error itself, however far the action came.
    pub fn cause(&self) -> &Self {
        match self {
            Self::Unfinished(unfinished) => &unfinished.error,
            error => error,
        }
    }

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

impl From<CommandError> for ActionError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::OtherOfName => Self::NotYours,
            CommandError::Failed(error) => error.into(),
        }
    }
}
