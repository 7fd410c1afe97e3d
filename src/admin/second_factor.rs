//! The rules for second factors: a secret counts once a code has confirmed it, each code works once, and ten recovery codes stand
//! in for a phone that is lost.

use super::totp;
use crate::crypto::random;
use crate::domain::Secret;
use crate::store::{self, Store, UserLine};

/// Recovery codes of a second factor.
const RECOVERY_CODES: usize = 10;
/// Digits of a recovery code: 10^10 possibilities for a login that hears a few tries a minute, and typed on any keyboard.
const RECOVERY_DIGITS: usize = 10;

/// Why a second factor was not changed.
#[derive(Debug)]
pub enum SecondFactorError {
    /// Logins ask for one already.
    IsOn,
    /// None was begun, or the code is not one of it.
    WrongCode,
    /// The database failed.
    Store(store::Error),
}

impl From<store::Error> for SecondFactorError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// A secret that was made now.
#[derive(Debug)]
pub struct NewSecondFactor {
    /// The secret, to be typed.
    pub secret: Secret,
    /// What a QR code of it says.
    pub uri: Secret,
}

/// Makes a secret, in place of one that no code has confirmed.
pub fn begin(store: &Store, user: &UserLine) -> Result<NewSecondFactor, SecondFactorError> {
    let secret = totp::new_secret();
    if !store.begin_second_factor(&user.id, &secret)? {
        return Err(SecondFactorError::IsOn);
    }
    let uri = totp::uri(&secret, &user.name);
    Ok(NewSecondFactor { secret, uri })
}

/// Turns the second factor on, if that is a code of it, and gives the recovery codes.
pub fn confirm(store: &Store, user: &str, code: &str) -> Result<Vec<Secret>, SecondFactorError> {
    let factor = store.second_factor(user)?.ok_or(SecondFactorError::WrongCode)?;
    if factor.is_confirmed {
        return Err(SecondFactorError::IsOn);
    }
    let secret = factor.secret.as_ref().ok_or(SecondFactorError::WrongCode)?;
    let step = totp::step_of(secret, &digits(code), store.clock().now());
    let step = step.ok_or(SecondFactorError::WrongCode)?;
    let codes: Vec<_> = std::iter::repeat_with(new_recovery_code).take(RECOVERY_CODES).collect();
    if store.confirm_second_factor(user, &factor, step, &codes)? {
        return Ok(codes);
    }
    Err(SecondFactorError::WrongCode)
}

/// Whether a login of the user has to show a code.
pub fn is_on(store: &Store, user: &str) -> Result<bool, store::Error> {
    Ok(store.second_factor(user)?.is_some_and(|factor| factor.is_confirmed))
}

/// What kind a code that counts is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptedCode {
    /// The phone's.
    Phone,
    /// One of those for when the phone is lost.
    Recovery,
}

impl AcceptedCode {
    /// Its word in the audit trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "code",
            Self::Recovery => "recovery_code",
        }
    }
}

/// The kind of the code, if it is the user's and was not used before. It is used now.
pub fn accepts(store: &Store, user: &str, code: &str) -> Result<Option<AcceptedCode>, store::Error> {
    let code = digits(code);
    if code.len() == RECOVERY_DIGITS {
        return Ok(store.use_recovery_code(user, &code)?.then_some(AcceptedCode::Recovery));
    }
    let secret = store.second_factor(user)?.and_then(|factor| factor.secret);
    let step = secret.and_then(|secret| totp::step_of(&secret, &code, store.clock().now()));
    let is_new = step.map_or(Ok(false), |step| store.use_code_step(user, step))?;
    Ok(is_new.then_some(AcceptedCode::Phone))
}

/// What is typed of a code, without the spaces and dashes that make it easier to read.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect()
}

/// Two groups of five random digits.
fn new_recovery_code() -> Secret {
    // Bytes from 250 on would favour some digits.
    let digit = std::iter::repeat_with(random::<RECOVERY_DIGITS>).flatten().filter(|byte| *byte < 250);
    let digits: String = digit.take(RECOVERY_DIGITS).map(|byte| char::from(b'0' + byte % 10)).collect();
    Secret::new(digits)
}

/// A recovery code as people are shown it.
pub fn grouped(code: &Secret) -> String {
    let (first, second) = code.expose().split_at(RECOVERY_DIGITS / 2);
    format!("{first}-{second}")
}
