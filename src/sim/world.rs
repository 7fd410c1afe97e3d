//! The simulated server's instances and the WhatsApp behind them.
//!
//! A world is moved by [`World::advance`], which does everything that has fallen due since the last
//! call, each thing at its own moment. It never reads a clock, sleeps, or knows HTTP: the same calls at
//! the same moments give the same world.

mod fight;
mod process;
mod removal;
mod sockets;

use super::instance::{InstanceSpec, LiveState, SimulatedInstance};
use super::options::Version;
use super::sent_text::SentText;
use super::timing::{Moment, SimulatedClock, Timing};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// Names that JavaScript finds in every object, and Evolution therefore takes for instances.
const PROTOTYPE: [&str; 7] =
    ["__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "toString", "toLocaleString", "valueOf"];

/// The kind of instance that a phone is paired with.
pub const PHONE: &str = "WHATSAPP-BAILEYS";

/// An instance, whatever its name: a deleted one and its successor of the same name differ.
pub type InstanceKey = u64;

/// How WhatsApp's web-socket server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whatsapp {
    /// Answers.
    Reachable,
    /// Refuses connections.
    Refuses,
    /// Accepts connections and says nothing.
    Hangs,
}

/// Something that falls due.
#[derive(Clone, Copy, Debug)]
enum DueEvent {
    /// A socket is up: the state becomes `connecting`.
    Connecting(InstanceKey, u64),
    /// A socket gets the next QR code from WhatsApp.
    Qr(InstanceKey, u64),
    /// The code can be seen.
    Show(InstanceKey, u64),
    /// A paired socket is signed in.
    Open(InstanceKey, u64),
    /// The list says that a phone is signed in, even where its socket has dropped meanwhile.
    ListedOpen(InstanceKey),
    /// In the fight that began then, one socket signs in and throws the other out.
    FightLogin(InstanceKey, Moment),
    /// The process loads the instance, after a restart.
    Load(InstanceKey),
    /// The process forgets the instance.
    Unload(InstanceKey, Duration),
    /// Its row is deleted.
    Erase(InstanceKey),
    /// It was left unpaired for too long (`DEL_INSTANCE`).
    Expire(InstanceKey),
}

/// What happened to a name over all its instances.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ledger {
    /// Sockets ever opened by calls.
    pub sockets: u32,
    /// Connects that opened a second socket beside one that was about to come back.
    pub harmed: u32,
    /// Times a phone's pairing signed in: the scan itself, each reconnect, and each turn of a fight.
    pub logins: u32,
}

/// All instances, and what will happen to them.
pub struct World {
    /// Which server this is.
    pub version: Version,
    /// How long things take.
    pub timing: Timing,
    /// Turns moments into dates.
    pub clock: SimulatedClock,
    /// `QRCODE_LIMIT`.
    pub qrcode_limit: u32,
    /// `DEL_INSTANCE` in minutes; below 2 it does nothing.
    pub del_instance: u32,
    /// How WhatsApp behaves. Change it through [`World::set_whatsapp`].
    pub whatsapp: Whatsapp,
    /// Names whose instance a race of two creates destroyed, in order.
    pub destroyed: Vec<String>,
    /// Texts that were sent, in order.
    pub texts: Vec<SentText>,
    instances: BTreeMap<InstanceKey, SimulatedInstance>,
    names: HashMap<String, InstanceKey>,
    ledgers: HashMap<String, Ledger>,
    due: BTreeMap<(Moment, u64), DueEvent>,
    serial: u64,
}

impl World {
    /// An empty server.
    #[must_use]
    pub fn new(
        version: Version,
        timing: Timing,
        clock: SimulatedClock,
        qrcode_limit: u32,
        del_instance: u32,
    ) -> Self {
        Self {
            version,
            timing,
            clock,
            qrcode_limit,
            del_instance,
            whatsapp: Whatsapp::Reachable,
            destroyed: Vec::new(),
            texts: Vec::new(),
            instances: BTreeMap::new(),
            names: HashMap::new(),
            ledgers: HashMap::new(),
            due: BTreeMap::new(),
            serial: 0,
        }
    }

    fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn schedule(&mut self, at: Moment, event: DueEvent) {
        let serial = self.next_serial();
        self.due.insert((at, serial), event);
    }

    /// Does all that has fallen due by `now`.
    pub fn advance(&mut self, now: Moment) {
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((at, _), event) = entry.remove_entry();
            self.happen(at, event);
        }
    }

    fn happen(&mut self, at: Moment, event: DueEvent) {
        match event {
            DueEvent::Connecting(key, socket) => self.on_connecting(key, socket),
            DueEvent::Qr(key, socket) => self.on_qr(key, socket, at),
            DueEvent::Show(key, socket) => self.on_show(key, socket, at),
            DueEvent::Open(key, socket) => self.on_open(key, socket, at),
            DueEvent::ListedOpen(key) => self.on_listed_open(key, at),
            DueEvent::FightLogin(key, since) => self.on_fight_login(key, since, at),
            DueEvent::Load(key) => self.on_load(key, at),
            DueEvent::Unload(key, clean_up) => self.on_unload(key, at, clean_up),
            DueEvent::Erase(key) => self.erase(key),
            DueEvent::Expire(key) => self.on_expire(key, at),
        }
    }

    /// Whether the server takes the name for an instance, in memory, in the database or by accident.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        PROTOTYPE.contains(&name) || self.find(name).is_some()
    }

    /// The key of the instance that has the name, in memory or in the database.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<InstanceKey> {
        self.names.get(name).copied()
    }

    /// The instance of that key, even one that lost its name to a race while a call waits on it.
    #[must_use]
    pub fn get(&self, key: InstanceKey) -> Option<&SimulatedInstance> {
        self.instances.get(&key)
    }

    /// The same, to change.
    pub fn get_mut(&mut self, key: InstanceKey) -> Option<&mut SimulatedInstance> {
        self.instances.get_mut(&key)
    }

    /// The instance of that name that the process knows.
    #[must_use]
    pub fn loaded(&self, name: &str) -> Option<(InstanceKey, &SimulatedInstance)> {
        let key = self.find(name)?;
        self.get(key).filter(|i| i.in_memory).map(|i| (key, i))
    }

    /// What the list shows: rows by name in 2.x, loaded instances by age in 1.8.2.
    #[must_use]
    pub fn listed(&self) -> Vec<&SimulatedInstance> {
        let v1 = self.version.is_v1();
        let shown = |i: &&SimulatedInstance| if v1 { i.in_memory } else { i.in_database };
        let mut list: Vec<_> = self.instances.values().filter(shown).collect();
        if !v1 {
            list.sort_by(|a, b| a.facts.name.cmp(&b.facts.name));
        }
        list
    }

    /// Adds an instance under a free name.
    pub fn insert(&mut self, facts: InstanceSpec, now: Moment) -> InstanceKey {
        let key = self.next_serial();
        self.names.insert(facts.name.clone(), key);
        let mut made = SimulatedInstance::new(facts, now);
        // What is no phone of 2.x is stored as `open` and never has a socket.
        if !self.version.is_v1() && made.facts.integration.as_deref().is_some_and(|kind| kind != PHONE) {
            (made.state, made.stored) = (LiveState::Open, LiveState::Open);
        }
        self.instances.insert(key, made);
        if self.del_instance >= 2 {
            let minutes = Duration::from_mins(1) * self.del_instance;
            self.schedule(now + minutes, DueEvent::Expire(key));
        }
        key
    }

    /// Forgets all that ever was, and WhatsApp answers.
    pub fn reset(&mut self, now: Moment) {
        self.forget(None);
        self.destroyed.clear();
        self.texts.clear();
        self.ledgers.clear();
        self.set_whatsapp(Whatsapp::Reachable, now);
    }

    /// What happened to a name so far.
    #[must_use]
    pub fn ledger(&self, name: &str) -> Ledger {
        self.ledgers.get(name).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::instance::LiveState;
    use super::*;

    fn world(version: Version) -> World {
        World::new(version, Timing::recorded(), SimulatedClock::start(1.0), 2, 0)
    }

    fn create(world: &mut World, name: &str) -> InstanceKey {
        world.insert(InstanceSpec { name: name.to_owned(), ..InstanceSpec::default() }, Moment::ZERO)
    }

    /// What `connectionState`, the list, the count and the sockets say at that second.
    #[track_caller]
    fn assert_at(
        world: &mut World,
        key: InstanceKey,
        second: f64,
        expected: (LiveState, LiveState, u32, usize),
    ) {
        let now = Duration::from_secs_f64(second);
        world.advance(now);
        let i = world.get(key).expect("the instance exists");
        assert_eq!((world.seen(i, now), i.stored, i.count, i.sockets.len()), expected);
    }

    #[test]
    fn codes_rotate_until_the_limit_which_the_list_never_hears_of() {
        use LiveState::{Close, Connecting};
        let mut world = world(Version::V2_3_7);
        let key = create(&mut world, "x");
        world.open_socket(key, false, Moment::ZERO);
        assert_at(&mut world, key, 0.05, (Close, Close, 0, 1));
        assert_at(&mut world, key, 0.15, (Connecting, Close, 0, 1));
        assert_at(&mut world, key, 0.25, (Connecting, Connecting, 1, 1));
        assert_at(&mut world, key, 50.0, (Connecting, Connecting, 2, 1));
        assert_at(&mut world, key, 95.0, (Close, Connecting, 0, 0));
    }

    #[test]
    fn a_paired_socket_that_drops_comes_back_unless_a_connect_makes_it_fight() {
        use LiveState::{Close, Connecting, Open};
        let mut world = world(Version::V2_3_7);
        let key = create(&mut world, "x");
        world.open_socket(key, false, Moment::ZERO);
        let second = Duration::from_secs;
        world.advance(second(1));
        assert!(world.scan("x", "55:7@s.whatsapp.net", second(1)));
        assert_at(&mut world, key, 2.0, (Open, Open, 1, 1));
        assert!(world.drop_sockets("x", second(3), second(2)));
        assert_at(&mut world, key, 2.5, (Close, Open, 1, 1));
        assert_at(&mut world, key, 5.5, (Open, Open, 1, 1));
        assert!(world.drop_sockets("x", second(3), second(6)));
        world.open_socket(key, false, second(7));
        assert_at(&mut world, key, 10.0, (Connecting, Open, 1, 2));
        assert_eq!(world.ledger("x").harmed, 1);
        assert!(world.unlink("x", second(11)));
        assert_at(&mut world, key, 12.0, (Close, Close, 1, 0));
        assert_eq!(world.get(key).and_then(|i| i.owner.as_deref()), Some("55@s.whatsapp.net"));
    }

    #[test]
    fn a_delete_of_2_x_leaves_the_name_taken_for_a_moment() {
        let mut world = world(Version::V2_3_7);
        create(&mut world, "x");
        let key = world.find("x").expect("it was created");
        world.delete(key, Moment::ZERO);
        assert!(world.loaded("x").is_none() && world.find("x").is_some());
        world.advance(Duration::from_secs(1));
        assert!(world.find("x").is_none() && world.get(key).is_none());
    }
}
