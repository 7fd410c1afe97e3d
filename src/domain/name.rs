//! Names and labels: text from outside, checked once.

use std::fmt;

/// Longest name or label, in characters.
pub const MAX_NAME: usize = 64;

/// What a text from outside should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Not one of [`super::Channel::ALL`].
    Channel,
    /// Not a name: 1 to 64 of `A-Z a-z 0-9 . _ -`, first a letter or digit.
    Name,
    /// Not a phone: 8 to 15 digits with the country code.
    Phone,
    /// Not a text that a list could show.
    Label,
    /// Not a password: 8 to 128 characters, and not the user's name.
    Password,
    /// Not one of [`super::Role::ALL`].
    Role,
}

/// Reads a free text that lists will show: one line of 1 to 64 characters.
pub fn label(text: &str) -> Result<String, Invalid> {
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
    /// Reads a name; nothing is trimmed or folded.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let fits = (1..=MAX_NAME).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(Invalid::Name) }
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
        let too_long = "a".repeat(MAX_NAME + 1);
        for bad in ["", " a", "a ", ".a", "-a", "_a", "a/b", "a?b", "ção", "a\n", "a%20", &too_long] {
            assert_eq!(Name::parse(bad), Err(Invalid::Name), "{bad:?}");
        }
    }
}
