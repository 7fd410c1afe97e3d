//! The reason of a status: a closed set of words, and upstream's own numbers. Sentences for them are
//! `text`'s.

use super::{Logout, LogoutCause};

/// Why a status is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Somebody asked for a code.
    Asked,
    /// A phone is paired.
    Paired,
    /// Another phone is linked than before, without a drop in between: a reason of the history alone.
    Linked,
    /// Another server has the name as well: a reason of the history alone.
    Doubled,
    /// What people had set was put back after a create: a reason of the history alone.
    SettingsRestored,
    /// Something of it was not: a reason of the history alone.
    SettingsMissing,
    /// The row moved to another server.
    Moved,
    /// The paired phone's connection dropped, and upstream is bringing it back by itself.
    Dropped,
    /// The codes ran out, or the socket closed, before anybody scanned.
    Unscanned,
    /// Upstream no longer lists the name.
    Gone,
    /// Upstream knows the name and has not loaded it.
    NotLoaded,
    /// Two sockets of the pairing replace each other for ever.
    Fighting,
    /// The instance upstream is of a kind that no phone is paired with.
    NotAPhone,
    /// Somebody logged the phone out from here.
    LoggedOut,
    /// The linked device was removed on the phone.
    DeviceRemoved,
    /// Evolution's manager, or another client of its API, logged the phone out.
    LoggedOutUpstream,
    /// WhatsApp ended the pairing, with this `disconnectionReasonCode`; 0: there was no number.
    Upstream(u16),
}

impl From<Logout> for Reason {
    fn from(logout: Logout) -> Self {
        match logout.cause {
            LogoutCause::DeviceRemoved => Self::DeviceRemoved,
            LogoutCause::LoggedOutUpstream => Self::LoggedOutUpstream,
            LogoutCause::Unsaid => Self::Upstream(logout.code),
        }
    }
}

impl Reason {
    /// What [`Reason::Upstream`] begins with, before its number.
    const UPSTREAM: &str = "upstream_";
    const WORDS: [(Self, &str); 16] = [
        (Self::Asked, "asked"),
        (Self::Paired, "paired"),
        (Self::Linked, "linked"),
        (Self::Doubled, "doubled"),
        (Self::SettingsRestored, "settings_restored"),
        (Self::SettingsMissing, "settings_missing"),
        (Self::Moved, "moved"),
        (Self::Dropped, "dropped"),
        (Self::Unscanned, "unscanned"),
        (Self::Gone, "gone"),
        (Self::NotLoaded, "not_loaded"),
        (Self::Fighting, "fighting"),
        (Self::NotAPhone, "not_a_phone"),
        (Self::LoggedOut, "logged_out"),
        (Self::DeviceRemoved, "device_removed"),
        (Self::LoggedOutUpstream, "logged_out_upstream"),
    ];

    /// Whether no phone is paired any more: a new scan brings the number back.
    pub fn ends_pairing(self) -> bool {
        match self {
            Self::Asked
            | Self::Moved
            | Self::Unscanned
            | Self::Gone
            | Self::LoggedOut
            | Self::DeviceRemoved
            | Self::LoggedOutUpstream
            | Self::Upstream(_) => true,
            Self::Paired
            | Self::Linked
            | Self::Doubled
            | Self::SettingsRestored
            | Self::SettingsMissing
            | Self::Dropped
            | Self::NotLoaded
            | Self::Fighting
            | Self::NotAPhone => false,
        }
    }

    /// The word on the wire and in the database.
    pub fn word(self) -> String {
        match self {
            Self::Upstream(code) => format!("{}{code}", Self::UPSTREAM),
            plain => Self::WORDS.iter().find(|(r, _)| *r == plain).map_or("", |(_, w)| w).to_owned(),
        }
    }

    /// Reads the word; `None` for one of a later release, or of somebody's hand.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(code) = text.strip_prefix(Self::UPSTREAM) {
            return code.parse().ok().map(Self::Upstream);
        }
        Self::WORDS.iter().find(|(_, word)| *word == text).map(|(reason, _)| *reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_as_they_are_written() {
        let plain = Reason::WORDS.iter().map(|(reason, _)| *reason);
        for reason in plain.chain([Reason::Upstream(401), Reason::Upstream(0)]) {
            assert_eq!(Reason::parse(&reason.word()), Some(reason));
        }
        for unknown in ["", "upstream_", "upstream_x", "upstream_99999", "Paired"] {
            assert_eq!(Reason::parse(unknown), None, "{unknown:?}");
        }
    }
}
