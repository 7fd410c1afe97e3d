//! Phone numbers as E.164 digits, read where it is certain what people mean and refused where it is not. Pure.
//!
//! The rules are those of `tests/cases/phones.json`, which the page keeps as well. What holds a number, such as a link,
//! is opened by `written_number.rs`.

use std::fmt;

use super::phone_error::{PhoneError, PhoneFault};
use super::typed_text::typed_value;
use super::written_number::{PHONE_DIGITS, is_digits, written_number};

/// Fewest without a plus: what is shorter may be a number without its area.
const LEAST_WITHOUT_PLUS: usize = 10;
/// The country whose own ways of writing a number are read.
const BRAZIL: &str = "55";
/// Digits behind it: the area and 8 more, or 9 for a mobile.
const LANDLINE: usize = 10;
const MOBILE: usize = 11;
/// Area codes (DDD) that Anatel has given out, by their first digit: which second digits there are.
const AREAS: [&str; 10] = [
    "",
    "123456789",
    "12478",
    "1234578",
    "123456789",
    "1345",
    "123456789",
    "134579",
    "123456789",
    "123456789",
];

/// A phone number: digits only, country code first. It is personal data: `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a phone as people write and paste it.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        read(written_number(&typed_value(text))?).map(Self)
    }

    /// A phone that is stored, or that upstream names: rules for what people type do not bind them.
    pub fn stored(digits: &str) -> Option<Self> {
        let fits = PHONE_DIGITS.contains(&digits.len()) && is_digits(digits);
        fits.then(|| Self(digits.to_owned()))
    }

    /// The phone of a row: as it is stored, or as somebody wrote it there by hand; `None` where that is no phone.
    pub fn of_row(text: &str) -> Option<Self> {
        Self::stored(text).or_else(|| Self::parse(text).ok())
    }

    /// What a text most likely means: what it is read as, or the form that its refusal proposes.
    pub fn likely(text: &str) -> Option<Self> {
        Self::parse(text).map_or_else(|error| error.form.map(Self), Some)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.len().min(4);
        write!(f, "Phone({}…)", &self.0[..shown])
    }
}

/// The digits that a written number means.
fn read(written: &str) -> Result<String, PhoneError> {
    let bare = written.replace(is_decoration, "");
    // A number with a plus of its own, behind the +55 that stood in a form, is that number.
    let plus = bare.strip_prefix("+55+").or_else(|| bare.strip_prefix('+'));
    let digits = plus.unwrap_or(&bare);
    match digits {
        "" => Err(PhoneFault::Empty.into()),
        _ if !is_digits(digits) => Err(PhoneFault::Characters.into()),
        _ if digits.starts_with("00") => behind_zeros(digits),
        _ if digits.starts_with('0') && plus.is_some() => Err(PhoneFault::Zero.into()),
        _ if digits.starts_with('0') => behind_zero(digits),
        // Without a country code, or with another country's: +51 987654321 is a phone in Peru.
        _ if plus.is_none() && is_whole(digits) => {
            Err(PhoneError::new(PhoneFault::Country, brazilian(digits)))
        }
        _ if digits.starts_with(BRAZIL) => behind_country(&digits[BRAZIL.len()..]),
        _ if plus.is_none() && digits.len() < LEAST_WITHOUT_PLUS => Err(PhoneFault::Short.into()),
        _ if digits.len() < *PHONE_DIGITS.start() => Err(PhoneFault::Short.into()),
        _ if digits.len() > *PHONE_DIGITS.end() => Err(PhoneFault::Long.into()),
        _ => Ok(digits.to_owned()),
    }
}

/// What is written between digits: spaces, dots, brackets, and dashes of every length.
fn is_decoration(c: char) -> bool {
    c.is_whitespace() || ".-()[]".contains(c) || ('\u{2012}'..='\u{2015}').contains(&c)
}

fn brazilian(national: &str) -> String {
    format!("{BRAZIL}{national}")
}

fn has_area(national: &str) -> bool {
    let area = national.as_bytes();
    area.len() > 1 && AREAS[usize::from(area[0] - b'0')].as_bytes().contains(&area[1])
}

fn fits(national: &str) -> bool {
    has_area(national) && matches!(national.len(), LANDLINE | MOBILE)
}

/// Whether digits without a country code can be nothing but Brazilian: mobiles begin with 9, none with 0 or 1.
fn is_whole(national: &str) -> bool {
    let first = |national: &str| national.as_bytes()[2];
    fits(national) && if national.len() == MOBILE { first(national) == b'9' } else { first(national) > b'1' }
}

/// What a 0 in front says: the trunk prefix, or that of a carrier (0 15 11 …), which might be a slip as well.
fn behind_zero(digits: &str) -> Result<String, PhoneError> {
    let national = &digits[1..];
    let behind_carrier = national.get(2..).filter(|rest| is_whole(rest));
    match behind_carrier {
        _ if is_whole(national) => Ok(brazilian(national)),
        Some(rest) => Err(PhoneError::new(PhoneFault::Carrier, brazilian(rest))),
        None => Err(PhoneFault::Zero.into()),
    }
}

/// 00 calls abroad. In Brazil a carrier may follow, so that only its own country is certain.
fn behind_zeros(digits: &str) -> Result<String, PhoneError> {
    let national = digits[2..].strip_prefix(BRAZIL).filter(|national| is_whole(national));
    national.map(brazilian).ok_or(PhoneFault::Zeros.into())
}

/// What stands behind 55.
fn behind_country(national: &str) -> Result<String, PhoneError> {
    match national.len() {
        _ if national.starts_with("0055") => behind_zeros(national),
        _ if national.starts_with('0') => behind_zero(national),
        _ if fits(national) => Ok(brazilian(national)),
        ..LANDLINE => Err(PhoneFault::Brazil.into()),
        LANDLINE | MOBILE => Err(PhoneFault::Area.into()),
        _ => too_long(national),
    }
}

/// Behind 55 are more digits than Brazil has: the country code may stand there twice.
fn too_long(national: &str) -> Result<String, PhoneError> {
    let Some(rest) = national.strip_prefix(BRAZIL).filter(|rest| is_whole(rest)) else {
        return Err(PhoneFault::Long.into());
    };
    // Unless it is a whole number of the area 55 already, and a slip behind it.
    if is_whole(&national[..MOBILE]) {
        return Err(PhoneError::new(PhoneFault::Long, brazilian(rest)));
    }
    Ok(brazilian(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// What the page is tested against as well.
    const CASES: &str = include_str!("../../tests/cases/phones.json");

    fn outcome(text: &str) -> Value {
        match Phone::parse(text) {
            Ok(phone) => json!({"number": phone.as_str()}),
            Err(PhoneError { fault, form: None }) => json!({"refused": fault.reason()}),
            Err(PhoneError { fault, form: Some(form) }) => json!({"refused": fault.reason(), "form": form}),
        }
    }

    #[test]
    fn phones_are_read_as_the_page_reads_them() {
        let cases: Value = serde_json::from_str(CASES).expect("JSON");
        let all = cases["cases"].as_array().expect("cases");
        for case in all {
            let typed = case["typed"].as_str().expect("a text");
            assert_eq!(outcome(typed), case["expects"], "{typed:?}: {}", case["why"]);
        }
        assert!(all.len() > 60, "{} cases", all.len());
    }

    #[test]
    fn the_areas_are_those_of_the_page() {
        let cases: Value = serde_json::from_str(CASES).expect("JSON");
        let ours: Vec<_> = (10..100).map(|area| area.to_string()).filter(|area| has_area(area)).collect();
        assert_eq!(json!(ours), cases["areas"]);
    }

    #[test]
    fn no_part_of_a_case_is_read_as_anything_but_a_phone() {
        let cases: Value = serde_json::from_str(CASES).expect("JSON");
        for case in cases["cases"].as_array().expect("cases") {
            let typed = case["typed"].as_str().expect("a text");
            for (at, _) in typed.char_indices() {
                for part in [&typed[..at], &typed[at..]] {
                    let Ok(phone) = Phone::parse(part) else { continue };
                    assert!(Phone::stored(phone.as_str()).is_some(), "{part:?}");
                    let behind = phone.as_str().strip_prefix(BRAZIL);
                    assert!(behind.is_none_or(fits), "{part:?} is {}", phone.as_str());
                }
            }
        }
    }

    #[test]
    fn what_holds_no_number_is_told_apart() {
        for (text, fault) in [
            ("120363000000000000@g.us", PhoneFault::Group),
            ("5521991856227-1600000000@g.us", PhoneFault::Group),
            ("123456789012345@lid", PhoneFault::Lid),
            ("ana@example.com", PhoneFault::Characters),
            ("https://wa.me/message/ABC", PhoneFault::Characters),
            ("https://wa.me/", PhoneFault::Empty),
            ("5.52E+12", PhoneFault::Spreadsheet),
            ("5,521991856227e12", PhoneFault::Spreadsheet),
            ("34612345678.0", PhoneFault::Spreadsheet),
            ("5521991856227, 5521991856228", PhoneFault::Several),
            ("+55 21 99185-6227 / +55 21 99185-6228", PhoneFault::Several),
            ("5521991856227 ou 5521991856228", PhoneFault::Several),
            ("5521991856227\n5521991856228", PhoneFault::Several),
        ] {
            assert_eq!(Phone::parse(text).map_err(|error| error.fault), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn a_stored_phone_is_what_earlier_rules_let_in() {
        for stored in ["12345678", "021991856227", "55219918562", "123456789012345"] {
            assert_eq!(Phone::stored(stored).map(|phone| phone.0).as_deref(), Some(stored));
        }
        for bad in ["", "1234567", "1234567890123456", "+5521991856227", "٥٥٢١٩٩١٨٥٦"] {
            assert_eq!(Phone::stored(bad), None, "{bad}");
        }
    }

    #[test]
    fn debug_masks_the_number() {
        let shown = format!("{:?}", Phone::parse("5521991856227"));
        assert!(!shown.contains("991856227"), "{shown}");
    }
}
