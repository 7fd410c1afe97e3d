//! What one round sees of a server: the rows, what the list says of each, and what is asked beside it.

use std::collections::HashMap;
use std::time::Instant;

use super::judge::{Pairing, Upstream};
use crate::domain::{Name, Status, is_out};
use crate::evolution::{Client, Listed, State, Trouble};
use crate::store::Watched;

/// A round under way.
pub(super) struct Round<'a> {
    pub rows: Vec<Watched>,
    pub listed: Vec<Option<Listed>>,
    pub client: Client,
    pub trace: &'a str,
    pub begun: Instant,
}

/// What the list says of each row, of a name that is listed twice the first, as the engine has it;
/// and whether it lags behind, as one may that names nobody.
pub(super) fn list(client: &Client, rows: &[Watched]) -> Result<(Vec<Option<Listed>>, bool), Trouble> {
    let places: HashMap<&str, usize> = rows.iter().enumerate().map(|(at, r)| (r.name.as_str(), at)).collect();
    let each = |(found, lags): &mut (Vec<Option<Listed>>, bool), name: &str, listed: Listed| {
        *lags &= listed.lags;
        if let Some(at) = places.get(name) {
            found[*at].get_or_insert(listed);
        }
    };
    client.list_all(|| (nothing(rows.len()), true), each)
}

/// A list that says nothing of that many rows.
pub(super) fn nothing(rows: usize) -> Vec<Option<Listed>> {
    std::iter::repeat_with(|| None).take(rows).collect()
}

impl Round<'_> {
    /// What the list says of the row's own instance. Another under its name is none of the row's
    /// business.
    pub(super) fn own(&self, at: usize) -> Option<&Listed> {
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
    pub(super) fn upstream(&self, at: usize, state: Option<State>) -> Upstream {
        let row = &self.rows[at];
        let Some(listed) = self.own(at) else {
            if self.listed[at].is_some() {
                return Upstream::Absent;
            }
            let pairing = if row.paired { Pairing::Paired } else { Pairing::Never };
            return state.map_or(Upstream::Unlisted, |state| Upstream::Present(state, pairing));
        };
        let state = state.unwrap_or(listed.state);
        let pairing = match listed {
            listed if listed.is_paired(state, row.paired) => Pairing::Paired,
            Listed { logged_out: true, reason_code, .. } => Pairing::LoggedOut(reason_code.unwrap_or(0)),
            Listed { .. } => Pairing::Never,
        };
        Upstream::Present(state, pairing)
    }

    /// Asks what the instance's socket is doing; `None` when the answer says nothing.
    pub(super) fn ask(&self, at: usize) -> Result<Option<Upstream>, Trouble> {
        let Ok(name) = Name::parse(&self.rows[at].name) else { return Ok(None) };
        match self.client.state(&name) {
            Ok(Some(state)) => Ok(Some(self.upstream(at, Some(state)))),
            // Gone since it was listed: the next list leaves it out.
            Ok(None) if self.listed[at].is_some() => Ok(Some(Upstream::Unlisted)),
            Ok(None) => Ok(Some(Upstream::Absent)),
            // One name that upstream cannot tell about says nothing of the others.
            Err(Trouble::Unexpected | Trouble::NotLoaded) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}
