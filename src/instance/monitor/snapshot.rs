//! What one round sees of a server: the rows, what the list says of each, and what is asked beside it.

use std::collections::HashMap;
use std::time::Instant;

use super::judge::Upstream;
use crate::domain::{
    ConnectionState, ListedInstance, Name, PhoneMemory, Status, UpstreamError, is_out, pairing,
};
use crate::store::Watched;
use crate::upstream::evolution::Client;

/// A round under way.
pub(super) struct Round<'a> {
    pub rows: Vec<Watched>,
    pub listed: Vec<Option<ListedInstance>>,
    pub client: Client,
    pub trace: &'a str,
    pub begun: Instant,
}

/// What the list says of each row, of a name that is listed twice the first, as the engine has it;
/// and whether it lags behind, as one may that names nobody.
pub(super) fn list(
    client: &Client,
    rows: &[Watched],
) -> Result<(Vec<Option<ListedInstance>>, bool), UpstreamError> {
    let places: HashMap<&str, usize> = rows.iter().enumerate().map(|(at, r)| (r.name.as_str(), at)).collect();
    let each =
        |(found, lags): &mut (Vec<Option<ListedInstance>>, bool), name: &str, listed: ListedInstance| {
            *lags &= listed.lags;
            if let Some(at) = places.get(name) {
                found[*at].get_or_insert(listed);
            }
        };
    let ((found, lags), _skipped) = client.list_all(|| (nothing(rows.len()), true), each)?;
    Ok((found, lags))
}

/// A list that says nothing of that many rows.
pub(super) fn nothing(rows: usize) -> Vec<Option<ListedInstance>> {
    std::iter::repeat_with(|| None).take(rows).collect()
}

impl Round<'_> {
    /// What the list says of the row's own instance. Another under its name is none of the row's
    /// business.
    pub(super) fn own(&self, at: usize) -> Option<&ListedInstance> {
        let listed = self.listed[at].as_ref();
        listed.filter(|listed| self.rows[at].owns(listed.id.as_deref()))
    }

    /// Whether this is the server of the row's instance, which may have gone from it.
    pub(super) fn is_claimed(&self, at: usize) -> bool {
        self.rows[at].claimed || self.own(at).is_some()
    }

    /// Whether it is, and no call is under way for it.
    pub(super) fn is_ours(&self, at: usize) -> bool {
        self.is_claimed(at) && !is_out(self.rows[at].out_until)
    }

    pub(super) fn is_anybody_pairing(&self) -> bool {
        let pairing = |(at, row): (usize, &Watched)| row.status == Status::Connecting && self.is_claimed(at);
        self.rows.iter().enumerate().any(pairing)
    }

    /// What the list shows of the row's instance, with the state that was asked for, if it was.
    pub(super) fn upstream(&self, at: usize, state: Option<ConnectionState>) -> Upstream {
        let row = &self.rows[at];
        let listed = self.own(at);
        if listed.is_none() && self.listed[at].is_some() {
            return Upstream::Absent;
        }
        let Some(state) = state.or(listed.map(|listed| listed.state)) else { return Upstream::Unlisted };
        let memory = row.paired_at.map_or(PhoneMemory::NoPhone, PhoneMemory::SeenAt);
        Upstream::Present(state, pairing(listed, memory, state))
    }

    /// Asks what the instance's socket is doing; `None` when the answer says nothing.
    pub(super) fn ask(&self, at: usize) -> Result<Option<Upstream>, UpstreamError> {
        let Ok(name) = Name::parse(&self.rows[at].name) else { return Ok(None) };
        match self.client.state(&name) {
            Ok(Some(state)) => Ok(Some(self.upstream(at, Some(state)))),
            // Gone since it was listed: the next list leaves it out.
            Ok(None) if self.listed[at].is_some() => Ok(Some(Upstream::Unlisted)),
            Ok(None) => Ok(Some(Upstream::Absent)),
            // One name that upstream cannot tell about says nothing of the others.
            Err(UpstreamError::Unexpected | UpstreamError::NotLoaded) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}
