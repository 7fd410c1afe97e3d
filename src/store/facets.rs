//! What a list can be narrowed by: the servers, owners and labels that its rows have.

use rusqlite::{Connection, params};

use super::{Error, Store};

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
    /// What the rows of one user have, or all.
    pub fn facets(&self, owner: Option<&str>) -> Result<Facets, Error> {
        // The sign keeps SQLite off the index of owners, which leads to whole rows.
        let servers =
            "SELECT c.name, sum(n) FROM (SELECT credentialId, count(*) AS n FROM messaging_instances
                 WHERE ?1 IS NULL OR +userId = ?1 GROUP BY credentialId)
             JOIN integration_credentials c ON c.id = credentialId GROUP BY c.name ORDER BY c.name LIMIT ?2";
        let users = "SELECT u.name, n FROM (SELECT userId, count(*) AS n FROM messaging_instances
                 WHERE ?1 IS NULL GROUP BY +userId)
             JOIN users u ON u.id = userId ORDER BY u.name LIMIT ?2";
        let labels = "SELECT l.value, sum(n) FROM (SELECT labels, count(*) AS n FROM messaging_instances
                 WHERE labels IS NOT NULL AND (?1 IS NULL OR userId = ?1) GROUP BY labels) r, json_each(r.labels) l
             GROUP BY l.value ORDER BY l.value COLLATE NOCASE LIMIT ?2";
        self.read(|c| {
            Ok(Facets {
                servers: counted(c, servers, owner)?,
                users: counted(c, users, owner)?,
                labels: counted(c, labels, owner)?,
            })
        })
    }
}

fn counted(c: &Connection, query: &str, owner: Option<&str>) -> rusqlite::Result<Vec<(String, u32)>> {
    c.prepare_cached(query)?.query_map(params![owner, MOST], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
