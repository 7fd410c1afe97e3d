//! What upstream's answers mean. Pure: a status and a body in, a fact or a [`UpstreamError`] out.
//!
//! Each oddity is named where it is tolerated; the facts come from recordings of 1.8.2, 2.2.3 and
//! 2.3.7, which the tests replay. Upstream's text never leaves this module.

use serde_json::Value;

use super::code;
use crate::domain::{ConnectionState, ServerVersions, UpstreamError};
use crate::upstream::{CommandOutcome, Connected, Created};

pub(super) fn state(text: Option<&str>) -> ConnectionState {
    match text {
        Some("close") => ConnectionState::Close,
        Some("connecting") => ConnectionState::Connecting,
        Some("open") => ConnectionState::Open,
        // A word of a later release says as little as none.
        Some(_) | None => ConnectionState::Unloaded,
    }
}

/// What an answer says that is an error whatever was asked.
pub(super) fn failure(status: u16, body: &[u8]) -> UpstreamError {
    parse_body(status, body).err().unwrap_or(UpstreamError::Unexpected)
}

/// `GET /instance/connectionState/{name}`. `None`: 404, the name does not exist.
pub(super) fn connection_state(status: u16, body: &[u8]) -> Result<Option<ConnectionState>, UpstreamError> {
    if status != 200 {
        return missing(status, body).map(|()| None);
    }
    let (_, body) = parse_body(status, body)?;
    let instance = body.get("instance").ok_or(UpstreamError::Unexpected)?;
    Ok(Some(state(text(instance, "state"))))
}

/// `POST /instance/create`.
pub(super) fn created(status: u16, body: &[u8]) -> Result<Created, UpstreamError> {
    match parse_body(status, body)? {
        (200 | 201, body) if body.get("instance").is_some() => {
            Ok(Created::Now(text(&body["instance"], "instanceId").map(str::to_owned)))
        }
        // The guard looks at names before keys: a 403 says that the name is taken and no more.
        (403, body) if is_envelope(&body) => Ok(Created::NameTaken),
        (400..=499, body) if is_envelope(&body) => Ok(Created::Refused),
        _ => Err(UpstreamError::Unexpected),
    }
}

/// `GET /instance/connect/{name}`.
pub(super) fn connected(status: u16, body: &[u8]) -> Result<Connected, UpstreamError> {
    // 1.8 answers its errors with HTTP 200 and no body at all.
    if status == 200 && body.is_empty() {
        return Ok(Connected::Failed);
    }
    if status != 200 {
        return missing(status, body).map(|()| Connected::Missing);
    }
    let answer = code::ConnectAnswer::parse(body).ok_or(UpstreamError::Unexpected)?;
    if answer.is_error() {
        return Ok(Connected::Failed);
    }
    if let Some(instance) = &answer.instance {
        return Ok(match state(text(instance, "state")) {
            ConnectionState::Open => Connected::Open,
            ConnectionState::Close | ConnectionState::Connecting | ConnectionState::Unloaded => {
                Connected::NoCode
            }
        });
    }
    // `{"count":0}`: a socket is opening and has no code yet. With a number it says `{"count":1}`
    // for a second or two before the codes come.
    if answer.has_no_code() {
        return Ok(Connected::NoCode);
    }
    answer.qr().map(Connected::Code).ok_or(UpstreamError::Unexpected)
}

/// `DELETE /instance/delete/{name}` and `/instance/logout/{name}`.
pub(super) fn commanded(status: u16, body: &[u8]) -> Result<CommandOutcome, UpstreamError> {
    match parse_body(status, body)? {
        (200, body) if body.get("status").is_some_and(|s| s == "SUCCESS") => Ok(CommandOutcome::Done),
        (400, body) if is_envelope(&body) => Ok(CommandOutcome::NotNow),
        // Of a route that does not exist, a 404 says nothing about the name.
        (404, body) if is_envelope(&body) && !is_no_route(&body) => Ok(CommandOutcome::Missing),
        _ => Err(UpstreamError::Unexpected),
    }
}

/// `POST /instance/restart/{name}`: the state while open, the last code while connecting, and on a
/// closed instance an error with HTTP 200.
pub(super) fn restarted(status: u16, body: &[u8]) -> Result<CommandOutcome, UpstreamError> {
    match parse_body(status, body)? {
        (200 | 201, body) if body.get("error").is_some_and(|e| e == true) => Ok(CommandOutcome::NotNow),
        (200 | 201, body) if ["instance", "count"].iter().any(|m| body.get(m).is_some()) => {
            Ok(CommandOutcome::Done)
        }
        (404, body) if is_no_route(&body) => Ok(CommandOutcome::Unsupported),
        (404, body) if is_envelope(&body) => Ok(CommandOutcome::Missing),
        _ => Err(UpstreamError::Unexpected),
    }
}

/// `POST /message/sendText/{name}`: the message, whose key WhatsApp knows it by.
pub(super) fn sent(status: u16, body: &[u8]) -> Result<CommandOutcome, UpstreamError> {
    match parse_body(status, body)? {
        (200 | 201, body) if body.get("key").is_some() => Ok(CommandOutcome::Done),
        (400, body) if is_envelope(&body) => Ok(CommandOutcome::NotNow),
        (404, body) if is_no_route(&body) => Ok(CommandOutcome::Unsupported),
        (404, body) if is_envelope(&body) => Ok(CommandOutcome::Missing),
        _ => Err(UpstreamError::Unexpected),
    }
}

/// Whether an error says that there is no such route: `["Cannot POST /instance/…"]`.
pub(super) fn is_no_route(error: &Value) -> bool {
    let message = error.pointer("/response/message/0").and_then(Value::as_str);
    message.is_some_and(|text| text.starts_with("Cannot "))
}

/// The versions in the banner of `GET /`; `None` where it names none of the server's own.
pub(super) fn versions(status: u16, body: &[u8]) -> Option<ServerVersions> {
    let (_, body) = parse_body(status, body).ok()?;
    let plain = |v: &&str| v.len() <= 32 && v.chars().all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c));
    let version = |member| text(&body, member).filter(plain).map(str::to_owned);
    let server = version("version");
    server.is_some().then(|| ServerVersions { server, whatsapp_web: version("whatsappWebVersion") })
}

/// Reads an answer other than 200 of a route that is about one name: Evolution's own 404 says that there
/// is none.
pub(super) fn missing(status: u16, body: &[u8]) -> Result<(), UpstreamError> {
    match parse_body(status, body)? {
        (404, body) if is_envelope(&body) => Ok(()),
        _ => Err(UpstreamError::Unexpected),
    }
}

/// Reads the body and sorts out what is an error on every route.
pub(super) fn parse_body(status: u16, body: &[u8]) -> Result<(u16, Value), UpstreamError> {
    if status == 401 {
        return Err(UpstreamError::RejectedKey);
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| UpstreamError::Unexpected)?;
    if is_license(status, &body) { Err(UpstreamError::LicenseRequired) } else { Ok((status, body)) }
}

/// Whether an answer is Evolution's own, as far as can be told without knowing what was asked.
///
/// Its errors have the envelope; only of a 401 any JSON is believed, so that a later release's counts as well.
/// 1.8 answers some errors with HTTP 200 and no body at all.
pub(super) fn is_own(status: u16, body: &[u8]) -> bool {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    // 2.x says `null` of a webhook that nobody set.
    let is_json = matches!(first, Some(b'{' | b'[')) || body.trim_ascii() == b"null";
    match status {
        200..=299 | 401 => is_json || first.is_none(),
        429 => false,
        _ => serde_json::from_slice(body).is_ok_and(|body| is_envelope(&body) || is_license(status, &body)),
    }
}

fn is_license(status: u16, body: &Value) -> bool {
    status == 503 && text(body, "code") == Some("LICENSE_REQUIRED")
}

/// Whether `POST /verify-creds` of 2.x approves: `{"status":200,"message":…}`.
pub(super) fn is_verdict(body: &Value) -> bool {
    body.get("status").is_some_and(|s| s == 200) && text(body, "message").is_some()
}

/// Whether the error is Evolution's own and not, say, a proxy's: `{status, error, response:{message}}`.
pub(super) fn is_envelope(body: &Value) -> bool {
    body.get("response").is_some_and(|r| r.get("message").is_some())
}

/// A member that is a text with something in it.
fn text<'a>(object: &'a Value, member: &str) -> Option<&'a str> {
    object.get(member).and_then(Value::as_str).filter(|t| !t.is_empty())
}
