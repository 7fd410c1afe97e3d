//! The one line that the log has of each call to a server.

use std::time::Instant;

use log::Level;

use crate::domain::UpstreamError;

/// How a client's calls are logged.
#[derive(Clone)]
pub(super) struct CallLog {
    /// The id that each line carries: of the request that the calls are made for, or of the poll.
    pub trace: String,
    /// Whether failures are at `debug` too: for a caller that calls all the time and logs what comes of it.
    pub is_quiet: bool,
}

impl CallLog {
    /// Writes the line of a call that was begun then: its words, and the status of the answer.
    pub(super) fn note(
        &self,
        call: std::fmt::Arguments,
        begun: Instant,
        outcome: Result<u16, &UpstreamError>,
    ) {
        let (trace, took) = (&self.trace, begun.elapsed().as_millis());
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
