//! The running program, and whether others may replace it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::text::cli as words;

const CHECK: &str = "binary";
/// The bits of a mode that let others than the owner write.
const OTHERS_WRITE: u32 = 0o022;

/// Looks at the program's file.
pub fn check(_: &Facts) -> Vec<Finding> {
    let path = std::env::current_exe().unwrap_or_default();
    let shown = path.display().to_string();
    let mode = fs::metadata(&path).map_or(0, |found| found.permissions().mode());
    let found = (mode & OTHERS_WRITE != 0).then(|| Finding::warn(CHECK, words::binary_writable(&shown)));
    or_fine(found.into_iter().collect(), CHECK, || words::binary_fine(&shown))
}
