//! Replays what real Evolution servers were asked, at the recorded moments, against the simulated one.
//!
//! Compared are the status, the shape of the body (keys and JSON types; entries of a list by their names),
//! the text of error messages, and whether the call slept. What happened by itself back then (a phone
//! scanned, WhatsApp went away) is in [`script`], because most of it left no line in the recordings.
//! Time stands still but for the steps that the replay sets it on, so how busy the machine is makes no difference: every
//! exchange must be as recorded, but for those in [`CHANCE_1_8_2`]. Calls that were recorded as concurrent may swap their
//! answers: which came first is chance.

use pareia::sim::{Control, Options, Sim, Version, VersionPage, Whatsapp};
use serde_json::Value;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::harness::PATIENCE;

/// How often the replay looks whether everybody is answered or asleep.
const LOOK: Duration = Duration::from_micros(100);

/// Recorded moments are rounded; a call that ended this little after another began ended before it.
const ROUNDING: f64 = 0.002;
/// Recorded milliseconds from which a call counts as one that slept.
const SLEPT_MS: f64 = 900.0;
/// Exchanges that chance decided, there and in the simulator: they may differ. Any other difference is a fault.
const CHANCE: [&str; 4] = [
    // The socket of the first of three was up when the third was taken up, 15 ms later.
    "race-connect 0.003 concurrent connect #2",
    // Upstream's state flips many times a second between `close` and `connecting`.
    "stale-qr 6.543 connect on the paired instance while it reconnects (state connecting)",
    "network-drop 2.524 connect meanwhile",
    "network-drop 2.541 connect meanwhile",
];
/// A call that the server took up later than its twin of the same moment, after its insert, by so many seconds.
const TAKEN_UP_LATE: (&str, f64) = ("concurrent create #1 of race1 (qrcode:False)", 0.006);
/// What the recordings put in place of a database's long message.
const DATABASE: &str = "(a database error,";
/// The key the recordings were made with.
const KEY: &str = "lab-global-key";

/// Sections that ran one after the other on one server, each needing what the one before left.
const CHAINED: [&[&str]; 3] =
    [&["webhook-failures", "empty-name"], &["server-restart", "network-drop"], &["guard-order", "http"]];
/// Sections that ran at the same time on one server.
const TOGETHER: &[&str] = &["timeline-qrcode-false", "timeline-qrcode-true", "pairing-code"];

#[derive(Clone)]
struct Exchange {
    section: String,
    at: f64,
    label: String,
    request: Value,
    elapsed_ms: f64,
    status: Option<u64>,
    body: Value,
}

/// What happened by itself.
#[derive(Clone, Copy)]
enum Happening {
    Scan(&'static str),
    Unlink(&'static str),
    Drop(&'static str),
    HoldDelete(&'static str, f64),
    Whatsapp(Whatsapp),
    VersionPage(VersionPage),
    Restart,
    /// Calls that left no line.
    Create(&'static str),
    Delete(&'static str),
}

/// What happened in a section, and when: read from the labels and the lines without a request.
fn script(version: Version, section: &str) -> Vec<(f64, Happening)> {
    use Happening::{Create, Delete, Drop, HoldDelete, Restart, Scan, Unlink};
    let refuses = Happening::Whatsapp(Whatsapp::Refuses);
    let back = Happening::Whatsapp(Whatsapp::Reachable);
    let v1 = version == Version::V1_8_2;
    let when = |new: f64, old: f64| if v1 { old } else { new };
    match section {
        "open" => vec![
            (5.085, Scan("op1")),
            (when(11.405, 16.41), Scan("op1")),
            (when(13.0, 18.0), Unlink("op1")),
            (when(16.075, 24.075), Scan("op1")),
        ],
        "webhook-failures" => vec![
            (when(79.0, 34.0), HoldDelete("wf500", 1e4)),
            (when(79.0, 34.0), HoldDelete("wfdown", 1e4)),
            (when(79.0, 34.0), HoldDelete("wfslow", 6.0)),
        ],
        "whatsapp-down" => vec![(-0.01, refuses), (when(16.12, 17.08), back)],
        "whatsapp-hangs" => vec![(-0.01, Happening::Whatsapp(Whatsapp::Hangs)), (when(39.09, 42.05), back)],
        "qrcode-limit-2" => vec![(when(104.15, 107.08), Scan("ql1"))],
        "server-restart" => vec![(when(10.24, 10.12), Scan("rs_open")), (12.85, Restart)],
        "network-drop" => vec![(-0.005, Drop("rs_open")), (1.02, refuses), (when(9.59, 7.58), back)],
        "pairing-code-then-drop" => vec![(when(4.6, 7.54), Drop("pd1"))],
        "global-webhook" => vec![(when(5.14, 5.08), Scan("gh1"))],
        "stale-qr" => {
            vec![(when(5.17, 5.12), Scan("sq1")), (when(6.3, 6.2), refuses), (when(8.56, 11.56), back)]
        }
        "pairing-code" => ["pc3", "pc4"].map(|pc| (when(60.45, 69.3), Delete(pc))).to_vec(),
        "perf" => ["q0", "q1", "q2"].into_iter().map(|q| (0.0, Create(q))).collect(),
        "client-gives-up" => vec![(-1.0, Create("cg1"))],
        "version-fetch-hangs" => vec![
            (0.009, Happening::VersionPage(VersionPage::Hangs)),
            (20.036, Happening::VersionPage(VersionPage::Answers)),
        ],
        _ => Vec::new(),
    }
}

fn read(version: &str) -> Vec<Exchange> {
    let path = format!("{}/tests/recorded/wire-{version}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(path).expect("the recordings are in the repository");
    let line = |line: &str| {
        let v: Value = serde_json::from_str(line).expect("a recording is JSON");
        Some(Exchange {
            section: v["section"].as_str()?.to_owned(),
            at: v["at_s"].as_f64()?,
            label: v["label"].as_str()?.to_owned(),
            request: v.get("request").filter(|r| r.is_object())?.clone(),
            elapsed_ms: v["elapsed_ms"].as_f64()?,
            status: v["response"]["status"].as_u64(),
            body: v["response"]["body"].clone(),
        })
    };
    let exchanges = lines.lines().filter_map(line);
    // A long path was cut, so it cannot be asked.
    exchanges.filter(|e| !e.request["path"].as_str().unwrap_or_default().contains('…')).collect()
}

/// The sections of a recording as sets that share a server, with the moment at which each begins there.
fn groups(exchanges: &[Exchange]) -> Vec<Vec<(String, f64)>> {
    let mut sections: Vec<&str> = Vec::new();
    for e in exchanges {
        if !sections.contains(&e.section.as_str()) {
            sections.push(&e.section);
        }
    }
    let chained = |s: &&str| CHAINED.iter().any(|c| c.contains(s));
    let alone = |s: &&str| !chained(s) && !TOGETHER.contains(s);
    let mut groups: Vec<Vec<(String, f64)>> =
        sections.iter().filter(|s| alone(s)).map(|s| vec![((*s).to_owned(), 1.5)]).collect();
    groups.push(TOGETHER.iter().map(|s| ((*s).to_owned(), 1.5)).collect());
    for chain in CHAINED {
        let mut from = 1.5;
        let mut group = Vec::new();
        for section in chain.iter().filter(|s| sections.contains(s)) {
            group.push(((*section).to_owned(), from));
            let ends = exchanges.iter().filter(|e| e.section == *section).map(|e| e.at + e.elapsed_ms / 1e3);
            from += ends.fold(0.0, f64::max) + 0.1;
        }
        groups.push(group);
    }
    groups
}

fn options(version: Version, section: &str) -> Options {
    let mut options = Options::new(version, KEY);
    options.timing = options.timing.stepped();
    match section {
        "qrcode-limit-2" => options.qrcode_limit = 2,
        "EXPOSE_IN_FETCH_INSTANCES=false" => options.expose_in_fetch = false,
        "DEL_INSTANCE=1" => options.del_instance_minutes = 1,
        "DEL_INSTANCE=2" => options.del_instance_minutes = 2,
        _ => {}
    }
    options
}

/// What was answered, and after how many milliseconds of simulated time.
type Answer = (io::Result<(u64, Value)>, f64);

/// Exchanges, each with what differed, if anything.
type Outcomes = Vec<(Exchange, Option<String>)>;

/// Runs sections on a server of their own. Answers, per exchange, what differed, if anything.
fn replay(version: Version, group: &[(String, f64)], all: &[Exchange]) -> Outcomes {
    let mut exchanges = Vec::new();
    let mut happenings = Vec::new();
    for (section, from) in group {
        let recorded = all.iter().filter(|e| e.section == *section);
        exchanges.extend(recorded.map(|e| (from + e.at + taken_up_late(e), e.clone())));
        happenings.extend(script(version, section).into_iter().map(|(at, h)| (from + at, h)));
    }
    exchanges.sort_by(|a, b| a.0.total_cmp(&b.0));
    happenings.sort_by(|a, b| b.0.total_cmp(&a.0));
    let answers = answers(options(version, &group[0].0), &exchanges, happenings);
    let exchanges: Vec<_> = exchanges.into_iter().map(|(_, e)| e).collect();
    let mut outcomes = Vec::new();
    for twins in exchanges.chunk_by(are_twins) {
        outcomes.extend(compare(twins, &answers[outcomes.len()..]));
    }
    exchanges.into_iter().zip(outcomes).collect()
}

fn taken_up_late(e: &Exchange) -> f64 {
    let (label, late) = TAKEN_UP_LATE;
    if e.label == label && e.status == Some(403) { late } else { 0.0 }
}

/// Asks everything at its moment.
fn answers(
    options: Options,
    exchanges: &[(f64, Exchange)],
    mut happenings: Vec<(f64, Happening)>,
) -> Vec<Answer> {
    let mut stepper = Stepper::start(options);
    for (number, (at, exchange)) in exchanges.iter().enumerate() {
        // Whoever had been answered before this was asked must have been answered here, too.
        for (earlier, (asked, before)) in exchanges.iter().enumerate().take(number) {
            if before.status.is_some() && asked + before.elapsed_ms / 1e3 - ROUNDING <= *at {
                stepper.until_answered(earlier);
            }
        }
        while let Some((when, happening)) = happenings.pop_if(|(when, _)| *when <= *at) {
            stepper.step_to(when);
            stepper.happen(happening);
        }
        stepper.step_to(*at);
        stepper.ask(exchange);
    }
    for (number, (_, exchange)) in exchanges.iter().enumerate() {
        if exchange.status.is_some() {
            stepper.until_answered(number);
        }
    }
    stepper.end()
}

/// Whether two calls were made at the same moment, to see which comes first.
fn are_twins(a: &Exchange, b: &Exchange) -> bool {
    a.label.starts_with("concurrent") && a.request == b.request
}

/// Compares answers with what was recorded; twins take whichever of their recordings fits.
fn compare(recorded: &[Exchange], answers: &[Answer]) -> Vec<Option<String>> {
    let mut free: Vec<_> = answers.iter().take(recorded.len()).collect();
    let outcome = |e: &Exchange| match free.iter().position(|a| differs(a, e).is_none()) {
        Some(fits) => {
            free.remove(fits);
            None
        }
        None => free.first().and_then(|a| differs(a, e)),
    };
    recorded.iter().map(outcome).collect()
}

/// A simulated server, whose time is set on from one moment at which something happens to the next.
struct Stepper {
    sim: Sim,
    /// How much later than recorded it is: what is late here puts off all that follows.
    late: Duration,
    asked: Vec<Asked>,
    /// Calls that left no line.
    unrecorded: Vec<JoinHandle<io::Result<(u64, Value)>>>,
}

/// A call, and when it was asked and answered.
struct Asked {
    call: JoinHandle<io::Result<(u64, Value)>>,
    begun: Duration,
    ended: Option<Duration>,
}

impl Stepper {
    fn start(options: Options) -> Self {
        let sim = Sim::start(options).expect("the simulation starts");
        Self { sim, late: Duration::ZERO, asked: Vec::new(), unrecorded: Vec::new() }
    }

    /// Sets time on to that recorded moment, with a stop wherever somebody wakes.
    fn step_to(&mut self, recorded: f64) {
        let recorded = Duration::from_secs_f64(recorded);
        let moment = recorded + self.late;
        while let Some(due) = self.next_due().filter(|due| *due <= moment) {
            self.set(due);
        }
        self.set(moment);
        self.late = self.sim.control().time().saturating_sub(recorded);
    }

    /// Sets time on until that call has been answered.
    fn until_answered(&mut self, number: usize) {
        while self.asked[number].ended.is_none() {
            let due = self.next_due().expect("whoever is to be answered is not asleep for good");
            self.set(due);
        }
    }

    fn ask(&mut self, exchange: &Exchange) {
        let call = call(self.sim.addr(), exchange);
        self.asked.push(Asked { call, begun: self.sim.control().time(), ended: None });
        self.settle();
    }

    fn happen(&mut self, happening: Happening) {
        if let Happening::Create(name) = happening {
            self.unrecorded.push(create(self.sim.addr(), name));
        } else {
            happen(self.sim.control(), happening);
        }
        self.settle();
    }

    fn set(&mut self, to: Duration) {
        self.sim.control().set_time(to);
        self.settle();
    }

    /// When the next one wakes.
    fn next_due(&self) -> Option<Duration> {
        let dues = self.sim.control().asleep().expect("it has settled");
        dues.into_iter().filter(|due| *due < Duration::MAX).min()
    }

    /// Waits until whoever has no answer sleeps.
    fn settle(&mut self) {
        let begun = Instant::now();
        loop {
            let recorded = self.asked.iter().map(|asked| &asked.call);
            let unanswered = recorded.chain(&self.unrecorded).filter(|call| !call.is_finished()).count();
            if self.sim.control().asleep().is_some_and(|dues| dues.len() == unanswered) {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "neither answered nor asleep");
            thread::sleep(LOOK);
        }
        let now = self.sim.control().time();
        for asked in self.asked.iter_mut().filter(|asked| asked.ended.is_none() && asked.call.is_finished()) {
            asked.ended = Some(now);
        }
    }

    /// Ends the simulation, and with it whoever waits for an answer that was never seen.
    fn end(self) -> Vec<Answer> {
        drop(self.sim);
        let answer = |asked: Asked| {
            let answer = asked.call.join().expect("a call");
            let took =
                asked.ended.map_or(f64::INFINITY, |at| at.saturating_sub(asked.begun).as_secs_f64() * 1e3);
            (answer, took)
        };
        self.asked.into_iter().map(answer).collect()
    }
}

fn happen(control: &Control, happening: Happening) {
    match happening {
        Happening::Scan(name) => assert!(control.scan(name, None), "{name} shows no code"),
        Happening::Unlink(name) => assert!(control.unlink(name), "{name} is not paired"),
        Happening::Drop(name) => assert!(control.drop_socket(name, None), "{name} has no socket"),
        Happening::HoldDelete(name, s) => {
            assert!(control.hold_delete(name, Duration::from_secs_f64(s)), "no {name}");
        }
        Happening::Whatsapp(to) => control.whatsapp(to),
        Happening::VersionPage(to) => control.version_page(to),
        Happening::Restart => control.restart(),
        Happening::Delete(name) => control.forget(Some(name)),
        Happening::Create(_) => unreachable!("it is a call"),
    }
}

fn create(addr: SocketAddr, name: &str) -> JoinHandle<io::Result<(u64, Value)>> {
    let body = format!(r#"{{"instanceName":"{name}","integration":"WHATSAPP-BAILEYS","qrcode":true}}"#);
    let headers = [("apikey".to_owned(), KEY.to_owned()), ("content-type".into(), "application/json".into())];
    thread::spawn(move || ask(addr, "POST", "/instance/create", &headers, &body))
}

/// Asks what was asked.
fn call(addr: SocketAddr, e: &Exchange) -> JoinHandle<io::Result<(u64, Value)>> {
    let text = |field: &str| e.request[field].as_str().unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = e.request["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(n, v)| (n.clone(), v.as_str().unwrap_or_default().to_owned()))
        .collect();
    let body = match &e.request["body"] {
        Value::Null => String::new(),
        Value::String(raw) => raw.clone(),
        json => json.to_string(),
    };
    let (method, path) = (text("method"), text("path"));
    thread::spawn(move || ask(addr, &method, &path, &headers, &body))
}

/// What is different about an answer, if anything.
fn differs((answer, took): &Answer, e: &Exchange) -> Option<String> {
    let (status, body) = match (answer, e.status) {
        (Err(_), None) => return None,
        // Back then, who asked had left by then.
        (Ok(_), None) if *took >= e.elapsed_ms => return None,
        (Err(error), Some(_)) => return Some(format!("no answer: {error}")),
        (Ok(answer), _) => answer,
    };
    if Some(*status) != e.status {
        return Some(format!("status {status} instead of {:?}", e.status));
    }
    if (*took > SLEPT_MS) != (e.elapsed_ms > SLEPT_MS) {
        return Some(format!("took {took:.0} ms instead of {:.0}", e.elapsed_ms));
    }
    shape_differs(body, &e.body, "")
}

fn shape_differs(ours: &Value, theirs: &Value, path: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let (mut ours, mut theirs): (Vec<_>, Vec<_>) = (a.keys().collect(), b.keys().collect());
            ours.sort();
            theirs.sort();
            if ours != theirs {
                return Some(format!("{path}: keys {ours:?} instead of {theirs:?}"));
            }
            a.iter().find_map(|(key, value)| shape_differs(value, &b[key], &format!("{path}.{key}")))
        }
        (Value::Array(a), Value::Array(b)) if a.len() != b.len() => {
            Some(format!("{path}: {} elements instead of {}", a.len(), b.len()))
        }
        // Lists of instances have no order that could be relied on.
        (Value::Array(a), Value::Array(b)) => a.iter().zip(b).find_map(|(ours, next)| {
            let theirs = b.iter().find(|theirs| name(ours).is_some() && name(theirs) == name(ours));
            shape_differs(ours, theirs.unwrap_or(next), &format!("{path}[]"))
        }),
        (Value::String(a), Value::String(b)) => {
            // Long texts are cut in the recordings.
            let start = b.split('…').next().unwrap_or_default();
            let matters = path.contains(".message") && !b.contains(DATABASE);
            (matters && !(a == b || start != b && a.starts_with(start)))
                .then(|| format!("{path}: {a:?} instead of {b:?}"))
        }
        (Value::Null, Value::Null)
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Number(_), Value::Number(_)) => None,
        _ => Some(format!("{path}: {ours} instead of {theirs}")),
    }
}

/// The name of an entry of a list of instances.
fn name(entry: &Value) -> Option<&str> {
    entry.get("name").or_else(|| entry.pointer("/instance/instanceName"))?.as_str()
}

/// One exchange on a connection of its own.
fn ask(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: &str,
) -> io::Result<(u64, Value)> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let lines = headers.iter().fold(String::new(), |lines, (n, v)| format!("{lines}{n}: {v}\r\n"));
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n{lines}{length}\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    Ok((status, serde_json::from_str(body)?))
}

/// Replays a whole recording, each set of sections on a server of its own, and says what differs but for chance.
fn differences(version: Version, recording: &str) -> Vec<String> {
    let exchanges = read(recording);
    let outcomes = thread::scope(|scope| {
        let replay = |group: Vec<_>| replay(version, &group, &exchanges);
        let replays: Vec<_> =
            groups(&exchanges).into_iter().map(|group| scope.spawn(move || replay(group))).collect();
        replays.into_iter().flat_map(|replay| replay.join().expect("a replay")).collect::<Outcomes>()
    });
    assert_eq!(outcomes.len(), exchanges.len(), "each exchange is replayed once");
    let line = |(e, difference): (Exchange, Option<String>)| {
        difference.map(|difference| format!("{} {:.3} {}: {difference}", e.section, e.at, e.label))
    };
    let is_chance = |line: &String| CHANCE.iter().any(|chance| line.starts_with(chance));
    outcomes.into_iter().filter_map(line).filter(|line| !is_chance(line)).collect()
}

#[test]
fn replays_2_3_7() {
    let differences = differences(Version::V2_3_7, "2.3.7");
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn replays_1_8_2() {
    let differences = differences(Version::V1_8_2, "1.8.2");
    assert!(differences.is_empty(), "{differences:#?}");
}
