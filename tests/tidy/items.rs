//! Functions short, public items explained, one name for one thing, no word that has to be decoded.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{SourceFile, folders, library};
use super::{at_most, show};

/// Longest function, from its signature to its closing brace: what fits on one screen.
const MAX_LINES: usize = 60;

/// Type names that two places use for two things.
const MAX_DOUBLED_TYPES: usize = 0;

/// Words that a newcomer to the code would have to decode, wherever in a name they stand.
const METAPHORS: &[&str] = &[
    "anothers",
    "attention",
    "door",
    "doubts",
    "excuse",
    "flights",
    "forgive",
    "hall",
    "heir",
    "openings",
    "owes",
    "postman",
    "prove",
    "refusal",
    "restless",
    "rhythm",
    "sight",
    "standing",
    "survive",
    "trouble",
    "undone",
    "watcher",
    "weigh",
];

/// Names that do not say what of. Beside other words they do: `open_in_place`.
const VAGUE: &[&str] = &[
    "act",
    "acted",
    "again",
    "ask_for",
    "got",
    "hear",
    "heard",
    "held",
    "look_closer",
    "meant",
    "place",
    "told",
    "troubled",
];

/// Identifiers of `src` with such a word in them.
const MAX_METAPHORS: usize = 0;

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut long = Vec::new();
    for (folder, files) in folders() {
        for file in files {
            let functions = file.functions.iter().filter(|f| f.lines > MAX_LINES);
            let say = |f: &super::source::Function| {
                format!("{folder}/{}:{} {} has {} lines", file.path, f.line, f.name, f.lines)
            };
            long.extend(functions.map(say));
        }
    }
    assert!(long.is_empty(), "over {MAX_LINES} lines:\n{}", long.join("\n"));
}

/// `missing_docs` does the same, but asks for fields too, which mostly speak by their names.
#[test]
fn every_public_item_but_fields_has_a_doc_comment() {
    let say =
        |file: &'static SourceFile| file.undocumented.iter().map(|name| format!("src/{}: {name}", file.path));
    let bare: Vec<_> = library().iter().flat_map(say).collect();
    assert!(bare.is_empty(), "public and without a doc comment:\n{}", bare.join("\n"));
}

#[test]
fn a_type_name_is_used_for_one_thing() {
    let doubled = doubled_types(library());
    at_most(MAX_DOUBLED_TYPES, "type names with two meanings", &doubled);
}

#[test]
fn no_name_has_to_be_decoded() {
    at_most(MAX_METAPHORS, "names with a metaphor in them", &metaphors(library()));
}

/// Type names that more than one place defines, with those places.
pub fn doubled_types(files: &[SourceFile]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files {
        for name in &file.types {
            places.entry(name).or_default().push(&file.path);
        }
    }
    let doubled = places.iter().filter(|(_, files)| files.len() > 1);
    doubled.map(|(name, files)| format!("{name}: {}", show(files.iter().copied()))).collect()
}

/// Identifiers with a metaphor among their words, with their files.
pub fn metaphors(files: &[SourceFile]) -> Vec<String> {
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        for name in file.identifiers.iter().filter(|name| is_metaphor(name)) {
            places.entry(name).or_default().insert(&file.path);
        }
    }
    places.iter().map(|(name, files)| format!("{name}: {}", show(files.iter().copied()))).collect()
}

fn is_metaphor(name: &str) -> bool {
    let words = words(name);
    VAGUE.contains(&words.join("_").as_str()) || words.iter().any(|word| METAPHORS.contains(&word.as_str()))
}

/// The words of `snake_case`, `CamelCase` and `SCREAMING_CASE`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() && !before.is_uppercase() {
            words.push(String::new());
        }
        if letter != '_' {
            words.last_mut().expect("a word").extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn names_are_cut_into_words() {
    assert_eq!(words("look_closerThan"), ["look", "closer", "than"]);
    assert_eq!(words("MAX_HALL"), ["max", "hall"]);
    let judged =
        [("MAX_HALL", true), ("Place", true), ("_held", true), ("open_in_place", false), ("halls", false)];
    for (name, expected) in judged {
        assert_eq!(is_metaphor(name), expected, "{name}");
    }
}
