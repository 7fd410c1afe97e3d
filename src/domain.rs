//! The words of the field as types: what a channel, an instance, a phone, a status is.
//!
//! Text from outside becomes one of these at the edge, once, or is refused; everything inside is
//! spared the question. This module knows neither HTTP nor SQL nor the upstream.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longest name or label, in characters.
pub const MAX_NAME: usize = 64;
/// Fewest and most digits of a phone with its country code (E.164 allows 15).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// What people write between a phone's digits.
const PHONE_DECORATION: &[char] = &['+', ' ', '.', '-', '(', ')', '[', ']'];

/// Milliseconds since the Unix epoch, the unit of every time that is stored.
pub type Millis = i64;
/// A day of them.
pub const MILLIS_PER_DAY: Millis = 86_400_000;

/// The present moment.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// Longest that a row may say of itself that a call is out: more is a clock that was set back.
const MOST_OUT: Millis = 120_000;

/// Whether a call that left may still be under way upstream.
pub fn is_out(until: Millis) -> bool {
    (1..=MOST_OUT).contains(&until.saturating_sub(now()))
}

/// That long from now on.
pub fn from_now(span: Duration) -> Millis {
    now() + Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX / 2)
}

/// What a text from outside should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Not one of [`Channel::ALL`].
    Channel,
    /// Not a name: 1 to 64 of `A-Z a-z 0-9 . _ -`, first a letter or digit.
    Name,
    /// Not a phone: 8 to 15 digits with the country code.
    Phone,
    /// Not a text that a list could show.
    Label,
    /// Not a password: 8 to 128 characters, and not the user's name.
    Password,
}

/// Reads a free text that lists will show: one line of 1 to 64 characters.
pub fn label(text: &str) -> Result<String, Invalid> {
    let fits = (1..=MAX_NAME).contains(&text.chars().count()) && !text.contains(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(Invalid::Label) }
}

/// The kind of messaging service an instance speaks: a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// WhatsApp through an Evolution API server.
    WhatsappEvolution,
}

impl Channel {
    /// Every channel there is.
    pub const ALL: [Self; 1] = [Self::WhatsappEvolution];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WhatsappEvolution => "whatsapp_evolution",
        }
    }

    /// Reads a channel's name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or(Invalid::Channel)
    }
}

/// The name of an instance upstream, of a credential, or of a user.
///
/// The alphabet is what can go into an upstream path, a log line and a file name as it stands:
/// Evolution 1.8 hands names to a shell, 2.x keeps spaces that nobody sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(String);

impl Name {
    /// Reads a name; nothing is trimmed or folded.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let fits = (1..=MAX_NAME).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(Invalid::Name) }
    }

    /// The name, letter for letter.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

/// What is known of an instance, as stored in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The row is written; nothing upstream is known to belong to it yet.
    Pending,
    /// Upstream holds a QR code, or is about to.
    Connecting,
    /// A phone is paired and the socket is open.
    Connected,
    /// Upstream knows the instance; nobody is connected.
    Disconnected,
    /// Upstream no longer knows the instance.
    Lost,
    /// Upstream says that it cannot go on with it.
    Error,
}

impl Status {
    /// Every status there is.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Connecting, Self::Connected, Self::Disconnected, Self::Lost, Self::Error];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Lost => "lost",
            Self::Error => "error",
        }
    }

    /// Reads the word; the database checks that there is no other.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// Why a status is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Somebody asked for a code.
    Asked,
    /// A phone is paired.
    Paired,
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
    /// Somebody logged the phone out from here.
    LoggedOut,
    /// Upstream says that WhatsApp ended it, with this `disconnectionReasonCode`; 0: it gave no number.
    Upstream(u16),
}

impl Reason {
    /// What [`Reason::Upstream`] begins with, before its number.
    const UPSTREAM: &str = "upstream_";
    const WORDS: [(Self, &str); 8] = [
        (Self::Asked, "asked"),
        (Self::Paired, "paired"),
        (Self::Moved, "moved"),
        (Self::Dropped, "dropped"),
        (Self::Unscanned, "unscanned"),
        (Self::Gone, "gone"),
        (Self::NotLoaded, "not_loaded"),
        (Self::LoggedOut, "logged_out"),
    ];

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

/// A text that must not reach a log, an error or a terminal by accident. Shared when cloned: a QR
/// code has 17 KiB and passes through many hands.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A QR code as upstream gave it. Whoever scans it owns the pairing, so it never reaches a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Qr {
    /// What the picture says, to draw it elsewhere; upstream sends it beside the picture.
    pub code: Option<Secret>,
    /// The picture: a PNG as data URI.
    pub image: Secret,
    /// The 8 characters to type on the phone, where the socket was opened with a number.
    pub pairing_code: Option<Secret>,
}

impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Qr(…)")
    }
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The id of the user's row.
    pub user: String,
    /// Whether the user may adopt what is already connected.
    pub admin: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_path_can_carry() {
        let longest = "a".repeat(MAX_NAME);
        for good in ["my-store", "a", "0.x_Y-z", &longest] {
            assert_eq!(Name::parse(good).map(|n| n.as_str().to_owned()), Ok(good.to_owned()));
        }
        let too_long = "a".repeat(MAX_NAME + 1);
        for bad in ["", " a", "a ", ".a", "-a", "_a", "a/b", "a?b", "ção", "a\n", "a%20", &too_long] {
            assert_eq!(Name::parse(bad), Err(Invalid::Name), "{bad:?}");
        }
    }

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
    fn reasons_are_read_as_they_are_written() {
        let plain = Reason::WORDS.iter().map(|(reason, _)| *reason);
        for reason in plain.chain([Reason::Upstream(401), Reason::Upstream(0)]) {
            assert_eq!(Reason::parse(&reason.word()), Some(reason));
        }
        for unknown in ["", "upstream_", "upstream_x", "upstream_99999", "Paired"] {
            assert_eq!(Reason::parse(unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?} {:?}", Secret::new("hunter2"), Phone::parse("5521991856227"));
        assert!(!shown.contains("hunter2") && !shown.contains("991856227"), "{shown}");
    }
}
