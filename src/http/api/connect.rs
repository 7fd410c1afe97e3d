//! `POST /api/connect`: what the page behind a connect link asks, with the link's token and nothing else.
//!
//! The token opens one instance, here and nowhere else; what is answered tells no more of it than its
//! names and part of its phone. A link whose instance has connected never shows a code again, whatever
//! happens to the phone after.

use serde::Serialize;

use super::reconnect::{self, ConnectOptions};
use super::scan_help::ScanHelpJson;
use crate::domain::clock;
use crate::domain::{Millis, Phone, Role, Secret, Status, UseCaseError, Viewer};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::{auth, bearer};
use crate::instance::connect::ConnectOutcome;
use crate::store::Link;
use crate::text::{self, Warning};

/// Digits of a phone that are shown at either end, so that its owner knows it and nobody else.
const SHOWN_DIGITS: usize = 4;
/// The same for a phone that is hardly longer than what would be shown.
const FEW_DIGITS: usize = 2;
/// Digits that are hidden at the least.
const HIDDEN_DIGITS: usize = 3;

/// Answers with the code that is valid now, or says that a phone is connected.
pub fn connect(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let (token, link) = read(app, request)?;
    let options = ConnectOptions::read(request.body())?;
    if link.used {
        return connected(app, &link);
    }
    app.throttles.link(token, options.restart.then_some(&*link.target.id))?;
    let answer = reconnect::start(app, request, &link.target, Role::Owner, &options);
    let answer = answer.map_err(|problem| match problem {
        Problem::Failed(UseCaseError::Gone) => Problem::LinkExpired,
        other => other,
    })?;
    // The link may have ended, or been used, while the call ran.
    match app.store.link(token)?.filter(|link| !link.is_expired(app.store.clock().now())) {
        None => Err(Problem::LinkExpired),
        Some(link) if link.used => connected(app, &link),
        Some(link) => Ok(shown(&link, &answer)),
    }
}

fn read<'a>(app: &App, request: &'a Request) -> Result<(&'a str, Link), Problem> {
    let token = bearer::token(request).map_err(|problem| auth::failed(app, request, problem))?;
    let link = app.store.link(token)?;
    let link = link.ok_or_else(|| auth::failed(app, request, Problem::LinkExpired))?;
    if link.is_expired(app.store.clock().now()) {
        return Err(Problem::LinkExpired);
    }
    Ok((token, link))
}

fn shown(link: &Link, answer: &ConnectOutcome) -> HttpReply {
    let qr = answer.qr.as_ref();
    let image = qr.map(|qr| qr.image.expose());
    let data = LinkedInstanceJson {
        status: answer.status.as_str(),
        qr_code: image,
        qr_code_expires_at: answer.qr_expires.map(clock::iso),
        pairing_code: qr.and_then(|qr| qr.pairing_code.as_ref()).map(Secret::expose),
        pairing_code_message: answer.pairing_code_missing.then_some(text::pairing_code_missing()),
        message: text::connect_outcome(answer),
        scan_help: answer.scan_help.as_ref().map(ScanHelpJson::of),
        ..LinkedInstanceJson::of(link)
    };
    HttpReply::data(&data)
}

/// Says that a phone is connected, and whether it is the one that was expected.
fn connected(app: &App, link: &Link) -> Result<HttpReply, Problem> {
    let shown = app.store.instance_line(&link.target.id, &Viewer::default())?.ok_or(Problem::LinkExpired)?;
    let linked = shown.linked_number.as_deref().and_then(Phone::stored);
    let linked = linked.filter(|_| shown.status == Status::Connected.as_str()).as_ref().map(last_digits);
    let number_matches = shown.number_matches();
    let used = LinkedInstanceJson::of(link);
    let warning = linked.as_deref().filter(|_| number_matches == Some(false));
    let warning = warning.map(|linked| text::other_number_scanned(linked, &used.phone));
    Ok(HttpReply::data(&LinkedInstanceJson { linked_number: linked, number_matches, warning, ..used }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkedInstanceJson<'a> {
    channel_instance_id: &'a str,
    display_name: Option<&'a str>,
    phone: String,
    status: &'static str,
    qr_code: Option<&'a str>,
    qr_code_expires_at: Option<String>,
    pairing_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pairing_code_message: Option<&'static str>,
    message: &'static str,
    link_expires_at: String,
    linked_number: Option<String>,
    number_matches: Option<bool>,
    warning: Option<Warning>,
    scan_help: Option<ScanHelpJson<'a>>,
}

impl<'a> LinkedInstanceJson<'a> {
    /// What is said of a link that was used.
    fn of(link: &'a Link) -> Self {
        let expires: Millis = link.expires_at;
        Self {
            channel_instance_id: link.target.name.as_str(),
            display_name: link.display_name.as_deref(),
            phone: link.target.phone.as_ref().map_or_else(|| "•".repeat(HIDDEN_DIGITS), masked),
            status: Status::Connected.as_str(),
            qr_code: None,
            qr_code_expires_at: None,
            pairing_code: None,
            pairing_code_message: None,
            message: text::connected(),
            link_expires_at: clock::iso(expires),
            linked_number: None,
            number_matches: None,
            warning: None,
            scan_help: None,
        }
    }
}

/// The last digits of the phone, which whoever scanned knows it by, and nobody else.
fn last_digits(phone: &Phone) -> String {
    let digits = phone.as_str();
    let hidden = digits.len() - SHOWN_DIGITS;
    format!("{}{}", "•".repeat(hidden), &digits[hidden..])
}

/// The phone with its middle hidden.
fn masked(phone: &Phone) -> String {
    let digits = phone.as_str();
    let is_short = digits.len() < 2 * SHOWN_DIGITS + HIDDEN_DIGITS;
    let shown = if is_short { FEW_DIGITS } else { SHOWN_DIGITS };
    let hidden = digits.len() - 2 * shown;
    format!("{}{}{}", &digits[..shown], "•".repeat(hidden), &digits[digits.len() - shown..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_keeps_its_middle_to_itself() {
        for (digits, shown) in [
            ("5521991856227", "5521•••••6227"),
            ("55219918562", "5521•••8562"),
            ("5521991856", "55••••••56"),
            ("12345678", "12••••78"),
        ] {
            assert_eq!(masked(&Phone::stored(digits).expect("a phone")), shown);
        }
    }
}
