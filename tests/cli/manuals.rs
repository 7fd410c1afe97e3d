//! Man pages and completions as the packages carry them: each command is in them, and shells can read them.

use std::fs;
use std::path::Path;
use std::process::Command;

use pareia::domain::Language;
use pareia::text::in_language;

use crate::harness::Folder;

#[path = "../../packaging/manuals.rs"]
#[expect(dead_code, reason = "its `main` is for the example")]
mod writer;

fn is_understood(program: &str, file: &Path) -> bool {
    let ran = Command::new(program).arg("-n").arg(file).output();
    ran.map_or_else(|_| true, |output| output.status.success())
}

/// The first words of what a command does, without what shells escape.
fn about_of(name: &str) -> String {
    let top = pareia::cli::command();
    let about = top.find_subcommand(name).and_then(clap::Command::get_about).expect("a text").to_string();
    about
        .split(|letter: char| !letter.is_alphanumeric() && letter != ' ')
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn every_command_has_a_man_page_and_is_completed() {
    let folder = Folder::new();
    writer::write_all(folder.path()).expect("written");
    let read = |path: &str| {
        fs::read_to_string(folder.path().join(path)).unwrap_or_else(|problem| panic!("{path}: {problem}"))
    };
    let completions = ["bash", "zsh", "fish"].map(|shell| match shell {
        "zsh" => read("completions/_pareia"),
        "fish" => read("completions/pareia.fish"),
        _ => read("completions/pareia.bash"),
    });
    let top = pareia::cli::command();
    assert!(read("man1/pareia.1").contains("pareia\\-serve(1)"), "the first page leads to the others");
    for child in top.get_subcommands() {
        let name = child.get_name();
        let page = read(&format!("man1/pareia-{name}.1"));
        let about = child.get_about().expect("a text").to_string();
        let words = about.split_whitespace().find(|word| word.len() > 3).expect("a word");
        assert!(page.contains(words), "{name} says what it does:\n{page}");
        assert!(!page.contains("Print help"), "{name} is in Portuguese alone");
        let english = read(&format!("en/man1/pareia-{name}.1"));
        assert!(english.contains("Print help"), "{name} is in English there");
        assert!(!english.contains("Mostra"), "{name} is in English there alone:\n{english}");
        for text in &completions {
            assert!(text.contains(name), "{name} is completed");
        }
        let about = in_language(Language::English, || about_of(name));
        for text in &completions[1..] {
            assert!(text.contains(&about) && text.contains(&about_of(name)), "{name} in both languages");
        }
        for grandchild in child.get_subcommands() {
            read(&format!("man1/pareia-{name}-{}.1", grandchild.get_name()));
        }
    }
    assert!(is_understood("bash", &folder.path().join("completions/pareia.bash")));
    assert!(is_understood("zsh", &folder.path().join("completions/_pareia")));
    assert!(is_understood("fish", &folder.path().join("completions/pareia.fish")));
}
