//! Counts for the overview: instances, users, tokens.

use super::{Error, Store};
use crate::domain::Status;

/// The counts.
#[derive(Debug)]
pub struct Totals {
    /// How many instances are in each status, in the order of [`Status::ALL`].
    pub instances: Vec<(Status, u32)>,
    /// How many users there are.
    pub users: u32,
    /// How many tokens they have, expired ones included.
    pub tokens: u32,
}

impl Store {
    /// Counts everything.
    pub fn totals(&self) -> Result<Totals, Error> {
        self.read(|c| {
            let mut grouped =
                c.prepare_cached("SELECT status, count(*) FROM messaging_instances GROUP BY status")?;
            let counted: Vec<(String, u32)> =
                grouped.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            let of = |status: Status| counted.iter().find(|(word, _)| word == status.as_str());
            let instances = Status::ALL.iter().map(|s| (*s, of(*s).map_or(0, |(_, n)| *n))).collect();
            let people = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM api_tokens)";
            let (users, tokens) =
                c.prepare_cached(people)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(Totals { instances, users, tokens })
        })
    }
}
