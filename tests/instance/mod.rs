//! Connecting instances, acting on them, monitoring them.

mod concurrency;
mod crash;
mod faults;
mod races;
mod removal;
mod returning;
mod scenarios;
mod watcher;
