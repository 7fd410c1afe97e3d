//! Notes when a token or a session was used, on a thread of its own: whoever uses one waits neither for the
//! disk nor for another process that holds the database. Who may do what is not decided here.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::domain::Secret;
use crate::store::Store;

/// What was used.
pub enum Used {
    /// A token.
    Token(Secret),
    /// The session of that id.
    Session(String),
}

/// The way to the thread that writes.
pub struct UsageNotes {
    due: Option<SyncSender<Used>>,
    writer: Option<JoinHandle<()>>,
}

impl UsageNotes {
    /// Starts the thread.
    pub fn start(store: Arc<Store>) -> Self {
        let (due, uses) = sync_channel(1);
        let write = move || {
            for used in uses {
                let noted = match used {
                    Used::Token(token) => store.note_token(token.expose()),
                    Used::Session(id) => store.note_session(&id),
                };
                noted.unwrap_or_else(|error| log::warn!("that something was used was not noted: {error}"));
            }
        };
        let writer = thread::Builder::new().name("usage".into()).spawn(write);
        let writer = writer.inspect_err(|error| log::error!("no thread for notes of use: {error}")).ok();
        Self { due: Some(due), writer }
    }

    /// Has a use noted, unless another one waits for that already: the next use finds it due again.
    pub fn note(&self, used: Used) {
        self.due.as_ref().map(|due| due.try_send(used));
    }
}

impl Drop for UsageNotes {
    /// Waits for what is being written.
    fn drop(&mut self) {
        self.due = None;
        self.writer.take().map(JoinHandle::join);
    }
}
