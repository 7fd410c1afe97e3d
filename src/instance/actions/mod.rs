//! Actions on one instance: delete it, log its phone out, restart it, give up a pairing that nobody scanned, write
//! what a person says of it.
//!
//! Nothing here happens by itself: each action is one request of one person for one row. It holds the
//! instance's lock, as a connect call does, so that the two never interleave, in whatever process. It
//! touches only the row's own instance upstream, and can be repeated after any failure: what is done
//! already counts as done.

mod error;
mod guard;
mod moving;
mod pairing;
mod removal;
mod server_name;
mod test_message;

use std::sync::Arc;
use std::time::Duration;

pub use error::{ActionError, Unfinished};
pub use moving::{InstanceMove, OldInstance};
pub use removal::{Deletion, Removed};
pub use server_name::ServerName;

use crate::domain::ConnectionState;
use crate::domain::{AuditAction, BusyCause, Description, Phone, Reason, Status, UseCaseError, from_now};
use crate::instance::connect::ConnectService;
use crate::instance::removal::Unidentified;
use crate::store::{InstanceRef, InstanceRow, Store};
use crate::sync::{Permit, PermitLimits, Permits};
use crate::upstream::CommandOutcome;
use guard::{InstanceGuard, OwnInstance, UpstreamOfRow};

/// Most actions on one row at a time; each holds a thread while it waits for the others.
const MAX_FOR_ROW: usize = 4;
/// Most actions on all rows of one owner at a time: a quarter of the threads for blocking routes.
const MAX_FOR_OWNER: usize = 32;
/// How long a restart counts as a pending `connect`. Upstream answers the former code until the new one comes, and
/// a phone's socket drops and comes back, which is no news to the monitor. Recorded: both within half a second.
const RESTART_OUT: Duration = Duration::from_secs(10);

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Delete the instance.
    Delete,
    /// Log the phone out.
    Logout,
    /// Close the socket and open it again.
    Restart,
    /// Close the socket that waits for a scan, so that the next one has a pairing code.
    Abandon,
    /// Write what a person says of the instance.
    Change,
    /// Move it to another server.
    Move,
    /// Send a test message through it.
    SendTest,
}

/// The actions, on the data folder and the connections of a connect service.
pub struct ActionService {
    service: Arc<ConnectService>,
    by_row: Permits<String>,
    by_owner: Permits<String>,
}

impl ActionService {
    /// The actions beside that service's calls.
    pub fn new(service: Arc<ConnectService>) -> Self {
        Self { service, by_row: permits(MAX_FOR_ROW), by_owner: permits(MAX_FOR_OWNER) }
    }

    /// The data folder that actions work on.
    pub(crate) fn store(&self) -> &Store {
        self.service.store()
    }

    /// Logs the phone out, also of what the row left on other servers; with none connected, that is done already.
    pub fn logout(&self, target: &InstanceRef, trace: &str) -> Result<(), ActionError> {
        let _permits = self.permits(target)?;
        let mut guard = InstanceGuard::take(&self.service, target, trace)?;
        let own = guard.find()?.own()?;
        let remover = self.left_remover(trace);
        let left = self.find_left(&guard.row, &remover)?;
        let mut done = Vec::new();
        // First, since only this one may be refused: nothing has changed then.
        if let Some(own) = &own {
            log_out_own(own, &mut guard)?;
            done.push(own.server.name.clone());
        }
        self.remove_left(&guard.row, &left, Unidentified::IsLoggedOut, &remover, &mut done)?;
        let has_phone = guard.row.paired_at.is_some() || guard.row.linked.is_some() || !left.is_empty();
        if own.is_none() && has_phone {
            return guard.save_act(AuditAction::InstanceLogout, "", InstanceRow::forget_phone);
        }
        Ok(())
    }

    /// Writes what a person says of the instance: the number it is for, and the texts about it. A call under way
    /// for the row has its number in mind, so a new one waits until that is over.
    pub fn change(
        &self,
        target: &InstanceRef,
        phone: Option<&Phone>,
        description: &Description,
        trace: &str,
    ) -> Result<(), ActionError> {
        let _guard = match phone {
            Some(_) => Some((self.permits(target)?, InstanceGuard::take(&self.service, target, trace)?)),
            None => None,
        };
        let described = self.store().describe(&target.id, phone, description);
        let is_there = described.map_err(|error| guard::internal(trace, &error))?;
        if is_there { Ok(()) } else { Err(UseCaseError::Gone.into()) }
    }

    /// Closes the socket and opens it again.
    pub fn restart(&self, target: &InstanceRef, trace: &str) -> Result<(), ActionError> {
        let _permits = self.permits(target)?;
        let mut guard = InstanceGuard::take(&self.service, target, trace)?;
        let own = guard.find()?.own()?.ok_or(ActionError::NotConnected)?;
        let state = own.state()?;
        if !matches!(state, Some(ConnectionState::Open | ConnectionState::Connecting)) {
            return Err(ActionError::NotConnected);
        }
        // Before the restart leaves: the monitor may look at once.
        let before = guard.row.connect_out_until;
        guard.save(|row| row.connect_out_until = Some(from_now(RESTART_OUT)))?;
        let error = match own.restart() {
            Ok(CommandOutcome::Done) => {
                let noted = self.store().note_act(AuditAction::InstanceRestart, &target.id, "");
                // It is done, whether that can be noted or not.
                noted.map_err(|error| guard::internal(trace, &error)).ok();
                return Ok(());
            }
            Err(error) if !error.is_without_effect() => return Err(error),
            Ok(CommandOutcome::NotNow | CommandOutcome::Missing) => ActionError::NotConnected,
            Ok(CommandOutcome::Unsupported) => ActionError::RestartUnsupported,
            Err(error) => error,
        };
        guard.save(|row| row.connect_out_until = before)?;
        Err(error)
    }

    /// Closes a socket that waits for a scan without a pairing code, so that the next call opens one with
    /// both. Does nothing, without an error, where a phone is paired or about to be.
    pub fn abandon_pairing(&self, target: &InstanceRef, trace: &str) -> Result<(), ActionError> {
        let _permits = self.permits(target)?;
        let mut guard = InstanceGuard::take(&self.service, target, trace)?;
        let UpstreamOfRow::Own(own) = guard.find()? else { return Ok(()) };
        if !pairing::waits_for_scan_alone(&own, &guard.row)? || own.close_unscanned()? != CommandOutcome::Done
        {
            return Ok(());
        }
        pairing::await_close(&own)?;
        log::info!("id={trace} {}: the pairing that nobody scanned was given up", target.name);
        guard.save(|row| {
            row.become_status(Status::Disconnected, Reason::Unscanned);
            row.hide_code();
            row.forget_phone();
            row.connect_out_until = None;
        })
    }

    /// Takes a permit for the row and one for its owner, if both are free.
    fn permits(&self, target: &InstanceRef) -> Result<[Permit<String>; 2], ActionError> {
        let of_row =
            self.by_row.try_acquire(target.id.clone()).ok_or(UseCaseError::Busy(BusyCause::Calls))?;
        let of_owner =
            self.by_owner.try_acquire(target.user.clone()).ok_or(UseCaseError::Busy(BusyCause::Calls))?;
        Ok([of_row, of_owner])
    }
}

/// Logs the phone of the row's own instance out, and notes that.
fn log_out_own(own: &OwnInstance, guard: &mut InstanceGuard) -> Result<(), ActionError> {
    let mut outcome = own.logout()?;
    if outcome == CommandOutcome::NotNow && pairing::comes_back(own, &guard.row)? {
        outcome = own.logout()?;
    }
    // The phone stays paired, so the logout was not done.
    if outcome == CommandOutcome::NotNow && pairing::is_paired(own, &guard.row, ConnectionState::Close)? {
        return Err(ActionError::Reconnecting);
    }
    log::info!("id={} the phone of row {} was logged out: {outcome:?}", own.trace, guard.row.id);
    guard.save_act(AuditAction::InstanceLogout, "", |row| {
        if outcome == CommandOutcome::Done {
            row.connect_out_until = None;
        }
        // The monitor finds out whether a missing instance is lost.
        if outcome != CommandOutcome::Missing || matches!(row.status, Status::Connected | Status::Connecting)
        {
            row.become_status(Status::Disconnected, Reason::LoggedOut);
        }
        row.hide_code();
        row.forget_phone();
        row.forget_scans();
    })
}

/// A set of permits that nobody waits for: their holders wait for the instance's lock.
fn permits(per_key: usize) -> Permits<String> {
    Permits::new(PermitLimits { per_key, total: usize::MAX, waiting: 0 })
}
