//! What is known of the terminal, and whether it shows what is typed.
//!
//! Both go through `stty`, which POSIX has and which needs neither unsafe code nor a package.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::process::{Command, Stdio};

/// Character cells of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Lines.
    pub rows: usize,
    /// Characters in a line.
    pub columns: usize,
}

/// Whether stdout is a terminal that understands colours and cursor movement.
pub fn is_capable() -> bool {
    io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The terminal's size; `None` where there is none, or none that says.
pub fn size() -> Option<Size> {
    let terminal = File::open("/dev/tty").ok()?;
    let asked = Command::new("stty").arg("size").stdin(terminal).stderr(Stdio::null()).output().ok()?;
    parse(&String::from_utf8(asked.stdout).ok()?)
}

/// Turns the terminal's echo on or off; without effect where `stty` fails.
pub fn echo(on: bool) {
    let Ok(terminal) = File::open("/dev/tty") else { return };
    let word = if on { "echo" } else { "-echo" };
    // Without `stty` the password is seen by whoever looks on, as any other program's would be.
    let _ = Command::new("stty").arg(word).stdin(terminal).stderr(Stdio::null()).status();
}

/// Reads "rows columns"; a serial line answers "0 0", which is no size.
fn parse(text: &str) -> Option<Size> {
    let (rows, columns) = text.trim().split_once(' ')?;
    let size = Size { rows: rows.parse().ok()?, columns: columns.parse().ok()? };
    (size.rows > 0 && size.columns > 0).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_two_numbers_or_unknown() {
        assert_eq!(parse("24 80\n"), Some(Size { rows: 24, columns: 80 }));
        for unknown in ["", "0 0\n", "24", "x y"] {
            assert_eq!(parse(unknown), None, "{unknown:?}");
        }
    }
}
