//! What the head of an answer says about who sent it. Reads nothing of the body.

use std::time::{Duration, SystemTime};

use ureq::http::header::{CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER, SERVER, WWW_AUTHENTICATE};
use ureq::http::{Response, Uri};
use ureq::{Body, ResponseExt};

/// Longest wait that a `Retry-After` is taken at its word for.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);
/// Longest host of an address that is repeated to a person.
const MAX_HOST: usize = 253;

/// What of an answer's head tells who sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AnswerHead {
    /// The HTTP status.
    pub status: u16,
    /// The `Server`, in lower case; empty where there is none.
    pub server: String,
    /// Scheme, host and port that `Location` leads to, where they may be repeated to a person.
    pub leads_to: Option<String>,
    /// Whether it asks for a name and a password.
    pub asks_for_password: bool,
    /// Whether Cloudflare says that it is a page of its own.
    pub is_challenge: bool,
    /// Whether it says to be HTML.
    pub is_html: bool,
    /// How long it tells to wait before the next request.
    pub retry_after: Option<Duration>,
}

impl AnswerHead {
    /// Reads the head of an answer.
    pub(super) fn of(response: &Response<Body>) -> Self {
        let header = |name: HeaderName| response.headers().get(name)?.to_str().ok();
        let is_challenge = response.headers().contains_key("cf-mitigated");
        Self {
            status: response.status().as_u16(),
            server: header(SERVER).unwrap_or_default().to_ascii_lowercase(),
            leads_to: header(LOCATION).and_then(|text| leads_to(text, response.get_uri())),
            asks_for_password: header(WWW_AUTHENTICATE).is_some(),
            is_challenge,
            is_html: header(CONTENT_TYPE).is_some_and(|kind| kind.to_ascii_lowercase().contains("html")),
            retry_after: header(RETRY_AFTER).and_then(|text| retry_after(text, SystemTime::now())),
        }
    }
}

/// Scheme, host and port of a `Location` in the answer of that address; `None` for what may not be repeated.
fn leads_to(location: &str, from: &Uri) -> Option<String> {
    let location = location.split(['?', '#']).next().unwrap_or_default();
    let to: Uri = location.parse().ok()?;
    // A path alone, or a host without a scheme, counts from where the answer came from.
    let authority = to.authority().or(from.authority())?.as_str();
    let scheme = to.scheme_str().or(from.scheme_str())?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    let is_fit = authority.len() <= MAX_HOST && authority.chars().all(is_plain);
    (is_fit && ["http", "https"].contains(&scheme)).then(|| format!("{scheme}://{authority}"))
}

/// Seconds, or a date.
fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let wait = match text.trim().parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        // A date that is over says to come at once.
        Err(_) => httpdate::parse_http_date(text.trim()).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_redirect_leads_is_said_in_a_form_that_can_be_repeated() {
        let from = "http://evo.example:8080/verify-creds".parse().expect("an address");
        for (location, to) in [
            ("https://evo.example/verify-creds", Some("https://evo.example")),
            ("https://auth.example:8443/login?next=%2F", Some("https://auth.example:8443")),
            ("/login", Some("http://evo.example:8080")),
            ("https://[::1]:8443/", Some("https://[::1]:8443")),
            ("https://user:word@evo.example/", None),
            ("javascript:alert(1)", None),
            ("ftp://evo.example/", None),
            ("https://evo.example/<script>", None),
            ("", None),
        ] {
            assert_eq!(leads_to(location, &from).as_deref(), to, "{location}");
        }
        let long = format!("https://{}.example/", "a".repeat(MAX_HOST));
        assert_eq!(leads_to(&long, &from), None);
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_by_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 90);
        for (text, seconds) in [
            ("5", Some(5)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(90)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("99999999", Some(MAX_RETRY_AFTER.as_secs())),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(text, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
