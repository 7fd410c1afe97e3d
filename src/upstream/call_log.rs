//! The one line that the log has of each call to a server, and its count.

use std::sync::Arc;
use std::time::Instant;

use log::Level;

use super::call_counts::ServerCalls;
use crate::domain::UpstreamError;

/// How a client's calls are logged and counted.
#[derive(Clone)]
pub(super) struct CallLog {
    /// The id that each line carries: of the request that the calls are made for, or of the poll.
    pub trace: String,
    /// Whether failures are at `debug` too: for a caller that calls all the time and logs what comes of it.
    pub is_quiet: bool,
    /// What is counted of the server.
    pub counts: Arc<ServerCalls>,
}

impl CallLog {
    /// Counts a call that was begun then, and writes its line: what was called, and the status of the answer.
    pub(super) fn note(
        &self,
        call: std::fmt::Arguments,
        endpoint: &'static str,
        begun: Instant,
        outcome: Result<u16, &UpstreamError>,
    ) {
        let took = begun.elapsed();
        self.counts.note(endpoint, took, outcome);
        let (trace, took) = (&self.trace, took.as_millis());
        match outcome {
            // The request's own line says what came of it.
            Ok(status) => log::debug!("id={trace} {call} {status} {took}ms"),
            Err(error) => {
                let level = if self.is_quiet { Level::Debug } else { Level::Warn };
                log::log!(level, "id={trace} {call} {error:?} {took}ms");
            }
        }
    }
}
