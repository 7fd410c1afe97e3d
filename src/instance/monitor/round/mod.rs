//! One round at a server: observe, judge, apply.

mod apply;

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::Shared;
use super::judge::{Upstream, Verdict};
use super::probes::{Candidate, KINDS, Turns, Wanted, Why, probes};
use super::server::Server;
use super::snapshot::{Round, list, nothing};
use super::suspicions::Suspicions;
use crate::crypto::new_id;
use crate::domain::ConnectionState;
use crate::domain::ListedInstance;
use crate::domain::Status;
use crate::domain::UpstreamError;
use crate::store::{self, Watched};
use crate::upstream::evolution::Client;

/// How long a round may go on asking: a server that has become slow is not asked 128 times.
const PROBING: Duration = Duration::from_secs(5);

/// What a round left to be done.
pub(super) struct Left {
    /// How long it waited for upstream.
    pub upstream: Duration,
    /// Whether somebody is pairing, or more is to be asked for than one round could.
    pub busy: bool,
    /// When a drop that was seen once is to be looked at again.
    pub next_look: Option<Instant>,
}

/// Why a round came to nothing.
#[derive(Clone, Copy)]
pub(super) enum Failed {
    /// Upstream could not do its part.
    Upstream(UpstreamError),
    /// The database could not: nothing is known of upstream.
    Here,
}

impl From<UpstreamError> for Failed {
    fn from(trouble: UpstreamError) -> Self {
        Self::Upstream(trouble)
    }
}

/// The rounds at one server, and what is remembered from one to the next.
pub(super) struct Rounds<'a> {
    shared: &'a Shared,
    server: &'a Server,
    doubts: Suspicions,
    /// The rows as they were last read, and the database's version before that: while it is the
    /// same, so are they.
    rows: Vec<Watched>,
    version: Option<i64>,
    /// Names that somebody asks for and that have not had their turn yet.
    waiting: HashSet<String>,
    /// Of names about which the list is at odds with their rows: what the list said when they were
    /// last asked for, and what the row said after that.
    answered: HashMap<String, (Upstream, Status)>,
    turns: Turns,
    /// When the calm kinds last had their turn, and whether that showed anything.
    calm: Option<Instant>,
    news: bool,
    /// When the last list came, and whether it lags behind.
    list: Option<(Instant, bool)>,
    /// How long the round has waited for upstream; what is written here is no burden to it.
    upstream: Duration,
}

impl<'a> Rounds<'a> {
    pub(super) fn new(shared: &'a Shared, server: &'a Server) -> Self {
        Self {
            shared,
            server,
            doubts: Suspicions::default(),
            rows: Vec::new(),
            version: None,
            waiting: HashSet::new(),
            answered: HashMap::new(),
            turns: [0; KINDS],
            calm: None,
            news: false,
            list: None,
            upstream: Duration::ZERO,
        }
    }

    /// One round; `names` are looked at closely. What was in doubt begins anew after trouble:
    /// nothing lasts with a server that does not answer.
    pub(super) fn go(&mut self, names: &HashSet<String>) -> Result<Left, Failed> {
        let trace = new_id("watch-");
        self.round(&trace, names).inspect_err(|_| {
            self.doubts.forget();
            self.list = None;
        })
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
        self.upstream = Duration::ZERO;
        let whole = self.is_list_due();
        let listed = if whole { self.list(&client, begun)? } else { nothing(self.rows.len()) };
        let round = Round { rows: std::mem::take(&mut self.rows), listed, client, trace, begun };
        let left = if whole { self.settle_all(&round, names) } else { self.settle_some(&round, names) };
        self.rows = round.rows;
        left
    }

    fn list(
        &mut self,
        client: &Client,
        begun: Instant,
    ) -> Result<Vec<Option<ListedInstance>>, UpstreamError> {
        let (listed, lags) = list(client, &self.rows)?;
        self.list = Some((Instant::now(), lags));
        self.upstream = begun.elapsed();
        self.server.told_all(self.upstream);
        Ok(listed)
    }

    /// Where the list tells what is so, the names that are attended to are asked for by themselves
    /// in between: for a list 1.8 asks WhatsApp for each instance that is open.
    fn is_list_due(&self) -> bool {
        self.list.is_none_or(|(at, lags)| lags || at.elapsed() >= self.shared.pace.rest)
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

    fn client(&self, trace: &str) -> Client {
        let (shared, server) = (self.shared, self.server);
        let deadline = Instant::now() + shared.pace.patience;
        let key = server.credential.key.clone();
        Client::new(&shared.connections, &server.base_url, key, trace, deadline).quietly()
    }

    /// Judges every row, asking for some of them, and writes what has changed.
    fn settle_all(&mut self, round: &Round, names: &HashSet<String>) -> Result<Left, Failed> {
        self.doubts.begin_round();
        let wanted = self.judge_by_list(round, names);
        let left = self.probe(round, names, wanted)?;
        self.doubts.end_round();
        if self.answered.len() > round.rows.len() {
            // Names that are no rows any more; the others are asked for once more.
            self.answered.clear();
        }
        Ok(left)
    }

    /// Asks for the names that are attended to, without a list.
    fn settle_some(&mut self, round: &Round, names: &HashSet<String>) -> Result<Left, Failed> {
        let mut wanted = Wanted::default();
        for (at, row) in round.rows.iter().enumerate().filter(|(at, _)| round.is_ours(*at)) {
            let why = if names.contains(&row.name) || self.waiting.contains(&row.name) {
                Why::Asked
            } else if row.status == Status::Connecting {
                Why::Pairing
            } else if self.doubts.is_down(&row.name) {
                Why::Odd
            } else {
                continue;
            };
            wanted[why as usize].push(Candidate { at, place: row.place });
        }
        Ok(self.probe(round, names, wanted)?)
    }

    /// Settles what the list tells, and says what could be asked for, by why.
    fn judge_by_list(&mut self, round: &Round, names: &HashSet<String>) -> Wanted {
        let mut wanted = Wanted::default();
        for (at, row) in round.rows.iter().enumerate() {
            let seen = round.upstream(at, None);
            let verdict = self.judge(round, at, seen);
            let why = match round.own(at) {
                Some(listed) if listed.lags && round.is_ours(at) => {
                    self.why(row, names, seen, verdict, listed.state)
                }
                // Long enough for the guards to be asked: lists leave out what is not loaded yet.
                None if verdict == Verdict::Doubt && self.is_long_missing(&row.name) => Some(Why::Odd),
                _ => {
                    self.settle(round, at, verdict, seen);
                    None
                }
            };
            if let Some(why) = why {
                wanted[why as usize].push(Candidate { at, place: row.place });
            }
        }
        self.let_rest(&mut wanted);
        wanted
    }

    /// Why a name could be asked for of which the list may say what is not so any more.
    fn why(
        &mut self,
        row: &Watched,
        names: &HashSet<String>,
        seen: Upstream,
        verdict: Verdict,
        state: ConnectionState,
    ) -> Option<Why> {
        if names.contains(&row.name) || self.waiting.contains(&row.name) {
            Some(Why::Asked)
        } else if row.status == Status::Connecting {
            Some(Why::Pairing)
        } else if self.doubts.is_in_doubt(&row.name) {
            Some(Why::Odd)
        } else if verdict != Verdict::Keep {
            let known = self.answered.get(&row.name) == Some(&(seen, row.status));
            Some(if known { Why::Answered } else { Why::Odd })
        } else {
            // Almost always there is none, and names are many.
            if !self.answered.is_empty() {
                self.answered.remove(&row.name);
            }
            (state == ConnectionState::Open).then_some(Why::Sweep)
        }
    }

    /// The calm kinds have their turn at the pace of rest, and at once as long as that shows news.
    fn let_rest(&mut self, wanted: &mut Wanted) {
        let due = self.news || self.calm.is_none_or(|at| at.elapsed() >= self.shared.pace.rest);
        if due {
            self.calm = Some(Instant::now());
        } else {
            wanted[Why::Answered as usize].clear();
            wanted[Why::Sweep as usize].clear();
        }
    }

    /// Asks for the names whose turn it is, and settles what that shows.
    fn probe(
        &mut self,
        round: &Round,
        names: &HashSet<String>,
        wanted: Wanted,
    ) -> Result<Left, UpstreamError> {
        self.await_turns(round, names, &wanted[Why::Asked as usize]);
        let odd = wanted[Why::Odd as usize].len();
        let (mut settled, mut cut) = (0, false);
        let hurried = std::mem::take(&mut self.news);
        for (why, candidate) in probes(wanted, &self.turns, hurried) {
            if round.begun.elapsed() > PROBING || self.server.attention.is_over() {
                cut = true;
                break;
            }
            self.turns[why as usize] = candidate.place;
            self.waiting.remove(&round.rows[candidate.at].name);
            settled += usize::from(why == Why::Odd);
            self.ask(round, why, candidate.at)?;
        }
        Ok(Left {
            upstream: self.upstream,
            busy: cut || settled < odd || self.news || !self.waiting.is_empty() || round.is_anybody_pairing(),
            next_look: self.doubts.next_look(&self.shared.pace),
        })
    }

    /// Whoever is asked for once has its turn in a later round, if not in this one.
    fn await_turns(&mut self, round: &Round, names: &HashSet<String>, asked: &[Candidate]) {
        let rows = asked.iter().map(|candidate| round.rows[candidate.at].name.as_str());
        self.waiting = rows
            .filter(|name| names.contains(*name) || self.waiting.contains(*name))
            .map(str::to_owned)
            .collect();
    }

    fn ask(&mut self, round: &Round, why: Why, at: usize) -> Result<(), UpstreamError> {
        let row = &round.rows[at];
        let begun = Instant::now();
        let answer = round.ask(at)?;
        self.upstream += begun.elapsed();
        self.server.owes_answers();
        let Some(seen) = answer else {
            self.answered.insert(row.name.clone(), (round.upstream(at, None), row.status));
            return Ok(());
        };
        let verdict = self.judge(round, at, seen);
        self.news |= why.is_calm() && verdict != Verdict::Keep;
        let now = match verdict {
            Verdict::Change(status, _) => status,
            Verdict::Keep | Verdict::Doubt => row.status,
        };
        if self.settle(round, at, verdict, seen) {
            self.answered.insert(row.name.clone(), (round.upstream(at, None), now));
        }
        Ok(())
    }
}
