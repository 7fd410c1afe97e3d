//! One server's thread: when its rounds begin, and what of them is remembered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::Shared;
use super::attention::{Attention, Due};
use super::round::{Failed, Left, Rounds};
use crate::evolution::{BaseUrl, Trouble};
use crate::store::Credential;
use crate::words;

/// A round is followed by a pause of this many times what it took upstream: however slow a server
/// gets, no more than a quarter of its time goes to being watched.
const SPARE: u32 = 3;

/// One watched server.
pub(super) struct Server {
    pub credential: Credential,
    pub base_url: BaseUrl,
    pub attention: Attention,
    /// Whether anything may be written; held while it is.
    open: Mutex<bool>,
    /// Whether its thread has ended, as it should only when it is told to.
    gone: AtomicBool,
}

impl Server {
    pub(super) fn new(credential: Credential, base_url: BaseUrl) -> Self {
        let attention = Attention::default();
        Self { credential, base_url, attention, open: Mutex::new(true), gone: AtomicBool::new(false) }
    }

    /// Whether it is watched with what the credential says now.
    pub(super) fn is_as(&self, credential: &Credential) -> bool {
        let same = self.credential.key == credential.key && self.credential.base_url == credential.base_url;
        same && !self.gone.load(Ordering::Acquire)
    }

    /// Ends its rounds. Nothing is written for it after this returns.
    pub(super) fn end(&self) {
        self.attention.end();
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }

    /// Writes, unless it has ended.
    pub(super) fn write<T>(&self, write: impl FnOnce() -> T) -> Option<T> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.then(write)
    }
}

/// Marks the thread's end, however it comes.
struct Gone<'a>(&'a Server);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.gone.store(true, Ordering::Release);
    }
}

/// Watches until it is told to end.
pub(super) fn run(shared: &Shared, server: &Server) {
    let _gone = Gone(server);
    let pace = &shared.pace;
    let mut rounds = Rounds::new(shared, server);
    let mut health = Health::default();
    let mut failures = 0;
    let mut due = Due::now();
    while let Some(names) = server.attention.wait(&due, pace.attention) {
        let begun = Instant::now();
        let outcome = rounds.go(&names);
        if server.attention.is_over() {
            return;
        }
        match outcome {
            Ok(_) => health.note(shared, server, None),
            Err(Failed::Upstream(trouble)) => health.note(shared, server, Some(trouble)),
            Err(Failed::Here) => {}
        }
        failures = if outcome.is_ok() { 0 } else { failures + 1 };
        due = match outcome {
            Ok(left) => after(shared, begun, &left),
            Err(_) => after_failure(shared, begun, failures),
        };
    }
}

/// When the next round begins after one that went well.
fn after(shared: &Shared, begun: Instant, left: &Left) -> Due {
    let (pace, now) = (&shared.pace, Instant::now());
    let spare = left.upstream * SPARE;
    let usual = now + if left.busy { pace.quick } else { pace.rest }.max(spare);
    Due {
        rest: left.next_look.map_or(usual, |at| usual.min(at.max(now + spare))),
        looked: now + pace.quick.max(spare),
        hint: (begun + pace.hint_gap).max(now + spare),
    }
}

fn after_failure(shared: &Shared, begun: Instant, failures: u32) -> Due {
    let (pace, now) = (&shared.pace, Instant::now());
    let retry = pace.retry_after(failures);
    Due { rest: now + retry, looked: now + retry.min(pace.retry_looked), hint: begun + pace.hint_gap }
}

/// How the server answers, as the database has it.
#[derive(Default)]
struct Health {
    /// Whether it was noted since the thread began: what is in the database may be old.
    noted: bool,
    /// The code of what is wrong.
    code: Option<&'static str>,
}

impl Health {
    fn note(&mut self, shared: &Shared, server: &Server, trouble: Option<Trouble>) {
        let code = trouble.map(|trouble| words::upstream(trouble).0);
        if self.noted && self.code == code {
            return;
        }
        let id = &server.credential.id;
        match server.write(|| shared.store.note_health(id, code)) {
            None => return,
            Some(Err(error)) => return log::error!("the health of {id} could not be written: {error}"),
            Some(Ok(())) => {}
        }
        match code {
            Some(code) => log::info!("id=watch the server of credential {id} is in trouble: {code}"),
            None => log::info!("id=watch the server of credential {id} answers"),
        }
        (self.noted, self.code) = (true, code);
    }
}
