//! The socket states and codes that a call remembers for the next call of the same name, in this process only.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::limits::{EARLIER, FLAPPED_LATELY, MAX_REMEMBERED, SEEN_TO_BEGIN};
use crate::sync::Mutex;

/// When sockets and codes were last seen, as far as the next call has to know of it.
#[derive(Default)]
pub(super) struct SocketMemory {
    flapping: RecentMoments,
    /// When codes were last answered.
    answered: RecentMoments,
    /// When codes that were seen from their beginning began.
    begun: RecentMoments,
}

/// A credential and a name.
type SocketKey = (String, String);

/// The moments, by credential and name. All are dropped when there are too many, which costs each name one
/// look.
#[derive(Default)]
struct RecentMoments(Mutex<HashMap<SocketKey, Instant>>);

impl SocketMemory {
    /// Notes that the state flaps: WhatsApp is out of reach, and upstream reconnects without a pause.
    pub(super) fn note_flapping(&self, credential: &str, name: &str) {
        self.flapping.note(key(credential, name));
    }

    /// Whether the state flapped lately.
    pub(super) fn flapped_lately(&self, credential: &str, name: &str) -> bool {
        self.flapping.is_within(&key(credential, name), FLAPPED_LATELY)
    }

    /// Notes a code that is answered; whether it is a new one and replaced another long before the `lifetime` of
    /// that was over. `opened`: this call has opened its socket.
    pub(super) fn note_code(
        &self,
        (credential, name): (&str, &str),
        is_new: bool,
        opened: bool,
        lifetime: Duration,
    ) -> bool {
        let key = key(credential, name);
        let is_followed = self.answered.is_within(&key, SEEN_TO_BEGIN);
        self.answered.note(key.clone());
        if !is_new {
            return false;
        }
        let is_early = is_followed && !opened && self.begun.is_within(&key, lifetime.saturating_sub(EARLIER));
        if is_followed || opened {
            self.begun.note(key);
        }
        is_early
    }
}

fn key(credential: &str, name: &str) -> SocketKey {
    (credential.to_owned(), name.to_owned())
}

impl RecentMoments {
    fn note(&self, key: SocketKey) {
        let mut seen = self.0.lock();
        if seen.len() >= MAX_REMEMBERED {
            seen.clear();
        }
        seen.insert(key, Instant::now());
    }

    fn is_within(&self, key: &SocketKey, span: Duration) -> bool {
        self.0.lock().get(key).is_some_and(|at| at.elapsed() < span)
    }
}
