//! One call, from the row to the answer: does what the plan says and adds what that showed to what
//! is known.

use std::thread;
use std::time::{Duration, Instant};

use super::limits::{CONNECT_OUT, CREATE_OUT, LOAD_PAUSE, MAX_CREATES, RESUME, RETURN, RETURN_PAUSE, WATCH};
use super::plan::{Action, Known, Pairing, Returning, Row, Trust, Upstream, plan};
use super::watch::Seen;
use super::{Answer, Ask, Engine, Found, Outcome, Place, Refusal};
use crate::domain::{Millis, Qr, Secret, Status, now};
use crate::evolution::{BaseUrl, Client, Connected, Created, Listed, State, Trouble};
use crate::lock::FileLock;
use crate::store::{self, Credential, Instance};

/// A call under way.
#[expect(clippy::struct_excessive_bools, reason = "facts gathered on the way, as the plan takes them")]
pub(super) struct Run<'a> {
    pub(super) engine: &'a Engine,
    pub(super) ask: &'a Ask,
    trace: &'a str,
    deadline: Instant,
    /// The row as this call knows it, and as the database does.
    row: Option<Instance>,
    saved: Option<Instance>,
    /// The server, once a credential is chosen.
    server: Option<Server<'a>>,
    upstream: Upstream,
    created: bool,
    /// Creates sent by this call.
    creates: u32,
    listed_connecting: bool,
    waited: bool,
    restless: bool,
    /// Why the call ends if its time runs out now.
    ending: Refusal,
    /// Since when upstream has been failing in the middle of a wait.
    failing: Option<Instant>,
}

struct Server<'a> {
    credential: String,
    client: Client,
    _place: Place<'a>,
}

impl Engine {
    /// Runs one call on this thread.
    pub(super) fn run(&self, ask: &Ask, trace: &str, begun: Instant) -> Outcome {
        let deadline = begun + self.qr_timeout;
        let mut run = Run::new(self, ask, trace, deadline);
        let name = format!("{}.{}", ask.channel.as_str(), ask.name);
        let lock = |until| {
            FileLock::acquire(self.store.folder(), &name, until).map_err(|error| {
                log::error!("id={trace} the lock of {name}: {error}");
                Refusal::Internal
            })
        };
        let mut turn = lock(begun)?;
        if turn.is_none() {
            // Somebody else's name is refused without waiting for what is under way for it.
            run.refuse_anothers()?;
            turn = lock(deadline)?;
        }
        let _turn = turn.ok_or(Refusal::Busy)?;
        run.read_row()?;
        match run.proceed() {
            // The last call before the end was cut short: what was waited for is the reason.
            Err(Refusal::Upstream(Trouble::Timeout)) if Instant::now() >= deadline => Err(run.ending),
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
            created: false,
            creates: 0,
            listed_connecting: false,
            waited: false,
            restless: false,
            ending: Refusal::Upstream(Trouble::Timeout),
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
        let recently = |at: Option<Millis>, span: Duration| {
            at.is_some_and(|at| u128::try_from(now() - at).is_ok_and(|since| since < span.as_millis()))
        };
        Known {
            row: match row.map(|r| r.status) {
                None => Row::Absent,
                Some(Status::Pending) => Row::Pending,
                Some(_) => Row::Settled,
            },
            mine: row.is_none_or(|r| r.user == self.ask.caller.user),
            admin: self.ask.caller.admin,
            credential: self.server.is_some(),
            upstream: self.upstream,
            created: self.created,
            create_out: recently(row.and_then(|r| r.create_sent_at), CREATE_OUT),
            connect_out: recently(row.and_then(|r| r.connect_sent_at), CONNECT_OUT)
                || self.engine.openings.has(&self.ask.name),
            was_connecting: self.listed_connecting || row.is_some_and(|r| r.status == Status::Connecting),
            waited: self.waited,
            restless: self.restless,
        }
    }

    // --- the row and the credential -----------------------------------------------------------

    fn refuse_anothers(&self) -> Result<(), Refusal> {
        let owner = self.engine.store.instance_owner(self.ask.channel, &self.ask.name);
        match owner.map_err(|e| self.internal(&e))? {
            Some(owner) if owner != self.ask.caller.user => Err(Refusal::OwnedByOther),
            Some(_) | None => Ok(()),
        }
    }

    fn read_row(&mut self) -> Result<(), Refusal> {
        let found = self.engine.store.instance(self.ask.channel, &self.ask.name);
        self.row = found.map_err(|e| self.internal(&e))?;
        self.saved.clone_from(&self.row);
        Ok(())
    }

    /// The row keeps its credential while that is active; otherwise it moves to the least used.
    fn choose_credential(&mut self) -> Result<(), Refusal> {
        let own = match self.row.as_ref().and_then(|r| r.credential.clone()) {
            Some(id) => self.engine.store.credential(&id).map_err(|e| self.internal(&e))?,
            None => None,
        };
        let chosen = match own {
            Some(own) if own.active => own,
            former => {
                let least = self.engine.store.least_used_credential(self.ask.channel);
                let chosen = least.map_err(|e| self.internal(&e))?;
                let chosen = chosen.ok_or(Refusal::NoActiveCredential(self.ask.channel))?;
                self.move_row(&chosen, former.as_ref())?;
                chosen
            }
        };
        let base_url = BaseUrl::parse(&chosen.base_url).map_err(|error| {
            log::error!("id={} credential {}: baseUrl {error}", self.trace, chosen.id);
            Refusal::Upstream(Trouble::Unexpected)
        })?;
        let place = self.engine.place_at(&chosen.id).ok_or(Refusal::Busy)?;
        let connections = &self.engine.connections;
        let client = Client::new(connections, &base_url, chosen.key, self.trace, self.deadline);
        self.server = Some(Server { credential: chosen.id, client, _place: place });
        Ok(())
    }

    /// Another server knows nothing of what the row remembers of the former one.
    fn move_row(&mut self, to: &Credential, from: Option<&Credential>) -> Result<(), Refusal> {
        if self.row.is_none() {
            return Ok(());
        }
        self.save(|row| {
            if from.is_none_or(|from| from.base_url != to.base_url) {
                row.qr_code = None;
                row.paired_at = None;
                row.create_sent_at = None;
                row.connect_sent_at = None;
                row.status = match row.status {
                    Status::Pending => Status::Pending,
                    _ => Status::Disconnected,
                };
            }
            row.credential = Some(to.id.clone());
        })
    }

    fn write_row(&mut self) -> Result<(), Refusal> {
        let Ask { caller, channel, name, phone, .. } = self.ask;
        let credential = &self.server().credential;
        let added = self.engine.store.add_instance(*channel, name, phone, &caller.user, credential);
        match added.map_err(|e| self.internal(&e))? {
            Some(row) => {
                self.saved = Some(row.clone());
                self.row = Some(row);
                Ok(())
            }
            // Written by hand or by a release without locks: take it as it is.
            None => self.read_row(),
        }
    }

    /// Changes the row and makes that durable before anything else happens. A row that already
    /// says so is left alone: a call that finds nothing new writes nothing.
    fn save(&mut self, change: impl FnOnce(&mut Instance)) -> Result<(), Refusal> {
        let row = self.row.as_mut().expect("upstream is touched only for a row");
        change(row);
        row.phone = self.ask.phone.clone();
        if self.row == self.saved {
            return Ok(());
        }
        let row = self.row.as_ref().expect("as above");
        if !self.engine.store.save_instance(row).map_err(|e| self.internal(&e))? {
            log::error!("id={} the row of {} is gone", self.trace, self.ask.name);
            return Err(Refusal::Internal);
        }
        self.saved.clone_from(&self.row);
        Ok(())
    }

    /// The name is somebody else's. A row of ours that got nowhere must not hold it.
    fn refuse(&mut self) -> Outcome {
        if let Some(row) = self.row.as_ref().filter(|r| r.user == self.ask.caller.user) {
            self.engine.store.withdraw_instance(&row.id).map_err(|e| self.internal(&e))?;
        }
        Err(Refusal::OwnedByOther)
    }

    // --- upstream -----------------------------------------------------------------------------

    fn server(&self) -> &Server<'a> {
        self.server.as_ref().expect("the plan chooses a credential before it looks upstream")
    }

    /// The code last answered for the row.
    pub(super) fn remembered_code(&self) -> Option<Secret> {
        self.row.as_ref().and_then(|r| r.qr_code.clone())
    }

    pub(super) fn client(&self) -> &Client {
        &self.server().client
    }

    fn look(&mut self) -> Result<(), Refusal> {
        let listed = self.client().list(&self.ask.name).map_err(Refusal::Upstream)?;
        self.upstream = match listed {
            Some(listed) => self.look_closer(listed)?,
            // Lists leave out what is not loaded yet, or still being removed; the guards do not.
            None => self.present(Pairing::Never)?,
        };
        Ok(())
    }

    /// The list of 2.x tells who was ever paired; what the socket does now it tells too late.
    fn look_closer(&mut self, listed: Listed) -> Result<Upstream, Refusal> {
        let remembered = self.row.as_ref().is_some_and(|r| r.paired_at.is_some());
        let pairing = match listed {
            Listed { owner: true, logged_out: false, .. } => Pairing::Paired,
            Listed { logged_out: true, .. } => Pairing::LoggedOut,
            Listed { lags: false, .. } if remembered => Pairing::Remembered,
            Listed { owner: false, .. } => Pairing::Never,
        };
        self.listed_connecting = listed.state == State::Connecting;
        let credential = &self.server().credential;
        let proved = self.listed_connecting && self.engine.is_proved(credential, self.ask.name.as_str());
        if listed.lags && !proved {
            return self.present(pairing);
        }
        Ok(Upstream::Present(listed.state, pairing))
    }

    fn present(&self, pairing: Pairing) -> Result<Upstream, Refusal> {
        let state = self.client().state(&self.ask.name).map_err(Refusal::Upstream)?;
        Ok(state.map_or(Upstream::Absent, |state| Upstream::Present(state, pairing)))
    }

    fn create(&mut self) -> Result<(), Refusal> {
        if self.creates >= MAX_CREATES {
            return Err(Refusal::Upstream(Trouble::NotLoaded));
        }
        // Of what a former instance of that name was, nothing is left.
        self.engine.openings.forget(&self.ask.name);
        self.save(|row| {
            row.qr_code = None;
            row.paired_at = None;
            row.connect_sent_at = None;
            row.create_sent_at = Some(now());
        })?;
        match self.client().create(&self.ask.name, &self.ask.phone) {
            Ok(Created::Now) => {
                self.creates += 1;
                self.created = true;
                self.upstream = Upstream::Present(State::Close, Pairing::Never);
                Ok(())
            }
            Ok(Created::NameTaken) => {
                self.upstream = Upstream::Present(State::Unloaded, Pairing::Never);
                self.save(|row| row.create_sent_at = None)
            }
            // It may have arrived: the row remembers that one is out.
            Err(trouble @ (Trouble::Timeout | Trouble::Unreachable)) => Err(Refusal::Upstream(trouble)),
            Err(trouble) => {
                self.save(|row| row.create_sent_at = None)?;
                Err(Refusal::Upstream(trouble))
            }
        }
    }

    /// A create left before a crash or a time-out. Two creates of one name destroy each other, so
    /// it gets its time to show.
    fn await_create(&mut self) -> Result<(), Refusal> {
        self.pause(LOAD_PAUSE, Refusal::Upstream(Trouble::Timeout))?;
        self.upstream = Upstream::Unseen;
        Ok(())
    }

    fn await_load(&mut self) -> Result<(), Refusal> {
        self.pause(LOAD_PAUSE, Refusal::Upstream(Trouble::NotLoaded))?;
        self.upstream = Upstream::Unseen;
        Ok(())
    }

    /// Watches a socket that comes back by itself, or does not.
    fn await_return(&mut self, what: Returning) -> Result<(), Refusal> {
        let (span, end) = match what {
            Returning::Paired => (RETURN, Refusal::Reconnecting),
            Returning::Unpaired => (RESUME, Refusal::NoQr),
        };
        let until = Instant::now() + span;
        let Upstream::Present(mut last, pairing) = self.upstream else { return Ok(()) };
        while Instant::now() < until {
            self.pause(RETURN_PAUSE, end.clone())?;
            let seen = self.client().state(&self.ask.name);
            let Some(seen) = self.forgive(seen)? else { continue };
            self.upstream = seen.map_or(Upstream::Absent, |state| Upstream::Present(state, pairing));
            match (seen, what) {
                (None | Some(State::Open | State::Unloaded), _)
                | (Some(State::Connecting), Returning::Unpaired) => return Ok(()),
                (Some(state @ (State::Close | State::Connecting)), _) => {
                    self.restless |= state != last;
                    last = state;
                }
            }
        }
        self.waited = true;
        Ok(())
    }

    fn open_socket(&mut self, trust: Trust) -> Result<Option<Answer>, Refusal> {
        let opening = self.engine.openings.begin(&self.ask.name).ok_or(Refusal::Busy)?;
        self.save(|row| {
            row.status = Status::Connecting;
            row.create_sent_at = None;
            row.connect_sent_at = Some(now());
        })?;
        let answer = self.start_connect(opening)?;
        let seen = self.watch(Some(&answer), trust, self.deadline)?;
        self.conclude(seen)
    }

    fn watch_on(&mut self, trust: Trust) -> Result<Option<Answer>, Refusal> {
        // While a connect is out only for a while: then the plan looks whether it still is.
        let until = if self.restless { self.deadline } else { self.deadline.min(Instant::now() + WATCH) };
        let seen = self.watch(None, trust, until)?;
        self.conclude(seen)
    }

    /// The socket waits for a scan: its code is there at once, or about to come.
    fn ask_code(&mut self) -> Result<Option<Answer>, Refusal> {
        let answer = self.client().code(&self.ask.name).map_err(Refusal::Upstream)?;
        let seen = match answer {
            Connected::Code(qr) => Seen::Code(qr),
            Connected::Open => Seen::Open,
            Connected::Missing => Seen::Missing,
            Connected::Failed => Seen::Failed,
            Connected::NoCode => self.watch(None, Trust::Any, self.deadline)?,
        };
        self.conclude(seen)
    }

    /// What a look for a code ended with: the answer, or more to go on with.
    fn conclude(&mut self, seen: Seen) -> Result<Option<Answer>, Refusal> {
        match seen {
            Seen::Code(qr) => return self.pairing(qr).map(Some),
            Seen::Open => return self.connected().map(Some),
            Seen::Missing => self.upstream = Upstream::Absent,
            Seen::Failed => {
                // What answered with an error opened no socket.
                self.save(|row| row.connect_sent_at = None)?;
                self.upstream = Upstream::Present(State::Unloaded, Pairing::Never);
            }
            Seen::Nothing => self.upstream = Upstream::Unseen,
        }
        self.created = false;
        Ok(None)
    }

    // --- the answers --------------------------------------------------------------------------

    fn pairing(&mut self, qr: Qr) -> Outcome {
        self.engine.prove(&self.server().credential, self.ask.name.as_str());
        self.engine.openings.forget(&self.ask.name);
        self.save(|row| {
            row.status = Status::Connecting;
            row.qr_code = Some(qr.image.clone());
            row.paired_at = None;
            row.create_sent_at = None;
            row.connect_sent_at = None;
        })?;
        let wanted = self.ask.pairing_code;
        let pairing_code = qr.pairing_code.clone().filter(|_| wanted);
        let missing = wanted && pairing_code.is_none();
        let found = if self.creates > 0 { Found::Missing } else { Found::Existing };
        Ok(self.answer(Status::Connecting, found, Some(Qr { pairing_code, ..qr }), missing))
    }

    fn connected(&mut self) -> Outcome {
        self.engine.openings.forget(&self.ask.name);
        self.save(|row| {
            row.status = Status::Connected;
            row.qr_code = None;
            row.paired_at = row.paired_at.or_else(|| Some(now()));
            row.create_sent_at = None;
            row.connect_sent_at = None;
        })?;
        Ok(self.answer(Status::Connected, Found::Connected, None, false))
    }

    fn answer(&self, status: Status, found: Found, qr: Option<Qr>, pairing_code_missing: bool) -> Answer {
        let row = self.row.as_ref().expect("an answer is about a row");
        let name = self.ask.name.clone();
        Answer { instance_id: row.id.clone(), name, status, found, qr, pairing_code_missing }
    }

    // --- time and trouble ---------------------------------------------------------------------

    /// Sleeps, or ends the call with `end` when there is no time left to.
    pub(super) fn pause(&mut self, span: Duration, end: Refusal) -> Result<(), Refusal> {
        self.ending = end;
        if Instant::now() + span >= self.deadline {
            return Err(self.ending.clone());
        }
        thread::sleep(span);
        Ok(())
    }

    /// Lets upstream stumble in the middle of a wait: `None` means try again. What time does not
    /// cure ends the call at once.
    pub(super) fn forgive<T>(&mut self, outcome: Result<T, Trouble>) -> Result<Option<T>, Refusal> {
        match outcome {
            Ok(value) => {
                self.failing = None;
                Ok(Some(value))
            }
            Err(trouble @ (Trouble::RejectedKey | Trouble::LicenseRequired)) => {
                Err(Refusal::Upstream(trouble))
            }
            Err(trouble) => {
                let since = *self.failing.get_or_insert_with(Instant::now);
                if since.elapsed() < super::limits::FAILING {
                    Ok(None)
                } else {
                    Err(Refusal::Upstream(trouble))
                }
            }
        }
    }

    fn internal(&self, error: &store::Error) -> Refusal {
        log::error!("id={} {error}", self.trace);
        Refusal::Internal
    }
}
