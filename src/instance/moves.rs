//! Moves of rows between servers: what a row becomes, and what it leaves behind.
//!
//! A move changes the database alone: the row's next call creates its instance on the new server and puts back what
//! people had set. What it left stays as it is, with its phone, until the row is connected where it is now, or
//! somebody asks for its removal. Whoever calls has the name's lock.

use crate::domain::{Credential, Reason, Status};
use crate::store::{InstanceRow, LeftInstance};

/// What a row leaves on its server when it moves away; `None`: nothing there is known to be its own.
pub(super) fn left_by(row: &InstanceRow, from: &Credential) -> Option<LeftInstance> {
    let is_here = row.claimed_url.as_deref() == Some(&*from.base_url) && row.status != Status::Pending;
    is_here.then(|| LeftInstance {
        credential: from.id.clone(),
        upstream_id: row.upstream_id.clone(),
        paired_at: row.paired_at,
    })
}

/// Makes the row one of another server. Requests pending on the former one do not count there. What the row
/// remembers of its instance stays until another is claimed, since it may move back.
pub(super) fn move_to(row: &mut InstanceRow, to: &Credential) {
    row.credential = Some(to.id.clone());
    if row.claimed_url.as_ref().is_some_and(|url| *url != to.base_url) {
        row.become_status(Status::Disconnected, Reason::Moved);
        row.forget_scans();
        row.create_out_until = None;
        row.connect_out_until = None;
    }
}

/// Makes what the row had left on a server its own again.
pub(super) fn move_back(row: &mut InstanceRow, to: &Credential, left: &LeftInstance) {
    move_to(row, to);
    row.claimed_url = Some(to.base_url.clone());
    row.upstream_id.clone_from(&left.upstream_id);
    row.paired_at = left.paired_at;
    row.hide_code();
}
