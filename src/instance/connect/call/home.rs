//! The search for the home of a name that has no row: which server in use has it already, so that no second instance
//! is made for one number. Whether the caller may have what is found there, the plan decides.

use std::time::Instant;

use super::ConnectCall;
use crate::domain::{Credential, Integration, Pairing, PhoneMemory, UpstreamError, pairing};
use crate::instance::connect::limits::{HOME_LANES, HOME_SEARCH};
use crate::instance::connect::{ConnectError, server_address};
use crate::store::UnmanagedInstance;
use crate::sync::in_lanes;

/// What a server says of a name.
enum Said {
    Absent,
    Present(UnmanagedInstance),
    /// It does not answer, and did not list the name when it last did.
    Nothing,
}

impl ConnectCall<'_> {
    /// The credential of the server that has a name without a row; `None`: none is known to have it. `is_placed`: the
    /// first is the one for a name that none has.
    pub(super) fn find_home(&mut self, active: &[Credential], is_placed: bool) -> Option<Credential> {
        let mut found = self.search(active, is_placed);
        if found.is_empty() {
            return None;
        }
        let (home, instance) = found.swap_remove(best(found.iter().map(|(_, instance)| instance)));
        // One server may have two addresses.
        found.retain(|(_, other)| other.id.is_none() || other.id != instance.id);
        self.search.doubles = found.into_iter().map(|(credential, other)| (credential.id, other)).collect();
        log::info!("id={} {} has its home at credential {}", self.trace, self.request.name, home.id);
        Some(home)
    }

    /// The servers that have the name, in the order of their credentials. The first is asked only where another has
    /// it, or where the name would not be placed there: otherwise it is the one that the call looks at.
    fn search(&mut self, active: &[Credential], is_placed: bool) -> Vec<(Credential, UnmanagedInstance)> {
        let (until, others) = (self.end_of_search(), others(active, usize::from(is_placed)));
        let ask = |credential: &Credential| self.ask_for_name(credential, until);
        let mut said: Vec<_> = in_lanes(&others, HOME_LANES, ask).into_iter().zip(others).collect();
        if is_placed && said.iter().any(|(said, _)| matches!(said, Said::Present(_))) {
            // Its own time: one that hangs has used up the others'.
            let until = self.end_of_search();
            let first = active.first().map(|first| (self.ask_for_name(first, until), first.clone()));
            said.splice(0..0, first);
        }
        let mut found = Vec::new();
        for (said, credential) in said {
            match said {
                Said::Present(instance) => found.push((credential, instance)),
                Said::Nothing => self.search.not_asked.push(credential.name),
                Said::Absent => {}
            }
        }
        found
    }

    /// When the search ends, whoever has not answered.
    pub(super) fn end_of_search(&self) -> Instant {
        let (most, part) = HOME_SEARCH;
        let now = Instant::now();
        now + most.min(self.deadline.saturating_duration_since(now) / part)
    }

    /// Asks a server for the name; of one that does not answer, what it listed last counts.
    fn ask_for_name(&self, credential: &Credential, until: Instant) -> Said {
        match self.look_at(credential, until) {
            Ok(Some(instance)) => Said::Present(instance),
            Ok(None) => Said::Absent,
            Err(error) => {
                log::warn!(
                    "id={} {} at credential {}: {error:?}",
                    self.trace,
                    self.request.name,
                    credential.id
                );
                let known = self.service.store.unmanaged(&credential.id, self.upstream_name.as_str());
                known.ok().flatten().map_or(Said::Nothing, Said::Present)
            }
        }
    }

    /// What a server has under the name. The state comes first: it is the cheaper question, and is answered of what
    /// no list has because it is not loaded.
    fn look_at(
        &self,
        credential: &Credential,
        until: Instant,
    ) -> Result<Option<UnmanagedInstance>, UpstreamError> {
        let _permit =
            self.service.gateway.call_permit(&credential.id, until).ok_or(UpstreamError::Timeout)?;
        let client = self.client_of(credential, &server_address(credential, self.trace)?, until);
        let Some(state) = client.state(&self.upstream_name)? else { return Ok(None) };
        let listed = client.list(&self.upstream_name)?;
        let integration = listed.as_ref().map_or(Integration::Phone, |listed| listed.integration);
        let is_paired = pairing(listed.as_ref(), PhoneMemory::Unknown, state) == Pairing::Paired;
        let id = listed.and_then(|listed| listed.id);
        Ok(Some(UnmanagedInstance { id, is_phone: integration.is_phone(), is_paired }))
    }

    /// Notes the other servers that have the name, once there is a row that they double.
    pub(super) fn note_doubles(&mut self) -> Result<(), ConnectError> {
        for (credential, instance) in std::mem::take(&mut self.search.doubles) {
            let noted =
                self.service.store.note_unmanaged_one(&credential, self.upstream_name.as_str(), &instance);
            noted.map_err(|e| self.internal(&e))?;
        }
        Ok(())
    }
}

/// The credentials after the first so many, each server once.
fn others(active: &[Credential], first: usize) -> Vec<Credential> {
    let is_new = |(at, credential): &(usize, &Credential)| {
        active[..*at].iter().all(|before| before.base_url != credential.base_url)
    };
    active.iter().enumerate().filter(is_new).skip(first).map(|(_, credential)| credential.clone()).collect()
}

/// Which of the instances of a name is to be its home: one that a phone is paired with before one that is free for a
/// phone, and last what is no phone's; of equals the first.
fn best<'a>(found: impl Iterator<Item = &'a UnmanagedInstance>) -> usize {
    let rank = |instance: &UnmanagedInstance| (!instance.is_phone, !instance.is_paired);
    found.enumerate().min_by_key(|(_, instance)| rank(instance)).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paired_phone_goes_before_a_free_one_and_the_first_of_equals_is_taken() {
        const BUSINESS: (bool, bool) = (false, true);
        const PAIRED: (bool, bool) = (true, true);
        const FREE: (bool, bool) = (true, false);
        for (found, home) in [
            (&[FREE][..], 0),
            (&[FREE, PAIRED], 1),
            (&[PAIRED, PAIRED], 0),
            (&[FREE, FREE], 0),
            (&[BUSINESS, FREE], 1),
            (&[BUSINESS, FREE, PAIRED], 2),
            (&[BUSINESS], 0),
        ] {
            let instance = |&(is_phone, is_paired)| UnmanagedInstance { id: None, is_phone, is_paired };
            let all: Vec<_> = found.iter().map(instance).collect();
            assert_eq!(best(all.iter()), home, "{found:?}");
        }
    }
}
