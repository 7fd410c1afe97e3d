//! The bodies of 1.8.2, key for key as recorded.

use super::instance::{LiveState, SimulatedInstance};
use super::options::Version;
use super::{settings, webhook};
use serde_json::{Map, Value, json};

/// `GET /`
#[must_use]
pub fn banner(url: &str) -> Value {
    json!({
        "status": 200,
        "message": "Welcome to the Evolution API, it is working!",
        "version": Version::V1_8_2.number(),
        "swagger": format!("{url}/docs"),
        "manager": format!("{url}/manager"),
        "documentation": "https://doc.evolution-api.com",
    })
}

/// 201 of create, without its `qrcode`.
#[must_use]
pub fn created(i: &SimulatedInstance, body: &Map<String, Value>) -> Map<String, Value> {
    let mut instance = Map::new();
    instance.insert("instanceName".to_owned(), i.facts.name.clone().into());
    instance.insert("instanceId".to_owned(), i.id.clone().into());
    if let Some(integration) = &i.facts.integration {
        instance.insert("integration".to_owned(), integration.clone().into());
    }
    instance.insert("webhook_wa_business".to_owned(), Value::Null);
    instance.insert("access_token_wa_business".to_owned(), "".into());
    instance.insert("status".to_owned(), "created".into());
    let created = json!({
        "instance": instance,
        "hash": {"apikey": i.token},
        "webhook": webhook::echoed_v1(body),
        "websocket": {},
        "rabbitmq": {},
        "sqs": {},
        "typebot": {"enabled": false},
        "settings": settings::created(true),
    });
    created.as_object().cloned().unwrap_or_default()
}

/// An entry of `fetchInstances`. The owner is shown only while the instance is open.
#[must_use]
pub fn listed(i: &SimulatedInstance, state: LiveState, url: &str, expose: bool) -> Value {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| _ = shown.insert(name.to_owned(), value);
    put("instanceName", i.facts.name.clone().into());
    if let Some(id) = &i.id {
        put("instanceId", id.clone().into());
    }
    if let (LiveState::Open, Some(owner)) = (state, &i.owner) {
        put("owner", owner.clone().into());
        put("profileName", i.profile_name.clone().into());
        put("profileStatus", "".into());
    }
    put("status", state.word().into());
    if expose {
        put("serverUrl", url.into());
        if let Some(token) = &i.token {
            put("apikey", token.clone().into());
        }
        put("integration", integration(i, url));
    }
    json!({"instance": shown})
}

fn integration(i: &SimulatedInstance, url: &str) -> Value {
    let mut shown = Map::new();
    let facts =
        [("integration", &i.facts.integration), ("token", &i.facts.token), ("number", &i.facts.number)];
    for (name, fact) in facts {
        if let Some(fact) = fact {
            shown.insert(name.to_owned(), fact.clone().into());
        }
    }
    let hook = format!("{url}/webhook/whatsapp/{}", encode(&i.facts.name));
    shown.insert("webhook_wa_business".to_owned(), hook.into());
    shown.into()
}

/// JavaScript's `encodeURIComponent`.
fn encode(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
