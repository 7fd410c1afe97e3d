//! Waiting for a code: the part of a call in which time passes.
//!
//! `connect` on a closed instance sleeps 2 to 5 s before it answers, yet the code is there after a
//! few tenths. So it runs on a thread of its own while this one looks at the state, and asks for
//! the code as soon as the state says `connecting`, which is answered at once. Asking `connect`
//! while the state is still `close` would open a second socket, so that is never done.

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use super::Run;
use super::look::Look;
use crate::domain::ConnectionState;
use crate::domain::Qr;
use crate::domain::UpstreamError;
use crate::instance::connect::Refusal;
use crate::instance::connect::limits::{CONNECT_GIVES_UP, FAILING, pace};
use crate::instance::connect::pending_connects::PendingConnect;
use crate::instance::connect::plan::Trust;
use crate::upstream::evolution::Connected;

/// Stack of the thread that waits for `connect`: it makes one call.
const STACK: usize = 256 * 1024;

/// What became of a `connect` that opens a socket.
pub(super) type OpeningAnswer = Receiver<Result<Connected, UpstreamError>>;

/// What a watch ended with.
pub(super) enum Seen {
    /// A code that may be answered.
    Code(Qr),
    /// A phone is connected.
    Open,
    /// The name does not exist any more.
    Missing,
    /// The instance is there and cannot be used.
    Failed,
    /// The call that was to open the socket failed, and none opened.
    NotOpened(UpstreamError),
    /// The time of the watch is over.
    Nothing,
}

impl Run<'_> {
    /// Calls `connect` on a thread of its own, which outlives the call if upstream lets it wait.
    pub(super) fn start_connect(&self, opening: PendingConnect) -> Result<OpeningAnswer, Refusal> {
        let client = self.client().until(Instant::now() + CONNECT_GIVES_UP);
        let name = self.ask.name.clone();
        let number = self.ask.pairing_code.then(|| self.ask.phone.clone());
        let (sender, answer) = mpsc::channel();
        let call = move || {
            // Nobody listens any more when the code was found before.
            drop(sender.send(client.open_socket(&name, number.as_ref())));
            drop(opening);
        };
        let thread = thread::Builder::new().name("connect".into()).stack_size(STACK).spawn(call);
        thread.map_err(|error| {
            log::error!("no thread for connect: {error}");
            Refusal::Busy
        })?;
        Ok(answer)
    }

    /// Looks for a code until there is one, or something else to go on with, or `until`.
    pub(super) fn watch(
        &mut self,
        opening: Option<&OpeningAnswer>,
        trust: Trust,
        until: Instant,
    ) -> Result<Seen, Refusal> {
        let begun = Instant::now();
        let mut look = Look::new(trust, self.remembered_code(), opening.is_some());
        loop {
            if let Some(seen) = self.look_for_code(opening, &mut look)? {
                return Ok(seen);
            }
            if Instant::now() >= until {
                return Ok(Seen::Nothing);
            }
            if let Err(end) = self.pause(pace(begun.elapsed()), end_of_watch(trust)) {
                return look.last_resort().map(Seen::Code).ok_or(end);
            }
        }
    }

    fn look_for_code(
        &mut self,
        opening: Option<&OpeningAnswer>,
        look: &mut Look,
    ) -> Result<Option<Seen>, Refusal> {
        if let Some(Ok(answer)) = opening.map(Receiver::try_recv) {
            if let Err(trouble) = answer {
                look.failed = Some((trouble, Instant::now()));
            }
            if let Some(seen) = self.weigh(answer, look, Look::judge_opening)? {
                return Ok(Some(seen));
            }
        }
        let state = self.client().state(&self.ask.name);
        match self.forgive(state)? {
            Some(None) => Ok(Some(Seen::Missing)),
            Some(Some(ConnectionState::Open)) => Ok(Some(Seen::Open)),
            Some(Some(ConnectionState::Unloaded)) => Ok(Some(Seen::Failed)),
            Some(Some(ConnectionState::Close)) => {
                if look.closed() {
                    return Ok(Some(Seen::Nothing));
                }
                let given_up = look.failed.filter(|(_, at)| at.elapsed() >= FAILING);
                Ok(given_up.map(|(trouble, _)| Seen::NotOpened(trouble)))
            }
            Some(Some(ConnectionState::Connecting)) if look.connecting() => {
                let answer = self.client().code(&self.ask.name);
                self.weigh(answer, look, Look::judge)
            }
            Some(Some(ConnectionState::Connecting)) | None => Ok(None),
        }
    }

    /// What an answer of `connect` means for the watch.
    fn weigh(
        &mut self,
        answer: Result<Connected, UpstreamError>,
        look: &mut Look,
        judge: impl FnOnce(&mut Look, Option<Qr>) -> Option<Qr>,
    ) -> Result<Option<Seen>, Refusal> {
        let qr = match self.forgive(answer)? {
            None => return Ok(None),
            Some(Connected::Open) => return Ok(Some(Seen::Open)),
            Some(Connected::Missing) => return Ok(Some(Seen::Missing)),
            Some(Connected::Failed) => return Ok(Some(Seen::Failed)),
            Some(Connected::NoCode) => None,
            Some(Connected::Code(qr)) => Some(qr),
        };
        Ok(judge(look, qr).and_then(|qr| look.complete(qr, self.ask.pairing_code)).map(Seen::Code))
    }
}

/// What a watch that ran out of time says.
fn end_of_watch(trust: Trust) -> Refusal {
    match trust {
        Trust::OnlyChanged => Refusal::Reconnecting,
        Trust::Any | Trust::NewSocket => Refusal::NoQr,
    }
}
