//! Sentences that every command shares.

use std::io;
use std::path::Path;

use crate::text::language::{either, say};
use crate::text::os_error;
use crate::text::sentence::Sentence;

/// What a failure is printed as.
pub fn error(sentence: &str) -> String {
    say!("erro: {sentence}", "error: {sentence}")
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
    say!("não consegui escrever na saída: {}", "cannot write the output: {}", os_error(error))
}

/// The prompt for a key.
pub fn paste_key() -> &'static str {
    either(
        "Cole a chave da Evolution API (AUTHENTICATION_API_KEY) e tecle Enter:",
        "Paste Evolution API's key (AUTHENTICATION_API_KEY) and press Enter:",
    )
}
/// The file of a key cannot be read.
pub fn file_unreadable(path: &Path, error: &io::Error) -> String {
    say!("não consegui ler {}: {}", "cannot read {}: {}", path.display(), os_error(error))
}

/// Stdin cannot be read.
pub fn stdin_unreadable(error: &io::Error) -> String {
    say!("não consegui ler a entrada padrão: {}", "cannot read the standard input: {}", os_error(error))
}

/// The cell of a flag.
pub fn yes_no(yes: bool) -> &'static str {
    if yes { either("sim", "yes") } else { either("não", "no") }
}

/// The cell of something that may be missing.
pub fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "-".into())
}
