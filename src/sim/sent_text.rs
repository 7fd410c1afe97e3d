//! A text that was sent through an instance. Sends none.

/// A text that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentText {
    /// The instance it was sent through.
    pub from: String,
    /// The number it was for.
    pub to: String,
    /// What it says.
    pub text: String,
}
