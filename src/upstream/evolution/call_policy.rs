//! How a call is made: what it may take in time and bytes, and whether it may be made twice. Nothing
//! here makes one.

use std::time::Duration;

/// Longest a call may take that upstream answers in milliseconds. 1.8 asks WhatsApp for each open
/// instance it lists, which may take seconds.
const CALL: Duration = Duration::from_secs(8);
/// Longest that the list of all instances may take: 1.8 asks WhatsApp for each open one.
const LIST: Duration = Duration::from_secs(30);
/// `GET /` asks web.whatsapp.com on 2.3 and can hang; only a version hangs on it.
const BANNER: Duration = Duration::from_secs(2);

/// Largest answer read about one instance; with its QR code it has about 20 KiB.
pub(super) const MAX_ANSWER: u64 = 1024 * 1024;
/// Largest list of all instances read: an entry of 2.x has about 1 KiB, so this is some 30,000.
pub(super) const MAX_LIST: u64 = 32 * 1024 * 1024;
/// Read buffer of one connection: a code takes three reads.
pub(super) const READ_BUFFER: usize = 8 * 1024;
/// The same where lists of 10 MB are read over few connections: each read costs two system calls.
pub(super) const LIST_READ_BUFFER: usize = 64 * 1024;

/// How a call is made.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Care {
    /// Answered in milliseconds; doing it twice does no harm.
    Quick,
    /// The same, and not worth waiting for.
    Briefly,
    /// About every instance: takes its time and is large; doing it twice does no harm.
    List,
    /// Answered in milliseconds; not to be repeated, though an idle connection will do.
    QuickOnce,
    /// Answered in milliseconds; must not arrive twice.
    Once,
    /// Must not arrive twice, and may take as long as the request has.
    OnceAndPatiently,
}

impl Care {
    pub(super) fn limit(self) -> Option<Duration> {
        match self {
            Self::Quick | Self::QuickOnce | Self::Once => Some(CALL),
            Self::Briefly => Some(BANNER),
            Self::List => Some(LIST),
            Self::OnceAndPatiently => None,
        }
    }

    pub(super) fn is_repeatable(self) -> bool {
        matches!(self, Self::Quick | Self::Briefly | Self::List)
    }

    /// On an idle connection that the server has just closed, it would stay unknown whether a call
    /// arrived.
    pub(super) fn needs_a_fresh_connection(self) -> bool {
        matches!(self, Self::Once | Self::OnceAndPatiently)
    }
}
