//! Passwords: their rules and their hashes. No other module names `argon2`.
//!
//! Argon2id with OWASP's least memory, 19 MiB and two passes: a guess costs an attacker what it costs
//! us. A hash carries its parameters, so that later hashes can use stronger ones.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::thread;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::crypto::random;
use crate::domain::{Invalid, Secret};

/// Memory of a hash, in KiB.
const MEMORY: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes; more would only help a machine that has nothing else to do.
const LANES: u32 = 1;
/// Bytes of salt, as the RFC asks for.
const SALT: usize = 16;
/// Fewest and most characters of a password. Nobody types more, and everything has a bound.
const CHARACTERS: std::ops::RangeInclusive<usize> = 8..=128;
/// The hash that a password is checked against where the user has none: it takes as long, and nothing matches it.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4uLg$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A password that may be set.
#[derive(Debug)]
pub struct Password(Secret);

impl Password {
    /// Reads a password for the user of that name. Nothing is trimmed or folded.
    pub fn parse(text: &str, name: &str) -> Result<Self, Invalid> {
        let fits = CHARACTERS.contains(&text.chars().count()) && !text.eq_ignore_ascii_case(name);
        if fits { Ok(Self(Secret::new(text))) } else { Err(Invalid::Password) }
    }
}

/// A hash to be made or compared.
type HashJob = Box<dyn FnOnce() + Send>;

/// Makes hashes, one at a time, on one thread: the allocator keeps 19 MiB for each thread that ever made
/// one, and hashes made at once only slow each other down. Each takes some 20 ms; the caller bounds how
/// many may wait.
pub struct Passwords {
    jobs: Sender<HashJob>,
}

impl Default for Passwords {
    fn default() -> Self {
        let (jobs, queue) = mpsc::channel::<HashJob>();
        let work = move || {
            for job in queue {
                // The caller of a job that panicked notices it by the missing result.
                drop(catch_unwind(AssertUnwindSafe(job)));
            }
        };
        thread::Builder::new().name("hash".into()).spawn(work).expect("the system has a thread");
        Self { jobs }
    }
}

impl Passwords {
    /// The hash that is stored in place of the password.
    pub fn hash(&self, password: &Password) -> String {
        let text = password.0.clone();
        self.in_turn(move || {
            let hash = argon2().hash_password_with_salt(text.expose().as_bytes(), &random::<SALT>());
            hash.expect("a password of that length and a salt can be hashed").to_string()
        })
    }

    /// Whether the text is the password of the hash. Without a hash the answer takes as long.
    pub fn matches(&self, text: &Secret, kept: Option<&str>) -> bool {
        let (text, against) = (text.clone(), kept.unwrap_or(DUMMY_HASH).to_owned());
        let same =
            self.in_turn(move || argon2().verify_password(text.expose().as_bytes(), &*against).is_ok());
        same && kept.is_some()
    }

    fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (sender, result) = mpsc::channel();
        let job = Box::new(move || drop(sender.send(work())));
        self.jobs.send(job).expect("the thread lives as long as its sender");
        result.recv().expect("a hash is made, or its thread has said why not")
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY, PASSES, LANES, None).expect("the parameters are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_no_name() {
        let longest = "é".repeat(128);
        for good in ["12345678", "com espaço", " ········ ", &longest] {
            assert!(Password::parse(good, "ana").is_ok(), "{good}");
        }
        let too_long = "é".repeat(129);
        for bad in ["", "1234567", "administrador", "ADMINISTRADOR", &too_long] {
            assert_eq!(Password::parse(bad, "administrador").err(), Some(Invalid::Password), "{bad}");
        }
    }

    #[test]
    fn a_hash_is_of_its_kind_and_opens_for_its_password_only() {
        let passwords = Passwords::default();
        let password = Password::parse("uma senha boa", "ana").expect("a password");
        let hash = passwords.hash(&password);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(&password), "a salt is never used twice");
        let matches = |text: &str, kept: Option<&str>| passwords.matches(&Secret::new(text), kept);
        assert!(matches("uma senha boa", Some(&hash)));
        for (text, kept) in [
            ("uma senha má", Some(&*hash)),
            ("", Some(&*hash)),
            ("uma senha boa", None),
            ("uma senha boa", Some("")),
            ("uma senha boa", Some("uma senha boa")),
        ] {
            assert!(!matches(text, kept), "{text} {kept:?}");
        }
    }

    #[test]
    fn the_dummy_hash_costs_what_any_costs() {
        let password = Password::parse("uma senha boa", "ana").expect("one");
        let hash = Passwords::default().hash(&password);
        let cost = |hash: &str| hash.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!((cost(DUMMY_HASH), DUMMY_HASH.len()), (cost(&hash), hash.len()));
        // A hash of the wrong form would fail before any work, and show that there is no password.
        assert_eq!(
            argon2().verify_password(b"", DUMMY_HASH),
            Err(argon2::password_hash::Error::PasswordInvalid)
        );
    }
}
