//! What is wrong with a server, as it is told wherever a server is shown.

use std::borrow::Cow;

use serde::Serialize;

use crate::domain::Millis;
use crate::domain::clock;
use crate::text;

/// A code, its words, and since when.
#[derive(Serialize)]
pub struct ServerProblemJson {
    code: &'static str,
    error: String,
    detail: Option<Cow<'static, str>>,
    since: String,
}

impl ServerProblemJson {
    /// What there is to tell of the code that was written down.
    pub fn of(code: &str, since: Millis) -> Self {
        let text::Sentence { code, error, detail } = text::server_code(code);
        Self { code, error, detail, since: clock::iso(since) }
    }
}
