//! Keys and passwords come in by stdin or by a file, never by argv: the list of processes shows that
//! to everybody.
//!
//! No sentence of this module repeats what it read.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};

use super::output::{CommandFailure, fail, note};
use super::terminal;
use crate::domain::{Secret, typed_value};
use crate::store::as_caller;
use crate::text;
use crate::text::cli as words;
use crate::upstream::{KeyError, MAX_KEY, TypedKey};

/// Where the key is; exactly one is named.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub struct KeySource {
    #[arg(long)]
    api_token_stdin: bool,
    #[arg(long, value_name = "ARQUIVO")]
    api_token_file: Option<PathBuf>,
}

impl KeySource {
    /// Reads the key.
    pub fn read(&self) -> Result<Secret, CommandFailure> {
        let text = match &self.api_token_file {
            Some(path) => file(path)?,
            None => stdin().map_err(|e| CommandFailure::Failed(words::stdin_unreadable(&e)))?,
        };
        let typed = key(&text)?;
        if typed.unwrapped {
            note(text::key_unwrapped().message);
        }
        Ok(typed.key)
    }
}

/// The key that settings give: in the file that `file` names, else in the variable, else in the file of that name in
/// the folder where systemd hands over what `LoadCredential=` names. `None`: in none of them.
pub fn key_setting(
    variable: &str,
    named_file: &str,
    credential: &str,
) -> Result<Option<Secret>, CommandFailure> {
    let named_file = typed_value(named_file);
    let text = std::env::var_os(variable).filter(|text| !text.is_empty());
    let text = match (named_file.is_empty(), text) {
        (false, Some(_)) => return Err(CommandFailure::Usage(words::secret_given_twice(variable))),
        (false, None) => Some(file(Path::new(&named_file))?),
        (true, Some(text)) => Some(text.into_encoded_bytes()),
        (true, None) => {
            let handed_over =
                std::env::var_os("CREDENTIALS_DIRECTORY").map(|f| Path::new(&f).join(credential));
            handed_over.filter(|path| as_caller(|| path.exists())).map(|path| file(&path)).transpose()?
        }
    };
    text.map(|text| Ok(key(&text)?.key)).transpose()
}

fn file(path: &Path) -> Result<Vec<u8>, CommandFailure> {
    let read = as_caller(|| File::open(path)).and_then(bounded);
    read.map_err(|e| CommandFailure::Failed(words::file_unreadable(path, &e)))
}

fn key(text: &[u8]) -> Result<TypedKey, CommandFailure> {
    check(text).map_err(|problem| CommandFailure::Failed(text::key(problem).to_owned()))
}

/// Where the secret of a notice target is, if it has one.
#[derive(clap::Args, Debug)]
#[group(multiple = false)]
pub struct SecretSource {
    #[arg(long)]
    secret_stdin: bool,
    #[arg(long, value_name = "ARQUIVO")]
    secret_file: Option<PathBuf>,
}

impl SecretSource {
    /// The argument that names the secret, or should have.
    pub fn argument(&self) -> &'static str {
        match self {
            Self { secret_stdin: true, .. } => "--secret-stdin",
            Self { secret_file: Some(_), .. } => "--secret-file",
            Self { .. } => "--secret-stdin (ou --secret-file)",
        }
    }

    /// Reads the secret: a line of text.
    pub fn read(&self) -> Result<Option<Secret>, CommandFailure> {
        let bytes = match &self.secret_file {
            Some(path) => file(path)?,
            None if self.secret_stdin => {
                bounded(io::stdin()).map_err(|e| CommandFailure::Failed(words::stdin_unreadable(&e)))?
            }
            None => return Ok(None),
        };
        one_line(bytes).map(Some)
    }
}

/// Reads a new password: twice and unseen from a person, once from a pipe.
pub fn password() -> Result<Secret, CommandFailure> {
    let unreadable = |e: io::Error| CommandFailure::Failed(words::stdin_unreadable(&e));
    if !io::stdin().is_terminal() {
        return one_line(bounded(io::stdin()).map_err(unreadable)?);
    }
    let hidden = Hidden::begin();
    let first = typed(words::new_password()).map_err(unreadable)?;
    let second = typed(words::new_password_again()).map_err(unreadable)?;
    drop(hidden);
    if first == second { one_line(first) } else { fail(words::passwords_differ()) }
}

fn typed(prompt: &str) -> io::Result<Vec<u8>> {
    note(prompt);
    let mut line = Vec::new();
    io::stdin().lock().take(limit()).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// A password is taken as it is, but for the end of its line.
fn one_line(bytes: Vec<u8>) -> Result<Secret, CommandFailure> {
    let text =
        String::from_utf8(bytes).map_err(|_| CommandFailure::Failed(words::password_not_text().into()))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.contains('\n') { fail(words::password_not_text()) } else { Ok(Secret::new(line)) }
}

/// A terminal that does not show what is typed, for as long as this lives.
struct Hidden;

impl Hidden {
    fn begin() -> Self {
        terminal::echo(false);
        Self
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        terminal::echo(true);
    }
}

/// The whole of stdin, or the line that a person types.
fn stdin() -> io::Result<Vec<u8>> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return bounded(stdin);
    }
    note(words::paste_key());
    let mut line = Vec::new();
    stdin.lock().take(limit()).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// One byte past the limit tells a longer text from one that fits; the line's end has room too.
fn limit() -> u64 {
    (MAX_KEY + "\r\n".len() + 1) as u64
}

fn bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The key in `text`.
fn check(text: &[u8]) -> Result<TypedKey, KeyError> {
    // A text as long as what is read may go on after it.
    if text.len() as u64 == limit() { Err(KeyError::TooLong) } else { TypedKey::parse(text) }
}
