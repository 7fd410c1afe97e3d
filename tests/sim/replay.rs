//! Replays what real Evolution servers were asked, at the recorded moments, against the simulated one.
//!
//! Compared are the status, the shape of the body (keys and JSON types; an array by its first element),
//! the text of error messages, and whether the call slept. What happened by itself back then (a phone
//! scanned, WhatsApp went away) is in [`script`], because most of it left no line in the recordings.
//! It runs faster than it was recorded, at each of [`SPEEDS`] until enough is right: on a busy machine slower is
//! truer. Calls that were recorded as concurrent may swap their answers: which came first is chance.

use pareia::sim::{Options, Sim, Version, VersionPage, Whatsapp};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// How many times faster than recorded the replay runs; the slower ones for what differs where the machine
/// is too busy to ask in time.
const SPEEDS: [f64; 3] = [10.0, 4.0, 2.0];
/// The same where two calls must meet within milliseconds.
const RACE_SPEED: f64 = 1.0;
/// Recorded moments are rounded; a call that ended this little after another began ended before it.
const ROUNDING: f64 = 0.002;
/// Recorded milliseconds from which a call counts as one that slept.
const SLEPT_MS: f64 = 900.0;
/// The share of exchanges that must replay right.
const SHARE: f64 = 0.9;
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
    lines.lines().filter_map(line).collect()
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

fn options(version: Version, section: &str, speed: f64) -> Options {
    let speed = if section.starts_with("race") { RACE_SPEED } else { speed };
    let mut options = Options::new(version, KEY);
    options.timing = options.timing.sped_up(speed);
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
fn replay(version: Version, group: &[(String, f64)], all: &[Exchange], speed: f64) -> Outcomes {
    let mut exchanges = Vec::new();
    let mut happenings = Vec::new();
    for (section, from) in group {
        exchanges.extend(all.iter().filter(|e| e.section == *section).map(|e| (from + e.at, e.clone())));
        happenings.extend(script(version, section).into_iter().map(|(at, h)| (from + at, h)));
    }
    exchanges.sort_by(|a, b| a.0.total_cmp(&b.0));
    happenings.sort_by(|a, b| b.0.total_cmp(&a.0));
    let answers = answers(options(version, &group[0].0, speed), &exchanges, happenings);
    let exchanges: Vec<_> = exchanges.into_iter().map(|(_, e)| e).collect();
    let mut outcomes = Vec::new();
    for twins in exchanges.chunk_by(are_twins) {
        outcomes.extend(compare(twins, &answers[outcomes.len()..]));
    }
    exchanges.into_iter().zip(outcomes).collect()
}

/// Asks everything at its moment.
fn answers(
    options: Options,
    exchanges: &[(f64, Exchange)],
    mut happenings: Vec<(f64, Happening)>,
) -> Vec<Answer> {
    let speed = options.timing.speed;
    let sim = Sim::start(options).expect("the simulation starts");
    let mut schedule = Schedule { start: Instant::now(), speed };
    thread::scope(|scope| {
        let mut running: Vec<(usize, f64, thread::ScopedJoinHandle<'_, Answer>)> = Vec::new();
        let mut answers: Vec<Option<Answer>> = exchanges.iter().map(|_| None).collect();
        for (number, (at, exchange)) in exchanges.iter().enumerate() {
            // Whoever had been answered before this was asked must have been answered here, too.
            for (owner, _, handle) in running.extract_if(.., |(_, end, _)| *end - ROUNDING <= *at) {
                answers[owner] = Some(handle.join().expect("a replay thread"));
            }
            while let Some((when, happening)) = happenings.pop_if(|(when, _)| *when <= *at) {
                schedule.sleep_until(when);
                happen(scope, &sim, happening);
            }
            schedule.sleep_until(*at);
            let addr = sim.addr();
            let handle = scope.spawn(move || answer(addr, exchange, speed));
            running.push((number, at + exchange.elapsed_ms / 1e3, handle));
        }
        for (owner, _, handle) in running {
            answers[owner] = Some(handle.join().expect("a replay thread"));
        }
        answers.into_iter().map(|a| a.expect("all were asked")).collect()
    })
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

/// When recorded moments are in real time. On a busy machine it is put off rather than caught up with:
/// the gaps between calls must not shrink.
struct Schedule {
    start: Instant,
    speed: f64,
}

impl Schedule {
    fn sleep_until(&mut self, recorded: f64) {
        let due = self.start + Duration::from_secs_f64(recorded / self.speed);
        let now = Instant::now();
        self.start += now.saturating_duration_since(due);
        thread::sleep(due.saturating_duration_since(now));
    }
}

fn happen<'s>(scope: &'s thread::Scope<'s, '_>, sim: &Sim, happening: Happening) {
    let control = sim.control();
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
        Happening::Create(name) => {
            let addr = sim.addr();
            let body =
                format!(r#"{{"instanceName":"{name}","integration":"WHATSAPP-BAILEYS","qrcode":true}}"#);
            let headers = [("apikey", KEY.to_owned()), ("content-type", "application/json".to_owned())];
            scope.spawn(move || {
                ask(addr, "POST", "/instance/create", &headers, &body, Duration::from_secs(9))
            });
        }
        Happening::Delete(name) => control.forget(Some(name)),
    }
}

/// Asks what was asked.
fn answer(addr: SocketAddr, e: &Exchange, speed: f64) -> Answer {
    let text = |field: &str| e.request[field].as_str().unwrap_or_default();
    let headers: Vec<(&str, String)> = e.request["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(n, v)| (n.as_str(), v.as_str().unwrap_or_default().to_owned()))
        .collect();
    let body = match &e.request["body"] {
        Value::Null => String::new(),
        Value::String(raw) => raw.clone(),
        json => json.to_string(),
    };
    let asked = Instant::now();
    let patience = if e.status.is_none() { e.elapsed_ms } else { e.elapsed_ms + 8e3 };
    let limit = Duration::from_secs_f64(patience / 1e3 / speed).max(Duration::from_millis(50));
    let answer = ask(addr, text("method"), text("path"), &headers, &body, limit);
    (answer, asked.elapsed().as_secs_f64() * 1e3 * speed)
}

/// What is different about an answer, if anything.
fn differs((answer, took): &Answer, e: &Exchange) -> Option<String> {
    let (status, body) = match (answer, e.status) {
        (Err(_), None) => return None,
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
        (Value::Array(a), Value::Array(b)) => match (a.first(), b.first()) {
            (None, None) => None,
            (Some(a), Some(b)) => shape_differs(a, b, &format!("{path}[]")),
            _ => Some(format!("{path}: {} elements instead of {}", a.len(), b.len())),
        },
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

/// One exchange on a connection of its own.
fn ask(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: &str,
    limit: Duration,
) -> io::Result<(u64, Value)> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(limit))?;
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

/// Replays a whole recording, prints how it went, and answers the share that was right. What a busy machine
/// was late with is no difference: it is replayed once more, slower.
fn share(version: Version, recording: &str) -> f64 {
    let exchanges = read(recording);
    let groups = groups(&exchanges);
    let mut outcomes: Vec<Outcomes> = groups.iter().map(|_| Vec::new()).collect();
    for speed in SPEEDS {
        replay_what_differs(version, &groups, &exchanges, speed, &mut outcomes);
        if right(&outcomes) >= SHARE {
            break;
        }
    }
    show(recording, outcomes.iter().flatten());
    right(&outcomes)
}

/// Runs those groups, all at the same time, that have not replayed as recorded yet.
fn replay_what_differs(
    version: Version,
    groups: &[Vec<(String, f64)>],
    exchanges: &[Exchange],
    speed: f64,
    outcomes: &mut [Outcomes],
) {
    thread::scope(|scope| {
        let both = groups.iter().zip(outcomes);
        let differing = both.filter(|(_, before)| before.is_empty() || differences(before) > 0);
        for (group, outcome) in differing {
            scope.spawn(move || {
                let now = replay(version, group, exchanges, speed);
                if outcome.is_empty() || differences(&now) < differences(outcome) {
                    *outcome = now;
                }
            });
        }
    });
}

fn differences(outcomes: &Outcomes) -> usize {
    outcomes.iter().filter(|(_, difference)| difference.is_some()).count()
}

/// The share of exchanges that replayed as recorded.
#[allow(clippy::cast_precision_loss, reason = "a few hundred exchanges")]
fn right(outcomes: &[Outcomes]) -> f64 {
    let all: usize = outcomes.iter().map(Vec::len).sum();
    let wrong: usize = outcomes.iter().map(differences).sum();
    (all - wrong) as f64 / all as f64
}

fn show<'a>(recording: &str, outcomes: impl Iterator<Item = &'a (Exchange, Option<String>)>) {
    let mut table: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (exchange, difference) in outcomes {
        let row = table.entry(&exchange.section).or_default();
        row.1 += 1;
        row.0 += usize::from(difference.is_none());
        if let Some(difference) = difference {
            println!(
                "{recording} {} {:>8.3} {}: {difference}",
                exchange.section, exchange.at, exchange.label
            );
        }
    }
    for (section, (right, all)) in &table {
        println!("{recording} {section:<34} {right:>3} of {all:>3}");
    }
    let (right, all) = table.values().fold((0, 0), |(r, a), row| (r + row.0, a + row.1));
    println!("{recording} all {right} of {all}");
}

#[test]
fn replays_2_3_7() {
    let share = share(Version::V2_3_7, "2.3.7");
    assert!(share >= SHARE, "{share:.3} of the exchanges replay right");
}

#[test]
fn replays_1_8_2() {
    let share = share(Version::V1_8_2, "1.8.2");
    assert!(share >= SHARE, "{share:.3} of the exchanges replay right");
}
