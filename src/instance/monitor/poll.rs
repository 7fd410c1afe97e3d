//! One poll of a server: observe, judge, write. Decides neither a verdict nor when the next poll begins.

use std::collections::{BTreeMap, HashSet};
use std::thread;
use std::time::{Duration, Instant};

use super::judge::{Lasted, Observation, Verdict, judge};
use super::poll_outcome::{PollError, Remainder};
use super::probe_queue::ProbeQueue;
use super::probes::{Candidate, Candidates, ProbeReason};
use super::server::PolledServer;
use super::settings_looks::SettingsLooks;
use super::snapshot::{List, RowCache, Snapshot};
use super::socket_turns::SocketTurns;
use super::state::MonitorState;
use super::suspicions::Suspicions;
use super::writer;
use crate::crypto::new_id;
use crate::domain::{Reason, Status, UpstreamError};
use crate::store::{MonitoredRow, UnmanagedInstance};

/// How long a poll may send probes: a server that has become slow does not get 128 of them.
const PROBING: Duration = Duration::from_secs(5);
/// Most phones that one poll writes down: after an upgrade all are new, and each costs a write to the disk.
const PHONES: usize = 128;
/// Drops of one poll that are looked at again before they are written, which takes some 0.3 s for each. Where
/// more sockets drop at once, it is the server's or WhatsApp's doing and no fight.
const MAX_RECHECKS: usize = 8;
/// The verdict of a socket that is down and comes back by itself.
const DROPPED: Verdict = Verdict::Change(Status::Disconnected, Reason::Dropped);

/// The polls of one server, and what is remembered from one to the next.
pub(super) struct Poller<'a> {
    state: &'a MonitorState,
    server: &'a PolledServer,
    rows: RowCache,
    suspicions: Suspicions,
    turns: SocketTurns,
    /// Drops that this poll may still look at again.
    rechecks: usize,
    queue: ProbeQueue,
    settings: SettingsLooks,
    /// When the last list came, and whether it lags behind.
    list: Option<(Instant, bool)>,
    /// Entries of the last list that were not understood.
    skipped: usize,
    /// What the last list had that no row here has, as it was written.
    unmanaged: BTreeMap<String, UnmanagedInstance>,
    /// Whether a phone connected of which the list did not say yet which one it is.
    awaits_phone: bool,
    /// How long the poll has waited for upstream, without the writes to our own database.
    upstream: Duration,
}

impl<'a> Poller<'a> {
    pub(super) fn new(state: &'a MonitorState, server: &'a PolledServer) -> Self {
        Self {
            state,
            server,
            rows: RowCache::default(),
            suspicions: Suspicions::default(),
            turns: SocketTurns::default(),
            rechecks: 0,
            queue: ProbeQueue::new(state.pace.rest),
            settings: SettingsLooks::new(state.pace.settings_again),
            list: None,
            skipped: 0,
            unmanaged: BTreeMap::new(),
            awaits_phone: false,
            upstream: Duration::ZERO,
        }
    }

    /// Polls once; `names` are probed one by one. An error clears the suspicions, since they count only
    /// while the server answers.
    pub(super) fn poll(&mut self, names: &HashSet<String>) -> Result<Remainder, PollError> {
        let trace = new_id("poll-");
        self.try_poll(&trace, names).inspect_err(|_| {
            self.suspicions.clear_all();
            self.turns.clear_all();
            self.rows.clear();
            self.list = None;
        })
    }

    fn try_poll(&mut self, trace: &str, names: &HashSet<String>) -> Result<Remainder, PollError> {
        let (store, server) = (&self.state.store, self.server);
        // Rows are read before upstream is asked: a row that a call writes in between differs from what
        // was read, so this poll writes nothing over it.
        let rows = self.rows.take(store, &server.credential.id, server.base_url.as_str());
        let rows = rows.map_err(|error| {
            log::error!("id={trace} the rows cannot be read: {error}");
            PollError::Store
        })?;
        let begun = Instant::now();
        let client = self.state.client(server, trace, begun + self.state.pace.patience);
        server.begin_wait();
        self.keep_rows(&rows);
        self.upstream = Duration::ZERO;
        self.rechecks = MAX_RECHECKS;
        let is_list_due = self.is_list_due();
        let mut list = if is_list_due { List::fetch(&*client, &rows)? } else { List::silent(rows.len()) };
        let listed = list.count();
        let unmanaged = std::mem::take(&mut list.unmanaged);
        let snapshot = Snapshot { rows, list, client, trace, begun };
        let remainder = if is_list_due {
            self.note_list(&snapshot, listed);
            self.note_unmanaged(unmanaged);
            self.poll_all(&snapshot, names)
        } else {
            self.poll_some(&snapshot, names)
        }?;
        self.rows.put_back(snapshot.rows);
        Ok(remainder)
    }

    /// Forgets what is remembered of names that are no rows any more: their next look would stay due for ever.
    fn keep_rows(&mut self, rows: &[MonitoredRow]) {
        // Mostly nothing is remembered, and rows are many.
        if !self.suspicions.is_empty() || !self.turns.is_empty() {
            let names = rows.iter().map(|row| row.name.as_str()).collect();
            self.suspicions.keep(&names);
            self.turns.keep(&names);
        }
    }

    /// Whether this poll takes a list. 1.8 lists do not lag but cost a request to WhatsApp for each open
    /// instance, so polls in between probe single names, unless the list alone can tell which phone connected.
    fn is_list_due(&self) -> bool {
        self.awaits_phone || self.list.is_none_or(|(at, lags)| lags || at.elapsed() >= self.state.pace.rest)
    }

    fn note_list(&mut self, snapshot: &Snapshot, listed: usize) {
        let list = &snapshot.list;
        self.list = Some((Instant::now(), list.lags));
        self.upstream = snapshot.begun.elapsed();
        self.server.note_list(self.upstream);
        self.server.note_load(&self.state.store, self.upstream, listed);
        if std::mem::replace(&mut self.skipped, list.skipped) != list.skipped && list.skipped > 0 {
            let (trace, credential) = (snapshot.trace, &self.server.credential.id);
            log::warn!(
                "id={trace} {} entries of the list of credential {credential} are not understood, and skipped",
                list.skipped
            );
        }
    }

    /// Writes what the list has that no row here has, where that differs from what is written. A call notes some
    /// of it as well.
    fn note_unmanaged(&mut self, found: BTreeMap<String, UnmanagedInstance>) {
        let (store, id) = (&self.state.store, &self.server.credential.id);
        let is_written = || store.unmanaged_count(id).is_ok_and(|noted| noted == found.len());
        if found == self.unmanaged && is_written() {
            return;
        }
        match self.server.write(|| store.note_unmanaged(id, &found)) {
            Some(Ok(())) => self.unmanaged = found,
            Some(Err(error)) => log::error!("what no row has at {id} could not be written: {error}"),
            None => {}
        }
    }

    /// Judges every row, probes some of them, and writes what has changed.
    fn poll_all(&mut self, snapshot: &Snapshot, names: &HashSet<String>) -> Result<Remainder, UpstreamError> {
        self.awaits_phone = self.note_phones(snapshot);
        let mut candidates = self.judge_by_list(snapshot, names);
        self.queue.drop_resting(&mut candidates);
        let remainder = self.probe(snapshot, names, candidates)?;
        self.look_at_settings(snapshot);
        self.turns.trim(&self.state.pace);
        self.queue.trim(snapshot.rows.len());
        Ok(remainder)
    }

    /// Looks at what people set of the instances whose turn it is.
    fn look_at_settings(&mut self, snapshot: &Snapshot) {
        let begun = Instant::now();
        let servers = self.state.roster.lock().servers.len();
        self.settings.look(&self.state.store, snapshot, &self.server.credential.id, servers);
        self.settings.trim(snapshot);
        self.upstream += begun.elapsed();
        self.server.begin_wait();
    }

    /// Probes the names that cannot wait for the next list. What only a list says, that an instance is no phone,
    /// no state takes back.
    fn poll_some(
        &mut self,
        snapshot: &Snapshot,
        names: &HashSet<String>,
    ) -> Result<Remainder, UpstreamError> {
        let mut candidates = Candidates::default();
        for (at, row) in snapshot
            .rows
            .iter()
            .enumerate()
            .filter(|(at, row)| snapshot.is_ours(*at) && row.reason != Some(Reason::NotAPhone))
        {
            let is_odd = || self.suspicions.is_down(&row.name) || self.is_turning(&row.name);
            let suspected = || is_odd().then_some(ProbeReason::Odd);
            if let Some(reason) = self.queue.urgent(row, names).or_else(suspected) {
                candidates[reason as usize].push(Candidate { at, row_id: row.row_id });
            }
        }
        self.probe(snapshot, names, candidates)
    }

    /// Writes which phone is linked where the list shows another, or the first; whether some are left for the next
    /// poll.
    fn note_phones(&self, snapshot: &Snapshot) -> bool {
        let mut news = (0..snapshot.rows.len()).filter(|at| snapshot.is_phone_news(*at));
        for at in news.by_ref().take(PHONES) {
            writer::write(&self.state.store, self.server, snapshot, at, (Status::Connected, Reason::Paired));
        }
        news.next().is_some()
    }

    /// Writes what the list shows, and collects the candidates for probes.
    fn judge_by_list(&mut self, snapshot: &Snapshot, names: &HashSet<String>) -> Candidates {
        let mut candidates = Candidates::default();
        for (at, row) in snapshot.rows.iter().enumerate() {
            let seen = snapshot.observe(at, None);
            if !snapshot.list.lags {
                self.turns.note(row, Some(seen), &self.state.pace);
            }
            let verdict = self.judge(snapshot, at, seen);
            let is_turning = self.is_turning(&row.name);
            let reason = match snapshot.own(at) {
                Some(listed) if listed.lags && seen != Observation::NotOurs => {
                    let is_odd = is_turning || self.suspicions.is_suspected(&row.name);
                    let urgent = self.queue.urgent(row, names).or(is_odd.then_some(ProbeReason::Odd));
                    urgent.or_else(|| self.queue.by_list(row, listed, seen, verdict))
                }
                // What this moment shows may be otherwise in the next.
                Some(_) if is_turning || verdict == DROPPED => Some(ProbeReason::Odd),
                // Long enough for the guards to be asked: lists leave out what is not loaded yet.
                None if verdict == Verdict::Suspect && self.is_long_missing(&row.name) => {
                    Some(ProbeReason::Odd)
                }
                _ => {
                    self.settle(snapshot, at, verdict, seen);
                    None
                }
            };
            if let Some(reason) = reason {
                candidates[reason as usize].push(Candidate { at, row_id: row.row_id });
            }
        }
        candidates
    }

    /// Whether the socket has turned between open and down lately, so that every poll looks at it.
    fn is_turning(&self, name: &str) -> bool {
        self.turns.is_watched(name, &self.state.pace)
    }

    fn is_long_missing(&self, name: &str) -> bool {
        self.suspicions.lasted(name, Observation::Unlisted, &self.state.pace) >= Lasted::Long
    }

    /// Probes the names whose turn it is, and writes what that shows.
    fn probe(
        &mut self,
        snapshot: &Snapshot,
        names: &HashSet<String>,
        candidates: Candidates,
    ) -> Result<Remainder, UpstreamError> {
        let mut odd = candidates[ProbeReason::Odd as usize].len();
        let mut is_cut = false;
        for (reason, candidate) in self.queue.next(candidates, &snapshot.rows, names) {
            if snapshot.begun.elapsed() > PROBING || self.server.wake_signal.is_over() {
                is_cut = true;
                break;
            }
            odd -= usize::from(reason == ProbeReason::Odd);
            self.queue.begin(reason, candidate, &snapshot.rows[candidate.at].name);
            self.ask(snapshot, reason, candidate.at)?;
        }
        Ok(Remainder {
            upstream: self.upstream,
            is_busy: is_cut
                || odd > 0
                || self.awaits_phone
                || self.queue.is_busy()
                || snapshot.is_anybody_pairing(),
            next_look: self.next_look(),
        })
    }

    fn next_look(&self) -> Option<Instant> {
        let pace = &self.state.pace;
        self.suspicions.next_look(pace).into_iter().chain(self.turns.next_look(pace)).min()
    }

    fn ask(&mut self, snapshot: &Snapshot, reason: ProbeReason, at: usize) -> Result<(), UpstreamError> {
        let row = &snapshot.rows[at];
        let begun = Instant::now();
        let answer = snapshot.ask(at)?;
        self.upstream += begun.elapsed();
        self.server.begin_wait();
        let listed = snapshot.observe(at, None);
        self.turns.note(row, answer, &self.state.pace);
        let Some(seen) = answer else {
            self.queue.settle(&row.name, listed, row.status);
            return Ok(());
        };
        let mut verdict = self.judge(snapshot, at, seen);
        if verdict == DROPPED && self.is_back(snapshot, at)? {
            verdict = Verdict::Suspect;
        }
        self.queue.end(reason, verdict);
        let status = match verdict {
            Verdict::Change(status, _) => status,
            Verdict::Keep | Verdict::Suspect => row.status,
        };
        if self.settle(snapshot, at, verdict, seen) {
            self.queue.settle(&row.name, listed, status);
        }
        Ok(())
    }

    /// Whether a socket that was found down is open at one of a few looks more, as one of two sockets is that
    /// replace each other.
    fn is_back(&mut self, snapshot: &Snapshot, at: usize) -> Result<bool, UpstreamError> {
        if self.rechecks == 0 {
            return Ok(false);
        }
        self.rechecks -= 1;
        let pace = &self.state.pace;
        for _ in 0..pace.drop_looks {
            thread::sleep(pace.drop_look_pause);
            self.server.begin_wait();
            let seen = snapshot.ask(at)?;
            self.turns.note(&snapshot.rows[at], seen, pace);
            if seen.is_some_and(Observation::is_open) || self.server.wake_signal.is_over() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn judge(&self, snapshot: &Snapshot, at: usize, seen: Observation) -> Verdict {
        let (row, pace) = (&snapshot.rows[at], &self.state.pace);
        let lasted = self.suspicions.lasted(&row.name, seen, pace);
        judge(row.status, row.reason, seen, lasted, self.turns.stability(row, pace))
    }

    /// Carries the verdict out; whether the row is right now.
    fn settle(&mut self, snapshot: &Snapshot, at: usize, verdict: Verdict, seen: Observation) -> bool {
        let name = &snapshot.rows[at].name;
        let is_settled = match verdict {
            Verdict::Suspect => {
                self.suspicions.suspect(name, seen);
                return false;
            }
            Verdict::Keep => true,
            Verdict::Change(status, reason) => {
                let is_written =
                    writer::write(&self.state.store, self.server, snapshot, at, (status, reason));
                self.awaits_phone |=
                    is_written && status == Status::Connected && snapshot.linked(at).is_none();
                is_written
            }
        };
        if is_settled && verdict == DROPPED && seen == Observation::Closed {
            // The same looks go on to tell a logout on 1.8.
            self.suspicions.suspect(name, seen);
        } else if is_settled {
            self.suspicions.clear(name);
        }
        is_settled
    }
}
