//! One round at a server: observe, judge, apply.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::Shared;
use super::doubts::Doubts;
use super::judge::{Amiss, Known, Lasted, Upstream, Verdict, judge};
use super::server::Server;
use super::sight::{Round, list};
use super::turns::Turn;
use crate::domain::{Reason, Status};
use crate::evolution::{Client, State, Trouble};
use crate::seal::new_id;
use crate::store::{self, Watched};

/// Names that one round asks `connectionState` for, at the most: some 0.1 s of a server's time.
const PROBES: usize = 128;
/// Names of them that are asked for although nothing is odd about them, in rotation: the list of
/// 2.x says `open` while a socket is down, and nothing else shows it.
const SWEEP: usize = 32;
/// How long a round may go on asking: a server that has become slow is not asked 128 times.
const PROBING: Duration = Duration::from_secs(5);

/// What a round left to be done.
pub(super) struct Left {
    /// How long it waited for upstream.
    pub upstream: Duration,
    /// Whether somebody is pairing, or more is odd than one round could look at.
    pub busy: bool,
    /// When a drop that was seen once is to be looked at again.
    pub next_look: Option<Instant>,
}

/// Why a round came to nothing.
#[derive(Clone, Copy)]
pub(super) enum Failed {
    /// Upstream could not do its part.
    Upstream(Trouble),
    /// The database could not: nothing is known of upstream.
    Here,
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Upstream(trouble)
    }
}

/// Why a name is asked for, in the order of urgency.
#[derive(Clone, Copy)]
enum Why {
    Asked,
    Pairing,
    Odd,
    Sweep,
}

/// The rounds at one server, and what is remembered from one to the next.
pub(super) struct Rounds<'a> {
    shared: &'a Shared,
    server: &'a Server,
    doubts: Doubts,
    /// The rows as they were last read, and the database's version before that: while it is the
    /// same, so are they.
    rows: Vec<Watched>,
    version: Option<i64>,
    /// Whose turn it is, by why.
    turns: [Turn; 4],
    swept: Option<Instant>,
}

impl<'a> Rounds<'a> {
    pub(super) fn new(shared: &'a Shared, server: &'a Server) -> Self {
        let doubts = Doubts::default();
        Self {
            shared,
            server,
            doubts,
            rows: Vec::new(),
            version: None,
            turns: [Turn::default(); 4],
            swept: None,
        }
    }

    /// One round; `names` are looked at closely. What was in doubt begins anew after trouble:
    /// nothing lasts with a server that does not answer.
    pub(super) fn go(&mut self, names: &HashSet<String>) -> Result<Left, Failed> {
        let trace = new_id("watch-");
        self.round(&trace, names).inspect_err(|_| self.doubts.forget())
    }

    fn round(&mut self, trace: &str, names: &HashSet<String>) -> Result<Left, Failed> {
        // The rows come first: whatever the engine writes from here on makes them differ, and what
        // is seen now is not applied to them.
        self.read_rows().map_err(|error| {
            log::error!("id={trace} the rows cannot be read: {error}");
            Failed::Here
        })?;
        let begun = Instant::now();
        let client = self.client(trace);
        self.server.owes_answers();
        let listed = list(&client, &self.rows)?;
        self.server.told_all(begun.elapsed());
        let round = Round { rows: std::mem::take(&mut self.rows), listed, client, trace, begun };
        let left = self.settle_all(&round, names);
        self.rows = round.rows;
        left
    }

    fn read_rows(&mut self) -> Result<(), store::Error> {
        let store = &self.shared.store;
        let version = store.version()?;
        if self.version != Some(version) {
            self.version = None;
            self.rows = store.watched(&self.server.credential.id, self.server.base_url.as_str())?;
            self.version = Some(version);
        }
        Ok(())
    }

    /// Judges every row, asking for some of them, and writes what has changed.
    fn settle_all(&mut self, round: &Round, names: &HashSet<String>) -> Result<Left, Failed> {
        self.doubts.begin_round();
        let wanted = self.judge_by_list(round, names);
        let behind = self.probe(round, wanted)?;
        self.doubts.end_round();
        Ok(Left {
            upstream: round.begun.elapsed(),
            busy: behind || round.is_anybody_pairing(),
            next_look: self.doubts.next_look(&self.shared.pace),
        })
    }

    fn client(&self, trace: &str) -> Client {
        let (shared, server) = (self.shared, self.server);
        let deadline = Instant::now() + shared.pace.patience;
        let key = server.credential.key.clone();
        Client::new(&shared.connections, &server.base_url, key, trace, deadline).quietly()
    }

    /// Settles what the list tells, and says what has to be asked for, by why.
    fn judge_by_list(&mut self, round: &Round, names: &HashSet<String>) -> [Vec<usize>; 4] {
        let sweeps = self.swept.is_none_or(|at| at.elapsed() >= self.shared.pace.rest);
        let mut wanted: [Vec<usize>; 4] = Default::default();
        for (at, row) in round.rows.iter().enumerate() {
            let seen = round.upstream(at, None);
            let verdict = self.judge(round, at, seen);
            match round.listed[at].as_ref() {
                Some(listed) if listed.lags && round.is_ours(at) => {
                    let why = if names.contains(&row.name) {
                        Why::Asked
                    } else if row.status == Status::Connecting {
                        Why::Pairing
                    } else if verdict != Verdict::Keep || self.doubts.is_in_doubt(&row.name) {
                        Why::Odd
                    } else if sweeps && listed.state == State::Open {
                        Why::Sweep
                    } else {
                        continue;
                    };
                    wanted[why as usize].push(at);
                }
                // Long enough for the guards to be asked: lists leave out what is not loaded yet.
                None if verdict == Verdict::Doubt && self.is_long_missing(&row.name) => {
                    wanted[Why::Odd as usize].push(at);
                }
                _ => self.settle(round, at, verdict, seen),
            }
        }
        wanted
    }

    /// Asks for the names in their turn and settles what that shows. Whether some that are odd had
    /// to wait for the next round.
    fn probe(&mut self, round: &Round, wanted: [Vec<usize>; 4]) -> Result<bool, Trouble> {
        let (mut left, mut behind) = (PROBES, false);
        for (why, wanted) in [Why::Asked, Why::Pairing, Why::Odd, Why::Sweep].into_iter().zip(wanted) {
            let is_sweep = matches!(why, Why::Sweep);
            if is_sweep && !wanted.is_empty() {
                self.swept = Some(Instant::now());
            }
            let most = if is_sweep { left.min(SWEEP) } else { left };
            behind |= !is_sweep && wanted.len() > most;
            let turn = self.turns[why as usize].take(&round.rows, wanted, most);
            for at in turn {
                if round.begun.elapsed() > PROBING || self.server.attention.is_over() {
                    return Ok(true);
                }
                left -= 1;
                let answer = round.ask(at)?;
                self.server.owes_answers();
                if let Some(seen) = answer {
                    let verdict = self.judge(round, at, seen);
                    self.settle(round, at, verdict, seen);
                }
            }
        }
        Ok(behind)
    }

    fn is_long_missing(&mut self, name: &str) -> bool {
        self.doubts.lasted(name, Some(Amiss::Missing), &self.shared.pace) == Lasted::Long
    }

    fn judge(&mut self, round: &Round, at: usize, upstream: Upstream) -> Verdict {
        let row = &round.rows[at];
        judge(&Known {
            ours: round.is_ours(at),
            status: row.status,
            reason: row.reason,
            remembered: row.paired,
            upstream,
            lasted: self.doubts.lasted(&row.name, upstream.amiss(), &self.shared.pace),
        })
    }

    /// Does what the verdict says.
    fn settle(&mut self, round: &Round, at: usize, verdict: Verdict, seen: Upstream) {
        let row = &round.rows[at];
        match (verdict, seen.amiss()) {
            (Verdict::Doubt, Some(amiss)) => self.doubts.doubt(&row.name, amiss),
            (Verdict::Keep | Verdict::Doubt, _) => self.doubts.clear(&row.name),
            (Verdict::Change(status, reason), _) => {
                if self.apply(round.trace, row, status, reason) {
                    self.doubts.clear(&row.name);
                }
            }
        }
    }

    /// Writes the row, if nobody is at work on its name and nobody was since it was read.
    fn apply(&self, trace: &str, row: &Watched, status: Status, reason: Reason) -> bool {
        let store = &self.shared.store;
        let _turn = match store.instance_turn(row.channel, &row.name, Instant::now()) {
            Ok(Some(turn)) => turn,
            Ok(None) => return false,
            Err(error) => {
                log::error!("id={trace} the lock of {}: {error}", row.name);
                return false;
            }
        };
        match self.server.write(|| store.note_status(row, status, reason)) {
            Some(Ok(true)) => {
                let (before, now, why) = (row.status.as_str(), status.as_str(), reason.word());
                let credential = &self.server.credential.id;
                log::info!("id={trace} {} at credential {credential}: {before} → {now} ({why})", row.name);
                true
            }
            Some(Ok(false)) | None => false,
            Some(Err(error)) => {
                log::error!("id={trace} the row of {} could not be written: {error}", row.name);
                false
            }
        }
    }
}
