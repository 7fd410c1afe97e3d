//! The client against what the real servers answered: each recorded exchange of the life cycle is
//! served again, byte for byte, and must be understood.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use pareia::domain::{
    Channel, ConnectionState, ListedInstance, Name, Phone, Secret, UpstreamError, UpstreamName,
};
use pareia::qr_image;
use pareia::upstream::{
    BaseUrl, CommandOutcome, Connected, Created, Gateway, ListSink, UpstreamClient, UpstreamServer,
};
use serde_json::Value;

use super::stand_in::{self, read_request};
use crate::harness::PHONE;

/// A server that gives one answer to whoever asks.
pub fn serving(status: u16, body: &str) -> String {
    serving_each(vec![answer(status, body)])
}

/// A server that gives those bytes, each to one caller, and hangs up.
pub fn serving_each(answers: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for answer in answers {
            let (mut client, _) = listener.accept().expect("a call");
            read_request(&mut client);
            client.write_all(answer.as_bytes()).expect("answered");
        }
    });
    url
}

/// The bytes of an answer.
pub fn answer(status: u16, body: &str) -> String {
    stand_in::answer(status, &[], body)
}

/// What an answer means, worked out from the recording without the client.
fn expected_of(endpoint: &str, status: u16, body: &Value) -> String {
    let word = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    match (endpoint, status) {
        (_, 401) => "rejected key".into(),
        ("connectionState", 200) => match word("/instance/state") {
            Some(state) => format!("state {state}"),
            None => "state unloaded".into(),
        },
        ("connectionState" | "connect" | "fetchInstances", 404) => "missing".into(),
        ("connect", 200) if body.is_null() || body["error"] == true => "failed".into(),
        ("connect", 200) if word("/instance/state") == Some("open") => "open".into(),
        ("connect", 200) => match word("/base64") {
            None => "no code".into(),
            // The recording cut the image short: it is drawn from the code.
            Some(image) if image.ends_with('…') => {
                let drawn = word("/code").and_then(qr_image::png_uri).expect("a code");
                format!("code {drawn}")
            }
            Some(image) => format!("code {image}"),
        },
        ("restart", 200) if body["error"] == true => "not now".into(),
        ("restart", 200) => "done".into(),
        ("delete" | "logout", 200) if body["status"] == "SUCCESS" => "done".into(),
        ("delete" | "logout", 400) => "not now".into(),
        ("restart" | "delete" | "logout", 404) => {
            let is_route = word("/response/message/0").is_some_and(|text| text.starts_with("Cannot "));
            match (is_route, endpoint) {
                (true, "restart") => "unsupported".into(),
                (true, _) => "unexpected".into(),
                (false, _) => "missing".into(),
            }
        }
        ("create", 201) => "created".into(),
        ("create", 403) => "taken".into(),
        ("fetchInstances", 200) => {
            let entry = if body.is_array() { &body[0] } else { body };
            let old = &entry["instance"];
            let state = old["status"].as_str().or(entry["connectionStatus"].as_str()).unwrap_or("none");
            let owner = old["owner"].is_string() || entry["ownerJid"].is_string();
            let out = !entry["disconnectionReasonCode"].is_null() && state != "open";
            format!("listed {state} owner {owner} logged out {out}")
        }
        _ => "unexpected".into(),
    }
}

/// A client of the Evolution server at that address.
pub fn client(url: &str) -> Box<dyn UpstreamClient> {
    let (base_url, key) = (BaseUrl::parse(url).expect("a URL"), Secret::new("k"));
    let channel = Channel::WhatsappEvolution;
    let server =
        UpstreamServer { credential: "", channel, base_url: &base_url, ca_certificate: None, key: &key };
    Gateway::default().client(server, "recorded", Instant::now() + Duration::from_secs(5))
}

/// What the client makes of it.
fn actual_of(endpoint: &str, name: &UpstreamName, url: &str) -> String {
    let client = client(url);
    let phone = Phone::parse(PHONE).expect("a phone");
    let state = |s: ConnectionState| format!("{s:?}").to_lowercase();
    let done = |outcome: CommandOutcome| match outcome {
        CommandOutcome::Done => "done".into(),
        CommandOutcome::Missing => "missing".into(),
        CommandOutcome::NotNow => "not now".into(),
        CommandOutcome::Unsupported => "unsupported".into(),
    };
    let outcome = match endpoint {
        "delete" => client.delete(name).map(done),
        "logout" => client.logout(name).map(done),
        "restart" => client.restart(name).map(done),
        "connectionState" => {
            client.state(name).map(|s| s.map_or("missing".into(), |s| format!("state {}", state(s))))
        }
        "connect" => client.code(name).map(|c| match c {
            Connected::Code(qr) => format!("code {}", qr.image.expose()),
            Connected::NoCode => "no code".into(),
            Connected::Open => "open".into(),
            Connected::Missing => "missing".into(),
            Connected::Failed => "failed".into(),
        }),
        "create" => client.create(name, &phone).map(|c| match c {
            Created::Now(_) => "created".into(),
            Created::NameTaken => "taken".into(),
            Created::Refused => "unexpected".into(),
        }),
        _ => client.list(name).map(|l| {
            l.map_or("missing".into(), |l| {
                format!(
                    "listed {} owner {} logged out {}",
                    state(l.state),
                    l.owner.is_some(),
                    l.logout.is_some() && l.state != ConnectionState::Open
                )
            })
        }),
    };
    outcome.unwrap_or_else(|error| match error {
        UpstreamError::RejectedKey => "rejected key".into(),
        UpstreamError::Unexpected => "unexpected".into(),
        other => format!("{other:?}"),
    })
}

/// Serves every exchange of the life cycle in one recording again; how many there were.
fn replay(recording: &str) -> usize {
    let mut replayed = 0;
    for line in recording.lines() {
        let exchange: Value = serde_json::from_str(line).expect("a recorded line");
        let Some(path) = exchange.pointer("/request/path").and_then(Value::as_str) else { continue };
        let Some(status) = exchange.pointer("/response/status").and_then(Value::as_u64) else { continue };
        let endpoint = path.split(['/', '?']).nth(2).unwrap_or_default();
        let asks_for_one = endpoint != "fetchInstances" || path.contains("instanceName=");
        let method = match endpoint {
            "create" | "restart" => "POST",
            "delete" | "logout" => "DELETE",
            _ => "GET",
        };
        let known = ["create", "connect", "connectionState", "fetchInstances", "delete", "logout", "restart"];
        let known = known.contains(&endpoint);
        if !known || !asks_for_one || exchange["request"]["method"] != method {
            continue;
        }
        let body = &exchange["response"]["body"];
        // A list for an empty name is everything: not a question the client asks.
        if body.as_array().is_some_and(|list| list.len() != 1) {
            continue;
        }
        // Names that the client refuses to begin with are not looked for in lists.
        let listed = path.split_once("instanceName=").map_or("a", |(_, name)| name);
        let Ok(name) = Name::parse(listed).as_ref().map(UpstreamName::from) else { continue };
        let status = u16::try_from(status).expect("a status");
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let actual = actual_of(endpoint, &name, &serving(status, &text));
        assert_eq!(actual, expected_of(endpoint, status, body), "{}", &line[..line.len().min(300)]);
        replayed += 1;
    }
    replayed
}

#[test]
fn every_recorded_answer_is_understood() {
    for (version, recording, at_least) in [
        ("2.3.7", include_str!("../recorded/wire-2.3.7.jsonl"), 230),
        ("2.2.3", include_str!("../recorded/wire-2.2.3.jsonl"), 100),
        ("1.8.2", include_str!("../recorded/wire-1.8.2.jsonl"), 230),
    ] {
        let replayed = replay(recording);
        assert!(replayed >= at_least, "{version}: only {replayed}");
    }
}

/// What `list_all` makes of an answer: each name with what is known of it, and how many it skipped.
pub fn whole_list(url: &str) -> Result<(Vec<String>, usize), UpstreamError> {
    let mut lines = Lines(Vec::new());
    client(url).list_all(&mut lines).map(|skipped| (lines.0, skipped))
}

/// A line for each instance of a list.
struct Lines(Vec<String>);

impl ListSink for Lines {
    fn begin(&mut self) {
        self.0.clear();
    }

    fn add(&mut self, name: &str, listed: ListedInstance) {
        let state = format!("{:?}", listed.state).to_lowercase();
        let code = listed.logout.map(|logout| logout.code);
        self.0.push(format!("{name} {state} {:?} {} {code:?}", listed.id, listed.owner.is_some()));
    }
}

#[test]
fn every_recorded_list_is_understood_whole() {
    for (version, recording, at_least) in [
        ("2.3.7", include_str!("../recorded/wire-2.3.7.jsonl"), 4),
        ("2.2.3", include_str!("../recorded/wire-2.2.3.jsonl"), 4),
        ("1.8.2", include_str!("../recorded/wire-1.8.2.jsonl"), 4),
    ] {
        let mut entries = 0;
        for line in recording.lines() {
            let exchange: Value = serde_json::from_str(line).expect("a recorded line");
            let body = &exchange["response"]["body"];
            if exchange["request"]["path"] != "/instance/fetchInstances"
                || exchange["request"]["method"] != "GET"
            {
                continue;
            }
            // Without one the server was being restarted.
            let Some(status) = exchange["response"]["status"].as_u64() else { continue };
            let status = u16::try_from(status).expect("a status");
            let read = whole_list(&serving(status, &body.to_string()));
            let Some(list) = body.as_array() else {
                assert_eq!(read, Err(UpstreamError::RejectedKey), "{}", &line[..line.len().min(300)]);
                continue;
            };
            let text = |entry: &Value, new: &str, old: &str| {
                entry[new].as_str().or(entry["instance"][old].as_str()).map(str::to_owned)
            };
            let expected: Vec<_> = list
                .iter()
                .map(|e| {
                    let name = text(e, "name", "instanceName").expect("a name");
                    let state = text(e, "connectionStatus", "status").unwrap_or("unloaded".into());
                    let owner = text(e, "ownerJid", "owner").is_some();
                    let reason = e["disconnectionReasonCode"].as_u64().and_then(|c| u16::try_from(c).ok());
                    format!("{name} {state} {:?} {owner} {reason:?}", text(e, "id", "instanceId"))
                })
                .collect();
            assert_eq!(read, Ok((expected, 0)));
            entries += list.len();
        }
        assert!(entries >= at_least, "{version}: only {entries}");
    }
}
