//! An instance's webhook: accepted, stored and shown. The simulated server posts nothing.

use super::hub::Hub;
use super::qr::uuid;
use super::reply::EvolutionReply;
use serde_json::{Map, Value, json};

/// The events of 2.3.7, in its order.
const EVENTS_V2: &str = "APPLICATION_STARTUP,QRCODE_UPDATED,MESSAGES_SET,MESSAGES_UPSERT,MESSAGES_EDITED,\
    MESSAGES_UPDATE,MESSAGES_DELETE,SEND_MESSAGE,SEND_MESSAGE_UPDATE,CONTACTS_SET,CONTACTS_UPSERT,\
    CONTACTS_UPDATE,PRESENCE_UPDATE,CHATS_SET,CHATS_UPSERT,CHATS_UPDATE,CHATS_DELETE,GROUPS_UPSERT,\
    GROUP_UPDATE,GROUP_PARTICIPANTS_UPDATE,CONNECTION_UPDATE,LABELS_EDIT,LABELS_ASSOCIATION,CALL,\
    TYPEBOT_START,TYPEBOT_CHANGE_STATUS,REMOVE_INSTANCE,LOGOUT_INSTANCE,INSTANCE_CREATE,INSTANCE_DELETE,\
    STATUS_INSTANCE";
/// The events of 1.8.2.
const EVENTS_V1: &str = "APPLICATION_STARTUP,QRCODE_UPDATED,MESSAGES_SET,MESSAGES_UPSERT,MESSAGES_UPDATE,\
    MESSAGES_DELETE,SEND_MESSAGE,CONTACTS_SET,CONTACTS_UPSERT,CONTACTS_UPDATE,PRESENCE_UPDATE,CHATS_SET,\
    CHATS_UPSERT,CHATS_UPDATE,CHATS_DELETE,GROUPS_UPSERT,GROUP_UPDATE,GROUP_PARTICIPANTS_UPDATE,\
    CONNECTION_UPDATE,LABELS_EDIT,LABELS_ASSOCIATION,CALL,NEW_JWT_TOKEN,TYPEBOT_START,\
    TYPEBOT_CHANGE_STATUS,CHAMA_AI_ACTION";
/// What 2.x says of a webhook without events: an exception, not a check.
const NO_LENGTH: &str = "Cannot read properties of undefined (reading 'length')";

/// A stored webhook; none if there is none.
type Stored = Option<Map<String, Value>>;

/// The complaint about the first event that does not exist.
#[must_use]
pub fn unknown_event(holder: &Map<String, Value>, path: &str, v1: bool) -> Option<String> {
    let known = if v1 { EVENTS_V1 } else { EVENTS_V2 };
    let events = holder.get("events")?.as_array()?;
    let at = events.iter().position(|e| !e.as_str().is_some_and(|e| known.split(',').any(|k| k == e)))?;
    Some(format!("{path}[{at}] is not one of enum values: {known}"))
}

/// The events asked for; an empty list means all. None if there is no list.
fn events(holder: &Map<String, Value>, v1: bool) -> Option<Value> {
    let all = if v1 { EVENTS_V1 } else { EVENTS_V2 };
    match holder.get("events")?.as_array()? {
        none if none.is_empty() => Some(all.split(',').collect()),
        some => Some(Value::Array(some.clone())),
    }
}

/// The webhook of a 2.x create, which must have events.
pub fn created_v2(body: &Map<String, Value>) -> Result<Stored, EvolutionReply> {
    let empty = Map::new();
    match body.get("webhook") {
        None | Some(Value::Null | Value::Bool(false)) => Ok(None),
        Some(webhook) => {
            let webhook = webhook.as_object().unwrap_or(&empty);
            let events = events(webhook, false).ok_or_else(|| EvolutionReply::thrown(400, NO_LENGTH))?;
            Ok(Some(stored_v2(webhook, &Value::Bool(true), events, None)))
        }
    }
}

/// A 2.x webhook as the database keeps it, on top of what was there before.
fn stored_v2(given: &Map<String, Value>, enabled: &Value, events: Value, old: Stored) -> Map<String, Value> {
    let mut stored = old.unwrap_or_else(|| {
        let fresh = json!({"id": uuid(), "url": "", "headers": null, "webhookByEvents": false, "webhookBase64": false});
        fresh.as_object().cloned().unwrap_or_default()
    });
    let names = [
        ("url", "url"),
        ("headers", "headers"),
        ("byEvents", "webhookByEvents"),
        ("base64", "webhookBase64"),
    ];
    for (from, to) in names {
        if let Some(value) = given.get(from) {
            stored.insert(to.to_owned(), value.clone());
        }
    }
    stored.insert("enabled".to_owned(), enabled.clone());
    stored.insert("events".to_owned(), events);
    stored
}

/// The webhook of a 1.8.2 create: without events nothing is stored, a bad URL is refused.
pub fn created_v1(body: &Map<String, Value>) -> Result<Stored, EvolutionReply> {
    let Some(url) = body.get("webhook").and_then(Value::as_str).filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    if !is_url(url) {
        return Err(EvolutionReply::thrown(400, "Invalid \"url\" property in webhook"));
    }
    let Some(events) = events(body, true) else { return Ok(None) };
    let mut stored = Map::new();
    stored.insert("enabled".to_owned(), true.into());
    stored.insert("url".to_owned(), url.into());
    stored.insert("events".to_owned(), events);
    stored.extend(flags_v1(body));
    Ok(Some(stored))
}

/// What a 1.8.2 create echoes of its webhook.
#[must_use]
pub fn echoed_v1(body: &Map<String, Value>) -> Map<String, Value> {
    let mut echo = Map::new();
    if let Some(url) = body.get("webhook") {
        echo.insert("webhook".to_owned(), url.clone());
        echo.extend(flags_v1(body));
        echo.extend(events(body, true).map(|events| ("events".to_owned(), events)));
    }
    echo
}

fn flags_v1(body: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> + '_ {
    ["webhook_by_events", "webhook_base64"]
        .into_iter()
        .filter_map(|f| Some((f.to_owned(), body.get(f)?.clone())))
}

fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| scheme.starts_with("http") && !rest.is_empty())
}

/// `GET /webhook/find/{name}`
#[must_use]
pub fn find(hub: &Hub, name: &str) -> EvolutionReply {
    let shown = hub.world(|world, _| {
        let (_, i) = world.loaded(name)?;
        let mut shown = i.webhook.clone()?;
        if !world.version.is_v1() {
            shown.insert("createdAt".to_owned(), hub.clock.stamp(i.created).into());
            shown.insert("updatedAt".to_owned(), hub.clock.stamp(i.updated).into());
            shown.insert("instanceId".to_owned(), i.id.clone().into());
        }
        Some(shown)
    });
    let none = if hub.version.is_v1() { json!({}) } else { Value::Null };
    EvolutionReply::ok(shown.map_or(none, Value::Object))
}

/// `POST /webhook/set/{name}`
#[must_use]
pub fn set(hub: &Hub, name: &str, body: &Map<String, Value>) -> EvolutionReply {
    let stored = if hub.version.is_v1() { set_v1(hub, name, body) } else { set_v2(hub, name, body) };
    match stored {
        Err(refused) => refused,
        Ok(stored) if hub.version.is_v1() => {
            EvolutionReply::json(201, json!({"webhook": {"instanceName": name, "webhook": stored}}))
        }
        Ok(_) => find(hub, name).with_status(201),
    }
}

fn set_v1(hub: &Hub, name: &str, body: &Map<String, Value>) -> Result<Map<String, Value>, EvolutionReply> {
    let missing = (!body.contains_key("url")).then(|| r#"instance requires property "url""#.to_owned());
    if let Some(complaint) = missing.or_else(|| unknown_event(body, "events", true)) {
        return Err(EvolutionReply::invalid(&[complaint]));
    }
    let mut stored = body.clone();
    stored.extend(events(body, true).map(|events| ("events".to_owned(), events)));
    keep(hub, name, stored.clone());
    Ok(stored)
}

fn set_v2(hub: &Hub, name: &str, body: &Map<String, Value>) -> Result<Map<String, Value>, EvolutionReply> {
    let Some(given) = body.get("webhook").and_then(Value::as_object) else {
        return Err(EvolutionReply::invalid(&[r#"instance requires property "webhook""#.to_owned()]));
    };
    if let Some(complaint) = unknown_event(given, "webhook.events", false) {
        return Err(EvolutionReply::invalid(&[complaint]));
    }
    let enabled = given.get("enabled").cloned().unwrap_or(Value::Bool(true));
    let events = if enabled == Value::Bool(false) { Some(json!([])) } else { events(given, false) };
    let Some(events) = events else { return Err(EvolutionReply::uncaught(500, NO_LENGTH)) };
    let old = hub.world(|world, _| world.loaded(name).and_then(|(_, i)| i.webhook.clone()));
    let stored = stored_v2(given, &enabled, events, old);
    keep(hub, name, stored.clone());
    Ok(stored)
}

fn keep(hub: &Hub, name: &str, webhook: Map<String, Value>) {
    hub.world(|world, _| {
        if let Some(i) = world.find(name).and_then(|key| world.get_mut(key)) {
            i.webhook = Some(webhook);
        }
    });
}
