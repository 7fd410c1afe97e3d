//! The linked phone in the columns of a row.

use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use crate::domain::{LinkedPhone, LinkedSince, Phone};

/// Gives queries `number_matches`, which says of a linked number whether it is the one that a row is for. No index
/// and no trigger names it, so that other programs may change the database.
pub(super) fn add_number_matches(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("number_matches", 2, flags, |arguments| {
        let [linked, expected] = [0, 1].map(|at| arguments.get_raw(at).as_str_or_null());
        let linked = linked?.and_then(Phone::stored);
        Ok(linked.zip(expected?).and_then(|(linked, expected)| linked.is_phone_of_row(expected)))
    })
}

/// The values of `linkedNumber`, `linkedKey`, `profileName` and `linkedSeenAt`.
pub(super) fn columns(linked: Option<&LinkedSince>) -> [Value; 4] {
    let phone = linked.map(|linked| &linked.phone);
    let number = phone.and_then(|phone| phone.number.as_ref());
    [
        number.map(|number| number.as_str().to_owned()).into(),
        number.map(Phone::key).into(),
        phone.and_then(|phone| phone.profile_name.clone()).into(),
        linked.map(|linked| linked.at).into(),
    ]
}

/// Reads the columns `linkedNumber`, `profileName` and `linkedSeenAt`.
pub(super) fn read(row: &Row, [number, name, seen]: [usize; 3]) -> rusqlite::Result<Option<LinkedSince>> {
    let Some(at) = row.get(seen)? else { return Ok(None) };
    let number = row.get_ref(number)?.as_str_or_null()?.and_then(Phone::stored);
    Ok(Some(LinkedSince { phone: LinkedPhone { number, profile_name: row.get(name)? }, at }))
}
