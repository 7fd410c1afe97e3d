//! A name of a row's own for an instance whose name upstream is none that a row may have. Pure.

use crate::domain::{MAX_NAME, Name, unaccented};

/// Characters left for a number behind the name.
const SUFFIX: usize = 6;
/// What an instance is called of whose name nothing is left.
const NAMELESS: &str = "instancia";

/// The name that is nearest to the text and not taken; the text itself where it is one.
pub(super) fn lawful_name(text: &str, is_taken: impl Fn(&String) -> bool) -> Name {
    let base = nearest(text);
    let numbered = (2..).map(|n: u32| format!("{base}-{n}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|name| !is_taken(name));
    Name::parse(&free.unwrap_or_else(|| NAMELESS.to_owned())).expect("letters, digits and dashes")
}

/// The text without accents, with a dash in the place of whatever a name cannot have.
fn nearest(text: &str) -> String {
    if Name::parse(text).is_ok_and(|name| name.as_str() == text) {
        return text.to_owned();
    }
    let mut name = String::new();
    for c in unaccented(text) {
        let allowed = c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
        if allowed && (!name.is_empty() || c.is_ascii_alphanumeric()) {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(MAX_NAME - SUFFIX);
    let name = name.trim_end_matches('-');
    if name.is_empty() { NAMELESS.to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_as_near_as_it_may_be_and_not_taken() {
        let long = "a".repeat(200);
        let mut taken = vec!["loja".to_owned(), "Loja-Sul".to_owned()];
        for (text, name) in [
            ("my-store", "my-store"),
            ("Loja Centro", "Loja-Centro"),
            ("Loja  Centro", "Loja-Centro-2"),
            ("Loja/Centro", "Loja-Centro-3"),
            ("Loja Sul", "Loja-Sul-2"),
            ("loja ção", "loja-cao"),
            (" _.loja 1 ", "loja-1"),
            ("ação & cia.", "acao-cia."),
            ("☕", "instancia"),
            ("中文", "instancia-2"),
            (&format!("{long} b"), &long[..MAX_NAME - SUFFIX]),
        ] {
            let found = lawful_name(text, |name| taken.contains(name));
            assert_eq!(found.as_str(), name, "{text:?}");
            taken.push(name.to_owned());
        }
    }
}
