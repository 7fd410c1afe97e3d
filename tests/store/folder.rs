//! The data folder itself: its modes, its lock file, and a database that got lost.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use pareia::store::Store;

use crate::harness::{Folder, get, post};
use crate::serving::{Serving, furnish};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn the_folder_is_its_owners_whatever_was_there() {
    let folder = Folder::new();
    drop(Store::open(folder.path()).expect("the store opens"));
    set_mode(folder.path(), 0o755);
    for file in ["pareia.db", "pareia.key", "pareia.lock"] {
        set_mode(&folder.path().join(file), 0o644);
    }
    let _store = Store::open(folder.path()).expect("it opens again");
    assert_eq!(mode(folder.path()), 0o700);
    for entry in fs::read_dir(folder.path()).expect("the folder").flatten() {
        assert_eq!(mode(&entry.path()), 0o600, "{:?}", entry.path());
    }
}

#[test]
fn the_modes_do_not_depend_on_the_umask() {
    for umask in ["000", "077", "277"] {
        let folder = Folder::new();
        let data = folder.path().join("data");
        let run = format!("umask {umask}; exec \"$0\" user list --data \"$1\"");
        let mut command = Command::new("sh");
        command.args(["-c", &run, env!("CARGO_BIN_EXE_pareia")]).arg(&data);
        assert!(command.output().expect("it runs").status.success(), "umask {umask}");
        assert_eq!(mode(&data), 0o700, "umask {umask}");
        for entry in fs::read_dir(&data).expect("the folder").flatten() {
            assert_eq!(mode(&entry.path()), 0o600, "umask {umask}: {:?}", entry.path());
        }
    }
}

#[test]
fn what_root_makes_in_a_services_folder_is_the_services() {
    const SERVICE: u32 = 54_321;
    let folder = Folder::new();
    if chown(folder.path(), Some(SERVICE), Some(SERVICE)).is_err() {
        return eprintln!("skipped: only root gives files away");
    }
    let store = Store::open(folder.path()).expect("it opens");
    store.check_writable().expect("a write, so that there is a WAL");
    let owners: Vec<_> = fs::read_dir(folder.path())
        .expect("the folder")
        .flatten()
        .map(|entry| (entry.file_name(), entry.metadata().expect("it is there").uid()))
        .collect();
    assert!(owners.len() >= 5 && owners.iter().all(|(_, owner)| *owner == SERVICE), "{owners:?}");
}

#[test]
fn names_that_were_asked_for_leave_no_files() {
    let folder = Folder::new();
    let locks = folder.path().join("locks");
    fs::create_dir(&locks).expect("as earlier releases had it");
    fs::write(locks.join("whatsapp_evolution.loja-1"), "").expect("a lock file");
    let token = furnish(folder.path(), "http://127.0.0.1:1");
    assert!(!locks.exists(), "what nobody holds is removed");
    let serving = Serving::start(folder.path());
    let count = || fs::read_dir(folder.path()).expect("the folder").count();
    let before = count();
    for n in 0..20 {
        let body = crate::harness::ask(&format!("loja-{n}")).to_string();
        assert_eq!(post(&serving.route(), &token, &body).code(), "evolution_unreachable");
    }
    assert_eq!(count(), before);
    serving.kill();
}

#[test]
fn a_database_made_anew_beside_a_key_is_said_until_there_is_a_credential() {
    let folder = Folder::new();
    let warning = || {
        let serving = Serving::start(folder.path());
        let ready = get(&serving.url("/readyz"));
        serving.kill();
        assert_eq!(ready.status, 200, "the page on which it is mended stays in reach");
        ready.body["warning"].as_str().map(str::to_owned)
    };
    assert_eq!(warning(), None, "a new folder");
    assert_eq!(warning(), None, "and one that was started before");
    for lost in ["pareia.db", "pareia.db-wal", "pareia.db-shm"] {
        let _ = fs::remove_file(folder.path().join(lost));
    }
    assert!(warning().is_some_and(|text| text.contains("restaure pareia.db")));
    assert!(warning().is_some(), "a restart does not make it well");
    furnish(folder.path(), "http://127.0.0.1:1");
    assert_eq!(warning(), None);
}

#[test]
fn a_folder_that_nobody_named_is_never_made_beside_the_caller() {
    let folder = Folder::new();
    for (flags, set, sentence) in [
        (&[][..], &[][..], "com --data PASTA"),
        (&[], &[("HOME", "")], "com --data PASTA"),
        (&[], &[("HOME", "relative")], "com --data PASTA"),
        (&[], &[("HOME", "relative"), ("XDG_DATA_HOME", "relative")], "com --data PASTA"),
        (&["--data="], &[("HOME", "/nowhere")], "veio sem nada"),
        (&["--data", ""], &[("HOME", "/nowhere")], "veio sem nada"),
        (&[], &[("HOME", "/nowhere"), ("PAREIA_DATA", "")], "veio sem nada"),
        (&[], &[("HOME", "/nowhere"), ("PAREIA_DATA", "\"\"\r")], "veio sem nada"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pareia"));
        command
            .args(["user", "list"])
            .args(flags)
            .current_dir(folder.path())
            .env_clear()
            .envs(set.iter().copied());
        let output = command.output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{flags:?} {set:?} {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(sentence), "{flags:?} {set:?} {output:?}");
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0, "nothing was made");
    }
}

#[test]
fn a_folder_that_others_may_write_in_is_closed_or_said() {
    for (others, sticky, expected) in [(false, false, 0o700), (true, false, 0o777), (false, true, 0o777)] {
        let folder = Folder::new();
        set_mode(folder.path(), if sticky { 0o1777 } else { 0o777 });
        if others {
            fs::write(folder.path().join("other"), "").expect("a file of another program");
        }
        let serving = Serving::start(folder.path());
        assert_eq!(mode(folder.path()), expected, "others {others}, sticky {sticky}");
        let ready = get(&serving.url("/readyz"));
        let warning = ready.body["warning"].as_str().map(str::to_owned);
        assert_eq!(warning.is_some_and(|text| text.contains("chmod go-w")), expected != 0o700, "{ready:?}");
        serving.kill();
    }
}
