//! The name of an instance upstream, which may be one that [`Name`] forbids.

use super::Name;

/// Longest name upstream, in characters, as Evolution 2.x keeps them.
const MAX_CHARACTERS: usize = 255;

/// A name that an instance has upstream, letter for letter: spaces, accents and slashes are part of it. It is no
/// `Display`, since a path or a query takes it encoded only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UpstreamName(String);

impl UpstreamName {
    /// Reads a name that upstream lists; `None` for one that no path can carry: nothing, a step in a path, or what
    /// nobody sees.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !matches!(text, "" | "." | "..")
            && text.chars().count() <= MAX_CHARACTERS
            && !text.contains(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name, letter for letter.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a [`Name`] as it stands.
    pub fn is_lawful(&self) -> bool {
        Name::parse(&self.0).is_ok_and(|name| name.as_str() == self.0)
    }
}

impl From<&Name> for UpstreamName {
    fn from(name: &Name) -> Self {
        Self(name.as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_upstream_is_whatever_a_path_can_carry() {
        for (text, is_lawful) in
            [("loja", true), ("Loja Centro", false), ("loja ção", false), (" a", false), ("a/b?c#d%e", false)]
        {
            let name = UpstreamName::parse(text).expect("a name");
            assert_eq!((name.as_str(), name.is_lawful()), (text, is_lawful));
        }
        let longest = "é".repeat(MAX_CHARACTERS);
        assert!(UpstreamName::parse(&longest).is_some());
        for bad in ["", ".", "..", "a\nb", &format!("{longest}x")] {
            assert_eq!(UpstreamName::parse(bad), None, "{bad:?}");
        }
    }
}
