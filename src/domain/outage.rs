//! How long an instance has to be out of order before its row says so: the same for calls and for the monitor.

use std::time::Duration;

/// How long the socket of a paired phone has to be down. Recorded: sockets that come back by themselves take 0.1
/// to 2.2 s.
pub const DROPPED_AFTER: Duration = Duration::from_millis(1500);
/// How long a socket whose code was shown has to stay closed before nobody has scanned it: after a scan it closes and
/// comes back, recorded within 0.1 s, and up to 2.2 s after WhatsApp was out of reach.
pub const UNSCANNED_AFTER: Duration = Duration::from_secs(6);
/// How long an instance has to be not loaded: a server that restarts lists what it has loaded so far, for some
/// seconds.
pub const NOT_LOADED_AFTER: Duration = Duration::from_mins(1);
