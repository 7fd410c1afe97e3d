//! Writes a verdict into its row, unless a call is at work there. Decides nothing.

use std::time::Instant;

use super::server::PolledServer;
use super::snapshot::Snapshot;
use crate::domain::{LinkedSince, Millis, Reason, Status};
use crate::store::{NotedStatus, Store};

/// Writes the row; `false` where a call has the name's lock, or has changed the row since it was read.
pub(super) fn write(
    store: &Store,
    server: &PolledServer,
    snapshot: &Snapshot,
    at: usize,
    (status, reason): (Status, Reason),
) -> bool {
    let (row, trace) = (&snapshot.rows[at], snapshot.trace);
    let _lock = match store.instance_lock(row.channel, &row.name, Instant::now()) {
        Ok(Some(lock)) => lock,
        Ok(None) => return false,
        Err(error) => {
            log::error!("id={trace} the lock of {}: {error}", row.name);
            return false;
        }
    };
    let (paired_at, linked) = phone(snapshot, at, reason);
    let noted = NotedStatus { status, reason, paired_at, linked };
    match server.write(|| store.note_status(row, &noted)) {
        Some(Ok(true)) => {
            let (before, after, why) = (row.status.as_str(), status.as_str(), reason.word());
            let credential = &server.credential.id;
            log::info!("id={trace} {} at credential {credential}: {before} → {after} ({why})", row.name);
            true
        }
        Some(Ok(false)) | None => false,
        Some(Err(error)) => {
            log::error!("id={trace} the row of {} could not be written: {error}", row.name);
            false
        }
    }
}

/// The row's phone after a change for that reason: when it was seen connected, and which one it is.
fn phone(snapshot: &Snapshot, at: usize, reason: Reason) -> (Option<Millis>, Option<LinkedSince>) {
    let row = &snapshot.rows[at];
    match reason {
        Reason::Paired | Reason::Linked => (Some(snapshot.paired_at(at)), snapshot.linked(at)),
        // The phone may still be paired.
        Reason::Dropped
        | Reason::Gone
        | Reason::NotLoaded
        | Reason::Fighting
        | Reason::SettingsRestored
        | Reason::SettingsMissing => (row.paired_at, row.linked.clone()),
        // No phone is paired: the next call may open a socket.
        Reason::Asked
        | Reason::Doubled
        | Reason::Moved
        | Reason::Unscanned
        | Reason::NotAPhone
        | Reason::LoggedOut
        | Reason::DeviceRemoved
        | Reason::LoggedOutUpstream
        | Reason::Upstream(_) => (None, None),
    }
}
