//! A disk that is full, for real: a small tmpfs, where the test may mount one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pareia::sim::{Sim, Version};

use crate::harness::{ask, get, instant, try_post, until};
use crate::serving::{Serving, furnish};

/// A mounted tmpfs of a given size, which goes away with its test.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one; says so and gives `None` where that is not allowed.
    pub fn mount(size: &str) -> Option<Self> {
        let path = std::env::temp_dir().join(pareia::crypto::new_id("pareia-disk-"));
        fs::create_dir_all(&path).expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(&path);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("SKIPPED: no tmpfs can be mounted here");
            let _ = fs::remove_dir(&path);
        }
        mounted.then_some(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn grow(&self, size: &str) {
        let grown = Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(&self.0).status();
        assert!(grown.expect("mount runs").success());
    }

    /// Writes a file until nothing fits any more.
    pub fn fill_up(&self) -> PathBuf {
        let (path, mut size) = (self.0.join("ballast"), 1 << 20);
        let mut ballast = fs::File::create(&path).expect("a file");
        while size > 0 {
            if std::io::Write::write_all(&mut ballast, &vec![1; size]).is_err() {
                size /= 2;
            }
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn a_full_disk_is_said_by_name_and_passes_with_its_cause() {
    let Some(disk) = SmallDisk::mount("4m") else { return };
    let sim = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
    let token = furnish(disk.path(), &sim.url());
    let serving = Serving::start(disk.path());
    assert_eq!(get(&serving.url("/readyz")).status, 200);
    let ballast = disk.fill_up();

    let answer = try_post(&serving.route(), &token, &ask("loja-1").to_string()).expect("an answer");
    assert_eq!((answer.status, answer.code()), (507, "storage_full"), "{:?}", answer.body);
    let error = answer.body["error"].as_str().expect("a sentence");
    assert!(error.contains(&*disk.path().to_string_lossy()), "{error}");
    assert!(answer.body["detail"].as_str().is_some_and(|next| next.contains("Libere espaço")));
    assert_eq!(sim.control().count("create", None), 0, "nothing was begun");
    until("readyz says that nothing can be written", || get(&serving.url("/readyz")).status == 503);
    assert_eq!(get(&serving.url("/readyz")).code(), "not_ready");
    assert_eq!(get(&serving.url("/livez")).status, 200);

    fs::remove_file(ballast).expect("space again");
    let answer = try_post(&serving.route(), &token, &ask("loja-1").to_string()).expect("an answer");
    assert_eq!((answer.status, answer.qr().is_some()), (200, true), "{:?}", answer.body);
    until("readyz is well again", || get(&serving.url("/readyz")).status == 200);
    serving.kill();
}
