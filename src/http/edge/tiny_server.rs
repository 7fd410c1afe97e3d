//! `tiny_http` on a Unix socket, and the workers that run the quick routes.
//!
//! Only the connections' threads connect here, with whole requests: `tiny_http` itself bounds neither time nor
//! bytes nor connections.

use std::fs::Permissions;
use std::io::{self, Cursor};
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::framing::{self, HELLO, INTERNAL};
use super::routes::Routes;
use crate::http::reply::HttpReply;
use crate::http::request::Request;

/// Only quick routes come here, so a few workers are plenty; more than one, since a read of the database
/// may wait for the disk.
const WORKERS: usize = 4;

/// A running `tiny_http` server.
pub struct TinyServer {
    tiny: Arc<tiny_http::Server>,
    path: PathBuf,
    stopping: Arc<AtomicBool>,
    workers: Vec<JoinHandle<()>>,
}

impl TinyServer {
    /// Listens at `path` and starts the workers.
    pub fn start(path: PathBuf, routes: &Arc<dyn Routes>) -> io::Result<Self> {
        let listener = UnixListener::bind(&path)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        // Whatever the umask is, and wherever the folder came from.
        std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        let tiny = tiny_http::Server::from_listener(listener, None).map_err(io::Error::other)?;
        let mut server = Self {
            tiny: Arc::new(tiny),
            path,
            stopping: Arc::new(AtomicBool::new(false)),
            workers: Vec::new(),
        };
        for n in 0..WORKERS {
            server.workers.push(server.worker(n, Arc::clone(routes))?);
        }
        Ok(server)
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn worker(&self, n: usize, routes: Arc<dyn Routes>) -> io::Result<JoinHandle<()>> {
        let (tiny, stopping) = (Arc::clone(&self.tiny), Arc::clone(&self.stopping));
        thread::Builder::new().name(format!("http-{n}")).spawn(move || {
            while !stopping.load(Ordering::Acquire) {
                match tiny.recv() {
                    Ok(request) => serve(request, &*routes),
                    Err(_) if stopping.load(Ordering::Acquire) => break,
                    // Its connections live on; the pool notices when it needs a new one.
                    Err(error) => log::error!("tiny_http accepts no more connections: {error}"),
                }
            }
        })
    }
}

impl Drop for TinyServer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // Each wakes one worker.
        self.workers.iter().for_each(|_| self.tiny.unblock());
        for worker in self.workers.drain(..) {
            worker.join().ok();
        }
    }
}

fn serve(mut received: tiny_http::Request, routes: &dyn Routes) {
    let line = received.headers().iter().find(|h| h.field.equiv(INTERNAL)).map(|h| h.value.to_string());
    let line = line.unwrap_or_default();
    if line == HELLO {
        received.respond(tiny_http::Response::empty(204)).ok();
        return;
    }
    let Some((peer, id)) = framing::internal(&line) else { return };
    let answered = match read(&mut received, peer, id) {
        Ok(mut request) => received.respond(to_tiny(routes.answer(&mut request))),
        Err(error) => Err(error),
    };
    if let Err(error) = answered {
        log::warn!("id={id} the request broke off inside the server: {error}");
    }
}

/// Takes a request over, its body included, which the connection's thread has bounded.
fn read(received: &mut tiny_http::Request, peer: IpAddr, id: &str) -> io::Result<Request> {
    let began = Instant::now();
    let mut body = Vec::with_capacity(received.body_length().unwrap_or_default());
    received.as_reader().read_to_end(&mut body)?;
    let headers = received.headers().iter();
    Ok(Request {
        method: received.method().as_str().to_owned(),
        target: received.url().to_owned(),
        headers: headers.map(|h| (h.field.to_string(), h.value.to_string())).collect(),
        body,
        peer,
        id: id.to_owned(),
        began,
        captured: String::new(),
        route: "",
    })
}

fn to_tiny(reply: HttpReply) -> tiny_http::Response<Cursor<Vec<u8>>> {
    let headers =
        reply.headers.iter().filter_map(|(n, v)| tiny_http::Header::from_bytes(*n, v.as_str()).ok());
    let (status, length) = (tiny_http::StatusCode(reply.status), reply.body.len());
    let body = Cursor::new(reply.body);
    tiny_http::Response::new(status, headers.collect(), body, Some(length), None)
        // The connection's thread reads answers by their length.
        .with_chunked_threshold(usize::MAX)
}
