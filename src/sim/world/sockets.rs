//! What the WhatsApp sockets of a world's instances do: come up, show codes, sign in, drop and fight.
//!
//! The steps of [`World`] that concern sockets; like the rest of it they never sleep or read a clock.

use super::super::instance::{Ended, InstanceSpec, LiveState, SimulatedInstance, WhatsappSocket};
use super::super::qr::Code;
use super::super::timing::Moment;
use super::{DueEvent, InstanceKey, PHONE, Whatsapp, World};
use std::sync::Arc;
use std::time::Duration;

/// How long the state holds still at least while WhatsApp refuses: Evolution tries again without a pause.
const FLAP: Duration = Duration::from_millis(3);

impl World {
    /// The state that `connectionState` would say. While WhatsApp refuses, or two sockets fight, it
    /// flips many times a second.
    #[must_use]
    pub fn seen(&self, i: &SimulatedInstance, now: Moment) -> LiveState {
        if let Some(since) = i.fighting {
            return self.fight_state(now.saturating_sub(since));
        }
        match i.sockets.first() {
            Some(socket) if self.whatsapp == Whatsapp::Refuses => flapping(socket.id, now),
            _ => i.state,
        }
    }

    /// Opens a socket for a call, beside whatever sockets there are.
    pub fn open_socket(&mut self, key: InstanceKey, with_pairing: bool, now: Moment) {
        let id = self.next_serial();
        let Some(i) = self.instances.get_mut(&key) else { return };
        let ledger = self.ledgers.entry(i.facts.name.clone()).or_default();
        ledger.sockets += 1;
        ledger.harmed += u32::from(i.paired && !i.sockets.is_empty());
        i.sockets.push(WhatsappSocket { id, since: now });
        i.with_pairing = with_pairing;
        let paired = i.paired;
        self.plan(key, id, paired, now);
    }

    /// An instance that has been connected to that account for long.
    pub fn add_connected(&mut self, name: &str, jid: &str, now: Moment) {
        let integration = Some(PHONE.to_owned());
        let key =
            self.insert(InstanceSpec { name: name.to_owned(), integration, ..InstanceSpec::default() }, now);
        if let Some(i) = self.instances.get_mut(&key) {
            i.sockets.push(WhatsappSocket { id: key, since: now });
            i.scanned(jid);
            i.open(now);
        }
    }

    /// Plans what a socket opened at `from` will do.
    fn plan(&mut self, key: InstanceKey, socket: u64, paired: bool, from: Moment) {
        let timing = &self.timing;
        let (up, next) = if paired {
            (timing.scan_to_open / 2, timing.scan_to_open)
        } else {
            (timing.connecting.min(timing.qr), timing.qr)
        };
        self.schedule(from + up, DueEvent::Connecting(key, socket));
        let event = if paired { DueEvent::Open(key, socket) } else { DueEvent::Qr(key, socket) };
        self.schedule(from + next, event);
    }

    /// Replaces every socket by a fresh connection, as Baileys does by itself when one drops.
    fn reconnect(&mut self, key: InstanceKey, from: impl Fn(&WhatsappSocket) -> Moment) {
        let Some(i) = self.instances.get_mut(&key) else { return };
        i.fighting = None;
        let (old, paired) = (std::mem::take(&mut i.sockets), i.paired);
        for socket in old {
            let (id, from) = (self.next_serial(), from(&socket));
            if let Some(i) = self.instances.get_mut(&key) {
                i.sockets.push(WhatsappSocket { id, since: from });
            }
            self.plan(key, id, paired, from);
        }
    }

    /// Opens the one socket of an instance that comes back by itself.
    pub(super) fn reopen(&mut self, key: InstanceKey, now: Moment) {
        if let Some(i) = self.instances.get_mut(&key) {
            i.sockets = vec![WhatsappSocket { id: 0, since: now }];
            i.state =
                if self.whatsapp == Whatsapp::Refuses { LiveState::Close } else { LiveState::Connecting };
            self.reconnect(key, |_| now);
        }
    }

    /// `restart` of 2.x in `open` or `connecting`: the socket is closed and opened again.
    pub fn restart_socket(&mut self, key: InstanceKey, now: Moment) {
        if let Some(i) = self.instances.get_mut(&key) {
            i.sockets.truncate(1);
            i.state = LiveState::Close;
            self.reconnect(key, |_| now);
        }
    }

    /// `restart` of 1.8.2 in `open`: a second socket beside the first, and the fight begins.
    pub fn restart_beside(&mut self, key: InstanceKey, now: Moment) {
        let id = self.next_serial();
        if let Some(i) = self.instances.get_mut(&key) {
            self.ledgers.entry(i.facts.name.clone()).or_default().sockets += 1;
            i.sockets.push(WhatsappSocket { id, since: now });
            i.state = LiveState::Open;
        }
        self.fight(key, now);
    }

    /// Ends the pairing.
    pub fn end(&mut self, key: InstanceKey, why: Ended, now: Moment) {
        let stamp = self.clock.stamp(now);
        let Some(i) = self.instances.get_mut(&key) else { return };
        let survivor = i.fighting.is_some() && self.version.is_v1();
        i.end(why, now, &stamp);
        if survivor {
            // The other of the two sockets has lost its pairing and asks for a new one.
            self.reopen(key, now);
        }
    }

    /// A phone scans the code, or types the pairing code, that the instance shows. False if it shows none.
    /// WhatsApp then ends the socket with stream error 515, and Evolution opens it again with the new
    /// pairing: `connecting`, `close`, `connecting`, `open`, as every version was recorded to do. Until
    /// `open` nothing that can be asked for tells of the phone.
    pub fn scan(&mut self, name: &str, jid: &str, now: Moment) -> bool {
        let Some(key) = self.showing_code(name) else { return false };
        if let Some(i) = self.get_mut(key) {
            i.scanned(jid);
        }
        self.reconnect(key, |_| now);
        self.advance(now);
        true
    }

    /// A phone scans the code, and says that it could not link the device: Evolution drops what WhatsApp asks for
    /// after the scan. The socket closes, and comes back with another code. False if it shows none.
    pub fn scan_in_vain(&mut self, name: &str, now: Moment) -> bool {
        let Some(key) = self.showing_code(name) else { return false };
        if let Some(i) = self.get_mut(key) {
            i.state = LiveState::Close;
        }
        self.reconnect(key, |_| now);
        self.advance(now);
        true
    }

    /// The instance of that name, if a phone could scan its code now.
    fn showing_code(&self, name: &str) -> Option<InstanceKey> {
        let (key, i) = self.loaded(name)?;
        let shows = i.state == LiveState::Connecting && !i.paired && i.code.is_some();
        (shows && !i.sockets.is_empty()).then_some(key)
    }

    /// The phone removes the linked device. False if none is linked.
    pub fn unlink(&mut self, name: &str, now: Moment) -> bool {
        let Some(key) = self.loaded(name).filter(|(_, i)| i.paired).map(|(key, _)| key) else { return false };
        self.end(key, Ended::Unlinked, now);
        true
    }

    /// The sockets of an instance drop and come back by themselves after `back`. If a pairing code was
    /// waiting, WhatsApp refuses the half-made pairing instead. False if there is no socket.
    pub fn drop_sockets(&mut self, name: &str, back: Duration, now: Moment) -> bool {
        let found = self.loaded(name).filter(|(_, i)| !i.sockets.is_empty());
        let Some((key, pending)) = found.map(|(key, i)| (key, i.with_pairing && !i.paired)) else {
            return false;
        };
        if pending {
            self.end(key, Ended::Refused, now);
        } else if let Some(i) = self.get_mut(key) {
            i.state = LiveState::Close;
            let back = back.saturating_sub(if i.paired { self.timing.scan_to_open } else { self.timing.qr });
            self.reconnect(key, |_| now + back);
        }
        true
    }

    /// Changes how WhatsApp behaves. Sockets drop when it goes, and come back when it comes back; those
    /// that hung notice only when Baileys gives them up.
    pub fn set_whatsapp(&mut self, to: Whatsapp, now: Moment) {
        let from = std::mem::replace(&mut self.whatsapp, to);
        if from == to {
            return;
        }
        let given_up = self.timing.hung_socket.max(Duration::from_millis(1));
        let keys: Vec<_> =
            self.instances.iter().filter(|(_, i)| !i.sockets.is_empty()).map(|(k, _)| *k).collect();
        for key in keys {
            if let Some(i) = self.instances.get_mut(&key) {
                i.state = if to == Whatsapp::Refuses { LiveState::Close } else { LiveState::Connecting };
            }
            self.reconnect(key, |socket| {
                if from == Whatsapp::Hangs { next_round(socket.since, now, given_up) } else { now }
            });
        }
    }

    /// The instance, if that socket of it has not ended.
    pub(super) fn alive(&mut self, key: InstanceKey, socket: u64) -> Option<&mut SimulatedInstance> {
        self.instances.get_mut(&key).filter(|i| i.has(socket))
    }

    pub(super) fn on_connecting(&mut self, key: InstanceKey, socket: u64) {
        if self.whatsapp == Whatsapp::Refuses {
            return;
        }
        if let Some(i) = self.alive(key, socket).filter(|i| i.state == LiveState::Close) {
            i.state = LiveState::Connecting;
        }
    }

    pub(super) fn on_qr(&mut self, key: InstanceKey, socket: u64, at: Moment) {
        if self.whatsapp != Whatsapp::Reachable {
            return;
        }
        let (limit, later, life) = (self.qrcode_limit, self.timing.pairing_code, self.timing.qr_life);
        let Some(i) = self.alive(key, socket).filter(|i| !i.paired) else { return };
        if i.count >= limit {
            // The row is not told: the list goes on saying `connecting`.
            i.count = 0;
            i.sockets.clear();
            i.state = LiveState::Close;
            return;
        }
        i.count += 1;
        let shown = if i.with_pairing { at + later } else { at };
        self.schedule(shown, DueEvent::Show(key, socket));
        self.schedule(at + life, DueEvent::Qr(key, socket));
    }

    pub(super) fn on_show(&mut self, key: InstanceKey, socket: u64, at: Moment) {
        if let Some(i) = self.alive(key, socket).filter(|i| !i.paired) {
            i.code = Some(Arc::new(Code::new(at, i.with_pairing)));
            i.state = LiveState::Connecting;
            i.stored = LiveState::Connecting;
            i.updated = at;
        }
    }

    pub(super) fn on_open(&mut self, key: InstanceKey, socket: u64, at: Moment) {
        if self.whatsapp != Whatsapp::Reachable {
            return;
        }
        let Some(i) = self.alive(key, socket).filter(|i| i.paired) else { return };
        i.state = LiveState::Open;
        self.schedule(at + self.timing.list_lag, DueEvent::ListedOpen(key));
        self.on_login(key, at);
    }

    pub(super) fn on_listed_open(&mut self, key: InstanceKey, at: Moment) {
        if let Some(i) = self.get_mut(key).filter(|i| i.paired) {
            i.list_open(at);
        }
    }
}

/// The state of an instance whose socket WhatsApp refuses: `close` two thirds of the time, in an order
/// that has no period but is the same for the same socket at the same moment.
fn flapping(socket: u64, now: Moment) -> LiveState {
    let slot = u64::try_from(now.as_nanos() / FLAP.as_nanos()).unwrap_or(u64::MAX);
    let mixed = mix(mix(socket).wrapping_add(slot));
    if mixed.is_multiple_of(3) { LiveState::Connecting } else { LiveState::Close }
}

/// `SplitMix64`'s step: spreads neighbouring numbers over all of them.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The first end of a round of `length`, counted from `since`, that is not before `now`.
fn next_round(since: Moment, now: Moment, length: Duration) -> Moment {
    let rounds = now.saturating_sub(since).as_nanos().div_ceil(length.as_nanos()).max(1);
    since + length * u32::try_from(rounds).unwrap_or(u32::MAX)
}
