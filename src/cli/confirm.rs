//! A question on the terminal before something that is not undone by another command.

use std::io::{self, BufRead};

use crate::cli::output::{CommandFailure, note};
use crate::text::cli as words;

/// Whether the question was answered yes, in either language.
pub fn confirmed(question: &str) -> Result<bool, CommandFailure> {
    note(question);
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| CommandFailure::Failed(words::stdin_unreadable(&error)))?;
    Ok(["s", "sim", "y", "yes"].contains(&line.trim().to_lowercase().as_str()))
}
