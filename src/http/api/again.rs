//! `POST /api/messaging/instance/{id}/connect`: the `POST`'s call for a row that is there. Whoever may
//! see the row may make it; it runs as the owner. A connect link makes the same call.

use std::sync::Arc;

use super::instance::{ask_for, call, enter, got, success};
use super::instances::meant;
use crate::ensure::{Outcome, Refusal};
use crate::http::app::App;
use crate::http::exchange::Exchange;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::slow;
use crate::manage::{self, Act};
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
pub fn connect(app: &App, exchange: Exchange) {
    let read = meant(app, &exchange).and_then(|target| Ok((target, Wanted::read(exchange.body())?)));
    match read {
        Ok((target, wanted)) => start(app, exchange, target, &wanted, |outcome| got(outcome).map(success)),
        Err(problem) => exchange.refuse(&problem),
    }
}

/// Makes the call for the row, and answers what `reply` makes of its outcome.
pub fn start(
    app: &App,
    exchange: Exchange,
    target: Target,
    wanted: &Wanted,
    reply: impl FnOnce(&Outcome) -> Result<Reply, Problem> + Send + 'static,
) {
    let ask = ask_for(&target, wanted.pairing_code);
    if !wanted.restart {
        return call(app, exchange, &ask, reply);
    }
    // Gives up the socket that waits, then makes the call, all on one thread.
    let (manager, engine) = (Arc::clone(&app.manager), Arc::clone(&app.engine));
    slow::begin(app, exchange, move |exchange| match manager.abandon_pairing(&target, exchange.id()) {
        Ok(()) => {
            if let Some(flight) = enter(&engine, exchange, &ask, reply, ()) {
                flight.fly();
            }
        }
        Err(manage::Refusal::Gone) => exchange.conclude(reply(&Err(Refusal::Gone))),
        Err(why) => exchange.refuse(&Problem::Undone(Act::Abandon, why)),
    });
}
