//! Root's commands act as the owner of the data folder: whoever owns a folder may put links in it, and root who
//! followed one would write where only root may.
//!
//! Only the effective user changes, so that the owner can neither signal nor trace the process, and so that a file which
//! root itself named is read and written as root.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::{Gid, Uid, User, geteuid, getuid, setegid, seteuid, setgroups};

/// The user whom root could not become.
#[derive(Debug)]
pub struct OwnerNotTaken {
    /// The user's number.
    pub owner: u32,
    /// Why not.
    pub why: io::Error,
}

/// Takes the user and the group that own the folder, where this is root and they are others. Before anything in it is
/// opened.
pub fn act_as_owner(folder: &Path) -> Result<(), OwnerNotTaken> {
    let owner = geteuid().is_root().then(|| owner(folder)).flatten();
    let Some((user, group)) = owner.filter(|(user, _)| !user.is_root()) else { return Ok(()) };
    let taken = setgroups(&[group]).and_then(|()| setegid(group)).and_then(|()| seteuid(user));
    taken.map_err(|error| OwnerNotTaken { owner: user.as_raw(), why: error.into() })
}

/// Does something with a file that the caller named, as the caller.
pub fn as_caller<T>(run: impl FnOnce() -> T) -> T {
    let (caller, owner) = (getuid(), geteuid());
    if caller == owner || seteuid(caller).is_err() {
        return run();
    }
    let done = run();
    seteuid(owner).expect("it was taken before");
    done
}

/// Who runs this process: the system's name for them, and of root the one who became it by `sudo`, who is taken at root's
/// word.
pub fn system_user() -> String {
    let user = getuid();
    let named = User::from_uid(user).ok().flatten().map_or_else(|| user.to_string(), |user| user.name);
    let before = std::env::var("SUDO_USER").ok().filter(|before| user.is_root() && !before.is_empty());
    before.map_or_else(|| named.clone(), |before| format!("{named} ({before})"))
}

/// Who owns the folder; of one that is still to be made, the next one above it that is there.
fn owner(folder: &Path) -> Option<(Uid, Gid)> {
    let above =
        folder.ancestors().map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path });
    let found = { above }.find_map(facts)?;
    Some((Uid::from_raw(found.uid()), Gid::from_raw(found.gid())))
}

/// What is there at a path. A link is whoever made it's, but for root's, which leads where it should.
fn facts(path: &Path) -> Option<Metadata> {
    let found = fs::symlink_metadata(path).ok()?;
    let is_roots_link = found.is_symlink() && found.uid() == Uid::from_raw(0).as_raw();
    if is_roots_link { fs::metadata(path).ok() } else { Some(found) }
}
