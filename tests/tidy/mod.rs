//! The code against its own rules: the map of the rooms, no circles, short functions, names and comments.
//!
//! `make shape` prints the figures.

mod graph;
mod items;
pub mod languages;
mod links;
mod readmes;
mod rooms;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use graph::Graph;
use source::{SourceFile, folders, library, root};

/// Circles between files of `src`.
const MAX_CIRCLES: usize = 0;

#[test]
fn files_do_not_use_each_other_in_circles() {
    let files = library();
    at_most(MAX_CIRCLES, "circles", &circles(files));
}

fn circles(files: &[SourceFile]) -> Vec<String> {
    Graph::new(files).circles().iter().map(|circle| circle.join(" -> ")).collect()
}

/// Prints what was found, and fails above the number that the code has come down to.
#[track_caller]
fn at_most(limit: usize, what: &str, found: &[String]) {
    println!("{} {what} (at most {limit}):\n{}", found.len(), found.join("\n"));
    assert!(found.len() <= limit, "{} {what}, at most {limit} may be", found.len());
}

fn show<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[test]
fn every_file_says_its_job() {
    for (folder, files) in folders() {
        for SourceFile { path, text, .. } in files {
            assert!(text.starts_with("//! "), "{folder}/{path} does not open with its job");
            for word in [concat!("TO", "DO"), concat!("FIX", "ME")] {
                assert!(!text.contains(word), "{folder}/{path} has {word}");
            }
        }
    }
}

/// Paths in `docs/` that lead nowhere.
const MAX_DEAD_PATHS: usize = 0;

#[test]
fn the_docs_name_files_that_are_there() {
    let mut dead = Vec::new();
    for entry in fs::read_dir(root().join("docs")).expect("docs") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("a page");
        let quoted = text.split('`').skip(1).step_by(2);
        dead.extend(quoted.filter(|name| is_path(name) && !leads_somewhere(name)).map(str::to_owned));
    }
    at_most(MAX_DEAD_PATHS, "paths in docs/ that lead nowhere", &dead);
}

fn is_path(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    let is_source = Path::new(name).extension().is_some_and(|e| e == "rs");
    !name.starts_with('/') && (name.contains('/') || is_source) && name.chars().all(is_plain)
}

/// Whether it is a path from the top, or the end of one below `src`.
fn leads_somewhere(name: &str) -> bool {
    let below = format!("/{name}");
    root().join(name).exists() || library().iter().any(|file| format!("/{}", file.path).contains(&below))
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

/// Lines for each folder, functions, arrows, and what is still to be mended.
#[test]
fn the_shape_in_figures() {
    let files = library();
    let mut folders: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for file in files {
        let [count, lines] = folders.entry(folder_of(&file.path)).or_default();
        *count += 1;
        *lines += file.lines();
    }
    for (folder, [count, lines]) in &folders {
        println!("{folder:18} {count:4} files {lines:6} lines");
    }
    let is_between =
        |file: &&SourceFile| file.path.starts_with("http/edge/") || file.path == "http/router.rs";
    let between: usize = files.iter().filter(is_between).map(SourceFile::lines).sum();
    println!("between socket and handler (http/edge, the router): {between} lines");
    let mut lengths: Vec<_> = files.iter().flat_map(|f| &f.functions).map(|f| f.lines).collect();
    lengths.sort_unstable();
    let at = |percent: usize| lengths[(lengths.len() - 1) * percent / 100];
    println!("functions: {}, median {} lines, 95th {}, longest {}", lengths.len(), at(50), at(95), at(100));
    let longest = files.iter().max_by_key(|file| file.lines()).expect("files");
    println!("longest file: {}, {} lines", longest.path, longest.lines());
    let arrows: usize = Graph::new(files).arrows.iter().map(BTreeSet::len).sum();
    println!("arrows between files: {arrows}, circles: {}", circles(files).len());
    println!("type names with two meanings: {}", items::doubled_types(files).len());
    println!("names with a metaphor: {}", items::metaphors(files).len());
    assert!(at(50) <= 7, "the median function has {} lines", at(50));
}

/// The folder of a file, two deep at the most: `http/api`, and `domain` for `domain.rs` too.
fn folder_of(path: &str) -> String {
    let parts: Vec<_> = path.trim_end_matches(".rs").split('/').collect();
    let depth = (parts.len() - 1).clamp(1, 2);
    parts[..depth].join("/")
}
