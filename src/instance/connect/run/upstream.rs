//! What a call asks of upstream, and what it waits for there.

use std::time::Instant;

use super::watch::Seen;
use super::{Run, Server, is_out};
use crate::domain::{ConnectionState, ListedInstance, Pairing, PhoneMemory, UpstreamError, pairing};
use crate::domain::{Reason, Status, from_now};
use crate::instance::connect::limits::{
    CONNECT_OUT, CREATE_OUT, LOAD_PAUSE, MAX_CREATES, RESUME, RETURN, RETURN_PAUSE, SLOW_CREATE_OUT, STEADY,
    UNANSWERED_OUT, WATCH,
};
use crate::instance::connect::plan::{Returning, Row, Trust, Upstream};
use crate::instance::connect::{Answer, Refusal};
use crate::upstream::evolution::{Client, Connected, Created};

impl<'a> Run<'a> {
    pub(super) fn server(&self) -> &Server<'a> {
        self.server.as_ref().expect("the plan chooses a credential before it looks upstream")
    }

    pub(super) fn client(&self) -> &Client {
        &self.server().client
    }

    pub(super) fn look(&mut self) -> Result<(), Refusal> {
        let listed = self.client().list(&self.ask.name).map_err(Refusal::Upstream)?;
        self.upstream_id = listed.as_ref().and_then(|listed| listed.id.clone());
        self.listed_connecting = listed.as_ref().is_some_and(|l| l.state == ConnectionState::Connecting);
        let state = self.live_state(listed.as_ref())?;
        let memory = self.phone_memory();
        let present = |state| Upstream::Present(state, pairing(listed.as_ref(), memory, state));
        self.upstream = state.map_or(Upstream::Absent, present);
        Ok(())
    }

    /// What the socket does now; `None`: the name is not there. The list of 2.x tells it too late, and
    /// lists leave out what is not loaded yet, or still being removed; the guards do not.
    fn live_state(&self, listed: Option<&ListedInstance>) -> Result<Option<ConnectionState>, Refusal> {
        let credential = &self.server().credential;
        let proved = || self.listed_connecting && self.engine.is_proved(credential, self.ask.name.as_str());
        match listed {
            Some(listed) if !listed.lags || proved() => Ok(Some(listed.state)),
            _ => self.client().state(&self.ask.name).map_err(Refusal::Upstream),
        }
    }

    fn phone_memory(&self) -> PhoneMemory {
        let row = self.row.as_ref();
        let created_here = || is_out(row.and_then(|r| r.create_out_until));
        match row.and_then(|r| r.paired_at) {
            Some(seen) if self.standing() == Row::Settled => PhoneMemory::SeenAt(seen),
            _ if self.standing() == Row::Settled || created_here() => PhoneMemory::NoPhone,
            _ => PhoneMemory::Unknown,
        }
    }

    pub(super) fn create(&mut self) -> Result<(), Refusal> {
        if self.creates >= MAX_CREATES {
            return Err(Refusal::Upstream(UpstreamError::NotLoaded));
        }
        // Of what a former instance of that name was, nothing is left.
        self.forget_opening();
        self.upstream_id = None;
        self.save(|row| {
            row.hide_code();
            row.paired_at = None;
            row.upstream_id = None;
            row.connect_out_until = None;
            row.create_out_until = Some(from_now(CREATE_OUT));
        })?;
        self.creates += 1;
        match self.client().create(&self.ask.name, &self.ask.phone) {
            Ok(Created::Now(id)) => {
                self.upstream_id = id;
                self.created = true;
                self.upstream = Upstream::Present(ConnectionState::Close, Pairing::Never);
                Ok(())
            }
            Ok(Created::NameTaken) => {
                self.upstream = Upstream::Present(ConnectionState::Unloaded, Pairing::Never);
                self.no_create_is_out()
            }
            Ok(Created::Refused) => {
                self.no_create_is_out()?;
                Err(Refusal::Upstream(UpstreamError::Unexpected))
            }
            Err(trouble) => {
                self.lost_create(trouble)?;
                Err(Refusal::Upstream(trouble))
            }
        }
    }

    /// A create whose answer says nothing may have arrived, and may still be under way.
    fn lost_create(&mut self, trouble: UpstreamError) -> Result<(), Refusal> {
        let span = match trouble {
            UpstreamError::Unreachable
            | UpstreamError::RejectedKey
            | UpstreamError::LicenseRequired
            | UpstreamError::NotLoaded => {
                return self.no_create_is_out();
            }
            UpstreamError::Broken | UpstreamError::Unexpected => CREATE_OUT,
            UpstreamError::Timeout => SLOW_CREATE_OUT,
        };
        self.save(|row| row.create_out_until = Some(from_now(span)))
    }

    fn no_create_is_out(&mut self) -> Result<(), Refusal> {
        self.save(|row| row.create_out_until = None)
    }

    /// A create left before a crash or a time-out. Two creates of one name destroy each other, so
    /// it gets its time to show.
    pub(super) fn await_create(&mut self) -> Result<(), Refusal> {
        self.pause(LOAD_PAUSE, Refusal::Upstream(UpstreamError::Timeout))?;
        self.upstream = Upstream::Unseen;
        Ok(())
    }

    pub(super) fn await_load(&mut self) -> Result<(), Refusal> {
        // Longer after each create that was refused.
        let pause = LOAD_PAUSE * (1 << self.creates.saturating_sub(1));
        self.pause(pause, Refusal::Upstream(UpstreamError::NotLoaded))?;
        self.upstream = Upstream::Unseen;
        Ok(())
    }

    /// Watches a socket that comes back by itself, or does not.
    pub(super) fn await_return(&mut self, what: Returning) -> Result<(), Refusal> {
        let (span, end) = match what {
            Returning::Paired => (RETURN, Refusal::Reconnecting),
            Returning::Unpaired => (RESUME, Refusal::NoQr),
        };
        let until = Instant::now() + span;
        let Upstream::Present(mut last, pairing) = self.upstream else { return Ok(()) };
        let mut changed: Option<Instant> = None;
        while Instant::now() < until {
            self.pause(RETURN_PAUSE, end.clone())?;
            let seen = self.client().state(&self.ask.name);
            let Some(seen) = self.forgive(seen)? else { continue };
            self.upstream = seen.map_or(Upstream::Absent, |state| Upstream::Present(state, pairing));
            match (seen, what) {
                (None | Some(ConnectionState::Open | ConnectionState::Unloaded), _) => return Ok(()),
                (Some(ConnectionState::Connecting), Returning::Unpaired) => {
                    self.resumed = true;
                    return Ok(());
                }
                (Some(state @ (ConnectionState::Close | ConnectionState::Connecting)), _) => {
                    if state != last {
                        changed = Some(Instant::now());
                    }
                    last = state;
                }
            }
        }
        self.waited = true;
        self.restless = changed.is_some_and(|at| at.elapsed() < STEADY);
        Ok(())
    }

    pub(super) fn open_socket(&mut self, trust: Trust) -> Result<Option<Answer>, Refusal> {
        let opening = self.engine.openings.begin(&self.server().credential, &self.ask.name);
        let opening = opening.ok_or(Refusal::Busy)?;
        let out = Some(from_now(CONNECT_OUT));
        if self.created {
            self.claim(|row| {
                row.become_status(Status::Connecting, Reason::Asked);
                row.connect_out_until = out;
            })?;
        } else {
            // Whose it is shows with its code, or with its phone.
            self.save(|row| row.connect_out_until = out)?;
        }
        let answer = self.start_connect(opening)?;
        match self.watch(Some(&answer), trust, self.deadline) {
            Ok(seen) => self.conclude(seen),
            Err(end) => {
                if self.is_opening() {
                    self.save(|row| row.connect_out_until = Some(from_now(UNANSWERED_OUT)))?;
                }
                Err(end)
            }
        }
    }

    pub(super) fn watch_on(&mut self, trust: Trust) -> Result<Option<Answer>, Refusal> {
        // While a connect is out only for a while: then the plan looks whether it still is.
        let until = if self.restless { self.deadline } else { self.deadline.min(Instant::now() + WATCH) };
        let seen = self.watch(None, trust, until)?;
        self.conclude(seen)
    }

    /// The socket waits for a scan: its code is there at once, or about to come.
    pub(super) fn ask_code(&mut self) -> Result<Option<Answer>, Refusal> {
        let answer = self.client().code(&self.ask.name);
        let seen = match self.forgive(answer)? {
            Some(Connected::Code(qr)) => Seen::Code(qr),
            Some(Connected::Open) => Seen::Open,
            Some(Connected::Missing) => Seen::Missing,
            Some(Connected::Failed) => Seen::Failed,
            Some(Connected::NoCode) | None => self.watch(None, Trust::Any, self.deadline)?,
        };
        self.conclude(seen)
    }

    /// What a look for a code ended with: the answer, or more to go on with.
    fn conclude(&mut self, seen: Seen) -> Result<Option<Answer>, Refusal> {
        match seen {
            Seen::Code(qr) => return self.pairing(qr).map(Some),
            // Whether the row may have it is the plan's to say.
            Seen::Open => self.upstream = Upstream::Present(ConnectionState::Open, Pairing::Possible),
            Seen::Missing => self.upstream = Upstream::Absent,
            Seen::Failed => {
                // What answered with an error opened no socket.
                self.forget_opening();
                self.save(|row| row.connect_out_until = None)?;
                self.upstream = Upstream::Present(ConnectionState::Unloaded, Pairing::Never);
            }
            Seen::NotOpened(trouble) => {
                if trouble != UpstreamError::Broken {
                    self.save(|row| row.connect_out_until = None)?;
                }
                return Err(Refusal::Upstream(trouble));
            }
            Seen::Nothing => self.upstream = Upstream::Unseen,
        }
        self.created = false;
        Ok(None)
    }
}
