//! SIGTERM, SIGINT and SIGHUP: the first asks for an orderly end, the second does not wait for it.

use std::sync::mpsc::{self, Receiver};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::output::CommandFailure;
use crate::text::cli as words;

/// What a shell reports for a program that an interrupt ended.
const INTERRUPTED: i32 = 130;

/// A channel on which the first signal arrives; the second ends the process at once.
pub fn first() -> Result<Receiver<()>, CommandFailure> {
    let (sender, first) = mpsc::channel();
    // Nobody listens any more when the end has begun for another reason.
    on_first(move || sender.send(()).unwrap_or_default())?;
    Ok(first)
}

/// Calls `stop` at the first signal, on a thread of its own; the second ends the process at once.
pub fn on_first(stop: impl FnOnce() + Send + 'static) -> Result<(), CommandFailure> {
    let failed = |error| CommandFailure::Failed(words::no_signals(&error));
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(failed)?;
    let watch = move || {
        let mut arriving = signals.forever();
        if arriving.next().is_some() {
            stop();
        }
        if arriving.next().is_some() {
            std::process::exit(INTERRUPTED);
        }
    };
    thread::Builder::new().name("signals".into()).spawn(watch).map(drop).map_err(failed)
}
