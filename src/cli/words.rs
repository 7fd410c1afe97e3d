//! Every sentence of the command line, in Brazilian Portuguese.
//!
//! Sentences say what happened and what to do next. None carries a key, a token or a QR code; the
//! help texts are in `help`.

mod instances;
mod people;
mod servers;
mod upstream;
mod usage;

use std::io;
use std::path::Path;

pub use instances::*;
pub use people::*;
pub use servers::*;
pub use upstream::*;
pub use usage::*;

use crate::words::Sentence;

/// Before a failure's sentence.
pub fn error(sentence: &str) -> String {
    format!("erro: {sentence}")
}

/// An API refusal on the terminal: what happened, its code, the next step.
pub fn refused(sentence: &Sentence) -> String {
    match sentence.detail {
        Some(detail) => format!("{} ({}). {detail}", sentence.error, sentence.code),
        None => format!("{} ({})", sentence.error, sentence.code),
    }
}

/// Stdout took no more.
pub fn output_failed(error: &io::Error) -> String {
    format!("não consegui escrever na saída: {error}")
}

/// Said at a terminal that is to give a key.
pub const PASTE_KEY: &str = "Cole a chave da Evolution API (AUTHENTICATION_API_KEY) e tecle Enter:";
/// No key came.
pub const KEY_EMPTY: &str = "a chave está vazia: mande a AUTHENTICATION_API_KEY da Evolution API";
/// More than a key came.
pub const KEY_TOO_LONG: &str = "a chave passa de 4 KiB: isso não é uma chave da Evolution API";
/// More than a line came.
pub const KEY_MULTILINE: &str = "a chave tem mais de uma linha: mande só a chave, sem mais nada";
/// What came cannot be a header.
pub const KEY_NOT_ASCII: &str =
    "a chave tem acentos ou caracteres de controle: mande só a chave, em texto puro";

/// The file of a key cannot be read.
pub fn file_unreadable(path: &Path, error: &io::Error) -> String {
    format!("não consegui ler {}: {error}", path.display())
}

/// Stdin cannot be read.
pub fn stdin_unreadable(error: &io::Error) -> String {
    format!("não consegui ler a entrada padrão: {error}")
}

/// A free text that no list could show.
pub const LABEL_INVALID: &str = "deve ter de 1 a 64 caracteres, numa linha só";

fn count(n: u32, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A refusal with the code that programs look at.
pub fn coded(code: &str, sentence: &str) -> String {
    format!("{sentence} ({code})")
}

/// A truth in a table.
pub fn yes_no(yes: bool) -> &'static str {
    if yes { "sim" } else { "não" }
}

/// A cell that may be empty.
pub fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "-".into())
}
