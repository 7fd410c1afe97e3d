//! The disk under the data folder.

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::store::{DiskSpace, disk_space, file_facts};
use crate::text::cli as words;

const CHECK: &str = "disk";
/// Less than this many bytes free is as good as nothing: a few minutes of a busy WAL.
const FULL: u64 = 16 << 20;
/// Less than this is little.
const LOW: u64 = 256 << 20;
/// A copy of the database, and its WAL, have to find room beside it.
const COPIES: u64 = 2;
/// Fewer files than this that can still be made are too few.
const FEW_FILES: u64 = 64;

/// Asks the file system.
pub fn check(facts: &Facts) -> Vec<Finding> {
    match disk_space(&facts.folder) {
        Ok(space) => {
            let files = file_facts(&facts.folder).unwrap_or_default();
            judge(&space, files.iter().map(|file| file.size).sum())
        }
        Err(error) => vec![Finding::bad(CHECK, words::disk_unreadable(&facts.folder, &error))],
    }
}

fn judge(space: &DiskSpace, data: u64) -> Vec<Finding> {
    let DiskSpace { free, total, free_files } = *space;
    let mut found = Vec::new();
    if free < FULL {
        found.push(Finding::bad(CHECK, words::disk_full(free)));
    } else if free < LOW.max(data * COPIES) {
        found.push(Finding::warn(CHECK, words::disk_low(free)));
    }
    found.extend(
        free_files.filter(|n| *n < FEW_FILES).map(|files| Finding::bad(CHECK, words::disk_files(files))),
    );
    or_fine(found, CHECK, || words::disk_fine(free, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_judged_by_what_has_to_find_room() {
        let (mib, gib) = (1 << 20, 1 << 30);
        for (free, data, files, codes) in [
            (10 * gib, gib, Some(1000), vec![]),
            (10 * gib, gib, None, vec![]),
            (300 * mib, 200 * mib, None, vec!["disk_low"]),
            (200 * mib, 0, None, vec!["disk_low"]),
            (mib, 0, None, vec!["disk_full"]),
            (10 * gib, 0, Some(3), vec!["disk_files"]),
            (0, 0, Some(0), vec!["disk_full", "disk_files"]),
        ] {
            let found = judge(&DiskSpace { free, total: 20 * gib, free_files: files }, data);
            assert_eq!(found.iter().filter_map(|one| one.code).collect::<Vec<_>>(), codes, "{free}");
        }
    }
}
