//! What monitoring is told of the database: how many instances each server has in which status, how the servers
//! are, and how large the files have become.

use std::fs;

use super::health::NOT_POLLED;
use super::{Error, Store};

/// The figures of the tables.
pub struct DatabaseFigures {
    /// Every credential's server.
    pub servers: Vec<ServerFigures>,
    /// How many instances there are: the credential's id, empty where a row has none; the status; how many.
    pub instances: Vec<(String, String, u64)>,
}

/// One server.
pub struct ServerFigures {
    /// Its credential's id.
    pub credential: String,
    /// What administrators call it.
    pub name: String,
    /// Whether calls may use it.
    pub is_active: bool,
    /// Whether it answered when it was last asked; `None` where it is not asked.
    pub answers: Option<bool>,
}

impl Store {
    /// The figures of the tables.
    pub fn figures(&self) -> Result<DatabaseFigures, Error> {
        self.read(|c| {
            let servers = c
                .prepare_cached(&format!(
                    "SELECT c.id, c.name, c.isActive, CASE
                         WHEN h.credentialId IS NULL OR h.trouble = '{NOT_POLLED}' OR NOT c.isActive THEN NULL
                         ELSE h.trouble IS NULL END
                     FROM integration_credentials c LEFT JOIN credential_health h ON h.credentialId = c.id
                     ORDER BY c.id"
                ))?
                .query_map([], |row| {
                    Ok(ServerFigures {
                        credential: row.get(0)?,
                        name: row.get(1)?,
                        is_active: row.get(2)?,
                        answers: row.get(3)?,
                    })
                })?
                .collect::<Result<_, _>>()?;
            let instances = c
                .prepare_cached(
                    "SELECT coalesce(credentialId, ''), status, count(*) FROM messaging_instances
                     GROUP BY 1, 2 ORDER BY 1, 2",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs())))?
                .collect::<Result<_, _>>()?;
            Ok(DatabaseFigures { servers, instances })
        })
    }

    /// Bytes of the database and of its WAL.
    pub fn file_sizes(&self) -> (u64, u64) {
        let size = |name| fs::metadata(self.folder.join(name)).map_or(0, |file| file.len());
        (size("pareia.db"), size("pareia.db-wal"))
    }
}
