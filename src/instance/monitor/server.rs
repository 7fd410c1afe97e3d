//! One watched server: what may be written for it, and how it answers.

use std::sync::MutexGuard;
use std::thread;
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::wake_signal::WakeSignal;
use crate::domain::UpstreamError;
use crate::domain::{Millis, now};
use crate::store::{Credential, Store};
use crate::sync::Mutex;
use crate::upstream::BaseUrl;

/// How often the end looks whether a write is over.
const LOOK: Duration = Duration::from_millis(5);
/// A server that is slow is not silent before twice the time that it took last.
const SLOW: u32 = 2;

/// One watched server.
pub(super) struct WatchedServer {
    pub credential: Credential,
    pub base_url: BaseUrl,
    pub wake_signal: WakeSignal,
    /// Held while something is written.
    writing: Mutex<()>,
    health: Mutex<ServerHealth>,
}

/// How the server answers.
struct ServerHealth {
    /// Whether it was noted since the watching began: what is in the database may be old.
    noted: bool,
    /// The code of what is wrong.
    code: Option<&'static str>,
    /// When it last told of all its instances; before that, when the watching began.
    news: Millis,
    /// Since when it owes an answer.
    owes: Option<Instant>,
    /// How long it took to the last one that told of all.
    took: Duration,
}

impl WatchedServer {
    pub(super) fn new(credential: Credential, base_url: BaseUrl) -> Self {
        let health = ServerHealth { noted: false, code: None, news: now(), owes: None, took: Duration::ZERO };
        Self {
            credential,
            base_url,
            wake_signal: WakeSignal::default(),
            writing: Mutex::new(()),
            health: Mutex::new(health),
        }
    }

    /// Whether it is watched with what the credential says now.
    pub(super) fn is_as(&self, credential: &Credential) -> bool {
        self.credential.key == credential.key && self.credential.base_url == credential.base_url
    }

    /// Ends its polls. Nothing is written for it after this returns, but for what waits for
    /// somebody else's lock of the database all the time until `limit`.
    pub(super) fn end(&self, limit: Instant) {
        self.wake_signal.end();
        while self.writing.try_lock().is_none() && Instant::now() < limit {
            thread::sleep(LOOK);
        }
    }

    /// Writes, unless it has ended.
    pub(super) fn write<T>(&self, write: impl FnOnce() -> T) -> Option<T> {
        let _writing = self.writing.lock();
        (!self.wake_signal.is_over()).then(write)
    }

    /// It is asked from now on.
    pub(super) fn owes_answers(&self) {
        self.health().owes = Some(Instant::now());
    }

    /// It has told of all its instances, which took that long, and may be asked more.
    pub(super) fn told_all(&self, took: Duration) {
        let mut health = self.health();
        (health.news, health.took) = (now(), took);
        health.owes = Some(Instant::now());
    }

    /// It has answered, whatever it was; until it is asked again it owes nothing.
    pub(super) fn note(&self, store: &Store, error: Option<UpstreamError>) {
        let mut health = self.health();
        health.owes = None;
        self.write_health(store, &mut health, error);
    }

    /// Here something went wrong: it owes nothing, and is not to blame.
    pub(super) fn excuse(&self) {
        self.health().owes = None;
    }

    /// It has owed an answer for so long that what is known of it is no news any more, long before
    /// whoever asked gives up.
    pub(super) fn notice_silence(&self, store: &Store, pace: &Pace) {
        let Some(mut health) = self.health.try_lock() else { return };
        let patience = pace.silence.max(health.took * SLOW);
        if health.owes.is_some_and(|since| since.elapsed() >= patience) {
            self.write_health(store, &mut health, Some(UpstreamError::Timeout));
        }
    }

    fn write_health(&self, store: &Store, health: &mut ServerHealth, error: Option<UpstreamError>) {
        let code = error.map(UpstreamError::code);
        if health.noted && health.code == code {
            return;
        }
        let id = &self.credential.id;
        let since = if code.is_some() { health.news } else { now() };
        match self.write(|| store.note_health(id, code, since)) {
            None => return,
            Some(Err(error)) => return log::error!("the health of {id} could not be written: {error}"),
            Some(Ok(())) => {}
        }
        match code {
            Some(code) => log::info!("id=watch the server of credential {id} is in trouble: {code}"),
            None => log::info!("id=watch the server of credential {id} answers"),
        }
        (health.noted, health.code) = (true, code);
    }

    fn health(&self) -> MutexGuard<'_, ServerHealth> {
        self.health.lock()
    }
}
