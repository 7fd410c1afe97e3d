//! Time-based one-time passwords (RFC 6238) as the apps of phones make them: HMAC-SHA1, six digits, another code every
//! 30 seconds. Pure: it knows neither accounts nor clocks.

use crate::crypto::{hmac_sha1, random};
use crate::domain::{Millis, Secret};

/// How long a code is shown.
const STEP: Millis = 30_000;
/// Codes before and after the present one that count, for clocks that differ and people who type.
const DRIFT: i64 = 1;
/// Bytes of a secret, as RFC 4226 recommends.
const SECRET_LEN: usize = 20;
const DIGITS: usize = 6;
const CODES: u32 = 1_000_000;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BITS: usize = 5;

/// A fresh secret in Base32, as apps take it typed.
pub fn new_secret() -> Secret {
    let bytes = random::<SECRET_LEN>();
    let bit = |at: usize| usize::from((bytes[at / 8] >> (7 - at % 8)) & 1);
    let letter =
        |first: usize| char::from(BASE32[(first..first + BITS).fold(0, |value, at| (value << 1) | bit(at))]);
    Secret::new((0..SECRET_LEN * 8).step_by(BITS).map(letter).collect::<String>())
}

/// What the QR code of a secret says: an app shows the code under that user's name.
pub fn uri(secret: &Secret, user: &str) -> Secret {
    Secret::new(format!("otpauth://totp/pareia:{user}?secret={}&issuer=pareia", secret.expose()))
}

/// The step whose code that is, if it is near the moment; the latest, where two steps have the same.
pub fn step_of(secret: &Secret, code: &str, at: Millis) -> Option<i64> {
    let (key, present) = (bytes_of(secret.expose())?, at.div_euclid(STEP));
    let is_code = code.len() == DIGITS && code.bytes().all(|digit| digit.is_ascii_digit());
    let code: u32 = code.parse().ok().filter(|_| is_code)?;
    (present - DRIFT..=present + DRIFT).rev().find(|step| code_at(&key, *step) == code)
}

/// The code of a step (RFC 4226, 5.3).
fn code_at(key: &[u8], step: i64) -> u32 {
    let tag = hmac_sha1(key, &step.to_be_bytes());
    let offset = usize::from(tag[tag.len() - 1] & 0xf);
    let bytes = [tag[offset] & 0x7f, tag[offset + 1], tag[offset + 2], tag[offset + 3]];
    u32::from_be_bytes(bytes) % CODES
}

/// The bytes of a Base32 text of whole bytes.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let values = text.bytes().map(|letter| BASE32.iter().position(|known| *known == letter));
    let values = values.collect::<Option<Vec<_>>>()?;
    let bit = |at: usize| u8::from((values[at / BITS] >> (BITS - 1 - at % BITS)) & 1 == 1);
    let byte = |first: usize| (first..first + 8).fold(0, |value, at| (value << 1) | bit(at));
    Some((0..values.len() * BITS / 8).map(|at| byte(at * 8)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's test vectors, "12345678901234567890".
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = Secret::new(RFC);
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(&secret, code, second * 1000), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_counts_one_step_either_way() {
        let secret = Secret::new(RFC);
        let at = 59_000;
        for (moment, counts) in
            [(at, true), (at - 30_000, true), (at + 30_000, true), (at - 60_000, false), (at + 61_000, false)]
        {
            assert_eq!(step_of(&secret, "287082", moment), counts.then_some(1), "{moment}");
        }
        for other in ["", "287083", "28708", "0287082", "+87082", "abcdef"] {
            assert_eq!(step_of(&secret, other, at), None, "{other}");
        }
    }

    #[test]
    fn a_secret_has_160_bits_that_are_read_again() {
        let secret = new_secret();
        assert_eq!(
            (secret.expose().len(), bytes_of(secret.expose()).map(|bytes| bytes.len())),
            (32, Some(20))
        );
        assert_ne!(secret.expose(), new_secret().expose());
        assert_eq!(bytes_of(RFC).as_deref(), Some(&b"12345678901234567890"[..]));
        assert_eq!(bytes_of("GEZ1"), None);
    }
}
