//! Locks between processes that share a data folder.
//!
//! A lock is a file held with `flock`: the system frees it when its holder ends, however it ends,
//! so a crash never leaves anything to unlock by hand. The files stay, empty, one for each name
//! ever locked: taking one away while another process opens it would lock two holders apart.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often a waiting process looks again; a holder's calls take milliseconds to seconds.
const RETRY: Duration = Duration::from_millis(10);

/// A lock that is held until it is dropped.
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock `name` of the data folder, waiting until `deadline`; `None` when it is still
    /// held then.
    pub fn acquire(folder: &Path, name: &str, deadline: Instant) -> io::Result<Option<Self>> {
        let file = open(&folder.join("locks"), name)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Ok(None),
                Err(TryLockError::WouldBlock) => std::thread::sleep(RETRY),
                Err(TryLockError::Error(e)) => return Err(e),
            }
        }
    }
}

fn open(folder: &Path, name: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let path = folder.join(name);
    match options.open(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            options.open(&path)
        }
        opened => opened,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_a_bounded_wait() {
        let folder = std::env::temp_dir().join(crate::crypto::new_id("pareia-lock-"));
        let soon = || Instant::now() + Duration::from_millis(30);
        let held = FileLock::acquire(&folder, "a", soon()).unwrap();
        assert!(held.is_some());
        assert!(FileLock::acquire(&folder, "a", soon()).unwrap().is_none(), "held by another");
        assert!(FileLock::acquire(&folder, "b", soon()).unwrap().is_some(), "another name is free");
        drop(held);
        assert!(FileLock::acquire(&folder, "a", soon()).unwrap().is_some(), "free again");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn many_contenders_take_turns() {
        let folder = std::env::temp_dir().join(crate::crypto::new_id("pareia-lock-"));
        let inside = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let deadline = Instant::now() + Duration::from_secs(20);
                        let held = FileLock::acquire(&folder, "n", deadline).unwrap().expect("in time");
                        assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                        drop(held);
                    }
                });
            }
        });
        fs::remove_dir_all(folder).unwrap();
    }
}
