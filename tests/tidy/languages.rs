//! Every sentence of `src/text` is said in Portuguese and in English, with the same values in both.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::at_most;
use super::source::library;

/// Texts that are said in one language only.
const MAX_ONE_LANGUAGE: usize = 0;

#[test]
fn every_sentence_is_said_in_both_languages() {
    let mut found = Found::default();
    for file in library().iter().filter(|file| file.path.starts_with("text/")) {
        let text = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        found.path.clone_from(&file.path);
        found.look(text.parse().expect("Rust"));
    }
    assert!(found.pairs > 300, "{} pairs", found.pairs);
    assert!(found.unlike.is_empty(), "the two do not say the same:\n{}", found.unlike.join("\n"));
    at_most(MAX_ONE_LANGUAGE, "texts in one language", &found.alone);
}

#[derive(Default)]
struct Found {
    path: String,
    pairs: usize,
    /// Pairs that are not one text in two languages.
    unlike: Vec<String>,
    /// Texts of people beside no other.
    alone: Vec<String>,
}

impl Found {
    fn look(&mut self, tokens: TokenStream) {
        let mut says = false;
        for token in tokens {
            match token {
                TokenTree::Group(group) if says && group.delimiter() == Delimiter::Parenthesis => {
                    self.pair(&group);
                    says = false;
                }
                TokenTree::Group(group) => {
                    self.look(group.stream());
                    says = false;
                }
                TokenTree::Literal(literal) => self.alone.extend(
                    text(&literal.to_string()).filter(|text| is_portuguese(text)).map(|t| self.shown(&t)),
                ),
                TokenTree::Ident(name) => says = ["either", "say", "Text"].iter().any(|of| name == of),
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// What `either`, `say!` or `Text` is given.
    fn pair(&mut self, group: &Group) {
        let mut arguments = vec![TokenStream::new()];
        for token in group.stream() {
            match token {
                TokenTree::Punct(comma) if comma.as_char() == ',' => arguments.push(TokenStream::new()),
                token => arguments.last_mut().expect("one").extend([token]),
            }
        }
        let texts: Vec<_> = arguments.iter().take(2).map(texts).collect();
        let [portuguese, english] = texts.as_slice() else { return };
        self.pairs += 1;
        let is_alike = portuguese.len() == english.len()
            && portuguese.iter().zip(english).all(|(one, other)| {
                values(one) == values(other) && other.trim().is_empty() == one.trim().is_empty()
            });
        if !is_alike || english.iter().any(|text| is_portuguese(text)) {
            self.unlike.push(self.shown(&format!("{portuguese:?} {english:?}")));
        }
        arguments.into_iter().skip(2).for_each(|rest| self.look(rest));
    }

    fn shown(&self, text: &str) -> String {
        format!("{}: {text}", self.path)
    }
}

/// The texts among those tokens, however deep.
fn texts(tokens: &TokenStream) -> Vec<String> {
    let of = |token: TokenTree| match token {
        TokenTree::Literal(literal) => text(&literal.to_string()).into_iter().collect(),
        TokenTree::Group(group) => texts(&group.stream()),
        _ => Vec::new(),
    };
    tokens.clone().into_iter().flat_map(of).collect()
}

/// What a literal says, if it is a text.
fn text(literal: &str) -> Option<String> {
    syn::parse_str::<syn::LitStr>(literal).ok().map(|text| text.value())
}

/// Letters that English has not, and words that it has not and that need none.
pub fn is_portuguese(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["arquivo", "de", "um", "uma", "da", "para", "deve", "nada", "erro", "pareada", "nome"];
    text.to_lowercase().contains(|letter| "áàâãéêíóôõúç".contains(letter))
        || text
            .to_lowercase()
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| WORDS.contains(&word))
}

/// The values that a text takes, in their order where they have no names.
fn values(text: &str) -> Vec<String> {
    let plain = text.replace("{{", "").replace("}}", "");
    let mut values: Vec<_> = plain
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(value, _)| value.to_owned())
        .filter(|value| !value.contains(['"', ' ']))
        .collect();
    values.sort();
    values
}
