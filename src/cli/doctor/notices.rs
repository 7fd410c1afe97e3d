//! The notice targets: whether the newest message to each arrived.

use super::facts::Facts;
use super::finding::Finding;
use crate::domain::clock::time_between;
use crate::domain::now;
use crate::store::{Inspection, NoticeArrival};
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
    let failing: Vec<_> = failing.collect();
    if failing.is_empty() { vec![Finding::ok(CHECK, words::notices_fine(arrivals.len()))] } else { failing }
}
