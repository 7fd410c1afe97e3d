//! The rules for connect links: how long they may live, and where they lead.
//!
//! A link's token stands in the fragment, which no browser sends: it is in no log of any proxy.

use std::ops::RangeInclusive;

use crate::domain::{Millis, Secret};
use crate::store::{self, InstanceRef, NewLink, Store};

/// Minutes that a link may live: as long as somebody may take to come to the shop, and no longer.
pub const LINK_MINUTES: RangeInclusive<u64> = 1..=1440;
/// Minutes that a link lives by default.
pub const DEFAULT_LINK_MINUTES: u64 = 30;

const MILLIS_PER_MINUTE: u64 = 60_000;

/// Makes a link for a row that lives that many minutes, within [`LINK_MINUTES`]; `None` when
/// a phone is connected, or the row is gone.
pub fn make(store: &Store, target: &InstanceRef, minutes: u64) -> Result<Option<NewLink>, store::Error> {
    store.add_link(target, Millis::try_from(minutes * MILLIS_PER_MINUTE).unwrap_or(0))
}

/// The address of a link, below the address that people use.
pub fn url(base: &str, token: &Secret) -> String {
    format!("{base}/c#{}", token.expose())
}
