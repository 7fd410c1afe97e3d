//! The findings as lines for people, or as one object for programs.

use serde::Serialize;

use super::finding::{Finding, Severity};
use crate::cli::table::printable;
use crate::text::cli as words;

/// Columns of the title of a check.
const TITLE: usize = 9;

/// All findings for programs.
#[derive(Serialize)]
pub struct Report<'a> {
    /// The worst of them.
    pub level: Severity,
    pub version: &'static str,
    pub checks: &'a [Finding],
}

impl<'a> Report<'a> {
    /// What all of them come to.
    pub fn of(checks: &'a [Finding]) -> Self {
        let level = checks.iter().map(|finding| finding.level).max().unwrap_or(Severity::Ok);
        Self { level, version: env!("CARGO_PKG_VERSION"), checks }
    }
}

/// A finding as one line, and the cure below it.
pub fn line(finding: &Finding) -> String {
    let mark = words::marks()[finding.level as usize];
    let title = words::check_title(finding.check);
    let subject =
        finding.subject.as_ref().map(|subject| format!("{}: ", printable(subject))).unwrap_or_default();
    let cure =
        finding.cure.as_ref().map(|cure| format!("\n      {} {cure}", words::cure())).unwrap_or_default();
    format!("{mark} {title:TITLE$} {subject}{}{cure}", printable(&finding.text))
}

/// How many there are, by severity.
pub fn summary(found: &[Finding]) -> String {
    let of = |level| u32::try_from(found.iter().filter(|one| one.level == level).count()).unwrap_or(u32::MAX);
    words::doctor_summary(of(Severity::Ok), of(Severity::Warn), of(Severity::Bad))
}
