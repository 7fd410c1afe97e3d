//! `/api/second-factor`: the codes that a login asks for after the password. The rules are those of
//! `admin::second_factor`.

use std::time::Instant;

use serde::Serialize;

use super::login;
use crate::admin::second_factor::{self, NewSecondFactor, SecondFactorError, grouped};
use crate::domain::Secret;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::qr_image;

impl From<SecondFactorError> for Problem {
    fn from(error: SecondFactorError) -> Self {
        match error {
            SecondFactorError::IsOn => Self::SecondFactorOn,
            SecondFactorError::WrongCode => Self::WrongCode,
            SecondFactorError::Store(error) => Self::Store(error),
        }
    }
}

/// Whether logins of whoever asks need a code, and how many recovery codes are left.
pub fn show(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let factor = app.store.second_factor(&caller.user)?.filter(|factor| factor.is_confirmed);
    let recovery_codes = factor.as_ref().map_or(0, |factor| factor.recovery_codes);
    Ok(HttpReply::data(&SecondFactorJson { on: factor.is_some(), recovery_codes }))
}

/// Makes a secret, which counts once a code has confirmed it. The password is asked for again.
pub fn begin(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    login::confirm(app, request, &caller, &Fields::read(request.body())?)?;
    let user = app.store.user_by_id(&caller.user)?.ok_or(Problem::Unauthorized)?;
    let new = second_factor::begin(&app.store, &user)?;
    Ok(HttpReply::data(&NewSecondFactorJson::of(&new)))
}

/// Turns it on with a code.
pub fn confirm(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let code = Fields::read(request.body())?.secret("code")?;
    app.login_guard.code(&caller.user, Instant::now())?;
    let codes = second_factor::confirm(&app.store, &caller.user, code.expose())?;
    app.login_guard.right_code(&caller.user);
    log::info!("id={} a second factor was turned on", request.id());
    let recovery_codes = codes.iter().map(grouped).collect();
    Ok(HttpReply::data(&RecoveryCodesJson { recovery_codes }))
}

/// Turns it off, with the password and a code: a session that somebody found open is no way round it.
pub fn remove(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    login::confirm_with_code(app, request, &caller, &Fields::read(request.body())?)?;
    if app.store.remove_second_factor(&caller.user)? {
        log::info!("id={} a second factor was turned off", request.id());
    }
    Ok(HttpReply::data(&()))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SecondFactorJson {
    on: bool,
    recovery_codes: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecoveryCodesJson {
    recovery_codes: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewSecondFactorJson<'a> {
    secret: &'a str,
    uri: &'a str,
    qr_code: Option<String>,
}

impl<'a> NewSecondFactorJson<'a> {
    fn of(new: &'a NewSecondFactor) -> Self {
        let uri = Secret::expose(&new.uri);
        let qr_code = qr_image::svg(uri).map(|svg| format!("data:image/svg+xml,{}", svg.replace('#', "%23")));
        Self { secret: new.secret.expose(), uri, qr_code }
    }
}
