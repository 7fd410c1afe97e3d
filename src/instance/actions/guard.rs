//! The instance guard: a row under its instance's lock, and the row's own instance upstream. Decides which
//! instance is the row's own, and no action.

use std::time::{Duration, Instant};

use super::error::ActionError;
use super::server_name::ServerName;
use crate::domain::ConnectionState;
use crate::domain::Credential;
use crate::domain::ListedInstance;
use crate::domain::Pairing;
use crate::domain::Phone;
use crate::domain::Status;
use crate::domain::{AuditAction, BusyCause, UpstreamName, UseCaseError, Viewer};
use crate::instance::commands::CommandTarget;
use crate::instance::connect::{ConnectService, server_address};
use crate::instance::saved_settings::SettingsKeeper;
use crate::store::{self, InstanceRef, InstanceRow};
use crate::sync::FileLock;
use crate::sync::Permit;
use crate::upstream::{CommandOutcome, Connected, UpstreamClient, UpstreamServer};

/// Longest wait for the instance's lock: a call that waits for a code takes that long where all is well.
const LOCK_WAIT: Duration = Duration::from_secs(10);
/// Longest wait for a call permit: a healthy server returns one every few milliseconds.
const PERMIT_WAIT: Duration = Duration::from_secs(1);
/// Deadline of all requests of an action, from the moment it has the lock.
const UPSTREAM: Duration = Duration::from_secs(20);
/// Longest look at what is set of an instance before it is deleted.
const SAVE: Duration = Duration::from_secs(3);

/// A row under its instance's lock: no other call or action in any process touches it meanwhile.
pub(super) struct InstanceGuard<'a> {
    service: &'a ConnectService,
    target: &'a InstanceRef,
    trace: &'a str,
    pub(super) row: InstanceRow,
    _lock: FileLock,
}

impl<'a> InstanceGuard<'a> {
    /// Takes the instance's lock, then reads the row, which may have changed.
    pub(super) fn take(
        service: &'a ConnectService,
        target: &'a InstanceRef,
        trace: &'a str,
    ) -> Result<Self, ActionError> {
        let until = Instant::now() + LOCK_WAIT;
        let lock = service.store().instance_lock(target.channel, target.name.as_str(), until);
        let lock = lock.map_err(|error| {
            log::error!("id={trace} the lock of {}: {error}", target.name);
            UseCaseError::Internal
        })?;
        let lock = lock.ok_or(UseCaseError::Busy(BusyCause::Name))?;
        Ok(Self { service, target, trace, row: read(service, target)?, _lock: lock })
    }

    /// Looks for what the row has upstream.
    pub(super) fn find(&self) -> Result<UpstreamOfRow<'a>, ActionError> {
        find(self.service, self.target, &self.row, self.trace)
    }

    /// Changes the row.
    pub(super) fn save(&mut self, change: impl FnOnce(&mut InstanceRow)) -> Result<(), ActionError> {
        change(&mut self.row);
        self.saved(self.service.store().save_instance(&self.row))
    }

    /// The same for what was done, which is noted with it.
    pub(super) fn save_act(
        &mut self,
        action: AuditAction,
        detail: &str,
        change: impl FnOnce(&mut InstanceRow),
    ) -> Result<(), ActionError> {
        change(&mut self.row);
        self.saved(self.service.store().save_act(&self.row, action, detail))
    }

    fn saved(&self, saved: Result<bool, store::Error>) -> Result<(), ActionError> {
        if saved.map_err(|error| internal(self.trace, &error))? {
            Ok(())
        } else {
            Err(UseCaseError::Gone.into())
        }
    }

    /// Deletes the row; for an eraser with all that is held about it and they see.
    pub(super) fn delete_row(self, eraser: Option<&Viewer>) -> Result<(), ActionError> {
        let store = self.service.store();
        let gone = match eraser {
            Some(viewer) => store.erase_instance(self.target, viewer),
            None => store.delete_instance(&self.row.id),
        };
        gone.map(drop).map_err(|error| internal(self.trace, &error))
    }
}

/// What a row has upstream.
pub(super) enum UpstreamOfRow<'a> {
    /// Nothing.
    Nothing,
    /// Nothing: another instance has the name, and must not be touched.
    OtherOfName,
    /// Its own instance.
    Own(Box<OwnInstance<'a>>),
}

impl<'a> UpstreamOfRow<'a> {
    /// The row's own instance; another's is refused.
    pub(super) fn own(self) -> Result<Option<Box<OwnInstance<'a>>>, ActionError> {
        match self {
            Self::Nothing => Ok(None),
            Self::OtherOfName => Err(ActionError::NotYours),
            Self::Own(own) => Ok(Some(own)),
        }
    }
}

/// Looks for what the row has upstream.
pub(super) fn find<'a>(
    service: &'a ConnectService,
    target: &'a InstanceRef,
    row: &InstanceRow,
    trace: &'a str,
) -> Result<UpstreamOfRow<'a>, ActionError> {
    let Some(credential) = credential_of(service, row)? else { return Ok(UpstreamOfRow::Nothing) };
    let base_url = server_address(&credential, trace)?;
    let permit = service
        .gateway()
        .call_permit(&credential.id, Instant::now() + PERMIT_WAIT)
        .ok_or(UseCaseError::Busy(BusyCause::Calls))?;
    let deadline = Instant::now() + UPSTREAM;
    let server = UpstreamServer::of(&credential, &base_url);
    let client = service.gateway().client(server, trace, deadline);
    let mut own = OwnInstance {
        service,
        target,
        trace,
        upstream_name: row.upstream_name.clone(),
        server: ServerName { id: credential.id, name: credential.name },
        client,
        deadline,
        is_listed: false,
        id: None,
        _permit: permit,
    };
    let listed = own.listed()?;
    own.is_listed = listed.is_some();
    own.id = listed.and_then(|listed| listed.id);
    Ok(match row.owns(base_url.as_str(), own.id.as_deref()) {
        true => UpstreamOfRow::Own(Box::new(own)),
        false if own.is_listed => UpstreamOfRow::OtherOfName,
        false => UpstreamOfRow::Nothing,
    })
}

/// The row as it is now; `Gone` if it was deleted, even where another row has its name, or has left the only server on
/// which it may be touched.
pub(super) fn read(service: &ConnectService, target: &InstanceRef) -> Result<InstanceRow, ActionError> {
    let row = service.store().instance(target.channel, &target.name);
    let row = row.map_err(|error| internal(&target.id, &error))?;
    row.filter(|row| target.means(&row.id, row.credential.as_deref())).ok_or(UseCaseError::Gone.into())
}

/// The credential of the server that may have the row's own instance; `None` where nothing upstream is
/// the row's. A disabled credential counts, since its instances are still there.
fn credential_of(service: &ConnectService, row: &InstanceRow) -> Result<Option<Credential>, ActionError> {
    let Some(url) = row.claimed_url.as_ref().filter(|_| row.status != Status::Pending) else {
        return Ok(None);
    };
    let store = service.store();
    let found = match &row.credential {
        Some(id) => store.credential(id),
        None => store.credential_at(url),
    };
    let credential = found.map_err(|error| internal(&row.id, &error))?.ok_or(ActionError::NoCredential)?;
    // A row that moved to another server has left its instance behind, unless an id shows that the server moved.
    let could_be = credential.base_url == *url || row.upstream_id.is_some();
    Ok(could_be.then_some(credential))
}

pub(super) fn internal(trace: &str, error: &store::Error) -> ActionError {
    log::error!("id={trace} {error}");
    error.into()
}

/// The row's own instance upstream.
pub(super) struct OwnInstance<'a> {
    service: &'a ConnectService,
    target: &'a InstanceRef,
    pub(super) trace: &'a str,
    /// What the instance is called upstream.
    upstream_name: UpstreamName,
    /// Its server.
    pub(super) server: ServerName,
    client: Box<dyn UpstreamClient>,
    deadline: Instant,
    /// Whether the list showed it.
    is_listed: bool,
    /// Its id there, if it has one.
    id: Option<String>,
    _permit: Permit<String>,
}

impl OwnInstance<'_> {
    /// Whether the instance exists; lists leave out what is not loaded.
    pub(super) fn exists(&self) -> Result<bool, ActionError> {
        Ok(self.is_listed || self.state()?.is_some())
    }

    pub(super) fn listed(&self) -> Result<Option<ListedInstance>, ActionError> {
        Ok(self.client.list(&self.upstream_name)?)
    }

    pub(super) fn state(&self) -> Result<Option<ConnectionState>, ActionError> {
        Ok(self.client.state(&self.upstream_name)?)
    }

    /// Asks for the code by a `connect`, where the table of the call would send one in that state: `None`
    /// where it would not.
    pub(super) fn code(
        &self,
        row: &InstanceRow,
        state: ConnectionState,
        pairing: Pairing,
    ) -> Result<Option<Connected>, ActionError> {
        if !self.service.may_ask_code(&self.server.id, &self.target.name, row, (state, pairing)) {
            return Ok(None);
        }
        Ok(Some(self.client.code(&self.upstream_name)?))
    }

    /// Deletes the instance, after what people set of it was saved; whether there was one.
    pub(super) fn delete(&self) -> Result<bool, ActionError> {
        let was_there = self.commands().delete(|| self.save_settings())?;
        self.clear_pending_connect();
        Ok(was_there)
    }

    /// Saves what people set of the instance, for a create that may follow. What cannot be read keeps nobody from
    /// deleting: what was saved last stays saved.
    pub(super) fn save_settings(&self) {
        let client = self.client.until(Instant::now() + SAVE);
        let InstanceRef { channel, name, .. } = self.target;
        let store = self.service.store();
        let (channel, upstream_name, trace) = (*channel, &self.upstream_name, self.trace);
        let keeper = SettingsKeeper { store, client: &*client, channel, name, upstream_name, trace };
        if let Err(error) = keeper.save(|id| id == self.id.as_deref()) {
            log::warn!("id={} what is set of {name} could not be read: {error:?}", self.trace);
        }
    }

    pub(super) fn logout(&self) -> Result<CommandOutcome, ActionError> {
        Ok(self.closed(self.commands().send(UpstreamClient::logout)?))
    }

    /// Closes a socket that waits for a scan, or does not: after any wait a phone may have scanned.
    pub(super) fn close_unscanned(&self) -> Result<CommandOutcome, ActionError> {
        Ok(self.closed(self.client.logout(&self.upstream_name)?))
    }

    /// Clears the pending connect where a logout has closed the socket.
    fn closed(&self, outcome: CommandOutcome) -> CommandOutcome {
        if outcome == CommandOutcome::Done {
            self.clear_pending_connect();
        }
        outcome
    }

    pub(super) fn send_text(&self, to: &Phone, text: &str) -> Result<CommandOutcome, ActionError> {
        Ok(self.client.send_text(&self.upstream_name, to, text)?)
    }

    pub(super) fn restart(&self) -> Result<CommandOutcome, ActionError> {
        Ok(self.commands().send(UpstreamClient::restart)?)
    }

    fn commands(&self) -> CommandTarget<'_> {
        CommandTarget {
            client: &*self.client,
            name: &self.upstream_name,
            id: self.id.as_deref(),
            deadline: self.deadline,
        }
    }

    /// Clears the pending connect: the socket that it could open is gone.
    fn clear_pending_connect(&self) {
        self.service.gateway().clear_pending_connect(&self.server.id, &self.target.name);
    }
}
