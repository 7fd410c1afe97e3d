//! pareia: one `POST` to a WhatsApp QR code, and a page that shows which numbers work.
//!
//! `docs/ARCHITECTURE.md` says what each module is for, which may use which, and what always holds.

pub mod admin;
pub mod backup;
pub mod cli;
pub mod crypto;
pub mod domain;
pub mod http;
pub mod http1;
pub mod instance;
pub mod metrics;
pub mod notices;
pub mod qr_image;
pub mod sim;
pub mod store;
pub mod sync;
pub mod text;
pub mod upstream;
