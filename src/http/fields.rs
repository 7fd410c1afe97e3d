//! The fields of a JSON body, each read as what it must be or refused by its name.
//!
//! Fields that nobody knows are ignored, unless a route says otherwise. A field that is there twice is refused, since nobody
//! can say which of the two was meant.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::json_fault;
use super::problem::Problem;
use crate::domain::{Invalid, MAX_NAME, Phone, PhoneError, PhoneFault, Secret};
use crate::text;

/// Members in which tools put the body that they were given.
const WRAPPERS: [&str; 5] = ["body", "json", "data", "payload", "params"];

/// A body that is a JSON object.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let body = json_fault::without_mark(body);
        let refused = |error| Problem::InvalidJson(json_fault::detail(body, &error));
        let Members { values, repeated } = serde_json::from_slice(body).map_err(refused)?;
        repeated.map_or(Ok(Self(values)), |field| Err(Problem::RepeatedField(shortened(&field))))
    }

    /// Reads a body that may be left out.
    pub fn read_or_none(body: &[u8]) -> Result<Self, Problem> {
        if body.is_empty() { Ok(Self(Map::new())) } else { Self::read(body) }
    }

    /// A text.
    pub fn text(&self, field: &'static str) -> Result<&str, Problem> {
        let text = self.0.get(field).and_then(Value::as_str);
        text.ok_or_else(|| Problem::InvalidField(field, text::not_a_text(field)))
    }

    /// A text that may be absent, or null.
    pub fn optional_text(&self, field: &'static str) -> Result<Option<&str>, Problem> {
        if self.is_absent(field) { Ok(None) } else { self.text(field).map(Some) }
    }

    /// A text that goes nowhere but where it is needed.
    pub fn secret(&self, field: &'static str) -> Result<Secret, Problem> {
        self.text(field).map(Secret::new)
    }

    /// A text that means something.
    pub fn parsed<T>(
        &self,
        field: &'static str,
        parse: fn(&str) -> Result<T, Invalid>,
    ) -> Result<T, Problem> {
        let text = self.text(field)?;
        parse(text).map_err(|invalid| refused(field, text, text::invalid_field(field, invalid)))
    }

    /// The same, which may be absent, or null.
    pub fn optional<T>(
        &self,
        field: &'static str,
        parse: fn(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Problem> {
        if self.is_absent(field) { Ok(None) } else { self.parsed(field, parse).map(Some) }
    }

    /// A phone: a text, or the whole number that a spreadsheet or a form made of it.
    pub fn phone(&self, field: &'static str) -> Result<Phone, Problem> {
        let sentence = |error: PhoneError| format!("{field}: {}", text::phone(&error));
        let text = match self.0.get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => match number.as_u64() {
                Some(whole) => whole.to_string(),
                None => return Err(Problem::InvalidField(field, sentence(PhoneFault::Spreadsheet.into()))),
            },
            _ => return Err(Problem::InvalidField(field, text::not_a_phone(field))),
        };
        Phone::parse(&text).map_err(|error| refused(field, &text, sentence(error)))
    }

    /// A text to write: absent it stays as it is, null clears it.
    pub fn change(
        &self,
        field: &'static str,
        parse: fn(&str) -> Result<String, Invalid>,
    ) -> Result<Option<String>, Problem> {
        match self.0.get(field) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(String::new())),
            Some(_) => self.parsed(field, parse).map(Some),
        }
    }

    /// Texts to write: absent they stay as they are, null clears them.
    pub fn texts(
        &self,
        field: &'static str,
        parse: fn(&[&str]) -> Result<Vec<String>, Invalid>,
    ) -> Result<Option<Vec<String>>, Problem> {
        let Some(value) = self.0.get(field) else { return Ok(None) };
        let given: Option<Vec<&str>> = match value {
            Value::Null => Some(Vec::new()),
            value => value.as_array().and_then(|texts| texts.iter().map(Value::as_str).collect()),
        };
        let read = parse(&given.ok_or_else(|| Problem::InvalidField(field, text::not_texts(field)))?);
        let read = read.map_err(|invalid| Problem::InvalidField(field, text::invalid_field(field, invalid)));
        read.map(Some)
    }

    /// Whether the field is there, null or not.
    pub fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// The same body without the fields that are null.
    #[must_use]
    pub fn without_nulls(self) -> Self {
        Self(self.0.into_iter().filter(|(_, value)| !value.is_null()).collect())
    }

    /// Refuses a body that has none of those fields, or another.
    pub fn only(&self, taken: &[&str]) -> Result<(), Problem> {
        let other = self.0.keys().find(|field| !taken.contains(&field.as_str()));
        let other = other.map(|field| shortened(field));
        if other.is_none() && !self.0.is_empty() {
            return Ok(());
        }
        let sentence = text::unexpected_field(other.as_deref(), taken);
        Err(Problem::UnexpectedField(other, sentence))
    }

    /// A whole number that may be absent, or null.
    pub fn number(
        &self,
        field: &'static str,
        within: std::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>, Problem> {
        let fits = |value: &Value| whole(value).filter(|number| within.contains(number));
        match self.0.get(field) {
            _ if self.is_absent(field) => Ok(None),
            Some(value) if fits(value).is_some() => Ok(fits(value)),
            _ => Err(Problem::InvalidField(field, text::not_a_number(field, &within))),
        }
    }

    /// A flag that is absent, or null, is down.
    pub fn flag(&self, field: &'static str) -> Result<bool, Problem> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(up)) => Ok(*up),
            Some(_) => Err(Problem::InvalidField(field, text::not_a_bool(field))),
        }
    }

    /// What the body is if those fields are not in it, but one level further in, or if it is Evolution's own.
    pub fn made_for_another(&self, fields: [&str; 2]) -> Option<String> {
        let has = |value: &Value| fields.iter().any(|field| value.get(field).is_some());
        let wrapper = WRAPPERS.iter().find(|wrapper| self.0.get(**wrapper).is_some_and(has));
        let is_evolutions = self.0.contains_key("instanceName");
        wrapper
            .map(|wrapper| text::body_wrapped(wrapper))
            .or_else(|| is_evolutions.then(|| text::body_of_evolution().to_owned()))
    }

    fn is_absent(&self, field: &str) -> bool {
        matches!(self.0.get(field), None | Some(Value::Null))
    }
}

/// The name of a field as it is repeated to the caller.
fn shortened(field: &str) -> String {
    field.chars().take(MAX_NAME).collect()
}

/// The members of a JSON object, and the name of one that is there twice.
#[derive(Default)]
struct Members {
    values: Map<String, Value>,
    repeated: Option<String>,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some((name, value)) = object.next_entry::<String, Value>()? {
            if members.values.insert(name.clone(), value).is_some() {
                members.repeated = Some(name);
            }
        }
        Ok(members)
    }
}

/// A whole number that is not negative: also `38.0`, which is the same number for JSON Schema and for languages that have one kind of them.
fn whole(value: &Value) -> Option<u64> {
    /// From here on a float leaves whole numbers out.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = || value.as_f64().filter(|float| (0.0..EXACT).contains(float) && float.fract() == 0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within what a float counts exactly"
    )]
    value.as_u64().or_else(|| float().map(|float| float as u64))
}

/// A text that is not what it must be; one that a tool should have filled in is told so.
fn refused(field: &'static str, text: &str, sentence: String) -> Problem {
    let is_template = text.contains("{{") || text.contains("${");
    Problem::InvalidField(field, if is_template { text::not_filled_in(field) } else { sentence })
}
