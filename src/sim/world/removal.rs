//! How instances go: deleted, expired or lost, out of the memory first and then out of the database.
//!
//! The steps of [`World`] that remove; one that a sleeping call has in mind stays until it has answered.

use super::super::instance::{Ended, LiveState};
use super::super::timing::Moment;
use super::{DueEvent, InstanceKey, World};
use std::time::Duration;

impl World {
    pub(super) fn on_unload(&mut self, key: InstanceKey, at: Moment, clean_up: Duration) {
        if let Some(i) = self.instances.get_mut(&key) {
            i.in_memory = false;
            i.in_removal = true;
            self.schedule(at + clean_up, DueEvent::Erase(key));
        }
    }

    pub(super) fn on_expire(&mut self, key: InstanceKey, at: Moment) {
        if self.get(key).is_some_and(|i| i.in_memory && self.seen(i, at) != LiveState::Open) {
            self.delete(key, at);
        }
    }

    /// Forgets the instance, unless a sleeping call still has to look at it; the name is free at once.
    pub(super) fn erase(&mut self, key: InstanceKey) {
        let Some(i) = self.instances.get_mut(&key) else { return };
        i.in_memory = false;
        i.in_database = false;
        if self.names.get(&i.facts.name) == Some(&key) {
            self.names.remove(&i.facts.name);
        }
        if i.busy == 0 {
            self.instances.remove(&key);
        }
    }

    /// Deletes an instance: at once in 1.8.2; in 2.x it is logged out and then cleaned up behind the
    /// caller's back.
    pub fn delete(&mut self, key: InstanceKey, now: Moment) {
        let Some(i) = self.get(key) else { return };
        if self.version.is_v1() {
            return self.erase(key);
        }
        if !i.in_memory {
            return;
        }
        let wait =
            i.delete_delay + if i.webhook.is_some() { self.timing.remove_webhook } else { Duration::ZERO };
        if !i.sockets.is_empty() {
            self.end(key, Ended::LoggedOut, now);
        }
        self.remove(key, now, wait, self.timing.clean_up);
    }

    /// Takes the instance out of the memory after `wait` and out of the database after `clean_up` more.
    pub fn remove(&mut self, key: InstanceKey, now: Moment, wait: Duration, clean_up: Duration) {
        if wait.is_zero() {
            self.on_unload(key, now, clean_up);
        } else {
            self.schedule(now + wait, DueEvent::Unload(key, clean_up));
        }
        self.advance(now);
    }

    /// Instances vanish without a trace, as after a lost volume: that one, or all.
    pub fn forget(&mut self, name: Option<&str>) {
        let keys: Vec<_> = match name {
            Some(name) => self.find(name).into_iter().collect(),
            None => self.instances.keys().copied().collect(),
        };
        for key in keys {
            self.erase(key);
        }
    }

    /// A call begins to sleep with this instance in mind.
    pub fn hold(&mut self, key: InstanceKey) {
        if let Some(i) = self.get_mut(key) {
            i.busy += 1;
        }
    }

    /// It has woken and answered.
    pub fn release(&mut self, key: InstanceKey) {
        let Some(i) = self.get_mut(key) else { return };
        i.busy = i.busy.saturating_sub(1);
        if i.busy == 0 && !i.in_memory && !i.in_database {
            self.instances.remove(&key);
        }
    }
}
