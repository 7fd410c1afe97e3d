//! The row and its credential: what of a call happens in the database.

use std::time::Instant;

use super::{ChosenServer, ConnectCall};
use crate::domain::{Millis, Reason, Status, UpstreamError, UseCaseError, now};
use crate::instance::connect::code_wait::RememberedCode;
use crate::instance::connect::limits::{EXPIRY_MARGIN, LEAST_TIME};
use crate::instance::connect::plan::Row;
use crate::instance::connect::{ConnectError, ConnectRequest, ConnectResult};
use crate::store::{Credential, InstanceRow};
use crate::sync::Permit;
use crate::upstream::{BaseUrl, UpstreamServer};

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
        Ok(())
    }

    /// The row keeps its credential while that is active; otherwise it moves to the least used. The
    /// places that the call needs at the server are taken here: whoever gets none is refused before
    /// there is a row, and before upstream has heard of the name.
    pub(super) fn choose_server(&mut self) -> Result<(), ConnectError> {
        let own = match self.row.known().and_then(|r| r.credential.clone()) {
            Some(id) => self.service.store.credential(&id).map_err(|e| self.internal(&e))?,
            None => None,
        };
        let chosen = match own {
            Some(own) if own.active => own,
            Some(_) | None => {
                let least = self.service.store.least_used_credential(self.request.channel);
                let chosen = least.map_err(|e| self.internal(&e))?;
                let chosen = chosen.ok_or(ConnectError::NoActiveCredential(self.request.channel))?;
                self.move_row(&chosen)?;
                chosen
            }
        };
        let base_url = BaseUrl::parse(&chosen.base_url).map_err(|error| {
            log::error!("id={} credential {}: baseUrl {error}", self.trace, chosen.id);
            UpstreamError::Unexpected
        })?;
        if self.row.known().is_none() {
            self.connect_permit = Some(self.connect_permit_at(&chosen.id).ok_or(UseCaseError::Busy)?);
        }
        let permit = self.service.gateway.call_permit(&chosen.id, self.deadline).ok_or(UseCaseError::Busy)?;
        if Instant::now() + LEAST_TIME >= self.deadline {
            return Err(UseCaseError::Busy.into());
        }
        let server = UpstreamServer { channel: chosen.channel, base_url: &base_url, key: &chosen.key };
        let client = self.service.gateway.client(server, self.trace, self.deadline);
        self.server = Some(ChosenServer { credential: chosen.id, base_url, client, permit: Some(permit) });
        Ok(())
    }

    /// Takes the permit for a `connect`, unless this call has it; whether it had to wait, so that what
    /// was seen before may be true no longer. The permit for calls is given back meanwhile and taken
    /// after it, in the order in which new names take both.
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
        // Upstream knows the name, and sleeps over too many others.
        let in_time = || UpstreamError::Timeout;
        self.connect_permit = Some(self.connect_permit_at(&credential).ok_or_else(in_time)?);
        let permit = self.service.gateway.call_permit(&credential, self.deadline).ok_or_else(in_time)?;
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

    /// The right to send a `connect` that upstream sleeps over.
    pub(super) fn connect_permit_at(&self, credential: &str) -> Option<Permit<String>> {
        self.service.gateway.connect_permit(credential, self.deadline)
    }

    /// What is under way on the former server is nothing to the new one. What the row remembers of
    /// its instance stays until another is claimed: the administrator may go back.
    fn move_row(&mut self, to: &Credential) -> Result<(), ConnectError> {
        if self.row.known().is_none() {
            return Ok(());
        }
        self.save(|row| {
            row.credential = Some(to.id.clone());
            if row.claimed_url.as_ref().is_some_and(|url| *url != to.base_url) {
                row.become_status(Status::Disconnected, Reason::Moved);
                row.create_out_until = None;
                row.connect_out_until = None;
            }
        })
    }

    /// Whether the row's instance is the one on this server, as far as was looked.
    fn is_claimed(&self, row: &InstanceRow) -> bool {
        let here = self.server.as_ref().map(|server| server.base_url.as_str());
        here.is_some_and(|here| row.owns(here, self.listed.id.as_deref()))
    }

    /// How the row stands to the instance that is looked at.
    pub(super) fn row_relation(&self) -> Row {
        match self.row.known() {
            None => Row::Absent,
            Some(row) if row.user != self.request.caller.user => Row::OtherUsers,
            Some(row) if row.status == Status::Pending => Row::Pending,
            Some(row) if self.is_claimed(row) => Row::Settled,
            Some(_) => Row::Moved,
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

    /// Changes the row of an instance that is now known to be its own.
    pub(super) fn claim(&mut self, change: impl FnOnce(&mut InstanceRow)) -> Result<(), ConnectError> {
        let url = self.server().base_url.as_str().to_owned();
        let id = self.listed.id.clone();
        self.save(|row| {
            if !row.owns(&url, id.as_deref()) {
                row.hide_code();
                row.paired_at = None;
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
        let added = self.service.store.add_instance(*channel, name, phone, &caller.user, credential);
        if let Some(row) = added.map_err(|e| self.internal(&e))? {
            self.row.replace(Some(row));
            return Ok(());
        }
        // Written by hand meanwhile: take it as it is, with the server it names.
        self.server = None;
        self.read_row()
    }

    /// Changes the row and makes that durable before anything else happens. A row that already
    /// says so is left alone: a call that finds nothing new writes nothing.
    pub(super) fn save(&mut self, change: impl FnOnce(&mut InstanceRow)) -> Result<(), ConnectError> {
        // A call for a row that is there may have read its phone before somebody gave another.
        let phone = self.request.row.is_none().then(|| self.request.phone.clone());
        let Some(row) = self.row.change(|row| {
            change(row);
            row.phone = phone.unwrap_or_else(|| row.phone.clone());
        }) else {
            return Ok(());
        };
        if !self.service.store.save_instance(row).map_err(|e| self.internal(&e))? {
            log::error!("id={} the row of {} is gone", self.trace, self.request.name);
            return Err(UseCaseError::Internal.into());
        }
        self.row.note_saved();
        Ok(())
    }

    /// The name is somebody else's. A row of ours that got nowhere must not hold it.
    pub(super) fn refuse(&mut self) -> ConnectResult {
        match self.row.known().filter(|r| r.user == self.request.caller.user) {
            None => Err(ConnectError::OwnedByOther),
            Some(row) => {
                self.service.store.withdraw_instance(&row.id).map_err(|e| self.internal(&e))?;
                Err(ConnectError::PairedUpstream)
            }
        }
    }
}
