//! What upstream answers.

mod odd_answers;
mod recorded;
