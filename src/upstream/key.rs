//! What a server's key must be to travel in a header, and how people paste one: with the name of its variable, in
//! quotes, out of a file. No error here repeats what it read.

use crate::domain::{Secret, typed_text, unquoted};

/// Longest key that is taken, in bytes; Evolution's own are 36.
pub const MAX_KEY: usize = 4096;
/// How the names end that people paste in front of a key: `AUTHENTICATION_API_KEY=`, `apikey:`, `X-Api-Key:`. Letters
/// and digits only, in lower case.
const NAME_ENDING: &str = "apikey";
/// Longest text in front of `=` or `:` that is looked at as such a name, in characters.
const LONGEST_NAME: usize = 40;

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// Nothing but white space, or a name with nothing behind it.
    Empty,
    /// Longer than any key.
    TooLong,
    /// More than one line, and not one among them that is named a key.
    Multiline,
    /// Accents, control characters, or no text at all.
    NotAscii,
    /// The name of the variable that holds the key.
    OnlyName,
}

/// A key that was pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedKey {
    /// The key.
    pub key: Secret,
    /// Whether more was pasted than the key: its name, or quotes.
    pub unwrapped: bool,
}

impl TypedKey {
    /// Reads a key; what cannot be seen is no part of it.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        let text = typed_text(&decoded(bytes).ok_or(KeyError::NotAscii)?);
        let key = if text.contains('\n') { named_line(&text)? } else { bare(&text) };
        match key {
            _ if key.len() > MAX_KEY => Err(KeyError::TooLong),
            "" => Err(KeyError::Empty),
            _ if is_name(key) => Err(KeyError::OnlyName),
            _ if !key.bytes().all(|b| b.is_ascii_graphic() || b == b' ') => Err(KeyError::NotAscii),
            _ => Ok(Self { key: Secret::new(key), unwrapped: key != text }),
        }
    }
}

/// The text of a file; one that begins with the mark of UTF-16 is what `>` writes in a Windows shell.
fn decoded(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// The key in the only one of several lines that names one.
fn named_line(text: &str) -> Result<&str, KeyError> {
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let mut values = text.lines().filter(|line| !is_comment(line)).filter_map(value);
    match (values.next(), values.next()) {
        (Some(only), None) => Ok(bare(only)),
        _ => Err(KeyError::Multiline),
    }
}

/// The key without its name and its quotes, whichever is outside.
fn bare(text: &str) -> &str {
    match value(text) {
        Some(value) => bare(value),
        None if unquoted(text) == text => text,
        None => bare(unquoted(text)),
    }
}

/// What is behind the name of a key.
fn value(text: &str) -> Option<&str> {
    let (name, value) = text.split_once(['=', ':'])?;
    let value = value.trim().trim_end_matches(',');
    // A quote that was opened in front of the name ends behind the value.
    let open = ['"', '\''].into_iter().find(|quote| name.matches(*quote).count() % 2 == 1);
    let value = open.and_then(|quote| value.strip_suffix(quote)).unwrap_or(value);
    is_name(name).then_some(value)
}

fn is_name(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    text.chars().count() <= LONGEST_NAME && plain.to_ascii_lowercase().ends_with(NAME_ENDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(String, bool), KeyError> {
        TypedKey::parse(text.as_bytes()).map(|typed| (typed.key.expose().to_owned(), typed.unwrapped))
    }

    #[test]
    fn a_key_is_one_line_of_visible_ascii() {
        for good in ["key", " key\n", "key\r\n", "\n\nkey\n\n", "\u{feff}key", "k\u{200b}ey\u{a0}", "k\rey"] {
            assert_eq!(parse(good), Ok(("key".to_owned(), false)), "{good:?}");
        }
        for whole in ["a b", "base64==", "a:b=c", "\"a", "https://h"] {
            assert_eq!(parse(whole), Ok((whole.to_owned(), false)), "{whole:?}");
        }
        let (longest, too_long) = ("k".repeat(MAX_KEY), "k".repeat(MAX_KEY + 1));
        assert_eq!(parse(&longest), Ok((longest.clone(), false)));
        for (bad, why) in [
            ("", KeyError::Empty),
            (" \n", KeyError::Empty),
            ("\"\"", KeyError::Empty),
            ("AUTHENTICATION_API_KEY=", KeyError::Empty),
            ("AUTHENTICATION_API_KEY=\"\"\n", KeyError::Empty),
            ("AUTHENTICATION_API_KEY", KeyError::OnlyName),
            ("${AUTHENTICATION_API_KEY}", KeyError::OnlyName),
            ("a\nb", KeyError::Multiline),
            ("apikey=a\napikey=b", KeyError::Multiline),
            ("a\tb", KeyError::NotAscii),
            ("a\0b", KeyError::NotAscii),
            ("chão", KeyError::NotAscii),
            (too_long.as_str(), KeyError::TooLong),
        ] {
            assert_eq!(parse(bad), Err(why), "{bad:?}");
        }
        assert_eq!(TypedKey::parse(b"a\xff"), Err(KeyError::NotAscii));
    }

    #[test]
    fn a_key_is_taken_out_of_what_it_was_pasted_with() {
        for wrapped in [
            "\"key=\"",
            "'key='",
            "“key=”",
            "AUTHENTICATION_API_KEY=key=",
            "AUTHENTICATION_API_KEY=\"key=\"\r\n",
            "authentication_api_key = key=",
            "export AUTHENTICATION_API_KEY='key='",
            "- AUTHENTICATION_API_KEY=key=",
            "AUTHENTICATION_API_KEY: key=",
            "apikey: key=",
            "apikey:key=",
            "ApiKey=key=",
            "X-Api-Key: key=",
            "-H 'apikey: key='",
            "\"apikey\": \"key=\",",
            "SERVER_URL=http://h\n# API_KEY=old\nAUTHENTICATION_API_KEY=key=\nLANGUAGE=pt\n",
        ] {
            assert_eq!(parse(wrapped), Ok(("key=".to_owned(), true)), "{wrapped:?}");
        }
    }

    #[test]
    fn a_windows_shell_writes_another_encoding() {
        let units = "\u{feff}key\r\n".encode_utf16();
        let little: Vec<u8> = units.clone().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            assert_eq!(TypedKey::parse(&bytes).map(|typed| typed.key), Ok(Secret::new("key")));
        }
        assert_eq!(TypedKey::parse(b"\xff\xfe"), Err(KeyError::Empty));
    }
}
