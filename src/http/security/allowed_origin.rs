//! An origin whose pages may call the API, as the settings name it and browsers write it. Pure.

use std::fmt;
use std::str::FromStr;

use super::authority::{is_host, parts};
use crate::domain::typed_value;

/// The origin of pages that may call the API: scheme, host and port, as browsers write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigin(String);

/// A text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnOrigin;

impl FromStr for AllowedOrigin {
    type Err = NotAnOrigin;

    /// Reads an origin; a slash at the end is no path.
    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let typed = typed_value(text).to_ascii_lowercase();
        let (scheme, authority) = parts(&typed).ok_or(NotAnOrigin)?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        let path = typed.splitn(4, '/').nth(3).unwrap_or_default();
        let fits = is_scheme && is_host(&authority) && path.is_empty();
        if fits { Ok(Self(format!("{scheme}://{authority}"))) } else { Err(NotAnOrigin) }
    }
}

impl fmt::Display for AllowedOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (text, origin) in [
            ("https://app.loja.com.br", "https://app.loja.com.br"),
            (" HTTPS://App.Loja.com.br:443/\r\n", "https://app.loja.com.br"),
            ("\"http://localhost:5173\"", "http://localhost:5173"),
            ("http://[::1]:80", "http://[::1]"),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            assert_eq!(text.parse().map(|AllowedOrigin(text)| text), Ok(origin.to_owned()), "{text:?}");
        }
        for bad in [
            "",
            "*",
            "null",
            "app.loja.com.br",
            "https://",
            "https://a/b",
            "https://u@a",
            "https://*.a",
            "https://a?b",
        ] {
            assert_eq!(bad.parse::<AllowedOrigin>(), Err(NotAnOrigin), "{bad}");
        }
    }
}
