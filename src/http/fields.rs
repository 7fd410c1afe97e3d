//! The fields of a JSON body, each read as what it must be or refused by its name.
//!
//! Fields that nobody knows are ignored; of a field given twice the last counts, as in every
//! browser.

use serde_json::{Map, Value};

use super::problem::Problem;
use crate::domain::{Invalid, Phone, Secret};
use crate::text;

/// A body that is a JSON object.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(body).map(Self).map_err(|_| Problem::InvalidJson)
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
        parse(self.text(field)?)
            .map_err(|invalid| Problem::InvalidField(field, text::invalid_field(field, invalid)))
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
        let text = match self.0.get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) if number.as_i64().is_none_or(|number| number >= 0) => {
                number.to_string()
            }
            _ => return Err(Problem::InvalidField(field, text::not_a_phone(field))),
        };
        let refused = |error| Problem::InvalidField(field, format!("{field}: {}", text::phone(&error)));
        Phone::parse(&text).map_err(refused)
    }

    /// A whole number that may be absent, or null.
    pub fn number(
        &self,
        field: &'static str,
        within: std::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>, Problem> {
        let fits = |value: &Value| value.as_u64().filter(|number| within.contains(number));
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

    fn is_absent(&self, field: &str) -> bool {
        matches!(self.0.get(field), None | Some(Value::Null))
    }
}
