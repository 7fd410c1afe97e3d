//! `--bundle FILE`: what somebody who helps needs to know, without secrets. It is shown whole before it is written.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use super::facts::Facts;
use super::finding::Finding;
use super::report;
use crate::cli::confirm::confirmed;
use crate::cli::output::{CommandFailure, CommandResult, fail, note, out};
use crate::cli::phone_mask;
use crate::cli::serving_note::ServingNote;
use crate::cli::within::within;
use crate::domain::clock::iso;
use crate::domain::now;
use crate::store::{Inspection, as_caller, file_facts};
use crate::text::cli as words;

/// How long the rows may take to be counted; a disk that hangs leaves them out.
const COUNT: Duration = Duration::from_secs(5);
/// How tokens and links begin.
const TOKEN: &str = "pareia_";

/// Refuses what could not be written later, before anything is looked at.
pub fn check(path: &Path, yes: bool) -> CommandResult {
    if !yes && !io::stdin().is_terminal() {
        return Err(CommandFailure::Usage(words::bundle_unasked().to_owned()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let obstacle = as_caller(|| match path.symlink_metadata() {
        Ok(_) => Some(io::ErrorKind::AlreadyExists),
        Err(_) => folder.filter(|folder| !folder.is_dir()).map(|_| io::ErrorKind::NotFound),
    });
    let refused = |obstacle: io::ErrorKind| fail(words::bundle_unwritable(path, &obstacle.into()));
    obstacle.map_or(Ok(()), refused)
}

/// Shows the bundle, asks whether to write it where nobody said so, and writes it.
pub fn offer(path: &Path, yes: bool, facts: &Facts, found: &[Finding]) -> CommandResult {
    let text = text(facts, found);
    out(&text)?;
    if !yes && !confirmed(words::bundle_confirm())? {
        note(words::bundle_declined());
        return Ok(());
    }
    let mut options = OpenOptions::new();
    // Never over something that is there.
    let written = as_caller(|| options.write(true).create_new(true).mode(0o600).open(path));
    let written = written.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| CommandFailure::Failed(words::bundle_unwritable(path, &error)))?;
    note(words::bundle_written(path));
    Ok(())
}

fn text(facts: &Facts, found: &[Finding]) -> String {
    let mut text = format!("{}\n", words::bundle_head());
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}: {}", masked(value));
    };
    line("at", &iso(now()));
    line("version", env!("CARGO_PKG_VERSION"));
    line("system", &system());
    line("folder", &facts.folder.display().to_string());
    line("address", &facts.address);
    line("publicUrl", facts.public_url.as_deref().unwrap_or("-"));
    line("serving", &facts.note.as_ref().map_or_else(|| "-".into(), serving));
    for file in file_facts(&facts.folder).unwrap_or_default() {
        line("file", &format!("{} {:o} uid={} {}", file.name, file.mode, file.owner, words::size(file.size)));
    }
    let folder = facts.folder.clone();
    let count =
        move || Inspection::open(&folder).and_then(|inspection| inspection.row_counts()).unwrap_or_default();
    for (table, rows) in within(COUNT, count).unwrap_or_default() {
        line("rows", &format!("{table} {rows}"));
    }
    for finding in found {
        let _ = writeln!(text, "{}", masked(&report::line(finding)));
    }
    text
}

/// How the last `serve` was set.
fn serving(note: &ServingNote) -> String {
    let ServingNote { listen, trusted_proxies, pid, version, since, .. } = note;
    format!("{version} listen={listen} trustedProxies={trusted_proxies} pid={pid} since={}", iso(*since))
}

/// The system as it names itself.
fn system() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let release = read("/etc/os-release");
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("Linux");
    format!("{} / {}", name.trim_matches('"'), read("/proc/sys/kernel/osrelease").trim())
}

/// The text with phones, addresses of other machines and tokens made unreadable.
fn masked(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(is_part) {
        masked.push_str(&rest[..begin]);
        rest = &rest[begin..];
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        masked.push_str(&masked_word(&rest[..end]));
        rest = &rest[end..];
    }
    masked + rest
}

fn masked_word(text: &str) -> String {
    let word = text.trim_end_matches(['.', ':', '-']);
    let behind = &text[word.len()..];
    let masked = match word.find(TOKEN) {
        Some(begin) => format!("{}{TOKEN}…", phone_mask::masked(&word[..begin])),
        None => masked_address(word).unwrap_or_else(|| phone_mask::masked(word)),
    };
    masked + behind
}

/// The word where it is an address of another machine.
fn masked_address(word: &str) -> Option<String> {
    let (bare, behind) = word.rsplit_once(':').unwrap_or((word, ""));
    let address = [word, bare].iter().find_map(|text| text.parse::<IpAddr>().ok());
    address.filter(|address| !address.is_loopback() && !address.is_unspecified())?;
    let port = if behind.is_empty() { String::new() } else { format!(":{behind}") };
    Some(format!("•.•.•.•{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_person_or_opens_something_is_masked() {
        for (text, shown) in [
            ("loja 5521991856227 ok", "loja ***6227 ok"),
            ("loja-5521991856227", "loja-***6227"),
            ("token pareia_abc_DEF-9", "token pareia_…"),
            ("x:pareia_abc", "x:pareia_…"),
            ("12345678901234567890", "***7890"),
            ("de 203.0.113.9:4000, 127.0.0.1:3000", "de •.•.•.•:4000, 127.0.0.1:3000"),
            ("é de 203.0.113.9. É de 203.0.113.9:", "é de •.•.•.•. É de •.•.•.•:"),
            ("2026-11-28T08:00:00.000Z v2.3.7 300 MiB", "2026-11-28T08:00:00.000Z v2.3.7 300 MiB"),
            ("ção…", "ção…"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
