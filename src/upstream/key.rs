//! What a server's key must be to be sent in a header. No error here repeats what was read.

use crate::domain::Secret;

/// Longest key that is taken, in bytes; Evolution's own are 36.
pub const MAX_KEY: usize = 4096;

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// Nothing but white space.
    Empty,
    /// Longer than any key.
    TooLong,
    /// More than one line.
    Multiline,
    /// Accents, control characters, or no text at all.
    NotAscii,
}

/// Reads a key; white space around it is removed, for shells and editors add it.
pub fn read_key(text: &[u8]) -> Result<Secret, KeyError> {
    let key = text.trim_ascii();
    match std::str::from_utf8(key) {
        _ if key.len() > MAX_KEY => Err(KeyError::TooLong),
        _ if key.is_empty() => Err(KeyError::Empty),
        _ if key.contains(&b'\n') || key.contains(&b'\r') => Err(KeyError::Multiline),
        Ok(key) if key.bytes().all(|b| b.is_ascii_graphic() || b == b' ') => Ok(Secret::new(key)),
        _ => Err(KeyError::NotAscii),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_line_of_visible_ascii() {
        for good in ["key", " key\n", "key\r\n", "\n\nkey\n\n"] {
            assert_eq!(read_key(good.as_bytes()), Ok(Secret::new("key")), "{good:?}");
        }
        let (longest, too_long) = ("k".repeat(MAX_KEY), "k".repeat(MAX_KEY + 1));
        assert_eq!(read_key(longest.as_bytes()), Ok(Secret::new(&*longest)));
        for (bad, why) in [
            ("", KeyError::Empty),
            (" \n", KeyError::Empty),
            ("a\nb", KeyError::Multiline),
            ("a\rb", KeyError::Multiline),
            ("a\tb", KeyError::NotAscii),
            ("a\0b", KeyError::NotAscii),
            ("chão", KeyError::NotAscii),
            (too_long.as_str(), KeyError::TooLong),
        ] {
            assert_eq!(read_key(bad.as_bytes()), Err(why), "{bad:?}");
        }
        assert_eq!(read_key(b"\xff\xfe"), Err(KeyError::NotAscii));
    }
}
