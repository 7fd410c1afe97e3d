//! What upstream answers.

pub mod authority;
mod faces;
mod odd_answers;
mod recorded;
mod stand_in;
mod tls;
