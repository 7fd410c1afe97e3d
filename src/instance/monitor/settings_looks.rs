//! When the monitor looks at what people set of instances: where the list shows a change, and now and then, since
//! it says nothing of a webhook. A few instances of a poll. Puts back what a create of ours left missing.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::{Duration, Instant};

use super::snapshot::Snapshot;
use crate::domain::{Name, UpstreamError, UpstreamName};
use crate::instance::saved_settings::{RestoreBy, SettingsKeeper};
use crate::store::{MonitoredRow, Store};

/// Longest look: a call for the name waits for as long.
const LIMIT: Duration = Duration::from_secs(2);
/// How long a poll may look: its statuses wait for as long.
const SPAN: Duration = Duration::from_millis(250);
/// Most looks at one server within [`WINDOW`]: each costs the server requests.
const MOST: usize = 32;
/// Most looks at all servers within [`WINDOW`]: where they are many, what each costs us is more than all else that
/// the monitor does.
const MOST_OF_ALL: usize = 800;
/// The time between two polls at rest: where somebody is watched polls are more, and looks are not.
const WINDOW: Duration = Duration::from_secs(15);

/// The looks at the instances of one server.
pub(super) struct SettingsLooks {
    interval: Duration,
    looked: HashMap<String, Look>,
    /// When the window began, and the looks in it.
    window: (Instant, usize),
}

/// The last look at an instance.
struct Look {
    at: Instant,
    /// What the list showed then; `None`: nothing was seen, since a call had the name or upstream failed.
    stamp: Option<u64>,
}

/// The order in which instances are looked at; of one kind the longest unseen first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Changed(Instant),
    Unseen,
    /// Seen long ago. A look at which nothing was seen has its turn behind these, so that one that always fails
    /// keeps no other from its own.
    Usual(Instant),
}

impl SettingsLooks {
    /// None yet; each instance is looked at again after that time.
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, looked: HashMap::new(), window: (Instant::now(), 0) }
    }

    /// Looks at the instances whose turn it is, until the poll's time for it is over or upstream fails. `servers`: how
    /// many are polled.
    pub(super) fn look(&mut self, store: &Store, snapshot: &Snapshot, credential: &str, servers: usize) {
        let begun = Instant::now();
        if self.window.0.elapsed() >= WINDOW {
            self.window = (begun, 0);
        }
        let left = share_of(servers).saturating_sub(self.window.1);
        if left == 0 {
            return;
        }
        let due = (0..snapshot.rows.len()).filter_map(|at| self.turn(snapshot, at).map(|turn| (turn, at)));
        let mut due: BinaryHeap<_> = due.map(Reverse).collect();
        for Reverse((_, at)) in std::iter::from_fn(|| due.pop()).take(left) {
            self.window.1 += 1;
            let seen = is_seen(store, snapshot, at, credential);
            let stamp = snapshot.own(at).map(|listed| listed.settings_stamp);
            let stamp = stamp.filter(|_| seen == Ok(true));
            self.looked.insert(snapshot.rows[at].name.clone(), Look { at: Instant::now(), stamp });
            if seen.is_err() || begun.elapsed() >= SPAN {
                return;
            }
        }
    }

    /// Forgets the names that have no row any more.
    pub(super) fn trim(&mut self, snapshot: &Snapshot) {
        if self.looked.len() > 2 * snapshot.rows.len() {
            self.looked.clear();
        }
    }

    /// Why an instance of the row's own has to be looked at; `None` where it has not.
    fn turn(&self, snapshot: &Snapshot, at: usize) -> Option<Turn> {
        let listed = snapshot.own(at).filter(|listed| listed.integration.is_phone())?;
        let Some(look) = self.looked.get(&snapshot.rows[at].name) else { return Some(Turn::Unseen) };
        match look.stamp {
            None => Some(Turn::Usual(look.at)),
            Some(stamp) if stamp != listed.settings_stamp => Some(Turn::Changed(look.at)),
            Some(_) => (look.at.elapsed() >= self.interval).then_some(Turn::Usual(look.at)),
        }
    }
}

/// The looks of each of so many servers within [`WINDOW`].
fn share_of(servers: usize) -> usize {
    (MOST_OF_ALL / servers.max(1)).clamp(1, MOST)
}

/// Looks at a row's instance under the name's lock; `false` where a call has that, or has had it since the rows
/// were read and found another instance.
fn is_seen(store: &Store, snapshot: &Snapshot, at: usize, credential: &str) -> Result<bool, UpstreamError> {
    let (row, trace) = (&snapshot.rows[at], snapshot.trace);
    let Ok(name) = Name::parse(&row.name) else { return Ok(true) };
    let Some(upstream_name) = UpstreamName::parse(row.listed_name()) else { return Ok(true) };
    let lock = store.instance_lock(row.channel, &row.name, Instant::now());
    let Ok(Some(_lock)) = lock.inspect_err(|error| log::error!("id={trace} the lock of {name}: {error}"))
    else {
        return Ok(false);
    };
    if !is_same(store, row, &name, credential) {
        return Ok(false);
    }
    let client = snapshot.client.until(Instant::now() + LIMIT);
    let (client, channel) = (&*client, row.channel);
    let keeper = SettingsKeeper { store, client, channel, name: &name, upstream_name: &upstream_name, trace };
    let looked = keeper.look(RestoreBy::Monitor, |id| row.owns(id));
    looked.map(|_| true).inspect_err(|error| {
        log::debug!("id={trace} what is set of {name} could not be read: {error:?}");
    })
}

/// Whether the row still has the instance and the server that it had when it was read.
fn is_same(store: &Store, row: &MonitoredRow, name: &Name, credential: &str) -> bool {
    let now = store.instance(row.channel, name).ok().flatten();
    now.is_some_and(|now| now.credential.as_deref() == Some(credential) && now.upstream_id == row.upstream_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_servers_share_what_few_have_for_themselves() {
        for (servers, share) in [(0, 32), (1, 32), (25, 32), (26, 30), (100, 8), (256, 3), (801, 1)] {
            assert_eq!(share_of(servers), share, "{servers}");
        }
    }
}
