//! Removes an instance in parts: what it left on servers that it moved from, its own instance, the row. Every server is
//! looked at before anything is touched, since a look fails without harm; then each part that is done is noted before the
//! next begins, so that a failure or a crash in between leaves what a repetition finishes.

use std::time::{Duration, Instant};

use super::ActionService;
use super::error::{ActionError, Unfinished};
use super::guard::{self, InstanceGuard, OwnInstance, UpstreamOfRow};
use crate::domain::{AuditAction, Reason, Status, UseCaseError, Viewer};
use crate::instance::removal::{FoundLeft, LeftOutcome, LeftRemover, Unidentified};
use crate::store::{InstanceRef, InstanceRow, LeftInstance};

/// Longest look for what a row left, and its removal.
const REMOVAL: Duration = Duration::from_secs(20);

/// What somebody wants of a deletion.
pub struct Deletion {
    /// Who sees what: servers that are named, and what is erased.
    pub viewer: Viewer,
    /// Whether only the row is forgotten.
    pub keep_upstream: bool,
    /// Whether all that is held about the instance and that the viewer sees is erased as well: settings, notices, its name
    /// in the audit trail.
    pub erase: bool,
}

/// What a deletion takes away beside the row, its history and its links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The instance upstream.
    pub upstream: bool,
    /// A phone's session with that instance.
    pub session: bool,
    /// Whether another instance has the name upstream, which stays as it is.
    pub other_stays: bool,
    /// The servers that the row moved from and left an instance on, which stays there and is no longer known of.
    pub stays_on: Vec<String>,
}

/// What a row has upstream.
struct FoundParts<'a> {
    own: UpstreamOfRow<'a>,
    /// What goes of what it left on other servers.
    left: Vec<FoundLeft>,
    /// The servers where that stays, as far as the viewer knows them.
    stays_on: Vec<String>,
    /// Whether a phone is paired with its own instance, as far as the row knows.
    has_phone: bool,
}

impl FoundParts<'_> {
    /// What goes, with its own instance if that is there.
    fn removed(self, own: bool) -> Removed {
        Removed {
            upstream: own || self.left.iter().any(FoundLeft::is_present),
            session: own && self.has_phone || self.left.iter().any(FoundLeft::had_phone),
            other_stays: matches!(self.own, UpstreamOfRow::OtherOfName),
            stays_on: self.stays_on,
        }
    }
}

impl ActionService {
    /// What [`ActionService::delete`] would take away now, and why it would not. Changes nothing.
    pub fn would_remove(
        &self,
        target: &InstanceRef,
        deletion: &Deletion,
        trace: &str,
    ) -> Result<Removed, ActionError> {
        let _permits = self.permits(target)?;
        let row = guard::read(&self.service, target)?;
        let found = self.find_parts(target, &row, deletion, &self.left_remover(trace))?;
        let own = match &found.own {
            UpstreamOfRow::Own(own) => own.exists()?,
            UpstreamOfRow::Nothing | UpstreamOfRow::OtherOfName => false,
        };
        Ok(found.removed(own))
    }

    /// Deletes the instance upstream, then the row with all that belongs to it. Where another instance has the name, only
    /// the row is forgotten.
    pub fn delete(
        &self,
        target: &InstanceRef,
        deletion: &Deletion,
        trace: &str,
    ) -> Result<Removed, ActionError> {
        let _permits = self.permits(target)?;
        let mut guard = InstanceGuard::take(&self.service, target, trace)?;
        let remover = self.left_remover(trace);
        let found = self.find_parts(target, &guard.row, deletion, &remover)?;
        let mut done = Vec::new();
        self.remove_left(&guard.row, &found.left, Unidentified::IsRemoved, &remover, &mut done)?;
        let after = |done: &[String], error| Unfinished::after(done, None, error);
        let own = match &found.own {
            UpstreamOfRow::Own(own) => remove_own(own, &mut guard).map_err(|error| after(&done, error))?,
            UpstreamOfRow::Nothing | UpstreamOfRow::OtherOfName => None,
        };
        let is_own_removed = own.is_some();
        done.extend(own);
        guard.delete_row(deletion.erase.then_some(&deletion.viewer)).map_err(|error| after(&done, error))?;
        log::info!("id={trace} {} was deleted, its own instance too: {is_own_removed}", target.id);
        Ok(found.removed(is_own_removed))
    }

    fn find_parts<'a>(
        &'a self,
        target: &'a InstanceRef,
        row: &InstanceRow,
        deletion: &Deletion,
        remover: &LeftRemover<'a>,
    ) -> Result<FoundParts<'a>, ActionError> {
        let has_phone = row.paired_at.is_some() || row.status == Status::Connected;
        if deletion.keep_upstream {
            let line = self.store().instance_line(&row.id, &deletion.viewer);
            let line = line.map_err(|error| guard::internal(remover.trace, &error))?;
            let stays_on = line.map(|line| line.left_on).unwrap_or_default();
            return Ok(FoundParts { own: UpstreamOfRow::Nothing, left: Vec::new(), stays_on, has_phone });
        }
        let own = guard::find(&self.service, target, row, remover.trace)?;
        Ok(FoundParts { own, left: self.find_left(row, remover)?, stays_on: Vec::new(), has_phone })
    }

    /// Who removes what rows left.
    pub(super) fn left_remover<'a>(&'a self, trace: &'a str) -> LeftRemover<'a> {
        let (store, gateway, deadline) = (self.store(), self.service.gateway(), Instant::now() + REMOVAL);
        LeftRemover { store, gateway, trace, deadline }
    }

    /// What the row left on other servers.
    pub(super) fn find_left(
        &self,
        row: &InstanceRow,
        remover: &LeftRemover,
    ) -> Result<Vec<FoundLeft>, ActionError> {
        let left = self.store().left_instances(&row.id);
        let left = left.map_err(|error| guard::internal(remover.trace, &error))?;
        let find = |left: LeftInstance| {
            let server = self.server_name(&left.credential);
            remover.find(row, left).map_err(|error| Unfinished::after(&[], Some(server), error.into()))
        };
        left.into_iter().map(find).collect()
    }

    /// Removes that, and adds each server whose part is done to `done`, by its name.
    pub(super) fn remove_left(
        &self,
        row: &InstanceRow,
        found: &[FoundLeft],
        unidentified: Unidentified,
        remover: &LeftRemover,
        done: &mut Vec<String>,
    ) -> Result<(), ActionError> {
        for left in found {
            let server = self.server_name(left.credential());
            match remover.remove(row, left, unidentified) {
                Ok(LeftOutcome::Absent) => {}
                Ok(LeftOutcome::Removed | LeftOutcome::Stays) => done.push(server),
                Err(error) => return Err(Unfinished::after(done, Some(server), error.into())),
            }
        }
        Ok(())
    }

    fn server_name(&self, credential: &str) -> String {
        let found = self.store().credential(credential).ok().flatten();
        found.map_or_else(|| credential.to_owned(), |found| found.name)
    }
}

/// Removes the row's own instance and notes that; the name of its server if there was one.
fn remove_own(own: &OwnInstance, guard: &mut InstanceGuard) -> Result<Option<String>, ActionError> {
    if !own.delete()? {
        return Ok(None);
    }
    let noted = guard.save_act(AuditAction::InstanceRemove, &own.server.id, |row| {
        row.become_status(Status::Lost, Reason::Gone);
        row.hide_code();
        row.forget_phone();
        row.forget_scans();
        row.connect_out_until = None;
    });
    match noted {
        // Gone: somebody removed the row meanwhile by hand.
        Ok(()) | Err(ActionError::Failed(UseCaseError::Gone)) => Ok(Some(own.server.name.clone())),
        Err(error) => Err(error),
    }
}
