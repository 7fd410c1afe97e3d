//! Waiting for a code: the part of a call in which time passes.
//!
//! `connect` on a closed instance sleeps 2 to 5 s before it answers, yet the code is there after a
//! few tenths. So it runs on a thread of its own while this one looks at the state, and asks for
//! the code as soon as the state says `connecting`, which is answered at once. Asking `connect`
//! while the state is still `close` would open a second socket, so that is never done.

use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;
use std::time::Instant;

use super::Run;
use crate::domain::{Qr, Secret};
use crate::ensure::Refusal;
use crate::ensure::limits::{CONNECT_GIVES_UP, PAIRING_CODE, pace};
use crate::ensure::openings::Opening;
use crate::ensure::plan::Trust;
use crate::evolution::{Connected, State, Trouble};

/// Stack of the thread that waits for `connect`: it makes one call.
const STACK: usize = 256 * 1024;

/// What became of a `connect` that opens a socket.
pub(super) type OpeningAnswer = Receiver<Result<Connected, Trouble>>;

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
    /// The time of the watch is over.
    Nothing,
}

/// What is known of the code while it is awaited.
struct Look {
    trust: Trust,
    /// The row's own memory of the last code answered: never the code of a new socket.
    remembered: Option<Secret>,
    /// Whether a `connecting` instance has answered yet.
    looked: bool,
    /// The picture of its first answer; `None` when that had none.
    first: Option<Secret>,
    /// A good code that still lacks the pairing code, and since when.
    partial: Option<(Qr, Instant)>,
}

impl Look {
    /// Judges a code that a `connecting` instance answered.
    fn judge(&mut self, qr: Option<Qr>) -> Option<Qr> {
        let image = qr.as_ref().map(|q| q.image.clone());
        if !std::mem::replace(&mut self.looked, true) {
            self.first.clone_from(&image);
        }
        let changed = self.first != image;
        let trusted = match self.trust {
            Trust::Any => true,
            Trust::NewSocket | Trust::OnlyChanged => changed && image != self.remembered,
        };
        qr.filter(|_| trusted)
    }

    /// Judges the answer of the call that opened the socket.
    fn judge_opening(&self, qr: Qr) -> Option<Qr> {
        let trusted = match self.trust {
            Trust::Any => true,
            Trust::NewSocket => Some(&qr.image) != self.remembered.as_ref(),
            Trust::OnlyChanged => self.looked && self.first.as_ref() != Some(&qr.image),
        };
        Some(qr).filter(|_| trusted)
    }
}

impl Run<'_> {
    /// Calls `connect` on a thread of its own, which outlives the call if upstream lets it wait.
    pub(super) fn start_connect(&self, opening: Opening) -> Result<OpeningAnswer, Refusal> {
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
        let remembered = self.remembered_code();
        let mut look = Look { trust, remembered, looked: false, first: None, partial: None };
        loop {
            if let Some(seen) = self.look_for_code(opening, &mut look)? {
                return Ok(seen);
            }
            if Instant::now() >= until {
                return Ok(Seen::Nothing);
            }
            let pause = self.pause(pace(begun.elapsed()), end_of_watch(trust));
            match (pause, look.partial.take()) {
                (Err(_), Some((qr, _))) => return Ok(Seen::Code(qr)),
                (Err(end), None) => return Err(end),
                (Ok(()), partial) => look.partial = partial,
            }
        }
    }

    fn look_for_code(
        &mut self,
        opening: Option<&OpeningAnswer>,
        look: &mut Look,
    ) -> Result<Option<Seen>, Refusal> {
        match opening.map(Receiver::try_recv) {
            Some(Ok(answer)) => {
                if let Some(seen) =
                    self.weigh(answer, look, |look, qr| qr.and_then(|q| look.judge_opening(q)))?
                {
                    return Ok(Some(seen));
                }
            }
            Some(Err(TryRecvError::Empty | TryRecvError::Disconnected)) | None => {}
        }
        let state = self.client().state(&self.ask.name);
        match self.forgive(state)? {
            None | Some(Some(State::Close)) => Ok(None),
            Some(None) => Ok(Some(Seen::Missing)),
            Some(Some(State::Open)) => Ok(Some(Seen::Open)),
            Some(Some(State::Unloaded)) => Ok(Some(Seen::Failed)),
            Some(Some(State::Connecting)) => {
                let answer = self.client().code(&self.ask.name);
                self.weigh(answer, look, Look::judge)
            }
        }
    }

    /// What an answer of `connect` means for the watch.
    fn weigh(
        &mut self,
        answer: Result<Connected, Trouble>,
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
        Ok(judge(look, qr).and_then(|qr| self.complete(qr, look)).map(Seen::Code))
    }

    /// A good code is the answer, unless a pairing code is wanted that is still to come.
    fn complete(&self, qr: Qr, look: &mut Look) -> Option<Qr> {
        if !self.ask.pairing_code || qr.pairing_code.is_some() {
            return Some(qr);
        }
        let since = look.partial.as_ref().map_or_else(Instant::now, |(_, since)| *since);
        if since.elapsed() >= PAIRING_CODE {
            return Some(qr);
        }
        look.partial = Some((qr, since));
        None
    }
}

/// What a watch that ran out of time says.
fn end_of_watch(trust: Trust) -> Refusal {
    match trust {
        Trust::OnlyChanged => Refusal::Reconnecting,
        Trust::Any | Trust::NewSocket => Refusal::NoQr,
    }
}
