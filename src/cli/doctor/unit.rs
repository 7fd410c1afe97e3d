//! The systemd unit, as `systemctl show` tells of it. Changes nothing there.

use std::path::Path;
use std::process::{Command, Stdio};

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::text::cli as words;

const CHECK: &str = "unit";
/// The unit's name.
const UNIT: &str = "pareia.service";
/// The folder that is there where systemd runs the machine.
const SYSTEMD: &str = "/run/systemd/system";
/// What is asked of it.
const PROPERTIES: &str = "LoadState,ActiveState,UnitFileState,NeedDaemonReload,NRestarts,ExecStart";
/// More starts by systemd than this are remarkable.
const MANY_RESTARTS: u32 = 3;

/// Asks systemd, where there is one.
pub fn check(_: &Facts) -> Vec<Finding> {
    let shown = Path::new(SYSTEMD).exists().then(show).flatten();
    let own = std::env::current_exe().unwrap_or_default();
    match shown {
        Some(shown) => judge(&shown, &own.to_string_lossy()),
        None => vec![Finding::ok(CHECK, words::unit_none())],
    }
}

fn show() -> Option<String> {
    let mut command = Command::new("systemctl");
    command.args(["show", UNIT, "--property", PROPERTIES]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn judge(shown: &str, own: &str) -> Vec<Finding> {
    let value = |name: &str| {
        let lines = shown.lines().filter_map(|line| line.split_once('='));
        lines.filter(|(key, _)| *key == name).map(|(_, value)| value).next().unwrap_or_default()
    };
    if value("LoadState") != "loaded" {
        return vec![Finding::ok(CHECK, words::unit_none())];
    }
    let restarts = value("NRestarts").parse().unwrap_or(0);
    let program = value("ExecStart").split("path=").nth(1).and_then(|rest| rest.split(" ;").next());
    let state = match value("ActiveState") {
        "active" | "reloading" | "activating" => None,
        "failed" => Some(Finding::bad(CHECK, words::unit_failed(restarts))),
        state => Some(Finding::warn(CHECK, words::unit_inactive(state))),
    };
    let disabled = value("UnitFileState") == "disabled";
    let changed = value("NeedDaemonReload") == "yes";
    let other = program.filter(|path| !own.is_empty() && *path != own);
    let found = [
        state,
        disabled.then(|| Finding::warn(CHECK, words::unit_disabled())),
        changed.then(|| Finding::warn(CHECK, words::unit_changed())),
        (restarts > MANY_RESTARTS).then(|| Finding::warn(CHECK, words::unit_restarts(restarts))),
        other.map(|path| Finding::warn(CHECK, words::unit_other_binary(path))),
    ];
    or_fine(found.into_iter().flatten().collect(), CHECK, || words::unit_fine().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_judged_by_what_systemd_says() {
        let fine = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=no\nNRestarts=0\n\
                    ExecStart={ path=/usr/local/bin/pareia ; argv[]=/usr/local/bin/pareia serve ; pid=0 }\n";
        for (from, to, codes) in [
            ("", "", vec![]),
            ("=loaded", "=not-found", vec![]),
            ("=active", "=failed", vec!["unit_failed"]),
            ("=active", "=inactive", vec!["unit_inactive"]),
            ("=enabled", "=disabled", vec!["unit_disabled"]),
            ("Reload=no", "Reload=yes", vec!["unit_changed"]),
            ("NRestarts=0", "NRestarts=9", vec!["unit_restarts"]),
            ("path=/usr", "path=/opt", vec!["unit_other_binary"]),
        ] {
            let found = judge(&fine.replacen(from, to, 1), "/usr/local/bin/pareia");
            assert_eq!(found.iter().filter_map(|one| one.code).collect::<Vec<_>>(), codes, "{to}");
        }
    }
}
