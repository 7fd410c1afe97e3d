//! Scripting the simulated world: what a phone, WhatsApp, the network or an operator would do.
//!
//! [`Control`] is for programs in the same process; everything that changes something can also be asked
//! for over HTTP under `/sim`, without a key, because it is a simulation. Nothing here answers a request
//! to Evolution.

use super::connections::{After, Connections, carry_out};
use super::hub::{Fault, Hub, Listening, VersionPage, Webhook};
use super::instance::State;
use super::journal::{Call, Tally};
use super::world::Whatsapp;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Who scans, unless someone else is named.
const JID: &str = "5521991856227@s.whatsapp.net";
/// How long a dropped socket stays away, unless told; recorded as well under a second.
const BACK_AFTER: Duration = Duration::from_millis(500);

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
        self.hub.set_mode(|mode| (mode.fault, mode.times, mode.endpoint) = (fault, times, None));
    }

    /// The same for calls of one endpoint alone, as the journal names it: `connect`, `fetchInstances`, …
    /// Not for [`Fault::Reset`], which comes before a request is read.
    pub fn fault_at(&self, endpoint: &str, fault: Fault, times: Option<u32>) {
        let endpoint = Some(endpoint.to_owned());
        self.hub.set_mode(|mode| (mode.fault, mode.times, mode.endpoint) = (fault, times, endpoint));
    }

    /// The list has these entries besides the instances, whatever they are.
    pub fn extra_entries(&self, entries: Vec<serde_json::Value>) {
        self.hub.set_mode(|mode| mode.extra_entries = entries);
    }

    /// The server posts what happens to its instances there from now on, to an address for each event
    /// if told so; without an address, no longer.
    pub fn webhook(&self, url: Option<&str>, by_events: bool) {
        let webhook = url.map(|url| Webhook { url: url.to_owned(), by_events });
        self.hub.set_mode(|mode| mode.webhook = webhook);
    }

    /// Adds that many connected instances, `row-1` and so on.
    pub fn fill(&self, count: u32) {
        self.hub
            .world(|world, now| (1..=count).for_each(|n| world.add_connected(&format!("row-{n}"), JID, now)));
    }

    /// Connections are refused from now on, or accepted again. Returns when that is so.
    pub fn refuse(&self, refuse: bool) {
        if refuse {
            carry_out(&self.hub, &self.connections, After::StopListening(Listening::Not(None)));
        } else {
            self.hub.set_mode(|mode| mode.listening = Listening::Yes);
            self.hub.wait(Some(Duration::from_secs(1)), |mode| !mode.closed);
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

    /// Times the name's pairing signed in to WhatsApp. Two sockets of one pairing do so for ever.
    #[must_use]
    pub fn logins(&self, name: &str) -> u32 {
        self.hub.world(|world, _| world.ledger(name).logins)
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
    hub.world(super::world::World::reset);
    hub.set_mode(|mode| {
        (mode.fault, mode.times, mode.endpoint) = (Fault::None, None, None);
        (mode.slow, mode.extra_entries) = (Duration::ZERO, Vec::new());
        (mode.unlicensed, mode.version_page, mode.webhook) = (false, VersionPage::Answers, None);
    });
    *hub.journal() = super::journal::Journal::default();
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
    fn a_fault_can_be_for_one_endpoint_and_say_anything() {
        let sim = sim();
        create(&sim, "x");
        let (connect, state) = ("/instance/connect/x", "/instance/connectionState/x");
        for (fault, expected) in [
            (Fault::Scripted(200, "<html>"), (200, "<html>")),
            (Fault::Scripted(201, "[]"), (201, "[]")),
            (Fault::Scripted(200, ""), (200, "")),
            (Fault::Scripted(200, r#"{"code":"2@"}"#), (200, r#"{"code":"2@"}"#)),
        ] {
            sim.control().fault_at("connect", fault, Some(1));
            assert_eq!(status(&sim, state), Some(200));
            let (status, body) = ask(&sim, "GET", connect, "").expect("an answer");
            assert_eq!((status, body.as_str()), expected, "{fault:?}");
        }
        sim.control().fault_at("connect", Fault::Unlicensed, None);
        assert_eq!((status(&sim, connect), status(&sim, state)), (Some(503), Some(200)));
    }

    #[test]
    fn a_held_call_is_in_the_journal_and_is_answered_when_it_is_let_go() {
        let sim = sim();
        create(&sim, "x");
        sim.control().fault_at("connectionState", Fault::Hold, None);
        std::thread::scope(|scope| {
            let held = scope.spawn(|| status(&sim, "/instance/connectionState/x"));
            while sim.control().tally("connectionState", Some("x")).running == 0 {
                std::thread::yield_now();
            }
            assert!(!held.is_finished());
            sim.control().fault(Fault::None, None);
            assert_eq!(held.join().expect("the call"), Some(200));
        });
    }

    #[test]
    fn the_list_can_have_odd_entries() {
        let sim = sim();
        create(&sim, "x");
        sim.control().extra_entries(vec![serde_json::Value::Null, "x".into()]);
        let list = ask(&sim, "GET", LIST, "").expect("an answer").1;
        let list: Vec<serde_json::Value> = serde_json::from_str(&list).expect("a list");
        assert_eq!((list.len(), &list[1..]), (3, &[serde_json::Value::Null, "x".into()][..]));
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
