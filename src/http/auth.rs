//! From a bearer token to a caller.
//!
//! The token is looked up before anything is counted: a valid one passes, whatever others at the
//! same address do. A token is in no log line and no answer.

use std::time::Instant;

use super::exchange::Exchange;
use super::peer;
use super::reply::Problem;
use super::route::App;
use crate::domain::Caller;

/// Longest token that is looked up; ours have 50 characters.
const MAX_TOKEN: usize = 256;

/// Who makes this request.
pub fn caller(app: &App, exchange: &Exchange) -> Result<Caller, Problem> {
    let Some(token) = bearer(exchange) else { return Err(failed(app, exchange, Problem::Unauthorized)) };
    match app.store.caller(token) {
        Ok(Some(caller)) => Ok(caller),
        Ok(None) => Err(failed(app, exchange, Problem::Unauthorized)),
        Err(error) => {
            log::error!("id={} the token could not be looked up: {error}", exchange.id());
            Err(Problem::INTERNAL)
        }
    }
}

/// Who makes this request, if it is an administrator.
pub fn admin(app: &App, exchange: &Exchange) -> Result<Caller, Problem> {
    let caller = caller(app, exchange)?;
    if caller.admin { Ok(caller) } else { Err(Problem::Forbidden) }
}

/// The one token of the request: two of them would leave open which one counts.
pub fn bearer(exchange: &Exchange) -> Option<&str> {
    let &[line] = exchange.headers("Authorization").as_slice() else { return None };
    let (scheme, token) = line.split_once(' ')?;
    let token = token.trim();
    let fits = scheme.eq_ignore_ascii_case("bearer") && (1..=MAX_TOKEN).contains(&token.len());
    fits.then_some(token)
}

/// Counts a try that failed: `otherwise` is what it is answered while there are not too many.
pub fn failed(app: &App, exchange: &Exchange, otherwise: Problem) -> Problem {
    let forwarded = exchange.headers("X-Forwarded-For");
    let client = peer::client(exchange.peer(), &forwarded, &app.trusted_proxies);
    match app.failures.count(peer::household(client), Instant::now()) {
        Ok(()) => otherwise,
        Err(wait) => Problem::RateLimited(wait),
    }
}
