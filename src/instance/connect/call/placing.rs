//! The choice of a server for a name without a row, and for a row that has no server in use or whose own is being
//! drained. Which server has room, `domain::placement` decides.

use super::ConnectCall;
use crate::domain::{
    ConnectionState, Credential, Intake, Pairing, PhoneMemory, Status, UpstreamError, is_out, now, pairing,
    roomiest,
};
use crate::instance::connect::limits::TRIED_LATELY;
use crate::instance::connect::{ConnectError, server_address};
use crate::instance::moves::{left_by, move_to};
use crate::store::{InstanceRow, RowMove};

impl ConnectCall<'_> {
    /// The credential for a row that has none in use, or leaves the one it has, which it keeps where no other has
    /// room; and for a name without a row. `None`: there was room, and is no more.
    pub(super) fn choose_with_room(
        &mut self,
        left: Option<Credential>,
    ) -> Result<Option<Credential>, ConnectError> {
        let servers = self.service.store.servers_in_use(self.request.channel);
        let mut servers = servers.map_err(|e| self.internal(&e))?;
        // Another credential of the server that is left leads to the same instance.
        servers.retain(|(server, _)| left.as_ref().is_none_or(|left| left.base_url != server.base_url));
        let reached = servers.into_iter().partition(|(credential, _)| self.reaches(&credential.id));
        let (reached, others): (Vec<_>, Vec<_>) = reached;
        let rooms: Vec<_> = reached.iter().map(|(_, room)| *room).collect();
        let mut active: Vec<_> =
            reached.into_iter().chain(others).map(|(credential, _)| credential).collect();
        let placed = roomiest(&rooms);
        if let Some(at) = placed {
            // It goes first: the search for a home leaves it for last.
            active[..=at].rotate_right(1);
        }
        let placed = placed.map(|_| active[0].clone());
        if self.row.known().is_some_and(is_unplaced) {
            // It was listed before any server was asked for its name.
            let home = self.find_home(&active, placed.is_some());
            let is_home = home.is_some();
            let to = home.or(placed).ok_or_else(|| self.no_room(&active))?;
            return self.move_row(to, None, !is_home);
        }
        if self.row.known().is_some() {
            return match (placed, left) {
                (Some(to), left) => self.move_row(to, left.as_ref(), true),
                (None, Some(own)) => Ok(Some(own)),
                (None, None) => Err(self.no_room(&active)),
            };
        }
        let home = self.find_home(&active, placed.is_some());
        self.search.is_placed = home.is_none();
        home.or(placed).map(Some).ok_or_else(|| self.no_room(&active))
    }

    fn no_room(&self, active: &[Credential]) -> ConnectError {
        if active.iter().any(|credential| self.reaches(&credential.id)) {
            ConnectError::NoRoom
        } else if active.is_empty() || self.row.known().is_some() {
            // A row that the token reaches stays where it is, until that server is in use again.
            ConnectError::NoActiveCredential(self.request.channel)
        } else {
            self.out_of_reach()
        }
    }

    /// Moves the row to a server with room, from one that it leaves or from one that is not in use.
    fn move_row(
        &mut self,
        to: Credential,
        from: Option<&Credential>,
        needs_room: bool,
    ) -> Result<Option<Credential>, ConnectError> {
        let Some(mut row) = self.row.known().cloned() else { return Ok(Some(to)) };
        let left = from.and_then(|from| left_by(&row, from));
        if let Some(from) = from.filter(|_| left.is_some()) {
            self.save_settings_at(from, &row);
        }
        move_to(&mut row, &to);
        let moved = self.service.store.move_instance(&row, left.as_ref(), needs_room);
        match moved.map_err(|e| self.internal(&e))? {
            RowMove::Done => {
                log::info!("id={} {} moves to credential {}", self.trace, self.request.name, to.id);
                self.row.replace(Some(row));
                Ok(Some(to))
            }
            RowMove::Full => Ok(None),
            RowMove::Gone => Err(self.row_gone()),
        }
    }

    /// Saves what people set of the row's instance before it moves. A server that does not answer keeps nobody from
    /// leaving it: what was saved last is put back.
    fn save_settings_at(&self, from: &Credential, row: &InstanceRow) {
        let Ok(base_url) = server_address(from, self.trace) else { return };
        let client = self.client_of(from, &base_url, self.end_of_search());
        let owns = |id: Option<&str>| row.owns(&from.base_url, id);
        if let Err(error) = self.keeper(&*client).save(owns) {
            log::warn!("id={} what is set of {} could not be read: {error:?}", self.trace, self.request.name);
        }
    }

    /// Whether the row leaves its server now: that is being drained, and nobody has or is about to have a phone there.
    pub(super) fn leaves(&self, own: &Credential) -> bool {
        let is_free = |row: &InstanceRow| {
            !is_tried(row) && self.has_no_phone(own, row).unwrap_or(row.paired_at.is_none())
        };
        own.rule.intake == Intake::Draining && self.row.known().is_some_and(is_free)
    }

    /// Whether no phone is paired with what its server has of the row. The list and the state are asked: the row may
    /// be older than a scan.
    fn has_no_phone(&self, own: &Credential, row: &InstanceRow) -> Result<bool, UpstreamError> {
        let until = self.end_of_search();
        let _permit = self.service.gateway.call_permit(&own.id, until).ok_or(UpstreamError::Timeout)?;
        let base_url = server_address(own, self.trace).map_err(|_| UpstreamError::Unexpected)?;
        let client = self.client_of(own, &base_url, until);
        let Some(state) = client.state(&row.upstream_name)? else { return Ok(true) };
        let listed = client.list(&row.upstream_name)?;
        if !row.owns(&own.base_url, listed.as_ref().and_then(|listed| listed.id.as_deref())) {
            return Ok(true);
        }
        let memory = row.paired_at.map_or(PhoneMemory::NoPhone, PhoneMemory::SeenAt);
        let pairing = pairing(listed.as_ref(), memory, state);
        Ok(state != ConnectionState::Open && !matches!(pairing, Pairing::Paired | Pairing::Possible))
    }
}

/// Whether the row was imported without a server: its name may be on any.
fn is_unplaced(row: &InstanceRow) -> bool {
    row.credential.is_none() && row.claimed_url.is_none() && row.status == Status::Pending
}

/// Whether somebody may be scanning a code of the row at this moment, or something that was sent is under way.
fn is_tried(row: &InstanceRow) -> bool {
    let is_shown = row.shows_code() && row.qr_since.is_some_and(|since| now() - since < TRIED_LATELY);
    is_shown || [row.create_out_until, row.connect_out_until].into_iter().flatten().any(is_out)
}
