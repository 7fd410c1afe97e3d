//! What people write down about an instance beside its technical name, read once.

use super::{Invalid, trimmed};

/// Most characters of a display name.
pub const MAX_DISPLAY_NAME: usize = 80;
/// Most characters of a note.
const MAX_NOTE: usize = 500;
/// Most labels of an instance, and most characters of one.
const MAX_LABELS: usize = 20;
const MAX_LABEL: usize = 40;

/// New texts about an instance; `None` leaves one as it is, an empty one clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// What people call it.
    pub display_name: Option<String>,
    /// What people want to remember of it.
    pub note: Option<String>,
    pub labels: Option<Vec<String>>,
}

impl Description {
    /// Whether it leaves everything as it is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads a display name: one line, which may be empty. What ends a line or moves on in it, as cells of a spreadsheet
/// bring it along, becomes a space.
pub fn display_name(text: &str) -> Result<String, Invalid> {
    let text = trimmed(text).replace(['\t', '\r'], " ");
    let fits = text.chars().count() <= MAX_DISPLAY_NAME && !text.contains(char::is_control);
    if fits { Ok(text) } else { Err(Invalid::DisplayName) }
}

/// Reads a note: lines, which may be none, however they end. A tab becomes a space.
pub fn note(text: &str) -> Result<String, Invalid> {
    let text = trimmed(text).replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let is_odd = |c: char| c.is_control() && c != '\n';
    if text.chars().count() <= MAX_NOTE && !text.contains(is_odd) { Ok(text) } else { Err(Invalid::Note) }
}

/// Reads labels, of which none is empty. One that is there twice counts once.
pub fn labels(texts: &[&str]) -> Result<Vec<String>, Invalid> {
    let mut labels: Vec<String> = Vec::new();
    for text in texts.iter().copied().map(trimmed) {
        if !(1..=MAX_LABEL).contains(&text.chars().count()) || text.contains(char::is_control) {
            return Err(Invalid::Labels);
        }
        if !labels.iter().any(|label| label == text) {
            labels.push(text.to_owned());
        }
    }
    if labels.len() <= MAX_LABELS { Ok(labels) } else { Err(Invalid::Labels) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_for_people_are_bounded_and_plain() {
        let long = |most| "é".repeat(most);
        for (text, read) in [
            (" Loja do Zé ☕ ", Ok("Loja do Zé ☕")),
            ("", Ok("")),
            (&long(80), Ok(&*long(80))),
            (&long(81), Err(Invalid::DisplayName)),
            ("a\nb", Err(Invalid::DisplayName)),
            ("a\tb\rc", Ok("a b c")),
        ] {
            assert_eq!(display_name(text), read.map(str::to_owned), "{text}");
        }
        for (text, read) in [
            (" a\r\nb ", Ok("a\nb")),
            ("a\tb\rc\r\r\nd", Ok("a b\nc\n\nd")),
            (&long(500), Ok(&*long(500))),
            (&long(501), Err(Invalid::Note)),
            ("a\u{1b}b", Err(Invalid::Note)),
        ] {
            assert_eq!(note(text), read.map(str::to_owned), "{text}");
        }
        let many: Vec<_> = (0..21).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (texts, read) in [
            (&["b", " a ", "b"][..], Ok(vec!["b", "a"])),
            (&[], Ok(vec![])),
            (&many[..20], Ok(many[..20].to_vec())),
            (&many, Err(Invalid::Labels)),
            (&["a", " "], Err(Invalid::Labels)),
            (&["a\tb"], Err(Invalid::Labels)),
            (&[&*long(41)], Err(Invalid::Labels)),
        ] {
            let read = read.map(|labels| labels.into_iter().map(str::to_owned).collect());
            assert_eq!(labels(texts), read, "{texts:?}");
        }
    }
}
