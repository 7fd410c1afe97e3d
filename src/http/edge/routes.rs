//! What the edge asks of the routes.

use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;

/// The routes behind the edge. Neither method panics: a route that does is answered `internal`.
pub trait Routes: Send + Sync {
    /// Answers on a worker; `None` where the route may block, and belongs on the connection's own thread.
    fn quick(&self, request: &mut Request) -> Option<HttpReply>;

    /// Answers a request whose route may block, under a permit.
    fn blocking(&self, request: &mut Request) -> HttpReply;

    /// Answers a request that reached no route.
    fn refuse(&self, request: Option<&Request>, problem: &Problem) -> HttpReply;

    /// How many bytes of body a target may have. Strangers cannot make the server hold the most.
    fn max_body(&self, target: &str) -> usize;
}
