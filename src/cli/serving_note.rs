//! What a running `serve` leaves in the database for the commands beside it: where it listens, and how it was set.

use serde::{Deserialize, Serialize};

use crate::domain::{Millis, now};
use crate::http::Network;
use crate::store::{Error, Store};

/// The setting that holds it.
pub const SERVING: &str = "serving";

/// How the last `serve` of a data folder was set.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServingNote {
    /// Address and port that it took.
    pub listen: String,
    /// The address people use, where it was named.
    pub public_url: Option<String>,
    /// How many proxies' word about addresses is taken.
    pub trusted_proxies: usize,
    /// Its process.
    pub pid: u32,
    /// Its release.
    pub version: String,
    /// When it began.
    pub since: Millis,
}

impl ServingNote {
    /// Writes it down.
    pub fn write(
        store: &Store,
        listen: String,
        public_url: Option<&str>,
        trusted: &[Network],
    ) -> Result<(), Error> {
        let note = Self {
            listen,
            public_url: public_url.map(str::to_owned),
            trusted_proxies: trusted.len(),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since: now(),
        };
        store.set_setting(SERVING, &serde_json::to_string(&note).expect("texts and numbers are JSON"))
    }

    /// Reads what was written down; `None` for what an other release wrote and this one cannot read.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
