//! SIGTERM and SIGINT: the first starts an orderly end, the second ends the process at once. A server goes on
//! when its terminal is closed; what a person runs in a terminal ends with it.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::output::CommandFailure;
use crate::text::cli as words;

/// What a shell reports for a program that an interrupt ended.
const INTERRUPTED: i32 = 130;

/// A channel on which the first SIGTERM or SIGINT arrives; the second ends the process at once.
pub fn first() -> Result<Receiver<()>, CommandFailure> {
    let (sender, first) = mpsc::channel();
    send_first((), sender)?;
    Ok(first)
}

/// Sends that at the first SIGTERM or SIGINT, to whoever may end for other reasons too; the second ends the process at
/// once.
pub fn send_first<T: Send + 'static>(what: T, sender: Sender<T>) -> Result<(), CommandFailure> {
    // The receiver is gone where the end has begun for another reason.
    watch(&[SIGTERM, SIGINT], move || sender.send(what).unwrap_or_default())?;
    // Caught and ignored: SIGHUP must not end a server.
    signal_hook::flag::register(SIGHUP, Arc::default()).map(drop).map_err(|error| no_signals(&error))
}

/// Calls `stop` at the first signal, on a thread of its own; the second ends the process at once.
pub fn on_first(stop: impl FnOnce() + Send + 'static) -> Result<(), CommandFailure> {
    watch(&[SIGTERM, SIGINT, SIGHUP], stop)
}

fn watch(which: &[i32], stop: impl FnOnce() + Send + 'static) -> Result<(), CommandFailure> {
    let mut signals = Signals::new(which).map_err(|error| no_signals(&error))?;
    let watch = move || {
        let mut arriving = signals.forever();
        if arriving.next().is_some() {
            stop();
        }
        if arriving.next().is_some() {
            std::process::exit(INTERRUPTED);
        }
    };
    thread::Builder::new().name("signals".into()).spawn(watch).map(drop).map_err(|error| no_signals(&error))
}

fn no_signals(error: &std::io::Error) -> CommandFailure {
    CommandFailure::Failed(words::no_signals(error))
}
