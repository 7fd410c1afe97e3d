//! What stands between the network and an account: passwords, and how often they and the first start's link
//! may be tried.
//!
//! An attempt is counted before it is looked at, so that many at once are no way round the count;
//! one that was right is given back.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::failed_login_log::FailedLoginLog;
use super::rate_limit::RateLimit;
use crate::admin::{Password, Passwords};
use crate::domain::Secret;
use crate::http::problem::Problem;
use crate::sync::{Permit, PermitLimits, Permits};

/// Failures that an account takes at once of browsers that never logged in to it, and the time after which one of
/// them is forgotten: five times an address's, so that nobody shuts somebody else out from one place,
/// and guesses from everywhere stay below one a second.
const ACCOUNT: (u32, Duration) = (50, Duration::from_millis(1200));
/// Wrong codes of a second factor that an account takes at once, and the time after which one of them is forgotten.
/// Whoever guesses codes knows the password, so that addresses are no bound: from all of them together one in 200 would
/// guess right within a day.
const CODES: (u32, Duration) = (10, Duration::from_mins(1));

/// Hashes are made one at a time, since each takes 19 MiB and a core. Those that may wait are a fifth of
/// a second's.
const HASHES: PermitLimits = PermitLimits { per_key: 1, total: 1, waiting: 8 };
/// How long a hash may wait for its turn.
const HASH_WAIT: Duration = Duration::from_secs(5);

/// Everything of it.
pub struct LoginGuard {
    passwords: Passwords,
    hashing: Permits<()>,
    /// How often the log tells of failed logins.
    pub failed_logins: FailedLoginLog,
    by_address: RateLimit<IpAddr>,
    by_account: RateLimit<String>,
    /// Of each account, the failures of browsers that logged in to it before.
    by_browser: RateLimit<String>,
    codes: RateLimit<String>,
}

impl Default for LoginGuard {
    fn default() -> Self {
        Self {
            passwords: Passwords::default(),
            hashing: Permits::new(HASHES),
            failed_logins: FailedLoginLog::default(),
            by_address: RateLimit::default(),
            by_account: RateLimit::new(ACCOUNT.0, ACCOUNT.1),
            by_browser: RateLimit::default(),
            codes: RateLimit::new(CODES.0, CODES.1),
        }
    }
}

/// Who attempts something.
#[derive(Clone)]
pub enum Attempter {
    /// A browser that logged in to this account before. Nobody else's failures count against it.
    KnownBrowser(String),
    /// Anybody else: the household, and the account where one is named.
    Stranger(IpAddr, Option<String>),
}

/// An attempt to log in, or to show that one is who one is.
pub struct Attempt<'a> {
    guard: &'a LoginGuard,
    by: Attempter,
}

impl LoginGuard {
    /// Counts an attempt. What the account refuses is no failure of the household's.
    pub fn attempt(&self, by: Attempter, now: Instant) -> Result<Attempt<'_>, Problem> {
        let counted = match &by {
            Attempter::KnownBrowser(account) => self.by_browser.count(account.clone(), now),
            Attempter::Stranger(address, None) => self.by_address.count(*address, now),
            Attempter::Stranger(address, Some(account)) => {
                self.by_address.count(*address, now).and_then(|()| {
                    let counted = self.by_account.count(account.clone(), now);
                    counted.inspect_err(|_| self.by_address.give_back(address))
                })
            }
        };
        counted.map_err(Problem::TooManyAttempts)?;
        Ok(Attempt { guard: self, by })
    }

    /// What is kept in place of the password; `busy` where too many wait for theirs.
    pub fn hash(&self, password: &Password) -> Result<String, Problem> {
        let _turn = self.turn()?;
        Ok(self.passwords.hash(password))
    }

    /// Whether the text is the password that was kept. Where none was, it takes as long to say no.
    pub fn matches(&self, text: &Secret, kept: Option<&str>) -> Result<bool, Problem> {
        let _turn = self.turn()?;
        Ok(self.passwords.matches(text, kept))
    }

    /// Counts a code before it is looked at, for whoever shows it.
    pub fn code(&self, by: &str, now: Instant) -> Result<(), Problem> {
        self.codes.count(by.to_owned(), now).map_err(Problem::TooManyAttempts)
    }

    /// Gives back one that was right.
    pub fn right_code(&self, by: &str) {
        self.codes.give_back(&by.to_owned());
    }

    fn turn(&self) -> Result<Permit<()>, Problem> {
        self.hashing.acquire((), Instant::now() + HASH_WAIT).ok_or(Problem::BUSY)
    }
}

impl Attempt<'_> {
    /// By what codes are counted: those of a known browser are not shut out by others'.
    pub fn account(&self) -> &str {
        match &self.by {
            Attempter::KnownBrowser(account) => account,
            Attempter::Stranger(_, account) => account.as_deref().unwrap_or_default(),
        }
    }

    /// It was no failure.
    pub fn succeeded(self) {
        match &self.by {
            Attempter::KnownBrowser(account) => self.guard.by_browser.give_back(account),
            Attempter::Stranger(address, account) => {
                self.guard.by_address.give_back(address);
                account.as_ref().inspect(|account| self.guard.by_account.give_back(account));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(n: u8, account: &str) -> Attempter {
        Attempter::Stranger(IpAddr::from([10, 0, 0, n]), Some(account.to_owned()))
    }

    #[test]
    fn an_account_takes_several_addresses_worth_and_its_refusals_cost_an_address_nothing() {
        let (guard, now) = (LoginGuard::default(), Instant::now());
        let fails = |n, account| guard.attempt(stranger(n, account), now).is_err();
        assert_eq!((0..20).filter(|_| !fails(1, "ana")).count(), 10, "one address");
        assert_eq!((2..99).filter(|n| !fails(*n, "ana")).count(), 40, "all the others");
        assert!((0..20).all(|_| fails(100, "ana")), "the account is shut");
        assert_eq!((0..20).filter(|_| !fails(100, "bia")).count(), 10, "and that cost the address nothing");
        let known = || guard.attempt(Attempter::KnownBrowser("ana".into()), now).is_ok();
        assert_eq!((0..20).filter(|_| known()).count(), 10, "her own browser has its own attempts");
        let later = now + ACCOUNT.1;
        assert!(guard.attempt(stranger(101, "ana"), later).is_ok(), "one of them is forgotten");
    }

    #[test]
    fn codes_are_counted_for_the_account_wherever_they_come_from() {
        let (guard, now) = (LoginGuard::default(), Instant::now());
        let by = |by| guard.attempt(by, now).unwrap_or_else(|_| panic!("one is free"));
        assert_eq!(by(stranger(1, "ana")).account(), by(stranger(2, "ana")).account());
        assert_ne!(by(stranger(1, "ana")).account(), by(Attempter::KnownBrowser("u_ana".into())).account());
        assert_eq!((0..99).filter(|_| guard.code("ana", now).is_ok()).count(), 10);
        assert!(guard.code("bia", now).is_ok());
        guard.right_code("ana");
        assert!(guard.code("ana", now).is_ok() && guard.code("ana", now).is_err());
        assert!(guard.code("ana", now + CODES.1).is_ok(), "one of them is forgotten");
    }

    #[test]
    fn what_was_no_failure_is_given_back() {
        let (guard, now) = (LoginGuard::default(), Instant::now());
        for by in [stranger(1, "ana"), Attempter::KnownBrowser("ana".into())] {
            for _ in 0..100 {
                let attempt = guard.attempt(by.clone(), now);
                attempt.unwrap_or_else(|_| panic!("it costs nothing")).succeeded();
            }
        }
    }
}
