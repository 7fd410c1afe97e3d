//! Failures, counted per address or whatever else makes them.
//!
//! So many at once, then one in a while. What is counted, and who is refused over it, is the caller's
//! affair: a valid token is never even looked up here.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use crate::sync::Mutex;

/// Failures that may be made at once, unless told otherwise.
const BURST: u32 = 10;
/// Time after which one of them is forgotten: ten a minute.
const FORGET: Duration = Duration::from_secs(6);
/// Keys remembered. Each costs some 60 bytes; beyond it the one nearest to being forgotten goes.
const MAX_KEYS: usize = 4096;

/// The table of those with recent failures.
pub struct Failures<K> {
    /// When all of a key's failures will be forgotten.
    clean_at: Mutex<HashMap<K, Instant>>,
    burst: u32,
    forget: Duration,
}

impl<K> Default for Failures<K> {
    fn default() -> Self {
        Self::new(BURST, FORGET)
    }
}

impl<K> Failures<K> {
    /// An empty table that takes `burst` of them at once, and forgets one in each `forget`.
    pub fn new(burst: u32, forget: Duration) -> Self {
        Self { clean_at: Mutex::default(), burst, forget }
    }
}

impl<K: Clone + Eq + Hash> Failures<K> {
    /// Counts one failure. Who has none left gets the time until there is one again.
    pub fn count(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut table = self.clean_at.lock();
        let clean_at = table.get(&key).map_or(now, |at| (*at).max(now)) + self.forget;
        let over = clean_at.saturating_duration_since(now + self.forget * self.burst);
        if !over.is_zero() {
            return Err(over);
        }
        if table.len() >= MAX_KEYS && !table.contains_key(&key) {
            make_room(&mut table, now);
        }
        table.insert(key, clean_at);
        Ok(())
    }

    /// Takes one back that was counted and turned out to be none.
    pub fn give_back(&self, key: &K) {
        if let Some(clean_at) = self.clean_at.lock().get_mut(key) {
            *clean_at = clean_at.checked_sub(self.forget).unwrap_or(*clean_at);
        }
    }
}

fn make_room<K: Clone + Eq + Hash>(table: &mut HashMap<K, Instant>, now: Instant) {
    table.retain(|_, clean_at| *clean_at > now);
    if table.len() >= MAX_KEYS {
        let stalest = table.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone());
        stalest.map(|key| table.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn ten_at_once_then_one_every_six_seconds() {
        let (failures, start) = (Failures::default(), Instant::now());
        let (address, other) = (IpAddr::from([1, 2, 3, 4]), IpAddr::from([1, 2, 3, 5]));
        for _ in 0..BURST {
            assert_eq!(failures.count(address, start), Ok(()));
        }
        assert_eq!(failures.count(address, start), Err(FORGET));
        assert_eq!(failures.count(address, start), Err(FORGET), "a refused try costs nothing more");
        assert_eq!(failures.count(other, start), Ok(()));
        assert_eq!(failures.count(address, start + FORGET), Ok(()));
        assert!(failures.count(address, start + FORGET).is_err());
    }

    #[test]
    fn what_was_given_back_does_not_count() {
        let (failures, start) = (Failures::new(2, FORGET), Instant::now());
        for _ in 0..5 {
            assert_eq!(failures.count("ana", start), Ok(()));
            failures.give_back(&"ana");
        }
        assert_eq!(failures.count("ana", start), Ok(()));
        failures.give_back(&"nobody");
        assert_eq!(failures.count("ana", start), Ok(()));
        assert_eq!(failures.count("ana", start), Err(FORGET));
    }

    #[test]
    fn the_table_stays_bounded_and_loses_the_stalest() {
        let (failures, start) = (Failures::default(), Instant::now());
        let address = |n: usize| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(n).expect("small")));
        for n in 0..=MAX_KEYS {
            let millis = u64::try_from(n / 1000).expect("small");
            assert_eq!(failures.count(address(n), start + Duration::from_millis(millis)), Ok(()));
        }
        let table = failures.clean_at.lock();
        assert_eq!(table.len(), MAX_KEYS);
        assert!(table.contains_key(&address(MAX_KEYS)));
        assert_eq!((0..1000).filter(|n| table.contains_key(&address(*n))).count(), 999);
    }
}
