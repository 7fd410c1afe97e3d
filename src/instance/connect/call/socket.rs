//! The steps of a call around a socket: watch one that may come back, open one, ask for its code.

use std::time::{Duration, Instant};

use super::ConnectCall;
use super::code::WaitEnd;
use super::failures::PolledEndpoint;
use crate::domain::{ConnectionState, Pairing, Qr, Reason, Status, UpstreamError, UseCaseError, from_now};
use crate::instance::connect::limits::{
    CODE_WAIT, CONNECT_OUT, FLAPPING, LIST_AGAIN, NOT_UNDERSTOOD, RESUME, RETURN, RETURN_PAUSE, STEADY,
    UNANSWERED_OUT,
};
use crate::instance::connect::plan::{Returning, SocketHistory, Trust, Upstream};
use crate::instance::connect::{ConnectError, ConnectOutcome};
use crate::upstream::Connected;

impl ConnectCall<'_> {
    /// Watches whether a socket comes back by itself.
    pub(super) fn watch(&mut self, returning: Returning) -> Result<(), ConnectError> {
        let (span, end) = match returning {
            Returning::Paired => (RETURN, ConnectError::Reconnecting),
            Returning::Unpaired => (RESUME, ConnectError::NoQr),
            Returning::Scanned => (RETURN, ConnectError::NoQr),
        };
        let until = Instant::now() + span;
        let Upstream::Present(mut last, _) = self.upstream else { return Ok(()) };
        let (mut changes, mut last_change) = (0, None::<Instant>);
        while Instant::now() < until && changes < FLAPPING {
            let Some(state) = self.look_at_state(end.clone())? else { continue };
            match state {
                ConnectionState::Open | ConnectionState::Unloaded => return Ok(()),
                ConnectionState::Connecting if returning != Returning::Paired => {
                    self.socket = SocketHistory::Resumed;
                    return Ok(());
                }
                ConnectionState::Close | ConnectionState::Connecting => {}
            }
            if self.upstream == Upstream::Absent {
                return Ok(());
            }
            if state != last {
                (changes, last_change) = (changes + 1, Some(Instant::now()));
            }
            last = state;
        }
        if last_change.is_some_and(|at| at.elapsed() < STEADY) {
            self.note_flapping();
        } else {
            self.socket = SocketHistory::Steady;
        }
        if returning != Returning::Unpaired {
            // The list may tell by now of a phone.
            self.upstream = Upstream::Unseen;
        }
        Ok(())
    }

    /// Waits for a paired phone's socket. Asks for its state only, and at intervals for the list, which tells
    /// of a logout.
    pub(super) fn await_open(&mut self) -> Result<(), ConnectError> {
        let until = Instant::now() + LIST_AGAIN;
        while Instant::now() < until {
            let state = self.look_at_state(ConnectError::Reconnecting)?;
            if matches!(state, Some(ConnectionState::Open | ConnectionState::Unloaded))
                || self.upstream == Upstream::Absent
            {
                return Ok(());
            }
        }
        self.upstream = Upstream::Unseen;
        Ok(())
    }

    /// The state after a pause; `None` where the request failed.
    fn look_at_state(&mut self, end: ConnectError) -> Result<Option<ConnectionState>, ConnectError> {
        self.pause(RETURN_PAUSE, end)?;
        let answer = self.client().state(&self.upstream_name);
        let Some(state) = self.tolerate(PolledEndpoint::State, answer)? else {
            self.note_no_look();
            return Ok(None);
        };
        if let Upstream::Present(_, pairing) = self.upstream {
            self.upstream = state.map_or(Upstream::Absent, |state| Upstream::Present(state, pairing));
        }
        self.note_look()?;
        Ok(state.or(Some(ConnectionState::Unloaded)))
    }

    pub(super) fn note_flapping(&mut self) {
        self.socket = SocketHistory::Flapping;
        self.service.sockets.note_flapping(&self.server().credential, self.request.name.as_str());
    }

    pub(super) fn open_socket(&mut self, trust: Trust) -> Result<Option<ConnectOutcome>, ConnectError> {
        if self.reserve_connect()? {
            self.look_anew();
            return Ok(None);
        }
        self.note_pending_connect()?;
        let permit = self.connect_permit.take().ok_or(UseCaseError::Internal)?;
        let pending =
            self.service.gateway.begin_connect(&self.server().credential, &self.request.name, permit);
        (self.connect_sent, self.opened) = (true, true);
        let mut opening = self.start_connect(pending)?;
        match self.await_code(Some(&mut opening), trust, self.deadline) {
            Ok(end) => self.conclude(end),
            Err(end) => {
                match opening.failure(&end) {
                    Some(error) => self.note_lost_connect(&error)?,
                    None if self.is_connect_pending() => self.note_lost_connect(&UpstreamError::Timeout)?,
                    None => {}
                }
                Err(end)
            }
        }
    }

    /// Notes how long a `connect` may be at work that failed; one that broke off, as long as it was given when it left.
    fn note_lost_connect(&mut self, error: &UpstreamError) -> Result<(), ConnectError> {
        if error.is_without_effect() {
            self.save(|row| row.connect_out_until = None)
        } else if error.is_unanswered() {
            self.save(|row| row.connect_out_until = Some(from_now(UNANSWERED_OUT)))
        } else {
            Ok(())
        }
    }

    /// Forgets what was seen of the socket, so that the plan looks again.
    fn look_anew(&mut self) {
        self.upstream = Upstream::Unseen;
        if self.socket != SocketHistory::Flapping {
            self.socket = SocketHistory::Unwatched { was_connecting: false };
        }
    }

    /// Saves that a `connect` is pending before it leaves. Forgets a phone that was logged out: the socket
    /// will wait for a scan, not for that phone.
    fn note_pending_connect(&mut self) -> Result<(), ConnectError> {
        let out = Some(from_now(CONNECT_OUT));
        if self.socket == SocketHistory::Fresh {
            return self.claim(|row| {
                row.become_status(Status::Connecting, Reason::Asked);
                row.connect_out_until = out;
            });
        }
        let logged_out = matches!(self.upstream, Upstream::Present(_, Pairing::LoggedOut(_)));
        // The instance is claimed once it shows a code or a phone.
        self.save(|row| {
            row.connect_out_until = out;
            if logged_out {
                row.forget_phone();
            }
        })
    }

    /// Waits for the code of a socket that this call does not open.
    pub(super) fn await_present_code(
        &mut self,
        trust: Trust,
    ) -> Result<Option<ConnectOutcome>, ConnectError> {
        // Only for a while where a `connect` is in flight: the plan then looks whether it still is.
        let until = match self.socket {
            SocketHistory::Flapping => self.deadline,
            _ => self.deadline.min(Instant::now() + CODE_WAIT),
        };
        let end = self.await_code(None, trust, until)?;
        self.conclude(end)
    }

    /// Asks for the code of a socket that waits for a scan.
    pub(super) fn ask_code(&mut self) -> Result<Option<ConnectOutcome>, ConnectError> {
        let answer = self.client().code(&self.upstream_name);
        if let Err(UpstreamError::RateLimited(wait)) = answer {
            self.wait_as_told(wait)?;
            self.look_anew();
            return Ok(None);
        }
        // The socket may have closed just before, and this `connect` opened another.
        self.connect_sent = true;
        let end = match self.tolerate(PolledEndpoint::Connect, answer)? {
            Some(Connected::Code(qr)) if !self.is_expired(&qr) => WaitEnd::Code(qr),
            Some(Connected::Open) => WaitEnd::Open,
            Some(Connected::Missing) => WaitEnd::Missing,
            Some(Connected::Failed) => WaitEnd::Failed,
            Some(Connected::Code(_) | Connected::NoCode) | None => {
                self.await_code(None, Trust::Any, self.deadline)?
            }
        };
        self.conclude(end)
    }

    /// Ends the call for a `connect` that was answered with an error, unless the instance is being removed or is
    /// not loaded: the next `connect` could open a socket.
    fn note_connect_error(&mut self) -> Result<(), ConnectError> {
        self.connect_errors += 1;
        self.note_unloaded()?;
        match self.client().state(&self.upstream_name)? {
            None => self.upstream = Upstream::Absent,
            Some(ConnectionState::Unloaded) if self.connect_errors < NOT_UNDERSTOOD => {}
            Some(_) => return Err(UpstreamError::Unexpected.into()),
        }
        Ok(())
    }

    /// Notes that the instance cannot be used: a `connect` that met it opened no socket.
    fn note_unloaded(&mut self) -> Result<(), ConnectError> {
        self.clear_pending_connect();
        self.connect_sent = false;
        self.upstream = Upstream::Present(ConnectionState::Unloaded, Pairing::Never);
        self.save(|row| row.connect_out_until = None)
    }

    /// Waits as told after a `connect` that was turned away, and looks anew.
    fn open_later(&mut self, wait: Duration) -> Result<(), ConnectError> {
        (self.connect_sent, self.opened) = (false, false);
        self.wait_as_told(wait)?;
        if self.socket == SocketHistory::Fresh {
            // Still without a socket of its own: only its state may be another by now.
            let state = self.client().state(&self.upstream_name)?;
            self.upstream = state.map_or(Upstream::Absent, |state| Upstream::Present(state, Pairing::Never));
        } else {
            self.look_anew();
        }
        Ok(())
    }

    fn is_expired(&self, qr: &Qr) -> bool {
        self.remembered_code().is_some_and(|code| code.has_expired_as(qr))
    }

    /// Turns the end of a wait into the outcome, or into facts for the next step.
    fn conclude(&mut self, end: WaitEnd) -> Result<Option<ConnectOutcome>, ConnectError> {
        match end {
            WaitEnd::Code(qr) => return self.pairing(qr).map(Some),
            // The plan decides whether the row may have the phone.
            WaitEnd::Open => self.upstream = Upstream::Present(ConnectionState::Open, Pairing::Paired),
            WaitEnd::Missing => self.upstream = Upstream::Absent,
            WaitEnd::Unloaded => self.note_unloaded()?,
            WaitEnd::Failed => self.note_connect_error()?,
            WaitEnd::NotOpened(error) => {
                self.note_lost_connect(&error)?;
                let UpstreamError::RateLimited(wait) = error else { return Err(error.into()) };
                return self.open_later(wait).map(|()| None);
            }
            WaitEnd::Nothing => self.upstream = Upstream::Unseen,
        }
        if self.socket == SocketHistory::Fresh {
            self.socket = SocketHistory::Unwatched { was_connecting: true };
        }
        Ok(None)
    }
}
