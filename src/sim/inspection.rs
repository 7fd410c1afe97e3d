//! What can be asked about the simulated world: calls received, sockets and logins counted, states and codes.
//!
//! Changes nothing.

use super::control::Control;
use super::instance::LiveState;
use super::journal::{JournalEntry, Tally};
use super::sent_text::SentText;
use std::sync::Arc;
use std::time::Instant;

/// The code that an instance shows.
#[derive(Clone, Debug)]
pub struct CurrentCode {
    /// What the QR code says.
    pub code: String,
    /// Its picture as a data URI.
    pub base64: Arc<str>,
    /// The pairing code beside it.
    pub pairing: Option<String>,
    /// Evolution's count.
    pub count: u32,
    /// When it could first be asked for.
    pub born: Instant,
}

impl Control {
    /// The calls received, oldest first; the newest ten thousand.
    #[must_use]
    pub fn calls(&self) -> Vec<JournalEntry> {
        self.hub.journal().calls()
    }

    /// How often an endpoint was called, for that name or for all.
    #[must_use]
    pub fn count(&self, endpoint: &str, name: Option<&str>) -> u32 {
        self.tally(endpoint, name).calls
    }

    /// The same, with how many calls were under way at once.
    #[must_use]
    pub fn tally(&self, endpoint: &str, name: Option<&str>) -> Tally {
        self.hub.journal().tally(endpoint, name)
    }

    /// WhatsApp sockets that calls have opened for that name. Reconnects by itself are not counted.
    #[must_use]
    pub fn sockets(&self, name: &str) -> u32 {
        self.hub.world(|world, _| world.ledger(name).sockets)
    }

    /// Connects to a paired instance whose own socket was about to come back: two sockets fight now.
    #[must_use]
    pub fn harmed(&self, name: &str) -> u32 {
        self.hub.world(|world, _| world.ledger(name).harmed)
    }

    /// Times the name's pairing signed in to WhatsApp. Two sockets of one pairing do so for ever.
    #[must_use]
    pub fn logins(&self, name: &str) -> u32 {
        self.hub.world(|world, _| world.ledger(name).logins)
    }

    /// Names whose instance a race of two creates destroyed, once for each time.
    #[must_use]
    pub fn destroyed(&self) -> Vec<String> {
        self.hub.world(|world, _| world.destroyed.clone())
    }

    /// Texts that were sent through instances, in order.
    #[must_use]
    pub fn texts(&self) -> Vec<SentText> {
        self.hub.world(|world, _| world.texts.clone())
    }

    /// What `connectionState` would say; none if the server's process does not know the name.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<LiveState> {
        self.hub.world(|world, now| world.loaded(name).map(|(_, i)| world.seen(i, now)))
    }

    /// The last code of an instance, stale or not.
    #[must_use]
    pub fn current_code(&self, name: &str) -> Option<CurrentCode> {
        let (code, count) = self.hub.world(|world, _| {
            let (_, i) = world.loaded(name)?;
            Some((i.code.clone()?, i.count))
        })?;
        let (base64, born) = (code.base64(), self.hub.clock.instant(code.born));
        Some(CurrentCode { code: code.text.clone(), base64, pairing: code.pairing.clone(), count, born })
    }
}
