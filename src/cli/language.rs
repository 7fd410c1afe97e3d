//! The language that the command line speaks: what `--lang` says, else `PAREIA_LANG`, else the locale.

use std::ffi::OsString;

use clap::Arg;

use crate::domain::Language;
use crate::text::cli as words;

/// The variable that stands for `--lang`.
const VARIABLE: &str = "PAREIA_LANG";
/// What says which locale messages are in, the first that says anything.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The option, for help pages and for what it takes. It is read by [`chosen`], before there are words to refuse it in.
pub fn option() -> Arg {
    let readable = |text: &str| match typed(text) {
        None if !text.is_empty() => Err(words::language_invalid()),
        _ => Ok(text.to_owned()),
    };
    Arg::new("lang").long("lang").global(true).env(VARIABLE).value_name("pt|en").value_parser(readable)
}

/// The language of arguments, in an environment of those variables. Portuguese where none of ours is named.
pub fn chosen(arguments: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Language {
    let said = |text: String| (!text.is_empty()).then_some(text);
    let named = given(arguments).or_else(|| variable(VARIABLE)).and_then(said);
    let locale = || LOCALE.into_iter().find_map(|name| variable(name).and_then(said));
    named.as_deref().and_then(typed).or_else(|| typed(&locale()?)).unwrap_or_default()
}

/// The value of `--lang` among arguments that nobody has parsed yet.
fn given(arguments: &[OsString]) -> Option<String> {
    let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy()).take_while(|a| a != "--");
    let first = arguments.find(|argument| argument == "--lang" || argument.starts_with("--lang="))?;
    match first.split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None => arguments.next().map(std::borrow::Cow::into_owned),
    }
}

fn typed(text: &str) -> Option<Language> {
    Language::of_any_country(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_before_the_variable_and_that_before_the_locale() {
        use Language::{English, Portuguese};
        for (line, variables, language) in [
            ("pareia", "", Portuguese),
            ("pareia user list", "LANG=en_US.UTF-8", English),
            ("pareia", "LANG=C", Portuguese),
            ("pareia", "LANG=C.UTF-8", Portuguese),
            ("pareia", "LANG=POSIX", Portuguese),
            ("pareia", "LANG=fr_FR.UTF-8", Portuguese),
            ("pareia", "LANG=en_US.UTF-8 LC_MESSAGES=pt_BR.UTF-8", Portuguese),
            ("pareia", "LC_ALL=en_GB LC_MESSAGES=pt_BR LANG=pt_BR", English),
            ("pareia", "LC_ALL= LANG=en", English),
            ("pareia", "LC_ALL=C LANG=en_US.UTF-8", Portuguese),
            ("pareia", "PAREIA_LANG=en LC_ALL=pt_BR", English),
            ("pareia", "PAREIA_LANG= LANG=en", English),
            ("pareia --lang pt user list", "PAREIA_LANG=en LANG=en", Portuguese),
            ("pareia user list --lang=en", "", English),
            ("pareia --lang", "LANG=en", English),
            ("pareia --lang xx", "LANG=en", English),
            ("pareia x -- --lang en", "", Portuguese),
        ] {
            let arguments: Vec<_> = line.split(' ').map(OsString::from).collect();
            let variable = |name: &str| {
                let pairs = variables.split(' ').filter_map(|pair| pair.split_once('='));
                pairs.filter(|(n, _)| *n == name).map(|(_, value)| value.to_owned()).next()
            };
            assert_eq!(chosen(&arguments, variable), language, "{line} {variables}");
        }
    }
}
