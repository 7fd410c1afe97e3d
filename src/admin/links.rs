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

/// How long the link of a message lives after it was last sent: a person may read it in the evening.
const MESSAGE_LINK: Millis = 24 * 60 * 60 * 1000;
const MILLIS_PER_MINUTE: u64 = 60_000;

/// Makes a link for a row that lives that many minutes, within [`LINK_MINUTES`]; `None` when
/// a phone is connected, or the row is gone.
pub fn make(store: &Store, target: &InstanceRef, minutes: u64) -> Result<Option<NewLink>, store::Error> {
    store.add_link(target, Millis::try_from(minutes * MILLIS_PER_MINUTE).unwrap_or(0))
}

/// The link that a message to a notice target has for an instance, which lives from now on; `None` when
/// a phone is connected, the row is gone, or that link was used or revoked.
pub fn of_message(store: &Store, message: &str, instance: &str) -> Result<Option<NewLink>, store::Error> {
    store.message_link(message, instance, MESSAGE_LINK)
}

/// The address of a link, below the address that people use.
pub fn url(base: &str, token: &Secret) -> String {
    format!("{base}/c#{}", token.expose())
}
