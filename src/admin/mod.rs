//! Administration: credentials, users, tokens, links, sessions, passwords, what no row has upstream.
//!
//! The rules are here once, for the command line and the API alike: what may be added and removed, who
//! gets a removed user's instances, who is the last administrator. Both translate what they read into these calls, and what comes
//! back into their own words. This room knows neither HTTP nor SQL nor sentences; no password, token or
//! link of it is in a log or an error.

pub mod credentials;
pub mod imports;
mod lawful_name;
pub mod links;
mod password;
pub mod second_factor;
pub mod sessions;
pub mod tokens;
mod totp;
pub mod unmanaged;
pub mod users;

pub use password::{Password, Passwords};
