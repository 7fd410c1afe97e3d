//! What people set of an instance beside its webhook: stored, shown by `find`, and in the list of 2.x.
//!
//! The shapes are those of the source of 2.3.6, 2.2.3 and 1.8.2; nothing here acts on a setting.

use super::hub::Hub;
use super::instance::SimulatedInstance;
use super::qr::uuid;
use super::reply::EvolutionReply;
use super::timing::Moment;
use super::world::World;
use serde_json::{Map, Value, json};

/// The kinds, each with its member of the list of 2.x. 1.8.2 has all but `nats`.
const KINDS: [(&str, &str); 7] = [
    ("chatwoot", "Chatwoot"),
    ("proxy", "Proxy"),
    ("rabbitmq", "Rabbitmq"),
    ("nats", "Nats"),
    ("sqs", "Sqs"),
    ("websocket", "Websocket"),
    ("settings", "Setting"),
];

/// The kind of a route, where that server has it.
#[must_use]
pub fn kind(word: &str, v1: bool) -> Option<&'static str> {
    KINDS.iter().map(|(kind, _)| *kind).find(|kind| *kind == word && !(v1 && word == "nats"))
}

/// The settings that `create` makes.
#[must_use]
pub fn created(v1: bool) -> Map<String, Value> {
    let settings = if v1 {
        json!({"reject_call": false, "msg_call": "", "groups_ignore": true, "always_online": false,
            "read_messages": false, "read_status": false, "sync_full_history": false})
    } else {
        json!({"rejectCall": false, "msgCall": "", "groupsIgnore": false, "alwaysOnline": false,
            "readMessages": false, "readStatus": false, "syncFullHistory": false, "wavoipToken": ""})
    };
    settings.as_object().cloned().unwrap_or_default()
}

/// The members of a list entry of 2.x: what is set, or null.
pub fn listed(i: &SimulatedInstance) -> impl Iterator<Item = (String, Value)> + '_ {
    KINDS.iter().map(|(kind, member)| {
        let row = i.settings.get(*kind).filter(|_| !i.in_removal);
        ((*member).to_owned(), row.map_or(Value::Null, |row| row.clone().into()))
    })
}

/// `GET /{kind}/find/{name}`
#[must_use]
pub fn find(hub: &Hub, kind: &str, name: &str) -> EvolutionReply {
    let v1 = hub.version.is_v1();
    let stored = hub.world(|world, _| world.loaded(name)?.1.settings.get(kind).cloned());
    EvolutionReply::ok(match (stored, kind) {
        (Some(row), _) => row.into(),
        (None, "proxy") if v1 => json!({"enabled": false, "proxy": null}),
        (None, "chatwoot") if v1 => json!({"enabled": false, "url": "", "account_id": "", "token": "",
            "sign_msg": false, "name_inbox": "", "webhook_url": ""}),
        (None, _) if v1 => json!({"enabled": false, "events": []}),
        (None, _) => Value::Null,
    })
}

/// `POST /{kind}/set/{name}`
#[must_use]
pub fn set(hub: &Hub, kind: &str, name: &str, body: &Map<String, Value>) -> EvolutionReply {
    let v1 = hub.version.is_v1();
    let complaints: Vec<_> = required(kind, v1)
        .iter()
        .filter(|field| !body.contains_key(**field))
        .map(|field| format!("instance requires property \"{field}\""))
        .collect();
    if !complaints.is_empty() {
        return EvolutionReply::invalid(&complaints);
    }
    let wrapped = !v1 && matches!(kind, "rabbitmq" | "nats" | "sqs" | "websocket");
    let given = if wrapped { body.get(kind).and_then(Value::as_object) } else { Some(body) };
    let Some(mut given) = given.cloned() else {
        return EvolutionReply::uncaught(500, "Cannot read properties of undefined (reading 'enabled')");
    };
    if !v1 && kind == "proxy" && given.get("enabled") != Some(&Value::Bool(true)) {
        for field in ["host", "port", "protocol", "username", "password"] {
            given.insert(field.to_owned(), "".into());
        }
    }
    let answered = if wrapped { Value::Null } else { json!({kind: {"instanceName": name, kind: given}}) };
    let row = hub.world(|world, now| keep(world, now, (kind, name), given));
    EvolutionReply::json(201, if wrapped { row.into() } else { answered })
}

fn required(kind: &str, v1: bool) -> &'static [&'static str] {
    match (kind, v1) {
        ("settings", true) => &[
            "reject_call",
            "groups_ignore",
            "always_online",
            "read_messages",
            "read_status",
            "sync_full_history",
        ],
        ("settings", false) => {
            &["rejectCall", "groupsIgnore", "alwaysOnline", "readMessages", "readStatus", "syncFullHistory"]
        }
        ("proxy", true) => &["enabled", "proxy"],
        ("proxy", false) => &["enabled", "host", "port", "protocol"],
        ("chatwoot", true) => &[
            "enabled",
            "account_id",
            "token",
            "url",
            "sign_msg",
            "reopen_conversation",
            "conversation_pending",
        ],
        ("chatwoot", false) => {
            &["enabled", "accountId", "token", "url", "signMsg", "reopenConversation", "conversationPending"]
        }
        (_, true) => &["enabled"],
        (_, false) => &[],
    }
}

/// Stores what was given; 2.x keeps it in a row that knows when it was changed.
pub fn keep(
    world: &mut World,
    now: Moment,
    (kind, name): (&str, &str),
    given: Map<String, Value>,
) -> Map<String, Value> {
    let (v1, stamp) = (world.version.is_v1(), Value::from(world.clock.stamp(now)));
    let Some(i) = world.find(name).and_then(|key| world.get_mut(key)) else { return given };
    let row = i.settings.entry(kind.to_owned()).or_default();
    if v1 {
        *row = given;
    } else {
        row.entry("id").or_insert_with(|| uuid().into());
        row.entry("createdAt").or_insert_with(|| stamp.clone());
        row.insert("instanceId".to_owned(), i.id.clone().into());
        row.insert("updatedAt".to_owned(), stamp);
        row.extend(given);
    }
    row.clone()
}
