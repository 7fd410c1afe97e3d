//! Sentences that every command shares.

use std::io;
use std::path::Path;

use crate::text::os_error;
use crate::text::sentence::Sentence;

/// What a failure is printed as.
pub fn error(sentence: &str) -> String {
    format!("erro: {sentence}")
}

/// An API refusal on the terminal: what happened, its code, the next step.
pub fn refused(sentence: &Sentence) -> String {
    match &sentence.detail {
        Some(detail) => format!("{} ({}). {detail}", sentence.error, sentence.code),
        None => format!("{} ({})", sentence.error, sentence.code),
    }
}

/// Stdout cannot be written.
pub fn output_failed(error: &io::Error) -> String {
    format!("não consegui escrever na saída: {}", os_error(error))
}

/// The prompt for a key.
pub const PASTE_KEY: &str = "Cole a chave da Evolution API (AUTHENTICATION_API_KEY) e tecle Enter:";
/// The file of a key cannot be read.
pub fn file_unreadable(path: &Path, error: &io::Error) -> String {
    format!("não consegui ler {}: {}", path.display(), os_error(error))
}

/// Stdin cannot be read.
pub fn stdin_unreadable(error: &io::Error) -> String {
    format!("não consegui ler a entrada padrão: {}", os_error(error))
}

/// The cell of a flag.
pub fn yes_no(yes: bool) -> &'static str {
    if yes { "sim" } else { "não" }
}

/// The cell of something that may be missing.
pub fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "-".into())
}
