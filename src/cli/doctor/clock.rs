//! The machine's clock: against what is written down, and against what servers say.

use std::time::{Duration, SystemTime};

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::domain::clock::{short, time_between};
use crate::domain::{Millis, now};
use crate::store::Inspection;
use crate::sync::in_lanes;
use crate::text::cli as words;
use crate::upstream::ask_site;

const CHECK: &str = "clock";
/// The beginning of 2026: this release is no older.
const RELEASED: Millis = 1_767_225_600_000;
/// Two clocks may differ by as much.
const DIFFERENCE: Duration = Duration::from_mins(2);
/// Servers whose clock is looked at.
const MOST_SERVERS: usize = 4;

/// A server and what time it says to be, counted from ours.
struct OtherClock {
    server: String,
    differs: Duration,
}

/// Compares.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let at = now();
    let newest = facts.ask(CHECK, Inspection::newest_moment).ok().flatten();
    judge(at, newest, &others(facts))
}

fn judge(at: Millis, newest: Option<Millis>, others: &[OtherClock]) -> Vec<Finding> {
    if at < RELEASED {
        return vec![Finding::bad(CHECK, words::clock_wrong(&short(at)))];
    }
    let ahead = newest.map_or(Duration::ZERO, |newest| time_between(at, newest));
    let behind = (ahead > DIFFERENCE).then(|| Finding::warn(CHECK, words::clock_behind(ahead)));
    let differing = others.iter().filter(|other| other.differs > DIFFERENCE);
    let differing =
        differing.map(|other| Finding::warn(CHECK, words::clock_differs(&other.server, other.differs)));
    let compared = u32::try_from(others.len()).unwrap_or(u32::MAX);
    or_fine(behind.into_iter().chain(differing).collect(), CHECK, || words::clock_fine(&short(at), compared))
}

/// The clocks of some servers that are in use and say what time it is.
fn others(facts: &Facts) -> Vec<OtherClock> {
    let servers = facts.ask(CHECK, Inspection::servers).unwrap_or_default();
    let active = servers.into_iter().filter_map(|server| server.credential.ok()).filter(|c| c.active);
    let asked: Vec<_> = active.take(MOST_SERVERS).collect();
    let clocks = in_lanes(&asked, MOST_SERVERS, |credential| {
        let answer = ask_site("GET", &credential.base_url, &[], facts.network_deadline).ok()?;
        let (theirs, ours) = (answer.date?, SystemTime::now());
        let differs = theirs.duration_since(ours).or_else(|_| ours.duration_since(theirs)).ok()?;
        Some(OtherClock { server: credential.name.clone(), differs })
    });
    clocks.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_judged_by_what_was_and_by_what_others_say() {
        let other = |seconds| OtherClock { server: "a".into(), differs: Duration::from_secs(seconds) };
        let at = RELEASED + 1000;
        for (at, newest, others, codes) in [
            (at, None, vec![], vec![]),
            (at, Some(at + 1000), vec![other(3)], vec![]),
            (RELEASED - 1, None, vec![], vec!["clock_wrong"]),
            (at, Some(at + 600_000), vec![other(3)], vec!["clock_behind"]),
            (at, None, vec![other(3), other(700)], vec!["clock_differs"]),
        ] {
            let found = judge(at, newest, &others);
            assert_eq!(found.iter().filter_map(|one| one.code).collect::<Vec<_>>(), codes);
        }
    }
}
