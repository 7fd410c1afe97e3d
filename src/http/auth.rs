//! From a bearer token, or the page's cookie, to a caller.
//!
//! The token is looked up before anything is counted: a valid one passes, whatever others at the
//! same address do. Where both are sent the token counts, and a wrong one is wrong. Neither is in a
//! log line or an answer.

use std::net::IpAddr;
use std::time::Instant;

use super::app::App;
use super::exchange::Exchange;
use super::origin::{self, Site};
use super::problem::Problem;
use super::{cookie, peer};
use crate::domain::Caller;
use crate::store::{self, Session};

/// Longest token that is looked up; ours have 50 characters.
const MAX_TOKEN: usize = 256;

/// Who asks, and by which session of the page, if by one.
pub struct Asker {
    /// The user.
    pub caller: Caller,
    /// The session; `None`: a token was sent.
    pub session: Option<Session>,
}

/// Who makes this request.
pub fn asker(app: &App, exchange: &Exchange) -> Result<Asker, Problem> {
    if exchange.headers("Authorization").is_empty() {
        let session = session(app, exchange)?.ok_or(Problem::Unauthorized)?;
        return Ok(Asker { caller: session.caller.clone(), session: Some(session) });
    }
    by_token(app, exchange).map(|caller| Asker { caller, session: None })
}

/// Who makes this request.
pub fn caller(app: &App, exchange: &Exchange) -> Result<Caller, Problem> {
    asker(app, exchange).map(|asker| asker.caller)
}

/// Who makes this request, if it is an administrator.
pub fn admin(app: &App, exchange: &Exchange) -> Result<Caller, Problem> {
    let caller = caller(app, exchange)?;
    if caller.admin { Ok(caller) } else { Err(Problem::Forbidden) }
}

/// The page's session that the cookie names. What changes anything has to come from the page.
pub fn session(app: &App, exchange: &Exchange) -> Result<Option<Session>, Problem> {
    let Some(session) = held(app, exchange)? else { return Ok(None) };
    let only_reads = matches!(exchange.method(), "GET" | "HEAD");
    if !only_reads && origin::site(app, exchange) != Site::Ours {
        return Err(Problem::CrossSite);
    }
    if session.note_due {
        note(app, exchange, || app.store.note_session(&session.id));
    }
    Ok(Some(session))
}

/// Refuses a `GET` that does something where it came with the cookie and may be another page's doing:
/// a browser fetches a picture for whichever page shows it. Over plain HTTP it does not say for which,
/// and another port of the same machine is given the cookie as well.
pub fn on_purpose(app: &App, exchange: &Exchange) -> Result<(), Problem> {
    let by_token = !exchange.headers("Authorization").is_empty();
    let wanted = matches!(origin::site(app, exchange), Site::Ours | Site::Typed);
    if by_token || wanted { Ok(()) } else { Err(Problem::CrossSite) }
}

/// The session whose cookie the request carries, wherever it was made: who asks is not said by this.
pub fn held(app: &App, exchange: &Exchange) -> Result<Option<Session>, Problem> {
    let Some(cookie) = cookie::session(&exchange.headers("Cookie")) else { return Ok(None) };
    Ok(app.store.session(cookie)?)
}

/// Where the request comes from.
pub fn address(app: &App, exchange: &Exchange) -> IpAddr {
    peer::client(exchange.peer(), &exchange.headers("X-Forwarded-For"), &app.trusted_proxies)
}

fn by_token(app: &App, exchange: &Exchange) -> Result<Caller, Problem> {
    let Some(token) = bearer(exchange) else { return Err(failed(app, exchange, Problem::Unauthorized)) };
    let Some(found) = app.store.caller(token)? else {
        return Err(failed(app, exchange, Problem::Unauthorized));
    };
    if found.note_due {
        note(app, exchange, || app.store.note_token(token));
    }
    Ok(found.caller)
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
    let household = peer::household(address(app, exchange));
    match app.failures.count(household, Instant::now()) {
        Ok(()) => otherwise,
        Err(wait) => Problem::RateLimited(wait),
    }
}

/// Writes down that somebody was here, unless that is being done for somebody else already: the next
/// request will find it due again. The request itself goes on either way.
fn note(app: &App, exchange: &Exchange, write: impl FnOnce() -> Result<(), store::Error>) {
    let Ok(_turn) = app.door.noting.try_lock() else { return };
    if let Err(error) = write() {
        log::warn!("id={} that it was used could not be written down: {error}", exchange.id());
    }
}
