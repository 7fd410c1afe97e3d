//! pareia: one POST to a WhatsApp QR code.

pub mod cli;
pub mod config;
pub mod domain;
pub mod ensure;
pub mod evolution;
pub mod http;
pub mod http1;
pub mod lock;
pub mod seal;
pub mod sim;
pub mod store;
pub mod words;
