//! A line of the log: as text, as JSON, and as the journal takes either. Pure: writes nothing.
//!
//! Phones are masked here, whoever logs them: instances are often called by their number.

use log::kv::{self, Key, Value, VisitSource};
use log::{Level, Record};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::phone_mask;
use crate::domain::{Millis, clock, now};

/// What a line of a request, or of a round of polls, begins with.
const ID: &str = "id=";

/// How a record is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

impl LogFormat {
    /// Reads the setting; empty: not given.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "" | "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// How lines are written, and to whom.
#[derive(Clone, Copy, Default)]
pub struct LineWriter {
    /// What they look like.
    pub format: LogFormat,
    /// Whether systemd's journal reads them: it has a time of its own, and takes the level from the line's start.
    pub to_journal: bool,
}

impl LineWriter {
    /// The line of a record.
    pub fn record(self, record: &Record) -> String {
        let mut fields = RecordFields::default();
        if self.format == LogFormat::Json {
            record.key_values().visit(&mut fields).ok();
        }
        self.write(now(), record.level(), &record.args().to_string(), fields.0)
    }

    /// A line of that level which says that.
    pub fn line(self, level: Level, message: &str) -> String {
        self.line_at(now(), level, message)
    }

    /// The same with another moment than now.
    pub fn line_at(self, at: Millis, level: Level, message: &str) -> String {
        self.write(at, level, message, Map::new())
    }

    fn write(self, at: Millis, level: Level, message: &str, fields: Map<String, Json>) -> String {
        let message = masked(message);
        let priority = if self.to_journal { format!("<{}>", priority(level)) } else { String::new() };
        match self.format {
            LogFormat::Json => format!("{priority}{}\n", json(at, level, &message, fields)),
            LogFormat::Text if self.to_journal => format!("{priority}{}\n", one_line(&message)),
            LogFormat::Text => format!("{} {level:<5} {}\n", clock::iso(at), one_line(&message)),
        }
    }
}

/// The sentence with which a command ends, as the journal takes it or as it is.
pub fn error(sentence: &str, to_journal: bool) -> String {
    if to_journal { format!("<{}>{sentence}", priority(Level::Error)) } else { sentence.to_owned() }
}

/// A level as syslog numbers it.
fn priority(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

/// A line end inside the message would let its text pass for a line of its own.
fn one_line(message: &str) -> String {
    message.replace(['\n', '\r'], "\\n")
}

/// The object of a line.
#[derive(Serialize)]
struct JsonLine<'a> {
    time: String,
    level: String,
    /// The id that many messages begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    message: &'a str,
    #[serde(flatten)]
    fields: Map<String, Json>,
}

fn json(at: Millis, level: Level, message: &str, fields: Map<String, Json>) -> String {
    let (id, message) = message
        .strip_prefix(ID)
        .and_then(|rest| rest.split_once(' '))
        .map_or((None, message), |(id, rest)| (Some(id), rest));
    let (time, level) = (clock::iso(at), level.as_str().to_ascii_lowercase());
    serde_json::to_string(&JsonLine { time, level, id, message, fields }).expect("our own types are JSON")
}

/// The members that a record names beside its message.
#[derive(Default)]
struct RecordFields(Map<String, Json>);

impl<'kvs> VisitSource<'kvs> for RecordFields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let value = value.to_u64().map_or_else(|| phone_mask::masked(&value.to_string()).into(), Json::from);
        self.0.insert(key.as_str().to_owned(), value);
        Ok(())
    }
}

/// The message with its phones cut; not the id of a request.
fn masked(message: &str) -> String {
    let id = if message.starts_with(ID) { message.find(' ').unwrap_or(message.len()) } else { 0 };
    let (id, said) = message.split_at(id);
    format!("{id}{}", phone_mask::masked(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: LineWriter = LineWriter { format: LogFormat::Text, to_journal: false };
    const JSON: LineWriter = LineWriter { format: LogFormat::Json, to_journal: false };

    #[test]
    fn a_record_is_one_line_whatever_it_says() {
        let text = TEXT.line(Level::Warn, "a\nb");
        assert!(text.ends_with("Z WARN  a\\nb\n"), "{text}");
        let journal = LineWriter { to_journal: true, ..TEXT };
        for (level, start) in
            [(Level::Error, "<3>"), (Level::Warn, "<4>"), (Level::Info, "<6>"), (Level::Debug, "<7>")]
        {
            assert_eq!(journal.line(level, "a\r\nb"), format!("{start}a\\n\\nb\n"));
        }
        let json = LineWriter { to_journal: true, ..JSON }.line(Level::Info, "a\n\"b\"");
        assert!(
            json.starts_with("<6>{") && json.ends_with("}\n") && json.matches('\n').count() == 1,
            "{json}"
        );
    }

    #[test]
    fn a_line_of_json_has_the_id_and_what_the_record_names() {
        let said = format_args!("id=rabc123 GET /livez 200 4ms").to_string();
        let members = [("status", Value::from(200u16)), ("route", Value::from("/livez"))];
        let args = format_args!("{said}");
        let record = Record::builder().level(Level::Info).args(args).key_values(&members).build();
        let line: Json = serde_json::from_str(&JSON.record(&record)).expect("JSON");
        for (member, value) in [
            ("level", Json::from("info")),
            ("id", "rabc123".into()),
            ("status", 200.into()),
            ("route", "/livez".into()),
            ("message", "GET /livez 200 4ms".into()),
        ] {
            assert_eq!(line[member], value, "{line}");
        }
        let line: Json = serde_json::from_str(&JSON.line(Level::Warn, "no id")).expect("JSON");
        assert!(
            line["id"].is_null() && line["time"].as_str().is_some_and(|time| time.ends_with('Z')),
            "{line}"
        );
    }

    #[test]
    fn phones_are_cut_and_the_id_of_a_request_is_not() {
        for (said, logged) in [
            ("loja-5521-99185-6227 at credential a", "loja-***6227 at credential a"),
            ("id=r5521991856227 x", "id=r5521991856227 x"),
            ("id=watch 5521991856227: connecting → connected", "id=watch ***6227: connecting → connected"),
            ("id=r1", "id=r1"),
        ] {
            assert_eq!(masked(said), logged, "{said}");
        }
    }

    #[test]
    fn a_format_is_one_of_two() {
        for (text, format) in [
            ("", Some(LogFormat::Text)),
            ("text", Some(LogFormat::Text)),
            ("JSON", Some(LogFormat::Json)),
            ("xml", None),
        ] {
            assert_eq!(LogFormat::parse(text), format, "{text}");
        }
    }
}
