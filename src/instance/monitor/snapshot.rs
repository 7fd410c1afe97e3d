//! What one poll knows of a server: the rows, their list entries, and the states it probes. Judges nothing.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use super::judge::Observation;
use crate::domain::{
    ConnectionState, LinkedPhone, LinkedSince, ListedInstance, Millis, PhoneMemory, Status, UpstreamError,
    UpstreamName, is_out, now, pairing,
};
use crate::store::{self, MonitoredRow, Store, UnmanagedInstance};
use crate::upstream::{ListSink, UpstreamClient};

/// A poll under way.
pub(super) struct Snapshot<'a> {
    pub rows: Vec<MonitoredRow>,
    pub list: List,
    pub client: Box<dyn UpstreamClient>,
    pub trace: &'a str,
    pub begun: Instant,
}

/// The list of a server, by row.
pub(super) struct List {
    /// The entry of each row; the first of a name that is listed twice, as `connect` has it.
    entries: Vec<Option<ListedInstance>>,
    /// Whether the list lags behind the truth; an empty one may.
    pub lags: bool,
    /// Entries that are not understood.
    pub skipped: usize,
    /// What no row here has, by name.
    pub unmanaged: BTreeMap<String, UnmanagedInstance>,
}

impl List {
    /// A list that says nothing of that many rows.
    pub(super) fn silent(rows: usize) -> Self {
        let entries = std::iter::repeat_with(|| None).take(rows).collect();
        Self { entries, lags: true, skipped: 0, unmanaged: BTreeMap::new() }
    }

    /// How many instances it has.
    pub(super) fn count(&self) -> usize {
        self.entries.iter().flatten().count() + self.unmanaged.len()
    }

    /// Makes it say nothing of any row.
    fn clear(&mut self) {
        self.entries.fill_with(|| None);
        self.unmanaged.clear();
        self.lags = true;
    }

    /// Asks the server for its list.
    pub(super) fn fetch(client: &dyn UpstreamClient, rows: &[MonitoredRow]) -> Result<Self, UpstreamError> {
        let by_name = rows.iter().enumerate().map(|(at, row)| (row.listed_name(), at)).collect();
        let mut sorter = ListSorter { by_name, list: Self::silent(rows.len()) };
        let skipped = client.list_all(&mut sorter)?;
        Ok(Self { skipped, ..sorter.list })
    }
}

/// Sorts a list by the rows while it arrives.
struct ListSorter<'a> {
    /// Where each name's row is in the list of rows.
    by_name: HashMap<&'a str, usize>,
    list: List,
}

impl ListSink for ListSorter<'_> {
    fn begin(&mut self) {
        self.list.clear();
    }

    fn add(&mut self, name: &str, listed: ListedInstance) {
        self.list.lags &= listed.lags;
        if let Some(at) = self.by_name.get(name) {
            self.list.entries[*at].get_or_insert(listed);
        } else {
            let instance = || UnmanagedInstance::of(&listed);
            self.list.unmanaged.entry(name.to_owned()).or_insert_with(instance);
        }
    }
}

/// The rows of a server, read anew only when the database has changed.
#[derive(Default)]
pub(super) struct RowCache {
    rows: Vec<MonitoredRow>,
    /// The database's version before the rows were read.
    version: Option<i64>,
}

impl RowCache {
    /// Takes the rows as they are now; [`RowCache::put_back`] keeps them for the next poll.
    pub(super) fn take(
        &mut self,
        store: &Store,
        credential: &str,
        base_url: &str,
    ) -> Result<Vec<MonitoredRow>, store::Error> {
        let version = store.version()?;
        if self.version.take() != Some(version) {
            self.rows = store.monitored_rows(credential, base_url)?;
        }
        self.version = Some(version);
        Ok(std::mem::take(&mut self.rows))
    }

    pub(super) fn put_back(&mut self, rows: Vec<MonitoredRow>) {
        self.rows = rows;
    }

    /// Forgets the rows, which a failed poll did not put back.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Snapshot<'_> {
    /// The list entry of the row's own instance; another instance of its name is left out.
    pub(super) fn own(&self, at: usize) -> Option<&ListedInstance> {
        self.listed(at).filter(|listed| self.rows[at].owns(listed.id.as_deref()))
    }

    fn listed(&self, at: usize) -> Option<&ListedInstance> {
        self.list.entries[at].as_ref()
    }

    /// Whether this is the server of the row's instance, which may have gone from it.
    fn is_claimed(&self, at: usize) -> bool {
        self.rows[at].claimed || self.own(at).is_some()
    }

    /// Whether this is the server of the row's instance, and no call is under way for it.
    pub(super) fn is_ours(&self, at: usize) -> bool {
        self.is_claimed(at) && !is_out(self.rows[at].out_until)
    }

    pub(super) fn is_anybody_pairing(&self) -> bool {
        let pairing =
            |(at, row): (usize, &MonitoredRow)| row.status == Status::Connecting && self.is_claimed(at);
        self.rows.iter().enumerate().any(pairing)
    }

    /// The observation of the row's instance, by its list entry and the state of a probe, if there was one.
    pub(super) fn observe(&self, at: usize, asked: Option<ConnectionState>) -> Observation {
        let (row, own) = (&self.rows[at], self.own(at));
        if !self.is_ours(at) {
            return Observation::NotOurs;
        }
        if own.is_none() && self.listed(at).is_some() {
            return Observation::Absent;
        }
        if own.is_some_and(|listed| !listed.integration.is_phone()) {
            return Observation::NotAPhone;
        }
        let Some(state) = asked.or(own.map(|listed| listed.state)) else { return Observation::Unlisted };
        let memory = row.paired_at.map_or(PhoneMemory::NoPhone, PhoneMemory::SeenAt);
        match Observation::of(state, pairing(own, memory, state)) {
            Observation::Open if self.is_memory_outdated(at) => Observation::OpenAnew,
            seen => seen,
        }
    }

    /// Whether the last logout is newer than what the row remembers of a phone.
    fn is_memory_outdated(&self, at: usize) -> bool {
        let remembered = self.rows[at].paired_at;
        self.last_logout(at).is_some_and(|logout| remembered.is_none_or(|paired| paired < logout))
    }

    fn last_logout(&self, at: usize) -> Option<Millis> {
        self.own(at)?.logout?.at
    }

    /// When a phone that is connected now counts as paired: after the logout that came before, even where
    /// upstream's clock is ahead of ours.
    pub(super) fn paired_at(&self, at: usize) -> Millis {
        let anew = || now().max(self.last_logout(at).unwrap_or(0));
        self.rows[at].paired_at.filter(|_| !self.is_memory_outdated(at)).unwrap_or_else(anew)
    }

    /// The phone that is linked while one is connected: what the list says now, otherwise what is remembered of
    /// the same pairing.
    pub(super) fn linked(&self, at: usize) -> Option<LinkedSince> {
        let remembered = self.rows[at].linked.as_ref().filter(|_| !self.is_memory_outdated(at));
        let Some(phone) = self.own(at).and_then(ListedInstance::linked) else { return remembered.cloned() };
        let same = remembered.filter(|known| known.phone == *phone).cloned();
        Some(same.unwrap_or_else(|| LinkedSince { phone: phone.clone(), at: now() }))
    }

    /// Whether the list shows another phone, or another name of it, than a row that is connected remembers.
    pub(super) fn is_phone_news(&self, at: usize) -> bool {
        let row = &self.rows[at];
        let listed = self.own(at).and_then(ListedInstance::linked);
        let is_known = |phone: &LinkedPhone| row.linked.as_ref().is_some_and(|known| known.phone == *phone);
        row.status == Status::Connected
            && listed.is_some_and(|phone| !is_known(phone))
            && self.observe(at, None) == Observation::Open
    }

    /// Probes the state of the row's instance; `None` when the answer says nothing.
    pub(super) fn ask(&self, at: usize) -> Result<Option<Observation>, UpstreamError> {
        let Some(name) = UpstreamName::parse(self.rows[at].listed_name()) else { return Ok(None) };
        match self.client.state(&name) {
            Ok(Some(state)) => Ok(Some(self.observe(at, Some(state)))),
            Ok(None) if !self.is_ours(at) => Ok(Some(Observation::NotOurs)),
            // Gone since it was listed: the next list leaves it out.
            Ok(None) if self.listed(at).is_some() => Ok(Some(Observation::Unlisted)),
            Ok(None) => Ok(Some(Observation::Absent)),
            // An error about one name says nothing of the others.
            Err(UpstreamError::Unexpected | UpstreamError::NotLoaded | UpstreamError::Proxy(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
