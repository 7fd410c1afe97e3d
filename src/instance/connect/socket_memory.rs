//! The socket states that a call remembers for the next call of the same name, in this process only.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use super::limits::{FLAPPED_LATELY, MAX_REMEMBERED};
use crate::sync::Mutex;

type SocketKey = (String, String);

/// When sockets were last seen in a state that the next call has to know of.
#[derive(Default)]
pub(super) struct SocketMemory {
    flapping: RecentMoments<SocketKey>,
}

/// The moments, by key. All are dropped when there are too many, which costs each name one look.
#[derive(Default)]
struct RecentMoments<K>(Mutex<HashMap<K, Instant>>);

impl SocketMemory {
    /// Notes that the state flaps: WhatsApp is out of reach, and upstream reconnects without a pause.
    pub(super) fn note_flapping(&self, credential: &str, name: &str) {
        self.flapping.note(key(credential, name));
    }

    /// Whether the state flapped lately.
    pub(super) fn flapped_lately(&self, credential: &str, name: &str) -> bool {
        self.flapping.is_within(&key(credential, name), FLAPPED_LATELY)
    }
}

fn key(credential: &str, name: &str) -> SocketKey {
    (credential.to_owned(), name.to_owned())
}

impl<K: Eq + Hash> RecentMoments<K> {
    fn note(&self, key: K) {
        let mut seen = self.0.lock();
        if seen.len() >= MAX_REMEMBERED {
            seen.clear();
        }
        seen.insert(key, Instant::now());
    }

    fn is_within(&self, key: &K, span: Duration) -> bool {
        self.0.lock().get(key).is_some_and(|at| at.elapsed() < span)
    }
}
