//! The removal of what rows left on the servers that they moved from, for whoever asks: an action of a person, or the
//! monitor once a row is connected elsewhere. Each server is looked at before anything is removed there, and what was
//! removed is noted right after. Whoever calls has the name's lock.

use std::time::Instant;

use super::commands::{CommandTarget, unless_other};
use crate::domain::{Credential, UpstreamError, UseCaseError};
use crate::store::{self, InstanceRow, LeftInstance, Store};
use crate::upstream::{BaseUrl, Gateway, UpstreamClient, UpstreamServer};

/// Where removals are done, and for whose log lines.
pub(super) struct LeftRemover<'a> {
    pub store: &'a Store,
    pub gateway: &'a Gateway,
    pub trace: &'a str,
    /// When the last request must have ended.
    pub deadline: Instant,
}

/// What a row left on a server, as that server shows it.
pub(super) struct FoundLeft {
    left: LeftInstance,
    /// `None`: nothing of it is there.
    present: Option<PresentLeft>,
}

struct PresentLeft {
    client: Box<dyn UpstreamClient>,
    /// Its id as listed.
    id: Option<String>,
    is_identified: bool,
}

impl FoundLeft {
    /// The credential of the server that it was left on.
    pub(super) fn credential(&self) -> &str {
        &self.left.credential
    }

    /// Whether there is something to remove.
    pub(super) fn is_present(&self) -> bool {
        self.present.is_some()
    }

    /// Whether a phone was paired with it.
    pub(super) fn had_phone(&self) -> bool {
        self.is_present() && self.left.paired_at.is_some()
    }
}

/// What becomes of an instance of the name of which no id shows that it is the one that was left: it may be somebody
/// else's, or the row's own under another address of the same server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unidentified {
    /// Nobody asked for anything.
    Stays,
    /// A person wants no phone connected under the name.
    IsLoggedOut,
    /// A person wants nothing of the name to stay.
    IsRemoved,
}

/// What became of what a row left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeftOutcome {
    Removed,
    /// Nothing of it was there.
    Absent,
    /// Nobody knows whether it is what the row left.
    Stays,
}

impl LeftRemover<'_> {
    /// Looks for what the row left. Changes nothing.
    pub(super) fn find(&self, row: &InstanceRow, left: LeftInstance) -> Result<FoundLeft, UseCaseError> {
        let here = row.credential.as_deref().map_or(Ok(None), |here| self.credential(here))?;
        let there = self.credential(&left.credential)?;
        let there = there.filter(|there| here.is_none_or(|here| here.base_url != there.base_url));
        let present = match there {
            Some(there) => self.find_at(&there, row, &left)?,
            None => None,
        };
        Ok(FoundLeft { left, present })
    }

    /// Removes what was found, phone and all, and notes that.
    pub(super) fn remove(
        &self,
        row: &InstanceRow,
        found: &FoundLeft,
        unidentified: Unidentified,
    ) -> Result<LeftOutcome, UseCaseError> {
        let was_there = match &found.present {
            None => false,
            Some(PresentLeft { client, id, is_identified }) => {
                let (client, name, id) = (&**client, &row.upstream_name, id.as_deref());
                let target = CommandTarget { client, name, id, deadline: self.deadline };
                if !is_identified && unidentified != Unidentified::IsRemoved {
                    if unidentified == Unidentified::IsLoggedOut {
                        unless_other(target.send(UpstreamClient::logout))?;
                    }
                    return Ok(LeftOutcome::Stays);
                }
                unless_other(target.delete(|| ()))? == Some(true)
            }
        };
        self.note(row, found.credential(), was_there)?;
        Ok(if was_there { LeftOutcome::Removed } else { LeftOutcome::Absent })
    }

    /// Notes that nothing of the row is on that server any more.
    fn note(&self, row: &InstanceRow, credential: &str, was_there: bool) -> Result<(), UseCaseError> {
        let noted = self.store.forget_left_instance(&row.id, credential, was_there);
        noted.map_err(|error| self.internal(&error))?;
        if was_there {
            log::info!("id={} what row {} left at credential {credential} was removed", self.trace, row.id);
        }
        Ok(())
    }

    fn credential(&self, id: &str) -> Result<Option<Credential>, UseCaseError> {
        self.store.credential(id).map_err(|error| self.internal(&error))
    }

    fn internal(&self, error: &store::Error) -> UseCaseError {
        log::error!("id={} {error}", self.trace);
        error.into()
    }

    fn find_at(
        &self,
        there: &Credential,
        row: &InstanceRow,
        left: &LeftInstance,
    ) -> Result<Option<PresentLeft>, UpstreamError> {
        let base_url = BaseUrl::parse(&there.base_url).map_err(|_| UpstreamError::Unexpected)?;
        let client = self.gateway.client(UpstreamServer::of(there, &base_url), self.trace, self.deadline);
        let name = &row.upstream_name;
        let Some(listed) = client.list(name)? else {
            // Lists leave out what is not loaded: it is still there.
            return client.state(name)?.map_or(Ok(None), |_| Err(UpstreamError::NotLoaded));
        };
        let id = listed.id;
        Ok(match identity(id.as_deref(), row, left, base_url.as_str()) {
            Identity::Other => None,
            known => Some(PresentLeft { client, id, is_identified: known == Identity::Left }),
        })
    }
}

/// Whose an instance is that a server lists under a row's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    /// What the row left there: its id says so.
    Left,
    /// Somebody else's, or the row's own instance: the same server under another address.
    Other,
    /// No id says anything.
    Unknown,
}

/// Whose the instance is that the server at that address lists with that id. A row that nobody has connected anew still
/// remembers the id of what it left.
fn identity(listed: Option<&str>, row: &InstanceRow, left: &LeftInstance, base_url: &str) -> Identity {
    let is_elsewhere = row.claimed_url.as_deref() != Some(base_url);
    match (listed, left.upstream_id.as_deref()) {
        (Some(listed), _) if is_elsewhere && row.upstream_id.as_deref() == Some(listed) => Identity::Other,
        (Some(listed), Some(left)) if listed == left => Identity::Left,
        (Some(_), Some(_)) => Identity::Other,
        _ => Identity::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ScanEvidence, Status, UpstreamName};

    #[test]
    fn only_an_id_shows_what_a_row_left() {
        use Identity::{Left, Other, Unknown};
        // What is listed there, the row's own id and where that is, the id that was left; whose it is.
        for (listed, (own, claimed), left, whose) in [
            (Some("old"), (Some("new"), "http://b"), Some("old"), Left),
            (Some("old"), (None, "http://b"), Some("old"), Left),
            (Some("old"), (Some("new"), "http://b"), None, Unknown),
            (None, (Some("new"), "http://b"), Some("old"), Unknown),
            // Nobody has connected it anew.
            (Some("old"), (Some("old"), "http://a"), Some("old"), Left),
            // Somebody made it anew there by hand.
            (Some("other"), (Some("new"), "http://b"), Some("old"), Other),
            // The same server under another address, with an id and, as 1.8 may list it, without one.
            (Some("old"), (Some("old"), "http://b"), Some("old"), Other),
            (Some("old"), (Some("old"), "http://b"), None, Other),
            (None, (None, "http://b"), None, Unknown),
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
            assert_eq!(identity(listed, &row, &left, "http://a"), whose, "{listed:?} {own:?} {left:?}");
        }
    }
}
