//! Writes the man pages and the shell completions of every command: `cargo run --example manuals -- FOLDER`. An example,
//! so that the program carries none of it; `release.sh` puts what it writes into the packages.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap_complete::{Generator as _, Shell, generate};
use pareia::domain::Language;
use pareia::text::cli::HELP_PAGE;
use pareia::text::in_language;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    write_all(&folder.ok_or_else(|| io::Error::other("usage: cargo run --example manuals -- FOLDER"))?)
}

/// Writes the pages into `man1/` and in English into `en/man1/`, where `man` looks for them by locale, and
/// `completions/` for bash, zsh and fish below the folder, which choose themselves.
pub fn write_all(folder: &Path) -> io::Result<()> {
    in_language(Language::Portuguese, || write_pages(&folder.join("man1")))?;
    in_language(Language::English, || write_pages(&folder.join("en/man1")))?;
    write_completions(&folder.join("completions"))
}

/// Writes `pareia.1`, `pareia-serve.1`, ….
fn write_pages(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(pareia::cli::command(), folder)?;
    reword(folder)
}

fn write_completions(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let [portuguese, english] =
            Language::ALL.map(|language| in_language(language, || completions(shell)));
        let chosen = match shell {
            Shell::Zsh => format!(
                "#compdef pareia\n\ncase ${{PAREIA_LANG:-${{LC_ALL:-${{LC_MESSAGES:-${{LANG:-}}}}}}}} in\n\
                 (en|en[-_.@]*)\n{english}\n;;\n(*)\n{portuguese}\n;;\nesac\n"
            ),
            Shell::Fish => format!(
                "set -l named (string match -r '.+' -- $PAREIA_LANG $LC_ALL $LC_MESSAGES $LANG) ''\n\
                 switch $named[1]\ncase en 'en-*' 'en_*' 'en.*' 'en@*'\n{english}\ncase '*'\n{portuguese}\nend\n"
            ),
            // Bash shows what can be typed, and no sentences.
            _ => portuguese,
        };
        fs::write(folder.join(shell.file_name("pareia")), chosen)?;
    }
    Ok(())
}

/// What a shell is told, in the thread's language.
fn completions(shell: Shell) -> String {
    let mut written = Vec::new();
    generate(shell, &mut pareia::cli::command(), "pareia", &mut written);
    reworded(String::from_utf8(written).expect("clap writes texts"))
}

/// Exchanges clap's own words in each page, as `--help` does.
fn reword(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        fs::write(&path, reworded(fs::read_to_string(&path)?))?;
    }
    Ok(())
}

fn reworded(text: String) -> String {
    HELP_PAGE.iter().fold(text, |text, word| text.replace(word.1, word.get()))
}
