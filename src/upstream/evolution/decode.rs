//! What upstream's answers mean. Pure: a status and a body in, a fact or a [`UpstreamError`] out.
//!
//! Each oddity is named where it is tolerated; the facts come from recordings of 1.8.2, 2.2.3 and
//! 2.3.7, which the tests replay. Upstream's text never leaves this module.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::{Connected, Created, Told};
use crate::domain::clock;
use crate::domain::{ConnectionState, ListedInstance, Logout, LogoutCause, Name, Qr, Secret, UpstreamError};

fn state(text: Option<&str>) -> ConnectionState {
    match text {
        Some("close") => ConnectionState::Close,
        Some("connecting") => ConnectionState::Connecting,
        Some("open") => ConnectionState::Open,
        // A word of a later release says as little as none.
        Some(_) | None => ConnectionState::Unloaded,
    }
}

/// `GET /instance/fetchInstances?instanceName=`: a list of one (2.x), one object (1.8), 404 for
/// none. `None`: not listed.
pub(super) fn listed(status: u16, body: &[u8], name: &Name) -> Result<Option<ListedInstance>, UpstreamError> {
    if status != 200 {
        return missing(status, body).map(|()| None);
    }
    let entry = if body.trim_ascii_start().starts_with(b"[") {
        let entries: Vec<Entry> = serde_json::from_slice(body).map_err(|_| UpstreamError::Unexpected)?;
        if entries.iter().any(|entry| entry.its_name().is_none()) {
            return Err(UpstreamError::Unexpected);
        }
        // A server that ignores the filter, or the case of names, lists others as well.
        entries.into_iter().find(|entry| entry.its_name() == Some(name.as_str()))
    } else {
        let entry: Entry = serde_json::from_slice(body).map_err(|_| UpstreamError::Unexpected)?;
        let its_name = entry.its_name().ok_or(UpstreamError::Unexpected)?;
        if its_name == name.as_str() { Some(entry) } else { None }
    };
    Ok(entry.map(Entry::read))
}

/// What an answer says that is an error whatever was asked.
pub(super) fn failure(status: u16, body: &[u8]) -> UpstreamError {
    judge(status, body).err().unwrap_or(UpstreamError::Unexpected)
}

/// One instance of a list, in the words of both lines. Read without a copy of what is not used,
/// which is most of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    /// 1.8 wraps each instance.
    #[serde(borrow)]
    instance: Option<OldEntry<'a>>,
    id: Option<String>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    connection_status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    owner_jid: Option<Cow<'a, str>>,
    disconnection_reason_code: Option<Value>,
    #[serde(borrow)]
    disconnection_object: Option<Cow<'a, str>>,
    #[serde(borrow)]
    disconnection_at: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldEntry<'a> {
    instance_id: Option<String>,
    #[serde(borrow)]
    instance_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    owner: Option<Cow<'a, str>>,
}

impl<'a> Entry<'a> {
    fn its_name(&self) -> Option<&str> {
        self.instance.as_ref().map_or(self.name.as_deref(), |old| old.instance_name.as_deref())
    }

    /// The entry with its name, if it is one of an instance.
    pub(super) fn named(mut self) -> Option<(Cow<'a, str>, ListedInstance)> {
        let name = self.instance.as_mut().map_or(&mut self.name, |old| &mut old.instance_name).take()?;
        Some((name, self.read()))
    }

    fn read(self) -> ListedInstance {
        let filled = |text: Option<&Cow<str>>| text.is_some_and(|t| !t.is_empty());
        if let Some(old) = self.instance {
            // 1.8 lists what its memory holds, and an owner only while open.
            return ListedInstance {
                id: old.instance_id,
                state: state(old.status.as_deref()),
                lags: false,
                owner: filled(old.owner.as_ref()),
                logout: None,
            };
        }
        // 2.x lists what its database holds: "open" stays there while the socket is down, and so
        // does the reason of a former logout once a phone is paired anew.
        ListedInstance {
            state: state(self.connection_status.as_deref()),
            lags: true,
            owner: filled(self.owner_jid.as_ref()),
            logout: self.logout(),
            id: self.id,
        }
    }

    /// The last end of a pairing, of which the reason's number is the sign.
    fn logout(&self) -> Option<Logout> {
        let code = self.disconnection_reason_code.as_ref()?;
        let code = code.as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
        // The object is JSON in a string, of which one mark is enough: parsing it would cost a list of
        // ten thousand more than all the rest.
        let object = self.disconnection_object.as_deref().unwrap_or_default();
        let cause = if object.contains("device_removed") {
            LogoutCause::DeviceRemoved
        } else if object.contains("Log out instance: ") {
            LogoutCause::LoggedOutUpstream
        } else {
            LogoutCause::Unsaid
        };
        Some(Logout { code, cause, at: self.disconnection_at.as_deref().and_then(clock::parse_iso) })
    }
}

/// `GET /instance/connectionState/{name}`. `None`: 404, the name does not exist.
pub(super) fn connection_state(status: u16, body: &[u8]) -> Result<Option<ConnectionState>, UpstreamError> {
    if status != 200 {
        return missing(status, body).map(|()| None);
    }
    let (_, body) = judge(status, body)?;
    let instance = body.get("instance").ok_or(UpstreamError::Unexpected)?;
    Ok(Some(state(text(instance, "state"))))
}

/// `POST /instance/create`.
pub(super) fn created(status: u16, body: &[u8]) -> Result<Created, UpstreamError> {
    match judge(status, body)? {
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
    match serde_json::from_slice(body).map_err(|_| UpstreamError::Unexpected)? {
        Socket { error: Some(Value::Bool(true)), .. } => Ok(Connected::Failed),
        Socket { instance: Some(instance), .. } => Ok(match state(text(&instance, "state")) {
            ConnectionState::Open => Connected::Open,
            ConnectionState::Close | ConnectionState::Connecting | ConnectionState::Unloaded => {
                Connected::NoCode
            }
        }),
        Socket { base64: Some(image), code, pairing, .. } if image.starts_with("data:image/") => {
            let secret = |text: Option<Cow<str>>| text.filter(|t| !t.is_empty()).map(Secret::new);
            let image = Secret::new(image);
            Ok(Connected::Code(Qr { code: secret(code), image, pairing_code: secret(pairing) }))
        }
        // `{"count":0}`: a socket is opening and has no code yet. With a number it says
        // `{"count":1}` for a second or two before the codes come.
        Socket { base64: None, count: Some(_), .. } => Ok(Connected::NoCode),
        Socket { .. } => Err(UpstreamError::Unexpected),
    }
}

/// What `connect` answers, in its several shapes. Read without a copy: the picture is most of it.
#[derive(Deserialize)]
struct Socket<'a> {
    error: Option<Value>,
    instance: Option<Value>,
    count: Option<Value>,
    #[serde(borrow)]
    base64: Option<Cow<'a, str>>,
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "pairingCode")]
    pairing: Option<Cow<'a, str>>,
}

/// `DELETE /instance/delete/{name}` and `/instance/logout/{name}`.
pub(super) fn told(status: u16, body: &[u8]) -> Result<Told, UpstreamError> {
    match judge(status, body)? {
        (200, body) if body.get("status").is_some_and(|s| s == "SUCCESS") => Ok(Told::Done),
        (400, body) if is_envelope(&body) => Ok(Told::NotNow),
        // Of a route that does not exist, a 404 says nothing about the name.
        (404, body) if is_envelope(&body) && !is_no_route(&body) => Ok(Told::Missing),
        _ => Err(UpstreamError::Unexpected),
    }
}

/// `POST /instance/restart/{name}`: the state while open, the last code while connecting, and on a
/// closed instance an error with HTTP 200.
pub(super) fn restarted(status: u16, body: &[u8]) -> Result<Told, UpstreamError> {
    match judge(status, body)? {
        (200 | 201, body) if body.get("error").is_some_and(|e| e == true) => Ok(Told::NotNow),
        (200 | 201, body) if ["instance", "count"].iter().any(|m| body.get(m).is_some()) => Ok(Told::Done),
        (404, body) if is_no_route(&body) => Ok(Told::Unsupported),
        (404, body) if is_envelope(&body) => Ok(Told::Missing),
        _ => Err(UpstreamError::Unexpected),
    }
}

/// Whether an error says that there is no such route: `["Cannot POST /instance/…"]`.
fn is_no_route(error: &Value) -> bool {
    let message = error.pointer("/response/message/0").and_then(Value::as_str);
    message.is_some_and(|text| text.starts_with("Cannot "))
}

/// The version in the banner of `GET /`.
pub(super) fn version(status: u16, body: &[u8]) -> Option<String> {
    let (_, body) = judge(status, body).ok()?;
    let plain = |v: &&str| v.len() <= 32 && v.chars().all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c));
    text(&body, "version").filter(plain).map(str::to_owned)
}

/// An answer other than 200 of a route that is about one name: Evolution's own 404 says that there
/// is none.
fn missing(status: u16, body: &[u8]) -> Result<(), UpstreamError> {
    match judge(status, body)? {
        (404, body) if is_envelope(&body) => Ok(()),
        _ => Err(UpstreamError::Unexpected),
    }
}

/// Reads the body and sorts out what is an error on every route.
pub(super) fn judge(status: u16, body: &[u8]) -> Result<(u16, Value), UpstreamError> {
    if status == 401 {
        return Err(UpstreamError::RejectedKey);
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| UpstreamError::Unexpected)?;
    match (status, text(&body, "code")) {
        (503, Some("LICENSE_REQUIRED")) => Err(UpstreamError::LicenseRequired),
        _ => Ok((status, body)),
    }
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
