//! The bodies of 2.3.7, key for key as recorded.

use super::instance::{LiveState, SimulatedInstance};
use super::options::Version;
use super::settings;
use super::timing::SimulatedClock;
use serde_json::{Map, Value, json};

/// `GET /`
#[must_use]
pub fn banner(url: &str) -> Value {
    json!({
        "status": 200,
        "message": "Welcome to the Evolution API, it is working!",
        "version": Version::V2_3_7.number(),
        "clientName": "sim",
        "manager": format!("{url}/manager"),
        "documentation": "https://doc.evolution-api.com",
        "whatsappWebVersion": "2.3000.1027934701",
    })
}

/// 201 of create, without its `qrcode`.
#[must_use]
pub fn created(i: &SimulatedInstance, state: LiveState, body: &Map<String, Value>) -> Map<String, Value> {
    let created = json!({
        "instance": {
            "instanceName": i.facts.name,
            "instanceId": i.id,
            "integration": i.facts.integration,
            "webhookWaBusiness": null,
            "accessTokenWaBusiness": "",
            "status": state.word(),
        },
        "hash": i.token,
        "webhook": webhook(body),
        "websocket": {},
        "rabbitmq": {},
        "nats": {},
        "sqs": {},
        "settings": settings::created(false),
    });
    created.as_object().cloned().unwrap_or_default()
}

/// What create echoes of the webhook: what was given, under other names.
fn webhook(body: &Map<String, Value>) -> Map<String, Value> {
    let given = body.get("webhook").and_then(Value::as_object);
    let names = [
        ("url", "webhookUrl"),
        ("headers", "webhookHeaders"),
        ("byEvents", "webhookByEvents"),
        ("base64", "webhookBase64"),
    ];
    let echoed = |(from, to): (&str, &str)| Some((to.to_owned(), given?.get(from)?.clone()));
    names.into_iter().filter_map(echoed).collect()
}

/// An entry of `fetchInstances`. `connectionStatus` is the database's, which lags.
#[must_use]
pub fn listed(i: &SimulatedInstance, clock: &SimulatedClock) -> Value {
    let ended = i.disconnection.as_ref();
    let mut entry = json!({
        "id": i.id,
        "name": i.facts.name,
        "connectionStatus": i.stored.word(),
        "ownerJid": i.owner,
        "profileName": i.owner.as_ref().map(|_| &i.profile_name),
        "profilePicUrl": null,
        "integration": i.facts.integration,
        "number": i.facts.number,
        "businessId": null,
        "token": i.token,
        "clientName": "sim",
        "disconnectionReasonCode": ended.map(|e| e.code),
        "disconnectionObject": ended.map(|e| &e.object),
        "disconnectionAt": ended.map(|e| clock.stamp(e.at)),
        "createdAt": clock.stamp(i.created),
        "updatedAt": clock.stamp(i.updated),
        "_count": {"Message": 0, "Contact": 0, "Chat": 0},
    });
    if let Some(entry) = entry.as_object_mut() {
        entry.extend(settings::listed(i));
    }
    entry
}
