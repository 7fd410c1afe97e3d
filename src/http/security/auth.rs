//! From a bearer token, or the page's cookie, to a caller.
//!
//! The token is looked up before anything is counted: a valid one passes, whatever others at the
//! same address do. Where both are sent the token counts, and a wrong one is wrong. Neither is in a
//! log line or an answer.

use std::net::IpAddr;
use std::time::Instant;

use super::origin::{self, Site};
use super::usage_notes::Used;
use super::{bearer, cookie, peer, token_guard};
use crate::domain::{Caller, Permission, Secret, Via};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::request::Request;
use crate::store::{Session, identify};

/// Who asks, and by which session of the page, if by one.
pub struct Asker {
    /// The user.
    pub caller: Caller,
    /// The session; `None`: a token was sent.
    pub session: Option<Session>,
}

/// Who makes this request.
pub fn asker(app: &App, request: &Request) -> Result<Asker, Problem> {
    if request.headers("Authorization").is_empty() {
        let session = session(app, request)?.ok_or_else(|| bearer::none(request))?;
        return Ok(Asker { caller: session.caller.clone(), session: Some(session) });
    }
    by_token(app, request).map(|caller| Asker { caller, session: None })
}

/// Who makes this request.
pub fn caller(app: &App, request: &Request) -> Result<Caller, Problem> {
    asker(app, request).map(|asker| asker.caller)
}

/// Who makes this request, if they may do this.
pub fn permitted(app: &App, request: &Request, permission: Permission) -> Result<Caller, Problem> {
    let caller = caller(app, request)?;
    if caller.may(permission) { Ok(caller) } else { Err(Problem::Forbidden) }
}

/// The page's session that the cookie names. What changes anything has to come from the page.
pub fn session(app: &App, request: &Request) -> Result<Option<Session>, Problem> {
    let Some(session) = cookie_session(app, request)? else { return Ok(None) };
    let only_reads = matches!(request.method(), "GET" | "HEAD");
    if !only_reads && origin::site(app, request) != Site::Ours {
        return Err(Problem::CrossSite);
    }
    identify(&session.user, &session.caller.user, Via::Session, Some(&session.id));
    if session.note_due {
        app.usage_notes.note(Used::Session(session.id.clone()));
    }
    Ok(Some(session))
}

/// Refuses a `GET` that does something where it came with the cookie and may be another page's doing:
/// a browser fetches a picture for whichever page shows it. Over plain HTTP it does not say for which,
/// and another port of the same machine is given the cookie as well.
pub fn on_purpose(app: &App, request: &Request) -> Result<(), Problem> {
    let by_token = !request.headers("Authorization").is_empty();
    let wanted = matches!(origin::site(app, request), Site::Ours | Site::Typed);
    if by_token || wanted { Ok(()) } else { Err(Problem::CrossSite) }
}

/// The session whose cookie the request carries, wherever it was made: who asks is not said by this.
pub fn cookie_session(app: &App, request: &Request) -> Result<Option<Session>, Problem> {
    for cookie in cookie::sessions(&request.headers("Cookie")) {
        if let Some(session) = app.store.session(cookie)? {
            return Ok(Some(session));
        }
    }
    Ok(None)
}

/// Where the request comes from.
pub fn address(app: &App, request: &Request) -> IpAddr {
    peer::client(request.peer, &request.headers("X-Forwarded-For"), &app.trusted_proxies)
}

fn by_token(app: &App, request: &Request) -> Result<Caller, Problem> {
    let token = bearer::token(request).map_err(|problem| failed(app, request, problem))?;
    let Some(found) = app.store.caller(token)? else {
        return Err(failed(app, request, Problem::Unauthorized));
    };
    identify(&found.user, &found.caller.user, Via::Token, Some(&found.token));
    if found.note_due {
        app.usage_notes.note(Used::Token(Secret::new(token)));
    }
    token_guard::check(request.method(), request.route, &found.caller.limits)?;
    Ok(found.caller)
}

/// Counts a try that failed: `otherwise` is what it is answered while there are not too many.
pub fn failed(app: &App, request: &Request, otherwise: Problem) -> Problem {
    let household = peer::household(address(app, request));
    match app.failed_tokens.count(household, Instant::now()) {
        Ok(()) => otherwise,
        Err(wait) => Problem::RateLimited(wait),
    }
}
