//! The restart of the server's process: what it forgets, and what its successor loads and connects.
//!
//! The steps of [`World`] that concern the process; rows are untouched.

use super::super::instance::{LiveState, SimulatedInstance};
use super::super::timing::Moment;
use super::{DueEvent, InstanceKey, World};

impl World {
    /// 2.x: the row has outlived the process. Closed instances stay closed, the rest reconnect.
    /// 1.8.2: every instance reconnects, paired or not.
    pub(super) fn on_load(&mut self, key: InstanceKey, at: Moment) {
        let all = self.version.is_v1();
        let Some(i) = self.instances.get_mut(&key).filter(|i| !i.in_memory) else { return };
        i.in_memory = true;
        if all || i.stored != LiveState::Close {
            self.reopen(key, at);
        }
    }

    /// The process stops, and its successor loads what it finds, beginning at `up`.
    pub fn restart_server(&mut self, up: Moment) {
        let keys: Vec<_> = self.instances.iter().filter(|(_, i)| i.in_memory).map(|(key, _)| *key).collect();
        for (turn, key) in (1..).zip(keys) {
            if let Some(i) = self.instances.get_mut(&key) {
                forget_process(i);
            }
            self.schedule(up + self.timing.load * turn, DueEvent::Load(key));
        }
    }
}

/// What a process takes with it when it ends.
fn forget_process(i: &mut SimulatedInstance) {
    i.in_memory = false;
    i.state = LiveState::Close;
    i.sockets.clear();
    i.fighting = None;
    i.count = 0;
    i.code = None;
    i.with_pairing = false;
}
