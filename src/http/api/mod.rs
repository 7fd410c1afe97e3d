//! The routes, one file per resource: parsed values in, a reply out.

pub mod admin;
pub mod health;
pub mod instance;
pub mod login;
pub mod session;
