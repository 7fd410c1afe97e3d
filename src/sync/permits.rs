//! At most N of something at a time: the one mechanism for it.
//!
//! A permit is taken for a key, and given back when it is dropped: to the key that has the fewest of
//! those that are waited for, and there to the first that came. Nobody waits without a deadline, and no
//! more may wait than the limits say.

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
    /// In the order of arrival. There is room for none of them: a permit that is given back is granted at
    /// once, so that no newcomer gets between.
    waiters: VecDeque<Arc<Waiter<K>>>,
}

/// A caller that waits, for as long as it is in the queue.
struct Waiter<K> {
    key: K,
    granted: Condvar,
}

/// How many permits one key has, and how many of its callers wait for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermitQueue<K> {
    /// The key.
    pub key: K,
    /// Permits that are taken.
    pub taken: usize,
    /// Callers that wait.
    pub waiting: usize,
}

/// The right to be one of N, until it is dropped.
pub struct Permit<K: Eq + Hash + Clone>(Arc<PermitPool<K>>, K);

impl<K> Clone for Permits<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Clone + Eq + Hash> Permits<K> {
    /// A set of which every permit is free.
    pub fn new(limits: PermitLimits) -> Self {
        let state = PermitCounts { taken: HashMap::new(), total: 0, waiters: VecDeque::new() };
        Self(Arc::new(PermitPool { limits, state: Mutex::new(state) }))
    }

    /// Takes a permit if one is free.
    pub fn try_acquire(&self, key: K) -> Option<Permit<K>> {
        let mut state = self.0.state.lock();
        let has_room = state.has_room(&self.0.limits, &key);
        has_room.then(|| self.take(&mut state, key))
    }

    /// Takes a permit, waiting for one until `deadline`. `None`: none was free in time, or too many
    /// wait already.
    pub fn acquire(&self, key: K, deadline: Instant) -> Option<Permit<K>> {
        let mut state = self.0.state.lock();
        if state.has_room(&self.0.limits, &key) {
            return Some(self.take(&mut state, key));
        }
        if state.waiters.len() >= self.0.limits.waiting {
            return None;
        }
        let waiter = Arc::new(Waiter { key: key.clone(), granted: Condvar::new() });
        state.waiters.push_back(Arc::clone(&waiter));
        let is_waiting =
            |state: &mut PermitCounts<K>| state.waiters.iter().any(|other| Arc::ptr_eq(other, &waiter));
        let (mut state, timed_out) = waiter.granted.wait_until(state, deadline, is_waiting);
        if timed_out {
            state.waiters.retain(|other| !Arc::ptr_eq(other, &waiter));
            return None;
        }
        Some(Permit(Arc::clone(&self.0), key))
    }

    /// The keys that have permits or wait for one.
    pub fn queues(&self) -> Vec<PermitQueue<K>> {
        let state = self.0.state.lock();
        let queue = |(key, taken): (&K, &usize)| {
            (key.clone(), PermitQueue { key: key.clone(), taken: *taken, waiting: 0 })
        };
        let mut queues: HashMap<K, PermitQueue<K>> = state.taken.iter().map(queue).collect();
        for waiter in &state.waiters {
            let empty = || PermitQueue { key: waiter.key.clone(), taken: 0, waiting: 0 };
            queues.entry(waiter.key.clone()).or_insert_with(empty).waiting += 1;
        }
        queues.into_values().collect()
    }

    /// How many permits are taken.
    pub fn in_use(&self) -> usize {
        self.0.state.lock().total
    }

    fn take(&self, state: &mut PermitCounts<K>, key: K) -> Permit<K> {
        state.count(key.clone());
        Permit(Arc::clone(&self.0), key)
    }
}

impl<K: Clone + Eq + Hash> PermitCounts<K> {
    fn taken_of(&self, key: &K) -> usize {
        self.taken.get(key).copied().unwrap_or(0)
    }

    fn has_room(&self, limits: &PermitLimits, key: &K) -> bool {
        self.total < limits.total && self.taken_of(key) < limits.per_key
    }

    fn count(&mut self, key: K) {
        *self.taken.entry(key).or_default() += 1;
        self.total += 1;
    }

    /// Grants what is free to those who wait.
    fn grant(&mut self, limits: &PermitLimits) {
        while let Some(waiter) = self.next(limits).and_then(|at| self.waiters.remove(at)) {
            self.count(waiter.key.clone());
            waiter.granted.notify_one();
        }
    }

    /// Who is next: the key with the fewest permits, so that keys which keep theirs long leave room for
    /// the others, and of its callers the one that came first.
    fn next(&self, limits: &PermitLimits) -> Option<usize> {
        let with_room = |(_, waiter): &(usize, &Arc<Waiter<K>>)| self.has_room(limits, &waiter.key);
        let waiting = self.waiters.iter().enumerate().filter(with_room);
        waiting.min_by_key(|(at, waiter)| (self.taken_of(&waiter.key), *at)).map(|(at, _)| at)
    }
}

impl<K: Clone + Eq + Hash> Drop for Permit<K> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        state.total -= 1;
        match state.taken.get_mut(&self.1) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => drop(state.taken.remove(&self.1)),
        }
        state.grant(&self.0.limits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;
    use std::time::Duration;

    const LIMITS: PermitLimits = PermitLimits { per_key: 2, total: 3, waiting: 2 };

    #[test]
    fn there_are_as_many_as_the_limits_say() {
        let permits = Permits::new(LIMITS);
        let taken: Vec<_> = ["a", "a", "b"].into_iter().map(|key| permits.try_acquire(key)).collect();
        assert!(taken.iter().all(Option::is_some));
        assert!(permits.try_acquire("b").is_none(), "three of all");
        drop(taken);
        let taken: Vec<_> = ["a", "a"].into_iter().map(|key| permits.try_acquire(key)).collect();
        assert!(taken.iter().all(Option::is_some));
        assert!(permits.try_acquire("a").is_none(), "two of one key");
        drop(taken);
        assert_eq!(permits.in_use(), 0);
        assert!(permits.0.state.lock().taken.is_empty(), "a key that nobody uses is forgotten");
    }

    /// Callers that wait for those keys, in that order, and send the place in it as they are served; each
    /// keeps its permit until it is allowed to give it back.
    fn queue<'a>(
        scope: &'a thread::Scope<'a, '_>,
        permits: &Permits<&'static str>,
        keys: &'static [&'static str],
    ) -> (Receiver<usize>, Sender<()>) {
        let (served, order) = channel();
        let (give_back, may_give_back) = channel();
        let may_give_back = Arc::new(Mutex::new(may_give_back));
        for (n, key) in keys.iter().enumerate() {
            let (served, all, may) = (served.clone(), permits.clone(), Arc::clone(&may_give_back));
            scope.spawn(move || {
                let permit = all.acquire(*key, Instant::now() + Duration::from_secs(20));
                served.send(n).expect("somebody listens");
                may.lock().recv().ok();
                drop(permit.expect("in time"));
            });
            while permits.0.state.lock().waiters.len() <= n {
                thread::yield_now();
            }
        }
        (order, give_back)
    }

    fn next(order: &Receiver<usize>) -> usize {
        order.recv_timeout(Duration::from_secs(20)).expect("somebody is served")
    }

    #[test]
    fn whoever_waits_is_served_in_the_order_of_arrival() {
        let permits = Permits::new(PermitLimits { per_key: 1, total: 1, waiting: 8 });
        let first = permits.try_acquire("a").expect("free");
        thread::scope(|scope| {
            let (order, give_back) = queue(scope, &permits, &["a", "a", "a", "a"]);
            drop(first);
            for n in 0..4 {
                assert_eq!(next(&order), n);
                assert!(permits.try_acquire("a").is_none(), "nobody overtakes those who wait");
                give_back.send(()).expect("a caller that is served");
            }
        });
        assert_eq!(permits.in_use(), 0);
    }

    #[test]
    fn two_that_are_given_back_at_once_serve_two() {
        let permits = Permits::new(PermitLimits { per_key: 2, total: 9, waiting: 8 });
        let both = ["a", "a"].map(|key| permits.try_acquire(key).expect("free"));
        thread::scope(|scope| {
            let (order, give_back) = queue(scope, &permits, &["a", "a"]);
            drop(both);
            let mut served = [next(&order), next(&order)];
            served.sort_unstable();
            assert_eq!(served, [0, 1], "while both are kept");
            drop(give_back);
        });
    }

    #[test]
    fn a_key_that_has_the_fewest_comes_first() {
        let permits = Permits::new(PermitLimits { per_key: 2, total: 4, waiting: 8 });
        let mut taken: Vec<_> =
            ["a", "a", "b", "b"].into_iter().map(|key| permits.try_acquire(key).expect("free")).collect();
        thread::scope(|scope| {
            let (order, give_back) = queue(scope, &permits, &["a", "b", "c"]);
            let mut queues = permits.queues();
            queues.sort_unstable_by_key(|queue| queue.key);
            let counts: Vec<_> = queues.iter().map(|queue| (queue.key, queue.taken, queue.waiting)).collect();
            assert_eq!(counts, [("a", 2, 1), ("b", 2, 1), ("c", 0, 1)]);
            drop(taken.remove(0));
            assert_eq!(next(&order), 2, "the newest caller, of the key that has none");
            drop(taken.remove(0));
            assert_eq!(next(&order), 0, "b has no room");
            taken.clear();
            assert_eq!(next(&order), 1);
            drop(give_back);
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
