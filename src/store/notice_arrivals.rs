//! Whether notices arrive where they go, for whoever watches over them.

use rusqlite::Connection;

use super::{Error, Inspection, Store};
use crate::domain::Millis;

/// Each active target, and why the newest message to it that was begun did not arrive, with when the first was due of
/// those that have not arrived since one did.
const ARRIVALS: &str = "SELECT n.id, n.channel,
        (SELECT m.error FROM notice_messages m WHERE m.targetId = n.id AND m.attempts > 0
            ORDER BY m.createdAt DESC, m.rowid DESC LIMIT 1),
        (SELECT min(m.createdAt) FROM notice_messages m WHERE m.targetId = n.id AND m.error IS NOT NULL
            AND m.createdAt > coalesce((SELECT max(d.createdAt) FROM notice_messages d
                WHERE d.targetId = n.id AND d.outcome = 'delivered'), 0))
    FROM notice_targets n WHERE n.isActive ORDER BY n.createdAt, n.id";

/// An active notice target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeArrival {
    /// The target's id.
    pub target: String,
    /// The word of its channel.
    pub channel: String,
    /// Why the newest message did not arrive; `None`: it did, or there was none.
    pub failing: Option<FailingNotice>,
}

/// What is known of messages that do not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingNotice {
    /// The code of the newest one's error.
    pub code: String,
    /// When the first of them was due.
    pub since: Millis,
}

impl Store {
    /// The active notice targets, and whether messages arrive there.
    pub fn notice_arrivals(&self) -> Result<Vec<NoticeArrival>, Error> {
        self.read(arrivals)
    }
}

impl Inspection {
    /// The active notice targets, and whether messages arrive there.
    pub fn notice_arrivals(&self) -> Result<Vec<NoticeArrival>, Error> {
        self.read(arrivals)
    }
}

fn arrivals(connection: &Connection) -> rusqlite::Result<Vec<NoticeArrival>> {
    let mut query = connection.prepare_cached(ARRIVALS)?;
    let rows = query.query_map([], |row| {
        let (code, since): (Option<String>, Option<Millis>) = (row.get(2)?, row.get(3)?);
        let failing = code.map(|code| FailingNotice { code, since: since.unwrap_or_default() });
        Ok(NoticeArrival { target: row.get(0)?, channel: row.get(1)?, failing })
    })?;
    rows.collect()
}
