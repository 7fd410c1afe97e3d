//! Text as people type and paste it, without what they cannot see. Pure, and the only place that knows which
//! characters those are.
//!
//! Nothing that can be seen is changed, but for a hyphen of another make that looks the same.

/// Pairs of quotes that are put round a value in files, mails and chats.
const QUOTES: &[(char, char)] =
    &[('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('„', '“'), ('‘', '’'), ('«', '»'), ('<', '>')];

/// The text without invisible characters, whatever their place, and without white space around it.
pub fn typed_text(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_unseen(*c)).map(plain).collect();
    seen.trim().to_owned()
}

/// The text without invisible characters and white space around it; what is between its ends stays.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c| is_unseen(c) || c.is_whitespace())
}

/// The text without the quotes around it.
pub fn unquoted(text: &str) -> &str {
    let inner = |(open, close): &(char, char)| text.strip_prefix(*open)?.strip_suffix(*close);
    QUOTES.iter().find_map(inner).map_or(text, |inner| unquoted(inner.trim()))
}

/// What is typed as a value of a setting: unquoted as well, for files of variables keep the quotes.
pub fn typed_value(text: &str) -> String {
    unquoted(&typed_text(text)).to_owned()
}

/// Marks of direction and of width, joiners, spaces that are no ASCII space, and the end of a line that
/// another system wrote.
fn is_unseen(c: char) -> bool {
    let is_odd_space = c.is_whitespace() && !c.is_ascii();
    is_odd_space
        || matches!(c,
            '\r' | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// The ASCII hyphen for one that looks the same: the usual one, one that breaks no line, a minus.
fn plain(c: char) -> char {
    if matches!(c, '\u{2010}' | '\u{2011}' | '\u{2212}') { '-' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_dropped_and_what_looks_the_same_is_plain() {
        for (typed, read) in [
            ("a b", "a b"),
            ("\u{feff} a\r\n", "a"),
            ("\u{a0}a\u{a0}b\u{202f}", "ab"),
            ("\u{202a}+55\u{202c}", "+55"),
            ("\u{200b}a\u{200d}b\u{2060}", "ab"),
            ("a\u{ad}b\u{2011}c\u{2212}d", "ab-c-d"),
            ("é–１", "é–１"),
            ("a\tb\nc", "a\tb\nc"),
            ("\u{feff}\u{a0}\r\n", ""),
        ] {
            assert_eq!(typed_text(typed), read, "{typed:?}");
        }
        assert_eq!(trimmed("\u{feff} a\u{a0}b\r\n"), "a\u{a0}b");
    }

    #[test]
    fn quotes_go_in_pairs() {
        for (typed, read) in [
            ("\"a\"", "a"),
            ("“a”", "a"),
            ("'\"a\"'", "a"),
            ("<a>", "a"),
            ("\" a \"", "a"),
            ("\"a", "\"a"),
            ("a\"", "a\""),
            ("\"", "\""),
            ("'a\"", "'a\""),
            ("\"\"", ""),
        ] {
            assert_eq!(unquoted(typed), read, "{typed:?}");
        }
        assert_eq!(typed_value("\u{feff}\"a\"\r\n"), "a");
    }
}
