//! What programs and people hand over that holds a phone: an address of WhatsApp, a link to a chat, a cell of a table, a
//! list. Pure; which digits are a phone is `phone.rs`'s.

use super::phone_error::PhoneFault;

/// Fewest and most digits of a phone with its country code (E.164 allows 15).
pub const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// The one number that a text holds, as it is written there.
pub fn written_number(text: &str) -> Result<&str, PhoneFault> {
    let written = unlinked(text)?;
    match written {
        _ if is_several(written) => Err(PhoneFault::Several),
        _ if is_tables(written) => Err(PhoneFault::Spreadsheet),
        _ => Ok(written),
    }
}

/// The number that an address of WhatsApp or a link holds; any other text as it is.
fn unlinked(text: &str) -> Result<&str, PhoneFault> {
    if let Some((user, server)) = text.split_once('@') {
        return match server.to_ascii_lowercase().as_str() {
            // Behind a colon or a line stands which of the account's devices it is.
            "s.whatsapp.net" | "c.us" => Ok(user.split([':', '_']).next().unwrap_or_default()),
            "g.us" => Err(PhoneFault::Group),
            "lid" => Err(PhoneFault::Lid),
            _ => Err(PhoneFault::Characters),
        };
    }
    Ok(link(text).unwrap_or(text))
}

/// The number of a link that opens a chat or a call.
fn link(text: &str) -> Option<&str> {
    if let Some(chat) = without_start(text, &["https://wa.me/", "http://wa.me/", "wa.me/"]) {
        return chat.split(['/', '?', '#']).next();
    }
    let page = without_start(text, &["https://", "http://"]).unwrap_or(text);
    let pages = ["api.whatsapp.com/send", "web.whatsapp.com/send", "whatsapp://send"];
    if let Some(query) = without_start(page, &pages) {
        let number = query.split(['?', '&', '#']).find_map(|pair| pair.strip_prefix("phone="))?;
        return Some(number.trim_start_matches("%2B"));
    }
    without_start(text, &["whatsapp:", "tel:"])?.split(';').next()
}

/// The text behind one of those starts, in whichever case.
fn without_start<'a>(text: &'a str, starts: &[&str]) -> Option<&'a str> {
    let has = |start: &&&str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    starts.iter().find(has).map(|start| &text[start.len()..])
}

/// Whether two whole numbers are written there, beside or below each other.
fn is_several(text: &str) -> bool {
    let parts = text.split(|c: char| c.is_alphabetic() || "+,;/|\n".contains(c));
    let digits = parts.map(|part| part.chars().filter(char::is_ascii_digit).count());
    digits.filter(|digits| PHONE_DIGITS.contains(digits)).count() > 1
}

/// Whether there is nothing but digits.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A number that a table wrote: with an exponent, or with decimals.
fn is_tables(text: &str) -> bool {
    let is_decimal = |text: &str| is_digits(&text.replacen(['.', ','], "", 1));
    match text.split_once(['e', 'E']) {
        Some((number, exponent)) => is_decimal(number) && is_digits(exponent.trim_start_matches('+')),
        None => text
            .strip_suffix(".0")
            .is_some_and(|whole| PHONE_DIGITS.contains(&whole.len()) && is_digits(whole)),
    }
}
