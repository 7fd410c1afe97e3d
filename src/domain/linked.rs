//! Which phone is linked upstream, and whether that is the one a row expects.
//!
//! Upstream names it letter for letter as WhatsApp does: `552198765432@s.whatsapp.net` for a phone that
//! was registered without the ninth digit, and `…@lid` where WhatsApp hides the number.

use super::Phone;

/// The phone that a WhatsApp id is of, as digits; `None` for one that is no phone number: a hidden
/// one (`@lid`), a group, or what is not understood.
pub fn number_of(jid: &str) -> Option<Phone> {
    let (user, server) = jid.split_once('@')?;
    if !matches!(server, "s.whatsapp.net" | "c.us") {
        return None;
    }
    // A linked device is `NUMBER:DEVICE`.
    let number = user.split(':').next().unwrap_or_default();
    Phone::parse(number).ok().filter(|phone| phone.as_str() == number)
}

impl Phone {
    /// Whether both reach the same phone. Three countries write one number in two ways, of which
    /// WhatsApp keeps the one under which the phone was registered.
    pub fn is_same_phone(&self, other: &Self) -> bool {
        without_optional_digit(self.as_str()) == without_optional_digit(other.as_str())
    }
}

/// The two parts of the number around a digit that may be there or not.
fn without_optional_digit(digits: &str) -> (&str, &str) {
    // Country code and area that come first, the digit, and how long the number is with it.
    const OPTIONAL: [(&str, usize, &str, usize); 3] = [
        ("55", 4, "9", 13), // Brazil: the ninth digit behind the area code
        ("52", 2, "1", 13), // Mexico: the mark of a mobile, given up in 2019
        ("54", 2, "9", 13), // Argentina: the mark of a mobile, for calls from abroad
    ];
    let optional = OPTIONAL.iter().find(|(country, at, digit, length)| {
        digits.len() == *length && digits.starts_with(country) && digits[*at..].starts_with(digit)
    });
    match optional {
        Some((_, at, digit, _)) => (&digits[..*at], &digits[at + digit.len()..]),
        None => {
            let at = OPTIONAL.iter().find(|(country, ..)| digits.starts_with(country)).map_or(0, |o| o.1);
            digits.split_at(at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whatsapp_id_is_a_number_or_unknown() {
        for (jid, number) in [
            ("552198765432@s.whatsapp.net", Some("552198765432")),
            ("5521998765432:12@s.whatsapp.net", Some("5521998765432")),
            ("5521998765432@c.us", Some("5521998765432")),
            ("123456789012345@lid", None),
            ("120363000000000000@g.us", None),
            ("5521998765432", None),
            ("@s.whatsapp.net", None),
            ("+5521998765432@s.whatsapp.net", None),
            ("", None),
        ] {
            assert_eq!(number_of(jid).as_ref().map(Phone::as_str), number, "{jid}");
        }
    }

    #[test]
    fn one_phone_has_two_numbers_in_three_countries() {
        for (one, other, same) in [
            ("5521998765432", "5521998765432", true),
            ("5521998765432", "552198765432", true),
            ("5521998765432", "5521998765433", false),
            ("5521998765432", "5511998765432", false),
            ("5521998765432", "552188765432", false),
            ("5215512345678", "525512345678", true),
            ("5215512345678", "525512345679", false),
            ("5215512345678", "5215512345678", true),
            ("5491112345678", "541112345678", true),
            ("5491112345678", "541112345679", false),
            ("15551234567", "15551234567", true),
            ("15551234567", "5551234567", false),
        ] {
            let [one, other] = [one, other].map(|digits| Phone::parse(digits).expect("a phone"));
            assert_eq!(one.is_same_phone(&other), same, "{one:?} {other:?}");
            assert_eq!(other.is_same_phone(&one), same, "{other:?} {one:?}");
        }
    }
}
