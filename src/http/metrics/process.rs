//! The process, by the names that Prometheus' own libraries use. Read from `/proc`: where that is not there, neither
//! are these.

use std::fs;

use crate::metrics::{Exposition, MetricKind};

/// Ticks of a second in `/proc`, on every Linux.
const TICKS: u64 = 100;
/// Where the fields of `/proc/self/stat` that follow the name say how long it ran, in user mode and in the kernel.
const CPU_FIELDS: std::ops::Range<usize> = 11..13;

/// What there is to tell.
pub fn all(out: &mut Exposition) {
    let read = |file: &str| fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
    if let Some(ticks) = cpu_ticks(&read("stat")) {
        out.metric("process_cpu_seconds_total", MetricKind::Counter, "Processor time of the process.");
        out.sample(&[], format_args!("{}.{:02}", ticks / TICKS, ticks % TICKS));
    }
    let status = read("status");
    for (name, key, unit, help) in [
        ("process_resident_memory_bytes", "VmRSS:", 1024, "Memory of the process."),
        ("process_threads", "Threads:", 1, "Threads of the process."),
    ] {
        if let Some(value) = number(&status, key) {
            out.metric(name, MetricKind::Gauge, help);
            out.sample(&[], value * unit);
        }
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        out.metric("process_open_fds", MetricKind::Gauge, "Open files of the process.");
        out.sample(&[], files.count());
    }
}

/// Processor time, out of `/proc/self/stat`. The name in it may hold anything, brackets too.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<_> = fields.split(' ').collect();
    fields.get(CPU_FIELDS)?.iter().map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// The number behind a key of `/proc/self/status`.
fn number(status: &str, key: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_of_a_process_is_read() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194560 100 0 0 0 17 5 0 0 20 0 9 0 100 1000 200";
        assert_eq!(cpu_ticks(stat), Some(22));
        assert_eq!(number("Name:\tx\nVmRSS:\t  1024 kB\n", "VmRSS:"), Some(1024));
        for nothing in ["", "42 (a) S 1"] {
            assert_eq!((cpu_ticks(nothing), number(nothing, "VmRSS:")), (None, None), "{nothing}");
        }
    }
}
