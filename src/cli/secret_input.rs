//! Keys come in by stdin or by a file, never by argv: the list of processes shows that to everybody.
//!
//! No sentence of this module repeats what it read.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::PathBuf;

use super::output::{Failure, fail, note};
use super::words;
use crate::domain::Secret;

/// Longest key that is taken, in bytes; Evolution's own are 36.
const MAX_BYTES: usize = 4096;

/// Where the key is; exactly one is named.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Source {
    #[arg(long)]
    api_token_stdin: bool,
    #[arg(long, value_name = "ARQUIVO")]
    api_token_file: Option<PathBuf>,
}

impl Source {
    /// Reads the key.
    pub fn read(&self) -> Result<Secret, Failure> {
        let text = match &self.api_token_file {
            Some(path) => {
                let read = File::open(path).and_then(bounded);
                read.map_err(|e| Failure::Failed(words::file_unreadable(path, &e)))?
            }
            None => stdin().map_err(|e| Failure::Failed(words::stdin_unreadable(&e)))?,
        };
        match check(&text) {
            Ok(key) => Ok(Secret::new(key)),
            Err(problem) => fail(problem),
        }
    }
}

/// The whole of stdin, or the line that a person types.
fn stdin() -> io::Result<Vec<u8>> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return bounded(stdin);
    }
    note(words::PASTE_KEY);
    let mut line = Vec::new();
    stdin.lock().take(limit()).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// One byte past the limit tells a longer text from one that fits; the line's end has room too.
fn limit() -> u64 {
    (MAX_BYTES + "\r\n".len() + 1) as u64
}

fn bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The key in `text`. It goes into an HTTP header, so it is one line of visible ASCII.
fn check(text: &[u8]) -> Result<&str, &'static str> {
    let key = text.trim_ascii();
    match std::str::from_utf8(key) {
        // A text as long as what is read may go on after it.
        _ if key.len() > MAX_BYTES || text.len() as u64 == limit() => Err(words::KEY_TOO_LONG),
        _ if key.is_empty() => Err(words::KEY_EMPTY),
        _ if key.contains(&b'\n') || key.contains(&b'\r') => Err(words::KEY_MULTILINE),
        Ok(key) if key.bytes().all(|b| b.is_ascii_graphic() || b == b' ') => Ok(key),
        _ => Err(words::KEY_NOT_ASCII),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_line_of_visible_ascii() {
        for good in ["key", " key\n", "key\r\n", "\n\nkey\n\n"] {
            assert_eq!(check(good.as_bytes()), Ok("key"), "{good:?}");
        }
        let (longest, too_long) = ("k".repeat(MAX_BYTES), "k".repeat(MAX_BYTES + 1));
        assert_eq!(check(longest.as_bytes()), Ok(longest.as_str()));
        for (bad, why) in [
            ("", words::KEY_EMPTY),
            (" \n", words::KEY_EMPTY),
            ("a\nb", words::KEY_MULTILINE),
            ("a\rb", words::KEY_MULTILINE),
            ("a\tb", words::KEY_NOT_ASCII),
            ("a\0b", words::KEY_NOT_ASCII),
            ("chão", words::KEY_NOT_ASCII),
            (too_long.as_str(), words::KEY_TOO_LONG),
        ] {
            assert_eq!(check(bad.as_bytes()), Err(why), "{bad:?}");
        }
        assert_eq!(check(b"\xff\xfe"), Err(words::KEY_NOT_ASCII));
    }
}
