//! `pareia doctor` and `pareia health`: what is well, what is broken in each of many ways, and that nothing changes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use pareia::backup::{BackupName, BackupOrigin};
use pareia::domain::{MILLIS_PER_DAY, now};
use pareia::sim::{Fault, Options, Sim, Timing, Version};
use serde_json::Value;

use super::desk::{Desk, KEY, Running, address};
use crate::store::disk::SmallDisk;

/// A user who owns nothing.
const NOBODY: u32 = 65_534;
/// What depends on the machine that the test runs on, and is no fault of the folder.
const OF_THE_MACHINE: [&str; 3] = ["files_few", "disk_low", "unit_inactive"];

/// A folder where all is well: a server that answers, and a backup of today.
struct Clinic {
    desk: Desk,
    sim: Sim,
    data: PathBuf,
}

impl Clinic {
    fn new() -> Self {
        let sim = Sim::start(Options { timing: Timing::instant(), ..Options::new(Version::V2_3_7, KEY) });
        let (desk, sim) = (Desk::new(), sim.expect("the simulation starts"));
        desk.credential("evo", &sim.url(), KEY);
        let data = desk.folder.join("data");
        fs::create_dir_all(desk.folder.join("backups")).expect("a folder");
        fs::write(desk.folder.join("backups").join(backup_of(now())), "x").expect("a backup");
        Self { desk, sim, data }
    }

    /// The findings of the doctor that are not ok, `level code subject`, and its exit code.
    fn examine(&self, more: &str) -> (BTreeSet<String>, Option<i32>) {
        let line = format!("doctor --json --timeout 2 --backup-dir {} {more}", self.backups().display());
        let ran = self.desk.fed(&line, "");
        (codes(&ran.out), ran.code)
    }

    fn backups(&self) -> PathBuf {
        self.desk.folder.join("backups")
    }

    fn sql(&self, change: &str) {
        let connection = rusqlite::Connection::open(self.data.join("pareia.db")).expect("the database");
        connection.execute_batch(change).expect(change);
    }
}

/// The name of a backup of that moment.
fn backup_of(at: i64) -> String {
    BackupName { at, origin: BackupOrigin::Manual, tag: None }.file(1)
}

fn codes(report: &str) -> BTreeSet<String> {
    let report: Value = serde_json::from_str(report).unwrap_or_else(|_| panic!("no JSON: {report}"));
    let checks = report["checks"].as_array().expect("checks");
    let found = checks.iter().filter(|one| one["level"] != "ok").map(|one| {
        assert!(one["cure"].as_str().is_some_and(|cure| !cure.is_empty()), "no cure: {one}");
        format!("{} {}", one["level"].as_str().expect("a level"), one["code"].as_str().expect("a code"))
    });
    found.filter(|code| !OF_THE_MACHINE.iter().any(|of| code.ends_with(of))).collect()
}

/// All files of a folder: name, size, when and how they were changed.
fn state(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| {
        let entry = entry.expect("an entry");
        let found = entry.metadata().expect("a file");
        let (mode, at) = (found.mode(), found.modified().expect("a moment"));
        format!("{} {} {mode:o} {at:?}", entry.file_name().display(), found.size())
    });
    let mut state: Vec<_> = entries.collect();
    state.sort();
    state
}

/// Copies a data folder as a person would, while it is served.
fn copy_of(folder: &Path, copy: &Path) -> String {
    fs::create_dir(copy).expect("a folder");
    fs::set_permissions(copy, fs::Permissions::from_mode(0o700)).expect("a mode");
    for name in ["pareia.db", "pareia.db-wal", "pareia.db-shm", "pareia.key", "pareia.lock"] {
        fs::copy(folder.join(name), copy.join(name)).expect(name);
    }
    copy.display().to_string()
}

fn serve(desk: &Desk) -> (Running, String) {
    let mut running = Running::start(desk.command("serve --listen 127.0.0.1:0 --backup-dir backups"));
    let address = address(&running.first_logged());
    (running, address)
}

#[test]
fn all_is_well_while_serve_runs_and_nothing_changes_while_it_does_not() {
    let clinic = Clinic::new();
    let (running, address) = serve(&clinic.desk);
    assert_eq!(clinic.examine(""), (BTreeSet::new(), Some(0)));
    assert_eq!(clinic.desk.ok("health"), "ok");
    assert_eq!(clinic.desk.ok(&format!("health --listen {address}")), "ok");
    let copy = copy_of(&clinic.data, &clinic.desk.folder.join("copy"));
    let found = clinic.examine(&format!("--data {copy}"));
    assert_eq!(found, (BTreeSet::from(["warn serve_elsewhere".to_owned()]), Some(0)));
    for given in ["", &format!("--listen {address}")] {
        clinic.desk.says(&format!("health --data {copy} {given}"), 1, "", "ninguém serve a pasta de dados");
    }
    assert!(clinic.examine("--listen 127.0.0.1:9").0.contains("bad serve_hidden"));
    // Where the backups are, the server noted.
    let shown = clinic.desk.fed("doctor", "");
    assert!(shown.out.contains("ok    backup    pareia-"), "{}", shown.out);
    assert!(shown.out.contains("ok    avisos    ninguém é avisado"), "{}", shown.out);
    assert!(shown.out.contains("ok    servidor  evo: Evolution API 2.3.7, chave global"), "{}", shown.out);
    assert!(shown.out.contains(&format!("o serve atende em http://{address}")), "{}", shown.out);
    running.signal("-TERM");
    assert_eq!(running.end().code, Some(0));

    let before = state(&clinic.data);
    assert_eq!(clinic.examine(""), (BTreeSet::from(["warn serve_stopped".to_owned()]), Some(0)));
    assert_eq!(state(&clinic.data), before);
    clinic.desk.says("health", 1, "", "ninguém serve a pasta de dados");
    let nowhere = clinic.desk.fed("doctor --json --data nowhere", "");
    assert_eq!(nowhere.code, Some(1));
    assert!(codes(&nowhere.out).contains("bad folder_missing"), "{}", nowhere.out);
    assert!(!clinic.desk.folder.join("nowhere").exists(), "no folder is made");
}

/// One way to break it: what is done, what `doctor` is told more, and what it must find.
type Breakage = (&'static str, fn(&Clinic), &'static str, &'static str);

const FAULTS: &[Breakage] = &[
    ("open to all", |c| mode(&c.data, 0o777), "", "bad folder_writable"),
    ("readable by all", |c| mode(&c.data, 0o755), "", "warn folder_open"),
    ("a key that all may read", |c| mode(&c.data.join("pareia.key"), 0o644), "", "bad file_readable"),
    ("no key", |c| fs::remove_file(c.data.join("pareia.key")).unwrap(), "", "bad key_missing"),
    ("no key in its file", |c| fs::write(c.data.join("pareia.key"), "x").unwrap(), "", "bad key_wrong"),
    ("another key", other_key, "", "bad key_wrong"),
    ("a second factor of another key", other_factor, "", "warn key_partly"),
    ("a notice target of another key", other_target, "", "warn notices_sealed"),
    (
        "a text for a database",
        |c| fs::write(c.data.join("pareia.db"), [b'x'; 9000]).unwrap(),
        "",
        "bad database_unusable",
    ),
    ("a damaged database", damage, "", "bad database_damaged"),
    ("no database", |c| fs::remove_file(c.data.join("pareia.db")).unwrap(), "", "bad database_missing"),
    (
        "an empty database",
        |c| drop(File::create(c.data.join("pareia.db")).unwrap()),
        "",
        "warn database_missing",
    ),
    (
        "a newer database",
        |c| c.sql("UPDATE refinery_schema_history SET version = 900 WHERE version = 11"),
        "",
        "bad schema_newer",
    ),
    (
        "an older database",
        |c| {
            c.sql("DELETE FROM refinery_schema_history WHERE version = (SELECT max(version) FROM refinery_schema_history)");
        },
        "",
        "warn schema_older",
    ),
    (
        "a moment to come",
        |c| {
            c.sql("INSERT INTO users (id, name, role, createdAt) VALUES ('u', 'u', 'owner', 0); INSERT INTO sessions VALUES ('s', 'u', zeroblob(32), '', '', 0, 9999999999999, 0)");
        },
        "",
        "warn clock_behind",
    ),
    ("no server", |c| c.sql("DELETE FROM integration_credentials"), "", "warn no_active_credential"),
    (
        "a server that is down",
        |c| c.sql("UPDATE integration_credentials SET baseUrl = 'http://127.0.0.1:9'"),
        "",
        "bad evolution_unreachable",
    ),
    ("a server that hangs", |c| c.sim.control().fault(Fault::Hang, None), "", "bad evolution_timeout"),
    (
        "a server that asks for a licence",
        |c| c.sim.control().fault(Fault::Unlicensed, None),
        "",
        "bad evolution_license_required",
    ),
    ("a key of another server", |c| rotate(c, "other"), "", "bad evolution_rejected_key"),
    (
        "the key of the examples",
        |c| rotate(c, "429683C4C977415CAAFCCE10F7D57E11"),
        "",
        "warn server_default_key",
    ),
    ("no backup", |c| fs::remove_dir_all(c.backups()).unwrap(), "", "warn backup_missing"),
    ("an old backup", old_backup, "", "warn backup_old"),
    ("a backup that failed", failed_backup, "", "warn backup_failing"),
    (
        "none but one that failed",
        |c| {
            fs::remove_dir_all(c.backups()).unwrap();
            failed_backup(c);
        },
        "",
        "bad backup_failing",
    ),
    ("a file where the backups were", backups_replaced, "", "warn backups_unreadable"),
    ("a notice that does not arrive", failing_notice, "", "warn notice_failing"),
    ("another program at the public address", |_| {}, "--public-url {sim}", "bad public_url_elsewhere"),
    (
        "nothing at the public address",
        |_| {},
        "--public-url http://127.0.0.1:9/x",
        "warn public_url_unreachable",
    ),
    ("another program at the port", |_| {}, "--listen {sim_address}", "bad port_taken"),
];

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

fn rotate(clinic: &Clinic, key: &str) {
    clinic.desk.fed_says("credential rotate evo --api-token-stdin", key, 0, "", "");
}

fn other_key(clinic: &Clinic) {
    let other = Desk::new();
    other.ok("user list");
    fs::copy(other.folder.join("data/pareia.key"), clinic.data.join("pareia.key")).expect("another key");
}

/// Overwrites the first page of an index.
fn damage(clinic: &Clinic) {
    let path = clinic.data.join("pareia.db");
    let page: u32 = {
        let connection = rusqlite::Connection::open(&path).expect("the database");
        let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'saved_settings_userId'";
        connection.query_row(root, [], |row| row.get(0)).expect("an index")
    };
    let begin = usize::try_from(page - 1).expect("small") * 4096;
    let mut bytes = fs::read(&path).expect("the database");
    bytes[begin..begin + 4096].fill(0xFF);
    fs::write(path, bytes).expect("the database");
}

fn other_factor(clinic: &Clinic) {
    clinic.desk.ok("user add chefe");
    clinic.sql("INSERT INTO second_factors SELECT id, 'v1:x', 1, 0 FROM users");
}

fn other_target(clinic: &Clinic) {
    clinic.desk.ok("user add chefe --admin");
    clinic.desk.ok("notify add ntfy http://127.0.0.1:1/avisos --user chefe");
    clinic.sql("UPDATE notice_targets SET sealed = 'v1:x'");
}

fn failing_notice(clinic: &Clinic) {
    clinic.desk.ok("user add chefe --admin");
    clinic.desk.ok("notify add ntfy http://127.0.0.1:1/avisos --user chefe");
    assert_eq!(clinic.desk.fed("notify test", "").code, Some(1));
}

fn old_backup(clinic: &Clinic) {
    fs::remove_dir_all(clinic.backups()).expect("removed");
    fs::create_dir_all(clinic.backups()).expect("a folder");
    fs::write(clinic.backups().join(backup_of(now() - 3 * MILLIS_PER_DAY)), "x").expect("a backup");
}

fn failed_backup(clinic: &Clinic) {
    clinic.desk.store().note_failed_backup("storage_full").expect("noted");
}

fn backups_replaced(clinic: &Clinic) {
    fs::remove_dir_all(clinic.backups()).expect("removed");
    fs::write(clinic.backups(), "x").expect("a file");
}

#[test]
fn each_thing_that_is_broken_is_a_line_with_its_cure() {
    let findings = pareia::sync::in_lanes(FAULTS, 4, |(what, break_it, more, expected)| {
        let clinic = Clinic::new();
        break_it(&clinic);
        let url = clinic.sim.url();
        let more = more.replace("{sim_address}", url.trim_start_matches("http://")).replace("{sim}", &url);
        let (found, code) = clinic.examine(&more);
        let is_right =
            found.contains(*expected) && (code == Some(1)) == found.iter().any(|f| f.starts_with("bad"));
        (!is_right).then(|| format!("{what}: {expected} is not in {found:?}, exit {code:?}"))
    });
    let wrong: Vec<_> = findings.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_the_key_the_cure_that_is_named_works() {
    let clinic = Clinic::new();
    fs::remove_file(clinic.data.join("pareia.key")).expect("it was there");
    let (found, _) = clinic.examine("");
    assert!(found.contains("bad server_sealed") && !found.contains("warn no_active_credential"), "{found:?}");
    let said = clinic.desk.fed("doctor --timeout 2", "").out;
    assert!(!said.contains("credential rotate"), "{said}");
    let cure = said.split("pareia restore ").nth(1).and_then(|rest| rest.lines().next()).expect(&said);
    clinic.desk.says(&format!("restore {cure}"), 0, "", "ficou de fora: 1 credencial.");
    clinic.desk.credential("evo", &clinic.sim.url(), KEY);
    assert!(!clinic.examine("").0.iter().any(|found| found.starts_with("bad")), "all is well again");
}

#[test]
fn a_port_that_answers_nothing_is_not_waited_for() {
    let clinic = Clinic::new();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    let (found, _) = clinic.examine(&format!("--listen {address}"));
    assert!(found.contains("bad serve_silent"), "{found:?}");
}

#[test]
fn a_full_disk_is_a_line() {
    let Some(disk) = SmallDisk::mount("4m") else { return };
    let commands = Desk::new();
    commands.ok(&format!("user list --data {}", disk.path().display()));
    disk.fill_up();
    let ran = commands.fed(&format!("doctor --json --data {}", disk.path().display()), "");
    assert_eq!(ran.code, Some(1));
    assert!(codes(&ran.out).contains("bad disk_full"), "{}", ran.out);
}

#[test]
fn a_folder_of_another_user_is_a_line() {
    let clinic = Clinic::new();
    let is_root = fs::metadata("/proc/self").expect("a process").uid() == 0;
    if !is_root {
        return eprintln!("SKIPPED: only root can give a file to another user");
    }
    chown(clinic.data.join("pareia.db"), Some(NOBODY), None).expect("another owner");
    assert!(clinic.examine("").0.contains("bad file_foreign"));
    // The folder is root's, so it is not the file that has to change.
    let cure = format!("sudo chown -R nobody: {}\n", clinic.data.display());
    let said = clinic.desk.fed("doctor --timeout 2", "").out;
    assert!(said.contains(&cure), "{said}");
    chown(&clinic.data, Some(NOBODY), None).expect("another owner");
    for (user, expected) in [(NOBODY, "bad file_foreign"), (NOBODY - 1, "bad folder_unreadable")] {
        // The path to the program may be closed to others, so a copy is run; made by another process, since a file
        // that this one has open for writing cannot be run.
        let program = clinic.desk.folder.join("pareia");
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_pareia")).arg(&program).status();
        assert!(copied.expect("cp runs").success());
        let line = format!("doctor --json --data {}", clinic.data.display());
        let mut command = Command::new(&program);
        let ran = command.args(line.split(' ')).env_clear().uid(user).gid(user).output().expect("it runs");
        let found = codes(&String::from_utf8_lossy(&ran.stdout));
        assert!(found.contains(expected), "{user}: {found:?}");
    }
}

#[test]
fn a_bundle_is_shown_before_it_is_written_and_holds_no_secret() {
    let clinic = Clinic::new();
    clinic.desk.ok("user add loja");
    let token = clinic.desk.ok("token create loja");
    clinic.desk.instance("loja-5521991856227", "loja", "evo");
    clinic.sql("UPDATE integration_credentials SET name = 'de 5521991856227'");
    clinic.desk.says("doctor --bundle b.txt", 2, "", "--yes");
    assert!(!clinic.desk.folder.join("b.txt").exists());
    let ran = clinic.desk.fed("doctor --bundle b.txt --yes", "");
    let written = fs::read_to_string(clinic.desk.folder.join("b.txt")).expect("the bundle");
    assert_eq!(ran.out.trim_end(), written.trim_end());
    let sealing = fs::read_to_string(clinic.data.join("pareia.key")).expect("a key");
    for secret in [KEY, token.as_str(), "5521991856227", sealing.trim()] {
        assert!(!written.contains(secret), "{secret} is in {written}");
    }
    assert!(written.contains("rows: messaging_instances 1"), "{written}");
    let found = fs::metadata(clinic.desk.folder.join("b.txt")).expect("the bundle");
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    let again = clinic.desk.fed("doctor --bundle b.txt --yes", "");
    assert!(
        again.code == Some(1) && again.err.contains("já existe") && again.out.is_empty(),
        "{}",
        again.err
    );
}

/// The codes of the sentences in `text/cli/doctor.rs`, as its source names them.
fn codes_in_source() -> BTreeSet<String> {
    let source = include_str!("../../src/text/cli/doctor.rs");
    let calls = source.split("found(").skip(2).filter_map(|call| call.trim_start().strip_prefix('"'));
    calls.filter_map(|call| call.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn the_page_of_cures_has_every_code_of_the_doctor_and_no_other() {
    let page = include_str!("../../docs/troubleshooting.md");
    let table = page.split("## What `pareia doctor` finds").nth(1).expect("the doctor's part");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: BTreeSet<_> = rows.filter_map(|row| row.split('`').next()).map(str::to_owned).collect();
    assert_eq!(listed, codes_in_source());
}
