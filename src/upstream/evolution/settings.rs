//! What people set of an instance, as lists and `find` show it and as `set` takes it. Pure.
//!
//! What is kept is the body that `set` takes: 1.8 and 2.x use other names, and each refuses the other's.

use serde_json::{Map, Value, json};

use super::decode::{is_envelope, is_no_route, missing, parse_body};
use super::entry::{entries, has_name};
use crate::domain::{Secret, SeenSetting, SeenSettings, SettingsKind, UpstreamError, UpstreamName};
use crate::upstream::SetOutcome;
use SettingsKind::{Chatwoot, Nats, Proxy, Rabbitmq, Settings, Sqs, Webhook, Websocket};

/// What the list of 2.x carries of each kind; of the webhook it says nothing.
const LISTED: [(SettingsKind, &str); 7] = [
    (Settings, "Setting"),
    (Chatwoot, "Chatwoot"),
    (Rabbitmq, "Rabbitmq"),
    (Nats, "Nats"),
    (Sqs, "Sqs"),
    (Websocket, "Websocket"),
    (Proxy, "Proxy"),
];
/// The kinds of 1.8, whose list carries none.
const OLD: &[SettingsKind] = &[Webhook, Settings, Chatwoot, Rabbitmq, Sqs, Websocket, Proxy];
/// Members of a row that are the database's, and one that tells where Chatwoot posts to.
const NOT_SET: [&str; 5] = ["id", "instanceId", "createdAt", "updatedAt", "webhook_url"];

/// What a list said of one instance.
#[derive(Debug)]
pub(super) struct ListAnswer {
    pub(super) seen: SeenSettings,
    is_old: bool,
}

impl ListAnswer {
    /// The kinds that have to be asked for one by one.
    pub(super) fn unlisted(&self) -> &'static [SettingsKind] {
        if self.is_old { OLD } else { &[Webhook] }
    }

    /// Reads the answer of a kind's `find`. What the server cannot tell of one kind says nothing of the others.
    pub(super) fn note_found(
        &mut self,
        kind: SettingsKind,
        status: u16,
        body: &[u8],
    ) -> Result<(), UpstreamError> {
        let (_, found) = parse_body(status, body)?;
        let seen = if status == 200 { value(kind, &found, self.is_old) } else { SeenSetting::Unknown };
        if seen == SeenSetting::Unknown && (self.is_old || status != 200) {
            self.seen.unclear.insert(kind);
        }
        self.seen.note(kind, seen);
        Ok(())
    }
}

/// Reads the list of one name; `None` where it is not listed, or is being taken apart: a whole instance of 2.x
/// has settings.
pub(super) fn listed(
    status: u16,
    body: &[u8],
    name: &UpstreamName,
) -> Result<Option<ListAnswer>, UpstreamError> {
    if status != 200 {
        return missing(status, body).map(|()| None);
    }
    let (_, body) = parse_body(status, body)?;
    let Some(entry) = entries(&body).iter().find(|entry| has_name(entry, name)) else { return Ok(None) };
    let is_old = entry["instance"].is_object();
    let id = if is_old { &entry["instance"]["instanceId"] } else { &entry["id"] };
    let mut seen = SeenSettings { instance_id: id.as_str().map(str::to_owned), ..SeenSettings::default() };
    if !is_old {
        if !entry["Setting"].is_object() {
            return Ok(None);
        }
        for (kind, member) in LISTED {
            seen.note(kind, value(kind, &entry[member], is_old));
        }
    }
    Ok(Some(ListAnswer { seen, is_old }))
}

/// The body that sets what was found.
fn value(kind: SettingsKind, found: &Value, is_old: bool) -> SeenSetting {
    let mut row = found.as_object().cloned().unwrap_or_default();
    row.retain(|member, value| !value.is_null() && !NOT_SET.contains(&member.as_str()));
    // 1.8 answers some of the defaults where it finds none.
    if row.is_empty() || kind == Settings && is_old && !row.contains_key("always_online") {
        return SeenSetting::Unknown;
    }
    let is_set = if kind == Settings { has_own_settings(&row) } else { is_in_use(&row) };
    if is_set {
        SeenSetting::Set(Secret::new(body(kind, row, is_old).to_string()))
    } else {
        unset(kind, found, is_old)
    }
}

/// What it means that nothing is set. 2.x has a row only of what somebody has set, and of `settings`, which an
/// instance begins with: recorded, both its times are the same until somebody sets it.
fn unset(kind: SettingsKind, found: &Value, is_old: bool) -> SeenSetting {
    match (found["createdAt"].as_str(), found["updatedAt"].as_str()) {
        _ if is_old => SeenSetting::Unclear,
        _ if kind != Settings => SeenSetting::Off,
        (Some(created), Some(updated)) if created == updated => SeenSetting::Nothing,
        (Some(_), Some(_)) => SeenSetting::Off,
        _ => SeenSetting::Unclear,
    }
}

/// Whether the settings differ from those that every instance begins with.
fn has_own_settings(row: &Map<String, Value>) -> bool {
    row.iter().any(|(member, value)| match value {
        Value::Bool(is_on) => *is_on != (member == "groups_ignore"),
        Value::String(text) => !text.is_empty(),
        _ => true,
    })
}

/// Whether it is switched on, or says where it would go.
fn is_in_use(row: &Map<String, Value>) -> bool {
    let has_address = row.get("url").and_then(Value::as_str).is_some_and(|url| !url.is_empty());
    has_address || row.get("enabled") == Some(&Value::Bool(true))
}

/// 2.x wraps what sends events by its kind, and names two members of the webhook otherwise than it shows them.
fn body(kind: SettingsKind, mut row: Map<String, Value>, is_old: bool) -> Value {
    for (shown, set) in [("webhookByEvents", "byEvents"), ("webhookBase64", "base64")] {
        if let Some(value) = row.remove(shown) {
            row.insert(set.to_owned(), value);
        }
    }
    match kind {
        Webhook | Rabbitmq | Nats | Sqs | Websocket if !is_old => json!({ kind.as_str(): row }),
        _ => row.into(),
    }
}

/// `POST /{kind}/set/{name}`. 2.x answers with nothing where what sends events is switched off.
pub(super) fn set(status: u16, body: &[u8]) -> Result<SetOutcome, UpstreamError> {
    if matches!(status, 200 | 201) && body.is_empty() {
        return Ok(SetOutcome::Unsupported);
    }
    match parse_body(status, body)? {
        (200 | 201, body) if body.get("error").is_none_or(|error| error != true) => Ok(SetOutcome::Done),
        (404, body) if is_no_route(&body) => Ok(SetOutcome::Unsupported),
        (400.., body) if is_envelope(&body) => Ok(SetOutcome::Refused),
        (200 | 201, _) => Ok(SetOutcome::Refused),
        _ => Err(UpstreamError::Unexpected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use SeenSetting::{Nothing, Off, Set, Unclear, Unknown};

    #[track_caller]
    fn assert_value(kind: SettingsKind, is_old: bool, found: &Value, expected: &SeenSetting) {
        let seen = value(kind, found, is_old);
        let text = |seen: &SeenSetting| match seen {
            Set(value) => value.expose().to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(text(&seen), text(expected), "{kind:?} {found}");
    }

    fn set_by(body: &Value) -> SeenSetting {
        Set(Secret::new(body.to_string()))
    }

    #[test]
    fn what_find_shows_becomes_what_set_takes() {
        let webhook = json!({"id": "c", "url": "http://x", "headers": {"a": "b"}, "enabled": true, "events": ["CALL"],
            "webhookByEvents": true, "webhookBase64": false, "createdAt": "t", "updatedAt": "t", "instanceId": "i"});
        let body = json!({"url": "http://x", "headers": {"a": "b"}, "enabled": true, "events": ["CALL"],
            "byEvents": true, "base64": false});
        assert_value(Webhook, false, &webhook, &set_by(&json!({ "webhook": body })));
        let old = json!({"enabled": false, "url": "http://x", "events": [], "webhook_by_events": true});
        assert_value(Webhook, true, &old, &set_by(&old));
        for nothing in [Value::Null, json!({})] {
            assert_value(Webhook, false, &nothing, &Unknown);
        }
        let events = json!({"id": "c", "enabled": true, "events": ["CALL"]});
        let body = json!({"enabled": true, "events": ["CALL"]});
        assert_value(Sqs, false, &events, &set_by(&json!({ "sqs": body })));
        assert_value(Sqs, true, &events, &set_by(&body));
        assert_value(Sqs, false, &json!({"enabled": false, "events": []}), &Off);
        assert_value(Proxy, true, &json!({"enabled": false, "proxy": null}), &Unclear);
        let chatwoot = json!({"enabled": true, "ignoreJids": null, "organization": "o"});
        assert_value(Chatwoot, false, &chatwoot, &set_by(&json!({"enabled": true, "organization": "o"})));
    }

    #[test]
    fn settings_count_once_they_differ_from_the_first() {
        let of = |json: &str| serde_json::from_str::<Value>(json).expect("JSON");
        let mut new = of(r#"{"rejectCall":false,"msgCall":"","groupsIgnore":false,"wavoipToken":""}"#);
        assert_value(Settings, false, &new, &Unclear);
        for (updated, expected) in [("t", Nothing), ("u", Off)] {
            (new["createdAt"], new["updatedAt"]) = ("t".into(), updated.into());
            assert_value(Settings, false, &new, &expected);
        }
        let own = of(r#"{"rejectCall":true,"msgCall":null,"groupsIgnore":false}"#);
        assert_value(Settings, false, &own, &set_by(&of(r#"{"rejectCall":true,"groupsIgnore":false}"#)));
        let old = of(r#"{"reject_call":false,"groups_ignore":true,"always_online":false}"#);
        assert_value(Settings, true, &old, &Unclear);
        let own = of(r#"{"reject_call":false,"groups_ignore":false,"always_online":false}"#);
        assert_value(Settings, true, &own, &set_by(&own));
        let unknown = of(r#"{"reject_call":false,"msg_call":"","groups_ignore":true}"#);
        assert_value(Settings, true, &unknown, &Unknown);
    }

    #[test]
    fn an_instance_that_is_taken_apart_says_nothing() {
        let name = UpstreamName::parse("a").expect("a name");
        let seen = |body: &str| listed(200, body.as_bytes(), &name).map(|found| found.is_some());
        assert_eq!(seen(r#"[{"name":"a","Setting":null}]"#), Ok(false));
        assert_eq!(seen(r#"[{"name":"a","Setting":{"rejectCall":false}}]"#), Ok(true));
        assert_eq!(seen(r#"[{"name":"b","Setting":{}}]"#), Ok(false));
        assert_eq!(seen(r#"{"instance":{"instanceName":"a"}}"#), Ok(true));
    }

    #[test]
    fn a_setting_is_taken_refused_or_unknown() {
        use SetOutcome::{Done, Refused, Unsupported};
        let error = |text: &str| format!(r#"{{"status":4,"error":"x","response":{{"message":["{text}"]}}}}"#);
        for (status, body, expected) in [
            (201, r#"{"url":"x"}"#.to_owned(), Ok(Done)),
            (201, String::new(), Ok(Unsupported)),
            (404, error("Cannot POST /nats/set/a"), Ok(Unsupported)),
            (404, error("The instance does not exist"), Ok(Refused)),
            (400, error("Invalid proxy"), Ok(Refused)),
            (500, error("oops"), Ok(Refused)),
            (200, r#"{"error":true,"message":"x"}"#.to_owned(), Ok(Refused)),
            (401, error("Unauthorized"), Err(UpstreamError::RejectedKey)),
            (302, "{}".to_owned(), Err(UpstreamError::Unexpected)),
        ] {
            assert_eq!(set(status, body.as_bytes()), expected, "{status} {body}");
        }
    }
}
