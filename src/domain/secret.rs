//! Text that must not leak: keys, tokens, passwords, QR codes.

use std::fmt;
use std::sync::Arc;

/// A text that must not reach a log, an error or a terminal by accident. Shared when cloned: a QR
/// code has 17 KiB and passes through many hands.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A QR code as upstream gave it. Whoever scans it owns the pairing, so it never reaches a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Qr {
    /// What the picture says, to draw it elsewhere; upstream sends it beside the picture.
    pub code: Option<Secret>,
    /// The picture: a PNG as data URI.
    pub image: Secret,
    /// The 8 characters to type on the phone, where the socket was opened with a number.
    pub pairing_code: Option<Secret>,
}

impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Qr(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", Secret::new("hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
