//! Text as searches compare it. Pure.

use crate::domain::unaccented;

/// The text without accents and capitals.
pub(super) fn folded(text: &str) -> String {
    unaccented(text).flat_map(char::to_lowercase).collect()
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
