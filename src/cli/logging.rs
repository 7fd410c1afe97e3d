//! The log: stderr, one record a line, UTC.
//!
//! The level that people set is pareia's own. Other crates stay at warnings whatever is set: at
//! debug some of them print headers, and a header is where the keys are.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use env_logger::{Builder, Target, WriteStyle};
use log::{Level, LevelFilter};

use super::log_line::{LineWriter, LogFormat};
use crate::domain::{Millis, now, typed_value};
use crate::sync::Mutex;

/// Ours; everything else is capped.
const OWN: &str = "pareia";
/// The level of other crates.
const OTHERS: LevelFilter = LevelFilter::Warn;

/// Starts the log at the level of `PAREIA_LOG`, else `RUST_LOG`, else `default`.
pub fn start(default: LevelFilter) {
    build(default, Target::Stderr, LineWriter { to_journal: is_journal(), ..LineWriter::default() });
}

/// Starts the log as [`start`] does, but buffers every line until the first one is known.
pub fn start_buffered(default: LevelFilter, format: LogFormat) -> BufferedLog {
    let writer = LineWriter { format, to_journal: is_journal() };
    let log = BufferedLog(LogSink(Arc::new(Mutex::new(Lines::Buffered(Vec::new()))), writer), now());
    // The usual hook writes to stderr itself, and waits for it.
    std::panic::set_hook(Box::new(|panic| log::error!("{panic}")));
    build(default, Target::Pipe(Box::new(log.0.clone())), writer);
    log
}

fn build(default: LevelFilter, target: Target, writer: LineWriter) {
    let setting = ["PAREIA_LOG", "RUST_LOG"].iter().find_map(|name| typed_variable(name));
    let mut builder = Builder::new();
    builder.target(target).write_style(WriteStyle::Never);
    builder.format(move |out, record| out.write_all(writer.record(record).as_bytes()));
    builder.filter_level(OTHERS.min(default)).filter_module(OWN, default);
    let unread = setting.map(|s| apply(&mut builder, &s)).unwrap_or_default();
    // Fails only where the log was started before, and then that one counts.
    if builder.try_init().is_ok() {
        for part in unread {
            log::warn!("log level not understood: {part:?}; use error, warn, info, debug, trace or off");
        }
    }
}

/// Whether stderr is systemd's journal, which says so by the file that it made for us.
pub fn is_journal() -> bool {
    let Ok(said) = std::env::var("JOURNAL_STREAM") else { return false };
    let stderr = io::stderr().as_fd().try_clone_to_owned().and_then(|file| File::from(file).metadata());
    stderr.is_ok_and(|file| said == format!("{}:{}", file.dev(), file.ino()))
}

fn typed_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|text| typed_value(&text)).filter(|text| !text.is_empty())
}

/// Applies `level` and `module=level` parts; returns what is neither.
fn apply(builder: &mut Builder, setting: &str) -> Vec<String> {
    let mut unread = Vec::new();
    for part in setting.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let (module, level) = part.split_once('=').unwrap_or((OWN, part));
        match level.parse::<LevelFilter>() {
            Ok(level) if is_own(module) => drop(builder.filter_module(module, level)),
            Ok(level) => drop(builder.filter_module(module, level.min(OTHERS))),
            Err(_) => unread.push(part.to_owned()),
        }
    }
    unread
}

/// Whether the directive names modules of ours alone; `p` would match other crates too.
fn is_own(module: &str) -> bool {
    module == OWN || module.strip_prefix(OWN).is_some_and(|rest| rest.starts_with("::"))
}

/// Most lines that wait to be written; further ones are dropped and counted. Twice what all calls that may
/// wait for the database log at one moment.
const MAX_WAITING: usize = 8192;
/// How long lines gather between two writes: waking the thread for each costs the callers more than the
/// lines do.
const GATHER: Duration = Duration::from_millis(5);
/// Bytes behind which no more are gathered: some hundred lines.
const MANY: usize = 16 << 10;
/// How long the end of the process waits for stderr to take what is left.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The log of a server. Lines are buffered until [`BufferedLog::open`] has written the first one, then
/// written by a thread of their own, so that no caller of the log waits for stderr. When it is dropped,
/// however the process ends, what is left is written. With the moment of its start, which the first line has: the buffered
/// ones, which are of before that was known, follow it.
pub struct BufferedLog(LogSink, Millis);

/// Where the records go.
#[derive(Clone)]
struct LogSink(Arc<Mutex<Lines>>, LineWriter);

enum Lines {
    Buffered(Vec<u8>),
    Written(Queue),
    Over,
}

/// The queue to the thread that writes.
struct Queue {
    lines: SyncSender<Vec<u8>>,
    dropped: Arc<AtomicU64>,
    /// Ends when the thread does.
    done: Receiver<()>,
}

impl Queue {
    fn start(writer: LineWriter) -> io::Result<Self> {
        let (lines, waiting) = sync_channel::<Vec<u8>>(MAX_WAITING);
        let (end, done) = sync_channel(0);
        let dropped = Arc::new(AtomicU64::new(0));
        let missing = Arc::clone(&dropped);
        let write = move || {
            let _end: SyncSender<()> = end;
            while let Ok(mut bytes) = waiting.recv() {
                bytes.extend(waiting.try_iter().take(MAX_WAITING).flatten());
                let dropped = missing.swap(0, Ordering::Relaxed);
                let notice =
                    (dropped > 0).then(|| writer.line(Level::Warn, &format!("{dropped} lines were dropped")));
                // When stderr is closed there is nobody to tell.
                let _ = io::stderr().write_all(&[notice.unwrap_or_default().as_bytes(), &bytes].concat());
                // Many lines at once do not wait: more would find no room.
                if bytes.len() < MANY {
                    thread::sleep(GATHER);
                }
            }
        };
        thread::Builder::new().name("log".into()).spawn(write)?;
        Ok(Self { lines, dropped, done })
    }

    fn push(&self, bytes: &[u8]) {
        if self.lines.try_send(bytes.to_vec()).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until everything is written, but not for long.
    fn finish(self) {
        drop(self.lines);
        self.done.recv_timeout(LAST_WAIT).ok();
    }
}

impl BufferedLog {
    /// Writes `first` at level info, then the buffered lines; later lines follow as they come.
    pub fn open(&self, first: &str) {
        let line = if log::log_enabled!(target: OWN, Level::Info) {
            self.0.1.line_at(self.1, Level::Info, first)
        } else {
            String::new()
        };
        self.0.release(line.as_bytes());
    }
}

impl Drop for BufferedLog {
    fn drop(&mut self) {
        // Where a first line never came.
        self.0.release(b"");
        let lines = std::mem::replace(&mut *self.0.0.lock(), Lines::Over);
        if let Lines::Written(queue) = lines {
            queue.finish();
        }
    }
}

impl LogSink {
    fn release(&self, first: &[u8]) {
        let mut lines = self.0.lock();
        if let Lines::Buffered(buffer) = &*lines
            && let Ok(queue) = Queue::start(self.1)
        {
            queue.push(&[first, buffer].concat());
            *lines = Lines::Written(queue);
        }
    }
}

impl Write for LogSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut *self.0.lock() {
            Lines::Buffered(buffer) => buffer.extend_from_slice(bytes),
            Lines::Written(queue) => queue.push(bytes),
            Lines::Over => {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use log::{Log, Metadata};

    use super::*;

    #[track_caller]
    fn enabled(setting: &str, target: &str, level: Level) -> bool {
        let mut builder = Builder::new();
        builder.filter_level(OTHERS).filter_module(OWN, LevelFilter::Info);
        apply(&mut builder, setting);
        builder.build().enabled(&Metadata::builder().level(level).target(target).build())
    }

    #[test]
    fn only_our_own_modules_follow_the_setting() {
        for setting in ["trace", "pareia=trace", "rustls=trace,trace", "pareia::http=trace,p=trace,trace"] {
            assert!(enabled(setting, "pareia::http", Level::Trace), "{setting}");
            for other in ["rustls::client", "rustls", "other"] {
                assert!(!enabled(setting, other, Level::Info), "{setting} {other}");
            }
        }
        assert!(enabled("", "pareia", Level::Info) && !enabled("", "pareia", Level::Debug));
        assert!(!enabled("off", "pareia", Level::Error) && enabled("off", "rustls", Level::Warn));
        assert_eq!(apply(&mut Builder::new(), "loud, info,x=y"), ["loud", "x=y"]);
    }
}
