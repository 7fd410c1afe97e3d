//! Which names are to be asked for one by one, and which have been: what one poll leaves to the next.
//! Asks nothing itself; how many of each kind fit into a poll is [`super::probes`]'s.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::judge::{Observation, Verdict};
use super::probes::{Candidate, Candidates, KINDS, LastRowIds, ProbeReason, probes};
use crate::domain::{ConnectionState, ListedInstance, Status};
use crate::store::MonitoredRow;

/// The names that wait to be asked for.
pub(super) struct ProbeQueue {
    /// How long the kinds that are in no hurry rest.
    rest: Duration,
    /// Names that somebody asks for and that have not been probed yet.
    waiting: HashSet<String>,
    /// Of names about which the list is at odds with their rows: what the list said when they were
    /// last asked for, and what the row said after that.
    answered: HashMap<String, (Observation, Status)>,
    last_row_ids: LastRowIds,
    /// When the calm kinds were last probed, and whether that showed anything.
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

    /// Why a name is asked for whatever a list says, if it is.
    pub(super) fn urgent(&self, row: &MonitoredRow, names: &HashSet<String>) -> Option<ProbeReason> {
        if names.contains(&row.name) || self.waiting.contains(&row.name) {
            Some(ProbeReason::Asked)
        } else {
            (row.status == Status::Connecting).then_some(ProbeReason::Pairing)
        }
    }

    /// Why a name is asked for of which the list may say what is not so any more, and which is not
    /// urgent.
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
        // Almost always there is none, and names are many.
        if !self.answered.is_empty() {
            self.answered.remove(&row.name);
        }
        (listed.state == ConnectionState::Open).then_some(ProbeReason::Sweep)
    }

    /// Drops the calm kinds, unless their rest is over or the last of them showed news.
    pub(super) fn drop_resting(&mut self, candidates: &mut Candidates) {
        if self.has_news || self.calm.is_none_or(|at| at.elapsed() >= self.rest) {
            self.calm = Some(Instant::now());
        } else {
            candidates[ProbeReason::Answered as usize].clear();
            candidates[ProbeReason::Sweep as usize].clear();
        }
    }

    /// The probes of a poll in their order. Whoever is asked for once is probed in a later poll, if
    /// not in this one.
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

    /// Notes that a name is being asked for.
    pub(super) fn begin(&mut self, reason: ProbeReason, candidate: Candidate, name: &str) {
        self.last_row_ids[reason as usize] = candidate.row_id;
        self.waiting.remove(name);
    }

    /// Notes what came of it.
    pub(super) fn end(&mut self, reason: ProbeReason, verdict: Verdict) {
        self.has_news |= reason.is_calm() && verdict != Verdict::Keep;
    }

    /// Notes that what the list says of the name is answered: the row says `status` in spite of it.
    pub(super) fn settle(&mut self, name: &str, listed: Observation, status: Status) {
        self.answered.insert(name.to_owned(), (listed, status));
    }

    /// Forgets names that are no rows any more; the others are asked for once more.
    pub(super) fn trim(&mut self, rows: usize) {
        if self.answered.len() > rows {
            self.answered.clear();
        }
    }

    /// Whether there is something to go on with at once.
    pub(super) fn is_busy(&self) -> bool {
        self.has_news || !self.waiting.is_empty()
    }
}
