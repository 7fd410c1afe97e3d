//! What lets people in to the page: passwords, and the one-time link of a first start.
//!
//! It knows neither HTTP nor SQL. No password and no link of it is in a log or an error.

mod password;
mod setup;

pub use password::{Password, Passwords};
pub use setup::{LIFE as SETUP_LIFE, Setup};
