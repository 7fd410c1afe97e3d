//! What the edge asks of the routes.

use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;

/// The routes behind the edge. No method panics: a route that does is answered `internal`.
pub trait Routes: Send + Sync {
    /// Whether the request's route may block: then it belongs on the connection's own thread.
    fn may_block(&self, request: &Request) -> bool;

    /// Answers a request by its route; where that may block, under a permit.
    fn answer(&self, request: &mut Request) -> HttpReply;

    /// Answers a request that reached no route.
    fn refuse(&self, request: Option<&Request>, problem: &Problem) -> HttpReply;

    /// How many bytes of body a target may have. Strangers cannot make the server hold the most.
    fn max_body(&self, target: &str) -> usize;
}
