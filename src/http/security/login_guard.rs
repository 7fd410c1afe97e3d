//! What stands between the network and an account: passwords, the first start's link, and how often
//! either may be tried.
//!
//! An attempt is counted before it is looked at, so that many at once are no way round the count;
//! one that was right is given back.

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::failures::Failures;
use crate::admin::{Passwords, Setup};
use crate::http::problem::Problem;

/// Failures that an account takes at once, from wherever they come, and the time after which one of
/// them is forgotten: five times an address's, so that nobody shuts somebody else out from one place,
/// and guesses from everywhere stay below one a second.
const ACCOUNT: (u32, Duration) = (50, Duration::from_millis(1200));
/// Tests of servers that an administrator may make at once, and the time after which one of them is
/// forgotten: nobody looks for open doors in the network from here.
const TESTS: (u32, Duration) = (10, Duration::from_secs(1));

/// Everything of it.
pub struct Door {
    /// Makes and compares hashes.
    pub passwords: Passwords,
    /// The link of the first start.
    pub setup: Setup,
    /// Held while something is written about a session or a token that was used: where a write waits
    /// for the disk, it holds up one worker.
    pub noting: Mutex<()>,
    by_address: Failures<IpAddr>,
    by_account: Failures<String>,
    tests: Failures<String>,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            passwords: Passwords::default(),
            setup: Setup::default(),
            noting: Mutex::default(),
            by_address: Failures::default(),
            by_account: Failures::new(ACCOUNT.0, ACCOUNT.1),
            tests: Failures::new(TESTS.0, TESTS.1),
        }
    }
}

/// An attempt to log in, or to show that one is who one is.
pub struct Attempt<'a> {
    door: &'a Door,
    address: IpAddr,
    account: Option<String>,
}

impl Door {
    /// Counts an attempt from that household, and for that account where one is named. What the
    /// account refuses is no failure of the household's.
    pub fn attempt(
        &self,
        address: IpAddr,
        account: Option<&str>,
        now: Instant,
    ) -> Result<Attempt<'_>, Problem> {
        let account = account.map(str::to_owned);
        self.by_address.count(address, now).map_err(Problem::TooOften)?;
        if let Some(account) = &account {
            self.by_account.count(account.clone(), now).map_err(|wait| {
                self.by_address.give_back(&address);
                Problem::TooOften(wait)
            })?;
        }
        Ok(Attempt { door: self, address, account })
    }

    /// Counts a test of a server.
    pub fn test(&self, user: &str) -> Result<(), Problem> {
        self.tests.count(user.to_owned(), Instant::now()).map_err(Problem::TooOften)
    }
}

impl Attempt<'_> {
    /// It was no failure.
    pub fn succeeded(self) {
        self.door.by_address.give_back(&self.address);
        if let Some(account) = &self.account {
            self.door.by_account.give_back(account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_takes_several_addresses_worth_and_its_refusals_cost_an_address_nothing() {
        let (door, now) = (Door::default(), Instant::now());
        let address = |n: u8| IpAddr::from([10, 0, 0, n]);
        let fails = |n, account| door.attempt(address(n), Some(account), now).is_err();
        assert_eq!((0..20).filter(|_| !fails(1, "ana")).count(), 10, "one address");
        assert_eq!((2..99).filter(|n| !fails(*n, "ana")).count(), 40, "all the others");
        assert!((0..20).all(|_| fails(100, "ana")), "the account is shut");
        assert_eq!((0..20).filter(|_| !fails(100, "bia")).count(), 10, "and that cost the address nothing");
        let later = now + ACCOUNT.1;
        assert!(door.attempt(address(101), Some("ana"), later).is_ok(), "one of them is forgotten");
    }

    #[test]
    fn what_was_no_failure_is_given_back() {
        let (door, now) = (Door::default(), Instant::now());
        for _ in 0..100 {
            let attempt = door.attempt(IpAddr::from([10, 0, 0, 1]), Some("ana"), now);
            attempt.unwrap_or_else(|_| panic!("it costs nothing")).succeeded();
        }
    }
}
