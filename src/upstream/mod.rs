//! The way to upstream servers: where they are, how bytes reach them, and what they speak.

mod address_rules;
pub mod base_url;
pub mod evolution;
mod gateway;
mod pending_connects;
mod transport;

pub use base_url::{BaseUrl, BaseUrlError};
pub use gateway::Gateway;
pub use pending_connects::PendingConnect;
