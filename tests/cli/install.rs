//! `install.sh` as far as it goes without systemd: what it refuses, the binary alone, an image, what it leaves alone. The rest
//! is in `tests/install/drill.sh`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::{Command, Output};

use crate::harness::Folder;

/// What a dry run ends with.
const NOTHING_DONE: &str = "Nada foi feito (--dry-run)";
const BINARY: &str = env!("CARGO_BIN_EXE_pareia");

/// Runs it; what it says goes into one text.
fn install(arguments: &[&str]) -> (Option<i32>, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");
    let Output { status, stdout, stderr } =
        Command::new(script).args(arguments).env("PAREIA_LANG", "pt").output().expect("a shell runs it");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout) + &text(stderr))
}

#[track_caller]
fn says(arguments: &[&str], code: i32, words: &str) -> String {
    let (found, said) = install(arguments);
    assert!(found == Some(code) && said.contains(words), "{arguments:?}: {found:?} {said}");
    said
}

/// Path, mode and time of every file below a folder.
fn files(folder: &Path) -> Vec<(String, u32, i64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, metadata) = (entry.path(), entry.metadata().expect("it is there"));
        if metadata.is_dir() {
            found.extend(files(&path));
        }
        let nanoseconds = metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec();
        found.push((path.display().to_string(), metadata.permissions().mode() & 0o7777, nanoseconds));
    }
    found.sort();
    found
}

#[test]
fn what_makes_no_sense_is_refused_with_the_next_step() {
    for (arguments, words) in [
        (&["--nonsense"][..], "opção desconhecida: --nonsense (veja --help)"),
        (&["--prefix"], "--prefix precisa de um valor"),
        (&["--prefix="], "--prefix precisa de um valor"),
        (&["--upgrade=yes"], "--upgrade não tem valor"),
        (&["--upgrade", "--uninstall"], "não combinam"),
        (&["--purge"], "--purge vai com --uninstall"),
        (&["--uninstall", "--domain", "a.b"], "não combina"),
        (&["--domain", "https://zap.loja.com.br"], "só o nome"),
        (&["--domain=localhost"], "um nome completo"),
        (&["--listen", "3000"], "endereço:porta"),
        (&["--listen", "127.0.0.1:3000 x"], "endereço:porta"),
        (&["--wait", "soon"], "número de segundos"),
        (&["--user", "a b"], "--user"),
        (&["--root", "/none/of/it"], "não achei a pasta"),
        (&["--evolution-url", "http://x"], "--evolution-key-file ARQUIVO"),
        (&["--evolution-url", "http://x", "--evolution-key-file", "/none"], "não consigo ler /none"),
        (&["--evolution-key-file", "/none"], "vai com --evolution-url"),
        (&["--admin-password-file", "-"], "vai com --admin"),
        (&["--root", "/tmp", "--admin", "ana"], "a mesma chave"),
        (&["--root", "/", "--dry-run", "--no-service", "--data", "/x"], "o serviço pede"),
        (&["--root", "/tmp", "--dry-run", "--data", "/home/x"], "o serviço não enxerga /home/x"),
        (&["--root", "/tmp", "--dry-run", "--data", "x"], "deve começar com /"),
        (&["--root", "/tmp", "--dry-run", "--data", "/a b"], "só letras, números"),
    ] {
        says(arguments, 2, words);
    }
    says(&["--help"], 0, "Exemplos:");
}

#[test]
fn a_binary_is_checked_on_a_copy_and_the_argument_left_as_it_is() {
    let folder = Folder::new();
    let prefix = folder.path().join("prefix").display().to_string();
    let program = |name: &str, content: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        path.display().to_string()
    };
    let ran = folder.path().join("ran").display().to_string();
    let other = program("other", &format!("#!/bin/sh\ntouch {ran}\necho other 1.0\n"), 0o600);
    let broken = program("broken", "\x7fELF nonsense", 0o755);
    let liar = program("liar", "#!/bin/sh\necho 'pareia of sorts'\n", 0o755);
    for (binary, words) in [
        ("/bin/true", "não é o pareia: diz ser"),
        (&*other, "não é o pareia: diz ser \"other 1.0\""),
        (&broken, "não roda nesta máquina"),
        (&liar, "não é o pareia"),
        ("/none", "não achei o binário /none"),
    ] {
        says(&["--no-service", "--prefix", &prefix, "--binary", binary], 1, words);
    }
    assert!(!Path::new(&prefix).exists(), "nothing was made");
    assert_eq!(fs::metadata(&other).expect("it is there").permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_binary_alone_is_installed_once_shown_before_and_removed() {
    let folder = Folder::new();
    let binary = folder.path().join("given");
    fs::copy(BINARY, &binary).expect("a copy");
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o400)).expect("a mode");
    let (prefix, installed) = (folder.path().join("prefix"), folder.path().join("prefix/bin/pareia"));
    let (prefix, binary) =
        (format!("--prefix={}", prefix.display()), format!("--binary={}", binary.display()));
    let mut arguments = vec!["--no-service", &prefix, &binary];
    let shown = says(&[&arguments[..], &["--dry-run"]].concat(), 0, "pôr pareia ");
    assert!(
        !installed.exists() && shown.contains(NOTHING_DONE) && !shown.contains("demo"),
        "only said: {shown}"
    );
    says(&arguments, 0, "Próximo passo");
    let before = files(&folder.path().join("prefix"));
    assert_eq!(fs::metadata(&installed).expect("it is there").permissions().mode() & 0o777, 0o755);
    says(&arguments, 0, "já está em");
    assert_eq!(files(&folder.path().join("prefix")), before, "a second run changes nothing");
    arguments = vec!["--no-service", &prefix, "--uninstall"];
    says(&arguments, 0, "remover");
    assert!(!installed.exists());
    says(&arguments, 0, "");
}

#[test]
fn the_script_speaks_english_where_the_locale_does() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");
    for (arguments, locale, sentence) in [
        (&["--nope"][..], "en_US.UTF-8", "unknown option: --nope (see --help)"),
        (&["--nope"], "C.UTF-8", "opção desconhecida: --nope (veja --help)"),
        (&["--lang", "en", "--nope"], "pt_BR.UTF-8", "unknown option: --nope (see --help)"),
        (&["--lang=fr"], "C", "--lang deve ser pt ou en: fr"),
        (&["--help"], "en", "Usage: ./install.sh"),
    ] {
        let ran = Command::new(&script).args(arguments).env_clear().env("LC_ALL", locale).output();
        let Output { stdout, stderr, .. } = ran.expect("a shell runs it");
        let said = String::from_utf8([stdout, stderr].concat()).expect("text");
        assert!(said.contains(sentence), "{arguments:?} {locale}: {said}");
    }
    let text = fs::read_to_string(&script).expect("text");
    let (before, rest) = text.split_once("usage_portuguese() {").expect("its help");
    let (_, after) = rest.split_once("\n}\n").expect("its end");
    for line in before.lines().chain(after.lines()).filter(|line| !line.trim_start().starts_with('#')) {
        let is_portuguese = line.contains(|letter| "áàâãéêíóôõúç".contains(letter));
        let is_of_both = line.contains("$(t ") || line.contains("case $said in");
        assert!(!is_portuguese || is_of_both, "in Portuguese alone: {line}");
    }
}

#[test]
fn the_scripts_of_the_package_say_nothing_in_one_language_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/debian");
    for script in ["preinst", "postinst", "postrm"] {
        let text = fs::read_to_string(folder.join(script)).expect(script);
        let says = text.lines().filter(|line| line.contains("echo")).map(str::trim);
        let of_both = ["en | en[-_.@]*) echo \"$2\" ;;", "*) echo \"$1\" ;;"];
        assert_eq!(says.collect::<Vec<_>>(), of_both, "{script}");
    }
}

#[test]
fn the_script_of_a_release_takes_the_binary_beside_it() {
    let folder = Folder::new();
    let (script, prefix) = (folder.path().join("install.sh"), folder.path().join("prefix"));
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh"), &script).expect("a copy");
    fs::copy(BINARY, folder.path().join("pareia")).expect("a copy");
    let prefix = format!("--prefix={}", prefix.display());
    let ran = Command::new(script).args(["--no-service", &prefix]).output().expect("a shell runs it");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(folder.path().join("prefix/bin/pareia").exists());
}

#[test]
fn what_a_package_installed_is_left_to_the_package() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path().join("lib/systemd/system")).expect("a folder");
    fs::write(folder.path().join("lib/systemd/system/pareia.service"), "").expect("written");
    let root = format!("--root={}", folder.path().display());
    if fs::metadata(folder.path()).expect("it is there").uid() != 0 {
        return eprintln!("skipped: it takes root");
    }
    says(&[&root, "--binary", BINARY], 1, "veio de um pacote: atualize com apt-get install");
    says(&[&root, "--uninstall", "--purge"], 1, "veio de um pacote: remova com apt-get");
}

#[test]
fn what_cannot_be_done_is_refused_in_the_same_words_where_it_is_only_shown() {
    let folder = Folder::new();
    if fs::metadata(folder.path()).expect("it is there").uid() != 0 {
        return eprintln!("skipped: it takes root");
    }
    let root = format!("--root={}", folder.path().display());
    let refused = |more: &[&str], code: i32, words: &str| {
        let arguments = [&[&root, "--binary", BINARY], more].concat();
        let shown = says(&[&arguments[..], &["--dry-run"]].concat(), code, words);
        let before = files(folder.path());
        assert_eq!(says(&arguments, code, words), shown);
        assert_eq!(files(folder.path()), before, "nothing was made");
    };
    refused(&[], 2, "não é a raiz de um sistema (não há etc/passwd nela)");
    fs::create_dir(folder.path().join("etc")).expect("a folder");
    for (file, line) in [("passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("group", "root:x:0:\n")] {
        fs::write(folder.path().join("etc").join(file), line).expect("written");
    }
    refused(&["--domain", "zap.example.org"], 1, "instale o caddy na imagem antes");
}

/// A root as the first steps of an image builder leave it; `None` where none can be made.
fn image() -> Option<Folder> {
    let folder = Folder::new();
    let etc = folder.path().join("etc");
    fs::create_dir(&etc).expect("a folder");
    fs::write(etc.join("passwd"), "root:x:0:0:root:/root:/bin/sh\n").expect("written");
    fs::write(etc.join("group"), "root:x:0:\n").expect("written");
    let may = fs::metadata(&etc).expect("it is there").uid() == 0
        && Command::new("useradd").arg("--help").output().is_ok_and(|ran| ran.status.success());
    may.then_some(folder)
}

#[test]
fn an_image_gets_user_folders_unit_and_variables_and_a_second_run_changes_nothing() {
    let Some(image) = image() else { return eprintln!("skipped: it takes root and useradd") };
    let root = image.path().display().to_string();
    let arguments = [
        "--root",
        &root,
        "--binary",
        BINARY,
        "--prefix",
        "/opt/pareia",
        "--data",
        "/srv/pareia",
        "--user",
        "zap",
        "--listen",
        "0.0.0.0:8000",
    ];
    let before = files(image.path());
    let steps = says(&[&arguments[..], &["--dry-run"]].concat(), 0, "criar o usuário de sistema zap");
    assert!(steps.contains("/srv/pareia (0700") && files(image.path()) == before, "{steps}");
    assert!(steps.contains(NOTHING_DONE) && !steps.contains("instalado"), "{steps}");
    says(&arguments, 0, "instalado em");
    let read =
        |path: &str| fs::read_to_string(image.path().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let unit = read("etc/systemd/system/pareia.service");
    for line in [
        "ExecStart=/opt/pareia/bin/pareia serve",
        "User=zap",
        "ReadWritePaths=/srv/pareia",
        "ExecPaths=/opt/pareia/bin/pareia /usr/lib /lib /lib64",
    ] {
        assert!(unit.lines().any(|found| found == line), "no {line} in {unit}");
    }
    assert!(!unit.contains("/var/lib") && !unit.contains("/usr/local"), "{unit}");
    let variables = read("etc/pareia/pareia.env");
    for line in ["PAREIA_DATA=/srv/pareia", "PAREIA_LISTEN=0.0.0.0:8000"] {
        assert!(variables.lines().any(|found| found == line), "no {line} in {variables}");
    }
    let passwd = read("etc/passwd");
    let user = passwd.lines().find(|line| line.starts_with("zap:")).expect("a user");
    assert!(user.ends_with(":/srv/pareia:/usr/sbin/nologin"), "{user}");
    let data = fs::metadata(image.path().join("srv/pareia")).expect("it is there");
    assert!(
        data.permissions().mode() & 0o777 == 0o700 && user.contains(&format!(":{}:", data.uid())),
        "{user}"
    );
    let wanted = image.path().join("etc/systemd/system/multi-user.target.wants/pareia.service");
    assert!(fs::symlink_metadata(wanted).is_ok_and(|link| link.is_symlink()), "it starts at boot");
    let installed = files(image.path());
    // What a second run is not told stays as it is.
    says(&["--root", &root, "--binary", BINARY], 0, "/opt/pareia/bin/pareia");
    says(&arguments, 0, "instalado em");
    assert_eq!(files(image.path()), installed);
    says(&["--root", &root, "--uninstall", "--purge"], 0, "remover o usuário zap");
    let left = files(image.path());
    // Below the folder, whose own name is random.
    let is_ours = |path: &str| path[root.len()..].contains("zap") || path.ends_with("pareia.env");
    assert!(!left.iter().any(|(path, ..)| is_ours(path)), "{left:?}");
}

#[test]
fn what_is_installed_is_read_as_systemd_reads_it_and_its_data_are_not_left_behind() {
    let Some(image) = image() else { return eprintln!("skipped: it takes root and useradd") };
    let root = image.path().display().to_string();
    let again = ["--root", &root, "--binary", BINARY];
    says(&[&again[..], &["--data", "/srv/zap", "--user", "zap"]].concat(), 0, "instalado em");
    let variables = image.path().join("etc/pareia/pareia.env");
    let written = fs::read_to_string(&variables).expect("it is there");
    let quoted = written.replace("PAREIA_DATA=/srv/zap", "PAREIA_DATA=/first\nPAREIA_DATA=\"/srv/zap\"");
    fs::write(&variables, &quoted).expect("written");
    says(&again, 0, "instalado em");
    assert_eq!(fs::read_to_string(&variables).expect("it is there"), quoted, "nothing to change");
    let before = files(image.path());
    for (option, value, installed) in [("--data", "/srv/other", "/srv/zap"), ("--user", "other", "zap")] {
        let said = says(&[&again[..], &[option, value]].concat(), 2, "Para mudar");
        assert!(said.contains(&format!("{option}: o serviço instalado usa {installed}")), "{said}");
    }
    assert_eq!(files(image.path()), before, "a refusal changes nothing");
    fs::remove_file(&variables).expect("it was there");
    says(&again, 0, "instalado em");
    let written = fs::read_to_string(&variables).expect("it is there");
    assert!(written.contains("\nPAREIA_DATA=/srv/zap\n"), "by the unit: {written}");
    let own = image.path().join("etc/systemd/system/pareia.service.d");
    fs::create_dir(&own).expect("a folder");
    says(&["--root", &root, "--uninstall", "--purge"], 0, "pareia.service.d");
    assert!(!own.exists());
}

#[test]
fn an_image_whose_links_lead_out_of_it_is_refused() {
    let Some(image) = image() else { return eprintln!("skipped: it takes root and useradd") };
    let (root, outside) = (image.path().display().to_string(), Folder::new());
    for link in ["usr", "var", "etc/pareia", "etc/systemd", "etc/caddy"] {
        let link = image.path().join(link);
        symlink(outside.path(), &link).expect("a link");
        says(&["--root", &root, "--binary", BINARY], 2, "é um link para fora dela");
        fs::remove_file(link).expect("it was there");
    }
    assert!(files(outside.path()).is_empty(), "{:?}", files(outside.path()));
    fs::create_dir(image.path().join("disk")).expect("a folder");
    symlink("disk", image.path().join("usr")).expect("a link");
    says(&["--root", &root, "--binary", BINARY], 0, "instalado em");
    assert!(image.path().join("disk/local/bin/pareia").exists(), "a link within it");
    let data = image.path().join("var/lib/pareia");
    fs::rename(&data, image.path().join("disk/data")).expect("moved");
    symlink("../../disk/data", &data).expect("a link");
    says(&["--root", &root, "--binary", BINARY], 2, "o systemd não aceita um ali");
}

#[test]
fn the_site_follows_the_address_and_the_caddyfile_keeps_mode_owner_and_place() {
    let Some(image) = image() else { return eprintln!("skipped: it takes root and useradd") };
    let root = image.path().display().to_string();
    let caddy = image.path().join("etc/caddy");
    fs::create_dir(&caddy).expect("a folder");
    let real = caddy.join("real");
    fs::write(&real, "other.example.org {\n}\n").expect("written");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("a mode");
    chown(&real, Some(0), Some(4242)).expect("an owner");
    symlink("real", caddy.join("Caddyfile")).expect("a link");
    let install = |more: &[&str]| {
        says(&[&["--root", &root, "--binary", BINARY], more].concat(), 0, "instalado em");
        fs::read_to_string(caddy.join("pareia.caddy")).expect("a site")
    };
    let site = install(&["--domain", "zap.example.org"]);
    assert!(site.contains("zap.example.org {\n\treverse_proxy 127.0.0.1:3000\n"), "{site}");
    let site = install(&["--listen", "127.0.0.1:4000"]);
    assert!(site.contains("zap.example.org {\n\treverse_proxy 127.0.0.1:4000\n"), "{site}");
    for uninstalled in [false, true] {
        let found = fs::metadata(&real).expect("it is there");
        assert_eq!((found.permissions().mode() & 0o777, found.gid()), (0o640, 4242));
        assert!(fs::symlink_metadata(caddy.join("Caddyfile")).is_ok_and(|link| link.is_symlink()));
        let imports =
            fs::read_to_string(&real).expect("it is there").contains("import /etc/caddy/pareia.caddy");
        assert_eq!(imports, !uninstalled);
        if !uninstalled {
            says(&["--root", &root, "--uninstall"], 0, "remover o site");
        }
    }
}

/// By it `install.sh` knows that the way back needs the database of before.
#[test]
fn a_database_of_a_newer_version_is_refused_in_the_words_that_the_way_back_looks_for() {
    let folder = Folder::new();
    let command = |arguments: &[&str]| {
        let data = folder.path().display().to_string();
        Command::new(BINARY)
            .args(["--data", &data])
            .args(arguments)
            .env("PAREIA_LANG", "pt")
            .output()
            .expect("it runs")
    };
    assert!(command(&["user", "list"]).status.success());
    let database = rusqlite::Connection::open(folder.path().join("pareia.db")).expect("it is there");
    let newer = "INSERT INTO refinery_schema_history VALUES (99, 'x', '', '0')";
    database.execute(newer, []).expect("a row");
    drop(database);
    let said = String::from_utf8(command(&["user", "list"]).stderr).expect("text");
    let script = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh")).expect("text");
    for words in ["o banco de dados é da versão ", " e este pareia conhece até a "] {
        assert!(said.contains(words) && script.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_folder_with_other_things_is_no_data_folder() {
    let Some(image) = image() else { return eprintln!("skipped: it takes root and useradd") };
    fs::create_dir_all(image.path().join("srv/files")).expect("a folder");
    fs::write(image.path().join("srv/files/letter"), "").expect("written");
    let root = image.path().display().to_string();
    says(&["--root", &root, "--binary", BINARY, "--data", "/srv/files"], 2, "já tem outras coisas");
}

#[test]
fn the_variables_of_the_service_are_those_that_serve_reads() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/systemd/pareia.env");
    let variables = fs::read_to_string(file).expect("it is there");
    let help =
        Command::new(BINARY).args(["serve", "--help", "--lang", "pt"]).output().expect("it runs").stdout;
    let help = String::from_utf8(help).expect("text");
    let names = variables.lines().filter_map(|line| line.trim_start_matches('#').split_once('='));
    let unknown: Vec<_> =
        names.map(|(name, _)| name).filter(|name| !help.contains(&format!("[variável: {name}]"))).collect();
    assert!(unknown.is_empty(), "{unknown:?} in {help}");
}

#[test]
fn no_child_of_the_installation_has_its_lock() {
    let folder = Folder::new();
    let program = folder.path().join("program");
    fs::write(&program, "#!/bin/sh\ncd /proc/$$/fd && echo files *\n").expect("written");
    // As a machine with systemd looks: what is no pareia is refused before anything changes.
    let machine = "mount -t tmpfs none /run && mount -t tmpfs none /var/backups && mkdir -p /run/systemd/system && exec \"$@\" 9>&-";
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", machine, "sh"]).arg(script).arg("--binary").arg(program);
    let Ok(ran) = command.output() else { return eprintln!("skipped: there is no unshare") };
    let said = String::from_utf8_lossy(&ran.stderr);
    if !said.contains("não é o pareia") {
        return eprintln!("skipped: it takes root, and mounts: {said}");
    }
    assert!(said.contains("files 0 1 ") && !said.contains(" 9"), "{said}");
}
