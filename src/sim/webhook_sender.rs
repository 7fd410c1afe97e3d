//! The global webhook: `connection.update` and `qrcode.updated` as recorded, posted from a thread of
//! its own, so that no receiver ever holds the simulation up.
//!
//! It looks at the world many times a second and posts what has changed since. Unlike the real server
//! it tries nothing again.

use super::hub::{Hub, Webhook};
use super::instance::{LiveState, SimulatedInstance};
use super::qr::Code;
use super::timing::Moment;
use super::world::World;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

/// How often it looks.
const LOOK: Duration = Duration::from_millis(10);
/// How long a receiver may take to connect, to read, and to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was last seen of an instance.
struct LastSeen {
    state: LiveState,
    code: Option<Arc<Code>>,
    ended: Option<Moment>,
}

impl LastSeen {
    fn of(world: &World, i: &SimulatedInstance, now: Moment) -> Self {
        let ended = i.disconnection.as_ref().map(|d| d.at);
        Self { state: world.seen(i, now), code: i.code.clone(), ended }
    }
}

/// Something to post.
struct WebhookEvent {
    event: &'static str,
    instance: String,
    sender: Option<String>,
    token: Option<String>,
    data: EventData,
}

enum EventData {
    State(&'static str, u16),
    Code(Arc<Code>),
}

/// Posts until the simulation is over.
pub fn run(hub: &Hub) {
    let mut seen = HashMap::new();
    while hub.wait(None, |mode| mode.stopping || mode.webhook.is_some()) && !hub.mode(|mode| mode.stopping) {
        let Some(webhook) = hub.mode(|mode| mode.webhook.clone()) else { continue };
        for event in hub.world(|world, now| events(world, now, &mut seen)) {
            if let Err(error) = post(hub, &webhook, event) {
                log::debug!("a webhook was not delivered: {error}");
            }
        }
        hub.pause(LOOK);
    }
}

fn events(world: &World, now: Moment, seen: &mut HashMap<String, LastSeen>) -> Vec<WebhookEvent> {
    let mut events = Vec::new();
    for i in world.listed() {
        let current = LastSeen::of(world, i, now);
        let former = seen.remove(&i.facts.name).unwrap_or(LastSeen {
            state: LiveState::Close,
            code: None,
            ended: None,
        });
        let new = |event, data| WebhookEvent {
            event,
            instance: i.facts.name.clone(),
            sender: i.owner.clone().filter(|_| i.paired),
            token: i.token.clone(),
            data,
        };
        let state = |word, reason| new("connection.update", EventData::State(word, reason));
        match current.state {
            LiveState::Open | LiveState::Connecting if current.state != former.state => {
                events.push(state(current.state.word(), 200));
            }
            // 2.x tells of a close only when it is for good.
            LiveState::Close if current.ended != former.ended => events.push(state("close", 401)),
            LiveState::Close if current.state != former.state && world.version.is_v1() => {
                events.push(state("close", 428));
            }
            LiveState::Open | LiveState::Connecting | LiveState::Close => {}
        }
        if let Some(code) =
            current.code.as_ref().filter(|c| former.code.as_ref().is_none_or(|s| s.text != c.text))
        {
            events.push(new("qrcode.updated", EventData::Code(Arc::clone(code))));
        }
        seen.insert(i.facts.name.clone(), current);
    }
    events
}

fn post(hub: &Hub, webhook: &Webhook, event: WebhookEvent) -> io::Result<()> {
    let mut url = webhook.url.clone();
    if webhook.by_events {
        // An address that ends in a slash gets a second one, as over there.
        url = format!("{url}/{}", event.event.replace('.', "-"));
    }
    let (authority, path) = url
        .strip_prefix("http://")
        .map(|rest| rest.split_at(rest.find('/').unwrap_or(rest.len())))
        .ok_or(io::ErrorKind::Unsupported)?;
    let body = body(hub, &url, event).to_string();
    let address = authority.to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nAccept: application/json, text/plain, */*\r\nContent-Type: application/json\r\n\
         User-Agent: axios/1.13.2\r\nContent-Length: {}\r\nHost: {authority}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    stream.read_to_end(&mut Vec::new()).map(drop)
}

fn body(hub: &Hub, destination: &str, event: WebhookEvent) -> Value {
    let v1 = hub.version.is_v1();
    let data = match event.data {
        EventData::State(state, reason) => {
            json!({"instance": event.instance, "state": state, "statusReason": reason})
        }
        EventData::Code(code) => json!({"qrcode": {
            "instance": event.instance, "pairingCode": code.pairing, "code": code.text, "base64": &*code.base64(),
        }}),
    };
    let mut body = Map::new();
    body.insert("event".to_owned(), event.event.into());
    body.insert("instance".to_owned(), event.instance.into());
    body.insert("data".to_owned(), data);
    if !v1 {
        body.insert("destination".to_owned(), destination.into());
    }
    body.insert("date_time".to_owned(), hub.clock.stamp(hub.clock.now()).into());
    if let Some(sender) = event.sender {
        body.insert("sender".to_owned(), sender.into());
    }
    body.insert("server_url".to_owned(), hub.url().into());
    // 1.8.2 hands its own key to the receiver of the global webhook.
    let key = if v1 { Some(hub.key().to_string()) } else { event.token };
    body.insert("apikey".to_owned(), key.into());
    body.into()
}
