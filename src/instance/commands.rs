//! Commands to one instance upstream: each is sent again where a 429 turned it away, and there is one way to delete.
//! Whose the instance is, the caller knows.

use std::thread;
use std::time::{Duration, Instant};

use crate::domain::{ConnectionState, UpstreamError, UpstreamName};
use crate::upstream::{CommandOutcome, UpstreamClient};

/// Most tries of a delete. 1.8 refuses it while a phone is connected, and answers the logout before it is
/// done. Recorded: the first try after the logout succeeds.
const DELETES: u32 = 5;
/// How long a server may take to load an instance after a restart, or to finish a removal. Recorded: up
/// to 1.5 s.
const LOAD: Duration = Duration::from_secs(5);
/// Pause before the next look or try.
const PAUSE: Duration = Duration::from_millis(300);

/// A method of the client that is a command.
type CommandMethod =
    fn(&(dyn UpstreamClient + 'static), &UpstreamName) -> Result<CommandOutcome, UpstreamError>;

/// Why a command was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CommandError {
    /// Another instance has the name by now.
    OtherOfName,
    Failed(UpstreamError),
}

impl From<UpstreamError> for CommandError {
    fn from(error: UpstreamError) -> Self {
        Self::Failed(error)
    }
}

/// What a command did; `None` where another instance has the name by now.
pub(super) fn unless_other<T>(done: Result<T, CommandError>) -> Result<Option<T>, UpstreamError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(CommandError::OtherOfName) => Ok(None),
        Err(CommandError::Failed(error)) => Err(error),
    }
}

/// The instance that commands are for.
pub(super) struct CommandTarget<'a> {
    pub client: &'a (dyn UpstreamClient + 'static),
    pub name: &'a UpstreamName,
    /// Its id as listed.
    pub id: Option<&'a str>,
    /// When the last request must have ended.
    pub deadline: Instant,
}

impl CommandTarget<'_> {
    /// Sends a command. One that a 429 turned away is sent again when the server says so, where that is in time and
    /// no other instance has the name by then.
    pub(super) fn send(&self, command: CommandMethod) -> Result<CommandOutcome, CommandError> {
        loop {
            match command(self.client, self.name) {
                Err(UpstreamError::RateLimited(wait)) if Instant::now() + wait < self.deadline => {
                    thread::sleep(wait);
                }
                outcome => return Ok(outcome?),
            }
            if self.client.list(self.name)?.is_some_and(|listed| listed.id.as_deref() != self.id) {
                return Err(CommandError::OtherOfName);
            }
        }
    }

    /// Deletes the instance, and runs `once_loaded` before, when all of it can be read; whether there was one.
    pub(super) fn delete(&self, once_loaded: impl FnOnce()) -> Result<bool, CommandError> {
        self.await_load()?;
        once_loaded();
        for attempt in 0..DELETES {
            if attempt > 0 {
                thread::sleep(PAUSE);
            }
            match self.send(UpstreamClient::delete)? {
                CommandOutcome::Done => return Ok(true),
                CommandOutcome::Missing => return Ok(false),
                // 1.8 deletes no connected instance; 2.x logs out by itself.
                CommandOutcome::NotNow => drop(self.send(UpstreamClient::logout)?),
                CommandOutcome::Unsupported => break,
            }
        }
        Err(UpstreamError::Unexpected.into())
    }

    /// Waits until the instance is loaded or gone: in between, upstream answers a delete with success and
    /// deletes nothing.
    fn await_load(&self) -> Result<(), UpstreamError> {
        let until = self.deadline.min(Instant::now() + LOAD);
        while self.client.state(self.name)? == Some(ConnectionState::Unloaded) {
            if Instant::now() >= until {
                return Err(UpstreamError::NotLoaded);
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}
