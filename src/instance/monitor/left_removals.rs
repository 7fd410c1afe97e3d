//! The removal of what rows left on the servers that they moved from: once each is connected where it is now, with
//! the phone that it is for. A thread of its own, since the server that was left may hang.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::poll_loop::catch_panic;
use super::state::MonitorState;
use crate::crypto::new_id;
use crate::domain::{Status, UpstreamError, UseCaseError};
use crate::instance::removal::{LeftOutcome, LeftRemover, Unidentified};
use crate::store::{InstanceRef, InstanceRow};

/// Longest removal: a call for the name waits for as long.
const LIMIT: Duration = Duration::from_secs(10);
/// How soon one that was not removed is tried again: its server may be down for days, or list it without an id.
const RETRY: Duration = Duration::from_mins(5);

/// Takes turns until the end.
pub(super) fn run(state: &MonitorState) {
    let (mut failed, mut after) = (RemovalFailures::new(), String::new());
    while !state.threads.wait_over(state.pace.supervise) {
        failed.retain(|_, at| at.elapsed() < RETRY);
        let rows = state.store.rows_with_left_instances(&after).unwrap_or_default();
        // After the last one it begins again with the first.
        after = rows.last().map_or_else(String::new, |target| target.id.clone());
        for target in rows {
            if !failed.contains_key(&target.id)
                && catch_panic(|| remove(state, &target, &mut failed)).is_none()
            {
                failed.insert(target.id, Instant::now());
            }
        }
    }
}

/// When a row or, of one that does not answer, a server failed: by the id of the row or the credential.
type RemovalFailures = HashMap<String, Instant>;

/// Removes what a row left, but on servers that did not answer a moment ago.
fn remove(state: &MonitorState, target: &InstanceRef, failed: &mut RemovalFailures) {
    let store = &state.store;
    // A call that has the name's lock goes first; the row has its turn again.
    let Ok(Some(_lock)) = store.instance_lock(target.channel, target.name.as_str(), Instant::now()) else {
        return;
    };
    let row = store.instance(target.channel, &target.name).ok().flatten();
    let Some(row) = row.filter(|row| row.id == target.id && is_settled(row)) else { return };
    let trace = new_id("poll-");
    let deadline = Instant::now() + LIMIT;
    let remover = LeftRemover { store, gateway: &state.gateway, trace: &trace, deadline };
    for left in store.left_instances(&row.id).unwrap_or_default() {
        if failed.contains_key(&left.credential) {
            continue;
        }
        let credential = left.credential.clone();
        let found = remover.find(&row, left);
        let outcome = found.and_then(|found| remover.remove(&row, &found, Unidentified::Stays));
        let failing = match &outcome {
            Ok(LeftOutcome::Removed | LeftOutcome::Absent) => continue,
            Err(UseCaseError::Upstream(error)) if is_of_server(error) => &credential,
            _ => &target.id,
        };
        // Whose it is may not show: a person has to say so. That is no failure, and looked at as rarely as one.
        let level = if outcome.is_ok() { log::Level::Debug } else { log::Level::Warn };
        log::log!(level, "id={trace} what {} left at {credential}: {outcome:?}", target.name);
        failed.insert(failing.clone(), Instant::now());
    }
}

/// Whether it would fail for other rows as well.
fn is_of_server(error: &UpstreamError) -> bool {
    !matches!(error, UpstreamError::NotLoaded | UpstreamError::Unexpected)
}

/// Whether the phone that the row is for is connected where the row is now: what it left is needed no more.
fn is_settled(row: &InstanceRow) -> bool {
    let number = row.phone.as_ref().map_or("", |phone| phone.as_str());
    let is_right = |phone: &crate::domain::Phone| phone.is_phone_of_row(number) != Some(false);
    let linked = row.linked.as_ref().map(|linked| linked.phone.number.as_ref().is_none_or(is_right));
    row.status == Status::Connected && linked == Some(true)
}
