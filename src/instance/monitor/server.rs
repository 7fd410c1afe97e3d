//! One polled server: whether its rows may be written, and its health. Asks it nothing.

use std::sync::MutexGuard;
use std::thread;
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::wake_signal::WakeSignal;
use crate::domain::{Credential, Millis, UpstreamError, now};
use crate::store::{AskedServer, Store};
use crate::sync::Mutex;
use crate::upstream::BaseUrl;

/// How often [`PolledServer::end`] checks whether a write is over.
const LOOK: Duration = Duration::from_millis(5);
/// How often it is written down that webhooks come.
const WEBHOOK_NOTE: Duration = Duration::from_mins(5);
/// How often it is written down how long a list took: often enough to compare servers by.
const LOAD_NOTE: Duration = Duration::from_mins(5);
/// A server counts as silent after this many times what its last list took, at the earliest.
const SLOW: u32 = 2;

/// A server that is polled.
pub(super) struct PolledServer {
    pub credential: Credential,
    pub base_url: BaseUrl,
    pub wake_signal: WakeSignal,
    /// Locked while something is written.
    writing: Mutex<()>,
    health: Mutex<ServerHealth>,
    /// When it was last written down that a webhook came.
    webhook_noted: Mutex<Option<Instant>>,
    /// When it was last written down how long a list took.
    load_noted: Mutex<Option<Instant>>,
}

/// The server's health, as far as polls have shown.
struct ServerHealth {
    /// Whether the database has it: what a former process wrote may be old.
    noted: bool,
    /// The API's error code; `None`: it answers.
    code: Option<&'static str>,
    /// When the last list came; before the first, when the polls began.
    listed_at: Millis,
    /// When the request left that is unanswered.
    waiting_since: Option<Instant>,
    /// How long the last list took.
    list_duration: Duration,
}

impl PolledServer {
    pub(super) fn new(credential: Credential, base_url: BaseUrl) -> Self {
        let health = ServerHealth {
            noted: false,
            code: None,
            listed_at: now(),
            waiting_since: None,
            list_duration: Duration::ZERO,
        };
        Self {
            credential,
            base_url,
            wake_signal: WakeSignal::default(),
            writing: Mutex::new(()),
            health: Mutex::new(health),
            webhook_noted: Mutex::default(),
            load_noted: Mutex::default(),
        }
    }

    /// Whether it is polled with the key, the address and the authorities that the credential has now.
    pub(super) fn uses(&self, credential: &Credential) -> bool {
        let own = &self.credential;
        own.key == credential.key
            && own.base_url == credential.base_url
            && own.ca_certificate == credential.ca_certificate
    }

    /// Ends its polls. Nothing is written for it after this returns, unless a write waits for another
    /// process's lock of the database beyond `limit`.
    pub(super) fn end(&self, limit: Instant) {
        self.wake_signal.end();
        while self.writing.try_lock().is_none() && Instant::now() < limit {
            thread::sleep(LOOK);
        }
    }

    /// Runs a write, unless the polls have ended.
    pub(super) fn write<T>(&self, write: impl FnOnce() -> T) -> Option<T> {
        let _writing = self.writing.lock();
        (!self.wake_signal.is_over()).then(write)
    }

    /// Notes that a request leaves.
    pub(super) fn begin_wait(&self) {
        self.health().waiting_since = Some(Instant::now());
    }

    /// Notes a list, which took that long; more requests may follow.
    pub(super) fn note_list(&self, took: Duration) {
        let mut health = self.health();
        (health.listed_at, health.list_duration) = (now(), took);
        health.waiting_since = Some(Instant::now());
    }

    /// Writes down how long a list took that had so many instances, once in a while.
    pub(super) fn note_load(&self, store: &Store, took: Duration, listed: usize) {
        let mut noted = self.load_noted.lock();
        if noted.is_some_and(|at| at.elapsed() < LOAD_NOTE) {
            return;
        }
        *noted = Some(Instant::now());
        let millis = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        let listed = u32::try_from(listed).unwrap_or(u32::MAX);
        let id = &self.credential.id;
        if let Some(Err(error)) = self.write(|| store.note_load(id, millis, listed)) {
            log::error!("how long the list of {id} took could not be written: {error}");
        }
    }

    /// Notes the end of a poll and writes the health that it showed.
    pub(super) fn note_answer(&self, store: &Store, error: Option<&UpstreamError>) {
        let mut health = self.health();
        health.waiting_since = None;
        self.write_health(store, &mut health, error);
    }

    /// Notes a poll that failed for a reason of our own, which says nothing of the server.
    pub(super) fn cancel_wait(&self) {
        self.health().waiting_since = None;
    }

    /// Writes that the server is silent once it has left a request unanswered for too long, which is
    /// long before the request times out.
    pub(super) fn check_silence(&self, store: &Store, pace: &Pace) {
        let Some(mut health) = self.health.try_lock() else { return };
        let patience = pace.silence.max(health.list_duration * SLOW);
        if health.waiting_since.is_some_and(|since| since.elapsed() >= patience) {
            self.write_health(store, &mut health, Some(&UpstreamError::Timeout));
        }
    }

    /// Writes down that a webhook came, once in a while.
    pub(super) fn note_webhook(&self, store: &Store) {
        let mut noted = self.webhook_noted.lock();
        if noted.is_some_and(|at| at.elapsed() < WEBHOOK_NOTE) || !self.wake_signal.take_unnoted() {
            return;
        }
        *noted = Some(Instant::now());
        if let Some(Err(error)) = self.write(|| store.note_webhook(&self.credential.id)) {
            log::error!("that a webhook of {} came could not be written: {error}", self.credential.id);
        }
    }

    fn write_health(&self, store: &Store, health: &mut ServerHealth, error: Option<&UpstreamError>) {
        let code = error.map(UpstreamError::code);
        if health.noted && health.code == code {
            return;
        }
        let id = &self.credential.id;
        let since = if code.is_some() { health.listed_at } else { now() };
        let before = self.asked(health);
        let asked: Vec<_> = before.into_iter().chain([self.span(health, code.is_none())]).collect();
        let write = || store.note_health(id, code, since).and_then(|()| store.note_asked(&asked));
        match self.write(write) {
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

    /// Until when the server has answered or failed; `None` before that was seen.
    fn asked(&self, health: &ServerHealth) -> Option<AskedServer<'_>> {
        health.noted.then(|| self.span(health, health.code.is_none()))
    }

    fn span(&self, health: &ServerHealth, answered: bool) -> AskedServer<'_> {
        let heard_at = health.listed_at;
        let until = if answered { heard_at } else { now().max(heard_at) };
        AskedServer { credential: &self.credential.id, heard_at, until, answered }
    }

    /// The same, for whoever writes it down.
    pub(super) fn asked_now(&self) -> Option<AskedServer<'_>> {
        self.asked(&self.health())
    }

    /// When the server last listed what it has; before the first time, when the polls began.
    pub(super) fn listed_at(&self) -> Millis {
        self.health().listed_at
    }

    fn health(&self) -> MutexGuard<'_, ServerHealth> {
        self.health.lock()
    }
}
