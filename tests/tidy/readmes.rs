//! README in its two languages: every command, every flag of `serve` and its variable are in both, and they name the same.

use std::collections::BTreeSet;

use super::links::text_of;
use super::source::root;

const READMES: [&str; 2] = ["README.md", "docs/README.pt-BR.md"];

#[test]
fn the_portuguese_readme_is_one_line_away_and_has_every_part_of_the_english() {
    let parts = |page: &str| {
        let text = text_of(&root().join(page));
        text.lines().filter(|line| line.starts_with("## ")).count()
    };
    let english = text_of(&root().join(READMES[0]));
    assert!(english.lines().next().is_some_and(|line| line.contains("(docs/README.pt-BR.md)")));
    assert_eq!(parts(READMES[1]), parts(READMES[0]));
}

/// What the commands and the settings of `serve` look like in a README.
fn promised() -> BTreeSet<String> {
    let mut top = pareia::cli::command();
    top.build();
    let commands = top.get_subcommands().map(|command| format!("`pareia {}", command.get_name()));
    let serve = top.find_subcommand("serve").expect("serve");
    let settings = serve.get_arguments().filter(|argument| argument.get_id() != "help");
    let settings = settings.flat_map(|argument| {
        let variable = argument.get_env().expect("every flag has its variable");
        let flag = argument.get_long().expect("a flag");
        [format!("`--{flag}`"), format!("`{}`", variable.display())]
    });
    commands.chain(settings).collect()
}

#[test]
fn every_command_and_setting_is_in_both_readmes() {
    for page in READMES {
        let text = text_of(&root().join(page));
        let unsaid: Vec<_> = promised().into_iter().filter(|word| !text.contains(word)).collect();
        assert!(unsaid.is_empty(), "{page} lacks {unsaid:?}");
        for command in pareia::cli::command().get_subcommands() {
            let begin = format!("`pareia {}", command.get_name());
            let row = text
                .lines()
                .find(|line| line.starts_with(&format!("| {begin}")))
                .or_else(|| text.lines().find(|line| line.starts_with("| ") && line.contains(&begin)));
            let row = row.unwrap_or_else(|| panic!("{page} has no row of {begin}"));
            for child in command.get_subcommands() {
                assert!(row.contains(child.get_name()), "{page}: {} is not in {row}", child.get_name());
            }
        }
    }
}

/// Flags and variables that a text names.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words.filter(|word| word.starts_with("--") && word.len() > 2 || word.starts_with("PAREIA_")).collect()
}

#[test]
fn the_readmes_name_the_same_flags_and_variables() {
    let [english, portuguese] = READMES.map(|page| text_of(&root().join(page)));
    let differing: Vec<_> = named(&english).symmetric_difference(&named(&portuguese)).copied().collect();
    assert!(differing.is_empty(), "only in one of the two: {differing:?}");
}
