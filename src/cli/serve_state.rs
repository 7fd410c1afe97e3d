//! Whether a `serve` answers at its address, as `/readyz` says it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::serving_note::{SERVING, ServingNote};
use super::within::within;
use crate::domain::{NoConnection, UpstreamError};
use crate::store::Inspection;
use crate::text;
use crate::upstream::ask_site;

/// Where `serve` listens, unless told otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:3000";

/// How long the note may take to be read: one reads as fast as the disk.
const NOTE: Duration = Duration::from_secs(3);

/// What answers at an address.
#[derive(Debug, PartialEq, Eq)]
pub enum ServeState {
    /// A `serve` that takes calls, with what it warns of.
    Ready(Option<String>),
    /// A `serve` that takes none, with its reason.
    NotReady(String),
    /// Another program.
    Other,
    /// Nothing listens there.
    Absent,
    /// Something listens, and does not answer as it should.
    Failed(UpstreamError),
}

impl ServeState {
    /// Asks, and waits until the deadline.
    pub fn ask(address: &str, deadline: Instant) -> Self {
        // What it says is shown beside sentences of this program.
        let headers = [("Accept-Language", text::language().as_str())];
        match ask_site("GET", &format!("http://{address}/readyz"), &headers, deadline) {
            Ok(answer) if answer.server != "pareia" => Self::Other,
            Ok(answer) => {
                let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
                let said = |member: &str| body[member].as_str().map(str::to_owned);
                match answer.status {
                    200 => Self::Ready(said("warning")),
                    _ => Self::NotReady(said("error").unwrap_or_else(|| answer.status.to_string())),
                }
            }
            Err(UpstreamError::Unreachable(NoConnection::Refused)) => Self::Absent,
            Err(error) => Self::Failed(error),
        }
    }
}

/// What the last `serve` of that data folder noted; `None` where there is nothing, or nothing can be read in time.
pub fn serving_note(folder: &Path) -> Option<ServingNote> {
    let folder = folder.to_owned();
    let read = move || Inspection::open(&folder).ok()?.setting(SERVING).ok()?;
    ServingNote::parse(&within(NOTE, read)??)
}

/// Where the `serve` of a data folder is reached from this machine: the address that was given, if it has a port,
/// else the one noted, else the usual one.
pub fn serve_address(given: Option<&str>, noted: Option<&ServingNote>) -> String {
    let given = given.filter(|text| !text.is_empty() && !text.ends_with(":0"));
    let listening = given.or(noted.map(|note| note.listen.as_str())).unwrap_or(DEFAULT_LISTEN);
    let resolved = listening.to_socket_addrs().ok().and_then(|mut found| found.next());
    resolved.map_or_else(|| listening.to_owned(), |address| reachable(address).to_string())
}

/// The address as people on this machine reach it: "every address" is none.
pub fn reachable(mut listening: SocketAddr) -> SocketAddr {
    match listening.ip() {
        IpAddr::V4(every) if every.is_unspecified() => listening.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(every) if every.is_unspecified() => listening.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    listening
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_one_given_then_noted_then_the_usual() {
        let note = ServingNote {
            listen: "0.0.0.0:4001".into(),
            public_url: None,
            trusted_proxies: 0,
            backup_dir: None,
            backup_every: None,
            pid: 1,
            version: "1".into(),
            since: 0,
        };
        for (given, noted, address) in [
            (Some("127.0.0.1:5000"), Some(&note), "127.0.0.1:5000"),
            (Some("[::]:5000"), Some(&note), "[::1]:5000"),
            (Some("127.0.0.1:0"), Some(&note), "127.0.0.1:4001"),
            (None, Some(&note), "127.0.0.1:4001"),
            (Some(""), None, DEFAULT_LISTEN),
            (None, None, DEFAULT_LISTEN),
        ] {
            assert_eq!(serve_address(given, noted), address, "{given:?}");
        }
    }
}
