//! The sealing key: there, and the one that sealed what the database holds.

use super::facts::Facts;
use super::finding::Finding;
use crate::store::{Inspection, KeyState};
use crate::text::cli as words;

const CHECK: &str = "key";

/// Opens what is sealed, and keeps nothing of it.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let path = facts.folder.join("pareia.key");
    vec![match facts.ask(CHECK, Inspection::key_state) {
        Ok(KeyState::Fine(sealed)) => Finding::ok(CHECK, words::key_fine(sealed)),
        Ok(KeyState::NotMade) => Finding::ok(CHECK, words::key_not_made()),
        Ok(KeyState::Partly(closed)) => Finding::warn(CHECK, words::key_partly(closed)),
        Ok(KeyState::Missing) => Finding::bad(CHECK, words::key_missing(&path)),
        Ok(KeyState::NoKey | KeyState::Wrong) => Finding::bad(CHECK, words::key_wrong(&path)),
        Err(unasked) => unasked,
    }]
}
