//! The history of each instance. Triggers of the database write it.

use rusqlite::params;

use super::{Error, Store};
use crate::domain::Millis;

/// A change of an instance: of its status, or of the phone while it stays connected.
#[derive(Debug)]
pub struct EventLine {
    /// Increases with time.
    pub id: i64,
    /// When it was seen.
    pub at: Millis,
    /// The status before; `None`: the row was written.
    pub from: Option<String>,
    /// The status since.
    pub to: String,
    /// Why, as a word of [`crate::domain::Reason`].
    pub reason: Option<String>,
    /// What was seen beside it: the number of the phone that is connected, or what was set.
    pub detail: Option<String>,
}

impl Store {
    /// The newest changes of an instance before `before`, newest first.
    pub fn events(&self, id: &str, before: Option<i64>, most: u32) -> Result<Vec<EventLine>, Error> {
        self.read(|c| {
            c.prepare_cached(
                // Of a double it is the other server, which owners may not know.
                "SELECT id, at, fromStatus, toStatus, reason, iif(reason = 'doubled', NULL, detail) AS detail
                 FROM instance_events
                 WHERE instanceId = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            )?
            .query_map(params![id, before.unwrap_or(i64::MAX), most], |row| {
                Ok(EventLine {
                    id: row.get("id")?,
                    at: row.get("at")?,
                    from: row.get("fromStatus")?,
                    to: row.get("toStatus")?,
                    reason: row.get("reason")?,
                    detail: row.get("detail")?,
                })
            })?
            .collect()
        })
    }
}
