//! What clap says, in the program's language: help pages, and the sentence for arguments that make no sense.
//!
//! clap's own texts are fixed, so its pages have their few fixed words exchanged, and its errors are
//! written anew from their kind and context. An error of a kind not met here keeps clap's text.

use std::process::ExitCode;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::output::{note, out};
use crate::text::cli as words;

/// Prints a help page or an error; the exit code is clap's: 0 for what was asked for, 2 for misuse.
pub fn report(error: &Error) -> ExitCode {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayVersion => done(text.trim_end()),
        ErrorKind::DisplayHelp => done(worded(&text).trim_end()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => misuse(worded(&text).trim_end()),
        _ => match sentence(error) {
            Some(sentence) => misuse(&words::misused(&sentence)),
            None => misuse(text.trim_end()),
        },
    }
}

fn done(text: &str) -> ExitCode {
    out(text).map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}

fn misuse(text: &str) -> ExitCode {
    note(text);
    ExitCode::from(2)
}

fn worded(page: &str) -> String {
    words::HELP_PAGE.iter().fold(page.to_owned(), |page, word| page.replace(word.1, word.get()))
}

fn sentence(error: &Error) -> Option<String> {
    let argument = || text(error, ContextKind::InvalidArg);
    let value = || text(error, ContextKind::InvalidValue).unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::UnknownArgument => words::unknown_argument(&argument()?),
        ErrorKind::InvalidSubcommand => words::unknown_command(&text(error, ContextKind::InvalidSubcommand)?),
        ErrorKind::MissingSubcommand => words::command_missing(&text(error, ContextKind::ValidSubcommand)?),
        ErrorKind::MissingRequiredArgument => words::missing(&argument()?),
        ErrorKind::ArgumentConflict if argument() == text(error, ContextKind::PriorArg) => {
            words::repeated(&argument()?)
        }
        ErrorKind::ArgumentConflict => words::conflict(&argument()?, &text(error, ContextKind::PriorArg)?),
        ErrorKind::InvalidValue if value().is_empty() => words::without_value(&argument()?),
        ErrorKind::InvalidValue => {
            words::value_not_one_of(&argument()?, &value(), &text(error, ContextKind::ValidValue)?)
        }
        ErrorKind::ValueValidation => words::value_refused(&argument()?, &value(), &cause(error)),
        _ => return None,
    })
}

/// What the value's reader said; readers of ours speak the program's language.
fn cause(error: &Error) -> String {
    std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
}

fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}
