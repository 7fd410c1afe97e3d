//! The waits and bounds of a call, each with its reason.

use std::time::Duration;

use crate::domain::{Millis, UNSCANNED_AFTER};

/// How long a socket has to come back by itself that a phone is paired with, or that may have been scanned. Recorded: 0.1 s, and up to 2.2 s after
/// WhatsApp was out of reach.
pub(super) const RETURN: Duration = UNSCANNED_AFTER;
/// How long a socket that dropped while pairing has to come back where no code of it was shown. Recorded: 0.1 s;
/// Evolution 2.3 asks web.whatsapp.com in between.
pub(super) const RESUME: Duration = Duration::from_secs(2);
/// Pause between looks at a socket that comes back by itself.
pub(super) const RETURN_PAUSE: Duration = Duration::from_millis(50);
/// Pause between looks at an instance that is not loaded, or still being removed: recorded as some
/// ms to 1 s, but minutes where a webhook's receiver is down.
pub(super) const LOAD_PAUSE: Duration = Duration::from_millis(300);
/// How long a create may be under way whose outcome is not known, because the process that sent it
/// is gone or the connection broke. Recorded: 16 ms.
pub(super) const CREATE_OUT: Duration = Duration::from_secs(5);
/// How long a create may be under way that upstream did not answer within its time: a slow server may
/// take as long once more.
pub(super) const SLOW_CREATE_OUT: Duration = Duration::from_secs(10);
/// Most creates of one call. Another program may delete what they make; the pause before each next one
/// doubles, so that they span the time of a call.
pub(super) const MAX_CREATES: u32 = 6;
/// How long a connect may take to leave the state `close`, where it is not known whether it was
/// answered: another process sent it, or it was lost. Recorded: 0.1 s.
pub(super) const CONNECT_OUT: Duration = Duration::from_secs(10);
/// Deadline of a `connect`: upstream waits for web.whatsapp.com without a limit, and no other may be
/// sent before the answer.
pub(super) const CONNECT_GIVES_UP: Duration = Duration::from_mins(2);
/// How long a `connect` counts as pending that was unanswered when its call ended, or that a proxy gave up.
pub(super) const UNANSWERED_OUT: Duration = CONNECT_GIVES_UP;
/// How long a call waits for the code of another's `connect` before it decides anew: longer than
/// [`DISTRUST`], or such a code would never be trusted.
pub(super) const CODE_WAIT: Duration = Duration::from_secs(5);
/// How long a state has to stay the same before nothing reconnects any more.
pub(super) const STEADY: Duration = Duration::from_secs(3);
/// How long a pairing code may come after the QR code. Recorded: 1 s (2.x), 2 s (1.8).
pub(super) const PAIRING_CODE: Duration = Duration::from_secs(4);
/// How long upstream may fail in the middle of a wait before the call gives up.
pub(super) const FAILING: Duration = Duration::from_secs(2);
/// How long ago the name was last looked at, at most, where a code counts as seen from its beginning. Pages and the
/// command line ask every two seconds.
pub(super) const SEEN_TO_BEGIN: Duration = Duration::from_secs(10);
/// How much earlier than its lifetime allows a code has to be replaced for its socket to have closed: more than a
/// look may be late.
pub(super) const EARLIER: Duration = Duration::from_secs(15);
/// How long ago a call saw an instance out of order, at most, where that has lasted since. Calls look many times a
/// second, and a client that repeats its call does so sooner.
pub(super) const SEEN_AMISS: Duration = Duration::from_secs(5);
/// How long later calls take a state that flapped to flap still.
pub(super) const FLAPPED_LATELY: Duration = Duration::from_secs(10);
/// Least time before its deadline that a call needs when it gets its permit; with less it is refused
/// before upstream hears of it.
pub(super) const LEAST_TIME: Duration = Duration::from_millis(500);
/// How much longer than its lifetime a code may be answered: a busy server changes codes late.
pub(super) const EXPIRY_MARGIN: Duration = Duration::from_secs(5);
/// Most names whose socket states are remembered.
pub(super) const MAX_REMEMBERED: usize = 8192;
/// Changes of state in one wait that make it count as flapping: a socket that drops and comes back
/// makes two or three.
pub(super) const FLAPPING: u32 = 4;
/// How long a state that flapped has to say `connecting` without a break before `connect` is safe: it
/// flips every few milliseconds while WhatsApp is out of reach.
pub(super) const STEADY_AFTER_FLAPPING: Duration = Duration::from_secs(1);
/// Looks in a row that have to say `connecting`, and the time they have to span, before a `connect` is
/// sent in a call that has sent one already: of a state that flips every few milliseconds, and says
/// `close` two thirds of the time, four looks in a row are `connecting` once in eighty times.
pub(super) const STEADY_LOOKS: (u32, Duration) = (4, Duration::from_millis(25));
/// Pause between the looks of [`STEADY_LOOKS`].
pub(super) const STEADY_PAUSE: Duration = Duration::from_millis(7);
/// Most different requests for one name that wait for their turn.
pub(super) const MAX_TURNS: usize = 64;
/// How long a code is distrusted that has not changed since the socket began to open. Recorded: a
/// new code shows within 0.4 s, later where WhatsApp is slow.
pub(super) const DISTRUST: Duration = Duration::from_secs(3);
/// How long a call waits for a paired phone before it takes another list, which tells of a logout.
pub(super) const LIST_AGAIN: Duration = Duration::from_secs(2);
/// Answers in a row that are not understood, of one endpoint, before the call ends; errors that `connect` answers
/// count even where others come in between.
pub(super) const NOT_UNDERSTOOD: u32 = 2;
/// How long a refusal of the key may take to reach a connect that is under way as well.
pub(super) const REJECTED_KEY_GRACE: Duration = Duration::from_millis(300);
/// The pause between two looks for a code, by the time since the wait began: short at first, when the
/// code is about to come, and never long enough for a person to notice.
pub(super) fn pace(since: Duration) -> Duration {
    (since / 20).clamp(Duration::from_millis(10), Duration::from_millis(150))
}
/// Longest that settings may be put back before the socket of a created instance is opened: a proxy is tried
/// first by the server, and what people wait for is the code.
pub(super) const RESTORE: Duration = Duration::from_secs(5);
/// Longest search of other servers for a name that has no row, and how much of the call it may take: 1.8 answers in
/// milliseconds whether it has a name, but no caller should wait for a server that hangs.
pub(super) const HOME_SEARCH: (Duration, u32) = (Duration::from_secs(2), 4);
/// How long ago the newest code of a row was first shown, at most, where somebody may be scanning it: two codes' time. In
/// milliseconds.
pub(super) const TRIED_LATELY: Millis = 90_000;
/// Most servers that are asked at the same time, each by a thread.
pub(super) const HOME_LANES: usize = 8;
/// Longest look for which phone is connected, at the end of a call that found one. Recorded: the list says it up to
/// 2 s after the scan.
pub(super) const PHONE_LOOK: Duration = Duration::from_secs(2);
/// Pause between two lists of that look.
pub(super) const PHONE_PAUSE: Duration = Duration::from_millis(150);
