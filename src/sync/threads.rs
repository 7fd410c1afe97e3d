//! Named threads: begun, and waited for at the end without being held up by one that hangs.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::{Condvar, Mutex};

/// What a thread needs: TLS and JSON, no recursion of ours.
const STACK: usize = 256 * 1024;

/// The threads that run.
#[derive(Default)]
pub struct Threads(Arc<ThreadGroup>);

#[derive(Default)]
struct ThreadGroup {
    state: Mutex<ThreadCount>,
    changed: Condvar,
}

#[derive(Default)]
struct ThreadCount {
    running: usize,
    over: bool,
}

impl Threads {
    /// Begins one; whether it could be.
    pub fn begin(&self, name: String, work: impl FnOnce() + Send + 'static) -> bool {
        self.0.state.lock().running += 1;
        let running = Running(Arc::clone(&self.0));
        let thread = thread::Builder::new().name(name).stack_size(STACK).spawn(move || {
            let _running = running;
            work();
        });
        thread.inspect_err(|error| log::error!("no thread could be begun: {error}")).is_ok()
    }

    /// Waits for the end, at most that long; whether it has come.
    pub fn wait_over(&self, limit: Duration) -> bool {
        self.0.changed.wait_for(self.0.state.lock(), limit, |state| !state.over).0.over
    }

    /// Tells whoever waits for the end, and waits until no thread runs, at most that long.
    pub fn end(&self, limit: Duration) {
        let mut state = self.0.state.lock();
        state.over = true;
        self.0.changed.notify_all();
        drop(self.0.changed.wait_for(state, limit, |state| state.running > 0));
    }
}

/// One that runs, however it ends.
struct Running(Arc<ThreadGroup>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.state.lock().running -= 1;
        self.0.changed.notify_all();
    }
}
