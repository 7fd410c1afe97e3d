//! Which room may use which, and who may name which crate.

use super::graph::Graph;
use super::source::{SourceFile, library, root};

/// A room below `src`, a folder or a file, and what it may use beside itself. `cli` is the shell round all.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("http1", &[]),
    ("metrics", &[]),
    ("qr_image", &[]),
    ("crypto", &["domain"]),
    ("sync", &["crypto"]),
    ("admin", &["domain", "crypto", "sync", "store", "upstream", "upstream/gateway"]),
    ("store", &["domain", "crypto", "sync"]),
    ("upstream", &["domain", "crypto", "metrics", "sync"]),
    ("upstream/evolution", &["domain", "crypto", "qr_image", "upstream"]),
    // Alone in naming an upstream: whoever else did would have to choose by channel as well.
    ("upstream/gateway", &["domain", "sync", "upstream", "upstream/evolution"]),
    ("instance/saved_settings", &["domain", "store", "upstream"]),
    ("instance/moves", &["domain", "store"]),
    ("instance/commands", &["domain", "upstream"]),
    ("instance/removal", &["domain", "store", "upstream", "upstream/gateway", "instance/commands"]),
    (
        "instance/connect",
        &[
            "domain",
            "crypto",
            "sync",
            "store",
            "upstream",
            "upstream/gateway",
            "instance/moves",
            "instance/saved_settings",
        ],
    ),
    (
        "instance/actions",
        &[
            "domain",
            "crypto",
            "sync",
            "store",
            "upstream",
            "upstream/gateway",
            "instance/commands",
            "instance/connect",
            "instance/moves",
            "instance/removal",
            "instance/saved_settings",
        ],
    ),
    (
        "instance/monitor",
        &[
            "domain",
            "crypto",
            "sync",
            "store",
            "upstream",
            "upstream/gateway",
            "instance/removal",
            "instance/saved_settings",
        ],
    ),
    ("backup", &["domain", "crypto", "sync", "store"]),
    ("notices", &["domain", "crypto", "sync", "store", "upstream", "upstream/gateway", "admin"]),
    ("text", &["domain", "instance/connect", "instance/actions", "notices", "store", "upstream"]),
    ("sim", &["http1"]),
    (
        "http",
        &[
            "domain",
            "crypto",
            "sync",
            "qr_image",
            "http1",
            "metrics",
            "admin",
            "backup",
            "store",
            "upstream",
            "upstream/gateway",
            "instance/connect",
            "instance/actions",
            "instance/monitor",
            "notices",
            "text",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "crypto",
            "sync",
            "qr_image",
            "admin",
            "backup",
            "store",
            "upstream",
            "upstream/gateway",
            "instance/connect",
            "instance/actions",
            "instance/monitor",
            "notices",
            "text",
            "http",
            "sim",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// The rooms that may name a crate. The simulator draws its own codes, for it uses nothing of what it tests; a crate of `Cargo.toml` that is missing here fails the test.
const OWNERS: &[(&str, &[&str])] = &[
    ("argon2", &["admin"]),
    ("base64", &["crypto", "http", "notices", "qr_image", "sim", "upstream"]),
    ("clap", &["cli"]),
    ("env_logger", &["cli"]),
    ("flate2", &["http", "upstream"]),
    ("form_urlencoded", &["http"]),
    ("httparse", &["cli", "http", "http1"]),
    ("nix", &["store", "sync"]),
    ("httpdate", &["notices", "upstream"]),
    ("png", &["qr_image", "sim"]),
    ("qrcodegen", &["cli", "qr_image", "sim"]),
    ("refinery", &["store"]),
    ("ring", &["crypto", "sim"]),
    ("rlimit", &["http"]),
    ("rusqlite", &["store"]),
    ("rust_embed", &["http"]),
    ("rustls", &["upstream"]),
    ("rustls_native_certs", &["upstream"]),
    ("sd_notify", &["cli"]),
    ("signal_hook", &["cli"]),
    ("socket2", &["http"]),
    ("tiny_http", &["http"]),
    ("unicode_normalization", &["domain"]),
    ("ureq", &["upstream"]),
    // Of every room: they carry data and lines of the log, and do nothing.
    ("log", EVERY_ROOM),
    ("serde", EVERY_ROOM),
    ("serde_json", EVERY_ROOM),
];

const EVERY_ROOM: &[&str] = &[""];

/// The room of a file; the longest name on the map counts.
fn room_of(path: &str) -> &'static str {
    let is_in =
        |room: &&str| path.strip_prefix(*room).is_some_and(|rest| rest.starts_with('/') || rest == ".rs");
    let room = ROOMS.iter().map(|(room, _)| *room).filter(is_in).max_by_key(|room| room.len());
    // A folder's `mod.rs` that only declares rooms belongs to none of them.
    room.unwrap_or_else(
        || if path == "instance/mod.rs" { "instance" } else { panic!("{path} is in no room") },
    )
}

#[test]
fn the_arrows_between_rooms_are_those_of_the_map() {
    let files = library();
    let graph = Graph::new(files);
    let mut wrong = Vec::new();
    for (file, arrows) in files.iter().zip(&graph.arrows) {
        let room = room_of(&file.path);
        let allowed = ROOMS.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, may_use)| may_use);
        for used in arrows.iter().map(|&to| files[to].path.as_str()) {
            if room_of(used) != room && !allowed.contains(&room_of(used)) {
                wrong.push(format!("{} uses {used}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "not on the map of tests/tidy/rooms.rs:\n{}", wrong.join("\n"));
}

#[test]
fn each_crate_has_its_owner() {
    let files = library();
    let mut wrong = Vec::new();
    for (name, owners) in OWNERS {
        let users: Vec<_> = files.iter().filter(|file| names(file, name)).collect();
        let others = users.iter().filter(|file| !owners.iter().any(|room| owns(room, file)));
        wrong.extend(others.map(|file| format!("{} names {name}", file.path)));
        let idle = owners.iter().filter(|room| !users.iter().any(|file| owns(room, file)));
        wrong.extend(idle.map(|room| format!("{room} does not need {name} any more")));
    }
    let unowned = dependencies().into_iter().filter(|name| !OWNERS.iter().any(|(owned, _)| owned == name));
    wrong.extend(unowned.map(|name| format!("{name} has no owner")));
    assert!(wrong.is_empty(), "see OWNERS in tests/tidy/rooms.rs:\n{}", wrong.join("\n"));
}

fn owns(room: &str, file: &SourceFile) -> bool {
    room.is_empty() || room_of(&file.path) == room
}

fn names(file: &SourceFile, name: &str) -> bool {
    let imported = file.imports.iter().map(|import| &import.path);
    // A lone segment is a variable or a function of that name.
    let used = file.paths.iter().filter(|path| path.len() > 1);
    imported.chain(used).any(|path| path.first().is_some_and(|first| first == name))
}

/// The crates the binary is built of, as code spells them.
fn dependencies() -> Vec<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let section = manifest.split("[dependencies]").nth(1).expect("dependencies");
    let lines = section.lines().skip(1).take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split_once(" = "));
    names.map(|(name, _)| name.replace('-', "_")).collect()
}
