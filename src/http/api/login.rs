//! `POST /api/setup`, `POST /api/session`, `POST /api/password`: everything that costs a hash.
//! Where a request comes from, what it says and how often it may try are looked at before it waits for one.
//!
//! A name that nobody has is answered like a wrong password, and takes as long. What was typed is in
//! no log line, the name included: people type passwords into the wrong field.

use std::time::Instant;

use crate::admin::{Password, second_factor};
use crate::domain::{Caller, Name, Secret, Via, typed_text};
use crate::http::api::session::SessionJson;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::login_guard::{Attempt, Attempter};
use crate::http::security::origin::{self, Site};
use crate::http::security::{auth, cookie, peer};
use crate::store::{Account, NewSession, SESSION_LIFE, SetUp, identify};
use crate::text;

/// Characters that are kept of what a browser calls itself.
const CLIENT: usize = 160;

/// Logs in.
pub fn log_in(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    not_foreign(app, request)?;
    let fields = Fields::read(request.body())?;
    let (name, password) = (typed_text(fields.text("name")?), fields.secret("password")?);
    let (account, shown) = check_password_and_code(app, request, &name, &password, &fields)?;
    identify(&name, &account.user, Via::Session, None);
    begin(app, request, &account, shown)
}

/// The account of that name, when this is its password and, where it has a second factor, `code` is one of its; what the
/// trail tells of that.
fn check_password_and_code(
    app: &App,
    request: &Request,
    name: &str,
    password: &Secret,
    fields: &Fields,
) -> Result<(Account, &'static str), Problem> {
    let (account, attempt) = check_password(app, request, name, password)?;
    let shown = check_code(app, &account, attempt.account(), fields.optional_text("code")?);
    // It stays counted, so that codes are tried no faster than passwords.
    if let Err(Problem::WrongCode) = shown {
        log_failure(app, request, name, &Problem::WrongCode);
        return Err(Problem::WrongCode);
    }
    attempt.succeeded();
    Ok((account, shown?))
}

/// What the trail tells of the code, once it is right; nothing where the account has no second factor.
fn check_code(app: &App, account: &Account, by: &str, code: Option<&str>) -> Result<&'static str, Problem> {
    if !second_factor::is_on(&app.store, &account.user)? {
        return Ok("");
    }
    let code = code.ok_or(Problem::CodeNeeded)?;
    app.login_guard.code(by, Instant::now())?;
    let accepted = second_factor::accepts(&app.store, &account.user, code)?.ok_or(Problem::WrongCode)?;
    app.login_guard.right_code(by);
    Ok(accepted.as_str())
}

/// Makes the first administrator, and logs in.
pub fn set_up(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    not_foreign(app, request)?;
    let fields = Fields::read(request.body())?;
    let token = fields.secret("token")?;
    let attempt = attempt(app, request, None, None)?;
    if !app.store.opens_setup(&token)? {
        return Err(Problem::SetupExpired);
    }
    attempt.succeeded();
    let name = fields.parsed("name", Name::parse)?;
    let hash = app.login_guard.hash(&password(&fields, name.as_str())?)?;
    let account = match app.store.set_up(&token, &name, &hash)? {
        SetUp::Done(user) => Account { user, hash: Some(hash) },
        SetUp::Expired => return Err(Problem::SetupExpired),
        SetUp::NameTaken => return Err(Problem::Taken("name")),
    };
    log::info!("id={} the first administrator was set up", request.id());
    begin(app, request, &account, "")
}

/// Changes one's own password.
pub fn change_password(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asker = auth::asker(app, request)?;
    let user = app.store.user_by_id(&asker.caller.user)?.ok_or(Problem::Unauthorized)?;
    let fields = Fields::read(request.body())?;
    let (current, new) = (fields.secret("current")?, password(&fields, &user.name)?);
    let account = authenticate(app, request, &user.name, &current)?;
    let hash = app.login_guard.hash(&new)?;
    let keep = asker.session.as_ref().map(|session| session.id.as_str());
    // An administrator's word counts that came while this was under way.
    if !app.store.change_password(&account, &hash, keep)? {
        return Err(Problem::WrongPassword);
    }
    log::info!("id={} a password was changed", request.id());
    Ok(HttpReply::data(&()))
}

/// Asks whoever is logged in for the password once more: what follows is not for somebody who found a browser open.
pub fn confirm(app: &App, request: &Request, caller: &Caller, fields: &Fields) -> Result<(), Problem> {
    let user = app.store.user_by_id(&caller.user)?.ok_or(Problem::Unauthorized)?;
    authenticate(app, request, &user.name, &fields.secret("password")?).map(drop)
}

/// The same, and for a code of the second factor where there is one: what follows takes that away.
pub fn confirm_with_code(
    app: &App,
    request: &Request,
    caller: &Caller,
    fields: &Fields,
) -> Result<(), Problem> {
    let user = app.store.user_by_id(&caller.user)?.ok_or(Problem::Unauthorized)?;
    check_password_and_code(app, request, &user.name, &fields.secret("password")?, fields).map(drop)
}

/// A password that may be set.
pub fn password(fields: &Fields, name: &str) -> Result<Password, Problem> {
    const FIELD: &str = "password";
    let refused = |invalid| Problem::InvalidField(FIELD, text::invalid_field(FIELD, invalid));
    Password::parse(fields.text(FIELD)?, name).map_err(refused)
}

/// A browser logs in to us because somebody typed a password, not because another page wants it to
/// be somebody else here. Programs say nothing about where they are.
fn not_foreign(app: &App, request: &Request) -> Result<(), Problem> {
    let passes = matches!(origin::site(app, request), Site::Ours | Site::Unsaid);
    if passes { Ok(()) } else { Err(Problem::CrossSite) }
}

/// Counts an attempt: as that of a browser which the account knows, or, where it is none or has none
/// left, as anybody's. The account is looked up before the count: whoever is known must not be shut out by others.
fn attempt<'a>(
    app: &'a App,
    request: &Request,
    name: Option<&str>,
    account: Option<&Account>,
) -> Result<Attempt<'a>, Problem> {
    let cookies = request.headers("Cookie");
    let marks = cookie::browsers(&cookies);
    let known = account.filter(|account| marks.iter().any(|mark| app.store.is_browser_mark(account, mark)));
    if let Some(account) = known
        && let Ok(attempt) =
            app.login_guard.attempt(Attempter::KnownBrowser(account.user.clone()), Instant::now())
    {
        return Ok(attempt);
    }
    // What is no name is nobody's, and needs no count of its own.
    let name = name.filter(|name| Name::parse(name).is_ok()).map(str::to_owned);
    let by = Attempter::Stranger(peer::household(auth::address(app, request)), name);
    app.login_guard.attempt(by, Instant::now())
}

/// The account of that name, when this is its password.
fn authenticate(app: &App, request: &Request, name: &str, password: &Secret) -> Result<Account, Problem> {
    let (account, attempt) = check_password(app, request, name, password)?;
    attempt.succeeded();
    Ok(account)
}

/// The same, with the attempt, which is to be given back unless something else fails.
fn check_password<'a>(
    app: &'a App,
    request: &Request,
    name: &str,
    password: &Secret,
) -> Result<(Account, Attempt<'a>), Problem> {
    let account = app.store.account(name)?;
    let attempt = attempt(app, request, Some(name), account.as_ref())?;
    let kept = account.as_ref().and_then(|account| account.hash.as_deref());
    let right = app.login_guard.matches(password, kept);
    match (account, right) {
        (Some(account), Ok(true)) => Ok((account, attempt)),
        // It was never looked at, so that it was no failure.
        (_, Err(busy)) => {
            attempt.succeeded();
            Err(busy)
        }
        _ => {
            log_failure(app, request, name, &Problem::WrongPassword);
            Err(Problem::WrongPassword)
        }
    }
}

/// Logs a failed login, once a second at most, with how many had no line since the one before, and tells the audit trail.
fn log_failure(app: &App, request: &Request, name: &str, why: &Problem) {
    if let Some(untold) = app.login_guard.failed_logins.count(Instant::now()) {
        let more = if untold == 0 { String::new() } else { format!(" (and {untold} before it)") };
        log::warn!("id={} a login failed from {}{more}", request.id(), auth::address(app, request));
        let noted = app.store.note_failed_login(name, why.sentence().code);
        noted.unwrap_or_else(|error| log::error!("id={} it was not noted: {error}", request.id()));
    }
}

/// Begins a session, which takes the place of the one that the browser had: nobody else can have
/// given it the cookie that is now logged in. The trail tells what was shown beside the password.
fn begin(app: &App, request: &Request, account: &Account, shown: &str) -> Result<HttpReply, Problem> {
    let agents = request.headers("User-Agent");
    let client: String = agents.first().map_or("", |a| a.trim()).chars().take(CLIENT).collect();
    let former = auth::cookie_session(app, request)?;
    let new = NewSession {
        user: &account.user,
        hash: account.hash.as_deref().unwrap_or_default(),
        client: &client,
        address: &auth::address(app, request).to_string(),
        replaces: former.as_ref().map(|session| session.id.as_str()),
        shown,
    };
    // No session: the password was changed while this was under way.
    let cookie = app.store.add_session(&new)?.ok_or(Problem::WrongPassword)?;
    let session = app.store.session(cookie.expose())?.ok_or(Problem::INTERNAL)?;
    let mut reply = HttpReply::data(&SessionJson::of(&session));
    let scope = origin::cookie_scope(app, request);
    reply.headers.push(cookie::set(&cookie, SESSION_LIFE, &scope));
    reply.headers.push(cookie::set_browser(&app.store.browser_mark(account), &scope));
    Ok(reply)
}
