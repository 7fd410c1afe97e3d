//! Connecting instances, acting on them, monitoring them.

mod concurrency;
mod crash;
mod faults;
mod harmless;
mod homes;
mod linked;
pub mod monitor;
mod moves;
mod races;
mod removal;
mod returning;
mod scenarios;
mod settings;
