//! When the monitor looks at what people set of instances: where the list shows a change, and now and then, since
//! it says nothing of a webhook. One instance of a poll at most. Puts back what a create of ours left missing.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::snapshot::Snapshot;
use crate::domain::{Name, UpstreamName};
use crate::instance::saved_settings::{RestoreBy, SettingsKeeper};
use crate::store::Store;

/// Longest look: a call for the name waits for as long.
const LIMIT: Duration = Duration::from_secs(2);

/// The looks at the instances of one server.
pub(super) struct SettingsLooks {
    interval: Duration,
    looked: HashMap<String, Look>,
}

/// The last look at an instance.
struct Look {
    at: Instant,
    /// What the list showed then; `None`: nothing was seen, since a call had the name.
    stamp: Option<u64>,
}

/// The order in which instances are looked at; of one kind the longest unseen first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Changed(Instant),
    Unseen(Option<Instant>),
    Usual(Instant),
}

impl SettingsLooks {
    /// None yet; each instance is looked at again after that time.
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, looked: HashMap::new() }
    }

    /// Looks at the instance whose turn it is, if any.
    pub(super) fn look(&mut self, store: &Store, snapshot: &Snapshot) {
        let due = (0..snapshot.rows.len()).filter_map(|at| self.turn(snapshot, at).map(|turn| (turn, at)));
        let Some((_, at)) = due.min() else { return };
        let stamp = snapshot.own(at).map(|listed| listed.settings_stamp);
        let stamp = stamp.filter(|_| is_seen(store, snapshot, at));
        self.looked.insert(snapshot.rows[at].name.clone(), Look { at: Instant::now(), stamp });
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
        let Some(look) = self.looked.get(&snapshot.rows[at].name) else { return Some(Turn::Unseen(None)) };
        match look.stamp {
            None => Some(Turn::Unseen(Some(look.at))),
            Some(stamp) if stamp != listed.settings_stamp => Some(Turn::Changed(look.at)),
            Some(_) => (look.at.elapsed() >= self.interval).then_some(Turn::Usual(look.at)),
        }
    }
}

/// Looks at a row's instance under the name's lock; `false` where a call has that.
fn is_seen(store: &Store, snapshot: &Snapshot, at: usize) -> bool {
    let (row, trace) = (&snapshot.rows[at], snapshot.trace);
    let Ok(name) = Name::parse(&row.name) else { return true };
    let Some(upstream_name) = UpstreamName::parse(row.listed_name()) else { return true };
    let lock = store.instance_lock(row.channel, &row.name, Instant::now());
    let Ok(Some(_lock)) = lock.inspect_err(|error| log::error!("id={trace} the lock of {name}: {error}"))
    else {
        return false;
    };
    let client = snapshot.client.until(Instant::now() + LIMIT);
    let (client, channel) = (&*client, row.channel);
    let keeper = SettingsKeeper { store, client, channel, name: &name, upstream_name: &upstream_name, trace };
    if let Err(error) = keeper.look(RestoreBy::Monitor, |id| row.owns(id)) {
        log::debug!("id={trace} what is set of {name} could not be read: {error:?}");
    }
    true
}
