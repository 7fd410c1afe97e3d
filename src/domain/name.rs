//! Names and labels: text from outside, checked once.

use std::fmt;

use super::typed_text::{trimmed, typed_text};

/// Longest name or label, in characters.
pub const MAX_NAME: usize = 64;

/// What a text from outside should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Not one of [`super::Channel::ALL`].
    Channel,
    /// Not a name: 1 to 64 of `A-Z a-z 0-9 . _ -`, first a letter or digit.
    Name,
    /// Not a text that a list could show.
    Label,
    /// Not a display name: one line of at most 80 characters.
    DisplayName,
    /// Not a note: at most 500 characters.
    Note,
    /// Not labels: at most 20 of 1 to 40 characters.
    Labels,
    /// Not a password: 8 to 128 characters, and not the user's name.
    Password,
    /// Not one of [`super::Role::ALL`].
    Role,
    /// Not one of [`super::TokenScope::ALL`].
    TokenScope,
}

/// Reads a free text that lists will show: one line of 1 to 64 characters. What is invisible inside it may
/// belong there: letters of some scripts and pictures are joined by it.
pub fn label(text: &str) -> Result<String, Invalid> {
    let text = trimmed(text);
    let fits = (1..=MAX_NAME).contains(&text.chars().count()) && !text.contains(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(Invalid::Label) }
}

/// The name of an instance upstream, of a credential, or of a user.
///
/// The alphabet is what can go into an upstream path, a log line and a file name as it stands:
/// Evolution 1.8 hands names to a shell, 2.x keeps spaces that nobody sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(String);

impl Name {
    /// Reads a name; what cannot be seen is no part of it, and nothing else is dropped or folded. A space inside
    /// is seen, whichever it is.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if trimmed(text).contains(char::is_whitespace) {
            return Err(Invalid::Name);
        }
        let text = typed_text(text);
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let fits = (1..=MAX_NAME).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(allowed);
        if fits { Ok(Self(text)) } else { Err(Invalid::Name) }
    }

    /// The name, letter for letter.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_path_can_carry() {
        let longest = "a".repeat(MAX_NAME);
        for good in ["my-store", "a", "0.x_Y-z", &longest] {
            assert_eq!(Name::parse(good).map(|n| n.as_str().to_owned()), Ok(good.to_owned()));
        }
        for typed in [" a-b ", "a-b\r\n", "\u{a0}a-b", "a\u{200b}-b\u{feff}", "a\u{2011}b"] {
            assert_eq!(Name::parse(typed).map(|n| n.as_str().to_owned()), Ok("a-b".to_owned()), "{typed:?}");
        }
        let too_long = "a".repeat(MAX_NAME + 1);
        let spaced = ["a b", "a\u{a0}b", "a\nb", "a\tb", "a\u{3000}b"];
        for bad in
            ["", ".a", "-a", "_a", "a/b", "a?b", "ção", "a–b", "a%20", &too_long].into_iter().chain(spaced)
        {
            assert_eq!(Name::parse(bad), Err(Invalid::Name), "{bad:?}");
        }
    }

    #[test]
    fn labels_are_one_line_without_anything_around_it() {
        for (typed, read) in [(" Loja\u{a0}1\r\n", "Loja\u{a0}1"), ("👩\u{200d}🔧", "👩\u{200d}🔧")] {
            assert_eq!(label(typed), Ok(read.to_owned()));
        }
        for bad in ["", " \u{feff}", "a\nb", &"a".repeat(MAX_NAME + 1)] {
            assert_eq!(label(bad), Err(Invalid::Label), "{bad:?}");
        }
    }
}
