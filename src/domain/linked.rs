//! Which phone is linked upstream, and whether that is the one a row expects.
//!
//! Upstream names it letter for letter as WhatsApp does: `552198765432@s.whatsapp.net` for a phone that
//! was registered without the ninth digit, and `…@lid` where WhatsApp hides the number.

use super::{Millis, Phone};

/// Most characters that are kept of a profile's name; `WhatsApp` allows 25.
const MAX_PROFILE_NAME: usize = 100;

/// The account that upstream names as an instance's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedPhone {
    /// Its number; `None` where WhatsApp hides it.
    pub number: Option<Phone>,
    /// What the account calls itself.
    pub profile_name: Option<String>,
}

/// A linked phone, and since when it is known to be that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedSince {
    pub phone: LinkedPhone,
    pub at: Millis,
}

impl LinkedPhone {
    /// Reads an owner as upstream lists it, a WhatsApp id and a name; `None` where there is none.
    pub fn read(jid: Option<&str>, profile_name: Option<&str>) -> Option<Self> {
        let jid = jid.filter(|jid| !jid.is_empty())?;
        Some(Self { number: number_of(jid), profile_name: profile_name.and_then(shown) })
    }
}

/// The name without what a list cannot show, cut short; `None` where nothing is left.
fn shown(name: &str) -> Option<String> {
    let kept: String = name.chars().filter(|c| !c.is_control()).take(MAX_PROFILE_NAME).collect();
    Some(kept.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The number of a WhatsApp id; `None` for one that is no phone number: a hidden one (`@lid`), a group, or
/// what is not understood.
fn number_of(jid: &str) -> Option<Phone> {
    let (user, server) = jid.split_once('@')?;
    if !matches!(server, "s.whatsapp.net" | "c.us") {
        return None;
    }
    // A linked device is `NUMBER:DEVICE`.
    Phone::stored(user.split(':').next().unwrap_or_default())
}

impl Phone {
    /// Whether both reach the same phone. Three countries write one number in two ways, of which
    /// WhatsApp keeps the one under which the phone was registered.
    pub fn is_same_phone(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// Whether it is the phone that a row is for, whose number earlier rules may have let in without a country code;
    /// `None` where that number may be any.
    pub fn is_phone_of_row(&self, number: &str) -> Option<bool> {
        let is_same = |phone: Self| self.is_same_phone(&phone);
        if Self::stored(number).is_some_and(is_same) {
            return Some(true);
        }
        Self::likely(number).map(is_same)
    }

    /// The number without the digit that may be there or not: equal for whatever reaches the same phone.
    pub fn key(&self) -> String {
        let (before, after) = without_optional_digit(self.as_str());
        [before, after].concat()
    }
}

/// The two parts of the number around a digit that may be there or not.
fn without_optional_digit(digits: &str) -> (&str, &str) {
    // Country code, where the digit stands, the digit, and how long the number is with it.
    const OPTIONAL: [(&str, usize, &str, usize); 3] = [
        ("55", 4, "9", 13), // Brazil: the ninth digit behind the area code
        ("52", 2, "1", 13), // Mexico: the mark of a mobile, given up in 2019
        ("54", 2, "9", 13), // Argentina: the mark of a mobile, for calls from abroad
    ];
    let optional = OPTIONAL.iter().find(|(country, at, digit, length)| {
        digits.len() == *length && digits.starts_with(country) && digits[*at..].starts_with(digit)
    });
    optional.map_or((digits, ""), |(_, at, digit, _)| (&digits[..*at], &digits[at + digit.len()..]))
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
    fn an_owner_is_read_short_and_plain() {
        let name = |text| LinkedPhone::read(Some("1@lid"), text).expect("an owner").profile_name;
        let long = "é".repeat(MAX_PROFILE_NAME + 1);
        for (given, kept) in [
            (Some("Loja"), Some("Loja")),
            (Some(" Lo\nja\u{1b} "), Some("Loja")),
            (Some(&*long), Some(&long[..2 * MAX_PROFILE_NAME])),
            (Some(" \t"), None),
            (None, None),
        ] {
            assert_eq!(name(given).as_deref(), kept, "{given:?}");
        }
        assert_eq!([None, Some("")].map(|jid| LinkedPhone::read(jid, Some("Loja"))), [None, None]);
    }

    #[test]
    fn a_row_is_for_the_phone_that_its_number_most_likely_means() {
        for (number, linked, is_phone) in [
            ("5521991856227", "552191856227", Some(true)),
            ("5521991856227", "5521991856228", Some(false)),
            ("021991856227", "5521991856227", Some(true)),
            ("21991856227", "5521991856227", Some(true)),
            ("21991856227", "5511991856227", Some(false)),
            ("+55 21 99185-6227", "5521991856227", Some(true)),
            // Peru's, stored without the plus that it was typed with.
            ("51987654321", "51987654321", Some(true)),
            ("12345678", "5511912345678", None),
            ("12345678", "12345678", Some(true)),
            ("a loja", "5521991856227", None),
            ("", "5521991856227", None),
        ] {
            let linked = Phone::stored(linked).expect("a phone");
            assert_eq!(linked.is_phone_of_row(number), is_phone, "{number} {linked:?}");
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
            let [one, other] = [one, other].map(|digits| Phone::stored(digits).expect("a phone"));
            assert_eq!(one.is_same_phone(&other), same, "{one:?} {other:?}");
            assert_eq!(other.is_same_phone(&one), same, "{other:?} {one:?}");
        }
    }
}
