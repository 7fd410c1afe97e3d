//! Every sentence that people read, in Brazilian Portuguese and in English side by side, and the codes they go with.
//! `http` and `cli` use them, and nobody else.
//!
//! Sentences say what happened and what to do next. They never carry a secret, nor text that came
//! from upstream.

mod access;
mod adoption;
mod backups;
mod calls;
pub mod cli;
mod count;
mod fighting;
mod imports;
mod instances;
mod json_body;
mod language;
mod linked;
mod moves;
mod notices;
mod os_error;
mod requests;
mod scans;
mod sentence;
mod servers;
mod storage;
mod token_limits;
mod upstream_faults;
mod uptime;

pub use access::*;
pub use adoption::*;
pub use backups::*;
pub use calls::*;
pub use imports::*;
pub use instances::*;
pub use json_body::*;
pub use language::{Text, in_language, language, set_language};
pub use linked::*;
pub use moves::{move_done, move_plan, test_message};
pub use notices::*;
pub use os_error::os_error;
pub use requests::*;
pub use scans::*;
pub use sentence::Sentence;
pub use servers::*;
pub use storage::*;
pub use token_limits::*;
pub use uptime::*;
