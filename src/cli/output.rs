//! How commands speak: results to stdout, everything else to stderr, failures as one sentence.
//!
//! Nothing here may panic: a reader that closes the pipe early (`pareia user list | head -1`) ends
//! the command, quietly.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use super::{log_line, logging};
use crate::http::TooFewFiles;
use crate::text::cli as words;
use crate::{store, text};

/// How a command ends.
pub type CommandResult = Result<(), CommandFailure>;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum CommandFailure {
    /// The command failed: the sentence says why and what to do next.
    Failed(String),
    /// The arguments make no sense.
    Usage(String),
    /// The reader of stdout is gone.
    OutputClosed,
}

impl CommandFailure {
    /// Prints the sentence and returns the exit code.
    pub fn report(&self) -> ExitCode {
        let (sentence, code) = match self {
            Self::Failed(sentence) => (sentence, 1),
            Self::Usage(sentence) => (sentence, 2),
            Self::OutputClosed => return ExitCode::from(1),
        };
        note(log_line::error(&words::error(sentence), logging::is_journal()));
        ExitCode::from(code)
    }
}

impl From<store::Error> for CommandFailure {
    fn from(error: store::Error) -> Self {
        Self::Failed(text::storage(&error))
    }
}

impl From<TooFewFiles> for CommandFailure {
    fn from(few: TooFewFiles) -> Self {
        Self::Failed(words::too_few_files(few.limit, few.needed))
    }
}

/// Shorthand for a command that cannot go on.
pub fn fail<T>(sentence: impl Into<String>) -> Result<T, CommandFailure> {
    Err(CommandFailure::Failed(sentence.into()))
}

/// Writes a line of the result.
pub fn out(text: impl Display) -> CommandResult {
    write_out(format_args!("{text}\n"))
}

/// Writes a piece of the result as it stands.
pub fn write_out(text: impl Display) -> CommandResult {
    let mut stdout = io::stdout().lock();
    write!(stdout, "{text}").and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => CommandFailure::OutputClosed,
        _ => CommandFailure::Failed(words::output_failed(&error)),
    })
}

/// Says something beside the result. When even stderr is closed there is nobody to tell.
pub fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
