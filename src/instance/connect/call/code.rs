//! The wait for a code. Which code may be answered is decided in `code_wait`.
//!
//! `connect` on a closed instance sleeps 2 to 5 s before it answers, yet the code is there after some
//! tenths of a second. So the `connect` that opens the socket runs on a thread of its own, while this one looks at
//! the state and sends another `connect` once the state says `connecting`, which is answered at once.
//! A `connect` while the state is still `close` would open a second socket, so none is sent.

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::ConnectCall;
use super::failures::PolledEndpoint;
use crate::domain::{ConnectionState, Qr, UpstreamError, UseCaseError};
use crate::instance::connect::ConnectError;
use crate::instance::connect::code_wait::{CodeFilter, Steadiness};
use crate::instance::connect::limits::{
    CONNECT_GIVES_UP, FAILING, REJECTED_KEY_GRACE, RETURN_PAUSE, STEADY_PAUSE, pace,
};
use crate::instance::connect::plan::{SocketHistory, Trust};
use crate::upstream::{Connected, PendingConnect};

/// Stack of the thread that waits for `connect`: it makes one call.
const STACK: usize = 256 * 1024;

/// What a wait for a code ended with.
pub(super) enum WaitEnd {
    /// A code that may be answered.
    Code(Qr),
    /// A phone is connected.
    Open,
    /// The name does not exist any more.
    Missing,
    /// The instance is there and cannot be used.
    Unloaded,
    /// A `connect` was answered with an error.
    Failed,
    /// The `connect` that was to open the socket failed, and none opened.
    NotOpened(UpstreamError),
    /// The time of the wait is over, or the socket is gone for good.
    Nothing,
}

/// The `connect` of this call that is to open a socket.
pub(super) struct OpeningConnect {
    answer: Receiver<Result<Connected, UpstreamError>>,
    state: Opening,
}

enum Opening {
    Unanswered,
    Answered,
    Failed(UpstreamError, Instant),
}

impl OpeningConnect {
    /// The answer, when it has just come.
    fn take(&mut self) -> Option<Result<Connected, UpstreamError>> {
        let answer = self.answer.try_recv().ok()?;
        self.note(&answer);
        Some(answer)
    }

    fn note(&mut self, answer: &Result<Connected, UpstreamError>) {
        self.state = match answer {
            Ok(_) => Opening::Answered,
            Err(error) => Opening::Failed(error.clone(), Instant::now()),
        };
    }

    /// The error of the `connect`, if it failed. A key that is refused to one request is refused to the other too,
    /// so its answer gets a moment to come.
    pub(super) fn failure(&mut self, end: &ConnectError) -> Option<UpstreamError> {
        if matches!(self.state, Opening::Unanswered)
            && matches!(end, ConnectError::Failed(UseCaseError::Upstream(error)) if error.is_without_effect())
            && let Ok(answer) = self.answer.recv_timeout(REJECTED_KEY_GRACE)
        {
            self.note(&answer);
        }
        match &self.state {
            Opening::Failed(error, _) => Some(error.clone()),
            Opening::Unanswered | Opening::Answered => None,
        }
    }
}

/// The judgements of a wait for a code, and the `connect` that opens its socket.
struct Wait<'w> {
    opening: Option<&'w mut OpeningConnect>,
    filter: CodeFilter,
    steadiness: Steadiness,
}

impl ConnectCall<'_> {
    /// Sends the `connect` on a thread of its own, which outlives the call where upstream does not answer.
    pub(super) fn start_connect(&self, pending: PendingConnect) -> Result<OpeningConnect, ConnectError> {
        let client = self.client().until(Instant::now() + CONNECT_GIVES_UP);
        let name = self.upstream_name.clone();
        let number = self.request.pairing_code.then(|| self.request.phone.clone());
        let (sender, answer) = mpsc::channel();
        let call = move || {
            // The receiver is gone when the call has found its code before.
            drop(sender.send(client.open_socket(&name, number.as_ref())));
            drop(pending);
        };
        let thread = thread::Builder::new().name("connect".into()).stack_size(STACK).spawn(call);
        thread.map_err(|error| {
            log::error!("no thread for connect: {error}");
            UseCaseError::Internal
        })?;
        Ok(OpeningConnect { answer, state: Opening::Unanswered })
    }

    /// Looks for a code until there is one, the instance is in another state, or `until`.
    pub(super) fn await_code(
        &mut self,
        opening: Option<&mut OpeningConnect>,
        trust: Trust,
        until: Instant,
    ) -> Result<WaitEnd, ConnectError> {
        let begun = Instant::now();
        // A socket that dropped and is back may be that of a phone that signs in after its scan.
        let flapped = matches!(self.socket, SocketHistory::Flapping | SocketHistory::Resumed);
        let mut wait = Wait {
            opening,
            filter: CodeFilter::new(trust, self.remembered_code()),
            steadiness: Steadiness::new(flapped, self.connect_sent),
        };
        let end = loop {
            match self.look_for_code(&mut wait) {
                Ok(None) if Instant::now() >= until => break Ok(WaitEnd::Nothing),
                Ok(None) => {}
                Ok(Some(seen)) => break Ok(seen),
                Err(error) => break Err(error),
            }
            if let Err(end) = self.pause(wait.pause(begun.elapsed()), end_of_wait(trust)) {
                break Err(end);
            }
        };
        match end {
            Ok(WaitEnd::Nothing) | Err(_) => wait.filter.last_resort().map(WaitEnd::Code).map_or(end, Ok),
            end => end,
        }
    }

    fn look_for_code(&mut self, wait: &mut Wait) -> Result<Option<WaitEnd>, ConnectError> {
        match wait.opening.as_mut().and_then(|opening| opening.take()) {
            Some(Err(error @ UpstreamError::RateLimited(_))) if !wait.steadiness.is_connecting() => {
                return Ok(Some(WaitEnd::NotOpened(error)));
            }
            // A socket is opening without it.
            None | Some(Err(UpstreamError::RateLimited(_))) => {}
            Some(answer) => {
                let seen = self.judge_answer(answer, &mut wait.filter, CodeFilter::judge_opening)?;
                if seen.is_some() {
                    return Ok(seen);
                }
            }
        }
        let state = self.client().state(&self.upstream_name);
        match self.tolerate(PolledEndpoint::State, state)? {
            Some(None) => Ok(Some(WaitEnd::Missing)),
            Some(Some(ConnectionState::Open)) => Ok(Some(WaitEnd::Open)),
            Some(Some(ConnectionState::Unloaded)) => Ok(Some(WaitEnd::Unloaded)),
            Some(Some(ConnectionState::Close)) => Ok(self.closed(wait)),
            Some(Some(ConnectionState::Connecting)) => self.connecting(wait),
            None => Ok(None),
        }
    }

    fn closed(&mut self, wait: &mut Wait) -> Option<WaitEnd> {
        // Where the state has not said `connecting` yet, it may still do so: the code's socket is new.
        if wait.steadiness.is_connecting() {
            wait.filter.note_dropped();
        }
        let gone = wait.steadiness.note_closed();
        self.note_flapping_of(&wait.steadiness);
        if gone {
            return Some(WaitEnd::Nothing);
        }
        if let Some(qr) = wait.filter.overdue() {
            return Some(WaitEnd::Code(qr));
        }
        match &wait.opening.as_ref()?.state {
            Opening::Failed(error, at) if at.elapsed() >= FAILING => Some(WaitEnd::NotOpened(error.clone())),
            Opening::Failed(..) | Opening::Unanswered | Opening::Answered => None,
        }
    }

    fn connecting(&mut self, wait: &mut Wait) -> Result<Option<WaitEnd>, ConnectError> {
        wait.steadiness.note_connecting();
        self.note_flapping_of(&wait.steadiness);
        match &mut wait.opening {
            // The socket opened although the `connect` failed.
            Some(opening) if matches!(opening.state, Opening::Failed(..)) => {
                opening.state = Opening::Answered;
            }
            Some(_) => {}
            None => wait.filter.note_open(),
        }
        if !wait.steadiness.may_ask() {
            return Ok(None);
        }
        wait.steadiness.note_connect();
        let answer = self.client().code(&self.upstream_name);
        if matches!(answer, Err(UpstreamError::RateLimited(_))) {
            wait.steadiness.note_break();
        } else {
            self.connect_sent = true;
        }
        self.judge_answer(answer, &mut wait.filter, CodeFilter::judge)
    }

    /// What an answer of `connect` means for the wait.
    fn judge_answer(
        &mut self,
        answer: Result<Connected, UpstreamError>,
        filter: &mut CodeFilter,
        judge: impl FnOnce(&mut CodeFilter, Option<Qr>) -> Option<Qr>,
    ) -> Result<Option<WaitEnd>, ConnectError> {
        let qr = match self.tolerate(PolledEndpoint::Connect, answer)? {
            None => return Ok(None),
            Some(Connected::Open) => return Ok(Some(WaitEnd::Open)),
            Some(Connected::Missing) => return Ok(Some(WaitEnd::Missing)),
            Some(Connected::Failed) => return Ok(Some(WaitEnd::Failed)),
            Some(Connected::NoCode) => None,
            Some(Connected::Code(qr)) => Some(qr),
        };
        Ok(judge(filter, qr).and_then(|qr| filter.complete(qr, self.request.pairing_code)).map(WaitEnd::Code))
    }

    fn note_flapping_of(&mut self, steadiness: &Steadiness) {
        if steadiness.is_flapping() {
            self.note_flapping();
        }
    }
}

impl Wait<'_> {
    fn pause(&self, since: Duration) -> Duration {
        if self.steadiness.is_flapping() {
            RETURN_PAUSE
        } else if self.steadiness.is_being_confirmed() {
            STEADY_PAUSE
        } else {
            pace(since)
        }
    }
}

/// The error of a wait that met its deadline.
fn end_of_wait(trust: Trust) -> ConnectError {
    match trust {
        Trust::OnlyChanged => ConnectError::Reconnecting,
        Trust::Any | Trust::NewSocket => ConnectError::NoQr,
    }
}
