//! The page's cookie: read as strictly as it is written.

use crate::domain::{Millis, Secret};

/// Its name.
const NAME: &str = "pareia_session";
/// Its value's length: 256 bits in base64.
const LENGTH: usize = 43;

/// Values that are looked up of one request.
const MAX_VALUES: usize = 4;

/// What may be a session of those that the request names. There may be more than one: a cookie of that
/// name may be another program's on the same machine, whose cookies know no ports.
pub fn sessions<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let pairs = lines.iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let fits = |value: &&str| {
        value.len() == LENGTH && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let values = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    values.filter(fits).take(MAX_VALUES).collect()
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
