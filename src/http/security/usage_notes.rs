//! Notes when a token or a session was used, on a thread of its own: whoever uses one waits neither for the
//! disk nor for another process that holds the database. Who may do what is not decided here.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use crate::domain::Secret;
use crate::store::Store;
use crate::sync::Threads;

/// How long the end of the server waits for the note that is being written: a little longer than a write
/// waits for the database.
const LAST_WAIT: Duration = Duration::from_secs(6);

/// What was used.
pub enum Used {
    /// A token.
    Token(Secret),
    /// The session of that id.
    Session(String),
}

/// The queue to the thread that writes, of one note.
pub struct UsageNotes {
    due: Option<SyncSender<Used>>,
    threads: Arc<Threads>,
}

impl UsageNotes {
    /// Starts the thread.
    pub fn start(store: Arc<Store>) -> Self {
        let (due, uses) = sync_channel(1);
        let threads = Arc::new(Threads::default());
        let own = Arc::clone(&threads);
        let write = move || {
            while let Ok(used) = uses.recv()
                && !own.wait_over(Duration::ZERO)
            {
                let noted = match used {
                    Used::Token(token) => store.note_token(token.expose()),
                    Used::Session(id) => store.note_session(&id),
                };
                noted.unwrap_or_else(|error| log::warn!("that something was used was not noted: {error}"));
            }
        };
        threads.begin("usage".into(), write);
        Self { due: Some(due), threads }
    }

    /// Has a use noted, unless another one waits for that already: the next use finds it due again.
    pub fn note(&self, used: Used) {
        if let Some(due) = &self.due {
            let _ = due.try_send(used);
        }
    }
}

impl Drop for UsageNotes {
    /// Waits for the note that is being written; one that is queued is dropped.
    fn drop(&mut self) {
        self.due = None;
        self.threads.end(LAST_WAIT);
    }
}
