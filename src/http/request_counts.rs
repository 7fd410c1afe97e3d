//! How many requests there were, by route and status, how long they took, and what the edge turned away.

use std::time::Duration;

use super::problem::Problem;
use super::request_log::{UNKNOWN, known_method};
use crate::metrics::{Counter, Histogram, SeriesTable};

/// Routes with their methods, `OPTIONS` and those they do not have; a test of the router counts them.
pub const MAX_SERIES: usize = 256;
/// Statuses that one route answers.
const STATUSES: usize = 32;
/// What the label `method` says where the route has no such method.
const OTHER_METHOD: &str = "other";
/// Why the edge answers without a route.
const REASONS: [&str; 6] =
    ["busy", "request_timeout", "body_too_large", "headers_too_large", "bad_request", "internal"];

/// What was counted of one route and method.
#[derive(Default)]
pub struct RouteRequests {
    /// By the answer's status.
    pub statuses: SeriesTable<u16, Counter, STATUSES>,
    /// How long they took.
    pub durations: Histogram,
}

/// What was counted of all.
pub struct RequestCounts {
    /// By route and method.
    routes: SeriesTable<(&'static str, &'static str), RouteRequests, MAX_SERIES>,
    /// Requests that the edge turned away, and those of which a route said `busy`, by reason.
    refused: SeriesTable<&'static str, Counter, { REASONS.len() }>,
}

impl Default for RequestCounts {
    fn default() -> Self {
        let counts = Self { routes: SeriesTable::default(), refused: SeriesTable::default() };
        // A first one is seen as such only where there was a zero before.
        for reason in REASONS {
            counts.refused.of(reason);
        }
        counts
    }
}

impl RequestCounts {
    /// Counts an answered request.
    pub fn note(&self, route: &'static str, method: &str, status: u16, took: Duration) {
        let Some(requests) = self.routes.of((route, method_label(route, method, status))) else { return };
        requests.durations.note(took);
        if let Some(counter) = requests.statuses.of(status) {
            counter.count();
        }
    }

    /// Counts a request that was turned away.
    pub fn note_refused(&self, problem: &Problem) {
        if let Some(counter) = self.refused.of(reason(problem)) {
            counter.count();
        }
    }

    /// Counts an answer of a route, where that says that the server is at its limits.
    pub fn note_if_busy(&self, problem: &Problem) {
        if problem.is_busy() {
            self.note_refused(problem);
        }
    }

    /// How many requests a route has answered.
    pub fn answered(&self) -> u64 {
        let of_routes = self.routes.iter().filter(|((route, _), _)| *route != UNKNOWN);
        of_routes.flat_map(|(_, requests)| requests.statuses.iter()).map(|(_, counter)| counter.total()).sum()
    }

    /// What was asked for, by route and method.
    pub fn routes(&self) -> impl Iterator<Item = &((&'static str, &'static str), RouteRequests)> {
        self.routes.iter()
    }

    /// What was turned away, by reason.
    pub fn refused(&self) -> impl Iterator<Item = &(&'static str, Counter)> {
        self.refused.iter()
    }
}

/// The method as a label, of which there are few whatever clients send.
fn method_label(route: &str, method: &str, status: u16) -> &'static str {
    match known_method(method) {
        _ if status == 405 || route == UNKNOWN => OTHER_METHOD,
        "HEAD" => "GET",
        method => method,
    }
}

fn reason(problem: &Problem) -> &'static str {
    match problem {
        problem if problem.is_busy() => "busy",
        Problem::TooSlow => "request_timeout",
        Problem::BodyTooLarge => "body_too_large",
        Problem::HeadTooLarge => "headers_too_large",
        Problem::Malformed => "bad_request",
        _ => "internal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_clients_send_there_are_few_labels() {
        for (route, method, status, label) in [
            ("/livez", "GET", 200, "GET"),
            ("/livez", "HEAD", 200, "GET"),
            ("/livez", "BREW", 405, "other"),
            ("/livez", "DELETE", 405, "other"),
            (UNKNOWN, "GET", 404, "other"),
            ("/api/session", "OPTIONS", 204, "OPTIONS"),
            ("/api/session", "BREW", 200, "?"),
        ] {
            assert_eq!(method_label(route, method, status), label, "{method} {route} {status}");
        }
    }
}
