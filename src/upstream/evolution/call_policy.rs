//! How a call is made: what it may take in time and bytes, and whether it may be made twice. Nothing
//! here makes one.

use std::time::Duration;

/// Longest a call may take that upstream answers in milliseconds. 1.8 asks WhatsApp for each open
/// instance it lists, which may take seconds.
const CALL: Duration = Duration::from_secs(8);
/// Longest that the list of all instances may take: 1.8 asks WhatsApp for each open one.
const LIST: Duration = Duration::from_secs(30);
/// `GET /` asks web.whatsapp.com on 2.3 and can hang; only the version is lost then.
const BANNER: Duration = Duration::from_secs(2);

/// Largest answer read about one instance; with its QR code it has about 20 KiB.
pub(super) const MAX_ANSWER: u64 = 1024 * 1024;
/// Largest list of all instances read: an entry of 2.x has about 1 KiB, so this is some 30,000.
pub(super) const MAX_LIST: u64 = 32 * 1024 * 1024;

/// How a call is made.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum CallPolicy {
    /// Answered in milliseconds; doing it twice does no harm.
    Repeatable,
    /// The same, and nothing but a detail is lost with it.
    Brief,
    /// About every instance: takes its time and is large; doing it twice does no harm.
    List,
    /// Answered in milliseconds; not to be repeated, though an idle connection will do.
    OncePooled,
    /// Answered in milliseconds; must not arrive twice.
    OnceFresh,
    /// Must not arrive twice, and may take as long as the request has.
    OnceUnlimited,
}

impl CallPolicy {
    pub(super) fn limit(self) -> Option<Duration> {
        match self {
            Self::Repeatable | Self::OncePooled | Self::OnceFresh => Some(CALL),
            Self::Brief => Some(BANNER),
            Self::List => Some(LIST),
            Self::OnceUnlimited => None,
        }
    }

    /// Whether it waits where the server says to come again later: a question does that is worth it.
    pub(super) fn may_wait(self) -> bool {
        matches!(self, Self::Repeatable | Self::List)
    }

    pub(super) fn is_repeatable(self) -> bool {
        matches!(self, Self::Repeatable | Self::Brief | Self::List)
    }

    /// Whether an idle connection will not do: of a call on one that the server has just closed it stays
    /// unknown whether it arrived.
    pub(super) fn needs_fresh_connection(self) -> bool {
        matches!(self, Self::OnceFresh | Self::OnceUnlimited)
    }
}
