//! What a list can be narrowed by: the servers, owners and labels that its rows have.

use rusqlite::Connection;

use super::viewer::{bound, seen, values};
use super::{Error, Store};
use crate::domain::Viewer;

/// Most values of one kind that are given, by name: more than anybody chooses from.
const MOST: u32 = 500;

/// What the rows of a reader have, each with how many have it.
#[derive(Debug)]
pub struct Facets {
    /// By the names that administrators gave the servers.
    pub servers: Vec<(String, u32)>,
    /// Empty where the reader sees the rows of one user alone.
    pub users: Vec<(String, u32)>,
    pub labels: Vec<(String, u32)>,
}

impl Store {
    /// What the rows have that the viewer sees.
    pub fn facets(&self, viewer: &Viewer) -> Result<Facets, Error> {
        // The sign keeps SQLite off the index of owners, which leads to whole rows.
        let seen = seen(viewer, "+i");
        let servers = format!(
            "SELECT c.name, sum(n) FROM (SELECT credentialId, count(*) AS n FROM messaging_instances i
                 WHERE {seen} GROUP BY credentialId)
             JOIN integration_credentials c ON c.id = credentialId GROUP BY c.name ORDER BY c.name LIMIT {MOST}"
        );
        let users = format!(
            "SELECT u.name, n FROM (SELECT userId, count(*) AS n FROM messaging_instances i
                 WHERE {seen} GROUP BY +userId)
             JOIN users u ON u.id = userId ORDER BY u.name LIMIT {MOST}"
        );
        let labels = format!(
            "SELECT l.value, sum(n) FROM (SELECT labels, count(*) AS n FROM messaging_instances i
                 WHERE labels IS NOT NULL AND {seen} GROUP BY labels) r, json_each(r.labels) l
             GROUP BY l.value ORDER BY l.value COLLATE NOCASE LIMIT {MOST}"
        );
        self.read(|c| {
            let users = if viewer.owner.is_none() { counted(c, &users, viewer)? } else { Vec::new() };
            Ok(Facets { servers: counted(c, &servers, viewer)?, users, labels: counted(c, &labels, viewer)? })
        })
    }
}

fn counted(c: &Connection, query: &str, viewer: &Viewer) -> rusqlite::Result<Vec<(String, u32)>> {
    let values = values(viewer);
    c.prepare_cached(query)?.query_map(&*bound(&values), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
