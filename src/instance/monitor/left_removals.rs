//! The removal of what rows left on the servers that they moved from: once each is connected where it is now, with
//! the phone that it is for. A thread of its own, since the server that was left may hang.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::poll_loop::catch_panic;
use super::state::MonitorState;
use crate::crypto::new_id;
use crate::domain::Status;
use crate::instance::moves::LeftRemover;
use crate::store::{InstanceRef, InstanceRow};

/// Longest removal: a call for the name waits for as long.
const LIMIT: Duration = Duration::from_secs(10);
/// How soon one that failed is tried again: its server may be down for days.
const RETRY: Duration = Duration::from_mins(5);

/// Takes turns until the end.
pub(super) fn run(state: &MonitorState) {
    let mut failed: HashMap<String, Instant> = HashMap::new();
    while !state.threads.wait_over(state.pace.supervise) {
        failed.retain(|_, at| at.elapsed() < RETRY);
        let rows = state.store.rows_with_left_instances().unwrap_or_default();
        for target in rows.into_iter().filter(|target| !failed.contains_key(&target.id)).collect::<Vec<_>>() {
            if catch_panic(|| remove(state, &target)) != Some(true) {
                failed.insert(target.id, Instant::now());
            }
        }
    }
}

/// Removes what a row left; `false` where something of it is still there.
fn remove(state: &MonitorState, target: &InstanceRef) -> bool {
    let store = &state.store;
    // A call that has the name's lock goes first; the row has its turn again.
    let Ok(Some(_lock)) = store.instance_lock(target.channel, target.name.as_str(), Instant::now()) else {
        return true;
    };
    let row = store.instance(target.channel, &target.name).ok().flatten();
    let Some(row) = row.filter(|row| row.id == target.id && is_settled(row)) else { return true };
    let trace = new_id("watch-");
    let deadline = Instant::now() + LIMIT;
    let remover = LeftRemover { store, gateway: &state.gateway, trace: &trace, deadline };
    let mut is_whole = true;
    for left in store.left_instances(&row.id).unwrap_or_default() {
        if let Err(error) = remover.remove(&row, &left) {
            log::warn!("id={trace} what {} left at {}: {error:?}", target.name, left.credential);
            is_whole = false;
        }
    }
    is_whole
}

/// Whether the phone that the row is for is connected where the row is now: what it left is needed no more.
fn is_settled(row: &InstanceRow) -> bool {
    let number = row.phone.as_ref().map_or("", |phone| phone.as_str());
    let is_right = |phone: &crate::domain::Phone| phone.is_phone_of_row(number) != Some(false);
    let linked = row.linked.as_ref().map(|linked| linked.phone.number.as_ref().is_none_or(is_right));
    row.status == Status::Connected && linked == Some(true)
}
