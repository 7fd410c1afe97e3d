//! What the simulated server was asked, for tests to look at.
//!
//! Bounded: the oldest calls are dropped, the counters are kept. Calls to the control API are not in it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// How many calls are kept; a test looks at dozens, a bench makes hundreds of thousands.
const KEPT: usize = 10_000;

/// One request that reached the simulated server.
#[derive(Clone, Debug)]
pub struct JournalEntry {
    /// When its last byte had arrived, in real time since the start.
    pub at: Duration,
    /// The method.
    pub method: String,
    /// The endpoint: `create`, `connect`, `webhook/find`, … or the whole path of an unknown route.
    pub endpoint: String,
    /// The instance it names, if any.
    pub name: Option<String>,
    /// Whether an `apikey` header came with it.
    pub keyed: bool,
    /// The status of the answer; none while the call is under way or if it was never answered.
    pub status: Option<u16>,
}

/// How often an endpoint was called for a name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Calls so far.
    pub calls: u32,
    /// Calls under way.
    pub running: u32,
    /// The most that were ever under way at once.
    pub most_running: u32,
}

/// All that was asked.
#[derive(Debug, Default)]
pub struct Journal {
    calls: VecDeque<JournalEntry>,
    dropped: usize,
    tallies: HashMap<String, HashMap<Option<String>, Tally>>,
}

impl Journal {
    /// Notes a call; the number returned belongs to [`Journal::end`].
    pub fn begin(&mut self, call: JournalEntry) -> usize {
        let tally = self.tally_mut(&call.endpoint, call.name.as_ref());
        tally.calls += 1;
        tally.running += 1;
        tally.most_running = tally.most_running.max(tally.running);
        if self.calls.len() == KEPT {
            self.calls.pop_front();
            self.dropped += 1;
        }
        self.calls.push_back(call);
        self.dropped + self.calls.len() - 1
    }

    /// Notes the answer to a call.
    pub fn end(&mut self, number: usize, endpoint: &str, name: Option<&String>, status: Option<u16>) {
        let tally = self.tally_mut(endpoint, name);
        tally.running = tally.running.saturating_sub(1);
        if let Some(call) = number.checked_sub(self.dropped).and_then(|at| self.calls.get_mut(at)) {
            call.status = status;
        }
    }

    fn tally_mut(&mut self, endpoint: &str, name: Option<&String>) -> &mut Tally {
        if !self.tallies.contains_key(endpoint) {
            self.tallies.insert(endpoint.to_owned(), HashMap::new());
        }
        self.tallies.entry(endpoint.to_owned()).or_default().entry(name.cloned()).or_default()
    }

    /// The calls kept, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<JournalEntry> {
        self.calls.iter().cloned().collect()
    }

    /// The figures of an endpoint for one name, or (without a name) over all names; then the most at
    /// once is the most for any one name.
    #[must_use]
    pub fn tally(&self, endpoint: &str, name: Option<&str>) -> Tally {
        let of_endpoint = self.tallies.get(endpoint).into_iter().flatten();
        let matching = of_endpoint.filter(|(n, _)| name.is_none() || n.as_deref() == name);
        matching.fold(Tally::default(), |sum, (_, t)| Tally {
            calls: sum.calls + t.calls,
            running: sum.running + t.running,
            most_running: sum.most_running.max(t.most_running),
        })
    }

    /// How often the list of all instances was asked for.
    #[must_use]
    pub fn lists(&self) -> u32 {
        self.tallies.get("fetchInstances").and_then(|names| names.get(&None)).map_or(0, |tally| tally.calls)
    }

    /// Calls per endpoint, for people to read.
    #[must_use]
    pub fn totals(&self) -> Vec<(String, u32)> {
        self.tallies.keys().map(|e| (e.clone(), self.tally(e, None).calls)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str) -> JournalEntry {
        let (method, endpoint) = ("GET".to_owned(), "connect".to_owned());
        JournalEntry {
            at: Duration::ZERO,
            method,
            endpoint,
            name: Some(name.to_owned()),
            keyed: true,
            status: None,
        }
    }

    #[test]
    fn counts_per_name_and_remembers_the_most_at_once() {
        let mut journal = Journal::default();
        let (a, b) = (journal.begin(call("x")), journal.begin(call("x")));
        journal.end(a, "connect", Some(&"x".to_owned()), Some(200));
        journal.end(b, "connect", Some(&"x".to_owned()), Some(404));
        journal.begin(call("y"));
        let x = journal.tally("connect", Some("x"));
        assert_eq!((x.calls, x.running, x.most_running), (2, 0, 2));
        assert_eq!(journal.tally("connect", None).calls, 3);
        assert_eq!(journal.calls()[1].status, Some(404));
    }

    #[test]
    fn keeps_a_bounded_number_of_calls() {
        let mut journal = Journal::default();
        let first = journal.begin(call("x"));
        (0..KEPT).for_each(|_| _ = journal.begin(call("x")));
        journal.end(first, "connect", Some(&"x".to_owned()), Some(200));
        assert_eq!(journal.calls().len(), KEPT);
        assert_eq!(journal.calls()[0].status, None);
    }
}
