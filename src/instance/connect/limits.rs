//! The waits and bounds of a call, each with its reason.

use std::time::Duration;

/// How long a paired instance has to come back by itself. Recorded: 0.1 s, and up to 2.2 s after
/// WhatsApp was out of reach.
pub(super) const RETURN: Duration = Duration::from_secs(6);
/// How long a socket that dropped while pairing has to come back. Recorded: 0.1 s; Evolution 2.3
/// asks web.whatsapp.com in between.
pub(super) const RESUME: Duration = Duration::from_secs(2);
/// Pause between looks at a socket that comes back by itself.
pub(super) const RETURN_PAUSE: Duration = Duration::from_millis(50);
/// Pause between looks at an instance that is not loaded, or still being removed: recorded as some
/// ms to 1 s, but minutes where a webhook's receiver is down.
pub(super) const LOAD_PAUSE: Duration = Duration::from_millis(300);
/// How long a create may be under way whose outcome is not known, because the process that sent it
/// is gone or the connection broke. Recorded: 16 ms.
pub(super) const CREATE_OUT: Duration = Duration::from_secs(5);
/// The same for one that upstream did not answer within its time: it is slow, and may be as slow
/// once more.
pub(super) const SLOW_CREATE_OUT: Duration = Duration::from_secs(10);
/// Creates that one call sends when each is refused or vanishes: somebody else is at work there.
/// The pause before each next one doubles, so that they span the time a call has.
pub(super) const MAX_CREATES: u32 = 6;
/// How long a connect may take to leave the state `close`, where it is not known whether it was
/// answered: another process sent it, or it was lost. Recorded: 0.1 s.
pub(super) const CONNECT_OUT: Duration = Duration::from_secs(10);
/// When a connect that upstream does not answer is given up: it waits on web.whatsapp.com without
/// a limit of its own, and until it is answered no other may be sent.
pub(super) const CONNECT_GIVES_UP: Duration = Duration::from_mins(2);
/// How long a connect counts as out that had no answer when its call ended.
pub(super) const UNANSWERED_OUT: Duration = Duration::from_mins(1);
/// How long a call watches for the code of a connect that it did not send before it decides anew:
/// longer than [`DISTRUST`], or such a code would never be taken.
pub(super) const WATCH: Duration = Duration::from_secs(5);
/// How long a state has to stand still before nothing is reconnecting any more.
pub(super) const STEADY: Duration = Duration::from_secs(3);
/// How long a pairing code may come after the QR code. Recorded: 1 s (2.x), 2 s (1.8).
pub(super) const PAIRING_CODE: Duration = Duration::from_secs(4);
/// How long upstream may fail in the middle of a wait before the call gives up.
pub(super) const FAILING: Duration = Duration::from_secs(2);
/// How long an answer that proved `connecting` stands for asking again. Between a scan and the
/// pairing the socket closes for a moment in which a connect would open a second one: only a
/// program that asks again at once, in a loop, is spared the look. Whoever waits for a scan is not.
pub(super) const PROOF: Duration = Duration::from_millis(100);
/// Names with such a proof that are kept; they are dropped all at once, which costs one call each.
pub(super) const MAX_PROOFS: usize = 8192;
/// Calls that may wait for one server at a time: a server that hangs leaves room for the others.
pub(super) const PER_SERVER: usize = 64;
/// How long a call waits for such a place: a server that is well gives one every few milliseconds.
pub(super) const PLACE_WAIT: Duration = Duration::from_secs(1);
/// Different asks for one name that wait for their turn.
pub(super) const MAX_TURNS: usize = 64;
/// How long a code is distrusted that stays what it was when the socket began to open. Recorded: a
/// new one shows within 0.4 s, later where WhatsApp is slow.
pub(super) const DISTRUST: Duration = Duration::from_secs(3);
/// Calls of `connect` that one server is sleeping over, and all of them; each holds a thread and a
/// connection for 2 to 5 s, or until it is given up.
pub(super) const MAX_OPENING_AT_SERVER: usize = 64;
pub(super) const MAX_OPENING: usize = 128;

/// The pause between two looks for a code, `since` the watch began: short at first, when the code
/// is about to come, and never so long that an answer is late by more than a blink.
pub(super) fn pace(since: Duration) -> Duration {
    (since / 20).clamp(Duration::from_millis(10), Duration::from_millis(150))
}
