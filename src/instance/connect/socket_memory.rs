//! The socket states and codes that a call remembers for the next call of the same name, in this process only.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::limits::{EARLIER, FLAPPED_LATELY, MAX_REMEMBERED, SEEN_AMISS, SEEN_TO_BEGIN};
use crate::domain::Reason;
use crate::sync::Mutex;

/// When sockets and codes were last seen, as far as the next call has to know of it.
#[derive(Default)]
pub(super) struct SocketMemory {
    flapping: RecentMoments,
    /// When codes were last answered.
    answered: RecentMoments,
    /// When codes that were seen from their beginning began.
    begun: RecentMoments,
    amiss: Mutex<HashMap<SocketKey, Amiss>>,
}

/// An instance that calls see out of order, look for look.
struct Amiss {
    /// What its row says once it has lasted.
    reason: Reason,
    since: Instant,
    last_look: Instant,
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

    /// Notes a look at an instance, and what its row says once that has lasted; `None`: it is in order, or the server
    /// did not answer. How long every look has shown the same.
    pub(super) fn note_look(&self, (credential, name): (&str, &str), reason: Option<Reason>) -> Duration {
        let (mut amiss, key, now) = (self.amiss.lock(), key(credential, name), Instant::now());
        let Some(reason) = reason else {
            amiss.remove(&key);
            return Duration::ZERO;
        };
        let goes_on = |known: &Amiss| known.reason == reason && now - known.last_look < SEEN_AMISS;
        let since = amiss.get(&key).filter(|known| goes_on(known)).map_or(now, |known| known.since);
        if amiss.len() >= MAX_REMEMBERED {
            amiss.clear();
        }
        amiss.insert(key, Amiss { reason, since, last_look: now });
        now - since
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_every_look_has_shown_lasts() {
        let (memory, key) = (SocketMemory::default(), ("cred", "a"));
        let ago = |span: Duration| {
            if let Some(known) = memory.amiss.lock().get_mut(&super::key("cred", "a")) {
                known.since = known.since.checked_sub(span).expect("a moment");
                known.last_look = known.last_look.checked_sub(span).expect("a moment");
            }
        };
        let dropped = Some(Reason::Dropped);
        assert_eq!(memory.note_look(key, dropped), Duration::ZERO);
        ago(SEEN_AMISS / 2);
        assert!(memory.note_look(key, dropped) >= SEEN_AMISS / 2, "from one call to the next");
        assert_eq!(memory.note_look(key, Some(Reason::NotLoaded)), Duration::ZERO, "something else");
        ago(SEEN_AMISS);
        assert_eq!(memory.note_look(key, Some(Reason::NotLoaded)), Duration::ZERO, "nobody looked for long");
        ago(SEEN_AMISS / 2);
        assert_eq!(memory.note_look(key, None), Duration::ZERO);
        assert_eq!(memory.note_look(key, Some(Reason::NotLoaded)), Duration::ZERO, "it was in order");
    }
}
