//! The parameters of a query, each read as what it must be or refused by its name.
//!
//! A parameter without a value counts as not given: forms send those.

use std::ops::RangeInclusive;

use super::exchange::Exchange;
use super::problem::Problem;
use crate::words;

/// A line of at most `most` characters, without the spaces around it.
pub fn text(exchange: &Exchange, field: &'static str, most: usize) -> Result<Option<String>, Problem> {
    let Some(text) = given(exchange, field) else { return Ok(None) };
    if text.chars().count() > most || text.contains(char::is_control) {
        return Err(Problem::InvalidField(field, words::not_a_search(field, most)));
    }
    Ok(Some(text))
}

/// A whole number.
pub fn number<T: TryFrom<u64>>(
    exchange: &Exchange,
    field: &'static str,
    within: RangeInclusive<u64>,
) -> Result<Option<T>, Problem> {
    let read = |text: String| {
        let number = text.parse().ok().filter(|number| within.contains(number));
        let fits = number.and_then(|number| T::try_from(number).ok());
        fits.ok_or_else(|| Problem::InvalidField(field, words::not_a_number(field, &within)))
    };
    given(exchange, field).map(read).transpose()
}

/// A flag: `true`, `false`, or not there, which is down.
pub fn flag(exchange: &Exchange, field: &'static str) -> Result<bool, Problem> {
    match given(exchange, field).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::InvalidField(field, words::not_a_bool(field))),
    }
}

fn given(exchange: &Exchange, field: &str) -> Option<String> {
    exchange.query(field).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
