//! The endpoints of the simulated server, and the order of the guards before them.
//!
//! Existence first, then the name being free, then the key: 403 and 404 tell nothing about a key. Blocks
//! where Evolution sleeps. Knows no sockets.

use super::codes::{after_sleep, codes_of};
use super::hub::{Hub, VersionPage};
use super::instance::{Ended, LiveState, SimulatedInstance};
use super::reply::EvolutionReply;
use super::request::{RequestTarget, body};
use super::world::{InstanceKey, Whatsapp};
use super::{create, settings, texts, webhook, wire_v1, wire_v2};
use crate::http1::RequestMessage;
use serde_json::{Value, json};
use std::time::Duration;

/// Answers one request.
#[must_use]
pub fn answer(hub: &Hub, request: &RequestMessage, target: &RequestTarget) -> EvolutionReply {
    let (method, segments) = (request.method.as_str(), target.segments());
    let (v1, restart) = (hub.version.is_v1(), if hub.version.is_v1() { "PUT" } else { "POST" });
    if hub.mode(|mode| mode.unlicensed) && !segments.is_empty() {
        return unlicensed(hub);
    }
    let body = match body(request) {
        Ok(body) => body,
        Err(broken) => return broken,
    };
    let key = request.header("apikey").map(str::trim);
    let named = |name: &str, then: &dyn Fn(&str) -> EvolutionReply| match guard(hub, key, name) {
        Some(refused) => refused,
        None => then(target.name_after_guards(name)),
    };
    match (method, &segments[..]) {
        ("GET", []) => banner(hub),
        ("POST", ["verify-creds"]) if !v1 => verify(hub, key),
        ("GET", ["instance", "fetchInstances"]) => fetch(hub, key, target),
        ("POST", ["instance", "create"]) => create::create(hub, key, &body),
        ("GET", ["instance", "connect", name]) => named(name, &|n| connect(hub, n, target.query("number"))),
        ("GET", ["instance", "connectionState", name]) => named(name, &|n| connection_state(hub, n)),
        (m, ["instance", "restart", name]) if m == restart => named(name, &|n| restart_instance(hub, n)),
        ("DELETE", ["instance", "logout", name]) => named(name, &|n| logout(hub, n)),
        ("DELETE", ["instance", "delete", name]) => named(name, &|n| delete(hub, n)),
        ("GET", ["webhook", "find", name]) => named(name, &|n| webhook::find(hub, n)),
        ("POST", ["webhook", "set", name]) => named(name, &|n| webhook::set(hub, n, &body)),
        ("POST", ["message", "sendText", name]) => named(name, &|n| texts::send(hub, n, &body)),
        (_, [kind, verb, name]) => match (method, *verb, settings::kind(kind, v1)) {
            ("GET", "find", Some(kind)) => named(name, &|n| settings::find(hub, kind, n)),
            ("POST", "set", Some(kind)) => named(name, &|n| settings::set(hub, kind, n, &body)),
            _ => EvolutionReply::no_route(method, &target.raw),
        },
        _ => EvolutionReply::no_route(method, &target.raw),
    }
}

/// Every business route of 2.4 before it is activated.
#[must_use]
pub fn unlicensed(hub: &Hub) -> EvolutionReply {
    let register = format!("{}/manager/login", hub.url());
    let body =
        json!({"error": "service not activated", "code": "LICENSE_REQUIRED", "register_url": register});
    EvolutionReply::json(503, body)
}

/// The guards of a route with a name: why the request is refused, if it is.
fn guard(hub: &Hub, key: Option<&str>, name: &str) -> Option<EvolutionReply> {
    let (exists, token) = hub.world(|world, _| {
        let token = world.find(name).and_then(|key| world.get(key)).and_then(|i| i.token.clone());
        (world.has_name(name), token)
    });
    if !exists {
        return Some(EvolutionReply::no_instance(name));
    }
    let opens = key.is_some() && (hub.is_global(key) || key == token.as_deref());
    (!opens).then(EvolutionReply::unauthorized)
}

fn banner(hub: &Hub) -> EvolutionReply {
    if hub.mode(|mode| mode.version_page == VersionPage::Hangs) {
        hub.await_version_page();
    }
    EvolutionReply::ok(if hub.version.is_v1() {
        wire_v1::banner(&hub.url())
    } else {
        wire_v2::banner(&hub.url())
    })
}

fn verify(hub: &Hub, key: Option<&str>) -> EvolutionReply {
    if hub.is_global(key) {
        EvolutionReply::ok(json!({"status": 200, "message": "Credentials are valid"}))
    } else {
        EvolutionReply::unauthorized()
    }
}

/// `fetchInstances`. In 2.x an instance's token lists the instances that have that token.
fn fetch(hub: &Hub, key: Option<&str>, target: &RequestTarget) -> EvolutionReply {
    let named = target.query("instanceName").filter(|n| !n.is_empty());
    let global = hub.is_global(key);
    if !global && (hub.version.is_v1() || !token_may_list(hub, key, named)) {
        return EvolutionReply::unauthorized();
    }
    let asked = |name| target.query(name).filter(|v| !v.is_empty());
    let url = hub.url();
    let extra = hub.mode(|mode| mode.extra_entries.clone());
    hub.world(|world, now| {
        let wanted = |i: &&SimulatedInstance| {
            (global || i.token.as_deref() == key)
                && named.is_none_or(|n| i.facts.name == n && i.in_memory)
                && asked("instanceId").is_none_or(|id| i.id.as_deref() == Some(id))
                && asked("number")
                    .is_none_or(|n| !hub.version.is_v1() && i.facts.number.as_deref() == Some(n))
        };
        let found: Vec<_> = world.listed().into_iter().filter(wanted).collect();
        let one = named.or(asked("instanceId")).or(asked("number"));
        if let (Some(one), true) = (one, found.is_empty()) {
            return EvolutionReply::thrown(404, &format!("Instance \"{one}\" not found"));
        }
        if hub.version.is_v1() {
            let mut shown: Vec<_> =
                found.iter().map(|i| wire_v1::listed(i, world.seen(i, now), &url, hub.expose)).collect();
            if one.is_some() {
                return EvolutionReply::ok(shown.remove(0));
            }
            shown.extend(extra);
            return EvolutionReply::ok(Value::Array(shown));
        }
        let shown = found.iter().map(|i| wire_v2::listed(i, &hub.clock));
        EvolutionReply::ok(shown.chain(extra.into_iter().filter(|_| one.is_none())).collect())
    })
}

fn token_may_list(hub: &Hub, key: Option<&str>, named: Option<&str>) -> bool {
    let holds = |i: &&SimulatedInstance| i.token.as_deref() == key && named.is_none_or(|n| i.facts.name == n);
    key.is_some() && hub.world(|world, _| world.listed().iter().any(holds))
}

fn connection_state(hub: &Hub, name: &str) -> EvolutionReply {
    let state = hub.world(|world, now| world.loaded(name).map(|(_, i)| world.seen(i, now)));
    EvolutionReply::ok(state_object(name, state))
}

/// The object that names a state; without one while the instance is not in the server's memory.
fn state_object(name: &str, state: Option<LiveState>) -> Value {
    match state {
        Some(state) => json!({"instance": {"instanceName": name, "state": state.word()}}),
        None => json!({"instance": {"instanceName": name}}),
    }
}

/// What a call finds, under the world's lock.
enum Lookup {
    Missing,
    State(LiveState),
    Slept(InstanceKey, Duration),
    Codes(InstanceKey),
}

fn connect(hub: &Hub, name: &str, number: Option<&str>) -> EvolutionReply {
    let with_pairing = number.is_some_and(|n| n.bytes().any(|b| b.is_ascii_digit()));
    if hub.world(|world, now| world.loaded(name).is_some_and(|(_, i)| world.seen(i, now) == LiveState::Close))
    {
        hub.await_version_page();
    }
    let found = hub.world(|world, now| {
        let Some((key, i)) = world.loaded(name) else { return Lookup::Missing };
        match world.seen(i, now) {
            LiveState::Open => Lookup::State(LiveState::Open),
            LiveState::Connecting => Lookup::Codes(key),
            LiveState::Close => {
                world.open_socket(key, with_pairing, now);
                world.hold(key);
                Lookup::Slept(key, world.timing.connect)
            }
        }
    });
    match found {
        Lookup::Missing => EvolutionReply::error_200(),
        Lookup::State(state) => EvolutionReply::ok(state_object(name, Some(state))),
        Lookup::Codes(key) => EvolutionReply::ok(codes_of(hub, key)),
        Lookup::Slept(key, sleep) => EvolutionReply::ok(after_sleep(hub, key, sleep)),
    }
}

fn restart_instance(hub: &Hub, name: &str) -> EvolutionReply {
    let v1 = hub.version.is_v1();
    let found = hub.world(|world, now| {
        let Some((key, i)) = world.loaded(name) else { return Lookup::Missing };
        match (v1, world.seen(i, now)) {
            // As measured: a restart ends no fight, and none that is coming.
            (false, _) if i.fighting.is_some() || world.whatsapp == Whatsapp::Refuses => Lookup::Missing,
            (true, LiveState::Open) => {
                world.restart_beside(key, now);
                world.hold(key);
                Lookup::Slept(key, world.timing.restart)
            }
            (true, state) => Lookup::State(state),
            (false, LiveState::Close) => Lookup::Missing,
            (false, LiveState::Open) => {
                world.restart_socket(key, now);
                Lookup::State(LiveState::Open)
            }
            (false, LiveState::Connecting) => {
                world.restart_socket(key, now);
                Lookup::Codes(key)
            }
        }
    });
    match found {
        Lookup::Missing => EvolutionReply::error_200(),
        Lookup::State(state) => EvolutionReply::ok(state_object(name, Some(state))),
        Lookup::Codes(key) => EvolutionReply::ok(codes_of(hub, key)),
        Lookup::Slept(key, sleep) => {
            hub.sleep(sleep);
            let state = hub.world(|world, now| {
                let state = world.get(key).map(|i| world.seen(i, now));
                world.release(key);
                state
            });
            EvolutionReply::ok(state_object(name, state))
        }
    }
}

fn logout(hub: &Hub, name: &str) -> EvolutionReply {
    hub.world(|world, now| {
        let Some((key, i)) = world.loaded(name) else {
            return EvolutionReply::uncaught(
                500,
                "Cannot read properties of undefined (reading 'logoutInstance')",
            );
        };
        if world.seen(i, now) == LiveState::Close {
            return EvolutionReply::thrown(400, &format!("The \"{name}\" instance is not connected"));
        }
        world.end(key, Ended::LoggedOut, now);
        EvolutionReply::success("Instance logged out")
    })
}

fn delete(hub: &Hub, name: &str) -> EvolutionReply {
    let takes = hub.world(|world, _| world.timing.delete);
    hub.sleep(takes);
    hub.world(|world, now| {
        let open = world.loaded(name).is_some_and(|(_, i)| world.seen(i, now) == LiveState::Open);
        if open && hub.version.is_v1() {
            return EvolutionReply::thrown(400, &format!("The \"{name}\" instance needs to be disconnected"));
        }
        if let Some(key) = world.find(name) {
            world.delete(key, now);
        }
        EvolutionReply::success("Instance deleted")
    })
}
