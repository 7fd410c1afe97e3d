//! How often what others pay for may be asked: restarts of one instance, calls by one connect link, tests of servers and
//! of notices.

use std::time::{Duration, Instant};

use super::rate_limit::RateLimit;
use crate::crypto::token_hash;
use crate::http::problem::Problem;

/// Restarts of an instance at once, and the time after which there is one more, whoever asks.
const RESTARTS: (u32, Duration) = (6, Duration::from_secs(5));
/// The same for one link: its holder leaves some of the instance's to its owner.
const LINK_RESTARTS: (u32, Duration) = (3, Duration::from_secs(10));
/// Calls by one link: its page makes one in some seconds, in as many tabs as people open.
const LINK_CALLS: (u32, Duration) = (30, Duration::from_millis(500));

/// Test messages of an instance at once, and the time after which there is one more: WhatsApp takes many alike for spam.
const TEST_MESSAGES: (u32, Duration) = (3, Duration::from_secs(30));
/// Tests of servers and of notice targets that a user may make at once, and the time after which there is one more:
/// nobody looks for open doors in the network from here.
const TESTS: (u32, Duration) = (10, Duration::from_secs(1));

/// The buckets.
pub struct Throttles {
    restarts: RateLimit<String>,
    test_messages: RateLimit<String>,
    tests: RateLimit<String>,
    link_restarts: RateLimit<[u8; 32]>,
    link_calls: RateLimit<[u8; 32]>,
}

impl Default for Throttles {
    fn default() -> Self {
        Self {
            restarts: RateLimit::new(RESTARTS.0, RESTARTS.1),
            test_messages: RateLimit::new(TEST_MESSAGES.0, TEST_MESSAGES.1),
            tests: RateLimit::new(TESTS.0, TESTS.1),
            link_restarts: RateLimit::new(LINK_RESTARTS.0, LINK_RESTARTS.1),
            link_calls: RateLimit::new(LINK_CALLS.0, LINK_CALLS.1),
        }
    }
}

impl Throttles {
    /// Counts a restart of an instance.
    pub fn restart(&self, instance: &str) -> Result<(), Problem> {
        self.restarts.count(instance.to_owned(), Instant::now()).map_err(Problem::TooOften)
    }

    /// Counts a test message of an instance.
    pub fn test_message(&self, instance: &str) -> Result<(), Problem> {
        self.test_messages.count(instance.to_owned(), Instant::now()).map_err(Problem::TooOften)
    }

    /// Counts a test of a server or of a notice target by a user.
    pub fn test(&self, user: &str) -> Result<(), Problem> {
        self.tests.count(user.to_owned(), Instant::now()).map_err(Problem::TooOften)
    }

    /// Counts a call by the link with that token, and the restart of an instance where it is for one. A
    /// restart that the instance has no room for is none of the link's.
    pub fn link(&self, token: &str, restarts: Option<&str>) -> Result<(), Problem> {
        let (link, now) = (token_hash(token), Instant::now());
        self.link_calls.count(link, now).map_err(Problem::TooOften)?;
        let Some(instance) = restarts else { return Ok(()) };
        self.link_restarts.count(link, now).map_err(Problem::TooOften)?;
        self.restart(instance).inspect_err(|_| self.link_restarts.give_back(&link))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_that_the_instance_refuses_is_none_of_the_links() {
        let throttles = Throttles::default();
        while throttles.restart("a").is_ok() {}
        assert!((0..9).all(|_| throttles.link("token", Some("a")).is_err()));
        let restarts = (0..9).filter(|_| throttles.link("token", Some("b")).is_ok()).count();
        assert_eq!(restarts, usize::try_from(LINK_RESTARTS.0).expect("small"));
    }
}
