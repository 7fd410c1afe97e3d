//! The data folder itself: its modes, its lock file, and a database that got lost.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::Path;
use std::process::Command;

use pareia::store::Store;

use crate::harness::{Folder, get, post};
use crate::serving::{Serving, furnish};

/// A user and a group that nobody has.
const SERVICE: u32 = 54_321;

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

/// A folder that a service owns; `None` for who may not give files away.
fn services_folder() -> Option<Folder> {
    let folder = Folder::new();
    let given = chown(folder.path(), Some(SERVICE), Some(SERVICE));
    given.inspect_err(|_| println!("SKIPPED: only root gives files away")).ok().map(|()| folder)
}

/// Runs a command on that folder; whether it did what it should, and what it said.
fn run(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pareia"));
    let output =
        command.args(arguments).arg("--data").arg(folder).env("PAREIA_LANG", "pt").output().expect("it runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_root_makes_in_a_services_folder_is_the_services() {
    let Some(folder) = services_folder() else { return };
    let made = folder.path().join("data");
    let key = Folder::new();
    let key = key.path().join("key");
    fs::write(&key, crate::harness::KEY).expect("a file");
    set_mode(&key, 0o600);
    for folder in [folder.path(), &made] {
        let key = key.to_str().expect("text");
        let add = ["credential", "add", "--type", "whatsapp_evolution", "--base-url", "http://127.0.0.1:1"];
        let added = run(folder, &[&add[..], &["--api-token-file", key]].concat());
        assert!(added.0, "root reads the file that it names: {added:?}");
        let entries: Vec<_> = fs::read_dir(folder).expect("the folder").flatten().collect();
        let owners = entries.iter().map(|entry| entry.metadata().expect("it is there"));
        let owners: Vec<_> = owners.map(|found| (found.uid(), found.gid())).collect();
        assert!(owners.len() >= 3 && owners.iter().all(|owner| *owner == (SERVICE, SERVICE)), "{owners:?}");
    }
}

#[test]
fn root_makes_and_restores_backups_where_the_service_may_not() {
    let Some(folder) = services_folder() else { return };
    let roots = Folder::new();
    set_mode(roots.path(), 0o700);
    let backup = roots.path().join("copy.db").to_str().expect("text").to_owned();
    for arguments in [&["user", "add", "bia"][..], &["backup", &backup], &["restore", &backup]] {
        let done = run(folder.path(), arguments);
        assert!(done.0, "{arguments:?}: {done:?}");
    }
    assert_eq!(fs::metadata(&backup).expect("the backup").uid(), 0);
    for file in ["pareia.db", "pareia.key", "pareia.lock"] {
        assert_eq!(fs::metadata(folder.path().join(file)).expect(file).uid(), SERVICE, "{file}");
    }
    assert!(run(folder.path(), &["user", "list"]).0);
}

#[test]
fn root_follows_no_link_that_a_service_has_laid() {
    for (link, is_whole) in
        [("pareia.lock", false), ("pareia.db", false), ("pareia.key", false), ("locks", true)]
    {
        let Some(folder) = services_folder() else { return };
        let roots = Folder::new();
        let file = roots.path().join("shadow");
        fs::write(&file, "").expect("a file of root's");
        set_mode(&file, 0o640);
        let to = if is_whole { roots.path() } else { &file };
        symlink(to, folder.path().join(link)).expect("a link");
        lchown(folder.path().join(link), Some(SERVICE), Some(SERVICE)).expect("the service's");
        let (done, said) = run(folder.path(), &["user", "list"]);
        assert_eq!(done, is_whole, "{link}: {said}");
        let found = fs::metadata(&file).expect("it is still there");
        assert_eq!((found.uid(), found.len(), mode(&file)), (0, 0, 0o640), "{link}");
    }
}

#[test]
fn a_link_that_stands_for_the_folder_is_its_makers() {
    let Some(folder) = services_folder() else { return };
    let roots = Folder::new();
    set_mode(roots.path(), 0o700);
    let (of_service, of_root) = (folder.path().join("data"), roots.path().join("data"));
    symlink(roots.path(), &of_service).expect("a link");
    lchown(&of_service, Some(SERVICE), Some(SERVICE)).expect("the service's");
    assert!(!run(&of_service, &["user", "list"]).0);
    assert_eq!(fs::read_dir(roots.path()).expect("root's folder").count(), 0);
    let moved = folder.path().join("moved");
    fs::create_dir(&moved).and_then(|()| chown(&moved, Some(SERVICE), Some(SERVICE))).expect("a folder");
    set_mode(roots.path(), 0o755);
    symlink(&moved, &of_root).expect("root's own link, as where the data are on another disk");
    assert!(run(&of_root, &["user", "list"]).0);
    assert_eq!(fs::metadata(moved.join("pareia.db")).expect("it was made").uid(), SERVICE);
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
