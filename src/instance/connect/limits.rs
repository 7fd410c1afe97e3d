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
pub(super) const UNANSWERED_OUT: Duration = CONNECT_GIVES_UP;
/// How long a call watches for the code of a connect that it did not send before it decides anew:
/// longer than [`DISTRUST`], or such a code would never be taken.
pub(super) const CODE_WAIT: Duration = Duration::from_secs(5);
/// How long a state has to stand still before nothing is reconnecting any more.
pub(super) const STEADY: Duration = Duration::from_secs(3);
/// How long a pairing code may come after the QR code. Recorded: 1 s (2.x), 2 s (1.8).
pub(super) const PAIRING_CODE: Duration = Duration::from_secs(4);
/// How long upstream may fail in the middle of a wait before the call gives up.
pub(super) const FAILING: Duration = Duration::from_secs(2);
/// How long an answer that showed `connecting` stands for asking again. Between a scan and the
/// pairing the socket closes for a moment in which a connect would open a second one: only a
/// program that asks again at once, in a loop, is spared the look. Whoever waits for a scan is not.
pub(super) const JUST_CONNECTING: Duration = Duration::from_millis(100);
/// How long a state that flapped is taken to flap still, by the calls that come after.
pub(super) const FLAPPED_LATELY: Duration = Duration::from_secs(10);
/// The time that a call must have left when its turn at the server comes, or it is refused before
/// upstream hears of it.
pub(super) const LEAST_TIME: Duration = Duration::from_millis(500);
/// How much longer than its lifetime a code may be answered: what changes it runs late on a busy server.
pub(super) const EXPIRY_MARGIN: Duration = Duration::from_secs(5);
/// Names of which such a moment is remembered.
pub(super) const MAX_REMEMBERED: usize = 8192;
/// Changes of state in one watch from which on it flaps: a socket that drops and comes back makes two
/// or three.
pub(super) const FLAPPING: u32 = 4;
/// How long a state that flapped has to say `connecting` without a break before `connect` is safe: it
/// flips every few milliseconds while WhatsApp is out of reach.
pub(super) const STEADY_AFTER_FLAPPING: Duration = Duration::from_secs(1);
/// Looks in a row that have to say `connecting`, and the time they have to span, before a `connect` is
/// sent in a call that has sent one already: of a state that flips every few milliseconds, and says
/// `close` two thirds of the time, four looks in a row are `connecting` once in eighty times.
pub(super) const STEADY_LOOKS: (u32, Duration) = (4, Duration::from_millis(25));
/// The pause between those looks.
pub(super) const STEADY_PAUSE: Duration = Duration::from_millis(7);
/// Different asks for one name that wait for their turn.
pub(super) const MAX_TURNS: usize = 64;
/// How long a code is distrusted that stays what it was when the socket began to open. Recorded: a
/// new one shows within 0.4 s, later where WhatsApp is slow.
pub(super) const DISTRUST: Duration = Duration::from_secs(3);
/// How long a paired phone is waited for before the list is asked again, which tells of a logout.
pub(super) const LIST_AGAIN: Duration = Duration::from_secs(2);
/// Answers of one endpoint in a row that are not understood before the call gives up.
pub(super) const NOT_UNDERSTOOD: u32 = 2;
/// How long a refusal of the key may take to reach a connect that is under way as well.
pub(super) const REFUSAL_GRACE: Duration = Duration::from_millis(300);
/// The pause between two looks for a code, `since` the watch began: short at first, when the code
/// is about to come, and never so long that an answer is late by more than a blink.
pub(super) fn pace(since: Duration) -> Duration {
    (since / 20).clamp(Duration::from_millis(10), Duration::from_millis(150))
}
