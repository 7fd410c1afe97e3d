//! What upstream answers.

mod recorded;
