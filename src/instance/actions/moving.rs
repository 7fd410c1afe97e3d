//! Moves one instance to another server, and says first what a move does not carry. The database alone is changed:
//! the next call creates the instance there and puts back what people had set. What a row left stays with its phone
//! until the row is connected anew, unless its removal is asked for at once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::ActionService;
use super::error::ActionError;
use super::guard::{self, InstanceGuard, UpstreamOfRow};
use super::server_name::ServerName;
use crate::domain::{
    BusyCause, Credential, Intake, ServerRoom, SettingsKind, Status, UseCaseError, roomiest,
};
use crate::instance::connect::{ConnectService, server_address};
use crate::instance::moves::{left_by, move_back, move_to};
use crate::instance::removal::Unidentified;
use crate::store::{self, InstanceRef, InstanceRow, LeftInstance, RowMove};
use crate::upstream::UpstreamServer;

/// Longest look at the server that a row is to move to.
const LOOK: Duration = Duration::from_secs(5);

/// What becomes of the instance on the server that a row moves from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OldInstance {
    /// Nothing there is the row's own.
    None,
    /// It stays until the row is connected anew.
    Stays,
    Removed,
    /// It was to be removed at once, and its server did not do it: it is tried again once the row is connected.
    NotRemoved,
}

/// What a move does, or did.
#[derive(Clone, Debug)]
pub struct InstanceMove {
    /// The server that the row moves from; `None`: its credential was removed.
    pub from: Option<ServerName>,
    pub to: ServerName,
    /// What people set of it and is put back.
    pub carries: BTreeSet<SettingsKind>,
    /// Whether a phone has to scan a code anew.
    pub needs_scan: bool,
    /// Whether a phone is paired with what the row leaves.
    pub has_phone: bool,
    pub old: OldInstance,
}

/// A move that can be made.
struct PlannedMove {
    row: InstanceRow,
    left: Option<LeftInstance>,
    /// What the row had left on the server that it moves to.
    back: Option<LeftInstance>,
    done: InstanceMove,
}

impl ActionService {
    /// What [`ActionService::move_to_server`] would do now, and why it would not. Changes nothing.
    pub fn would_move(
        &self,
        target: &InstanceRef,
        to: Option<&str>,
        trace: &str,
    ) -> Result<InstanceMove, ActionError> {
        let _permits = self.permits(target)?;
        let row = guard::read(&self.service, target)?;
        Ok(plan(&self.service, target, &row, to, trace)?.done)
    }

    /// Moves the row to the server of that credential, by its id or name, or to the one with most room. With `remove_old` what it leaves
    /// is removed at once, its phone logged out.
    pub fn move_to_server(
        &self,
        target: &InstanceRef,
        to: Option<&str>,
        remove_old: bool,
        trace: &str,
    ) -> Result<InstanceMove, ActionError> {
        let _permits = self.permits(target)?;
        let guard = InstanceGuard::take(&self.service, target, trace)?;
        save_settings(&self.service, &guard);
        let PlannedMove { row, left, back, mut done } = plan(&self.service, target, &guard.row, to, trace)?;
        let store = self.store();
        let moved = store.move_instance(&row, left.as_ref(), back.is_none());
        match moved.map_err(|error| guard::internal(trace, &error))? {
            RowMove::Done => {}
            RowMove::Full => return Err(ActionError::NoRoom),
            RowMove::Gone => return Err(UseCaseError::Gone.into()),
        }
        log::info!("id={trace} {} moves to credential {}", target.name, done.to.id);
        if let Some(left) = left.filter(|_| remove_old) {
            done.old = self.remove_old(&row, left, trace);
        }
        Ok(done)
    }

    /// Removes what the row has just left, where its server does that now.
    fn remove_old(&self, row: &InstanceRow, left: LeftInstance, trace: &str) -> OldInstance {
        let remover = self.left_remover(trace);
        let outcome =
            remover.find(row, left).and_then(|found| remover.remove(row, &found, Unidentified::IsRemoved));
        match outcome {
            Ok(_) => OldInstance::Removed,
            Err(error) => {
                log::warn!("id={trace} what row {} left was not removed: {error:?}", row.id);
                OldInstance::NotRemoved
            }
        }
    }
}

/// Saves what people set of the row's own instance. A server that does not answer keeps nobody from leaving it: what
/// was saved last is put back.
fn save_settings(service: &ConnectService, guard: &InstanceGuard) {
    let store = service.store();
    let is_failing = |id| store.health(id).ok().flatten().is_some_and(|health| health.error_code.is_some());
    if guard.row.credential.as_deref().is_some_and(is_failing) {
        return;
    }
    if let Ok(UpstreamOfRow::Own(own)) = guard.find() {
        own.save_settings();
    }
}

fn plan(
    service: &ConnectService,
    target: &InstanceRef,
    row: &InstanceRow,
    to: Option<&str>,
    trace: &str,
) -> Result<PlannedMove, ActionError> {
    let store = service.store();
    let internal = |error: &store::Error| guard::internal(trace, error);
    let own = row.credential.as_deref().map(|id| store.credential(id)).transpose();
    let own = own.map_err(|error| internal(&error))?.flatten();
    let servers = store.servers_in_use(target.channel).map_err(|error| internal(&error))?;
    let (to, room) = destination(servers, own.as_ref(), to)?;
    let back = store.left_instance(&row.id, &to.id).map_err(|error| internal(&error))?;
    if back.is_none() && (room.rule.intake == Intake::Draining || !room.has_room()) {
        return Err(ActionError::NoRoom);
    }
    let found = look(service, row, &to, back.as_ref(), trace)?;
    let left = own.as_ref().and_then(|own| left_by(row, own)).filter(|_| found != Found::Same);
    let is_paired_there = match found {
        Found::Nothing => false,
        Found::Left => back.as_ref().is_some_and(|back| back.paired_at.is_some()),
        Found::Same => true,
    };
    let has_phone = row.paired_at.is_some() || row.status == Status::Connected;
    let saved = store.saved_settings(target.channel, &target.name).map_err(|error| internal(&error))?;
    let done = InstanceMove {
        from: own.map(|own| ServerName { id: own.id, name: own.name }),
        to: ServerName { id: to.id.clone(), name: to.name.clone() },
        carries: saved.map(|saved| saved.settings.kinds()).unwrap_or_default(),
        needs_scan: !is_paired_there,
        has_phone: has_phone && left.is_some(),
        old: if left.is_some() { OldInstance::Stays } else { OldInstance::None },
    };
    let mut row = row.clone();
    match &back {
        Some(back) => move_back(&mut row, &to, back),
        None => move_to(&mut row, &to),
    }
    Ok(PlannedMove { row, left, back, done })
}

/// The server that was named or, where none was, the one with room.
fn destination(
    mut servers: Vec<(Credential, ServerRoom)>,
    own: Option<&Credential>,
    to: Option<&str>,
) -> Result<(Credential, ServerRoom), ActionError> {
    let is_own = |server: &Credential| own.is_some_and(|own| own.base_url == server.base_url);
    let chosen = if let Some(given) = to {
        let all: Vec<_> = servers.iter().map(|(server, _)| server).collect();
        Credential::position(&all, given).ok_or(ActionError::NoSuchServer)?
    } else {
        let takes_numbers = |(_, room): &(Credential, ServerRoom)| room.rule.intake == Intake::Open;
        let is_own_open = servers.iter().any(|server| is_own(&server.0) && takes_numbers(server));
        servers.retain(|(server, _)| !is_own(server));
        let none = if is_own_open && !servers.iter().any(takes_numbers) {
            ActionError::NoOtherServer
        } else {
            ActionError::NoRoom
        };
        let rooms: Vec<_> = servers.iter().map(|(_, room)| *room).collect();
        roomiest(&rooms).ok_or(none)?
    };
    let chosen = servers.swap_remove(chosen);
    if is_own(&chosen.0) { Err(ActionError::AlreadyThere) } else { Ok(chosen) }
}

/// What the server that a row is to move to has under its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    /// What the row had left there.
    Left,
    /// The row's very instance: it is the same server, under another address.
    Same,
}

/// Looks there. What is another's of the name is refused, and so is a server that does not answer.
fn look(
    service: &ConnectService,
    row: &InstanceRow,
    to: &Credential,
    back: Option<&LeftInstance>,
    trace: &str,
) -> Result<Found, ActionError> {
    let (base_url, until) = (server_address(to, trace)?, Instant::now() + LOOK);
    let permit = service.gateway().call_permit(&to.id, until);
    let _permit = permit.ok_or(UseCaseError::Busy(BusyCause::Calls))?;
    let client = service.gateway().client(UpstreamServer::of(to, &base_url), trace, until);
    let Some(listed) = client.list(&row.upstream_name)? else {
        return match (client.state(&row.upstream_name)?, back) {
            (None, _) => Ok(Found::Nothing),
            (Some(_), Some(_)) => Ok(Found::Left),
            (Some(_), None) => Err(ActionError::NameThere),
        };
    };
    if listed.id.is_some() && listed.id == row.upstream_id {
        return Ok(Found::Same);
    }
    if back.is_some_and(|back| back.upstream_id == listed.id) {
        Ok(Found::Left)
    } else {
        Err(ActionError::NameThere)
    }
}
