//! From the public socket to the router: connections are accepted, counted and bounded here.

pub mod backends;
mod connection;
pub mod framing;
pub mod lane;
pub mod limits;
pub mod listener;
pub mod slow;
mod tiny_server;
