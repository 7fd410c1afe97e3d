//! The steps of a call upstream: look the name up, create the instance, wait until it is loaded.

use std::thread;
use std::time::Instant;

use super::{ChosenServer, ConnectCall, Listing};
use crate::domain::{
    self, BusyCause, ConnectionState, ListedInstance, Pairing, PhoneMemory, Status, UpstreamError,
    UseCaseError, from_now, pairing,
};
use crate::instance::connect::ConnectError;
use crate::instance::connect::limits::{
    CREATE_OUT, LOAD_PAUSE, MAX_CREATES, PHONE_LOOK, PHONE_PAUSE, SLOW_CREATE_OUT,
};
use crate::instance::connect::plan::{SocketHistory, Upstream};
use crate::store::InstanceRow;
use crate::upstream::{Created, UpstreamClient};

impl Listing {
    /// Takes over what the list says of a phone that is connected.
    fn note_phone(&mut self, listed: Option<&ListedInstance>) {
        self.is_open = listed.is_some_and(|listed| listed.state == ConnectionState::Open);
        self.linked = listed.and_then(|listed| listed.linked().cloned());
    }
}

impl ConnectCall<'_> {
    pub(super) fn server(&self) -> &ChosenServer {
        self.server.as_ref().expect("the plan chooses a server before it looks upstream")
    }

    pub(super) fn client(&self) -> &dyn UpstreamClient {
        &*self.server().client
    }

    pub(super) fn look(&mut self) -> Result<(), ConnectError> {
        let looked = self.look_upstream();
        if looked.is_err() {
            self.note_no_look();
        }
        looked
    }

    fn look_upstream(&mut self) -> Result<(), ConnectError> {
        let listed = self.client().list(&self.upstream_name)?;
        self.listed = Listing {
            id: listed.as_ref().and_then(|listed| listed.id.clone()),
            logout_at: listed.as_ref().and_then(|listed| listed.logout?.at),
            ..Listing::default()
        };
        self.listed.note_phone(listed.as_ref());
        if let Some(other) = listed.as_ref().map(|l| l.integration).filter(|kind| !kind.is_phone()) {
            self.upstream = Upstream::NotAPhone(other);
            return Ok(());
        }
        let listed_connecting = listed.as_ref().is_some_and(|l| l.state == ConnectionState::Connecting);
        let state = self.live_state(listed.as_ref())?;
        let present =
            |state| Upstream::Present(state, pairing(listed.as_ref(), self.phone_memory(state), state));
        self.upstream = state.map_or(Upstream::Absent, present);
        self.begin_socket(listed_connecting);
        self.finish_restoration();
        self.note_look()
    }

    /// Looks for the phone that is connected until the list says `open`, which it does later than the state. What
    /// upstream says or fails to say of it changes nothing of the call.
    pub(super) fn look_for_phone(&mut self) {
        let until = self.deadline.min(Instant::now() + PHONE_LOOK);
        let client = self.client().until(until);
        while !self.listed.is_open {
            let Ok(listed @ Some(_)) = client.list(&self.upstream_name) else { return };
            self.listed.note_phone(listed.as_ref());
            if self.listed.is_open || Instant::now() + PHONE_PAUSE >= until {
                return;
            }
            thread::sleep(PHONE_PAUSE);
        }
    }

    /// Sets the socket's history before the call has watched it; what it has watched stays.
    fn begin_socket(&mut self, listed_connecting: bool) {
        use SocketHistory::{CodeShown, Fresh, Unwatched};
        if !matches!(self.socket, Fresh | Unwatched { .. } | CodeShown) {
            return;
        }
        let row_connecting = self.row.known().is_some_and(|r| r.status == Status::Connecting);
        let credential = &self.server().credential;
        self.socket = if self.service.sockets.flapped_lately(credential, self.request.name.as_str()) {
            SocketHistory::Flapping
        } else if self.row.known().is_some_and(InstanceRow::shows_code) {
            CodeShown
        } else {
            Unwatched { was_connecting: listed_connecting || row_connecting }
        };
    }

    /// The present state of the socket; `None`: the name is not there. Asked for by itself, since lists of
    /// 2.x lag, and lists leave out what is not loaded yet or still being removed. No earlier look spares
    /// it: between a scan and the pairing the socket closes for a moment, in which a `connect` would open a
    /// second one.
    fn live_state(&self, listed: Option<&ListedInstance>) -> Result<Option<ConnectionState>, ConnectError> {
        match listed {
            Some(listed) if !listed.lags => Ok(Some(listed.state)),
            _ => Ok(self.client().state(&self.upstream_name)?),
        }
    }

    fn phone_memory(&self, live: ConnectionState) -> PhoneMemory {
        let row = self.row.known();
        // A code that was shown may have been scanned while nobody looked.
        let shown = row.is_some_and(InstanceRow::shows_code);
        let created_here = || row.and_then(|r| r.create_out_until).is_some_and(domain::is_out);
        match row.and_then(|r| r.paired_at) {
            Some(seen) if self.row_relation().is_settled() => PhoneMemory::SeenAt(seen),
            None if shown && live == ConnectionState::Close => PhoneMemory::Unknown,
            _ if self.row_relation().is_settled() || created_here() => PhoneMemory::NoPhone,
            _ => PhoneMemory::Unknown,
        }
    }

    pub(super) fn create(&mut self) -> Result<(), ConnectError> {
        if self.creates >= MAX_CREATES {
            return Err(UpstreamError::NotLoaded.into());
        }
        // Before the create: a call that gets no permit must not leave an instance upstream.
        if self.reserve_connect().map_err(|_| UseCaseError::Busy(BusyCause::Calls))? {
            self.upstream = Upstream::Unseen;
            return Ok(());
        }
        let may_be_made = self.may_be_made();
        // Nothing of a former instance of the name counts for the new one.
        self.clear_pending_connect();
        self.listed = Listing::default();
        self.connect_sent = false;
        self.save(|row| {
            row.hide_code();
            row.forget_phone();
            row.upstream_id = None;
            row.connect_out_until = None;
            row.create_out_until = Some(from_now(CREATE_OUT));
        })?;
        let saved = self.begin_restoration()?;
        let answer = self.client().create(&self.upstream_name, &self.request.phone);
        if let Err(UpstreamError::RateLimited(wait)) = answer {
            self.clear_pending_create()?;
            self.wait_as_told(wait)?;
            self.upstream = Upstream::Unseen;
            return Ok(());
        }
        self.creates += 1;
        match answer {
            Ok(Created::Now(id)) => {
                self.listed.id = id;
                self.socket = SocketHistory::Fresh;
                self.upstream = Upstream::Present(ConnectionState::Close, Pairing::Never);
                self.put_back(saved.as_ref());
                Ok(())
            }
            Ok(Created::NameTaken) => {
                self.upstream = Upstream::Present(ConnectionState::Unloaded, Pairing::Never);
                if may_be_made { Ok(()) } else { self.clear_pending_create() }
            }
            Ok(Created::Refused) => {
                self.clear_pending_create()?;
                Err(UpstreamError::Unexpected.into())
            }
            Err(error) => {
                self.note_lost_create(&error)?;
                Err(error.into())
            }
        }
    }

    /// Notes how long a create may be under way that was not answered.
    fn note_lost_create(&mut self, error: &UpstreamError) -> Result<(), ConnectError> {
        if error.is_without_effect() {
            return self.clear_pending_create();
        }
        let span = if error.is_unanswered() { SLOW_CREATE_OUT } else { CREATE_OUT };
        self.save(|row| row.create_out_until = Some(from_now(span)))
    }

    fn clear_pending_create(&mut self) -> Result<(), ConnectError> {
        self.end_restoration();
        self.save(|row| row.create_out_until = None)
    }

    /// Waits for a create that left before a crash or a time-out: a second create of the name would destroy
    /// the instance of the first.
    pub(super) fn await_create(&mut self) -> Result<(), ConnectError> {
        self.pause(LOAD_PAUSE, UpstreamError::Timeout.into())?;
        self.upstream = Upstream::Unseen;
        Ok(())
    }

    pub(super) fn await_load(&mut self) -> Result<(), ConnectError> {
        // Longer after each create that was refused.
        let pause = LOAD_PAUSE * (1 << self.creates.saturating_sub(1));
        self.pause(pause, UpstreamError::NotLoaded.into())?;
        self.upstream = Upstream::Unseen;
        Ok(())
    }
}
