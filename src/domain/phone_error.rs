//! Why a text is no phone, in terms that a sentence can be made of.

use std::fmt;

/// Why a text is no phone.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneError {
    /// What is wrong.
    pub fault: PhoneFault,
    /// The digits that may have been meant, where that can be told.
    pub form: Option<String>,
}

/// What is wrong with a text that is no phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneFault {
    /// Nothing that can be seen.
    Empty,
    /// Something else than digits and what is written between them.
    Characters,
    /// A group of WhatsApp.
    Group,
    /// WhatsApp's own identifier of an account (LID), which is no number.
    Lid,
    /// Written by a spreadsheet, which may have lost digits.
    Spreadsheet,
    /// More than one number.
    Several,
    /// Too few digits.
    Short,
    /// Too many digits.
    Long,
    /// Fewer than 10 digits behind 55.
    Brazil,
    /// An area (DDD) that there is not.
    Area,
    /// A 0 in front, and no whole Brazilian number behind it.
    Zero,
    /// 00 in front, and not Brazil behind it.
    Zeros,
    /// A carrier's code in front of a whole Brazilian number.
    Carrier,
    /// A whole Brazilian number without 55, or another country's.
    Country,
}

impl PhoneError {
    /// What is wrong, and the digits that may have been meant.
    pub fn new(fault: PhoneFault, form: String) -> Self {
        Self { fault, form: Some(form) }
    }
}

impl From<PhoneFault> for PhoneError {
    fn from(fault: PhoneFault) -> Self {
        Self { fault, form: None }
    }
}

/// A number is personal data: it is not shown.
impl fmt::Debug for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneError({:?})", self.fault)
    }
}

#[cfg(test)]
impl PhoneFault {
    /// Its word in `tests/cases/phones.json`.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Characters | Self::Group | Self::Lid | Self::Spreadsheet | Self::Several => "characters",
            Self::Short => "short",
            Self::Long => "long",
            Self::Brazil => "brazil",
            Self::Area => "area",
            Self::Zero => "zero",
            Self::Zeros => "zeros",
            Self::Carrier => "carrier",
            Self::Country => "country",
        }
    }
}
