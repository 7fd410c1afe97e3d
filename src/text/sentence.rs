//! A refusal in words, with the code that programs look at.

use std::borrow::Cow;

/// A refusal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The stable code that programs look at.
    pub code: &'static str,
    /// What happened.
    pub error: String,
    /// The cause and the next step, where there is more to say.
    pub detail: Option<Cow<'static, str>>,
}
