//! Everything that happens to an instance: connecting it, acting on it by name, monitoring it.

pub mod actions;
mod commands;
pub mod connect;
pub mod monitor;
mod moves;
mod removal;
mod saved_settings;
