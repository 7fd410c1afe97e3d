//! What a request says: its target, its body, and what the journal notes of it.
//!
//! Understands requests as Express does; decides nothing.

use super::hub::Hub;
use super::journal::JournalEntry;
use super::reply::EvolutionReply;
use crate::http1::RequestMessage;
use serde_json::{Map, Value};

/// A request target taken apart.
pub struct RequestTarget {
    /// As sent.
    pub raw: String,
    segments: Vec<String>,
    query: Vec<(String, String)>,
}

impl RequestTarget {
    /// Splits and decodes path and query.
    #[must_use]
    pub fn parse(raw: &str) -> Self {
        let (path, query) = raw.split_once('?').unwrap_or((raw, ""));
        let mut segments: Vec<_> = path.split('/').skip(1).map(|s| decode(s, false)).collect();
        // Express does not mind one slash at the end.
        if segments.last().is_some_and(String::is_empty) {
            segments.pop();
        }
        Self { raw: raw.to_owned(), segments, query: pairs(query) }
    }

    /// The first query parameter of that name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The path's segments, decoded.
    #[must_use]
    pub fn segments(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// Whether this is for the control API.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.segments.first().is_some_and(|s| s == "sim")
    }

    /// The name a handler works with: a query parameter overrides the path, after the guards.
    #[must_use]
    pub fn name_after_guards<'a>(&'a self, in_path: &'a str) -> &'a str {
        self.query("instanceName").unwrap_or(in_path)
    }
}

/// Key–value pairs of a query string or of a form.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |p: &str| {
        let (name, value) = p.split_once('=').unwrap_or((p, ""));
        (decode(name, true), decode(value, true))
    };
    text.split('&').filter(|p| !p.is_empty()).map(pair).collect()
}

/// Undoes percent-encoding; what is not valid stays as it is.
fn decode(text: &str, plus_is_space: bool) -> String {
    let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        out.push(match (byte, hex(bytes.get(at)), hex(bytes.get(at + 1))) {
            (b'%', Some(high), Some(low)) => {
                at += 2;
                high << 4 | low
            }
            (b'+', ..) if plus_is_space => b' ',
            _ => byte,
        });
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What the journal notes of a request.
#[must_use]
pub fn call(hub: &Hub, request: &RequestMessage, target: &RequestTarget) -> JournalEntry {
    let (endpoint, name) = match target.segments()[..] {
        [] => ("banner".to_owned(), None),
        ["instance", "create"] => ("create".to_owned(), name_in_body(request)),
        ["instance", "fetchInstances"] => {
            ("fetchInstances".to_owned(), target.query("instanceName").map(str::to_owned))
        }
        ["instance" | "message", verb, name] => (verb.to_owned(), Some(name.to_owned())),
        [kind, verb @ ("find" | "set"), name] => (format!("{kind}/{verb}"), Some(name.to_owned())),
        _ => (target.segments().join("/"), None),
    };
    let (at, method) = (hub.started.elapsed(), request.method.clone());
    JournalEntry { at, method, endpoint, name, keyed: request.header("apikey").is_some(), status: None }
}

fn name_in_body(request: &RequestMessage) -> Option<String> {
    body(request).ok()?.get("instanceName")?.as_str().map(str::to_owned)
}

/// The body as the handlers see it: JSON or a form if it says so, otherwise empty.
pub fn body(request: &RequestMessage) -> Result<Map<String, Value>, EvolutionReply> {
    let kind = request.header("content-type").unwrap_or_default();
    if request.body.is_empty() {
        Ok(Map::new())
    } else if kind.starts_with("application/json") {
        let parsed =
            serde_json::from_slice(&request.body).map_err(|e| EvolutionReply::uncaught(400, broken(&e)))?;
        Ok(if let Value::Object(map) = parsed { map } else { Map::new() })
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        let text = String::from_utf8_lossy(&request.body);
        let mut fields = Map::new();
        fields.extend(pairs(&text).into_iter().map(|(n, v)| (n, Value::String(v))));
        Ok(fields)
    } else {
        Ok(Map::new())
    }
}

/// V8's words for broken JSON.
fn broken(error: &serde_json::Error) -> &'static str {
    if error.is_eof() { "Unexpected end of JSON input" } else { "Unexpected token in JSON" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_taken_apart() {
        let target = RequestTarget::parse("/instance/connect/a%2Fb?number=%2B55%2021&x=a+b&instanceName=");
        assert_eq!(target.segments(), ["instance", "connect", "a/b"]);
        assert_eq!(target.query("number"), Some("+55 21"));
        assert_eq!(target.query("x"), Some("a b"));
        assert_eq!(target.name_after_guards("a/b"), "");
        assert_eq!(RequestTarget::parse("/instance/connect/").segments(), ["instance", "connect"]);
        assert_eq!(RequestTarget::parse("/").segments(), Vec::<&str>::new());
        assert_eq!(decode("100%", false), "100%");
    }
}
