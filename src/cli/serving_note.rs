//! What a running `serve` leaves in the database for the commands beside it: where it listens, and how it was set.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::backup::BackupPlan;
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
    /// Where it puts backups, whatever folder a command runs in; `None`: an earlier release wrote this.
    pub backup_dir: Option<PathBuf>,
    /// Seconds between two backups that it makes by itself; `None`: it makes none.
    pub backup_every: Option<u64>,
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
        backups: &BackupPlan,
    ) -> Result<(), Error> {
        let note = Self {
            listen,
            public_url: public_url.map(str::to_owned),
            trusted_proxies: trusted.len(),
            backup_dir: Some(backups.folder.clone()),
            backup_every: backups.every.map(|every| every.as_secs()),
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
