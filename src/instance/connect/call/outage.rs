//! What a call writes of an instance that is out of order, and since when it is. The monitor leaves a row alone
//! while a call has its lock: calls that are repeated without a pause would keep it from saying so.

use std::time::Duration;

use super::ConnectCall;
use crate::domain::{ConnectionState, DROPPED_AFTER, NOT_LOADED_AFTER, Pairing, Reason, Status};
use crate::instance::connect::ConnectError;
use crate::instance::connect::plan::{Row, Upstream};
use crate::store::InstanceRow;

/// What a row says of an instance that has been out of order for so long.
type Outage = (Status, Reason, Duration);

impl ConnectCall<'_> {
    /// Notes a look at the instance, and writes what has lasted.
    pub(super) fn note_look(&mut self) -> Result<(), ConnectError> {
        let row = self.row.known().filter(|_| self.row_relation() == Row::Settled);
        let outage = row.and_then(|row| outage(row, self.upstream));
        let lasted = self.note_outage(outage);
        match outage {
            Some((status, reason, least)) if lasted >= least => self.save(|row| {
                row.become_status(status, reason);
                row.hide_code();
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Notes that the server did not answer: what it said before does not last.
    pub(super) fn note_no_look(&self) {
        self.note_outage(None);
    }

    fn note_outage(&self, outage: Option<Outage>) -> Duration {
        let key = (self.server().credential.as_str(), self.request.name.as_str());
        self.service.sockets.note_look(key, outage.map(|(_, reason, _)| reason))
    }
}

/// What the row says once what is seen has lasted, as the monitor judges it (`instance/monitor/judge.rs`); `None`:
/// nothing else than now. Two sockets that replace each other are the monitor's to judge.
fn outage(row: &InstanceRow, upstream: Upstream) -> Option<Outage> {
    use ConnectionState::{Close, Connecting, Unloaded};
    let Upstream::Present(state, pairing) = upstream else { return None };
    let is_linked = match pairing {
        Pairing::Paired => true,
        Pairing::Possible => row.paired_at.is_some(),
        Pairing::Never | Pairing::LoggedOut(_) => false,
    };
    match (state, row.status) {
        (_, Status::Pending) | (Unloaded, Status::Error) | (Close | Connecting, Status::Disconnected) => None,
        _ if row.is_fighting() => None,
        (Unloaded, _) => Some((Status::Error, Reason::NotLoaded, NOT_LOADED_AFTER)),
        (Close | Connecting, _) if is_linked => Some((Status::Disconnected, Reason::Dropped, DROPPED_AFTER)),
        _ => None,
    }
}
