//! Scripting the simulated world: what a phone, WhatsApp, the network or an operator would do.
//!
//! [`Control`] is for programs in the same process; everything that changes something can also be asked
//! for over HTTP under `/sim`, without a key, because it is a simulation. Nothing here answers a request
//! to Evolution.

use super::hub::{Door, Fault, Hub, VersionPage};
use super::instance::State;
use super::journal::{Call, Tally};
use super::reply::Reply;
use super::routes::Target;
use super::server::{Connections, carry_out};
use super::world::Whatsapp;
use crate::http1::Request;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Who scans, unless someone else is named.
const JID: &str = "5521991856227@s.whatsapp.net";
/// How long a dropped socket stays away, unless told; recorded as well under a second.
const BACK_AFTER: Duration = Duration::from_millis(500);
/// How long connections are refused when that is asked for over HTTP, which then cannot take it back.
const REFUSE_FOR: Duration = Duration::from_secs(5);

/// The commands, with what they take and do. `GET /sim` answers this.
const HELP: [(&str, &str); 17] = [
    ("scan", "{name, jid?}: a phone scans the code that the instance shows"),
    ("unlink", "{name}: the phone removes the linked device"),
    ("drop", "{name, back_after_ms?}: the instance's WhatsApp socket drops and comes back by itself"),
    ("hold_delete", "{name, ms}: its webhook receiver fails, and a delete takes that much longer (2.x)"),
    ("forget", "{name?}: that instance, or all, vanish as after a lost volume"),
    ("restart", "{}: the server restarts"),
    ("whatsapp", "{reachable: true|false|\"hangs\"} and/or {version_page: \"answers\"|\"hangs\"}"),
    ("slow", "{ms}: every answer comes that much later"),
    ("licence", "{required: bool}: 503 LICENSE_REQUIRED, as 2.4 before activation"),
    ("key", "{value}: the server's key changes"),
    (
        "fault",
        "{kind: none|refuse|reset|hang|html|garbage|huge|redirect|http500|error200, times?, for_ms?}: \
         what the next calls get instead of an answer",
    ),
    ("reset", "{}: no instances, no faults, no journal; WhatsApp reachable"),
    ("calls", "GET: the calls received, and how many of each"),
    ("state", "GET ?name=: the instance as the simulation knows it"),
    ("code", "GET ?name=: the code it shows"),
    ("destroyed", "GET: names whose instance a race of two creates destroyed"),
    ("instances", "GET: all names"),
];

/// What a command must leave until it has been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// Refuse connections.
    Shut(Door),
    /// Restart the server.
    Restart,
}

/// The code that an instance shows.
#[derive(Clone, Debug)]
pub struct CurrentCode {
    /// What the QR code says.
    pub code: String,
    /// Its picture as a data URI.
    pub base64: Arc<str>,
    /// The pairing code beside it.
    pub pairing: Option<String>,
    /// Evolution's count.
    pub count: u32,
    /// When it could first be asked for.
    pub born: Instant,
}

/// The simulation's strings.
pub struct Control {
    hub: Arc<Hub>,
    connections: Arc<Connections>,
}

impl Control {
    pub(super) fn new(hub: Arc<Hub>, connections: Arc<Connections>) -> Self {
        Self { hub, connections }
    }

    /// A phone scans the code that the instance shows; `jid` is its account. False if it shows none.
    #[must_use]
    pub fn scan(&self, name: &str, jid: Option<&str>) -> bool {
        self.hub.world(|world, now| world.scan(name, jid.unwrap_or(JID), now))
    }

    /// The phone removes the linked device. False if none is linked.
    #[must_use]
    pub fn unlink(&self, name: &str) -> bool {
        self.hub.world(|world, now| world.unlink(name, now))
    }

    /// The instance's socket drops and is back after `back` of simulated time. False if it has none.
    #[must_use]
    pub fn drop_socket(&self, name: &str, back: Option<Duration>) -> bool {
        self.hub.world(|world, now| world.drop_sockets(name, back.unwrap_or(BACK_AFTER), now))
    }

    /// Its webhook receiver fails: a `delete` of 2.x leaves it alive that much longer. False if missing.
    #[must_use]
    pub fn hold_delete(&self, name: &str, held: Duration) -> bool {
        self.hub.world(|world, _| {
            let found = world.find(name).and_then(|key| world.get_mut(key));
            found.map(|i| i.held = held).is_some()
        })
    }

    /// That instance, or all of them, vanish.
    pub fn forget(&self, name: Option<&str>) {
        self.hub.world(|world, _| world.forget(name));
    }

    /// The server restarts. Returns when it refuses connections; it is back by itself.
    pub fn restart(&self) {
        carry_out(&self.hub, &self.connections, After::Restart);
    }

    /// WhatsApp's web-socket server behaves like that from now on.
    pub fn whatsapp(&self, to: Whatsapp) {
        self.hub.world(|world, now| world.set_whatsapp(to, now));
    }

    /// WhatsApp's page of versions behaves like that from now on.
    pub fn version_page(&self, to: VersionPage) {
        self.hub.set_mode(|mode| mode.version_page = to);
    }

    /// Every answer comes that much later, in real time.
    pub fn slow(&self, by: Duration) {
        self.hub.set_mode(|mode| mode.slow = by);
    }

    /// Whether 2.4's licence is missing.
    pub fn licence(&self, required: bool) {
        self.hub.set_mode(|mode| mode.unlicensed = required);
    }

    /// The server's key changes.
    pub fn key(&self, value: &str) {
        self.hub.set_key(value);
    }

    /// The next calls get this instead of an answer: `times` of them, or all until it is changed.
    pub fn fault(&self, fault: Fault, times: Option<u32>) {
        self.hub.set_mode(|mode| (mode.fault, mode.times) = (fault, times));
    }

    /// Connections are refused from now on, or accepted again. Returns when that is so.
    pub fn refuse(&self, refuse: bool) {
        if refuse {
            carry_out(&self.hub, &self.connections, After::Shut(Door::Shut(None)));
        } else {
            self.hub.set_mode(|mode| mode.door = Door::Open);
            self.hub.wait(Some(Duration::from_secs(1)), |mode| !mode.shut);
        }
    }

    /// Everything as at the start, but for the key.
    pub fn reset(&self) {
        reset(&self.hub);
    }

    /// The calls received, oldest first; the newest ten thousand.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.hub.journal().calls()
    }

    /// How often an endpoint was called, for that name or for all.
    #[must_use]
    pub fn count(&self, endpoint: &str, name: Option<&str>) -> u32 {
        self.tally(endpoint, name).calls
    }

    /// The same, with how many calls were under way at once.
    #[must_use]
    pub fn tally(&self, endpoint: &str, name: Option<&str>) -> Tally {
        self.hub.journal().tally(endpoint, name)
    }

    /// WhatsApp sockets that calls have opened for that name. Reconnects by itself are not counted.
    #[must_use]
    pub fn sockets(&self, name: &str) -> u32 {
        self.hub.world(|world, _| world.ledger(name).sockets)
    }

    /// Connects to a paired instance whose own socket was about to come back: two sockets fight now.
    #[must_use]
    pub fn harmed(&self, name: &str) -> u32 {
        self.hub.world(|world, _| world.ledger(name).harmed)
    }

    /// Names whose instance a race of two creates destroyed, once for each time.
    #[must_use]
    pub fn destroyed(&self) -> Vec<String> {
        self.hub.world(|world, _| world.destroyed.clone())
    }

    /// What `connectionState` would say; none if the server's process does not know the name.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<State> {
        self.hub.world(|world, now| world.loaded(name).map(|(_, i)| world.seen(i, now)))
    }

    /// The last code of an instance, stale or not.
    #[must_use]
    pub fn current_code(&self, name: &str) -> Option<CurrentCode> {
        let (code, count) = self.hub.world(|world, _| {
            let (_, i) = world.loaded(name)?;
            Some((i.code.clone()?, i.count))
        })?;
        let (base64, born) = (code.base64(), self.hub.clock.instant(code.born));
        Some(CurrentCode { code: code.text.clone(), base64, pairing: code.pairing.clone(), count, born })
    }
}

fn reset(hub: &Hub) {
    hub.world(|world, now| {
        world.forget(None);
        world.destroyed.clear();
        world.set_whatsapp(Whatsapp::Reachable, now);
    });
    hub.set_mode(|mode| {
        (mode.fault, mode.times, mode.slow) = (Fault::None, None, Duration::ZERO);
        (mode.unlicensed, mode.version_page) = (false, VersionPage::Answers);
    });
    *hub.journal() = super::journal::Journal::default();
}

/// Answers a request under `/sim`.
#[must_use]
pub fn over_http(hub: &Arc<Hub>, request: &Request, target: &Target) -> (Reply, After) {
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
        Ok(after) => (Reply::ok(json!({"ok": true})), after),
        Err(why) => (refused(&why), After::Nothing),
    }
}

fn refused(why: &str) -> Reply {
    Reply::json(409, json!({"ok": false, "why": why}))
}

/// Does a command that changes something.
fn perform(hub: &Arc<Hub>, command: &str, args: &Map<String, Value>) -> Result<After, String> {
    // The strings a command can pull without its connection being cut.
    let control = Control::new(Arc::clone(hub), Arc::default());
    let text = |field: &str| args.get(field).and_then(Value::as_str);
    let ms = |field: &str| args.get(field).and_then(Value::as_u64).map(Duration::from_millis);
    let name = || text("name").ok_or_else(|| format!("{command} needs a name"));
    let done = |good: bool, why: &str| if good { Ok(After::Nothing) } else { Err(why.to_owned()) };
    match command {
        "scan" => done(control.scan(name()?, text("jid")), "the instance shows no code"),
        "unlink" => done(control.unlink(name()?), "no phone is linked"),
        "drop" => done(control.drop_socket(name()?, ms("back_after_ms")), "the instance has no socket"),
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
            return Ok(After::Shut(Door::Shut(Some(Instant::now() + length))));
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
        other => return Err(format!("no fault {other:?}")),
    };
    control.fault(fault, number("times").and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0));
    Ok(After::Nothing)
}

/// Answers a question.
fn show(hub: &Arc<Hub>, question: &str, name: Option<&str>) -> Reply {
    let control = Control::new(Arc::clone(hub), Arc::default());
    let named = name.unwrap_or_default();
    Reply::ok(match question {
        "" => HELP.iter().map(|(c, help)| (format!("/sim/{c}"), json!(help))).collect::<Map<_, _>>().into(),
        "calls" => {
            let totals: Map<_, _> = hub.journal().totals().into_iter().map(|(e, n)| (e, json!(n))).collect();
            json!({"totals": totals, "calls": control.calls().iter().map(call).collect::<Vec<_>>()})
        }
        "destroyed" => json!(control.destroyed()),
        "instances" => hub.world(|world, _| world.listed().iter().map(|i| json!(i.facts.name)).collect()),
        "state" => json!({
            "state": control.state(named).map(State::word),
            "sockets": control.sockets(named),
            "harmed": control.harmed(named),
        }),
        "code" => control.current_code(named).map_or(Value::Null, |c| {
            json!({"code": c.code, "pairingCode": c.pairing, "base64": &*c.base64, "count": c.count,
                "age_ms": millis(c.born.elapsed())})
        }),
        _ => return refused("no such question; GET /sim lists them"),
    })
}

fn call(call: &Call) -> Value {
    json!({"at_ms": millis(call.at), "method": call.method, "endpoint": call.endpoint,
        "name": call.name, "keyed": call.keyed, "status": call.status})
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::{Options, Sim, Timing, Version};
    use super::*;
    use std::io::{self, Read, Write};
    use std::net::TcpStream;

    fn sim() -> Sim {
        let options = Options { timing: Timing::instant(), ..Options::new(Version::V2_3_7, "k") };
        Sim::start(options).expect("a free port")
    }

    /// One request with the right key: the status and the body.
    fn ask(sim: &Sim, method: &str, path: &str, body: &str) -> io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(sim.addr())?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\napikey: k\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).and_then(|s| s.parse().ok());
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        status.zip(body).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn status(sim: &Sim, path: &str) -> Option<u16> {
        ask(sim, "GET", path, "").ok().map(|(status, _)| status)
    }

    fn create(sim: &Sim, name: &str) -> u16 {
        let body = format!(r#"{{"instanceName":"{name}","integration":"WHATSAPP-BAILEYS"}}"#);
        ask(sim, "POST", "/instance/create", &body).expect("an answer").0
    }

    const LIST: &str = "/instance/fetchInstances";

    #[test]
    fn a_phone_scans_and_unlinks_over_http() {
        let sim = sim();
        assert_eq!(create(&sim, "x"), 201);
        let scan = || ask(&sim, "POST", "/sim/scan", r#"{"name":"x"}"#).expect("an answer").0;
        assert_eq!(scan(), 409, "nothing to scan yet");
        assert_eq!(status(&sim, "/instance/connect/x"), Some(200));
        assert_eq!(scan(), 200);
        assert_eq!(sim.control().state("x"), Some(State::Open));
        assert_eq!(sim.control().sockets("x"), 1);
        assert!(ask(&sim, "GET", LIST, "").expect("an answer").1.contains(JID));
        assert!(sim.control().unlink("x"));
        assert_eq!(sim.control().state("x"), Some(State::Close));
        assert_eq!(sim.control().count("connect", Some("x")), 1);
        assert_eq!(sim.control().calls().len(), 3);
    }

    #[test]
    fn faults_are_used_up() {
        let sim = sim();
        for (fault, expected) in [
            (Fault::Reset, None),
            (Fault::Html, Some(502)),
            (Fault::Http500, Some(500)),
            (Fault::Error200, Some(200)),
            (Fault::Redirect, Some(302)),
            (Fault::Huge, Some(200)),
        ] {
            sim.control().fault(fault, Some(1));
            assert_eq!(status(&sim, LIST), expected, "{fault:?}");
            assert_eq!(status(&sim, LIST), Some(200), "after {fault:?}");
        }
        sim.control().licence(true);
        assert_eq!(status(&sim, LIST), Some(503));
    }

    #[test]
    fn a_reset_is_a_reset_and_spares_the_control_api() {
        let sim = sim();
        sim.control().fault(Fault::Reset, None);
        assert_eq!(status(&sim, "/sim"), Some(200));
        let error = ask(&sim, "GET", LIST, "").expect_err("a reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }

    #[test]
    fn connections_are_refused_and_accepted_again() {
        let sim = sim();
        sim.control().refuse(true);
        let error = ask(&sim, "GET", LIST, "").expect_err("a refusal");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        sim.control().refuse(false);
        assert_eq!(status(&sim, LIST), Some(200));
    }

    #[test]
    fn a_restart_keeps_the_rows_and_forgets_the_codes() {
        let sim = sim();
        create(&sim, "x");
        assert_eq!(status(&sim, "/instance/connect/x"), Some(200));
        assert!(sim.control().current_code("x").is_some());
        sim.control().restart();
        while status(&sim, LIST).is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(sim.control().state("x"), Some(State::Connecting), "it reconnects by itself");
        sim.control().forget(None);
        assert_eq!(status(&sim, "/instance/connect/x"), Some(404));
    }

    #[test]
    fn a_hanging_call_ends_with_the_simulation() {
        let sim = sim();
        sim.control().fault(Fault::Hang, None);
        let mut stream = TcpStream::connect(sim.addr()).expect("a connection");
        write!(stream, "GET {LIST} HTTP/1.1\r\n\r\n").expect("a request");
        while sim.control().tally("fetchInstances", None).running == 0 {
            std::thread::yield_now();
        }
        drop(sim);
        let mut answer = Vec::new();
        assert!(!matches!(stream.read_to_end(&mut answer), Ok(n) if n > 0), "no answer");
    }
}
