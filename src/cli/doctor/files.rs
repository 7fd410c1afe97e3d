//! How many files `serve` may have open: the running one, else one that this user would start.

use std::fs;

use super::facts::Facts;
use super::finding::Finding;
use crate::http::{LEAST_OPEN_FILES, most_open_files, wanted_open_files};
use crate::text::cli as words;

const CHECK: &str = "files";

/// Looks at the limit.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let running = facts.note.as_ref().and_then(|note| limit_of(note.pid));
    vec![judge(running.unwrap_or_else(most_open_files))]
}

fn judge(files: usize) -> Finding {
    if files < LEAST_OPEN_FILES {
        Finding::bad(CHECK, words::files_too_few(files, LEAST_OPEN_FILES))
    } else if files < wanted_open_files() {
        Finding::warn(CHECK, words::files_few(files, wanted_open_files()))
    } else {
        Finding::ok(CHECK, words::files_fine(files))
    }
}

/// The limit of a process, if that is a `pareia`.
fn limit_of(pid: u32) -> Option<usize> {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    let table = (name.trim() == "pareia").then(|| fs::read_to_string(format!("/proc/{pid}/limits")).ok())?;
    limit(&table?)
}

/// The soft limit in the system's table.
fn limit(table: &str) -> Option<usize> {
    let line = table.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::finding::Severity;

    #[test]
    fn a_limit_is_read_and_judged() {
        let table = "Limit                     Soft Limit           Hard Limit           Units\n\
                     Max open files            1024                 524288               files\n";
        assert_eq!(limit(table), Some(1024));
        assert_eq!(limit(""), None);
        for (files, level) in [(100, Severity::Bad), (1024, Severity::Warn), (524_288, Severity::Ok)] {
            assert_eq!(judge(files).level, level, "{files}");
        }
    }
}
