//! One call, from the row to the answer: does what the plan says and adds what that showed to what
//! is known. The steps are in `row` (the database), `upstream` and `watch` (the wait for a code).

mod look;
mod row;
mod upstream;
mod watch;

use std::thread;
use std::time::{Duration, Instant};

use super::limits::FAILING;
use super::plan::{Action, Known, Upstream, plan};
use super::{Answer, Ask, Engine, Found, Outcome, Place, Refusal};
use crate::domain::UpstreamError;
use crate::domain::{self, Millis, Qr, Reason, Status, now};
use crate::store::{self, Instance};
use crate::upstream::BaseUrl;
use crate::upstream::evolution::{Client, QR_LIFETIME};

/// A call under way.
#[expect(clippy::struct_excessive_bools, reason = "facts gathered on the way, as the plan takes them")]
pub(super) struct Run<'a> {
    engine: &'a Engine,
    ask: &'a Ask,
    trace: &'a str,
    deadline: Instant,
    /// The row as this call knows it, and as the database does.
    row: Option<Instance>,
    saved: Option<Instance>,
    /// The server, once a credential is chosen.
    server: Option<Server<'a>>,
    upstream: Upstream,
    /// The instance's id upstream, as listed.
    upstream_id: Option<String>,
    created: bool,
    /// Creates sent by this call.
    creates: u32,
    listed_connecting: bool,
    waited: bool,
    restless: bool,
    resumed: bool,
    /// Why the call ends if its time runs out now.
    ending: Refusal,
    /// Since when upstream has been failing in the middle of a wait.
    failing: Option<Instant>,
}

struct Server<'a> {
    credential: String,
    base_url: BaseUrl,
    client: Client,
    _place: Place<'a>,
}

impl Engine {
    /// Runs one call on this thread.
    pub(super) fn run(&self, ask: &Ask, trace: &str, begun: Instant) -> Outcome {
        let deadline = begun + self.qr_timeout;
        let mut run = Run::new(self, ask, trace, deadline);
        let lock = |until| {
            self.store.instance_turn(ask.channel, ask.name.as_str(), until).map_err(|error| {
                log::error!("id={trace} the lock of {}: {error}", ask.name);
                Refusal::Internal
            })
        };
        let mut turn = lock(begun)?;
        if turn.is_none() {
            // Somebody else's name is refused without waiting for what is under way for it.
            run.refuse_anothers()?;
            turn = lock(deadline)?;
        }
        if turn.is_none() || Instant::now() >= deadline {
            run.refuse_anothers()?;
            return Err(Refusal::Busy);
        }
        run.read_row()?;
        let outcome = run.proceed();
        if let (Err(refusal), Some(server)) = (&outcome, &run.server) {
            log::warn!("id={trace} {} at credential {}: {refusal:?}", ask.name, server.credential);
        }
        match outcome {
            // The last call before the end was cut short: what was waited for is the reason.
            Err(Refusal::Upstream(UpstreamError::Timeout)) if Instant::now() >= deadline => Err(run.ending),
            outcome => outcome,
        }
    }
}

impl<'a> Run<'a> {
    fn new(engine: &'a Engine, ask: &'a Ask, trace: &'a str, deadline: Instant) -> Self {
        Self {
            engine,
            ask,
            trace,
            deadline,
            row: None,
            saved: None,
            server: None,
            upstream: Upstream::Unseen,
            upstream_id: None,
            created: false,
            creates: 0,
            listed_connecting: false,
            waited: false,
            restless: false,
            resumed: false,
            ending: Refusal::Upstream(UpstreamError::Timeout),
            failing: None,
        }
    }

    fn proceed(&mut self) -> Outcome {
        loop {
            match plan(&self.known()) {
                Action::Refuse => return self.refuse(),
                Action::ChooseCredential => self.choose_credential()?,
                Action::WriteRow => self.write_row()?,
                Action::Look => self.look()?,
                Action::AwaitCreate => self.await_create()?,
                Action::Create => self.create()?,
                Action::AwaitLoad => self.await_load()?,
                Action::AwaitReturn(what) => self.await_return(what)?,
                Action::OpenSocket(trust) => {
                    if let Some(answer) = self.open_socket(trust)? {
                        return Ok(answer);
                    }
                }
                Action::Watch(trust) => {
                    if let Some(answer) = self.watch_on(trust)? {
                        return Ok(answer);
                    }
                }
                Action::AskCode => {
                    if let Some(answer) = self.ask_code()? {
                        return Ok(answer);
                    }
                }
                Action::Connected => return self.connected(),
            }
        }
    }

    fn known(&self) -> Known {
        let row = self.row.as_ref();
        Known {
            row: self.standing(),
            mine: row.is_none_or(|r| r.user == self.ask.caller.user),
            admin: self.ask.caller.admin,
            credential: self.server.is_some(),
            upstream: self.upstream,
            created: self.created,
            create_out: is_out(row.and_then(|r| r.create_out_until)),
            connect_out: is_out(row.and_then(|r| r.connect_out_until)) || self.is_opening(),
            was_connecting: self.listed_connecting || row.is_some_and(|r| r.status == Status::Connecting),
            waited: self.waited,
            restless: self.restless,
            resumed: self.resumed,
        }
    }

    /// Whether a connect of this process is unanswered.
    fn is_opening(&self) -> bool {
        let has = |server: &Server| self.engine.openings.has(&server.credential, &self.ask.name);
        self.server.as_ref().is_some_and(has)
    }

    /// Whatever connect is unanswered opens no socket any more.
    fn forget_opening(&self) {
        self.engine.openings.forget(&self.server().credential, &self.ask.name);
    }

    fn pairing(&mut self, qr: Qr) -> Outcome {
        self.engine.prove(&self.server().credential, self.ask.name.as_str());
        self.forget_opening();
        let seen = self.engine.store.clock().now();
        self.claim(|row| {
            row.become_status(Status::Connecting, Reason::Asked);
            row.show_code(&qr.image, seen);
            row.paired_at = None;
            row.connect_out_until = None;
        })?;
        let wanted = self.ask.pairing_code;
        let pairing_code = qr.pairing_code.clone().filter(|_| wanted);
        let missing = wanted && pairing_code.is_none();
        let found = if self.creates > 0 { Found::Missing } else { Found::Existing };
        Ok(self.answer(Status::Connecting, found, Some(Qr { pairing_code, ..qr }), missing))
    }

    fn connected(&mut self) -> Outcome {
        self.forget_opening();
        self.claim(|row| {
            row.become_status(Status::Connected, Reason::Paired);
            row.hide_code();
            row.paired_at = row.paired_at.or_else(|| Some(now()));
            row.connect_out_until = None;
        })?;
        Ok(self.answer(Status::Connected, Found::Connected, None, false))
    }

    fn answer(&self, status: Status, found: Found, qr: Option<Qr>, pairing_code_missing: bool) -> Answer {
        let row = self.row.as_ref().expect("an answer is about a row");
        let lifetime = Millis::try_from(QR_LIFETIME.as_millis()).unwrap_or(0);
        let qr_expires = row.qr_since.filter(|_| qr.is_some()).map(|since| since + lifetime);
        let (instance_id, name) = (row.id.clone(), self.ask.name.clone());
        Answer { instance_id, name, status, found, qr, qr_expires, pairing_code_missing }
    }

    /// Sleeps, or ends the call with `end` when there is no time left to.
    fn pause(&mut self, span: Duration, end: Refusal) -> Result<(), Refusal> {
        self.ending = end;
        if Instant::now() + span >= self.deadline {
            return Err(self.ending.clone());
        }
        thread::sleep(span);
        Ok(())
    }

    /// Lets upstream stumble in the middle of a wait: `None` means try again. What time does not
    /// cure ends the call at once.
    fn forgive<T>(&mut self, outcome: Result<T, UpstreamError>) -> Result<Option<T>, Refusal> {
        match outcome {
            Ok(value) => {
                self.failing = None;
                Ok(Some(value))
            }
            Err(trouble @ (UpstreamError::RejectedKey | UpstreamError::LicenseRequired)) => {
                Err(Refusal::Upstream(trouble))
            }
            Err(trouble) => {
                let since = *self.failing.get_or_insert_with(Instant::now);
                if since.elapsed() < FAILING { Ok(None) } else { Err(Refusal::Upstream(trouble)) }
            }
        }
    }

    fn internal(&self, error: &store::Error) -> Refusal {
        log::error!("id={} {error}", self.trace);
        error.into()
    }
}

/// Whether a call that left may still be under way.
fn is_out(until: Option<Millis>) -> bool {
    until.is_some_and(domain::is_out)
}
