//! Values by key, of at most N keys, for keys that come as they are used. A look-up locks nothing; no key ever goes.

use std::sync::OnceLock;

/// Values by key, of at most N keys.
pub struct SeriesTable<K, V, const N: usize>([OnceLock<Box<(K, V)>>; N]);

impl<K, V, const N: usize> Default for SeriesTable<K, V, N> {
    fn default() -> Self {
        Self([const { OnceLock::new() }; N])
    }
}

impl<K: Copy + PartialEq, V: Default, const N: usize> SeriesTable<K, V, N> {
    /// The value of a key, which gets one where it has none. `None` where N other keys came first: so that what is
    /// counted stays bounded whatever is sent, callers give labels from lists of ours.
    pub fn of(&self, key: K) -> Option<&V> {
        let entries = self.0.iter().map(|slot| slot.get_or_init(|| Box::new((key, V::default()))));
        entries.map(|entry| &**entry).find(|(its, _)| *its == key).map(|(_, value)| value)
    }

    /// What there is, in the order in which it came.
    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.0.iter().map_while(|slot| slot.get().map(|entry| &**entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Counter;

    #[test]
    fn each_key_has_one_value_and_no_more_keys_come_than_there_may_be() {
        let table = SeriesTable::<u16, Counter, 3>::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for n in 0..3000 {
                        table.of(n % 3).expect("there is room for three").count();
                    }
                });
            }
        });
        assert!(table.of(3).is_none(), "a fourth");
        let mut counted: Vec<_> = table.iter().map(|(key, counter)| (*key, counter.total())).collect();
        counted.sort_unstable();
        assert_eq!(counted, [(0, 4000), (1, 4000), (2, 4000)]);
    }
}
