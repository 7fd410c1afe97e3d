//! How long everything takes in the simulated world, and the clock it is measured with.
//!
//! Every duration of the simulation is *simulated* time; only [`SimulatedClock`] knows how fast that runs.
//! Nothing here sleeps.

use super::stepped_time::SteppedTime;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A point of simulated time: how long after the start of the simulation.
pub type Moment = Duration;

/// The sleeps and delays of an Evolution server and of the WhatsApp behind it, in simulated time.
///
/// The presets are what the recordings of the real servers show; see [`Timing::recorded`]. Where those
/// vary, the presets are at the quick end: a replay that asks at the recorded moments must find done what
/// was done by then.
#[derive(Clone, Debug)]
pub struct Timing {
    /// What `connect` sleeps after it opened a socket, before it answers whatever is there.
    pub connect: Duration,
    /// What `create` with `qrcode:true` sleeps likewise.
    pub create_with_qr: Duration,
    /// How long `create` takes between its check of the name and its insert. Two creates of one name
    /// that meet in here race.
    pub create: Duration,
    /// How long `delete` takes.
    pub delete: Duration,
    /// How long 1.8.2 takes to `restart` an open instance; 2.x answers at once.
    pub restart: Duration,
    /// From opening a socket until `connectionState` says `connecting`.
    pub connecting: Duration,
    /// From opening a socket until its first QR code.
    pub qr: Duration,
    /// How long a QR code is shown before the next one replaces it.
    pub qr_life: Duration,
    /// How much later than the QR code of a plain socket the codes of a socket with a number appear.
    pub pairing_code: Duration,
    /// From a scan, or the start of a paired socket's reconnect, until `open`.
    pub scan_to_open: Duration,
    /// How much later than `connectionState` the list of 2.x says `open`, and who scanned.
    pub list_lag: Duration,
    /// How long an instance with a webhook stays in memory after a 2.x `delete` answered: the clean-up
    /// waits for the webhook `remove.instance`.
    pub remove_webhook: Duration,
    /// From a deleted instance leaving the memory of a 2.x server until its row leaves the database.
    pub clean_up: Duration,
    /// The same for an instance that two creates fought over.
    pub race_clean_up: Duration,
    /// How long a server restart refuses connections.
    pub server_down: Duration,
    /// How long a restarted server takes to load each instance.
    pub load: Duration,
    /// After how long a socket that WhatsApp does not answer is given up and tried again.
    pub hung_socket: Duration,
    /// How many times faster than real time the simulation runs.
    pub speed: f64,
    /// Whether time stands still until it is set on instead.
    pub stepped: bool,
}

impl Timing {
    /// What 2.3.7 was measured to take.
    #[must_use]
    pub fn recorded() -> Self {
        let ms = Duration::from_millis;
        Self {
            connect: ms(2_000),
            create_with_qr: ms(5_000),
            create: ms(5),
            delete: Duration::ZERO,
            restart: Duration::ZERO,
            connecting: ms(100),
            qr: ms(200),
            qr_life: ms(45_000),
            pairing_code: ms(1_000),
            scan_to_open: ms(120),
            list_lag: ms(380),
            remove_webhook: ms(100),
            clean_up: ms(85),
            race_clean_up: ms(42),
            server_down: ms(1_300),
            load: ms(20),
            hung_socket: ms(30_000),
            speed: 1.0,
            stepped: false,
        }
    }

    /// What 1.8.2 was measured to take.
    #[must_use]
    pub fn recorded_v1() -> Self {
        let ms = Duration::from_millis;
        Self {
            connect: ms(5_000),
            create: ms(1),
            delete: ms(20),
            restart: ms(2_000),
            pairing_code: ms(2_000),
            list_lag: Duration::ZERO,
            ..Self::recorded()
        }
    }

    /// No sleeps at all, and a QR code as soon as a socket opens: for tests and benches of a client's
    /// own speed. Codes still live as long as recorded.
    #[must_use]
    pub fn instant() -> Self {
        let none = Duration::ZERO;
        Self {
            connect: none,
            create_with_qr: none,
            create: none,
            delete: none,
            connecting: none,
            qr: none,
            pairing_code: none,
            scan_to_open: none,
            list_lag: none,
            remove_webhook: none,
            clean_up: none,
            race_clean_up: none,
            server_down: none,
            load: none,
            ..Self::recorded()
        }
    }

    /// The same world, whose time stands still until [`Control::set_time`](super::Control::set_time).
    #[must_use]
    pub fn stepped(self) -> Self {
        Self { stepped: true, ..self }
    }

    /// The same world, running `speed` times as fast.
    #[must_use]
    pub fn sped_up(self, speed: f64) -> Self {
        Self { speed, ..self }
    }
}

/// Converts between real and simulated time.
#[derive(Clone, Debug)]
pub struct SimulatedClock {
    start: Instant,
    start_wall: SystemTime,
    speed: f64,
    stepped: Option<Arc<SteppedTime>>,
}

impl SimulatedClock {
    /// Starts at simulated time zero; `speed` must be above zero.
    #[must_use]
    pub fn start(speed: f64) -> Self {
        Self {
            start: Instant::now(),
            start_wall: SystemTime::now(),
            speed: speed.max(f64::MIN_POSITIVE),
            stepped: None,
        }
    }

    /// The clock of a server with that timing.
    #[must_use]
    pub fn of(timing: &Timing) -> Self {
        Self { stepped: timing.stepped.then(Arc::default), ..Self::start(timing.speed) }
    }

    /// The time that is set on, where it does not go by itself.
    #[must_use]
    pub fn stepped(&self) -> Option<&SteppedTime> {
        self.stepped.as_deref()
    }

    /// The current simulated time.
    #[must_use]
    pub fn now(&self) -> Moment {
        match &self.stepped {
            Some(stepped) => stepped.now(),
            None => self.start.elapsed().mul_f64(self.speed),
        }
    }

    /// How long in real time a simulated duration lasts.
    #[must_use]
    pub fn real(&self, simulated: Duration) -> Duration {
        simulated.div_f64(self.speed)
    }

    /// The simulated moment after that much real time.
    #[must_use]
    pub fn after(&self, real: Duration) -> Moment {
        self.now() + real.mul_f64(self.speed)
    }

    /// When in real time a simulated moment is.
    #[must_use]
    pub fn instant(&self, moment: Moment) -> Instant {
        self.start + self.real(moment)
    }

    /// A simulated moment as the JSON of a JavaScript `Date`: `2026-11-23T22:07:46.166Z`.
    #[must_use]
    pub fn stamp(&self, moment: Moment) -> String {
        let since = self.start_wall.duration_since(UNIX_EPOCH).unwrap_or_default() + moment;
        stamp(since)
    }
}

/// Formats a time since 1970 as ISO 8601, in UTC.
fn stamp(since: Duration) -> String {
    let seconds = since.as_secs();
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    let millis = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// The date of a day since 1970, counted in years that begin in March (Howard Hinnant's algorithm).
fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 719_468;
    let era = z / 146_097;
    let doe = z % 146_097;
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_dates_in_utc() {
        assert_eq!(stamp(Duration::ZERO), "1970-01-01T00:00:00.000Z");
        assert_eq!(stamp(Duration::from_millis(951_782_400_007)), "2000-02-29T00:00:00.007Z");
        assert_eq!(stamp(Duration::from_secs(1_795_471_666)), "2026-11-23T22:07:46.000Z");
    }
}
