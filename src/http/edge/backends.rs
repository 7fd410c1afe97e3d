//! The connections to `tiny_http`, shared by all clients. What a request says
//! is nothing to it.
//!
//! They are opened one at a time, each with a question that must be answered before it is used. Two
//! flaws of `tiny_http` 0.12 make that necessary: of two connections that arrive together one may be
//! left waiting for a thread without an end, and its accept loop ends for good at the first error, after
//! which a new server takes over here. Only quick routes are answered there, so a few connections do.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::framing::{self, Response};
use super::routes::Routes;
use super::tiny_server::TinyServer;
use crate::crypto;
use crate::http::problem::Problem;
use crate::http::request::Request;
use crate::sync::{Condvar, Mutex};

/// Connections at most. Each holds a thread of `tiny_http`'s and three files.
pub const MAX_BACKENDS: usize = 32;
/// How long a request may wait for one of them; it takes microseconds.
const WAIT: Duration = Duration::from_secs(5);
/// How long a fresh connection may take to be served; it takes microseconds.
const HELLO_LIMIT: Duration = Duration::from_secs(5);
/// How long an answer may take. Every quick route is done far below this; it only ends what would
/// otherwise wait for ever.
const ANSWER_LIMIT: Duration = Duration::from_mins(1);
/// What the sockets are called in the data folder, before the process's number and a random part.
const SOCKET_PREFIX: &str = "http-";
/// What their names end with.
const SOCKET_SUFFIX: &str = ".sock";

/// The pool of connections to `tiny_http`.
pub struct Backends {
    pool: Mutex<Pool>,
    returned: Condvar,
    servers: Mutex<Servers>,
}

#[derive(Default)]
struct Pool {
    idle: Vec<UnixStream>,
    /// Connections that are used or being opened.
    used: usize,
}

/// The servers, of which the last takes new connections.
struct Servers {
    routes: Arc<dyn Routes>,
    hello_limit: Duration,
    running: Vec<TinyServer>,
    folder: SocketFolder,
}

/// The data folder, which only this user may enter, under a name that always fits into the 108 bytes of
/// a socket's address.
struct SocketFolder {
    /// Keeps the short name valid.
    _open: File,
    short: PathBuf,
}

impl SocketFolder {
    fn open(folder: &Path) -> io::Result<Self> {
        let open = File::open(folder)?;
        let proc = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd()));
        // Where there is no /proc, the folder's own name has to be short enough.
        let short = if proc.exists() { proc } else { folder.to_owned() };
        remove_left_over(&short);
        Ok(Self { _open: open, short })
    }

    fn fresh(&self) -> PathBuf {
        let name = crypto::new_id(&format!("{SOCKET_PREFIX}{}-", std::process::id()));
        self.short.join(name + SOCKET_SUFFIX)
    }
}

/// Removes the sockets of servers that were killed.
fn remove_left_over(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_str().and_then(|n| n.strip_suffix(SOCKET_SUFFIX)?.strip_prefix(SOCKET_PREFIX));
        let is_socket = name.is_some_and(|name| name.contains('-'));
        // Nobody listens there any more. Another process's own stays: two may serve one folder.
        if is_socket && UnixStream::connect(entry.path()).is_err_and(|error| is_gone(&error)) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

impl Servers {
    fn add(&mut self) -> io::Result<()> {
        self.running.push(TinyServer::start(self.folder.fresh(), &self.routes)?);
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
        let server = self.running.last().ok_or(io::ErrorKind::NotConnected)?;
        let mut stream = UnixStream::connect(server.path())?;
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
    /// Starts `tiny_http` with these routes, on a socket in that folder.
    pub fn start(routes: Arc<dyn Routes>, folder: &Path) -> io::Result<Self> {
        Self::with(routes, folder, HELLO_LIMIT)
    }

    fn with(routes: Arc<dyn Routes>, folder: &Path, hello_limit: Duration) -> io::Result<Self> {
        let folder = SocketFolder::open(folder)?;
        let mut servers = Servers { routes, hello_limit, running: Vec::new(), folder };
        servers.add()?;
        let first = servers.open()?;
        let pool = Pool { idle: vec![first], used: 0 };
        Ok(Self { pool: Mutex::new(pool), returned: Condvar::new(), servers: Mutex::new(servers) })
    }

    /// Hands a request on and waits for its answer; `busy` where no connection was free in time.
    pub fn ask(&self, request: &Request) -> Result<Response, Problem> {
        let slot = self.take().ok_or(Problem::BUSY)?;
        self.exchange(slot, request).map_err(|error| {
            log::error!("id={} no answer from tiny_http: {error}", request.id);
            Problem::INTERNAL
        })
    }

    fn exchange(&self, mut slot: Slot, request: &Request) -> io::Result<Response> {
        let mut stream = match slot.stream.take() {
            Some(stream) => stream,
            None => self.servers.lock().open()?,
        };
        stream.write_all(&framing::request(request))?;
        let response = Response::read(&mut stream, request.method == "HEAD")?;
        slot.stream = Some(stream);
        Ok(response)
    }

    fn take(&self) -> Option<Slot<'_>> {
        let full = |pool: &mut Pool| pool.idle.is_empty() && pool.used >= MAX_BACKENDS;
        let (mut pool, late) = self.returned.wait_until(self.pool.lock(), Instant::now() + WAIT, full);
        if late {
            return None;
        }
        pool.used += 1;
        Some(Slot { backends: self, stream: pool.idle.pop() })
    }

    /// Ends the servers; requests that are still running get no answer.
    pub fn stop(&self) {
        self.pool.lock().idle.clear();
        self.servers.lock().running.clear();
    }
}

/// The right to one connection. Given back without it after a failure, it is opened anew.
struct Slot<'a> {
    backends: &'a Backends,
    stream: Option<UnixStream>,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut pool = self.backends.pool.lock();
        pool.used -= 1;
        pool.idle.extend(self.stream.take());
        drop(pool);
        self.backends.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::reply::HttpReply;
    use std::net::IpAddr;
    use std::os::unix::net::UnixListener;

    /// Answers everything.
    struct Willing;

    impl Routes for Willing {
        fn may_block(&self, _: &Request) -> bool {
            false
        }

        fn answer(&self, _: &mut Request) -> HttpReply {
            HttpReply::json(200, &())
        }

        fn refuse(&self, _: Option<&Request>, problem: &Problem) -> HttpReply {
            HttpReply::failure(problem, "r1")
        }

        fn max_body(&self, _: &str) -> usize {
            0
        }
    }

    fn get() -> Request {
        let sent = crate::http1::RequestMessage {
            method: "GET".into(),
            target: "/".into(),
            minor: 1,
            headers: Vec::new(),
            body: Vec::new(),
        };
        Request::of_client(sent, IpAddr::from([127, 0, 0, 1]))
    }

    struct Folder(PathBuf);

    impl Folder {
        /// A folder whose path is longer than the address of a socket may be.
        fn new() -> Self {
            let path = std::env::temp_dir().join(crypto::new_id(&format!("{}-", "long".repeat(25))));
            fs::create_dir(&path).expect("a folder");
            Self(path)
        }

        fn sockets(&self) -> usize {
            fs::read_dir(&self.0).expect("a folder").count()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    fn start(folder: &Folder) -> Backends {
        Backends::with(Arc::new(Willing), &folder.0, Duration::from_millis(300)).expect("a server")
    }

    #[track_caller]
    fn check(backends: &Backends) {
        let response = backends.ask(&get()).expect("an answer");
        assert!(response.into_bytes(true).starts_with(b"HTTP/1.1 200 "));
    }

    #[test]
    fn requests_are_answered_and_leave_nothing_behind() {
        let folder = Folder::new();
        let backends = start(&folder);
        for _ in 0..10 {
            check(&backends);
        }
        assert_eq!(backends.pool.lock().idle.len(), 1, "one connection after the other is one connection");
        assert_eq!(folder.sockets(), 1);
        backends.stop();
        drop(backends);
        assert_eq!(folder.sockets(), 0, "nothing is left in the folder");
    }

    #[test]
    fn another_server_takes_over_when_one_serves_no_more() {
        let folder = Folder::new();
        let backends = start(&folder);
        // What the path leads to now accepts nobody, like a tiny_http whose accept loop has ended.
        let path = backends.servers.lock().running[0].path().to_owned();
        fs::remove_file(&path).expect("the socket is there");
        let _deaf = UnixListener::bind(&path).expect("a socket");
        backends.pool.lock().idle.clear();
        check(&backends);
        check(&backends);
        assert_eq!(backends.servers.lock().running.len(), 2);
    }

    #[test]
    fn what_a_killed_server_left_is_removed() {
        let folder = Folder::new();
        let open = SocketFolder::open(&folder.0).expect("a folder");
        drop(UnixListener::bind(open.fresh()).expect("a socket"));
        assert_eq!(folder.sockets(), 1);
        let _first = start(&folder);
        let _second = start(&folder);
        assert_eq!(folder.sockets(), 2, "the living ones stay");
    }
}
