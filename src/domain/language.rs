//! The languages that people are spoken to in.

/// A language that every sentence is said in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Portuguese,
    English,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Portuguese, Self::English];

    /// Its tag, as HTTP and HTML name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            Self::English => "en",
        }
    }

    /// Reads the tag.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == tag)
    }

    /// The language of a tag or a locale of any country: `pt`, `pt-PT`, `en_US.UTF-8`.
    pub fn of_any_country(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|known| known.as_str()[..2].eq_ignore_ascii_case(language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_the_same_in_every_country() {
        use Language::{English, Portuguese};
        for (tag, language) in [
            ("pt", Some(Portuguese)),
            ("pt-PT", Some(Portuguese)),
            ("pt_BR.UTF-8", Some(Portuguese)),
            ("EN", Some(English)),
            (" en-GB ", Some(English)),
            ("en_US.UTF-8", Some(English)),
            ("en@euro", Some(English)),
            ("C.UTF-8", None),
            ("POSIX", None),
            ("enm", None),
            ("fr", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Language::of_any_country(tag), language, "{tag:?}");
        }
    }
}
