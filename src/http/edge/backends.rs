//! The connections from the gate to `tiny_http`: how many requests run at once is decided here.
//!
//! Connections are shared by all clients and opened one at a time, each with a question that must
//! be answered before it is used. Two flaws of `tiny_http` 0.12 make that necessary: of two
//! connections that arrive together one may be left waiting for a thread without an end, and its
//! accept loop ends for good at the first error, after which a new server takes over here.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::framing::{self, Response};
use super::limits::Limits;
use super::tiny_server::{Front, Handler};
use crate::crypto;
use crate::http::problem::Problem;

/// Connections kept for the next requests. Each holds a thread of `tiny_http`'s.
const KEEP: usize = 32;
/// How long a fresh connection may take to be served; it takes microseconds.
const HELLO_LIMIT: Duration = Duration::from_secs(5);
/// How long an answer may take. Every call has a deadline of its own far below this; it only ends
/// what would otherwise wait for ever.
const ANSWER_LIMIT: Duration = Duration::from_mins(10);
/// What the socket's folder is called, before the process's number and a random part.
const FOLDER_PREFIX: &str = "pareia-http-";
/// Characters of the random part of the socket's folder.
const FOLDER_SUFFIX: usize = 13;

/// The way to `tiny_http`.
pub struct Backends {
    idle: Mutex<Vec<UnixStream>>,
    running: AtomicUsize,
    max_running: usize,
    fronts: Mutex<Fronts>,
}

/// The servers, of which the last takes new connections.
struct Fronts {
    handler: Handler,
    hello_limit: Duration,
    running: Vec<Front>,
    /// Dropped last: it removes the folder of the sockets.
    folder: Folder,
}

/// A fresh folder that only this user may enter, removed with everything in it.
struct Folder(PathBuf);

impl Folder {
    fn create() -> io::Result<Self> {
        let temporary = std::env::temp_dir();
        remove_left_over(&temporary);
        let mut name = crypto::new_id(&format!("{FOLDER_PREFIX}{}-", std::process::id()));
        name.truncate(name.len() - crypto::ID_LEN + FOLDER_SUFFIX);
        let path = temporary.join(name);
        let made = DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        Ok(Self(path))
    }

    fn remove(&self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Removes the folders of servers that were killed.
fn remove_left_over(temporary: &Path) {
    let entries = fs::read_dir(temporary).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let server = name.to_str().and_then(|n| n.strip_prefix(FOLDER_PREFIX)?.split('-').next());
        let dead =
            |pid: &str| pid.bytes().all(|b| b.is_ascii_digit()) && !Path::new("/proc").join(pid).exists();
        if Path::new("/proc/self").exists() && server.is_some_and(dead) {
            // Another user's stays: it is not ours to remove.
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.remove();
    }
}

impl Fronts {
    fn add(&mut self) -> io::Result<()> {
        // Something that tidies the temporary folder may have taken ours away.
        if !self.folder.0.exists() {
            self.folder = Folder::create()?;
        }
        let path = self.folder.0.join(self.running.len().to_string());
        self.running.push(Front::start(path, &self.handler)?);
        Ok(())
    }

    /// Opens a connection that is known to be served.
    fn open(&mut self) -> io::Result<UnixStream> {
        match self.greet() {
            Err(error) if is_timeout(&error) || is_gone(&error) => {
                log::error!("tiny_http cannot be reached ({error}), another server takes over");
                self.add()?;
                self.greet()
            }
            greeted => greeted,
        }
    }

    fn greet(&self) -> io::Result<UnixStream> {
        let front = self.running.last().ok_or(io::ErrorKind::NotConnected)?;
        let mut stream = UnixStream::connect(front.path())?;
        stream.set_read_timeout(Some(self.hello_limit))?;
        stream.write_all(&framing::hello())?;
        Response::read(&mut stream, false)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        stream.set_write_timeout(Some(ANSWER_LIMIT))?;
        Ok(stream)
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Backends {
    /// Starts `tiny_http` with this handler.
    pub fn start(handler: Handler, limits: &Limits) -> io::Result<Self> {
        Self::with(handler, limits.running, HELLO_LIMIT)
    }

    fn with(handler: Handler, max_running: usize, hello_limit: Duration) -> io::Result<Self> {
        let mut fronts = Fronts { handler, hello_limit, running: Vec::new(), folder: Folder::create()? };
        fronts.add()?;
        let first = fronts.open()?;
        Ok(Self {
            idle: Mutex::new(vec![first]),
            running: AtomicUsize::new(0),
            max_running,
            fronts: Mutex::new(fronts),
        })
    }

    /// Hands a request on and waits for its answer. `bodiless` says that it is a HEAD.
    pub fn ask(&self, request: &[u8], bodiless: bool) -> Result<Response, Problem> {
        let _slot = Slot::take(self).ok_or(Problem::BUSY)?;
        let mut stream = self.connection().map_err(|error| {
            log::error!("no connection to tiny_http: {error}");
            Problem::BUSY
        })?;
        let asked = stream.write_all(request).and_then(|()| Response::read(&mut stream, bodiless));
        let response = asked.map_err(|error| {
            log::error!("no answer from tiny_http: {error}");
            Problem::INTERNAL
        })?;
        self.keep(stream);
        Ok(response)
    }

    fn connection(&self) -> io::Result<UnixStream> {
        let kept = lock(&self.idle).pop();
        kept.map_or_else(|| lock(&self.fronts).open(), Ok)
    }

    fn keep(&self, stream: UnixStream) {
        let mut idle = lock(&self.idle);
        if idle.len() < KEEP {
            idle.push(stream);
        }
    }

    /// Ends the servers; requests that are still running get no answer.
    pub fn stop(&self) {
        lock(&self.idle).clear();
        let mut fronts = lock(&self.fronts);
        fronts.running.clear();
        fronts.folder.remove();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to run a request.
struct Slot<'a>(&'a AtomicUsize);

impl<'a> Slot<'a> {
    fn take(backends: &'a Backends) -> Option<Self> {
        let slot = Self(&backends.running);
        (slot.0.fetch_add(1, Ordering::AcqRel) < backends.max_running).then_some(slot)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::reply::Reply;
    use crate::http::request::Request;
    use std::net::IpAddr;
    use std::sync::{Arc, mpsc};

    fn get(target: &str) -> Vec<u8> {
        let request = crate::http1::Request {
            method: "GET".into(),
            target: target.into(),
            minor: 1,
            headers: Vec::new(),
            body: Vec::new(),
        };
        framing::request(&request, IpAddr::from([127, 0, 0, 1])).expect("ASCII")
    }

    fn start(running: usize, handler: impl Fn(Request) + Send + Sync + 'static) -> Backends {
        Backends::with(Arc::new(handler), running, Duration::from_millis(300)).expect("a server")
    }

    #[track_caller]
    fn check(backends: &Backends, target: &str, status: &str) {
        let response = backends.ask(&get(target), false).map_err(|p| format!("{p:?}")).expect("an answer");
        let text = String::from_utf8(response.into_bytes(true)).expect("text");
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{text}");
    }

    /// Panics, forgets to answer, or answers, as the target says.
    fn moody(request: Request) {
        match request.target() {
            "/panic" => panic!("on purpose"),
            "/forget" => drop(request),
            _ => request.answer(Reply::json(200, &())),
        }
    }

    #[test]
    fn a_panic_or_a_forgotten_answer_is_a_500_and_the_workers_go_on() {
        let backends = start(8, moody);
        for _ in 0..10 {
            check(&backends, "/panic", "500");
            check(&backends, "/forget", "500");
            check(&backends, "/", "200");
        }
    }

    #[test]
    fn another_server_takes_over_when_one_serves_no_more() {
        let backends = start(8, moody);
        // What the path leads to now accepts nobody, like a tiny_http whose accept loop has ended.
        let path = lock(&backends.fronts).running[0].path().to_owned();
        fs::remove_file(&path).expect("the socket is there");
        let _deaf = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        lock(&backends.idle).clear();
        check(&backends, "/", "200");
        check(&backends, "/", "200");
        assert_eq!(lock(&backends.fronts).running.len(), 2);
    }

    #[test]
    fn a_folder_that_was_tidied_away_is_made_anew() {
        let backends = start(8, moody);
        let folder = lock(&backends.fronts).folder.0.clone();
        fs::remove_dir_all(&folder).expect("it was there");
        lock(&backends.idle).clear();
        check(&backends, "/", "200");
        assert_ne!(lock(&backends.fronts).folder.0, folder);
    }

    #[test]
    fn what_runs_is_bounded_and_the_folder_goes_away() {
        let (sender, receiver) = mpsc::channel();
        let sender = Mutex::new(sender);
        let backends = Arc::new(start(1, move |e| lock(&sender).send(e).expect("the test waits")));
        let folder = lock(&backends.fronts).folder.0.clone();
        let other = Arc::clone(&backends);
        let first = std::thread::spawn(move || other.ask(&get("/"), false).is_ok());
        let request: Request = receiver.recv_timeout(HELLO_LIMIT).expect("the first runs");
        assert!(matches!(backends.ask(&get("/"), false), Err(Problem::Refused(_))));
        request.answer(Reply::json(200, &()));
        assert!(first.join().expect("no panic"));
        assert!(folder.exists());
        drop(backends);
        assert!(!folder.exists(), "{}", folder.display());
    }
}
