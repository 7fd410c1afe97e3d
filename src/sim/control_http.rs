//! The control API over HTTP: `GET /sim` lists it. Every command is a method of [`Control`].
//!
//! Takes no key and must never be reachable where a real server would be.

use super::connections::After;
use super::control::Control;
use super::hub::{Fault, Hub, Listening, VersionPage};
use super::instance::LiveState;
use super::journal::JournalEntry;
use super::reply::EvolutionReply;
use super::request::RequestTarget;
use super::world::Whatsapp;
use crate::http1::RequestMessage;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long connections are refused when that is asked for over HTTP, which then cannot take it back.
const REFUSE_FOR: Duration = Duration::from_secs(5);

/// The commands, with what they take and do. `GET /sim` answers this.
const HELP: [(&str, &str); 21] = [
    (
        "scan",
        "{name, jid?, refused?: true}: a phone scans the code that the instance shows; refused, the socket comes \
         back with another code",
    ),
    (
        "rename",
        "{name, jid?, profile_name?}: its account goes by that in lists; without a jid nobody is its owner",
    ),
    ("unlink", "{name}: the phone removes the linked device"),
    ("drop", "{name, back_after_ms?}: the instance's WhatsApp socket drops and comes back by itself"),
    (
        "fight",
        "{name, over?: true}: another client signs in with its pairing, and the sockets replace each other",
    ),
    ("hold_delete", "{name, ms}: its webhook receiver fails, and a delete takes that much longer (2.x)"),
    ("forget", "{name?}: that instance, or all, vanish as after a lost volume"),
    ("restart", "{}: the server restarts"),
    ("whatsapp", "{reachable: true|false|\"hangs\"} and/or {version_page: \"answers\"|\"hangs\"}"),
    ("slow", "{ms}: every answer comes that much later"),
    ("licence", "{required: bool}: 503 LICENSE_REQUIRED, as 2.4 before activation"),
    ("key", "{value}: the server's key changes"),
    (
        "fault",
        "{kind: none|refuse|reset|hang|html|garbage|huge|redirect|http500|error200|hold|unlicensed, \
         endpoint?, times?, for_ms?}: \
         what the next calls get instead of an answer",
    ),
    ("webhook", "{url?, by_events?: bool}: the global webhook; without a url there is none"),
    (
        "fill",
        "{count, after?}: that many connected instances, row-1 and so on; with after: 5, row-6 and so on",
    ),
    ("reset", "{}: no instances, no faults, no journal; WhatsApp reachable"),
    ("calls", "GET: the calls received, how many of each, and how many were for the list of all instances"),
    ("state", "GET ?name=: the state, the sockets that calls opened, and the logins"),
    ("code", "GET ?name=: the code it shows"),
    ("destroyed", "GET: names whose instance a race of two creates destroyed"),
    ("instances", "GET: all names"),
];

/// Answers a request under `/sim`.
#[must_use]
pub fn over_http(
    hub: &Arc<Hub>,
    request: &RequestMessage,
    target: &RequestTarget,
) -> (EvolutionReply, After) {
    let segments = target.segments();
    let command = segments.get(1).copied().unwrap_or_default();
    if request.method == "GET" {
        return (show(hub, command, target.query("name")), After::Nothing);
    }
    let args = match serde_json::from_slice(&request.body) {
        Ok(Value::Object(args)) => args,
        Ok(_) => return (refused("the body must be a JSON object"), After::Nothing),
        Err(_) if request.body.is_empty() => Map::new(),
        Err(error) => return (refused(&error.to_string()), After::Nothing),
    };
    match perform(hub, command, &args) {
        Ok(after) => (EvolutionReply::ok(json!({"ok": true})), after),
        Err(why) => (refused(&why), After::Nothing),
    }
}

fn refused(why: &str) -> EvolutionReply {
    EvolutionReply::json(409, json!({"ok": false, "why": why}))
}

/// Does a command that changes something.
fn perform(hub: &Arc<Hub>, command: &str, args: &Map<String, Value>) -> Result<After, String> {
    // The strings a command can pull without its connection being cut.
    let control = Control::new(Arc::clone(hub), Arc::default());
    let text = |field: &str| args.get(field).and_then(Value::as_str);
    let ms = |field: &str| args.get(field).and_then(Value::as_u64).map(Duration::from_millis);
    let is_set = |field: &str| args.get(field) == Some(&Value::Bool(true));
    let name = || text("name").ok_or_else(|| format!("{command} needs a name"));
    let done = |good: bool, why: &str| if good { Ok(After::Nothing) } else { Err(why.to_owned()) };
    match command {
        "scan" if is_set("refused") => done(control.scan_refused(name()?), "the instance shows no code"),
        "scan" => done(control.scan(name()?, text("jid")), "the instance shows no code"),
        "rename" => {
            let renamed = control.rename(name()?, text("jid"), text("profile_name"));
            done(renamed, "no such instance")
        }
        "unlink" => done(control.unlink(name()?), "no phone is linked"),
        "drop" => done(control.drop_socket(name()?, ms("back_after_ms")), "the instance has no socket"),
        "fight" if is_set("over") => done(control.end_fight(name()?), "no sockets fight"),
        "fight" => done(control.fight(name()?), "no phone is connected"),
        "hold_delete" => done(control.hold_delete(name()?, ms("ms").unwrap_or_default()), "no such instance"),
        "forget" => done(true, "").inspect(|_| control.forget(text("name"))),
        "restart" => Ok(After::Restart),
        "whatsapp" => whatsapp(&control, args),
        "slow" => done(true, "").inspect(|_| control.slow(ms("ms").unwrap_or_default())),
        "licence" => {
            control.licence(args.get("required").and_then(Value::as_bool).unwrap_or(true));
            Ok(After::Nothing)
        }
        "key" => {
            control.key(text("value").ok_or("key needs a value")?);
            Ok(After::Nothing)
        }
        "fault" => fault(&control, args),
        "webhook" => {
            let by_events = args.get("by_events").and_then(Value::as_bool).unwrap_or(false);
            control.webhook(text("url"), by_events);
            Ok(After::Nothing)
        }
        "fill" => {
            let number =
                |field: &str| args.get(field).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
            control.fill_after(number("after").unwrap_or(0), number("count").ok_or("fill needs a count")?);
            Ok(After::Nothing)
        }
        "reset" => done(true, "").inspect(|_| control.reset()),
        _ => Err(format!("no command {command:?}; GET /sim lists them")),
    }
}

fn whatsapp(control: &Control, args: &Map<String, Value>) -> Result<After, String> {
    match args.get("reachable") {
        None => {}
        Some(Value::Bool(true)) => control.whatsapp(Whatsapp::Reachable),
        Some(Value::Bool(false)) => control.whatsapp(Whatsapp::Refuses),
        Some(Value::String(word)) if word == "hangs" => control.whatsapp(Whatsapp::Hangs),
        Some(other) => return Err(format!("reachable is true, false or \"hangs\", not {other}")),
    }
    match args.get("version_page").and_then(Value::as_str) {
        None => {}
        Some("answers") => control.version_page(VersionPage::Answers),
        Some("hangs") => control.version_page(VersionPage::Hangs),
        Some(other) => return Err(format!("version_page is \"answers\" or \"hangs\", not {other:?}")),
    }
    Ok(After::Nothing)
}

fn fault(control: &Control, args: &Map<String, Value>) -> Result<After, String> {
    let kind = args.get("kind").and_then(Value::as_str).unwrap_or("none");
    let number = |field: &str| args.get(field).and_then(Value::as_u64);
    let fault = match kind {
        "refuse" => {
            let length = number("for_ms").map_or(REFUSE_FOR, Duration::from_millis);
            return Ok(After::StopListening(Listening::Not(Some(control.hub.clock.after(length)))));
        }
        "none" => Fault::None,
        "reset" => Fault::Reset,
        "hang" => Fault::Hang,
        "html" => Fault::Html,
        "garbage" => Fault::Garbage,
        "huge" => Fault::Huge,
        "redirect" => Fault::Redirect,
        "http500" => Fault::Http500,
        "error200" => Fault::Error200,
        "hold" => Fault::Hold,
        "unlicensed" => Fault::Unlicensed,
        other => return Err(format!("no fault {other:?}")),
    };
    let times = number("times").and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    match args.get("endpoint").and_then(Value::as_str) {
        Some(endpoint) => control.fault_at(endpoint, fault, times),
        None => control.fault(fault, times),
    }
    Ok(After::Nothing)
}

/// Answers a question.
fn show(hub: &Arc<Hub>, question: &str, name: Option<&str>) -> EvolutionReply {
    let control = Control::new(Arc::clone(hub), Arc::default());
    let named = name.unwrap_or_default();
    EvolutionReply::ok(match question {
        "" => object(HELP.iter().map(|(c, help)| (format!("/sim/{c}"), json!(help)))),
        "calls" => {
            let lists = hub.journal().lists();
            let totals = object(hub.journal().totals().into_iter().map(|(e, n)| (e, json!(n))));
            let calls: Vec<_> = control.calls().iter().map(call).collect();
            json!({"totals": totals, "lists": lists, "calls": calls})
        }
        "destroyed" => json!(control.destroyed()),
        "instances" => hub.world(|world, _| world.listed().iter().map(|i| json!(i.facts.name)).collect()),
        "state" => json!({
            "state": control.state(named).map(LiveState::word),
            "sockets": control.sockets(named),
            "harmed": control.harmed(named),
            "logins": control.logins(named),
        }),
        "code" => control.current_code(named).map_or(Value::Null, |c| {
            json!({"code": c.code, "pairingCode": c.pairing, "base64": &*c.base64, "count": c.count,
                "age_ms": millis(c.born.elapsed())})
        }),
        _ => return refused("no such question; GET /sim lists them"),
    })
}

fn object(members: impl Iterator<Item = (String, Value)>) -> Value {
    let mut object = Map::new();
    object.extend(members);
    object.into()
}

fn call(call: &JournalEntry) -> Value {
    json!({"at_ms": millis(call.at), "method": call.method, "endpoint": call.endpoint,
        "name": call.name, "keyed": call.keyed, "status": call.status})
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
