//! The names that wait for a probe, and the probes' results that the next poll needs. Sends nothing; how
//! many of each kind fit into a poll is decided in [`super::probes`].

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::judge::{Observation, Verdict};
use super::probes::{Candidate, Candidates, KINDS, LastRowIds, ProbeReason, probes};
use crate::domain::{ConnectionState, ListedInstance, Status};
use crate::store::MonitoredRow;

/// The names that wait for a probe.
pub(super) struct ProbeQueue {
    /// Pause between two probes of the calm kinds.
    rest: Duration,
    /// Names that somebody looks at and that have not been probed yet.
    waiting: HashSet<String>,
    /// Names whose row differs from the list: what the list said at the last probe, and what the row
    /// said after it.
    answered: HashMap<String, (Observation, Status)>,
    last_row_ids: LastRowIds,
    /// When the calm kinds were last probed.
    calm: Option<Instant>,
    has_news: bool,
}

impl ProbeQueue {
    pub(super) fn new(rest: Duration) -> Self {
        Self {
            rest,
            waiting: HashSet::new(),
            answered: HashMap::new(),
            last_row_ids: [0; KINDS],
            calm: None,
            has_news: false,
        }
    }

    /// The reason to probe a name whatever a list says, if there is one.
    pub(super) fn urgent(&self, row: &MonitoredRow, names: &HashSet<String>) -> Option<ProbeReason> {
        if names.contains(&row.name) || names.contains(row.listed_name()) || self.waiting.contains(&row.name)
        {
            Some(ProbeReason::Asked)
        } else {
            (row.status == Status::Connecting).then_some(ProbeReason::Pairing)
        }
    }

    /// The reason to probe a name because its list entry may be out of date, if there is one.
    pub(super) fn by_list(
        &mut self,
        row: &MonitoredRow,
        listed: &ListedInstance,
        seen: Observation,
        verdict: Verdict,
    ) -> Option<ProbeReason> {
        if verdict != Verdict::Keep {
            let is_answered = self.answered.get(&row.name) == Some(&(seen, row.status));
            return Some(if is_answered { ProbeReason::Answered } else { ProbeReason::Odd });
        }
        // Saves a lookup for each name: the map is almost always empty.
        if !self.answered.is_empty() {
            self.answered.remove(&row.name);
        }
        (listed.state == ConnectionState::Open).then_some(ProbeReason::Sweep)
    }

    /// Drops the calm kinds, unless their pause is over or the last of them showed a change.
    pub(super) fn drop_resting(&mut self, candidates: &mut Candidates) {
        if self.has_news || self.calm.is_none_or(|at| at.elapsed() >= self.rest) {
            self.calm = Some(Instant::now());
        } else {
            candidates[ProbeReason::Answered as usize].clear();
            candidates[ProbeReason::Sweep as usize].clear();
        }
    }

    /// The probes of a poll in their order. A name that somebody looked at once stays in the queue until
    /// it is probed.
    pub(super) fn next(
        &mut self,
        candidates: Candidates,
        rows: &[MonitoredRow],
        names: &HashSet<String>,
    ) -> Vec<(ProbeReason, Candidate)> {
        let asked = candidates[ProbeReason::Asked as usize].iter().map(|candidate| &rows[candidate.at].name);
        let waiting = asked.filter(|name| names.contains(*name) || self.waiting.contains(*name));
        self.waiting = waiting.cloned().collect();
        let is_hurried = std::mem::take(&mut self.has_news);
        probes(candidates, &self.last_row_ids, is_hurried)
    }

    /// Notes that a probe of a name begins.
    pub(super) fn begin(&mut self, reason: ProbeReason, candidate: Candidate, name: &str) {
        self.last_row_ids[reason as usize] = candidate.row_id;
        self.waiting.remove(name);
    }

    /// Notes the verdict of a probe.
    pub(super) fn end(&mut self, reason: ProbeReason, verdict: Verdict) {
        self.has_news |= reason.is_calm() && verdict != Verdict::Keep;
    }

    /// Notes that a probe has settled the difference: the row says `status` whatever the list says.
    pub(super) fn settle(&mut self, name: &str, listed: Observation, status: Status) {
        self.answered.insert(name.to_owned(), (listed, status));
    }

    /// Forgets the settled names once they outnumber the rows; each costs one more probe.
    pub(super) fn trim(&mut self, rows: usize) {
        if self.answered.len() > rows {
            self.answered.clear();
        }
    }

    /// Whether the next poll should come at once.
    pub(super) fn is_busy(&self) -> bool {
        self.has_news || !self.waiting.is_empty()
    }
}
