//! `POST /instance/create`: what it refuses, in Evolution's order, and the race of two creates.
//!
//! In 2.x the loser of a race answers 400 and its clean-up destroys the winner's instance; in 1.8.2 it
//! answers 403. Both are recorded.

use super::codes::after_sleep;
use super::hub::Hub;
use super::instance::InstanceSpec;
use super::reply::EvolutionReply;
use super::world::{InstanceKey, World};
use super::{settings, webhook, wire_v1, wire_v2};
use serde_json::{Map, Value};
use std::time::Duration;

/// The integrations of 2.x, spelled exactly.
const INTEGRATIONS: [&str; 3] = ["WHATSAPP-BAILEYS", "WHATSAPP-BUSINESS", "EVOLUTION"];
/// Longest name, in characters, that the database of 2.x takes.
const MAX_NAME_V2: usize = 255;
/// Longest name, in bytes, whose file 1.8.2 can write: the file system's 255 less an extension.
const MAX_NAME_V1: usize = 250;

/// A body after all checks.
struct Wish<'a> {
    facts: InstanceSpec,
    body: &'a Map<String, Value>,
    with_qr: bool,
}

/// Answers a create.
#[must_use]
pub fn create(hub: &Hub, key: Option<&str>, body: &Map<String, Value>) -> EvolutionReply {
    let checked = name_guard(hub, body).and_then(|name| {
        if !hub.is_global(key) {
            return Err(EvolutionReply::unauthorized());
        }
        check(hub, name, body)
    });
    match checked {
        Ok(wish) => insert(hub, &wish),
        Err(refused) => refused,
    }
}

/// The guard on the name, which comes before the guard on the key. None: no name, and nothing to stop it.
fn name_guard<'a>(hub: &Hub, body: &'a Map<String, Value>) -> Result<Option<&'a str>, EvolutionReply> {
    match (body.get("instanceName"), hub.version.is_v1()) {
        (Some(Value::String(name)), v1) => {
            // An empty name is the folder of all instances, which 1.8.2 finds to exist.
            let folder = v1 && matches!(name.as_str(), "" | "." | "..");
            let taken = folder || hub.world(|world, _| world.has_name(name));
            if taken { Err(EvolutionReply::taken(name)) } else { Ok(Some(name)) }
        }
        (None, false) => {
            // Prisma leaves out a condition that is undefined, and finds any row.
            let any = hub.world(|world, _| !world.listed().is_empty());
            if any { Err(EvolutionReply::taken("undefined")) } else { Ok(None) }
        }
        (Some(_), false) => {
            Err(EvolutionReply::database(500, "this.prismaRepository.instance.findMany()", 11_644))
        }
        (other, true) => {
            let received = match other {
                None => "undefined".to_owned(),
                Some(Value::Null) => "null".to_owned(),
                Some(Value::Number(n)) => format!("type number ({n})"),
                Some(_) => "an instance of Object".to_owned(),
            };
            let start = "TypeError [ERR_INVALID_ARG_TYPE]: The \"path\" argument must be of type string.";
            Err(EvolutionReply::thrown(500, &format!("{start} Received {received}")))
        }
    }
}

/// Schema and rules. What fails here leaves nothing behind.
fn check<'a>(
    hub: &Hub,
    name: Option<&str>,
    body: &'a Map<String, Value>,
) -> Result<Wish<'a>, EvolutionReply> {
    let v1 = hub.version.is_v1();
    let complaints = schema(body, v1);
    if !complaints.is_empty() {
        return Err(EvolutionReply::invalid(&complaints));
    }
    let text = |field: &str| body.get(field).and_then(Value::as_str).map(str::to_owned);
    let (integration, token) = (text("integration"), text("token").filter(|t| !t.is_empty()));
    if v1 && hub.world(|world, _| duplicate(world, token.as_deref(), hub.expose)) {
        return Err(EvolutionReply::thrown(400, "Token already exists"));
    }
    if !v1 && !integration.as_deref().is_some_and(|i| INTEGRATIONS.contains(&i)) {
        return Err(EvolutionReply::thrown(400, "Invalid integration"));
    }
    if integration.as_deref() == Some("WHATSAPP-BUSINESS") && token.is_none() {
        return Err(EvolutionReply::thrown(400, "token is required"));
    }
    let Some(name) = name.filter(|n| v1 || n.chars().count() <= MAX_NAME_V2) else {
        return Err(database_error());
    };
    let facts = InstanceSpec { name: name.to_owned(), integration, token, number: text("number") };
    Ok(Wish { facts, body, with_qr: body.get("qrcode") == Some(&Value::Bool(true)) })
}

fn database_error() -> EvolutionReply {
    EvolutionReply::database(400, "this.prismaRepository.instance.create()", 1_887)
}

/// 1.8.2 looks a token up among the keys its own list shows: an instance that shows none has the token
/// of every create that gives none.
fn duplicate(world: &World, token: Option<&str>, expose: bool) -> bool {
    world.listed().iter().any(|i| i.token.as_deref().filter(|_| expose) == token)
}

/// The complaints of the JSON schema.
fn schema(body: &Map<String, Value>, v1: bool) -> Vec<String> {
    let mut complaints = Vec::new();
    match body.get("number") {
        Some(Value::String(number)) if !is_number(number) => {
            complaints.push(r#"number does not match pattern "^\\d+[\\.@\\w-]+""#.to_owned());
        }
        Some(Value::String(_)) | None => {}
        Some(_) => complaints.push("number is not of a type(s) string".to_owned()),
    }
    if body.get("qrcode").is_some_and(|q| !q.is_boolean()) {
        complaints.push("qrcode is not of a type(s) boolean".to_owned());
        if v1 {
            complaints.push("qrcode is not one of enum values: true,false".to_owned());
        }
    }
    if v1 {
        if body.get("webhook").is_some_and(|w| !w.is_string()) {
            complaints.push("webhook is not of a type(s) string".to_owned());
        }
        complaints.extend(webhook::unknown_event(body, "events", true));
    }
    complaints
}

/// `^\d+[\.@\w-]+`
fn is_number(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let next = text[digits..].bytes().next();
    digits > 1 || digits == 1 && next.is_some_and(|b| b.is_ascii_alphanumeric() || b".@-_".contains(&b))
}

/// The insert, some milliseconds after the check, and what follows it.
fn insert(hub: &Hub, wish: &Wish) -> EvolutionReply {
    let takes = hub.world(|world, _| world.timing.create);
    hub.sleep(takes);
    let name = &wish.facts.name;
    let inserted = hub.world(|world, now| {
        if world.find(name).is_some() {
            return Err(if hub.version.is_v1() {
                EvolutionReply::taken(name)
            } else {
                lose_race(world, name, now)
            });
        }
        let key = world.insert(wish.facts.clone(), now);
        settings::keep(world, now, ("settings", name), settings::created(hub.version.is_v1()));
        world.hold(key);
        Ok(key)
    });
    let key = match inserted {
        Ok(key) => key,
        Err(refused) => return refused,
    };
    let refused = hub.world(|world, now| {
        if hub.version.is_v1() { finish_v1(world, key, wish) } else { finish_v2(world, key, wish, now) }
    });
    if let Some(refused) = refused {
        hub.world(|world, _| world.release(key));
        return refused;
    }
    finish(hub, key, wish)
}

/// The loser's clean-up destroys what the winner made.
fn lose_race(world: &mut World, name: &str, now: Duration) -> EvolutionReply {
    if let Some((key, _)) = world.loaded(name) {
        world.destroyed.push(name.to_owned());
        let clean_up = world.timing.race_clean_up;
        world.remove(key, now, Duration::ZERO, clean_up);
    }
    database_error()
}

/// 1.8.2: a name that is no file name, or a bad webhook, leaves a half-made instance behind.
fn finish_v1(world: &mut World, key: InstanceKey, wish: &Wish) -> Option<EvolutionReply> {
    let i = world.get_mut(key)?;
    let integration = i.facts.integration.take();
    if wish.facts.name.contains('/') || wish.facts.name.len() > MAX_NAME_V1 {
        (i.id, i.token) = (None, None);
        return Some(EvolutionReply::thrown(400, "Authentication error"));
    }
    match webhook::created_v1(wish.body) {
        Ok(stored) => i.webhook = stored,
        Err(refused) => return Some(refused),
    }
    i.facts.integration = integration;
    None
}

/// 2.x: a webhook without events fails, and the half-made instance is removed behind the caller's back.
fn finish_v2(world: &mut World, key: InstanceKey, wish: &Wish, now: Duration) -> Option<EvolutionReply> {
    match webhook::created_v2(wish.body) {
        Ok(stored) => {
            world.get_mut(key)?.webhook = stored;
            None
        }
        Err(refused) => {
            let clean_up = world.timing.clean_up;
            world.remove(key, now, Duration::ZERO, clean_up);
            Some(refused)
        }
    }
}

/// Opens the socket, if a code is wanted, and answers.
fn finish(hub: &Hub, key: InstanceKey, wish: &Wish) -> EvolutionReply {
    let codes = wish.with_qr.then(|| {
        hub.await_version_page();
        let sleep = hub.world(|world, now| {
            world.open_socket(key, wish.facts.number.is_some(), now);
            world.hold(key);
            world.timing.create_with_qr
        });
        after_sleep(hub, key, sleep)
    });
    let mut body = hub.world(|world, now| {
        let shown = world.get(key).map(|i| {
            if hub.version.is_v1() {
                wire_v1::created(i, wish.body)
            } else {
                wire_v2::created(i, world.seen(i, now), wish.body)
            }
        });
        world.release(key);
        shown.unwrap_or_default()
    });
    if let Some(codes) = codes {
        body.insert("qrcode".to_owned(), codes);
    }
    EvolutionReply::json(201, Value::Object(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_first() {
        for (text, good) in
            [("5521", true), ("5a", true), ("5", false), ("+55", false), ("", false), ("5 5", false)]
        {
            assert_eq!(is_number(text), good, "{text:?}");
        }
    }
}
