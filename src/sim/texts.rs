//! Texts that are sent through an instance: noted, and delivered to nobody.

use super::hub::Hub;
use super::instance::LiveState;
use super::qr::uuid;
use super::reply::EvolutionReply;
use super::sent_text::SentText;
use serde_json::{Map, Value, json};

/// Most texts that are kept.
const KEPT: usize = 1_000;

/// `POST /message/sendText/{name}`. 1.8 reads the text in an object of its own, 2.x beside the number.
#[must_use]
pub fn send(hub: &Hub, name: &str, body: &Map<String, Value>) -> EvolutionReply {
    let member = |name: &str| body.get(name).and_then(Value::as_str);
    let text = if hub.version.is_v1() {
        body.get("textMessage").and_then(|message| message.get("text")).and_then(Value::as_str)
    } else {
        member("text")
    };
    let (Some(to), Some(text)) = (member("number"), text) else {
        let missing = if hub.version.is_v1() { "textMessage" } else { "text" };
        return EvolutionReply::invalid(&[format!("instance requires property \"{missing}\"")]);
    };
    let sent = SentText { from: name.to_owned(), to: to.to_owned(), text: text.to_owned() };
    hub.world(|world, now| {
        let is_open = world.loaded(name).is_some_and(|(_, i)| world.seen(i, now) == LiveState::Open);
        if !is_open {
            return EvolutionReply::uncaught(500, "Connection Closed");
        }
        if world.texts.len() < KEPT {
            world.texts.push(sent.clone());
        }
        let jid = format!("{to}@s.whatsapp.net");
        let key = json!({"remoteJid": jid, "fromMe": true, "id": uuid()});
        EvolutionReply::json(201, json!({"key": key, "message": {"conversation": text}, "status": "PENDING"}))
    })
}
