//! Writes the man pages and the shell completions of every command: `cargo run --example manuals -- FOLDER`. An example,
//! so that the program carries none of it; `release.sh` puts what it writes into the packages.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap_complete::{Shell, generate_to};
use pareia::domain::Language;
use pareia::text::cli::HELP_PAGE;
use pareia::text::in_language;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    write_all(&folder.ok_or_else(|| io::Error::other("usage: cargo run --example manuals -- FOLDER"))?)
}

/// Writes the pages into `man1/` and in English into `en/man1/`, where `man` looks for them by locale, and
/// `completions/` for bash, zsh and fish below the folder.
pub fn write_all(folder: &Path) -> io::Result<()> {
    in_language(Language::Portuguese, || write_pages(&folder.join("man1")))?;
    in_language(Language::English, || write_pages(&folder.join("en/man1")))?;
    in_language(Language::Portuguese, || write_completions(&folder.join("completions")))
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
        generate_to(shell, &mut pareia::cli::command(), "pareia", folder)?;
    }
    reword(folder)
}

/// Exchanges clap's own words in each file, as `--help` does.
fn reword(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let words = HELP_PAGE.iter();
        fs::write(&path, words.fold(text, |text, word| text.replace(word.1, word.get())))?;
    }
    Ok(())
}
