//! Which server is simulated, and how it is set up. Starts nothing.

use super::timing::Timing;
use std::str::FromStr;

/// `QRCODE_LIMIT`, unless told: Evolution's own default.
const QRCODE_LIMIT: u32 = 30;

/// Which server is simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// 2.3.7, the newest stable.
    #[default]
    V2_3_7,
    /// 1.8.2, the last of the old line.
    V1_8_2,
}

impl Version {
    /// As `GET /` names it.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V2_3_7 => "2.3.7",
            Self::V1_8_2 => "1.8.2",
        }
    }

    /// Whether it is of the old line.
    #[must_use]
    pub fn is_v1(self) -> bool {
        self == Self::V1_8_2
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = [Self::V2_3_7, Self::V1_8_2].into_iter().find(|version| version.number() == text);
        found.ok_or_else(|| format!("{text} is not simulated; 2.3.7 and 1.8.2 are"))
    }
}

/// How a simulated server is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: String,
    /// The server's key (`AUTHENTICATION_API_KEY`).
    pub api_key: String,
    /// Which server.
    pub version: Version,
    /// How long things take.
    pub timing: Timing,
    /// `QRCODE_LIMIT`: codes shown before an instance gives up.
    pub qrcode_limit: u32,
    /// `AUTHENTICATION_EXPOSE_IN_FETCH_INSTANCES`; only 1.8.2 minds.
    pub expose_in_fetch: bool,
    /// `DEL_INSTANCE`: minutes after which an unpaired instance is deleted; 0 and 1 mean never.
    pub del_instance_minutes: u32,
}

impl Options {
    /// A server of that version on a free port of loopback, as slow as recorded.
    #[must_use]
    pub fn new(version: Version, api_key: &str) -> Self {
        let timing = if version.is_v1() { Timing::recorded_v1() } else { Timing::recorded() };
        Self {
            listen: "127.0.0.1:0".to_owned(),
            api_key: api_key.to_owned(),
            version,
            timing,
            qrcode_limit: QRCODE_LIMIT,
            expose_in_fetch: true,
            del_instance_minutes: 0,
        }
    }
}
