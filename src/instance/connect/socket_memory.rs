//! The socket states that a call remembers for the next call of the same name, in this process only.

use std::collections::HashMap;
use std::time::Instant;

use super::limits::{FLAPPED_LATELY, MAX_REMEMBERED};
use crate::sync::Mutex;

/// When the state of each socket was last seen to flap, by credential and name. All are dropped when there
/// are too many, which costs each name one look.
#[derive(Default)]
pub(super) struct SocketMemory(Mutex<HashMap<(String, String), Instant>>);

impl SocketMemory {
    /// Notes that the state flaps: WhatsApp is out of reach, and upstream reconnects without a pause.
    pub(super) fn note_flapping(&self, credential: &str, name: &str) {
        let mut flapping = self.0.lock();
        if flapping.len() >= MAX_REMEMBERED {
            flapping.clear();
        }
        flapping.insert(key(credential, name), Instant::now());
    }

    /// Whether the state flapped lately.
    pub(super) fn flapped_lately(&self, credential: &str, name: &str) -> bool {
        self.0.lock().get(&key(credential, name)).is_some_and(|at| at.elapsed() < FLAPPED_LATELY)
    }
}

fn key(credential: &str, name: &str) -> (String, String) {
    (credential.to_owned(), name.to_owned())
}
