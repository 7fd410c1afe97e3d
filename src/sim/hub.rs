//! What the connections of a simulated server share: the world, the faults in force, the journal.
//!
//! The only place that sleeps, and every sleep ends when the simulation stops. No lock is held across a
//! sleep, a socket or the drawing of a picture.

use super::journal::Journal;
use super::lock::lock;
use super::options::{Options, Version};
use super::timing::{Moment, SimulatedClock};
use super::world::World;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What goes wrong with the next calls, in place of an answer of Evolution's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The connection is reset before a byte is answered.
    Reset,
    /// No answer ever comes.
    Hang,
    /// A reverse proxy answers 502 with a page.
    Html,
    /// Status 200 with broken JSON.
    Garbage,
    /// Status 200 with 64 MiB of JSON.
    Huge,
    /// A redirect to another path of this server, which the journal shows if it is followed.
    Redirect,
    /// Status 500 in Evolution's envelope; its text repeats the key it was called with.
    Http500,
    /// Status 200 with `error:true`, as 2.x answers exceptions of connect and restart.
    Error200,
    /// Waits until the fault is changed, and is then answered as usual. The journal shows that it came.
    Hold,
    /// Status 503 `LICENSE_REQUIRED`, as 2.4 before activation.
    Unlicensed,
    /// Whatever a test makes up, as JSON or, if it starts with `<`, as a page.
    Scripted(u16, &'static str),
}

/// Whether `https://web.whatsapp.com/sw.js` answers, which 2.3.x asks before it connects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VersionPage {
    /// It answers, or fails at once: either is fine.
    #[default]
    Answers,
    /// It never answers, and 2.3.x waits without a limit.
    Hangs,
}

/// `WEBHOOK_GLOBAL_URL` and `WEBHOOK_GLOBAL_WEBHOOK_BY_EVENTS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Where to post.
    pub url: String,
    /// Whether each event has an address of its own below that.
    pub by_events: bool,
}

/// Whether the server accepts connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listening {
    /// It does.
    #[default]
    Yes,
    /// Connections are refused until then; without a time, until someone opens it.
    Not(Option<Moment>),
}

/// What people rehearse, besides the state of the world.
#[derive(Debug, Default)]
pub struct Mode {
    /// The fault in force.
    pub fault: Fault,
    /// For how many more calls; without a number, until it is changed.
    pub times: Option<u32>,
    /// The one endpoint, as the journal names it, that the fault is for; without one, all.
    pub endpoint: Option<String>,
    /// Entries that the list has besides the instances, however odd.
    pub extra_entries: Vec<Value>,
    /// How much later every answer comes, in real time.
    pub slow: Duration,
    /// Whether 2.4's licence is missing.
    pub unlicensed: bool,
    /// Whether WhatsApp's page of versions answers.
    pub version_page: VersionPage,
    /// The global webhook, if there is one.
    pub webhook: Option<Webhook>,
    /// Whether connections are accepted.
    pub listening: Listening,
    /// Whether the listening socket is really closed.
    pub closed: bool,
    /// Whether the simulation is over.
    pub stopping: bool,
}

impl Mode {
    /// The fault for a call of that endpoint; uses up one of its times.
    pub fn take_fault(&mut self, endpoint: &str) -> Fault {
        if self.endpoint.as_deref().is_some_and(|only| only != endpoint) {
            return Fault::None;
        }
        let fault = self.fault;
        if let Some(left) = self.times.as_mut().filter(|_| fault != Fault::None) {
            *left = left.saturating_sub(1);
            if *left == 0 {
                (self.fault, self.times) = (Fault::None, None);
            }
        }
        fault
    }
}

/// The shared state of a simulated server.
pub struct Hub {
    /// Which server this is.
    pub version: Version,
    /// Real and simulated time.
    pub clock: SimulatedClock,
    /// `AUTHENTICATION_EXPOSE_IN_FETCH_INSTANCES`.
    pub expose: bool,
    /// Where it listens.
    pub addr: SocketAddr,
    /// When it started.
    pub started: Instant,
    world: Mutex<World>,
    key: Mutex<Arc<str>>,
    mode: Mutex<Mode>,
    changed: Condvar,
    journal: Mutex<Journal>,
}

impl Hub {
    /// The state of a server that has just bound its address.
    #[must_use]
    pub fn new(options: Options, addr: SocketAddr) -> Self {
        let clock = SimulatedClock::of(&options.timing);
        let (version, expose) = (options.version, options.expose_in_fetch);
        let world = World::new(
            version,
            options.timing,
            clock.clone(),
            options.qrcode_limit,
            options.del_instance_minutes,
        );
        Self {
            version,
            clock,
            expose,
            addr,
            started: Instant::now(),
            world: Mutex::new(world),
            key: Mutex::new(options.api_key.into()),
            mode: Mutex::default(),
            changed: Condvar::new(),
            journal: Mutex::default(),
        }
    }

    /// Looks at or changes the world as it is now.
    pub fn world<R>(&self, f: impl FnOnce(&mut World, Moment) -> R) -> R {
        let mut world = lock(&self.world);
        let now = self.clock.now();
        world.advance(now);
        f(&mut world, now)
    }

    /// The journal of calls.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// The server's key.
    #[must_use]
    pub fn key(&self) -> Arc<str> {
        lock(&self.key).clone()
    }

    /// Whether that is the server's own key.
    #[must_use]
    pub fn is_global(&self, key: Option<&str>) -> bool {
        key == Some(&*self.key())
    }

    /// Changes the server's key.
    pub fn set_key(&self, key: &str) {
        *lock(&self.key) = key.into();
    }

    /// The server's address as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Looks at the faults in force.
    pub fn mode<R>(&self, f: impl FnOnce(&mut Mode) -> R) -> R {
        f(&mut lock(&self.mode))
    }

    /// Changes the faults in force, and wakes whoever waits for that.
    pub fn set_mode(&self, f: impl FnOnce(&mut Mode)) {
        f(&mut lock(&self.mode));
        self.changed.notify_all();
        if let Some(stepped) = self.clock.stepped() {
            stepped.note_change();
        }
    }

    /// Ends the simulation: nothing sleeps or is answered any longer.
    pub fn stop(&self) {
        self.set_mode(|mode| mode.stopping = true);
        if let Some(stepped) = self.clock.stepped() {
            stepped.end();
        }
    }

    /// Whether connections are refused now.
    #[must_use]
    pub fn is_closed_now(&self) -> bool {
        match self.mode(|mode| mode.listening) {
            Listening::Yes => false,
            Listening::Not(None) => true,
            Listening::Not(Some(until)) => self.clock.now() < until,
        }
    }

    /// Waits for as long as a 2.3.x server would for WhatsApp's page of versions.
    pub fn await_version_page(&self) {
        let answers = |mode: &Mode| mode.version_page == VersionPage::Answers;
        match self.clock.stepped() {
            _ if self.version.is_v1() => {}
            Some(stepped) => stepped.await_change(|| answers(&lock(&self.mode))),
            None => drop(self.wait(None, answers)),
        }
    }

    /// Sleeps a simulated duration.
    pub fn sleep(&self, simulated: Duration) {
        match self.clock.stepped() {
            Some(stepped) => stepped.sleep(simulated),
            None => self.pause(self.clock.real(simulated)),
        }
    }

    /// Sleeps a real duration.
    pub fn pause(&self, real: Duration) {
        if !real.is_zero() {
            self.wait(Some(real), |mode| mode.stopping);
        }
    }

    /// Waits until `done` or the simulation stops, at most for `limit`. True if it is done.
    pub fn wait(&self, limit: Option<Duration>, done: impl Fn(&Mode) -> bool) -> bool {
        let deadline = limit.map(|limit| Instant::now() + limit);
        let mut mode = lock(&self.mode);
        loop {
            if done(&mode) || mode.stopping {
                return done(&mode);
            }
            mode = match deadline.map(|d| d.saturating_duration_since(Instant::now())) {
                None => self.changed.wait(mode).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return false,
                Some(left) => self.changed.wait_timeout(mode, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }
}
