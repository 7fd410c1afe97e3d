//! Moves of rows between servers: what a row becomes, what it leaves behind, and how that is removed.
//!
//! A move changes the database alone: the row's next call creates its instance on the new server and puts back what
//! people had set. What it left stays as it is, with its phone, until the row is connected where it is now, or
//! somebody asks for it. Whoever calls has the name's lock.

use std::thread;
use std::time::{Duration, Instant};

use crate::domain::{Credential, Reason, Status, UpstreamError, UpstreamName};
use crate::store::{InstanceRow, LeftInstance, Store};
use crate::upstream::{BaseUrl, CommandOutcome, Gateway, UpstreamClient, UpstreamServer};

/// Most tries of a delete: 1.8 refuses it while a phone is connected, and answers the logout before it is done.
const DELETES: u32 = 5;
/// Pause before the next try.
const DELETE_PAUSE: Duration = Duration::from_millis(300);

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

/// Where removals are done, and for whose log lines.
pub(super) struct LeftRemover<'a> {
    pub store: &'a Store,
    pub gateway: &'a Gateway,
    pub trace: &'a str,
    /// When the last request must have ended.
    pub deadline: Instant,
}

impl LeftRemover<'_> {
    /// Removes what the row left on a server, phone and all, and forgets it. What is on the row's own server, has the
    /// row's own id, or another one than the row left, is not touched: it is the row's own, or somebody else's.
    pub(super) fn remove(&self, row: &InstanceRow, left: &LeftInstance) -> Result<(), UpstreamError> {
        let here = row.credential.as_deref().map_or(Ok(None), |here| self.credential(here))?;
        let here = here.map(|here| here.base_url);
        if let Some(credential) = self.credential(&left.credential)?
            && here.as_ref() != Some(&credential.base_url)
        {
            self.remove_at(&credential, row, left)?;
        }
        self.forget(row, left);
        Ok(())
    }

    fn credential(&self, id: &str) -> Result<Option<Credential>, UpstreamError> {
        self.store.credential(id).map_err(|error| {
            log::error!("id={} {error}", self.trace);
            UpstreamError::Unexpected
        })
    }

    fn remove_at(
        &self,
        credential: &Credential,
        row: &InstanceRow,
        left: &LeftInstance,
    ) -> Result<(), UpstreamError> {
        let base_url = BaseUrl::parse(&credential.base_url).map_err(|_| UpstreamError::Unexpected)?;
        let server = UpstreamServer::of(credential, &base_url);
        let client = self.gateway.client(server, self.trace, self.deadline);
        let name = &row.upstream_name;
        let Some(listed) = client.list(name)? else {
            // Lists leave out what is not loaded: it is still there.
            return client.state(name)?.map_or(Ok(()), |_| Err(UpstreamError::NotLoaded));
        };
        if is_left(listed.id.as_deref(), row, left, base_url.as_str()) {
            delete(&*client, name)?;
            let (trace, id) = (self.trace, &row.id);
            log::info!("id={trace} what row {id} left at credential {} was removed", credential.id);
        }
        Ok(())
    }

    /// A database that fails forgets nothing: the next try finds it removed.
    fn forget(&self, row: &InstanceRow, left: &LeftInstance) {
        if let Err(error) = self.store.forget_left_instance(&row.id, &left.credential) {
            log::error!("id={} {error}", self.trace);
        }
    }
}

/// Deletes the instance, after a logout where it cannot be deleted with a phone.
fn delete(client: &dyn UpstreamClient, name: &UpstreamName) -> Result<(), UpstreamError> {
    for attempt in 0..DELETES {
        if attempt > 0 {
            thread::sleep(DELETE_PAUSE);
        }
        match client.delete(name)? {
            CommandOutcome::Done | CommandOutcome::Missing => return Ok(()),
            CommandOutcome::NotNow => drop(client.logout(name)?),
            CommandOutcome::Unsupported => break,
        }
    }
    Err(UpstreamError::Unexpected)
}

/// Whether what the server at that address lists under the name is what the row left there. A row that nobody has
/// connected anew still remembers the id of what it left.
fn is_left(listed: Option<&str>, row: &InstanceRow, left: &LeftInstance, base_url: &str) -> bool {
    let is_elsewhere = row.claimed_url.as_deref() != Some(base_url);
    let is_own = is_elsewhere && listed.is_some() && listed == row.upstream_id.as_deref();
    let is_other =
        matches!((listed, left.upstream_id.as_deref()), (Some(listed), Some(left)) if listed != left);
    !is_own && !is_other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ScanEvidence;

    #[test]
    fn only_what_the_row_left_is_removed() {
        // What is listed there, the row's own id and where that is, the id that was left; whether it goes.
        for (listed, (own, claimed), left, goes) in [
            (Some("old"), (Some("new"), "http://b"), Some("old"), true),
            (Some("old"), (None, "http://b"), Some("old"), true),
            (None, (None, "http://b"), None, true),
            (Some("old"), (Some("new"), "http://b"), None, true),
            // Nobody has connected it anew.
            (Some("old"), (Some("old"), "http://a"), Some("old"), true),
            // Somebody made it anew there by hand.
            (Some("other"), (Some("new"), "http://b"), Some("old"), false),
            // The same server under another address.
            (Some("old"), (Some("old"), "http://b"), Some("old"), false),
        ] {
            let text = |id: Option<&str>| id.map(str::to_owned);
            let row = InstanceRow {
                id: "c1".into(),
                user: "u1".into(),
                upstream_name: UpstreamName::parse("loja").expect("a name"),
                phone: None,
                credential: Some("b".into()),
                status: Status::Connected,
                reason: None,
                qr_code: None,
                qr_since: None,
                paired_at: None,
                linked: None,
                claimed_url: Some(claimed.into()),
                upstream_id: text(own),
                create_out_until: None,
                connect_out_until: None,
                scans: ScanEvidence::default(),
            };
            let left = LeftInstance { credential: "a".into(), upstream_id: text(left), paired_at: None };
            assert_eq!(is_left(listed, &row, &left, "http://a"), goes, "{listed:?} {own:?} {left:?}");
        }
    }
}
