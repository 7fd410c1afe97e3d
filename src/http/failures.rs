//! Failed authentications, counted per address.
//!
//! It only ever hears of failures: it cannot refuse a caller whose token is valid.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures an address may make at once.
const BURST: u32 = 10;
/// Time after which one of them is forgotten: ten a minute.
const FORGET: Duration = Duration::from_secs(6);
/// Addresses remembered. Each costs some 60 bytes; beyond it the one nearest to being forgotten
/// goes.
const MAX_ADDRESSES: usize = 4096;

/// The table of addresses with recent failures.
#[derive(Default)]
pub struct Failures {
    /// When all of an address's failures will be forgotten.
    clean_at: Mutex<HashMap<IpAddr, Instant>>,
}

impl Failures {
    /// Counts one failure. An address that has none left gets the time until it has.
    pub fn count(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut table = self.clean_at.lock().unwrap_or_else(PoisonError::into_inner);
        let clean_at = table.get(&address).map_or(now, |at| (*at).max(now)) + FORGET;
        let over = clean_at.saturating_duration_since(now + FORGET * BURST);
        if !over.is_zero() {
            return Err(over);
        }
        if table.len() >= MAX_ADDRESSES && !table.contains_key(&address) {
            make_room(&mut table, now);
        }
        table.insert(address, clean_at);
        Ok(())
    }
}

fn make_room(table: &mut HashMap<IpAddr, Instant>, now: Instant) {
    table.retain(|_, clean_at| *clean_at > now);
    if table.len() >= MAX_ADDRESSES {
        let stalest = table.iter().min_by_key(|(_, at)| **at).map(|(address, _)| *address);
        stalest.map(|address| table.remove(&address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

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
    fn the_table_stays_bounded_and_loses_the_stalest() {
        let (failures, start) = (Failures::default(), Instant::now());
        let address = |n: usize| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(n).expect("small")));
        for n in 0..=MAX_ADDRESSES {
            let millis = u64::try_from(n / 1000).expect("small");
            assert_eq!(failures.count(address(n), start + Duration::from_millis(millis)), Ok(()));
        }
        let table = failures.clean_at.lock().expect("nobody panicked");
        assert_eq!(table.len(), MAX_ADDRESSES);
        assert!(table.contains_key(&address(MAX_ADDRESSES)));
        assert_eq!((0..1000).filter(|n| table.contains_key(&address(*n))).count(), 999);
    }
}
