//! Locks between processes that share a data folder.
//!
//! All names share one empty file, `pareia.lock`. A name is one byte of it, at an offset taken from the
//! name's hash, and is locked by an open file description lock: the system frees it when its holder
//! ends, however it ends, so a crash leaves nothing to unlock by hand. A byte need not exist to be
//! locked. With 2^62 offsets no two names meet, so nobody waits for another name, and the folder
//! holds one file however many names are asked for. Each holder opens the file for itself, which
//! keeps two holders of one process apart as well as two processes.
//!
//! [`FileLock::of_database`] takes the bytes by which SQLite itself keeps connections apart.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use crate::crypto::sha256;

/// How often a waiting process looks again; a holder's calls take milliseconds to seconds.
const RETRY: Duration = Duration::from_millis(10);
/// Keeps an offset positive with room for the byte behind it.
const OFFSET_BITS: u32 = 62;

/// The bytes of a database file that SQLite locks ("The lock-byte page" of its file format): where they begin, and how
/// many they are. Every connection that has used a database with a WAL holds some of them until it is closed.
const SQLITE_BYTES: (libc::off_t, libc::off_t) = (0x4000_0000, 512);

/// A lock that is held until it is dropped.
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock `name` of the data folder, waiting until `deadline`; `None` when it is still
    /// held then.
    pub fn acquire(folder: &Path, name: &str, deadline: Instant) -> io::Result<Option<Self>> {
        let file = open(&folder.join("pareia.lock"))?;
        Self::of_bytes(file, byte_of(name), 1, deadline)
    }

    /// Whether somebody holds the lock `name` of the data folder. Makes no file and takes nothing.
    pub fn is_held(folder: &Path, name: &str) -> io::Result<bool> {
        let file = match File::open(folder.join("pareia.lock")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            opened => opened?,
        };
        let mut range = exclusive(byte_of(name), 1);
        fcntl(&file, FcntlArg::F_OFD_GETLK(&mut range))?;
        Ok(libc::c_int::from(range.l_type) != libc::F_UNLCK)
    }

    /// Takes a database from every connection of any program, waiting until `deadline`; `None` where one still has
    /// it open then. Whether the database is a whole one is nothing to this. A process that has a connection of its own
    /// must not ask: the end of this file handle would end the locks of that, as POSIX has it.
    pub fn of_database(path: &Path, deadline: Instant) -> io::Result<Option<Self>> {
        let (start, length) = SQLITE_BYTES;
        Self::of_bytes(OpenOptions::new().read(true).write(true).open(path)?, start, length, deadline)
    }

    fn of_bytes(
        file: File,
        start: libc::off_t,
        length: libc::off_t,
        deadline: Instant,
    ) -> io::Result<Option<Self>> {
        let range = exclusive(start, length);
        loop {
            match fcntl(&file, FcntlArg::F_OFD_SETLK(&range)) {
                Ok(_) => return Ok(Some(Self { _file: file })),
                Err(Errno::EAGAIN | Errno::EACCES) if Instant::now() >= deadline => return Ok(None),
                Err(Errno::EAGAIN | Errno::EACCES) => std::thread::sleep(RETRY),
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The byte that stands for a name.
fn byte_of(name: &str) -> libc::off_t {
    let digest = sha256(name.as_bytes());
    let (head, _) = digest.split_first_chunk().expect("32 bytes");
    let hash = u64::from_be_bytes(*head) >> (u64::BITS - OFFSET_BITS);
    libc::off_t::try_from(hash).expect("62 bits")
}

/// Those bytes, to be locked for their holder alone.
#[expect(clippy::cast_possible_truncation, reason = "the kind of a lock and of an offset are 0 and 1")]
fn exclusive(start: libc::off_t, length: libc::off_t) -> libc::flock {
    libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: start,
        l_len: length,
        l_pid: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    fn folder() -> PathBuf {
        let folder = std::env::temp_dir().join(crate::crypto::new_id("pareia-lock-"));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn one_holder_at_a_time_and_a_bounded_wait() {
        let folder = folder();
        let soon = || Instant::now() + Duration::from_millis(30);
        let is_held = |name| FileLock::is_held(&folder, name).unwrap();
        assert!(!is_held("a") && fs::read_dir(&folder).unwrap().next().is_none(), "a look makes no file");
        let lock = FileLock::acquire(&folder, "a", soon()).unwrap();
        assert!(lock.is_some() && is_held("a") && !is_held("b"));
        assert!(FileLock::acquire(&folder, "a", soon()).unwrap().is_none(), "held by another");
        assert!(FileLock::acquire(&folder, "b", soon()).unwrap().is_some(), "another name is free");
        drop(lock);
        assert!(!is_held("a"));
        assert!(FileLock::acquire(&folder, "a", soon()).unwrap().is_some(), "free again");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn names_never_wait_for_each_other_and_share_one_empty_file() {
        let folder = folder();
        let take = |n: u32| FileLock::acquire(&folder, &format!("name-{n}"), Instant::now()).unwrap();
        let locks: Vec<_> = (0..300).map(take).collect();
        assert!(locks.iter().all(Option::is_some));
        let files: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).collect();
        assert_eq!(files, [0]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn many_contenders_take_turns() {
        let folder = folder();
        let inside = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let deadline = Instant::now() + Duration::from_secs(20);
                        let lock = FileLock::acquire(&folder, "n", deadline).unwrap().expect("in time");
                        assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        fs::remove_dir_all(folder).unwrap();
    }
}
