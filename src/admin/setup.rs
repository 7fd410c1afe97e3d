//! The set-up link of a first start: whoever opens it becomes the first administrator.
//!
//! The link is in memory only, lives half an hour, and works once. A new start makes a new one.

use std::time::{Duration, Instant};

use crate::crypto::{new_secret, sha256};
use crate::domain::Secret;
use crate::sync::Mutex;

/// How long a link works.
pub const LIFE: Duration = Duration::from_mins(30);

/// The link that works now, if one does.
#[derive(Default)]
pub struct Setup(Mutex<Option<SetupLink>>);

struct SetupLink {
    /// SHA-256 of the token. How long two hashes take to compare says nothing about the token.
    hash: [u8; 32],
    until: Instant,
}

impl Setup {
    /// Makes a link's token; the one before it no longer works.
    pub fn open(&self, now: Instant) -> Secret {
        let token = new_secret();
        *self.0.lock() = Some(SetupLink { hash: sha256(token.expose().as_bytes()), until: now + LIFE });
        token
    }

    /// Whether the token would work.
    pub fn opens(&self, token: &Secret, now: Instant) -> bool {
        self.0.lock().as_ref().is_some_and(|link| link.opens(token, now))
    }

    /// Runs the set-up that the token allows, and ends the link if it succeeds. `None` when the token does
    /// not work, or no longer: of two requests at once, one succeeds.
    pub fn spend<T, E>(
        &self,
        token: &Secret,
        now: Instant,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        let mut link = self.0.lock();
        if !link.as_ref().is_some_and(|link| link.opens(token, now)) {
            return None;
        }
        let done = work();
        if done.is_ok() {
            *link = None;
        }
        Some(done)
    }
}

impl SetupLink {
    fn opens(&self, token: &Secret, now: Instant) -> bool {
        now < self.until && self.hash == sha256(token.expose().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_once_for_half_an_hour_and_until_the_next() {
        let (setup, start) = (Setup::default(), Instant::now());
        let spend = |token: &Secret, now| setup.spend(token, now, || Ok::<_, ()>(())).is_some();
        assert!(!spend(&Secret::new(""), start), "there is none yet");
        let (first, second) = (setup.open(start), setup.open(start));
        assert!(!setup.opens(&first, start) && !spend(&first, start), "replaced");
        assert!(!spend(&Secret::new("another"), start));
        let last = start + LIFE.checked_sub(Duration::from_millis(1)).expect("longer than that");
        assert!(setup.opens(&second, last));
        assert!(!setup.opens(&second, start + LIFE) && !spend(&second, start + LIFE), "too late");
        assert!(spend(&second, last));
        assert!(!spend(&second, last), "spent");
    }

    #[test]
    fn work_that_fails_leaves_the_link() {
        let (setup, now) = (Setup::default(), Instant::now());
        let token = setup.open(now);
        assert_eq!(setup.spend(&token, now, || Err::<(), _>("taken")), Some(Err("taken")));
        assert_eq!(setup.spend(&token, now, || Ok::<_, ()>(1)), Some(Ok(1)));
    }
}
