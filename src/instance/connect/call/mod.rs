//! One call, from the row to the outcome: looks up the step in `plan`, does it, adds what it showed to the
//! facts. The steps are in `row` (the database), `upstream` (look and create), `socket` (watch and open
//! one) and `code` (the wait for a code). Decides no step itself.

mod code;
mod failures;
mod home;
mod outage;
mod placing;
mod row;
mod row_state;
mod scan;
mod settings;
mod socket;
mod upstream;

use std::thread;
use std::time::{Duration, Instant};

use super::plan::{CallFacts, InFlight, SocketHistory, Step, Upstream, plan};
use super::{ConnectError, ConnectOutcome, ConnectRequest, ConnectResult, ConnectService, PriorState};
use crate::domain::{
    self, BusyCause, LinkedPhone, Millis, Permission, Qr, Reason, RestoreReport, Status, UpstreamError,
    UpstreamName, UseCaseError, now,
};
use crate::instance::connect::limits::LEAST_TIME;
use crate::store::{self, UnmanagedInstance};
use crate::sync::Permit;
use crate::upstream::{BaseUrl, UpstreamClient};
use failures::{Failures, PolledEndpoint};
use row_state::RowState;

/// A call under way.
pub(super) struct ConnectCall<'a> {
    service: &'a ConnectService,
    request: &'a ConnectRequest,
    trace: &'a str,
    deadline: Instant,
    row: RowState,
    /// What the instance is called upstream.
    upstream_name: UpstreamName,
    /// The server, once a credential is chosen.
    server: Option<ChosenServer>,
    upstream: Upstream,
    /// What the list said of the instance.
    listed: Listing,
    socket: SocketHistory,
    connect_sent: bool,
    /// Whether this call has opened a socket, as far as it knows.
    opened: bool,
    /// The permit for the `connect` that follows a create, taken before it.
    connect_permit: Option<Permit<String>>,
    /// Whether this call is for a new name and had to wait for its permits: the server was full.
    waited_for_permits: bool,
    /// Creates sent by this call.
    creates: u32,
    /// `connect`s of this call that were answered with an error.
    connect_errors: u32,
    /// What this call put back of what people had set; `None`: it has not tried.
    restore: Option<RestoreReport>,
    /// The error of the call if its deadline comes now.
    ending: ConnectError,
    failures: Failures,
    /// What the search for a name without a row found beside its home.
    search: HomeSearch,
}

struct ChosenServer {
    credential: String,
    base_url: BaseUrl,
    client: Box<dyn UpstreamClient>,
    /// Returned while the call waits for a connect permit: two calls that each hold one kind and wait for the
    /// other would never end.
    permit: Option<Permit<String>>,
}

/// What is kept of the instance as listed.
#[derive(Default)]
struct Listing {
    /// Its id upstream.
    id: Option<String>,
    /// When its last pairing ended, by upstream's clock.
    logout_at: Option<Millis>,
    /// Whether it is listed as `open`: whose phone it is says no later list better.
    is_open: bool,
    /// The phone that is linked.
    linked: Option<LinkedPhone>,
}

/// What the search for the home of a name without a row found beside it.
#[derive(Default)]
struct HomeSearch {
    /// The other servers that have the name, by credential.
    doubles: Vec<(String, UnmanagedInstance)>,
    /// The names of the servers that did not say.
    not_asked: Vec<String>,
    /// Whether none has it, so that its server was chosen for its room.
    is_placed: bool,
}

impl ConnectService {
    /// Runs one call on this thread.
    pub(super) fn call(&self, request: &ConnectRequest, trace: &str, begun: Instant) -> ConnectResult {
        let deadline = begun + self.qr_timeout;
        let mut call = ConnectCall::new(self, request, trace, deadline);
        let lock = |until| {
            self.store.instance_lock(request.channel, request.name.as_str(), until).map_err(|error| {
                log::error!("id={trace} the lock of {}: {error}", request.name);
                UseCaseError::Internal
            })
        };
        let mut file_lock = lock(begun)?;
        if file_lock.is_none() {
            // Another user's name is refused without waiting for what is under way for it.
            call.refuse_other_user()?;
            file_lock = lock(deadline)?;
        }
        // A call that had its turn too late waited for others of its name.
        if file_lock.is_none() || Instant::now() + LEAST_TIME >= deadline {
            call.refuse_other_user()?;
            return Err(UseCaseError::Busy(BusyCause::Name).into());
        }
        call.read_row()?;
        let result = call.proceed();
        if let (Err(error), Some(server)) = (&result, &call.server) {
            log::warn!("id={trace} {} at credential {}: {error:?}", request.name, server.credential);
        }
        match result {
            // The deadline cut the last request short: the error is that of the wait.
            Err(ConnectError::Failed(UseCaseError::Upstream(UpstreamError::Timeout)))
                if Instant::now() >= deadline =>
            {
                Err(call.out_of_time())
            }
            result => result,
        }
        .map_err(|error| call.explained(error))
    }
}

impl<'a> ConnectCall<'a> {
    fn new(
        service: &'a ConnectService,
        request: &'a ConnectRequest,
        trace: &'a str,
        deadline: Instant,
    ) -> Self {
        Self {
            service,
            request,
            trace,
            deadline,
            row: RowState::default(),
            upstream_name: UpstreamName::from(&request.name),
            server: None,
            upstream: Upstream::Unseen,
            listed: Listing::default(),
            socket: SocketHistory::Unwatched { was_connecting: false },
            connect_sent: false,
            opened: false,
            connect_permit: None,
            waited_for_permits: false,
            creates: 0,
            connect_errors: 0,
            restore: None,
            ending: UpstreamError::Timeout.into(),
            failures: Failures::default(),
            search: HomeSearch::default(),
        }
    }

    fn proceed(&mut self) -> ConnectResult {
        loop {
            let answer = match plan(&self.facts()) {
                Step::Refuse => return self.refuse(),
                Step::Connected => return self.connected(),
                Step::EndFighting => return Err(ConnectError::Fighting),
                Step::ChooseServer => self.choose_server().map(|()| None),
                Step::WriteRow => self.write_row().map(|()| None),
                Step::Look => self.look().map(|()| None),
                Step::AwaitCreate => self.await_create().map(|()| None),
                Step::Create => self.create().map(|()| None),
                Step::AwaitLoad => self.await_load().map(|()| None),
                Step::Watch(returning) => self.watch(returning).map(|()| None),
                Step::AwaitOpen => self.await_open().map(|()| None),
                Step::OpenSocket(trust) => self.open_socket(trust),
                Step::AwaitCode(trust) => self.await_present_code(trust),
                Step::AskCode => self.ask_code(),
            }?;
            if let Some(answer) = answer {
                return Ok(answer);
            }
        }
    }

    fn facts(&self) -> CallFacts {
        CallFacts {
            row: self.row_relation(),
            may_adopt: self.request.caller.may(Permission::AdoptPaired),
            server: self.server.is_some(),
            upstream: self.upstream,
            socket: self.socket,
            in_flight: self.in_flight(),
            connect_sent: self.connect_sent,
        }
    }

    /// The request of this process or another that may still be under way.
    fn in_flight(&self) -> InFlight {
        let row = self.row.known();
        let is_out = |until: Option<Millis>| until.is_some_and(domain::is_out);
        if self.upstream == Upstream::Absent && is_out(row.and_then(|r| r.create_out_until)) {
            InFlight::Create
        } else if is_out(row.and_then(|r| r.connect_out_until)) || self.is_connect_pending() {
            InFlight::Connect
        } else {
            InFlight::Nothing
        }
    }

    /// Whether a connect of this process is unanswered.
    fn is_connect_pending(&self) -> bool {
        let has = |server: &ChosenServer| {
            self.service.gateway.is_connect_pending(&server.credential, &self.request.name)
        };
        self.server.as_ref().is_some_and(has)
    }

    fn clear_pending_connect(&self) {
        self.service.gateway.clear_pending_connect(&self.server().credential, &self.request.name);
    }

    fn pairing(&mut self, qr: Qr) -> ConnectResult {
        self.clear_pending_connect();
        let (seen, code) = (self.service.store.clock().now(), self.new_code(&qr.image));
        self.claim(|row| {
            row.become_status(Status::Connecting, Reason::Asked);
            row.scans = code.map_or(row.scans, |code| row.scans.with_code(code, seen));
            row.show_code(&qr.image, seen);
            row.forget_phone();
            row.connect_out_until = None;
        })?;
        let wanted = self.request.pairing_code;
        let pairing_code = qr.pairing_code.clone().filter(|_| wanted);
        let missing = wanted && pairing_code.is_none();
        let prior_state = if self.creates > 0 { PriorState::Missing } else { PriorState::Existing };
        let scan_help = self.scan_help()?;
        let answer = self.answer(Status::Connecting, prior_state, Some(Qr { pairing_code, ..qr }), missing);
        Ok(ConnectOutcome { scan_help, ..answer })
    }

    fn connected(&mut self) -> ConnectResult {
        self.clear_pending_connect();
        self.look_for_phone();
        let (logout_at, linked) = (self.listed.logout_at, self.listed.linked.clone());
        let (seen, is_adopted) = (self.service.store.clock().now(), !self.row_relation().is_settled());
        self.claim(|row| {
            row.become_status(Status::Connected, Reason::Paired);
            row.hide_code();
            // A logout that the list still carries is older than a phone that is connected now.
            if row.paired_at.is_some_and(|paired| logout_at.is_some_and(|at| at > paired)) {
                row.forget_phone();
            }
            row.paired_at.get_or_insert_with(|| now().max(logout_at.unwrap_or(0)));
            if let Some(phone) = &linked {
                row.note_linked(phone, seen);
            }
            row.connect_out_until = None;
        })?;
        if is_adopted {
            self.note_adoption();
        }
        Ok(self.answer(Status::Connected, PriorState::Connected, None, false))
    }

    fn answer(
        &self,
        status: Status,
        prior_state: PriorState,
        qr: Option<Qr>,
        pairing_code_missing: bool,
    ) -> ConnectOutcome {
        let row = self.row.known().expect("an answer is about a row");
        let lifetime = Millis::try_from(self.client().code_lifetime().as_millis()).unwrap_or(0);
        let qr_expires = row.qr_since.filter(|_| qr.is_some()).map(|since| since + lifetime);
        let (instance_id, name) = (row.id.clone(), self.request.name.clone());
        ConnectOutcome {
            instance_id,
            name,
            status,
            prior_state,
            qr,
            qr_expires,
            pairing_code_missing,
            scan_help: None,
            servers_not_asked: self.search.not_asked.clone(),
            restore: self.restore.clone().unwrap_or_default(),
        }
    }

    /// Sleeps, or ends the call with `end` if its deadline comes first.
    fn pause(&mut self, span: Duration, end: ConnectError) -> Result<(), ConnectError> {
        self.ending = end;
        if Instant::now() + span >= self.deadline {
            return Err(self.ending.clone());
        }
        thread::sleep(span);
        Ok(())
    }

    /// Waits as long as a 429 asks for, or ends the call where its deadline comes first. What a command was to be
    /// sent for may be otherwise by then.
    fn wait_as_told(&mut self, wait: Duration) -> Result<(), ConnectError> {
        self.pause(wait, UpstreamError::RateLimited(wait).into())
    }

    /// Lets a failure during a wait pass as `None`, until [`Failures`] says that it ends the call.
    fn tolerate<T>(
        &mut self,
        endpoint: PolledEndpoint,
        answer: Result<T, UpstreamError>,
    ) -> Result<Option<T>, ConnectError> {
        if let Err(UpstreamError::RateLimited(wait)) = answer {
            return self.wait_as_told(wait).map(|()| None);
        }
        let ends = self.failures.note(endpoint, &answer);
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(error) if ends => Err(error.into()),
            Err(_) => Ok(None),
        }
    }

    fn internal(&self, error: &store::Error) -> ConnectError {
        log::error!("id={} {error}", self.trace);
        error.into()
    }
}
