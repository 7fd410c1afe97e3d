//! Text as searches compare it. Pure.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text without accents and capitals.
pub(super) fn folded(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_make_no_difference() {
        for (text, plain) in [
            ("Ação Já", "acao ja"),
            ("AC\u{327}A\u{303}O", "acao"),
            ("PÃO & Cia. nº 2", "pao & cia. nº 2"),
            ("Ñandú Ü", "nandu u"),
            ("👩\u{200d}🔧", "👩\u{200d}🔧"),
        ] {
            assert_eq!(folded(text), plain);
        }
    }
}
