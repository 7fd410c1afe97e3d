//! What a check found: one line.

use serde::Serialize;

use crate::text::Sentence;

/// How bad a finding is, in the words of `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Works, and should be mended.
    Warn,
    /// Does not work.
    Bad,
}

/// One line of the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check.
    pub check: &'static str,
    /// Which server, where there are several.
    pub subject: Option<String>,
    pub level: Severity,
    /// The stable code of what is wrong, for programs.
    pub code: Option<&'static str>,
    pub text: String,
    /// What to do about it.
    pub cure: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, subject: None, level: Severity::Ok, code: None, text: text.into(), cure: None }
    }

    /// Something should be mended.
    pub fn warn(check: &'static str, sentence: Sentence) -> Self {
        Self::of(check, Severity::Warn, sentence)
    }

    /// Something does not work.
    pub fn bad(check: &'static str, sentence: Sentence) -> Self {
        Self::of(check, Severity::Bad, sentence)
    }

    fn of(check: &'static str, level: Severity, sentence: Sentence) -> Self {
        let Sentence { code, error, detail } = sentence;
        let cure = detail.map(std::borrow::Cow::into_owned);
        Self { check, subject: None, level, code: Some(code), text: error, cure }
    }

    /// The same of that server.
    #[must_use]
    pub fn about(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }
}

/// The finding that all is well where nothing else was found.
pub fn or_fine(found: Vec<Finding>, check: &'static str, fine: impl FnOnce() -> String) -> Vec<Finding> {
    if found.is_empty() { vec![Finding::ok(check, fine())] } else { found }
}
