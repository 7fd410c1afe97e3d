//! The upstream server, behind one small method for each endpoint.
//!
//! `ureq` lives here and nowhere else. Every call has a deadline, logs one line, and ends in a fact
//! or a [`Trouble`]; nothing is retried here but a call on a dead idle connection that is safe to
//! repeat. 1.8 and 2.x are told apart by what they answer.

mod base_url;
mod care;
mod client;
mod entries;
mod key;
mod transport;
mod wire;

use std::time::{Duration, Instant};

pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{Client, Connections};
pub use key::{KeyError, MAX_KEY, read_key};
pub use wire::State;

use crate::domain::{Qr, Secret};

/// How long Evolution shows one code before the next replaces it.
pub const QR_LIFETIME: Duration = Duration::from_secs(45);
/// Longest that the test of a credential may take; a server that needs more would fail every call.
const TEST: Duration = Duration::from_secs(15);
/// Keys that Evolution's own examples ship: whoever reads them opens the server.
const PUBLIC_KEYS: [&str; 2] = ["429683C4C977415CAAFCCE10F7D57E11", "B6D711FCDE4D4FD5936544120E713976"];

/// Why upstream could not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection: nothing was sent.
    Unreachable,
    /// The connection broke: what was sent may have arrived.
    Broken,
    /// 401: the key is not the server's.
    RejectedKey,
    /// 503 `LICENSE_REQUIRED` (2.4 and later): not activated.
    LicenseRequired,
    /// The name is taken, but the instance is not there to be used.
    NotLoaded,
    /// An error status, HTML, garbage, a redirect, an answer over the limit.
    Unexpected,
    /// Connected, and no answer within the time.
    Timeout,
}

/// An instance as `fetchInstances` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id there.
    pub id: Option<String>,
    /// Its state, which on 2.x is the database's.
    pub state: State,
    /// Whether the state may lag behind the truth (2.x).
    pub lags: bool,
    /// Whether a phone was ever paired (2.x), or is (1.8).
    pub owner: bool,
    /// Whether that phone was logged out since (2.x).
    pub logged_out: bool,
    /// WhatsApp's number for why the last pairing ended; it stays when a phone is paired anew (2.x).
    pub reason_code: Option<u16>,
}

impl Listed {
    /// Whether a phone is paired, whose socket comes back by itself. `state` is what the socket does
    /// now; `remembered` says whether a phone was seen connected and no code was shown since.
    pub fn is_paired(&self, state: State, remembered: bool) -> bool {
        if !self.lags {
            // 1.8 lists an owner only while open.
            return self.owner || remembered;
        }
        // The reason of a former logout stays when a phone is paired anew.
        let anew = self.logged_out && remembered && state == State::Connecting;
        self.owner && !self.logged_out || anew
    }
}

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
pub enum Told {
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
    Trouble(Trouble),
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
