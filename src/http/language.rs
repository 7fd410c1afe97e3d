//! Which language a request is answered in.

use super::request::Request;
use crate::domain::Language;

/// The language that a request asks for; Portuguese where it asks for none of ours.
pub fn wanted(request: &Request) -> Language {
    preferred(&request.headers("Accept-Language"))
}

/// Of ours that are named, the one that is liked most; of two that are liked the same the first.
fn preferred(lines: &[&str]) -> Language {
    let ranges = lines.iter().flat_map(|line| line.split(','));
    let mut best = (0.0, Language::Portuguese);
    for (liked, language) in ranges.filter_map(weighed) {
        if liked > best.0 {
            best = (liked, language);
        }
    }
    best.1
}

/// How much a language of ours is liked, from 0 to 1. What cannot be read counts for nothing, and `*` names none.
fn weighed(range: &str) -> Option<(f32, Language)> {
    let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
    let liked =
        weight.trim().strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim().parse().ok()?;
    (0.0..=1.0).contains(&liked).then_some(())?;
    Some((liked, Language::of_any_country(tag)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_liked_most_wins_and_portuguese_where_nothing_of_ours_is_named() {
        use Language::{English, Portuguese};
        for (lines, language) in [
            (&[][..], Portuguese),
            (&[""], Portuguese),
            (&["*"], Portuguese),
            (&["fr-FR, de;q=0.8"], Portuguese),
            (&["en"], English),
            (&["EN-us"], English),
            (&["en-US,en;q=0.9,pt-BR;q=0.8"], English),
            (&["pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7"], Portuguese),
            (&["pt;q=0.4, en ; q=0.5"], English),
            (&["en;q=0.5,pt;q=0.5"], English),
            (&["fr", "en;q=0.1"], English),
            (&["en;q=0"], Portuguese),
            (&["en;q=0, *"], Portuguese),
            (&["en;q=2"], Portuguese),
            (&["en;q=NaN"], Portuguese),
            (&["en;q=", "en;x=1", ";", "english"], Portuguese),
        ] {
            assert_eq!(preferred(lines), language, "{lines:?}");
        }
    }
}
