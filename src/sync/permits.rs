//! At most N of something at a time: the one mechanism for it.
//!
//! A permit is taken for a key, in the order of arrival among those of the same key, and given back
//! when it is dropped. Nobody waits without a deadline, and no more may wait than the limits say.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Instant;

use super::{Condvar, Mutex};

/// How many permits there are, and how many may wait for one.
#[derive(Clone, Copy, Debug)]
pub struct PermitLimits {
    /// Permits of one key.
    pub per_key: usize,
    /// Permits of all keys together.
    pub total: usize,
    /// Callers that may wait, of all keys together.
    pub waiting: usize,
}

/// A set of permits. Clones share it.
pub struct Permits<K>(Arc<PermitPool<K>>);

struct PermitPool<K> {
    limits: PermitLimits,
    state: Mutex<PermitCounts<K>>,
}

struct PermitCounts<K> {
    taken: HashMap<K, usize>,
    total: usize,
    /// Those who wait, in the order of arrival. Each is woken by itself, when it may be its turn.
    queues: HashMap<K, VecDeque<Arc<Condvar>>>,
    waiting: usize,
}

/// The right to be one of N, until it is dropped.
pub struct Permit<K: Eq + Hash>(Arc<PermitPool<K>>, K);

impl<K> Clone for Permits<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Clone + Eq + Hash> Permits<K> {
    /// A set of which every permit is free.
    pub fn new(limits: PermitLimits) -> Self {
        let state = PermitCounts { taken: HashMap::new(), total: 0, queues: HashMap::new(), waiting: 0 };
        Self(Arc::new(PermitPool { limits, state: Mutex::new(state) }))
    }

    /// Takes a permit if one is free and nobody waits for it already.
    pub fn try_acquire(&self, key: K) -> Option<Permit<K>> {
        let mut state = self.0.state.lock();
        let free = !state.queues.contains_key(&key) && state.has_room(&self.0.limits, &key);
        free.then(|| self.take(&mut state, key))
    }

    /// Takes a permit, waiting for one until `deadline`. `None`: none was free in time, or too many
    /// wait already.
    pub fn acquire(&self, key: K, deadline: Instant) -> Option<Permit<K>> {
        let mut state = self.0.state.lock();
        if !state.queues.contains_key(&key) && state.has_room(&self.0.limits, &key) {
            return Some(self.take(&mut state, key));
        }
        if state.waiting >= self.0.limits.waiting {
            return None;
        }
        let turn = state.enqueue(&key);
        let blocked = |state: &mut PermitCounts<K>| !state.is_next(&self.0.limits, &key, &turn);
        let (mut state, timed_out) = turn.wait_until(state, deadline, blocked);
        state.dequeue(&key, &turn);
        let permit = (!timed_out).then(|| self.take(&mut state, key));
        // Whoever stood behind this one may be next now.
        state.wake_next(&self.0.limits);
        permit
    }

    /// How many permits are taken.
    pub fn in_use(&self) -> usize {
        self.0.state.lock().total
    }

    fn take(&self, state: &mut PermitCounts<K>, key: K) -> Permit<K> {
        *state.taken.entry(key.clone()).or_default() += 1;
        state.total += 1;
        Permit(Arc::clone(&self.0), key)
    }
}

impl<K: Eq + Hash> PermitCounts<K> {
    fn has_room(&self, limits: &PermitLimits, key: &K) -> bool {
        self.total < limits.total && self.taken.get(key).is_none_or(|taken| *taken < limits.per_key)
    }

    fn is_next(&self, limits: &PermitLimits, key: &K, turn: &Arc<Condvar>) -> bool {
        let first = self.queues.get(key).and_then(VecDeque::front);
        first.is_some_and(|first| Arc::ptr_eq(first, turn)) && self.has_room(limits, key)
    }

    /// Wakes the first of each key that has room: one for each key at most, however many wait.
    fn wake_next(&self, limits: &PermitLimits) {
        let first = |(key, queue): (&K, &VecDeque<Arc<Condvar>>)| {
            let first = queue.front().filter(|_| self.has_room(limits, key));
            first.inspect(|turn| turn.notify_one());
        };
        self.queues.iter().for_each(first);
    }

    fn dequeue(&mut self, key: &K, turn: &Arc<Condvar>) {
        self.waiting -= 1;
        if let Some(queue) = self.queues.get_mut(key) {
            queue.retain(|waiting| !Arc::ptr_eq(waiting, turn));
            if queue.is_empty() {
                self.queues.remove(key);
            }
        }
    }
}

impl<K: Clone + Eq + Hash> PermitCounts<K> {
    fn enqueue(&mut self, key: &K) -> Arc<Condvar> {
        let turn = Arc::new(Condvar::new());
        self.queues.entry(key.clone()).or_default().push_back(Arc::clone(&turn));
        self.waiting += 1;
        turn
    }
}

impl<K: Eq + Hash> Drop for Permit<K> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        state.total -= 1;
        match state.taken.get_mut(&self.1) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => drop(state.taken.remove(&self.1)),
        }
        state.wake_next(&self.0.limits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use std::time::Duration;

    const LIMITS: PermitLimits = PermitLimits { per_key: 2, total: 3, waiting: 2 };

    #[test]
    fn there_are_as_many_as_the_limits_say() {
        let permits = Permits::new(LIMITS);
        let taken: Vec<_> = ["a", "a", "b"].into_iter().map(|key| permits.try_acquire(key)).collect();
        assert!(taken.iter().all(Option::is_some));
        assert!(permits.try_acquire("a").is_none(), "two of one key");
        assert!(permits.try_acquire("b").is_none(), "three of all");
        drop(taken);
        assert_eq!(permits.in_use(), 0);
        assert!(permits.0.state.lock().taken.is_empty(), "a key that nobody uses is forgotten");
    }

    #[test]
    fn whoever_waits_gets_the_next_in_the_order_of_arrival() {
        let permits = Permits::new(PermitLimits { per_key: 1, total: 1, waiting: 8 });
        let first = permits.try_acquire(0).expect("free");
        let (sender, order) = std::sync::mpsc::channel();
        thread::scope(|scope| {
            for n in 0..4 {
                let (sender, all) = (sender.clone(), permits.clone());
                scope.spawn(move || {
                    let permit = all.acquire(0, Instant::now() + Duration::from_secs(20));
                    sender.send(n).expect("somebody listens");
                    drop(permit.expect("in time"));
                });
                while permits.0.state.lock().waiting <= n {
                    thread::yield_now();
                }
            }
            assert!(permits.try_acquire(0).is_none(), "nobody overtakes those who wait");
            drop(first);
        });
        assert_eq!(order.try_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
    }

    #[test]
    fn one_that_is_given_back_serves_whichever_key_waits() {
        let permits = Permits::new(PermitLimits { per_key: 1, total: 1, waiting: 8 });
        let first = permits.try_acquire(0).expect("free");
        thread::scope(|scope| {
            let deadline = Instant::now() + Duration::from_secs(20);
            let waiters: Vec<_> = (1..=6)
                .map(|n| {
                    scope.spawn({
                        let all = permits.clone();
                        move || all.acquire(n % 3, deadline).is_some()
                    })
                })
                .collect();
            while permits.0.state.lock().waiting < waiters.len() {
                thread::yield_now();
            }
            drop(first);
            assert!(waiters.into_iter().all(|waiter| waiter.join().expect("no panic")));
        });
    }

    #[test]
    fn a_wait_ends_at_its_deadline_and_only_so_many_wait() {
        let permits = Permits::new(PermitLimits { per_key: 1, total: 1, waiting: 0 });
        let taken = permits.try_acquire(()).expect("free");
        assert!(permits.acquire((), Instant::now() + Duration::from_mins(1)).is_none(), "nobody may wait");
        let permits = Permits::new(PermitLimits { per_key: 1, total: 1, waiting: 1 });
        let other = permits.try_acquire(()).expect("free");
        assert!(permits.acquire((), Instant::now() + Duration::from_millis(5)).is_none());
        drop((taken, other));
        assert!(permits.acquire((), Instant::now()).is_some(), "who gave up stands in nobody's way");
    }
}
