//! The page's cookie: read as strictly as it is written.

use crate::domain::{Millis, Secret};

/// Its name.
const NAME: &str = "pareia_session";
/// Its value's length: 256 bits in base64.
const LENGTH: usize = 43;

/// The one session that the request names. Two of them would leave open which one counts: one may
/// be another program's on the same machine, whose cookies know no ports.
pub fn session<'a>(lines: &[&'a str]) -> Option<&'a str> {
    let pairs = lines.iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    let value = values.next()?;
    let fits =
        value.len() == LENGTH && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    (fits && values.next().is_none()).then_some(value)
}

/// The header that gives a browser its session.
pub fn set(cookie: &Secret, life: Millis, secure: bool) -> (&'static str, String) {
    line(cookie.expose(), life / 1000, secure)
}

/// The header that takes it away.
pub fn clear(secure: bool) -> (&'static str, String) {
    line("", 0, secure)
}

fn line(value: &str, seconds: Millis, secure: bool) -> (&'static str, String) {
    let secure = if secure { "; Secure" } else { "" };
    ("Set-Cookie", format!("{NAME}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_of_the_right_shape_counts() {
        let value = "A-_z".repeat(10) + "abc";
        let ours = format!("pareia_session={value}");
        for good in [ours.clone(), format!("a=b; {ours}"), format!("{ours};c=d"), format!(" x; {ours} ; ")] {
            assert_eq!(session(&[&good]), Some(&*value), "{good}");
        }
        assert_eq!(session(&["a=b", &ours]), Some(&*value), "two lines are one list");
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
            format!("{ours}; {ours}"),
            format!("{ours}; pareia_session=x"),
        ] {
            assert_eq!(session(&[&bad]), None, "{bad}");
        }
        assert_eq!(session(&[&ours, &ours]), None);
    }
}
