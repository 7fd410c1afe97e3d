//! The one token of a request, and what was sent in its place. No answer repeats any of it.

use crate::domain::unquoted;
use crate::http::problem::Problem;
use crate::http::request::Request;
use crate::text;

/// Longest token that is looked up; ours have 50 characters.
const MAX_TOKEN: usize = 256;
/// Headers in which other APIs take a key.
const OTHER_HEADERS: [&str; 4] = ["apikey", "X-Api-Key", "X-Auth-Token", "X-Access-Token"];

/// The token of a request that has an `Authorization` line. Two of them would leave open which one counts.
pub fn token(request: &Request) -> Result<&str, Problem> {
    let lines = request.headers("Authorization");
    let &[line] = lines.as_slice() else {
        let detail = if lines.is_empty() { return Err(none(request)) } else { text::token_twice() };
        return Err(Problem::UnreadableToken(detail));
    };
    let line = line.trim();
    let (scheme, token) = line.split_once(' ').map_or((line, ""), |(scheme, token)| (scheme, token.trim()));
    match fault(scheme, token) {
        Some(detail) => Err(Problem::UnreadableToken(detail)),
        None if token.len() > MAX_TOKEN => Err(Problem::Unauthorized),
        None => Ok(token),
    }
}

/// What a request without such a line is told.
pub fn none(request: &Request) -> Problem {
    let elsewhere = OTHER_HEADERS.iter().any(|name| !request.headers(name).is_empty());
    if elsewhere { Problem::UnreadableToken(text::token_elsewhere()) } else { Problem::Unauthorized }
}

/// What was sent in place of a token, if it was that.
fn fault(scheme: &str, token: &str) -> Option<&'static str> {
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    let starts_again = token.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer "));
    let found = [
        (is_bearer && token.is_empty(), text::token_empty()),
        (!is_bearer && token.is_empty(), text::token_without_scheme()),
        (scheme.eq_ignore_ascii_case("basic"), text::token_basic()),
        (!is_bearer, text::token_other_scheme()),
        (starts_again, text::token_doubled()),
        (unquoted(token) != token || token.starts_with(['"', '\'']), text::token_quoted()),
        (token.contains(['{', '}', '$', '%']) || token == "TOKEN", text::token_placeholder()),
        (token.contains([' ', '\t', '\\', ',']), text::token_broken()),
    ];
    found.into_iter().find(|(is_so, _)| *is_so).map(|(_, detail)| detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_in_place_of_a_token_is_told_apart() {
        for (scheme, token, expected) in [
            ("Bearer", "pareia_x-Y9", None),
            ("BEARER", "a.b_c", None),
            ("Bearer", "", Some(text::token_empty())),
            ("pareia_x", "", Some(text::token_without_scheme())),
            ("Basic", "cm9vdDp4", Some(text::token_basic())),
            ("Token", "x", Some(text::token_other_scheme())),
            ("Bearer:", "x", Some(text::token_other_scheme())),
            ("Bearer", "Bearer x", Some(text::token_doubled())),
            ("Bearer", "\"x\"", Some(text::token_quoted())),
            ("Bearer", "'x", Some(text::token_quoted())),
            ("Bearer", "<x>", Some(text::token_quoted())),
            ("Bearer", "{{ $json.token }}", Some(text::token_placeholder())),
            ("Bearer", "$TOKEN", Some(text::token_placeholder())),
            ("Bearer", "%TOKEN%", Some(text::token_placeholder())),
            ("Bearer", "TOKEN", Some(text::token_placeholder())),
            ("Bearer", "x\\n", Some(text::token_broken())),
            ("Bearer", "x y", Some(text::token_broken())),
        ] {
            assert_eq!(fault(scheme, token), expected, "{scheme} {token}");
        }
    }
}
