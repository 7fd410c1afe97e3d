//! `GET /api/setup`, `GET|DELETE /api/session`, `GET /api/sessions`, `DELETE /api/sessions/{}`: who is
//! logged in.

use serde::Serialize;

use crate::admin::sessions;
use crate::domain::Role;
use crate::domain::clock::iso;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::{auth, cookie, origin};
use crate::store::{Session, SessionLine};

/// A session as its browser is told of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionJson<'a> {
    user: &'a str,
    admin: bool,
    role: &'static str,
    expires_at: String,
    version: &'static str,
}

impl<'a> SessionJson<'a> {
    /// What there is to tell.
    pub fn of(session: &'a Session) -> Self {
        Self {
            user: &session.user,
            admin: session.caller.role == Role::Administrator,
            role: session.caller.role.as_str(),
            expires_at: iso(session.expires_at),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

#[derive(Serialize)]
struct SetupJson<'a> {
    needed: bool,
    session: Option<SessionJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionLineJson<'a> {
    id: &'a str,
    user: &'a str,
    client: &'a str,
    address: &'a str,
    created_at: String,
    last_seen_at: String,
    expires_at: String,
    current: bool,
}

/// What a page that opens has to know: whether nobody can log in as administrator yet, and who is
/// logged in. Anybody may ask.
pub fn setup(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let session = auth::session(app, request)?;
    let session = session.as_ref().map(SessionJson::of);
    Ok(HttpReply::data(&SetupJson { needed: app.store.setup_needed()?, session }))
}

/// Who is logged in. A browser that asks before it is guesses nothing, so it is not counted.
pub fn show(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let session = auth::session(app, request)?.ok_or(Problem::Unauthorized)?;
    Ok(HttpReply::data(&SessionJson::of(&session)))
}

/// Logs out; who is logged out already is so afterwards too.
pub fn log_out(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    if let Some(session) = auth::session(app, request)? {
        app.store.end_session(&session.id, None)?;
    }
    let mut reply = HttpReply::data(&());
    reply.headers.push(cookie::clear(&origin::cookie_scope(app, request)));
    Ok(reply)
}

/// Where one is logged in; administrators may ask that of others.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asker = auth::asker(app, request)?;
    let user = query::given(request, "user")?;
    let sessions = sessions::list(&app.store, &asker.caller, user.as_deref())?;
    let sessions = sessions.ok_or(Problem::NotFound)?;
    let current = asker.session.map(|session| session.id);
    let lines: Vec<_> = sessions.iter().map(|line| json(line, current.as_deref())).collect();
    Ok(HttpReply::data(&lines))
}

fn json<'a>(line: &'a SessionLine, current: Option<&str>) -> SessionLineJson<'a> {
    SessionLineJson {
        id: &line.id,
        user: &line.user,
        client: &line.client,
        address: &line.address,
        created_at: iso(line.created_at),
        last_seen_at: iso(line.last_seen_at),
        expires_at: iso(line.expires_at),
        current: current == Some(&line.id),
    }
}

/// Ends a session of one's own; administrators, anybody's.
pub fn end(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    if !sessions::end(&app.store, &caller, request.captured())? {
        return Err(Problem::NotFound);
    }
    Ok(HttpReply::data(&()))
}
