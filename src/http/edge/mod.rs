//! From the public socket to the router: connections are accepted, counted and bounded here.

pub mod backends;
mod connection;
pub mod connection_table;
pub mod framing;
pub mod limits;
pub mod listener;
pub mod routes;
mod tiny_server;
