//! Who asks, from where, and how often they may try.

pub mod allowed_origin;
pub mod auth;
pub mod authority;
pub mod bearer;
pub mod cookie;
pub mod cors;
pub mod failed_login_log;
pub mod login_guard;
pub mod origin;
pub mod peer;
pub mod rate_limit;
pub mod throttles;
pub mod token_guard;
pub mod usage_notes;
