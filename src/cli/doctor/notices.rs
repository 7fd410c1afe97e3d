//! The notice targets: whether the newest message to each arrived.

use super::facts::Facts;
use super::finding::Finding;
use crate::store::Inspection;
use crate::text::cli as words;

const CHECK: &str = "notices";

/// Looks at what became of the newest message to each target. Sends nothing.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let targets = match facts.ask(CHECK, Inspection::notice_targets) {
        Ok(targets) => targets,
        Err(finding) => return vec![finding],
    };
    let failing = targets.iter().filter_map(|(id, channel, error)| {
        Some(Finding::warn(CHECK, words::notice_failing(id, channel, error.as_deref()?)))
    });
    let failing: Vec<_> = failing.collect();
    if failing.is_empty() { vec![Finding::ok(CHECK, words::notices_fine(targets.len()))] } else { failing }
}
