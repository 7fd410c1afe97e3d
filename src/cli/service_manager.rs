//! What `serve` tells the service manager that started it, systemd's way: that it is ready, that it is well, that it
//! ends. Where no `NOTIFY_SOCKET` is set there is none, and nothing is looked at.
//!
//! Ready is what answers a request over its own socket. Well is what also writes to its database: where it stays unwell for
//! as long as the service manager waits, it is started anew.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sd_notify::NotifyState;

use super::restart::Ending;
use crate::store::{self, Store};
use crate::sync::Threads;

/// Looks that have their turn in the time after which the service manager gives up: one that fails or hangs is not
/// the end.
const LOOKS: u32 = 4;
/// Looks that fail at once and have their turn in that time.
const RETRIES: u32 = 12;
/// How long a look may take, and the pause after one that failed, where the service manager sets no time.
const RETRY: Duration = Duration::from_secs(1);
/// Longest that a server whose connections are all taken answers none of their requests: the longest call for a code,
/// and as much again as that has beside its code.
const LONGEST_CALL: Duration = Duration::from_mins(3);
/// How long the end waits for a look that is under way.
const END: Duration = Duration::from_millis(100);

/// Tells the service manager for as long as it lives.
pub struct ServiceManager(Option<Arc<Threads>>);

/// The looks at a server, and how often to look.
struct Looks {
    address: SocketAddr,
    store: Arc<Store>,
    /// How long the service manager waits for the next word; `None`: it waits for none.
    patience: Option<Duration>,
    /// How many requests have been answered.
    answered: Box<dyn Fn() -> u64 + Send>,
    threads: Arc<Threads>,
}

/// What a request over the own socket is answered.
#[derive(Debug, PartialEq, Eq)]
enum OwnAnswer {
    Served,
    /// All connections are taken.
    Busy,
}

/// A time in which all connections were taken, and no request was answered.
#[derive(Clone, Copy)]
struct Standstill {
    answered: u64,
    since: Instant,
}

impl Standstill {
    /// As a look finds it: it begins anew with each request that was answered.
    fn go_on(before: Option<Self>, answered: u64, now: Instant) -> Self {
        before.filter(|still| still.answered == answered).unwrap_or(Self { answered, since: now })
    }

    /// Whether no call explains it any more.
    fn is_stuck(self, now: Instant) -> bool {
        now.duration_since(self.since) > LONGEST_CALL
    }
}

impl ServiceManager {
    /// Begins to tell it of the server at that address, which has `answered` so many requests, on a thread of its own.
    pub fn tell(address: SocketAddr, store: Arc<Store>, answered: impl Fn() -> u64 + Send + 'static) -> Self {
        if std::env::var_os("NOTIFY_SOCKET").is_none() {
            return Self(None);
        }
        let threads = Arc::new(Threads::default());
        let patience = sd_notify::watchdog_enabled();
        let answered = Box::new(answered);
        let looks = Looks { address, store, patience, answered, threads: Arc::clone(&threads) };
        threads.begin("service-manager".into(), move || looks.run());
        Self(Some(threads))
    }

    /// Tells it that the server ends. Of a new start it is told nothing: whoever says that it stops has to.
    pub fn end(self, ending: Ending) {
        if let Some(threads) = self.0 {
            threads.end(END);
            if ending == Ending::Signal {
                notify(&[NotifyState::Stopping]);
            }
        }
    }
}

impl Looks {
    fn run(&self) {
        let retry = self.patience.map_or(RETRY, |patience| patience / RETRIES);
        while let Err(error) = answers(self.address, retry) {
            log::warn!("not ready: no answer over the own socket: {error}");
            if self.threads.wait_over(retry) {
                return;
            }
        }
        notify(&[NotifyState::Ready]);
        let Some(patience) = self.patience else { return };
        let (mut pause, mut was_well, mut standstill) = (patience / LOOKS, true, None);
        while !self.threads.wait_over(pause) {
            let look = self.look(retry, &mut standstill);
            match &look {
                Ok(()) => notify(&[NotifyState::Watchdog]),
                Err(why) => log::warn!("not well, so the service manager is not told that it is: {why}"),
            }
            if look.is_ok() && !was_well {
                log::info!("well again");
            }
            was_well = look.is_ok();
            pause = if was_well { patience / LOOKS } else { retry };
        }
    }

    /// Whether all is well, else what is not.
    fn look(&self, limit: Duration, standstill: &mut Option<Standstill>) -> Result<(), String> {
        let answer = answers(self.address, limit);
        let answer = answer.map_err(|error| format!("no answer over the own socket: {error}"))?;
        let now = Instant::now();
        *standstill = match answer {
            OwnAnswer::Served => None,
            OwnAnswer::Busy => Some(Standstill::go_on(*standstill, (self.answered)(), now)),
        };
        if standstill.is_some_and(|standstill| standstill.is_stuck(now)) {
            return Err("all connections are taken, and none of their requests was answered for long".into());
        }
        writes(&self.store).map_err(|error| format!("the database takes no writes: {error}"))
    }
}

/// What a request over the socket is answered in that time.
fn answers(address: SocketAddr, limit: Duration) -> io::Result<OwnAnswer> {
    let end = Instant::now() + limit;
    let left = || end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_write_timeout(Some(left()))?;
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut head = [0; b"HTTP/1.1 200".len()];
    stream.set_read_timeout(Some(left()))?;
    stream.read_exact(&mut head)?;
    match &head {
        b"HTTP/1.1 200" => Ok(OwnAnswer::Served),
        // The route itself is never busy.
        b"HTTP/1.1 503" => Ok(OwnAnswer::Busy),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Whether the database takes a write. A full disk is no reason to be started anew, which makes no space: calls are
/// answered that there is none, and all else works.
fn writes(store: &Store) -> Result<(), store::Error> {
    match store.check_writable() {
        Err(store::Error::Full(_)) => Ok(()),
        checked => checked,
    }
}

fn notify(states: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(states) {
        log::warn!("the service manager was not told {states:?}: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// What a look finds where a server says that to a request.
    fn found(says: Option<&'static str>) -> io::Result<OwnAnswer> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            if let Some(says) = says {
                stream.write_all(says.as_bytes()).expect("it is read");
            }
            // Until the look has ended.
            stream.read_to_end(&mut Vec::new()).ok();
        });
        let found = answers(address, Duration::from_millis(if says.is_some() { 20_000 } else { 50 }));
        server.join().expect("no panic");
        found
    }

    #[test]
    fn an_answer_is_one_of_this_server_in_time() {
        assert_eq!(found(Some("HTTP/1.1 200 OK\r\n\r\n")).ok(), Some(OwnAnswer::Served));
        assert_eq!(found(Some("HTTP/1.1 503 Service Unavailable\r\n\r\n")).ok(), Some(OwnAnswer::Busy));
        assert!(found(Some("SSH-2.0-OpenSSH_9.2\r\n")).is_err());
        assert!(found(None).is_err(), "it accepts and hangs");
        let closed = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
        assert!(answers(closed, Duration::from_secs(20)).is_err());
    }

    #[test]
    fn a_busy_server_is_well_for_as_long_as_requests_are_answered_or_a_call_may_last() {
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        let mut standstill = None;
        for (seconds, answered, is_stuck) in [
            (0, 7, false),
            (170, 7, false),
            (175, 8, false),
            (350, 8, false),
            (356, 8, true),
            (371, 8, true),
            (386, 9, false),
        ] {
            let found = Standstill::go_on(standstill, answered, after(seconds));
            assert_eq!(found.is_stuck(after(seconds)), is_stuck, "after {seconds} s");
            standstill = Some(found);
        }
    }
}
