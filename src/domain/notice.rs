//! What people are told of, and the words of it. Decides nothing.

use serde::{Deserialize, Serialize};

use super::{MILLIS_PER_DAY, Millis, Reason};

/// Minutes by which Brasília's time is ahead of UTC, which counts unless told otherwise.
pub const USUAL_UTC_OFFSET: i16 = -180;
/// Minutes of a day.
const MINUTES_PER_DAY: i64 = 1440;
const MILLIS_PER_MINUTE: i64 = 60_000;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A connected number has dropped.
    Disconnected,
    /// Upstream no longer has the instance.
    Lost,
    /// A number that was reported is connected again.
    Back,
    /// Another phone is linked than before, or than expected.
    OtherNumber,
    /// A server no longer answers as it should.
    ServerDown,
    /// It does again.
    ServerUp,
    /// A server asks for its licence to be activated.
    LicenceLost,
    /// A backup was not made.
    BackupFailed,
    /// Somebody tests a target.
    Test,
}

impl NoticeKind {
    /// Its word, in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Lost => "lost",
            Self::Back => "back",
            Self::OtherNumber => "other_number",
            Self::ServerDown => "server_down",
            Self::ServerUp => "server_up",
            Self::LicenceLost => "licence_lost",
            Self::BackupFailed => "backup_failed",
            Self::Test => "test",
        }
    }

    /// Whether it is about an instance.
    pub fn is_of_instance(self) -> bool {
        matches!(self, Self::Disconnected | Self::Lost | Self::Back | Self::OtherNumber)
    }

    /// Whether it is good news.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Back | Self::ServerUp | Self::Test)
    }

    /// Whether the other, of the same subject, makes it old news, which need not be sent if it was not yet.
    pub fn is_ended_by(self, other: Self) -> bool {
        use NoticeKind::{Back, Disconnected, LicenceLost, Lost, OtherNumber, ServerDown, ServerUp};
        matches!(
            (self, other),
            (Disconnected | Lost, Back | OtherNumber)
                | (Back, Disconnected | Lost)
                | (ServerDown | LicenceLost, ServerUp)
                | (ServerUp, ServerDown | LicenceLost)
        )
    }
}

/// One thing that people are told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    pub kind: NoticeKind,
    /// When it happened.
    pub at: Millis,
    /// The id of the instance's row, or of the server's credential; empty: this program.
    pub subject: String,
    /// What the instance or the server is called.
    pub name: String,
    /// What people call the instance.
    pub display_name: Option<String>,
    /// The id of the instance's owner.
    pub owner: Option<String>,
    /// The id of the credential of its server.
    pub credential: Option<String>,
    /// Why, as a word of [`Reason`], or an error code.
    pub reason: Option<String>,
    /// The number that is linked, or what went wrong.
    pub detail: Option<String>,
}

impl Notice {
    /// Whether somebody who scans a code brings the number back.
    pub fn helps_to_scan(&self) -> bool {
        let reason = self.reason.as_deref().and_then(Reason::parse);
        match self.kind {
            NoticeKind::Lost => true,
            NoticeKind::Disconnected => reason.is_none_or(Reason::ends_pairing),
            _ => false,
        }
    }

    /// What people call it: the instance by its own name where it has no other.
    pub fn shown_name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }
}

/// How a target is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoticeChannelKind {
    Webhook,
    Ntfy,
    Telegram,
    Email,
    Whatsapp,
}

impl NoticeChannelKind {
    /// Every channel.
    pub const ALL: [Self; 5] = [Self::Webhook, Self::Ntfy, Self::Telegram, Self::Email, Self::Whatsapp];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Ntfy => "ntfy",
            Self::Telegram => "telegram",
            Self::Email => "email",
            Self::Whatsapp => "whatsapp",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word)
    }
}

/// Hours in which a target is sent nothing, in its own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// Minute of the day from which it is quiet.
    pub from: u16,
    /// Minute of the day until which it is quiet; before `from`: of the next day.
    pub to: u16,
}

impl QuietHours {
    /// Reads `22:00-07:00`; `None` for anything else, and where the two are the same.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.trim().split_once('-')?;
        let (from, to) = (minute_of_day(from.trim())?, minute_of_day(to.trim())?);
        (from != to).then_some(Self { from, to })
    }

    /// When the quiet ends that it is in at that moment, of a time that is so many minutes ahead of UTC; `None`: it is
    /// not quiet.
    pub fn end(self, now: Millis, utc_offset: i16) -> Option<Millis> {
        let minutes = (now + i64::from(utc_offset) * MILLIS_PER_MINUTE).rem_euclid(MILLIS_PER_DAY);
        let minute = minutes / MILLIS_PER_MINUTE;
        let since = (minute - i64::from(self.from)).rem_euclid(MINUTES_PER_DAY);
        let length = (i64::from(self.to) - i64::from(self.from)).rem_euclid(MINUTES_PER_DAY);
        (since < length)
            .then(|| now - now.rem_euclid(MILLIS_PER_MINUTE) + (length - since) * MILLIS_PER_MINUTE)
    }
}

impl std::fmt::Display for QuietHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// Reads `22:00`.
fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, below: u16| {
        let is_plain = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        is_plain.then(|| text.parse().ok()).flatten().filter(|number: &u16| *number < below)
    };
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

/// Reads what a time is ahead of UTC, `-03:00` or `+05:30`, in minutes; `None` for anything else.
pub fn parse_utc_offset(text: &str) -> Option<i16> {
    let text = text.trim();
    let (sign, rest) = match text.split_at_checked(1)? {
        ("-", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => return None,
    };
    let minutes = i16::try_from(minute_of_day(rest)?).ok().filter(|minutes| *minutes <= 14 * 60)?;
    Some(sign * minutes)
}

/// Writes what [`parse_utc_offset`] reads.
pub fn utc_offset(minutes: i16) -> String {
    let (sign, ahead) = if minutes < 0 { ('-', -minutes) } else { ('+', minutes) };
    format!("{sign}{:02}:{:02}", ahead / 60, ahead % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_end_at_their_minute_of_the_targets_own_day() {
        let hours = |text| QuietHours::parse(text).expect("hours");
        let at = |text| super::super::clock::parse_iso(text).expect("a moment");
        for (quiet, offset, now, end) in [
            ("22:00-07:00", 0, "2026-01-31T21:59:59.999Z", None),
            ("22:00-07:00", 0, "2026-01-31T22:00:00.000Z", Some("2026-02-01T07:00:00.000Z")),
            ("22:00-07:00", 0, "2026-02-01T06:59:59.999Z", Some("2026-02-01T07:00:00.000Z")),
            ("22:00-07:00", 0, "2026-02-01T07:00:00.000Z", None),
            ("22:00-07:00", -180, "2026-02-01T00:59:00.000Z", None),
            ("22:00-07:00", -180, "2026-02-01T01:00:30.000Z", Some("2026-02-01T10:00:00.000Z")),
            ("12:00-13:30", 330, "2026-02-01T07:00:00.000Z", Some("2026-02-01T08:00:00.000Z")),
            ("12:00-13:30", 330, "2026-02-01T08:00:00.000Z", None),
        ] {
            assert_eq!(hours(quiet).end(at(now), offset), end.map(at), "{quiet} {offset} {now}");
        }
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for text in ["22:00-07:00", "00:00-23:59"] {
            assert_eq!(QuietHours::parse(text).expect("hours").to_string(), text);
        }
        for text in ["", "22-7", "22:00", "24:00-07:00", "22:60-07:00", "22:00-22:00", "+2:00-07:00"] {
            assert_eq!(QuietHours::parse(text), None, "{text}");
        }
        for (text, minutes) in [("-03:00", -180), ("+05:30", 330), ("+00:00", 0), ("+14:00", 840)] {
            assert_eq!((parse_utc_offset(text), utc_offset(minutes).as_str()), (Some(minutes), text));
        }
        for text in ["", "03:00", "-3", "+15:00", "-03:60", "−03:00"] {
            assert_eq!(parse_utc_offset(text), None, "{text}");
        }
    }

    #[test]
    fn a_scan_helps_where_the_pairing_has_ended() {
        let notice = |kind, reason: Option<&str>| Notice {
            kind,
            at: 0,
            subject: "c1".to_owned(),
            name: "a".to_owned(),
            display_name: None,
            owner: None,
            credential: None,
            reason: reason.map(str::to_owned),
            detail: None,
        };
        for (kind, reason, helps) in [
            (NoticeKind::Lost, Some("gone"), true),
            (NoticeKind::Disconnected, Some("device_removed"), true),
            (NoticeKind::Disconnected, Some("upstream_401"), true),
            (NoticeKind::Disconnected, None, true),
            (NoticeKind::Disconnected, Some("dropped"), false),
            (NoticeKind::Disconnected, Some("not_loaded"), false),
            (NoticeKind::Disconnected, Some("fighting"), false),
            (NoticeKind::Back, Some("paired"), false),
            (NoticeKind::ServerDown, None, false),
        ] {
            assert_eq!(notice(kind, reason).helps_to_scan(), helps, "{kind:?} {reason:?}");
        }
    }
}
