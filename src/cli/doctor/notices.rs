//! The notice targets: whether the newest message to each arrived.

use super::facts::Facts;
use super::finding::Finding;
use crate::domain::clock::time_between;
use crate::domain::now;
use crate::store::{Inspection, KeyState, NoticeArrival, SealedKind};
use crate::text::cli as words;

const CHECK: &str = "notices";

/// Looks at what became of the newest message to each target. Sends nothing.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let arrivals = match facts.ask(CHECK, Inspection::notice_arrivals) {
        Ok(arrivals) => arrivals,
        Err(finding) => return vec![finding],
    };
    let failing = arrivals.iter().filter_map(|NoticeArrival { target, channel, failing }| {
        let failing = failing.as_ref()?;
        let span = time_between(failing.since, now());
        Some(Finding::warn(CHECK, words::notice_failing(target, channel, span, &failing.code)))
    });
    let sealed = sealed_targets(facts).map(|targets| Finding::warn(CHECK, words::notices_sealed(targets)));
    let failing: Vec<_> = failing.chain(sealed).collect();
    if failing.is_empty() { vec![Finding::ok(CHECK, words::notices_fine(arrivals.len()))] } else { failing }
}

/// How many targets cannot be reached, since the sealing key does not open what they need.
fn sealed_targets(facts: &Facts) -> Option<u32> {
    match facts.ask(CHECK, Inspection::key_state) {
        Ok(KeyState::Partly(closed)) => Some(closed.of(SealedKind::NoticeTarget)).filter(|n| *n > 0),
        // Where nothing opens, the key's own line says so.
        _ => None,
    }
}
