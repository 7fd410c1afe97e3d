//! Logins, and the fight of two sockets that sign in with one pairing.
//!
//! WhatsApp lets one of them in and throws the other out, which signs in again at once. As measured, that
//! goes on until the instance is deleted. Nothing here opens or closes a socket.

use super::super::instance::{LiveState, WhatsappSocket};
use super::super::timing::Moment;
use super::{DueEvent, InstanceKey, World};
use std::time::Duration;

/// From one login of a fight to the next on 2.x: 128 in six to ten seconds were measured on 2.2.3.
const FIGHT_TURN_V2: Duration = Duration::from_millis(62);
/// The same on 1.8.2, where 35 were measured.
const FIGHT_TURN_V1: Duration = Duration::from_millis(220);

impl World {
    fn fight_turn(&self) -> Duration {
        if self.version.is_v1() { FIGHT_TURN_V1 } else { FIGHT_TURN_V2 }
    }

    /// The state that long after a fight began: each turn is half a reconnect and half a short `open`.
    pub(super) fn fight_state(&self, fought: Duration) -> LiveState {
        let half = self.fight_turn() / 2;
        let halves = fought.as_nanos() / half.as_nanos();
        if halves.is_multiple_of(2) { LiveState::Connecting } else { LiveState::Open }
    }

    /// Counts a login. If the instance has a second socket, that one is thrown out, and the fight begins.
    pub(super) fn on_login(&mut self, key: InstanceKey, at: Moment) {
        let Some(i) = self.get(key) else { return };
        let (name, rivals) = (i.facts.name.clone(), i.sockets.len() > 1);
        self.ledgers.entry(name).or_default().logins += 1;
        if rivals {
            self.fight(key, at);
        }
    }

    /// Another client signs in with the pairing of that instance, and the two fight. False if no phone is
    /// connected.
    pub fn begin_fight(&mut self, name: &str, now: Moment) -> bool {
        let Some(key) = self.loaded(name).filter(|(_, i)| i.state == LiveState::Open).map(|(key, _)| key)
        else {
            return false;
        };
        let id = self.next_serial();
        if let Some(i) = self.get_mut(key) {
            i.sockets.push(WhatsappSocket { id, since: now });
        }
        self.fight(key, now);
        true
    }

    /// The other client is stopped, and the instance's own socket stays open. False if none fights.
    pub fn end_fight(&mut self, name: &str) -> bool {
        let Some(key) = self.loaded(name).filter(|(_, i)| i.fighting.is_some()).map(|(key, _)| key) else {
            return false;
        };
        if let Some(i) = self.get_mut(key) {
            i.sockets.truncate(1);
            (i.fighting, i.state) = (None, LiveState::Open);
        }
        true
    }

    /// The sockets of an instance fight from now on, if they do not do so already.
    pub(super) fn fight(&mut self, key: InstanceKey, now: Moment) {
        let Some(i) = self.get_mut(key).filter(|i| i.fighting.is_none()) else { return };
        i.fighting = Some(now);
        self.schedule(now + self.fight_turn(), DueEvent::FightLogin(key, now));
    }

    /// One turn of the fight that began at `since`, unless it is over.
    pub(super) fn on_fight_login(&mut self, key: InstanceKey, since: Moment, at: Moment) {
        let Some(i) = self.get(key).filter(|i| i.in_memory && i.fighting == Some(since)) else { return };
        let name = i.facts.name.clone();
        self.ledgers.entry(name).or_default().logins += 1;
        self.schedule(at + self.fight_turn(), DueEvent::FightLogin(key, since));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::instance::InstanceSpec;
    use super::super::super::options::Version;
    use super::super::super::timing::{SimulatedClock, Timing};
    use super::super::Whatsapp;
    use super::*;

    const VERSIONS: [Version; 2] = [Version::V2_3_7, Version::V1_8_2];

    fn second(second: u64) -> Moment {
        Duration::from_secs(second)
    }

    /// A world in which WhatsApp refuses since the tenth second, and its instance `x`, paired or not.
    fn refusing(version: Version, paired: bool) -> (World, InstanceKey) {
        let mut world = World::new(version, Timing::recorded(), SimulatedClock::start(1.0), 30, 0);
        let key =
            world.insert(InstanceSpec { name: "x".to_owned(), ..InstanceSpec::default() }, Moment::ZERO);
        world.open_socket(key, false, Moment::ZERO);
        world.advance(second(1));
        assert!(!paired || world.scan("x", "55:7@s.whatsapp.net", second(1)));
        world.advance(second(10));
        world.set_whatsapp(Whatsapp::Refuses, second(10));
        (world, key)
    }

    #[test]
    fn while_whatsapp_refuses_the_state_is_close_two_thirds_of_the_time_and_flips_without_a_period() {
        for (version, paired) in VERSIONS.into_iter().flat_map(|v| [(v, true), (v, false)]) {
            let (world, key) = refusing(version, paired);
            let i = world.get(key).expect("the instance exists");
            let states: Vec<_> =
                (10_000..20_000).map(|ms| world.seen(i, Duration::from_millis(ms))).collect();
            let closed = states.iter().filter(|s| **s == LiveState::Close).count();
            assert!((6_000..7_400).contains(&closed), "{version:?} {paired} {closed}");
            assert!(!states.contains(&LiveState::Open));
            let mut runs: Vec<_> = states.chunk_by(|a, b| a == b).map(<[LiveState]>::len).collect();
            assert!(runs.len() > 1_000, "{} flips in ten seconds", runs.len());
            runs.sort_unstable();
            runs.dedup();
            assert!(runs.len() > 5, "runs of many lengths: {runs:?}");
        }
    }

    #[test]
    fn one_socket_signs_in_once_and_two_fight_until_the_instance_is_deleted() {
        for (version, more, expected) in [
            (Version::V2_3_7, 0, 2..=2),
            (Version::V1_8_2, 0, 2..=2),
            (Version::V2_3_7, 1, 400..=600),
            (Version::V2_3_7, 11, 400..=600),
            (Version::V1_8_2, 1, 105..=175),
        ] {
            let (mut world, key) = refusing(version, true);
            (0..more).for_each(|_| world.open_socket(key, false, second(11)));
            world.set_whatsapp(Whatsapp::Reachable, second(12));
            world.advance(second(42));
            let ledger = world.ledger("x");
            assert_eq!((ledger.sockets, ledger.harmed), (1 + more, more));
            assert!(expected.contains(&ledger.logins), "{version:?} {more} {ledger:?}");
            world.delete(key, second(42));
            let logins = world.ledger("x").logins;
            world.advance(second(72));
            assert_eq!(world.ledger("x").logins, logins, "nothing signs in after the delete");
        }
    }

    #[test]
    fn an_instance_that_was_never_paired_shows_codes_again_and_never_signs_in() {
        for version in VERSIONS {
            let (mut world, key) = refusing(version, false);
            world.set_whatsapp(Whatsapp::Reachable, second(12));
            world.advance(second(13));
            let i = world.get(key).expect("the instance exists");
            assert_eq!((world.seen(i, second(13)), i.count), (LiveState::Connecting, 2));
            assert_eq!(world.ledger("x").logins, 0);
        }
    }
}
