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
        let detail = if lines.is_empty() { return Err(none(request)) } else { text::TOKEN_TWICE };
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
    if elsewhere { Problem::UnreadableToken(text::TOKEN_ELSEWHERE) } else { Problem::Unauthorized }
}

/// What was sent in place of a token, if it was that.
fn fault(scheme: &str, token: &str) -> Option<&'static str> {
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    let starts_again = token.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer "));
    let found = [
        (is_bearer && token.is_empty(), text::TOKEN_EMPTY),
        (!is_bearer && token.is_empty(), text::TOKEN_WITHOUT_SCHEME),
        (scheme.eq_ignore_ascii_case("basic"), text::TOKEN_BASIC),
        (!is_bearer, text::TOKEN_OTHER_SCHEME),
        (starts_again, text::TOKEN_DOUBLED),
        (unquoted(token) != token || token.starts_with(['"', '\'']), text::TOKEN_QUOTED),
        (token.contains(['{', '}', '$', '%']) || token == "TOKEN", text::TOKEN_PLACEHOLDER),
        (token.contains([' ', '\t', '\\', ',']), text::TOKEN_BROKEN),
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
            ("Bearer", "", Some(text::TOKEN_EMPTY)),
            ("pareia_x", "", Some(text::TOKEN_WITHOUT_SCHEME)),
            ("Basic", "cm9vdDp4", Some(text::TOKEN_BASIC)),
            ("Token", "x", Some(text::TOKEN_OTHER_SCHEME)),
            ("Bearer:", "x", Some(text::TOKEN_OTHER_SCHEME)),
            ("Bearer", "Bearer x", Some(text::TOKEN_DOUBLED)),
            ("Bearer", "\"x\"", Some(text::TOKEN_QUOTED)),
            ("Bearer", "'x", Some(text::TOKEN_QUOTED)),
            ("Bearer", "<x>", Some(text::TOKEN_QUOTED)),
            ("Bearer", "{{ $json.token }}", Some(text::TOKEN_PLACEHOLDER)),
            ("Bearer", "$TOKEN", Some(text::TOKEN_PLACEHOLDER)),
            ("Bearer", "%TOKEN%", Some(text::TOKEN_PLACEHOLDER)),
            ("Bearer", "TOKEN", Some(text::TOKEN_PLACEHOLDER)),
            ("Bearer", "x\\n", Some(text::TOKEN_BROKEN)),
            ("Bearer", "x y", Some(text::TOKEN_BROKEN)),
        ] {
            assert_eq!(fault(scheme, token), expected, "{scheme} {token}");
        }
    }
}
