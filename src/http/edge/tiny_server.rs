//! `tiny_http` on a Unix socket, and the workers that run the routes.
//!
//! Only the gate connects here, with whole requests: `tiny_http` itself bounds neither time nor
//! bytes nor connections. A worker outlives every panic of a route.

use std::io;
use std::os::unix::net::UnixListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use super::framing::HELLO;
use crate::http::request::Request;

/// Routes answer at once or hand on to the slow lane, so a few workers are plenty; more than one,
/// since a read of the database may wait for the disk.
const WORKERS: usize = 4;

/// What is done with a request.
pub type Handler = Arc<dyn Fn(Request) + Send + Sync>;

/// A running `tiny_http` server.
pub struct Front {
    tiny: Arc<tiny_http::Server>,
    path: PathBuf,
    stopping: Arc<AtomicBool>,
    workers: Vec<JoinHandle<()>>,
}

impl Front {
    /// Listens at `path` and starts the workers.
    pub fn start(path: PathBuf, handler: &Handler) -> io::Result<Self> {
        let listener = UnixListener::bind(&path)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        let tiny = tiny_http::Server::from_listener(listener, None).map_err(io::Error::other)?;
        let mut front = Self {
            tiny: Arc::new(tiny),
            path,
            stopping: Arc::new(AtomicBool::new(false)),
            workers: Vec::new(),
        };
        for n in 0..WORKERS {
            front.workers.push(front.worker(n, Arc::clone(handler))?);
        }
        Ok(front)
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn worker(&self, n: usize, handler: Handler) -> io::Result<JoinHandle<()>> {
        let (tiny, stopping) = (Arc::clone(&self.tiny), Arc::clone(&self.stopping));
        thread::Builder::new().name(format!("http-{n}")).spawn(move || {
            while !stopping.load(Ordering::Acquire) {
                match tiny.recv() {
                    Ok(request) => serve(request, &handler),
                    Err(_) if stopping.load(Ordering::Acquire) => break,
                    // Its connections live on; the gate notices when it needs a new one.
                    Err(error) => log::error!("tiny_http accepts no more connections: {error}"),
                }
            }
        })
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // Each wakes one worker.
        self.workers.iter().for_each(|_| self.tiny.unblock());
        for worker in self.workers.drain(..) {
            worker.join().ok();
        }
    }
}

fn serve(request: tiny_http::Request, handler: &Handler) {
    if request.headers().iter().any(|h| h.field.equiv(HELLO)) {
        request.respond(tiny_http::Response::empty(204)).ok();
        return;
    }
    match Request::new(request) {
        // A panic drops the request, which answers for it.
        Ok(request) => drop(catch_unwind(AssertUnwindSafe(|| handler(request)))),
        Err(error) => log::warn!("a request broke off on its way from the gate: {error}"),
    }
}
