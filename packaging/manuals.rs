//! Writes the man pages and the shell completions of every command: `cargo run --example manuals -- FOLDER`. An example,
//! so that the program carries none of it; `release.sh` puts what it writes into the packages.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap_complete::{Shell, generate_to};
use pareia::text::cli::HELP_PAGE;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    write_all(&folder.ok_or_else(|| io::Error::other("usage: cargo run --example manuals -- FOLDER"))?)
}

/// Writes `man1/pareia.1`, `man1/pareia-serve.1`, … and `completions/` for bash, zsh and fish below the folder.
pub fn write_all(folder: &Path) -> io::Result<()> {
    let (pages, completions) = (folder.join("man1"), folder.join("completions"));
    for folder in [&pages, &completions] {
        fs::create_dir_all(folder)?;
    }
    clap_mangen::generate_to(pareia::cli::command(), &pages)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut pareia::cli::command(), "pareia", &completions)?;
    }
    in_portuguese(&pages)?;
    in_portuguese(&completions)
}

/// Exchanges clap's own words in each file, as `--help` does.
fn in_portuguese(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let words = HELP_PAGE.iter();
        fs::write(&path, words.fold(text, |text, word| text.replace(word.1, word.0)))?;
    }
    Ok(())
}
