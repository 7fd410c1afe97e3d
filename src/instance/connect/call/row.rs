//! The steps of a call in the database: its row and its credential.

use std::time::Instant;

use super::{ChosenServer, ConnectCall};
use crate::domain::{AuditAction, BusyCause, Credential, Millis, Status, UpstreamError, UseCaseError, now};
use crate::instance::connect::code_wait::RememberedCode;
use crate::instance::connect::limits::{EXPIRY_MARGIN, LEAST_TIME};
use crate::instance::connect::plan::{Row, Upstream};
use crate::instance::connect::{ConnectError, ConnectRequest, ConnectResult, server_address};
use crate::store::{InstanceRow, NewRow};
use crate::sync::Permit;
use crate::upstream::{BaseUrl, UpstreamClient, UpstreamServer};

impl ConnectCall<'_> {
    pub(super) fn refuse_other_user(&self) -> Result<(), ConnectError> {
        if self.service.belongs_to_other_user(self.request) {
            Err(ConnectError::OwnedByOther)
        } else {
            Ok(())
        }
    }

    pub(super) fn read_row(&mut self) -> Result<(), ConnectError> {
        let found = self.service.store.instance(self.request.channel, &self.request.name);
        self.row.replace(found.map_err(|e| self.internal(&e))?);
        if self.request.row.as_ref().is_some_and(|id| self.row.known().is_none_or(|row| row.id != *id)) {
            return Err(UseCaseError::Gone.into());
        }
        if let Some(row) = self.row.known() {
            self.upstream_name.clone_from(&row.upstream_name);
        }
        Ok(())
    }

    /// Chooses the row's credential while that is active and keeps its rows, otherwise the one with room, and takes the
    /// permits for its server. A call that gets none is refused before there is a row, and before upstream has
    /// heard of the name.
    pub(super) fn choose_server(&mut self) -> Result<(), ConnectError> {
        let limits = &self.request.caller.limits;
        if self.row.known().is_some_and(|row| !limits.has_server(row.credential.as_deref())) {
            return Err(self.out_of_reach());
        }
        let own = match self.row.known().and_then(|r| r.credential.clone()) {
            Some(id) => self.service.store.credential(&id).map_err(|e| self.internal(&e))?,
            None => None,
        };
        let chosen = match own.filter(|own| own.active) {
            Some(own) if !self.leaves(&own) => own,
            // What had room a moment ago may be full by now: the plan chooses anew.
            left => match self.choose_with_room(left)? {
                Some(placed) => placed,
                None => return Ok(()),
            },
        };
        // A name without a row may have its home anywhere.
        if !self.reaches(&chosen.id) {
            return Err(self.out_of_reach());
        }
        let base_url = server_address(&chosen, self.trace)?;
        let permit = match self.row.known() {
            Some(_) => self.call_permit_at(&chosen.id),
            None => self.permits_for_new_name(&chosen.id),
        };
        let permit = permit.ok_or(UseCaseError::Busy(BusyCause::Calls))?;
        if Instant::now() + LEAST_TIME >= self.deadline {
            return Err(UseCaseError::Busy(BusyCause::Calls).into());
        }
        let client = self.client_of(&chosen, &base_url, self.deadline);
        self.server = Some(ChosenServer { credential: chosen.id, base_url, client, permit: Some(permit) });
        Ok(())
    }

    /// Whether the caller's token reaches what is on that server.
    pub(super) fn reaches(&self, credential: &str) -> bool {
        self.request.caller.limits.has_server(Some(credential))
    }

    pub(super) fn out_of_reach(&self) -> ConnectError {
        ConnectError::OutOfReach(self.request.caller.limits.clone())
    }

    /// A client of a credential's server, which is at that address.
    pub(super) fn client_of(
        &self,
        credential: &Credential,
        base_url: &BaseUrl,
        until: Instant,
    ) -> Box<dyn UpstreamClient> {
        let server = UpstreamServer::of(credential, base_url);
        self.service.gateway.client(server, self.trace, until)
    }

    /// Takes both permits, without which no new name is sent to the server; the call permit.
    fn permits_for_new_name(&mut self, credential: &str) -> Option<Permit<String>> {
        let free = self.service.gateway.try_connect_permit(credential);
        self.waited_for_permits = free.is_none();
        self.connect_permit = Some(free.or_else(|| self.connect_permit_at(credential))?);
        self.call_permit_at(credential)
    }

    /// The error of a call whose time is over. One that waited for its permits, and then had no time left to create
    /// anything, is refused like those that got none.
    pub(super) fn out_of_time(&self) -> ConnectError {
        let is_unheard_of = matches!(self.upstream, Upstream::Unseen | Upstream::Absent) && self.creates == 0;
        if !(self.row.known().is_some() && self.waited_for_permits && is_unheard_of) {
            return self.ending.clone();
        }
        self.withdraw().err().unwrap_or(UseCaseError::Busy(BusyCause::Calls).into())
    }

    /// Takes the permit for a `connect`, unless this call has it. Returns whether it had to wait, since then
    /// the facts may be out of date. The call permit is returned meanwhile and taken after it, in the order
    /// in which new names take both.
    pub(super) fn reserve_connect(&mut self) -> Result<bool, ConnectError> {
        if self.connect_permit.is_some() {
            return Ok(false);
        }
        let credential = self.server().credential.clone();
        self.connect_permit = self.service.gateway.try_connect_permit(&credential);
        if self.connect_permit.is_some() {
            return Ok(false);
        }
        self.give_back_call_permit();
        // Upstream knows the name, and too many other `connect`s are pending there.
        let in_time = || UpstreamError::Timeout;
        self.connect_permit = Some(self.connect_permit_at(&credential).ok_or_else(in_time)?);
        let permit = self.call_permit_at(&credential).ok_or_else(in_time)?;
        if let Some(server) = &mut self.server {
            server.permit = Some(permit);
        }
        Ok(true)
    }

    fn give_back_call_permit(&mut self) {
        if let Some(server) = &mut self.server {
            server.permit = None;
        }
    }

    /// The permit to make calls about an instance.
    fn call_permit_at(&self, credential: &str) -> Option<Permit<String>> {
        self.service.gateway.call_permit(credential, self.deadline)
    }

    /// The permit to send a `connect` that upstream may not answer for seconds.
    pub(super) fn connect_permit_at(&self, credential: &str) -> Option<Permit<String>> {
        self.service.gateway.connect_permit(credential, self.deadline)
    }

    /// Whether the instance on this server is the row's own, as far as the list showed.
    pub(super) fn is_claimed(&self, row: &InstanceRow) -> bool {
        let here = self.server.as_ref().map(|server| server.base_url.as_str());
        here.is_some_and(|here| row.owns(here, self.listed.id.as_deref()))
    }

    /// How the row relates to the instance on this server.
    pub(super) fn row_relation(&self) -> Row {
        match self.row.known() {
            None => Row::Absent,
            Some(row) if row.user != self.request.caller.user => Row::OtherUsers,
            Some(row) if row.status == Status::Pending => Row::Pending,
            Some(row) if !self.is_claimed(row) => Row::Moved,
            Some(row) if row.is_fighting() => Row::Fighting,
            Some(_) => Row::Settled,
        }
    }

    /// The code last answered for the row.
    pub(super) fn remembered_code(&self) -> Option<RememberedCode> {
        let row = self.row.known().filter(|row| self.is_claimed(row))?;
        let image = row.qr_code.clone()?;
        let lifetime = self.client().code_lifetime() + EXPIRY_MARGIN;
        let lifetime = Millis::try_from(lifetime.as_millis()).unwrap_or(Millis::MAX);
        let is_expired = row.qr_since.is_some_and(|since| now() - since > lifetime);
        Some(RememberedCode { image, is_expired })
    }

    /// Changes the row and makes the instance on this server its own.
    pub(super) fn claim(&mut self, change: impl FnOnce(&mut InstanceRow)) -> Result<(), ConnectError> {
        let url = self.server().base_url.as_str().to_owned();
        let id = self.listed.id.clone();
        self.save(|row| {
            if !row.owns(&url, id.as_deref()) {
                row.hide_code();
                row.forget_phone();
                row.forget_scans();
            }
            row.claimed_url = Some(url);
            row.upstream_id = id.or(row.upstream_id.take());
            row.create_out_until = None;
            change(row);
        })
    }

    pub(super) fn write_row(&mut self) -> Result<(), ConnectError> {
        let ConnectRequest { caller, channel, name, phone, .. } = self.request;
        let credential = &self.server().credential;
        let at = (credential.as_str(), self.search.is_placed);
        let added = self.service.store.place_instance(*channel, name, phone, &caller.user, at);
        match added.map_err(|e| self.internal(&e))? {
            NewRow::Written(row) => {
                self.row.begin(*row);
                return self.note_doubles();
            }
            NewRow::Full => {
                (self.server, self.connect_permit) = (None, None);
                return Ok(());
            }
            NewRow::Taken => {}
        }
        // Somebody wrote the row by hand meanwhile: it is read as it is, with its own credential.
        self.server = None;
        self.read_row()?;
        // Or the instance has a row of another name.
        if self.row.known().is_some() { Ok(()) } else { Err(ConnectError::OwnedByOther) }
    }

    /// Changes the row durably before the call goes on. A change that changes nothing is not written.
    pub(super) fn save(&mut self, change: impl FnOnce(&mut InstanceRow)) -> Result<(), ConnectError> {
        // The phone of a call for an existing row may be older than the row's.
        let phone = self.request.row.is_none().then(|| self.request.phone.clone());
        let Some(row) = self.row.change(|row| {
            change(row);
            row.phone = phone.or_else(|| row.phone.take());
        }) else {
            return Ok(());
        };
        if !self.service.store.save_instance(row).map_err(|e| self.internal(&e))? {
            return Err(self.row_gone());
        }
        self.row.note_saved();
        Ok(())
    }

    /// The error of a call whose row somebody removed meanwhile by hand.
    pub(super) fn row_gone(&self) -> ConnectError {
        log::error!("id={} the row of {} is gone", self.trace, self.request.name);
        UseCaseError::Internal.into()
    }

    /// Notes that a phone which was paired already is the row's now.
    pub(super) fn note_adoption(&self) {
        let (store, server) = (&self.service.store, &self.server().credential);
        let noted = self.row.known().map(|row| store.note_act(AuditAction::InstanceAdopt, &row.id, server));
        if let Some(Err(error)) = noted {
            // It is done, whether that can be noted or not.
            log::error!("id={} {error}", self.trace);
        }
    }

    /// Ends the call for a name of somebody else, or of no phone.
    pub(super) fn refuse(&mut self) -> ConnectResult {
        if self.row.known().is_none_or(|row| row.user != self.request.caller.user) {
            return Err(ConnectError::OwnedByOther);
        }
        self.withdraw()?;
        Err(match self.upstream {
            Upstream::NotAPhone(integration) => ConnectError::NotAPhone(integration),
            Upstream::Unseen | Upstream::Absent | Upstream::Present(..) => ConnectError::PairedUpstream,
        })
    }

    /// Withdraws the row that this call wrote, which would reserve the name. A row that was there stays: somebody
    /// listed its number, or asked for it before.
    fn withdraw(&self) -> Result<(), ConnectError> {
        let Some(row) = self.row.written() else { return Ok(()) };
        self.service.store.withdraw_instance(&row.id).map_err(|error| self.internal(&error))
    }
}
