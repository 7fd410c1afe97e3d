//! Work that may hang, as what a dead disk holds, given up after a while: its thread is left behind.

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Begins the work on a thread of that name. What it results in comes over the channel, which closes without it where
/// the work panics or gets no thread.
pub fn begin<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (sender, result) = mpsc::channel();
    let work = move || sender.send(work()).unwrap_or_default();
    let _ = thread::Builder::new().name(name.to_owned()).spawn(work);
    result
}

/// What the work results in; `None` where it takes longer, panics, or gets no thread.
pub fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    begin("within", work).recv_timeout(limit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_or_panics_has_no_result() {
        assert_eq!(within(Duration::from_mins(1), || 1), Some(1));
        assert_eq!(within(Duration::from_mins(1), || -> u8 { panic!("on purpose") }), None);
        let hangs = || loop {
            thread::park();
        };
        assert_eq!(within(Duration::from_millis(20), hangs), None::<()>);
    }
}
