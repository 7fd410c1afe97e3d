//! Scripting the simulated world: what a phone, WhatsApp, the network or an operator would do.
//!
//! [`Control`] is for programs in the same process; everything that changes something can also be asked
//! for over HTTP under `/sim`, without a key, because it is a simulation. Nothing here answers a request
//! to Evolution.

use super::connections::{After, OpenConnections, carry_out};
use super::hub::{Fault, Hub, Listening, VersionPage, Webhook};
use super::stepped_time::SteppedTime;
use super::world::{Whatsapp, World};
use std::sync::Arc;
use std::time::Duration;

/// Who scans, unless someone else is named.
const JID: &str = "5521991856227@s.whatsapp.net";
/// How long a dropped socket stays away, unless told; recorded as well under a second.
const BACK_AFTER: Duration = Duration::from_millis(500);

/// The simulation's strings.
pub struct Control {
    pub(super) hub: Arc<Hub>,
    connections: Arc<OpenConnections>,
}

impl Control {
    pub(super) fn new(hub: Arc<Hub>, connections: Arc<OpenConnections>) -> Self {
        Self { hub, connections }
    }

    /// A phone scans the code that the instance shows; `jid` is its account, of which nothing is listed where it is
    /// empty. False if the instance shows none.
    #[must_use]
    pub fn scan(&self, name: &str, jid: Option<&str>) -> bool {
        self.hub.world(|world, now| world.scan(name, jid.unwrap_or(JID), now))
    }

    /// The instance's account goes by that WhatsApp id and name in lists from now on; without an id they name no
    /// owner. False if there is no such instance.
    #[must_use]
    pub fn rename(&self, name: &str, jid: Option<&str>, profile_name: Option<&str>) -> bool {
        self.hub.world(|world, _| {
            let found = world.find(name).and_then(|key| world.get_mut(key));
            found.map(|i| i.rename(jid, profile_name)).is_some()
        })
    }

    /// A phone scans the code and WhatsApp refuses the device, as since July 2026 with the Baileys in 2.3.7. False
    /// if the instance shows none.
    #[must_use]
    pub fn scan_refused(&self, name: &str) -> bool {
        self.hub.world(|world, now| world.scan_in_vain(name, now))
    }

    /// The phone removes the linked device. False if none is linked.
    #[must_use]
    pub fn unlink(&self, name: &str) -> bool {
        self.hub.world(|world, now| world.unlink(name, now))
    }

    /// The instance's socket drops and is back after `back` of simulated time. False if it has none.
    #[must_use]
    pub fn drop_socket(&self, name: &str, back: Option<Duration>) -> bool {
        self.hub.world(|world, now| world.drop_sockets(name, back.unwrap_or(BACK_AFTER), now))
    }

    /// Another client signs in with the instance's pairing, and the two sockets replace each other until it is
    /// stopped, or the instance deleted. False if no phone is connected.
    #[must_use]
    pub fn fight(&self, name: &str) -> bool {
        self.hub.world(|world, now| world.begin_fight(name, now))
    }

    /// That other client is stopped. False if there is none.
    #[must_use]
    pub fn end_fight(&self, name: &str) -> bool {
        self.hub.world(|world, _| world.end_fight(name))
    }

    /// Its webhook receiver fails: a `delete` of 2.x leaves it alive that much longer. False if missing.
    #[must_use]
    pub fn hold_delete(&self, name: &str, delay: Duration) -> bool {
        self.hub.world(|world, _| {
            let found = world.find(name).and_then(|key| world.get_mut(key));
            found.map(|i| i.delete_delay = delay).is_some()
        })
    }

    /// That instance, or all of them, vanish.
    pub fn forget(&self, name: Option<&str>) {
        self.hub.world(|world, _| world.forget(name));
    }

    /// The server restarts. Returns when it refuses connections; it is back by itself.
    pub fn restart(&self) {
        carry_out(&self.hub, &self.connections, After::Restart);
        if let Some(stepped) = self.hub.clock.stepped() {
            stepped.disown_sleepers();
        }
    }

    /// The simulated time.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.hub.clock.now()
    }

    /// Sets a time that stands still on to that moment.
    pub fn set_time(&self, to: Duration) {
        if let Some(stepped) = self.hub.clock.stepped() {
            stepped.set(to);
        }
    }

    /// Until when the calls sleep that do, in a time that stands still; [`Duration::MAX`] where no time ends it. `None`
    /// while the server is about to listen again.
    #[must_use]
    pub fn asleep(&self) -> Option<Vec<Duration>> {
        let is_rebinding = self.hub.mode(|mode| mode.closed) != self.hub.is_closed_now();
        let dues = self.hub.clock.stepped().map(SteppedTime::dues);
        dues.filter(|_| !is_rebinding)
    }

    /// WhatsApp's web-socket server behaves like that from now on.
    pub fn whatsapp(&self, to: Whatsapp) {
        self.hub.world(|world, now| world.set_whatsapp(to, now));
    }

    /// WhatsApp's page of versions behaves like that from now on.
    pub fn version_page(&self, to: VersionPage) {
        self.hub.set_mode(|mode| mode.version_page = to);
    }

    /// Every answer comes that much later, in real time.
    pub fn slow(&self, by: Duration) {
        self.hub.set_mode(|mode| mode.slow = by);
    }

    /// Whether 2.4's licence is missing.
    pub fn licence(&self, required: bool) {
        self.hub.set_mode(|mode| mode.unlicensed = required);
    }

    /// The server's key changes.
    pub fn key(&self, value: &str) {
        self.hub.set_key(value);
    }

    /// The next calls get this instead of an answer: `times` of them, or all until it is changed.
    pub fn fault(&self, fault: Fault, times: Option<u32>) {
        self.hub.set_mode(|mode| (mode.fault, mode.times, mode.endpoint) = (fault, times, None));
    }

    /// The same for calls of one endpoint alone, as the journal names it: `connect`, `fetchInstances`, …
    /// Not for [`Fault::Reset`], which comes before a request is read.
    pub fn fault_at(&self, endpoint: &str, fault: Fault, times: Option<u32>) {
        let endpoint = Some(endpoint.to_owned());
        self.hub.set_mode(|mode| (mode.fault, mode.times, mode.endpoint) = (fault, times, endpoint));
    }

    /// The list has these entries besides the instances, whatever they are.
    pub fn extra_entries(&self, entries: Vec<serde_json::Value>) {
        self.hub.set_mode(|mode| mode.extra_entries = entries);
    }

    /// The server posts what happens to its instances there from now on, to an address for each event
    /// if told so; without an address, no longer.
    pub fn webhook(&self, url: Option<&str>, by_events: bool) {
        let webhook = url.map(|url| Webhook { url: url.to_owned(), by_events });
        self.hub.set_mode(|mode| mode.webhook = webhook);
    }

    /// Adds that many connected instances, `row-1` and so on, each with a phone of its own.
    pub fn fill(&self, count: u32) {
        self.fill_after(0, count);
    }

    /// The same with names that another server does not have, which stopped at the number `after`.
    pub fn fill_after(&self, after: u32, count: u32) {
        let add = |world: &mut World, now, n| {
            let jid = format!("5521{}@s.whatsapp.net", 900_000_000 + n);
            world.add_connected(&format!("row-{n}"), &jid, now);
        };
        self.hub.world(|world, now| (after + 1..=after + count).for_each(|n| add(world, now, n)));
    }

    /// Connections are refused from now on, or accepted again. Returns when that is so.
    pub fn refuse(&self, refuse: bool) {
        if refuse {
            carry_out(&self.hub, &self.connections, After::StopListening(Listening::Not(None)));
        } else {
            self.hub.set_mode(|mode| mode.listening = Listening::Yes);
            self.hub.wait(Some(Duration::from_secs(1)), |mode| !mode.closed);
        }
    }

    /// Everything as at the start, but for the key.
    pub fn reset(&self) {
        reset(&self.hub);
    }
}

fn reset(hub: &Hub) {
    hub.world(super::world::World::reset);
    hub.set_mode(|mode| {
        (mode.fault, mode.times, mode.endpoint) = (Fault::None, None, None);
        (mode.slow, mode.extra_entries) = (Duration::ZERO, Vec::new());
        (mode.unlicensed, mode.version_page, mode.webhook) = (false, VersionPage::Answers, None);
    });
    *hub.journal() = super::journal::Journal::default();
}
