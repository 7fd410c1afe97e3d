//! The page's cookies. Two are read as strictly as they are written: its session, and the mark of a browser that logged
//! in before. The others are what a person chose of the page, which its own scripts write. Nothing here knows whose they are.

use crate::domain::{Millis, Secret};

/// The session's name.
const NAME: &str = "pareia_session";
/// The name of the mark of a browser that logged in before.
const BROWSER: &str = "pareia_browser";
/// Seconds for which a browser keeps that mark: a year.
const BROWSER_LIFE: Millis = 365 * 24 * 3600;
/// The length of either's value: 256 bits in base64.
const LENGTH: usize = 43;

/// Values that are looked up of one request.
const MAX_VALUES: usize = 4;

/// Where a browser sends a cookie to.
pub struct CookieScope<'a> {
    /// The path below which the page is; empty at the root of its host.
    pub base_path: &'a str,
    /// Whether over encrypted connections alone.
    pub secure: bool,
}

/// What may be a session of those that the request names. There may be more than one: a cookie of that
/// name may be another program's on the same machine, whose cookies know no ports.
pub fn sessions<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    values(lines, NAME)
}

/// What may be the mark of a browser, likewise.
pub fn browsers<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    values(lines, BROWSER)
}

/// What a person chose, by its name; empty where nothing was.
pub fn choice<'a>(lines: &[&'a str], name: &str) -> &'a str {
    pairs(lines).find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

fn pairs<'a>(lines: &[&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    lines.iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

fn values<'a>(lines: &[&'a str], wanted: &str) -> Vec<&'a str> {
    let fits = |value: &&str| {
        value.len() == LENGTH && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let values = pairs(lines).filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    values.filter(fits).take(MAX_VALUES).collect()
}

/// The header that gives a browser its session.
pub fn set(cookie: &Secret, life: Millis, scope: &CookieScope) -> (&'static str, String) {
    line(NAME, cookie.expose(), life / 1000, scope)
}

/// The header that marks a browser that logged in.
pub fn set_browser(mark: &Secret, scope: &CookieScope) -> (&'static str, String) {
    line(BROWSER, mark.expose(), BROWSER_LIFE, scope)
}

/// The header that takes it away.
pub fn clear(scope: &CookieScope) -> (&'static str, String) {
    line(NAME, "", 0, scope)
}

fn line(name: &str, value: &str, seconds: Millis, scope: &CookieScope) -> (&'static str, String) {
    let secure = if scope.secure { "; Secure" } else { "" };
    let path = scope.base_path;
    (
        "Set-Cookie",
        format!("{name}={value}; HttpOnly; SameSite=Strict; Path={path}/; Max-Age={seconds}{secure}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_of_the_right_shape_count() {
        let value = "A-_z".repeat(10) + "abc";
        let ours = format!("pareia_session={value}");
        for good in [ours.clone(), format!("a=b; {ours}"), format!("{ours};c=d"), format!(" x; {ours} ; ")] {
            assert_eq!(sessions(&[&good]), [&*value], "{good}");
        }
        assert_eq!(sessions(&["a=b", &ours]), [&*value], "two lines are one list");
        for bad in [
            String::new(),
            value.clone(),
            format!("PAREIA_SESSION={value}"),
            format!("xpareia_session={value}"),
            format!("pareia_session=\"{value}\""),
            format!("pareia_session={value}x"),
            format!("pareia_session={}", &value[1..]),
            format!("pareia_session={}=", &value[1..]),
            format!("pareia_session ={value}"),
        ] {
            assert!(sessions(&[&bad]).is_empty(), "{bad}");
        }
        assert_eq!(sessions(&[&ours, "pareia_session=x", &ours]), [&*value, &*value]);
        assert_eq!(sessions(&[&*format!("{ours};").repeat(9)]).len(), MAX_VALUES);
    }
}
