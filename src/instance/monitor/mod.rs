//! Status that is true: rows follow what happens upstream while nobody calls.
//!
//! One thread for each active credential asks its server in rounds: observe (one list of
//! everything, and `connectionState` where the list is known to lag) → judge (`judge`, pure) → apply
//! (a row is written under its name's turn, and only if it is what it was when the round began). One
//! more thread begins and ends those, as credentials come, change and go.
//!
//! The engine always goes first: a name whose turn is taken is left alone, its call writes the truth
//! itself. A hint is never a truth, it only makes a round come sooner. Nothing upstream is ever
//! changed from here, and no database lock is held across a network call.

mod judge;
mod pace;
mod poll_loop;
mod probes;
mod round;
mod server;
mod snapshot;
mod suspicions;
mod wake_signal;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

pub use pace::Pace;

use crate::store::{Credential, Store};
use crate::sync::Threads;
use crate::upstream::BaseUrl;
use crate::upstream::evolution::Connections;
use poll_loop::survive;
use server::Server;

/// How long the end waits for threads that are in the middle of a call. What hangs longer is left
/// behind, and writes nothing any more.
const FAREWELL: Duration = Duration::from_secs(1);

/// The watcher. Dropped, it stops.
pub struct Watch {
    shared: Arc<Shared>,
}

/// What its threads share.
struct Shared {
    store: Arc<Store>,
    connections: Connections,
    pace: Pace,
    roster: RwLock<Roster>,
    threads: Threads,
}

/// The credentials, as they were last read.
#[derive(Default)]
struct Roster {
    /// Those that are watched, by id.
    servers: HashMap<String, Arc<Server>>,
    /// The ids of all of them, whose servers may post webhooks.
    webhooks: Vec<String>,
    over: bool,
}

/// What the log has been told already.
#[derive(Default)]
struct Noticed {
    failing: bool,
    unwatched: HashSet<String>,
}

impl Watch {
    /// Begins to watch every active credential's server.
    pub fn start(store: Arc<Store>, pace: Pace) -> Self {
        let (connections, roster) = (Connections::for_lists(), RwLock::default());
        let shared = Arc::new(Shared { store, connections, pace, roster, threads: Threads::default() });
        // At once, so that webhooks are known when the first request comes.
        let mut noticed = Noticed::default();
        shared.refresh(&mut noticed);
        let supervising = Arc::clone(&shared);
        shared.threads.begin("watch".to_owned(), move || supervising.supervise(noticed));
        Self { shared }
    }

    /// Somebody looks at this instance: for some seconds its status is kept right within a few.
    pub fn look_at(&self, credential: &str, name: &str) {
        if let Some(server) = self.shared.roster().servers.get(credential) {
            server.attention.look_at(name, self.shared.pace.attention);
        }
    }

    /// Something may have changed at the credential's server: look now.
    pub fn hint(&self, credential: &str, name: Option<&str>) {
        if let Some(server) = self.shared.roster().servers.get(credential) {
            server.attention.hint(name);
        }
    }

    /// The credential whose server may post webhooks under that secret. Reads no database.
    pub fn webhook_of(&self, secret: &str) -> Option<String> {
        let roster = self.shared.roster();
        let known = roster.webhooks.iter().map(String::as_str);
        self.shared.store.webhook_of(known, secret).map(str::to_owned)
    }

    /// Ends every round, which takes a second at the most. Nothing is written after this returns,
    /// but for what was waiting all that second for somebody else's lock of the database.
    pub fn stop(&self) {
        let limit = Instant::now() + FAREWELL;
        self.shared.roster_mut().over = true;
        let servers = self.shared.watched();
        // All at once, then one after the other.
        for server in &servers {
            server.attention.end();
        }
        for server in &servers {
            server.end(limit);
        }
        self.shared.threads.end(limit.saturating_duration_since(Instant::now()));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn roster(&self) -> RwLockReadGuard<'_, Roster> {
        self.roster.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn roster_mut(&self) -> RwLockWriteGuard<'_, Roster> {
        self.roster.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn supervise(self: &Arc<Self>, mut noticed: Noticed) {
        let (mut purged, mut version) = (None::<Instant>, None);
        loop {
            // A turn that panics is a turn that failed.
            survive(|| {
                if purged.is_none_or(|at| at.elapsed() >= self.pace.purge) {
                    purged = Some(Instant::now());
                    self.purge();
                }
            });
            if self.threads.wait_over(self.pace.supervise) {
                return;
            }
            survive(|| {
                self.refresh(&mut noticed);
                for server in self.watched() {
                    server.notice_silence(self);
                }
                let now = self.store.version().ok();
                if now != std::mem::replace(&mut version, now) {
                    self.notice_pairing();
                }
            });
        }
    }

    fn watched(&self) -> Vec<Arc<Server>> {
        self.roster().servers.values().cloned().collect()
    }

    /// Whoever wrote it, the engine here or a command beside it: a row that is connecting means that
    /// somebody waits to see it connected.
    fn notice_pairing(&self) {
        let pairing = self.store.pairing_at().unwrap_or_default();
        let roster = self.roster();
        pairing.iter().filter_map(|id| roster.servers.get(id)).for_each(|server| server.attention.pairing());
    }

    fn purge(&self) {
        match self.store.purge() {
            Ok(0) => {}
            Ok(rows) => log::info!("{rows} rows of history, logins and links were past their time"),
            Err(error) => log::error!("what is past its time could not be removed: {error}"),
        }
    }

    /// Reads the credentials, begins what is new and ends what is no longer so.
    fn refresh(self: &Arc<Self>, noticed: &mut Noticed) {
        let read = match self.store.servers() {
            Ok(read) => read,
            Err(error) => {
                if !std::mem::replace(&mut noticed.failing, true) {
                    log::error!("the credentials cannot be read, the servers are watched as before: {error}");
                }
                return;
            }
        };
        noticed.failing = false;
        let mut unwatched: HashSet<String> = read.iter().filter_map(|c| c.as_ref().err().cloned()).collect();
        let credentials: Vec<_> = read.into_iter().flatten().collect();
        let active = credentials.iter().filter(|c| c.active);
        unwatched.extend(active.map(|c| c.id.clone()));
        let Some(ended) = self.change(credentials, &mut unwatched) else { return };
        let limit = Instant::now() + FAREWELL;
        for server in &ended {
            server.end(limit);
        }
        self.note_unwatched(noticed, unwatched);
    }

    /// Changes the roster, of which whoever looks or hints must not have to wait long. Those that
    /// are to be ended, unless it is over; the ids of those that are watched go from `unwatched`.
    fn change(
        self: &Arc<Self>,
        credentials: Vec<Credential>,
        unwatched: &mut HashSet<String>,
    ) -> Option<Vec<Arc<Server>>> {
        let mut roster = self.roster_mut();
        if roster.over {
            return None;
        }
        roster.webhooks = credentials.iter().map(|c| c.id.clone()).collect();
        let mut before = std::mem::take(&mut roster.servers);
        for credential in credentials.into_iter().filter(|c| c.active).take(self.pace.servers) {
            let same = before.get(&credential.id).is_some_and(|server| server.is_as(&credential));
            let server = if same { before.remove(&credential.id) } else { self.begin(&credential) };
            if let Some(server) = server {
                unwatched.remove(&credential.id);
                roster.servers.insert(credential.id, server);
            }
        }
        Some(before.into_values().collect())
    }

    /// What is known of servers that should be watched and are not grows old, and says so.
    fn note_unwatched(&self, noticed: &mut Noticed, unwatched: HashSet<String>) {
        if self.pace.is_asleep() {
            return;
        }
        for id in unwatched.difference(&noticed.unwatched) {
            log::error!("the server of credential {id} is not watched: too many, or its row cannot be used");
            if let Err(error) = self.store.note_unwatched(id) {
                log::error!("the health of {id} could not be written: {error}");
            }
        }
        noticed.unwatched = unwatched;
    }

    fn begin(self: &Arc<Self>, credential: &Credential) -> Option<Arc<Server>> {
        let base_url = BaseUrl::parse(&credential.base_url);
        let base_url = base_url.inspect_err(|e| log::debug!("{} is not watched: {e}", credential.id)).ok()?;
        let server = Arc::new(Server::new(credential.clone(), base_url));
        let (shared, its) = (Arc::clone(self), Arc::clone(&server));
        let name = format!("watch-{}", credential.id);
        self.threads.begin(name, move || poll_loop::run(&shared, &its)).then_some(server)
    }
}
