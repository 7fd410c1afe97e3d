//! The map holds: who may name which crate, which way the arrows point, that every file says its job.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            found.push((path, text));
        }
    }
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Source files of the library with their paths below `src`, comments stripped.
fn library() -> Vec<(String, String)> {
    let code = |text: &str| {
        text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    sources(&root().join("src"))
        .into_iter()
        .map(|(path, text)| {
            let below = path.strip_prefix(root().join("src")).expect("below src");
            (below.to_string_lossy().into_owned(), code(&text))
        })
        .collect()
}

#[test]
fn each_technology_lives_in_one_place() {
    for (name, home) in [
        ("rusqlite", "store/"),
        ("refinery", "store/"),
        ("nix", "sync/"),
        ("ureq", "upstream/"),
        ("tiny_http", "http/"),
        ("rust_embed", "http/"),
        ("flate2", "http/"),
        ("argon2", "admin/"),
        ("clap", "cli/"),
        ("env_logger", "cli/"),
        ("signal_hook", "cli/"),
    ] {
        for (path, code) in library() {
            let words = code.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            assert!(path.starts_with(home) || !words.into_iter().any(|w| w == name), "{path} names {name}");
        }
    }
}

#[test]
fn the_arrows_point_one_way() {
    // Folder or file, and what it may use of the crate.
    let allowed: &[(&str, &[&str])] = &[
        ("domain", &[]),
        ("http1", &[]),
        ("qr_image", &[]),
        ("crypto", &["domain"]),
        ("sync", &["crypto"]),
        ("admin", &["domain", "crypto"]),
        ("store", &["domain", "crypto", "sync"]),
        ("upstream", &["domain", "crypto", "qr_image"]),
        ("instance", &["domain", "crypto", "sync", "store", "upstream"]),
        ("text", &["domain", "instance", "store", "upstream"]),
        ("sim", &["http1"]),
        (
            "http",
            &[
                "domain", "crypto", "sync", "qr_image", "http1", "admin", "store", "upstream", "instance",
                "text",
            ],
        ),
    ];
    for (path, code) in library() {
        let module = path.split(['/', '.']).next().unwrap_or_default();
        if ["main", "lib", "cli"].contains(&module) {
            continue; // The shell round everything else.
        }
        let (_, may_use) =
            allowed.iter().find(|(m, _)| *m == module).unwrap_or_else(|| panic!("{path} is not on the map"));
        for used in code.split("crate::").skip(1) {
            let used = used.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            assert!(used == module || may_use.contains(&used), "{path} uses crate::{used}");
        }
    }
}

#[test]
fn every_file_says_its_job() {
    for folder in ["src", "tests", "benches"] {
        for (path, text) in sources(&root().join(folder)) {
            assert!(text.starts_with("//! "), "{} does not open with its job", path.display());
            for word in ["todo!", "unimplemented!", "dbg!", concat!("TO", "DO"), concat!("FIX", "ME")] {
                let here = path.ends_with("tests/tidy.rs");
                assert!(here || !text.contains(word), "{} has {word}", path.display());
            }
        }
    }
}

#[test]
fn every_column_is_commented() {
    for entry in fs::read_dir(root().join("migrations")).expect("migrations") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a migration");
        let columns = text.lines().filter(|l| {
            let line = l.trim_start();
            l.starts_with("    ") && line.starts_with(|c: char| c.is_ascii_lowercase())
        });
        for column in columns {
            assert!(column.contains(" -- "), "{}: {column}", path.display());
        }
    }
}
