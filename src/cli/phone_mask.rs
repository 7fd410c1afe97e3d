//! Phones in what leaves the machine or is kept for long, cut to their last digits. Pure.
//!
//! Instances are often called by their number, and whoever names them writes it as people do.

use std::net::Ipv4Addr;

/// Digits from which on a number may be a phone: a landline without its area has eight.
const PHONE_DIGITS: usize = 8;
/// How many of a phone's digits are shown, the last ones: people know theirs by them.
const SHOWN_DIGITS: usize = 4;
/// Lengths of the parts of a date.
const DATE: [usize; 3] = [4, 2, 2];

/// The text with every number that may be a phone cut to its last digits.
pub fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, found) = rest.split_at(start);
        let (number, after) = found.split_at(length(found));
        masked.push_str(before);
        if is_phone(number) {
            masked.push_str("***");
            let digits: Vec<_> = number.chars().filter(char::is_ascii_digit).collect();
            masked.extend(&digits[digits.len() - SHOWN_DIGITS..]);
        } else {
            masked.push_str(number);
        }
        rest = after;
    }
    masked + rest
}

/// Bytes of the number that a text begins with: digits, and what stands alone between two of them.
fn length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let goes_on = |at: &usize| is_digit(*at) || (b"._-".contains(&bytes[*at]) && is_digit(at + 1));
    (0..bytes.len()).take_while(goes_on).count()
}

/// Addresses and dates have as many digits, and are needed.
fn is_phone(number: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_date = || number.split('-').map(str::len).eq(DATE) && number.starts_with("20");
    digits >= PHONE_DIGITS && number.parse::<Ipv4Addr>().is_err() && !is_date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_known_by_its_last_digits_alone() {
        for (said, shown) in [
            ("5521991856227", "***6227"),
            ("loja-5521991856227 at credential a", "loja-***6227 at credential a"),
            ("loja2199185622x", "loja***5622x"),
            ("99185622", "***5622"),
            ("9918562", "9918562"),
            ("5521-99185-6227", "***6227"),
            ("55.21.99185.62.27: lost", "***6227: lost"),
            ("55_21_991856227_", "***6227_"),
            ("loja-1-5521991856227", "loja-***6227"),
            ("+55 (21) 99185-6227", "+55 (21) ***6227"),
            ("é1234567890é", "é***7890é"),
            ("127.0.0.1:30000 192.168.100.200", "127.0.0.1:30000 192.168.100.200"),
            ("192.168.100.200.1", "***2001"),
            ("2026-11-28T08:00:00.000Z v2.3.7", "2026-11-28T08:00:00.000Z v2.3.7"),
            ("2026-11-28-5521991856227", "***6227"),
            ("GET ? 404 1234ms", "GET ? 404 1234ms"),
            ("1--2345678", "1--2345678"),
            ("", ""),
        ] {
            assert_eq!(masked(said), shown, "{said}");
        }
    }
}
