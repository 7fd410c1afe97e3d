//! What upstream answers.

mod faces;
mod odd_answers;
mod stand_in;
mod recorded;
