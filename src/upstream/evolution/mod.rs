//! The upstream server, behind one small method for each endpoint.
//!
//! `ureq` lives here and nowhere else. Every call has a deadline, logs one line, and ends in a fact
//! or a [`UpstreamError`]; nothing is retried here but a call on a dead idle connection that is safe to
//! repeat. 1.8 and 2.x are told apart by what they answer.

mod call_policy;
mod client;
mod code;
mod decode;
mod entry;
mod key;
mod list_stream;

use std::time::{Duration, Instant};

pub use client::{Client, Connections};
pub use key::{KeyError, MAX_KEY, read_key};

use super::BaseUrl;
use crate::domain::{Qr, Secret, UpstreamError};

/// How long Evolution shows one code before the next replaces it.
pub const QR_LIFETIME: Duration = Duration::from_secs(45);
/// Longest that the test of a credential may take; a server that needs more would fail every call.
const TEST: Duration = Duration::from_secs(15);
/// Keys that Evolution's own examples ship: whoever reads them opens the server.
const PUBLIC_KEYS: [&str; 2] = ["429683C4C977415CAAFCCE10F7D57E11", "B6D711FCDE4D4FD5936544120E713976"];

/// What `create` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The instance is there, with this id.
    Now(Option<String>),
    /// 403: the name is taken, listed or not.
    NameTaken,
    /// Another refusal: nothing was created.
    Refused,
}

/// What `connect` answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connected {
    /// A code: the one valid now, or the last one if a phone is paired.
    Code(Qr),
    /// A socket is opening and has no code yet.
    NoCode,
    /// A phone is connected.
    Open,
    /// 404: the name does not exist.
    Missing,
    /// HTTP 200 with an error inside: being removed, or not loaded.
    Failed,
}

/// What became of a `delete`, `logout` or `restart`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandOutcome {
    /// It was done.
    Done,
    /// 404: the name does not exist.
    Missing,
    /// The instance's state does not allow it: `logout` and `restart` want a socket, the `delete` of
    /// 1.8 wants none.
    NotNow,
    /// There is no such route: 1.8 has no `POST` for `restart`.
    Unsupported,
}

/// What a credential's test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The key is the server's global key.
    Fine {
        /// The release, where it said so in time.
        version: Option<String>,
        /// How long the server took to judge the key.
        latency: Duration,
    },
    /// The key is one instance's token: it cannot create.
    InstanceToken,
    /// Something else is wrong.
    Failed(UpstreamError),
}

/// Whether the key is one that everybody knows.
pub fn is_public_default_key(key: &Secret) -> bool {
    PUBLIC_KEYS.iter().any(|k| k.eq_ignore_ascii_case(key.expose()))
}

/// Tests a server and its key, on a connection of its own.
pub fn test(base_url: &BaseUrl, key: &Secret, trace: &str) -> Check {
    let deadline = Instant::now() + TEST;
    Client::new(&Connections::default(), base_url, key.clone(), trace, deadline).check()
}
