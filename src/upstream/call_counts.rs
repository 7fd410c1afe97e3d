//! How many calls each server was sent, by endpoint and outcome, and how long they took.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::UpstreamError;
use crate::metrics::{Counter, Histogram, SeriesTable};
use crate::sync::Mutex;

/// Endpoints of one server: those of the instance, and two for each kind of setting.
const ENDPOINTS: usize = 32;
/// Servers that are counted. Administrators have some dozens; where a program adds and removes them all day long, those that
/// come later are not told.
const SERVERS: usize = 1024;
/// Outcomes of one endpoint: the classes of a status, and the codes of an error.
const OUTCOMES: usize = 24;

/// What was counted of one endpoint.
#[derive(Default)]
pub struct EndpointCalls {
    /// By outcome: `ok`, the class of a refusing status, or the code of an error.
    pub outcomes: SeriesTable<&'static str, Counter, OUTCOMES>,
    /// How long they took.
    pub durations: Histogram,
}

/// What was counted of one server, by endpoint.
#[derive(Default)]
pub struct ServerCalls(SeriesTable<&'static str, EndpointCalls, ENDPOINTS>);

impl ServerCalls {
    /// Counts a call.
    pub(super) fn note(&self, endpoint: &'static str, took: Duration, outcome: Result<u16, &UpstreamError>) {
        let Some(calls) = self.0.of(endpoint) else { return };
        calls.durations.note(took);
        if let Some(counter) = calls.outcomes.of(word(outcome)) {
            counter.count();
        }
    }

    /// The endpoints that were called.
    pub fn endpoints(&self) -> impl Iterator<Item = &(&'static str, EndpointCalls)> {
        self.0.iter()
    }
}

/// An answer that refuses is one: a name that is not there is asked for all the time.
fn word(outcome: Result<u16, &UpstreamError>) -> &'static str {
    match outcome {
        Ok(200..400) => "ok",
        Ok(400..500) => "status_4xx",
        Ok(_) => "status_5xx",
        Err(error) => error.code(),
    }
}

/// What was counted, by the id of each server's credential, of those that came first since the start.
#[derive(Default)]
pub(super) struct CallCounts(Mutex<HashMap<String, Arc<ServerCalls>>>);

impl CallCounts {
    /// What is counted of that server.
    pub(super) fn of(&self, credential: &str) -> Arc<ServerCalls> {
        let mut servers = self.0.lock();
        if let Some(calls) = servers.get(credential) {
            return Arc::clone(calls);
        }
        if servers.len() >= SERVERS {
            return Arc::default();
        }
        Arc::clone(servers.entry(credential.to_owned()).or_default())
    }

    /// What is counted of all of them.
    pub(super) fn all(&self) -> Vec<(String, Arc<ServerCalls>)> {
        self.0.lock().iter().map(|(credential, calls)| (credential.clone(), Arc::clone(calls))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_bounded() {
        let counts = CallCounts::default();
        for n in 0..=SERVERS {
            counts.of(&n.to_string()).note("create", Duration::ZERO, Ok(201));
        }
        assert_eq!(counts.all().len(), SERVERS);
        assert_eq!(counts.of("0").endpoints().count(), 1, "those that came first stay");
    }
}
