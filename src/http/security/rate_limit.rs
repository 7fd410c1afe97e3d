//! Token buckets, one for each address, account or whatever else the caller counts by.
//!
//! So many at once, then one in a while. What is counted, and who is refused over it, is the caller's
//! affair: a valid token is never even looked up here.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use crate::sync::Mutex;

/// What a bucket holds, unless told otherwise.
const BURST: u32 = 10;
/// Time in which a bucket gains one: ten a minute.
const REFILL: Duration = Duration::from_secs(6);
/// Keys remembered. Each costs some 60 bytes; beyond it the one nearest to full goes.
const MAX_KEYS: usize = 4096;

/// The buckets of all keys that took something lately.
pub struct RateLimit<K> {
    /// When each key's bucket will be full again.
    full_at: Mutex<HashMap<K, Instant>>,
    burst: u32,
    refill: Duration,
}

impl<K> Default for RateLimit<K> {
    fn default() -> Self {
        Self::new(BURST, REFILL)
    }
}

impl<K> RateLimit<K> {
    /// Full buckets that hold `burst` each and gain one in each `refill`.
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self { full_at: Mutex::default(), burst, refill }
    }
}

impl<K: Clone + Eq + Hash> RateLimit<K> {
    /// Takes one of the key's; where none is left, the time until there is one is the error.
    pub fn count(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut table = self.full_at.lock();
        let full_at = table.get(&key).map_or(now, |at| (*at).max(now)) + self.refill;
        let over = full_at.saturating_duration_since(now + self.refill * self.burst);
        if !over.is_zero() {
            return Err(over);
        }
        if table.len() >= MAX_KEYS && !table.contains_key(&key) {
            make_room(&mut table, now);
        }
        table.insert(key, full_at);
        Ok(())
    }

    /// Gives one back that was taken for nothing.
    pub fn give_back(&self, key: &K) {
        if let Some(full_at) = self.full_at.lock().get_mut(key) {
            *full_at = full_at.checked_sub(self.refill).unwrap_or(*full_at);
        }
    }
}

fn make_room<K: Clone + Eq + Hash>(table: &mut HashMap<K, Instant>, now: Instant) {
    table.retain(|_, full_at| *full_at > now);
    if table.len() >= MAX_KEYS {
        let fullest = table.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone());
        fullest.map(|key| table.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn ten_at_once_then_one_every_six_seconds() {
        let (limit, start) = (RateLimit::default(), Instant::now());
        let (address, other) = (IpAddr::from([1, 2, 3, 4]), IpAddr::from([1, 2, 3, 5]));
        for _ in 0..BURST {
            assert_eq!(limit.count(address, start), Ok(()));
        }
        assert_eq!(limit.count(address, start), Err(REFILL));
        assert_eq!(limit.count(address, start), Err(REFILL), "a refused try costs nothing more");
        assert_eq!(limit.count(other, start), Ok(()));
        assert_eq!(limit.count(address, start + REFILL), Ok(()));
        assert!(limit.count(address, start + REFILL).is_err());
    }

    #[test]
    fn what_was_given_back_does_not_count() {
        let (limit, start) = (RateLimit::new(2, REFILL), Instant::now());
        for _ in 0..5 {
            assert_eq!(limit.count("ana", start), Ok(()));
            limit.give_back(&"ana");
        }
        assert_eq!(limit.count("ana", start), Ok(()));
        limit.give_back(&"nobody");
        assert_eq!(limit.count("ana", start), Ok(()));
        assert_eq!(limit.count("ana", start), Err(REFILL));
    }

    #[test]
    fn the_table_stays_bounded_and_loses_the_fullest() {
        let (limit, start) = (RateLimit::default(), Instant::now());
        let address = |n: usize| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(n).expect("small")));
        for n in 0..=MAX_KEYS {
            let millis = u64::try_from(n / 1000).expect("small");
            assert_eq!(limit.count(address(n), start + Duration::from_millis(millis)), Ok(()));
        }
        let table = limit.full_at.lock();
        assert_eq!(table.len(), MAX_KEYS);
        assert!(table.contains_key(&address(MAX_KEYS)));
        assert_eq!((0..1000).filter(|n| table.contains_key(&address(*n))).count(), 999);
    }
}
