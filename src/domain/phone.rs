//! Phone numbers as E.164 digits.

use std::fmt;

use super::Invalid;

/// Fewest and most digits of a phone with its country code (E.164 allows 15).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// What people write between a phone's digits.
const PHONE_DECORATION: &[char] = &['+', ' ', '.', '-', '(', ')', '[', ']'];

/// A phone number: digits only, country code first. It is personal data: `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a phone as people write it: `+`, spaces, dots, dashes and brackets are dropped.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digits = text.replace(PHONE_DECORATION, "");
        let fits = PHONE_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(digits)) } else { Err(Invalid::Phone) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_lose_their_decoration_and_nothing_else() {
        for good in ["5521991856227", "+55 (21) 99185-6227", "55.21.99185.6227", "[55] 21991856227"] {
            assert_eq!(Phone::parse(good).map(|p| p.as_str().to_owned()), Ok("5521991856227".to_owned()));
        }
        for bad in ["", "1234567", "1234567890123456", "55 21 9918x", "5521\t991856227", "٥٥٢١٩٩١٨٥٦"]
        {
            assert_eq!(Phone::parse(bad), Err(Invalid::Phone), "{bad:?}");
        }
    }

    #[test]
    fn debug_masks_the_number() {
        let shown = format!("{:?}", Phone::parse("5521991856227"));
        assert!(!shown.contains("991856227"), "{shown}");
    }
}
