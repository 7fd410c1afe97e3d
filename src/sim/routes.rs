//! The endpoints of the simulated server, and the order of the guards before them.
//!
//! Existence first, then the name being free, then the key: 403 and 404 tell nothing about a key. Blocks
//! where Evolution sleeps. Knows no sockets.

use super::hub::{Hub, VersionPage};
use super::instance::{Ended, Instance, State};
use super::journal::Call;
use super::reply::Reply;
use super::server::await_version_page;
use super::world::{Key, World};
use super::{create, webhook, wire_v1, wire_v2};
use crate::http1::Request;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Names that JavaScript finds in every object, and Evolution therefore takes for instances.
const PROTOTYPE: [&str; 7] =
    ["__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "toString", "toLocaleString", "valueOf"];

/// A request target taken apart.
pub struct Target {
    raw: String,
    segments: Vec<String>,
    query: Vec<(String, String)>,
}

impl Target {
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
    fn name_after_guards<'a>(&'a self, in_path: &'a str) -> &'a str {
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
pub fn call(hub: &Hub, request: &Request, target: &Target) -> Call {
    let (endpoint, name) = match target.segments()[..] {
        [] => ("banner".to_owned(), None),
        ["instance", "create"] => ("create".to_owned(), name_in_body(request)),
        ["instance", "fetchInstances"] => {
            ("fetchInstances".to_owned(), target.query("instanceName").map(str::to_owned))
        }
        ["instance", verb, name] => (verb.to_owned(), Some(name.to_owned())),
        ["webhook", verb, name] => (format!("webhook/{verb}"), Some(name.to_owned())),
        _ => (target.segments().join("/"), None),
    };
    let (at, method) = (hub.started.elapsed(), request.method.clone());
    Call { at, method, endpoint, name, keyed: request.header("apikey").is_some(), status: None }
}

fn name_in_body(request: &Request) -> Option<String> {
    body(request).ok()?.get("instanceName")?.as_str().map(str::to_owned)
}

/// The body as the handlers see it: JSON or a form if it says so, otherwise empty.
fn body(request: &Request) -> Result<Map<String, Value>, Reply> {
    let kind = request.header("content-type").unwrap_or_default();
    if request.body.is_empty() {
        Ok(Map::new())
    } else if kind.starts_with("application/json") {
        let parsed = serde_json::from_slice(&request.body).map_err(|e| Reply::uncaught(400, broken(&e)))?;
        Ok(if let Value::Object(map) = parsed { map } else { Map::new() })
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        let text = String::from_utf8_lossy(&request.body);
        Ok(pairs(&text).into_iter().map(|(n, v)| (n, Value::String(v))).collect())
    } else {
        Ok(Map::new())
    }
}

/// V8's words for broken JSON.
fn broken(error: &serde_json::Error) -> &'static str {
    if error.is_eof() { "Unexpected end of JSON input" } else { "Unexpected token in JSON" }
}

/// Answers one request.
#[must_use]
pub fn answer(hub: &Hub, request: &Request, target: &Target) -> Reply {
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
    let named = |name: &str, then: &dyn Fn(&str) -> Reply| match guard(hub, key, name) {
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
        _ => Reply::no_route(method, &target.raw),
    }
}

/// Every business route of 2.4 before it is activated.
fn unlicensed(hub: &Hub) -> Reply {
    let register = format!("{}/manager/login", hub.url());
    let body =
        json!({"error": "service not activated", "code": "LICENSE_REQUIRED", "register_url": register});
    Reply::json(503, body)
}

/// Whether the server takes the name for an instance, in memory, in the database or by accident.
#[must_use]
pub fn exists(world: &World, name: &str) -> bool {
    PROTOTYPE.contains(&name) || world.find(name).is_some()
}

/// The guards of a route with a name: why the request is refused, if it is.
fn guard(hub: &Hub, key: Option<&str>, name: &str) -> Option<Reply> {
    let (exists, token) = hub.world(|world, _| {
        let token = world.find(name).and_then(|key| world.get(key)).and_then(|i| i.token.clone());
        (exists(world, name), token)
    });
    if !exists {
        return Some(Reply::no_instance(name));
    }
    let opens = key.is_some() && (is_global(hub, key) || key == token.as_deref());
    (!opens).then(Reply::unauthorized)
}

/// Whether that is the server's own key.
#[must_use]
pub fn is_global(hub: &Hub, key: Option<&str>) -> bool {
    key == Some(&*hub.key())
}

fn banner(hub: &Hub) -> Reply {
    if hub.mode(|mode| mode.version_page == VersionPage::Hangs) {
        await_version_page(hub);
    }
    Reply::ok(if hub.version.is_v1() { wire_v1::banner(&hub.url()) } else { wire_v2::banner(&hub.url()) })
}

fn verify(hub: &Hub, key: Option<&str>) -> Reply {
    if is_global(hub, key) {
        Reply::ok(json!({"status": 200, "message": "Credentials are valid"}))
    } else {
        Reply::unauthorized()
    }
}

/// `fetchInstances`. In 2.x an instance's token lists the instances that have that token.
fn fetch(hub: &Hub, key: Option<&str>, target: &Target) -> Reply {
    let named = target.query("instanceName").filter(|n| !n.is_empty());
    let global = is_global(hub, key);
    if !global && (hub.version.is_v1() || !token_may_list(hub, key, named)) {
        return Reply::unauthorized();
    }
    let asked = |name| target.query(name).filter(|v| !v.is_empty());
    let url = hub.url();
    hub.world(|world, now| {
        let wanted = |i: &&Instance| {
            (global || i.token.as_deref() == key)
                && named.is_none_or(|n| i.facts.name == n && i.in_memory)
                && asked("instanceId").is_none_or(|id| i.id.as_deref() == Some(id))
                && asked("number")
                    .is_none_or(|n| !hub.version.is_v1() && i.facts.number.as_deref() == Some(n))
        };
        let found: Vec<_> = world.listed().into_iter().filter(wanted).collect();
        let one = named.or(asked("instanceId")).or(asked("number"));
        if let (Some(one), true) = (one, found.is_empty()) {
            return Reply::thrown(404, &format!("Instance \"{one}\" not found"));
        }
        if hub.version.is_v1() {
            let mut shown: Vec<_> =
                found.iter().map(|i| wire_v1::listed(i, world.seen(i, now), &url, hub.expose)).collect();
            return Reply::ok(if one.is_some() { shown.remove(0) } else { Value::Array(shown) });
        }
        Reply::ok(found.iter().map(|i| wire_v2::listed(i, &hub.clock)).collect())
    })
}

fn token_may_list(hub: &Hub, key: Option<&str>, named: Option<&str>) -> bool {
    let holds = |i: &&Instance| i.token.as_deref() == key && named.is_none_or(|n| i.facts.name == n);
    key.is_some() && hub.world(|world, _| world.listed().iter().any(holds))
}

fn connection_state(hub: &Hub, name: &str) -> Reply {
    let state = hub.world(|world, now| world.loaded(name).map(|(_, i)| world.seen(i, now)));
    Reply::ok(state_object(name, state))
}

/// The object that names a state; without one while the instance is not in the server's memory.
fn state_object(name: &str, state: Option<State>) -> Value {
    match state {
        Some(state) => json!({"instance": {"instanceName": name, "state": state.word()}}),
        None => json!({"instance": {"instanceName": name}}),
    }
}

/// What a call finds, under the world's lock.
enum Found {
    Missing,
    State(State),
    Slept(Key, Duration),
    Codes(Key),
}

fn connect(hub: &Hub, name: &str, number: Option<&str>) -> Reply {
    let with_pairing = number.is_some_and(|n| n.bytes().any(|b| b.is_ascii_digit()));
    if hub.world(|world, now| world.loaded(name).is_some_and(|(_, i)| world.seen(i, now) == State::Close)) {
        await_version_page(hub);
    }
    let found = hub.world(|world, now| {
        let Some((key, i)) = world.loaded(name) else { return Found::Missing };
        match world.seen(i, now) {
            State::Open => Found::State(State::Open),
            State::Connecting => Found::Codes(key),
            State::Close => {
                world.open_socket(key, with_pairing, now);
                world.hold(key);
                Found::Slept(key, world.timing.connect)
            }
        }
    });
    match found {
        Found::Missing => Reply::error_200(),
        Found::State(state) => Reply::ok(state_object(name, Some(state))),
        Found::Codes(key) => Reply::ok(codes_of(hub, key)),
        Found::Slept(key, sleep) => Reply::ok(after_sleep(hub, key, sleep)),
    }
}

/// Sleeps, then says what code an instance shows; lets go of the instance.
#[must_use]
pub fn after_sleep(hub: &Hub, key: Key, sleep: Duration) -> Value {
    hub.sleep(sleep);
    let codes = codes_of(hub, key);
    hub.world(|world, _| world.release(key));
    codes
}

/// The codes of an instance. The picture is drawn after the lock is released.
fn codes_of(hub: &Hub, key: Key) -> Value {
    let found = hub.world(|world, _| world.get(key).map(|i| (i.code.clone(), i.count)));
    let (code, count) = found.unwrap_or_default();
    match code {
        Some(code) => json!({
            "pairingCode": code.pairing, "code": code.text, "base64": &*code.base64(), "count": count,
        }),
        None => json!({"count": count}),
    }
}

fn restart_instance(hub: &Hub, name: &str) -> Reply {
    let v1 = hub.version.is_v1();
    let found = hub.world(|world, now| {
        let Some((key, i)) = world.loaded(name) else { return Found::Missing };
        match (v1, world.seen(i, now)) {
            (true, State::Open) => {
                world.restart_beside(key, now);
                world.hold(key);
                Found::Slept(key, world.timing.restart)
            }
            (true, state) => Found::State(state),
            (false, State::Close) => Found::Missing,
            (false, State::Open) => {
                world.restart_socket(key, now);
                Found::State(State::Open)
            }
            (false, State::Connecting) => {
                world.restart_socket(key, now);
                Found::Codes(key)
            }
        }
    });
    match found {
        Found::Missing => Reply::error_200(),
        Found::State(state) => Reply::ok(state_object(name, Some(state))),
        Found::Codes(key) => Reply::ok(codes_of(hub, key)),
        Found::Slept(key, sleep) => {
            hub.sleep(sleep);
            let state = hub.world(|world, now| {
                let state = world.get(key).map(|i| world.seen(i, now));
                world.release(key);
                state
            });
            Reply::ok(state_object(name, state))
        }
    }
}

fn logout(hub: &Hub, name: &str) -> Reply {
    hub.world(|world, now| {
        let Some((key, i)) = world.loaded(name) else {
            return Reply::uncaught(500, "Cannot read properties of undefined (reading 'logoutInstance')");
        };
        if world.seen(i, now) == State::Close {
            return Reply::thrown(400, &format!("The \"{name}\" instance is not connected"));
        }
        world.end(key, Ended::LoggedOut, now);
        Reply::success("Instance logged out")
    })
}

fn delete(hub: &Hub, name: &str) -> Reply {
    let takes = hub.world(|world, _| world.timing.delete);
    hub.sleep(takes);
    hub.world(|world, now| {
        let open = world.loaded(name).is_some_and(|(_, i)| world.seen(i, now) == State::Open);
        if open && hub.version.is_v1() {
            return Reply::thrown(400, &format!("The \"{name}\" instance needs to be disconnected"));
        }
        if let Some(key) = world.find(name) {
            world.delete(key, now);
        }
        Reply::success("Instance deleted")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_taken_apart() {
        let target = Target::parse("/instance/connect/a%2Fb?number=%2B55%2021&x=a+b&instanceName=");
        assert_eq!(target.segments(), ["instance", "connect", "a/b"]);
        assert_eq!(target.query("number"), Some("+55 21"));
        assert_eq!(target.query("x"), Some("a b"));
        assert_eq!(target.name_after_guards("a/b"), "");
        assert_eq!(Target::parse("/instance/connect/").segments(), ["instance", "connect"]);
        assert_eq!(Target::parse("/").segments(), Vec::<&str>::new());
        assert_eq!(decode("100%", false), "100%");
    }
}
