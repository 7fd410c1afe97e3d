//! The port: a `serve` that answers there, or room for one.

use std::io::{self, ErrorKind};
use std::net::TcpListener;

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::cli::serve_state::ServeState;
use crate::text::cli as words;

const CHECK: &str = "port";

/// Asks whoever listens.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let address = &facts.address;
    match ServeState::ask(address, facts.network_deadline) {
        ServeState::Ready(_) | ServeState::NotReady(_) if !facts.is_served => {
            vec![Finding::warn(CHECK, words::serve_elsewhere(address))]
        }
        ServeState::Ready(warning) => ready(facts, warning),
        ServeState::NotReady(why) => vec![Finding::bad(CHECK, words::serve_not_ready(address, &why))],
        ServeState::Other => vec![Finding::bad(CHECK, words::port_taken(address))],
        ServeState::Absent if facts.is_served => vec![Finding::bad(CHECK, words::serve_hidden(address))],
        ServeState::Absent => vec![match try_port(address) {
            Ok(()) => Finding::warn(CHECK, words::serve_stopped(address)),
            Err(error) => Finding::bad(CHECK, words::port_unusable(address, &error)),
        }],
        ServeState::Failed(error) => vec![Finding::bad(CHECK, words::serve_silent(address, &error))],
    }
}

fn ready(facts: &Facts, warning: Option<String>) -> Vec<Finding> {
    let other = facts.note.as_ref().map(|note| &*note.version).filter(|v| *v != env!("CARGO_PKG_VERSION"));
    let other = other.map(|version| Finding::warn(CHECK, words::serve_other_version(version)));
    let warning = warning.map(|warning| Finding::warn(CHECK, words::serve_warns(&warning)));
    or_fine([other, warning].into_iter().flatten().collect(), CHECK, || words::port_fine(&facts.address))
}

/// Whether the port could be taken. A `serve` that begins at this very moment may have it.
fn try_port(address: &str) -> io::Result<()> {
    match TcpListener::bind(address) {
        Err(error) if error.kind() != ErrorKind::AddrInUse => Err(error),
        _ => Ok(()),
    }
}
