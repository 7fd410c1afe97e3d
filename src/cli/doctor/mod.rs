//! `pareia doctor`: looks at everything that a running pareia needs, a line for each thing, and changes nothing.
//!
//! `CHECKS` is the table. Every check runs on a thread of its own, so that one which hangs or panics costs its own line
//! alone. The network calls together take `--timeout` at the most, and the whole ten seconds more.

mod backup;
mod binary;
mod bundle;
mod clock;
mod database;
mod disk;
mod facts;
mod files;
mod finding;
mod folder;
mod key;
mod notices;
mod port;
mod proxy;
mod report;
mod servers;
mod unit;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::config;
use super::output::{CommandFailure, CommandResult, fail, note, out};
use super::public_url::PublicUrl;
use super::serve_state::serving_note;
use super::table::pretty;
use super::values;
use super::within::begin;
use crate::domain::typed_value;
use crate::text::cli as words;
use facts::Facts;
use finding::{Finding, Severity};
use report::Report;

/// Longest that the whole takes beyond its network calls.
const BEYOND_NETWORK: Duration = Duration::from_secs(10);

/// A check: what it is called, and what looks.
type NamedCheck = (&'static str, fn(&Facts) -> Vec<Finding>);

/// The checks, in the order of their lines.
const CHECKS: &[NamedCheck] = &[
    ("binary", binary::check),
    ("folder", folder::check),
    ("key", key::check),
    ("database", database::check),
    ("disk", disk::check),
    ("clock", clock::check),
    ("files", files::check),
    ("port", port::check),
    ("unit", unit::check),
    ("backup", backup::check),
    ("notices", notices::check),
    ("server", servers::check),
    ("proxy", proxy::check),
];

/// The arguments of `doctor`.
#[derive(clap::Args, Debug)]
pub struct DoctorArgs {
    #[arg(long)]
    json: bool,
    #[arg(long, value_name = "ARQUIVO", conflicts_with = "json")]
    bundle: Option<PathBuf>,
    #[arg(long, requires = "bundle")]
    yes: bool,
    #[arg(long, value_name = "SEGUNDOS", default_value = "10", value_parser = values::wait_seconds)]
    timeout: u64,
    #[arg(long, env = "PAREIA_LISTEN", value_name = "ENDEREÇO")]
    listen: Option<String>,
    #[command(flatten)]
    public_url: PublicUrl,
    #[arg(long, env = "PAREIA_BACKUP_DIR", value_name = "PASTA")]
    backup_dir: Option<String>,
}

/// Runs every check. Anything that does not work is a failure.
pub fn run(folder: &Path, args: &DoctorArgs) -> CommandResult {
    args.bundle.as_ref().map_or(Ok(()), |path| bundle::check(path, args.yes))?;
    let network_deadline = Instant::now() + Duration::from_secs(args.timeout);
    let facts = Arc::new(gather(folder, args, network_deadline)?);
    let running: Vec<_> = CHECKS.iter().map(|check| (check.0, begin_check(*check, &facts))).collect();
    let mut found = Vec::new();
    for (name, results) in running {
        let findings = results_of(name, &results, network_deadline + BEYOND_NETWORK);
        if !args.json && args.bundle.is_none() {
            findings.iter().try_for_each(|finding| out(report::line(finding)))?;
        }
        found.extend(findings);
    }
    if args.json {
        out(pretty(&Report::of(&found)))?;
    }
    if let Some(path) = &args.bundle {
        bundle::offer(path, args.yes, &facts, &found)?;
    }
    let summary = report::summary(&found);
    if Report::of(&found).level == Severity::Bad {
        return fail(summary);
    }
    note(summary);
    Ok(())
}

fn gather(folder: &Path, args: &DoctorArgs, deadline: Instant) -> Result<Facts, CommandFailure> {
    let given = Some(typed_value(args.public_url.text())).filter(|text| !text.is_empty());
    let unusable = || CommandFailure::Usage(words::public_url_setting().to_owned());
    let public_url = given.map(|text| config::public_url(&text).ok_or_else(unusable)).transpose()?;
    let listen = args.listen.as_deref().map(typed_value);
    let note = serving_note(folder);
    let backups = args.backup_dir.as_deref().map(typed_value).filter(|text| !text.is_empty());
    Ok(Facts::of(folder, note, listen.as_deref(), public_url, backups.map(PathBuf::from), deadline))
}

fn begin_check((name, look): NamedCheck, facts: &Arc<Facts>) -> Receiver<Vec<Finding>> {
    let facts = Arc::clone(facts);
    begin(name, move || look(&facts))
}

fn results_of(check: &'static str, results: &Receiver<Vec<Finding>>, deadline: Instant) -> Vec<Finding> {
    match results.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(found) => found,
        Err(RecvTimeoutError::Timeout) => vec![Finding::bad(check, words::check_unfinished())],
        Err(RecvTimeoutError::Disconnected) => vec![Finding::bad(check, words::check_failed())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_hangs_or_panics_is_a_line() {
        let facts = Arc::new(Facts::of(Path::new("/none"), None, None, None, None, Instant::now()));
        let soon = Instant::now() + Duration::from_millis(50);
        let hangs: NamedCheck = ("disk", |_| {
            loop {
                std::thread::park();
            }
        });
        let panics: NamedCheck = ("disk", |_| panic!("on purpose"));
        for (check, deadline, code) in
            [(hangs, soon, "check_unfinished"), (panics, Instant::now() + BEYOND_NETWORK, "check_failed")]
        {
            let found = results_of("disk", &begin_check(check, &facts), deadline);
            assert_eq!((found[0].code, found[0].level), (Some(code), Severity::Bad));
        }
    }
}
