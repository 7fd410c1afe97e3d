//! The parameters of a query, each read as what it must be or refused by its name.
//!
//! A parameter without a value counts as not given: forms send those. One that is there twice is refused, since nobody
//! can say which of the two was meant.

use std::ops::RangeInclusive;

use super::problem::Problem;
use super::request::Request;
use crate::text;

/// A line of at most `most` characters, without the spaces around it.
pub fn text(request: &Request, field: &'static str, most: usize) -> Result<Option<String>, Problem> {
    let Some(text) = given(request, field)? else { return Ok(None) };
    if text.chars().count() > most || text.contains(char::is_control) {
        return Err(Problem::InvalidField(field, text::not_a_search(field, most)));
    }
    Ok(Some(text))
}

/// A whole number.
pub fn number<T: TryFrom<u64>>(
    request: &Request,
    field: &'static str,
    within: RangeInclusive<u64>,
) -> Result<Option<T>, Problem> {
    let read = |text: String| {
        let number = text.parse().ok().filter(|number| within.contains(number));
        let fits = number.and_then(|number| T::try_from(number).ok());
        fits.ok_or_else(|| Problem::InvalidField(field, text::not_a_number(field, &within)))
    };
    given(request, field)?.map(read).transpose()
}

/// A flag: `true`, `false`, or not there, which is down.
pub fn flag(request: &Request, field: &'static str) -> Result<bool, Problem> {
    match given(request, field)?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::InvalidField(field, text::not_a_bool(field))),
    }
}

/// The text of a parameter, without the spaces around it.
pub fn given(request: &Request, field: &str) -> Result<Option<String>, Problem> {
    let mut values = request.query(field);
    let value = values.pop().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if values.is_empty() { Ok(value) } else { Err(Problem::RepeatedField(field.to_owned())) }
}
