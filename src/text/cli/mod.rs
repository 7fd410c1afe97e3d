//! Every sentence of the command line, in both languages.
//!
//! Sentences say what happened and what to do next. None carries a key, a token or a QR code.

mod backups;
mod credentials;
mod doctor;
pub mod help;
mod instances;
mod moves;
mod notices;
mod output;
mod people;
mod scans;
mod serving;
mod tables;
mod usage;

pub use backups::*;
pub use credentials::*;
pub use doctor::*;
pub use instances::*;
pub use moves::*;
pub use notices::*;
pub use output::*;
pub use people::*;
pub use scans::*;
pub use serving::*;
pub use tables::*;
pub use usage::*;
