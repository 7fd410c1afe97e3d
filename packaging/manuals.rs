//! Writes the man pages and the shell completions of every command: `cargo run --example manuals -- FOLDER`. An example,
//! so that the program carries none of it; `release.sh` puts what it writes into the packages.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap_complete::{Shell, generate_to};

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
    clap_mangen::generate_to(pareia::cli::command(), pages)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut pareia::cli::command(), "pareia", &completions)?;
    }
    Ok(())
}
