//! `POST /api/messaging/instance/{id}/connect`: the `POST`'s call for a row that is there. Whoever may
//! see the row may make it; it runs as the owner. A connect link makes the same call.

use std::sync::Arc;

use super::instance::{ask_for, call, got, success};
use super::instances::meant;
use crate::http::app::App;
use crate::http::edge::slow;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::instance::actions::{self, Act};
use crate::instance::connect::{Outcome, Refusal};
use crate::store::Target;

/// What is wanted beside the code.
pub struct Wanted {
    /// The 8 characters to type on the telephone.
    pub pairing_code: bool,
    /// That a socket which waits for a scan without them gives way to one that has them.
    pub restart: bool,
}

impl Wanted {
    /// Reads a body, which may be left out.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let fields = Fields::read_or_none(body)?;
        let restart = fields.flag("restart")?;
        // What is opened anew is opened for the sake of the pairing code.
        Ok(Self { pairing_code: fields.flag("pairingCode")? || restart, restart })
    }
}

/// Answers with the code that is valid now, or says that a phone is connected.
pub fn connect(app: &App, request: Request) {
    let read = meant(app, &request).and_then(|target| Ok((target, Wanted::read(request.body())?)));
    match read {
        Ok((target, wanted)) => start(app, request, target, &wanted, |outcome| got(outcome).map(success)),
        Err(problem) => request.refuse(&problem),
    }
}

/// Makes the call for the row, and answers what `reply` makes of its outcome.
pub fn start(
    app: &App,
    request: Request,
    target: Target,
    wanted: &Wanted,
    reply: impl FnOnce(&Outcome) -> Result<Reply, Problem> + Send + 'static,
) {
    let ask = ask_for(&target, wanted.pairing_code);
    if !wanted.restart {
        return call(app, request, &ask, reply);
    }
    // Gives up the socket that waits, then makes the call, all on one thread.
    let (manager, engine) = (Arc::clone(&app.manager), Arc::clone(&app.engine));
    slow::begin(app, request, move |request| match manager.abandon_pairing(&target, request.id()) {
        Ok(()) => {
            let outcome = engine.ensure(&ask, request.id());
            request.conclude(reply(&outcome));
        }
        Err(actions::Refusal::Gone) => request.conclude(reply(&Err(Refusal::Gone))),
        Err(why) => request.refuse(&Problem::Undone(Act::Abandon, why)),
    });
}
