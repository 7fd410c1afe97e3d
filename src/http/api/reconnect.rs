//! `POST /api/messaging/instance/{id}/connect`: the `POST`'s call for a row that is there. Whoever may
//! see the row may make it; it runs on the owner's behalf, and adopts what a phone is paired with for administrators alone,
//! as their own `POST` does. A connect link makes the same call.

use super::instance::{call, request_for, success};
use super::instances::asked;
use crate::domain::{Permission, Role, UseCaseError};
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::instance::actions::{Action, ActionError};
use crate::instance::connect::ConnectOutcome;
use crate::store::InstanceRef;

/// What is wanted beside the code.
pub struct ConnectOptions {
    /// The 8 characters to type on the telephone.
    pub pairing_code: bool,
    /// That a socket which waits for a scan without them gives way to one that has them.
    pub restart: bool,
}

impl ConnectOptions {
    /// Reads a body, which may be left out.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let fields = Fields::read_or_none(body)?;
        let restart = fields.flag("restart")?;
        // What is opened anew is opened for the sake of the pairing code.
        Ok(Self { pairing_code: fields.flag("pairingCode")? || restart, restart })
    }
}

/// Answers with the code that is valid now, or says that a phone is connected.
pub fn connect(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let (caller, target) = asked(app, request)?;
    let options = ConnectOptions::read(request.body())?;
    if options.restart {
        app.throttles.restart(&target.id)?;
    }
    let role = if caller.may(Permission::AdoptPaired) { caller.role } else { Role::Owner };
    success(app, &caller, start(app, request, &target, role, &options)?)
}

/// Makes the call for the row with that role, after giving up the socket that waits where that is wanted, which the
/// caller has counted.
pub fn start(
    app: &App,
    request: &Request,
    target: &InstanceRef,
    role: Role,
    options: &ConnectOptions,
) -> Result<ConnectOutcome, Problem> {
    let request_for_row = request_for(target, role, options.pairing_code)?;
    if options.restart {
        app.action_service.abandon_pairing(target, request.id()).map_err(|error| match error {
            ActionError::Failed(UseCaseError::Gone) => Problem::Failed(UseCaseError::Gone),
            error => Problem::Action(Action::Abandon, error),
        })?;
    }
    call(app, request, &request_for_row)
}
