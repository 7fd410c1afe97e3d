//! What availability is worked out from: when servers were asked, on which servers rows were, and their history.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::settings::{CHANGES, HISTORY};
use super::{Error, Store};
use crate::domain::{
    AskedSpan, Millis, Segment, StatusChange, StatusHistory, Stay, number_segments, seen_spans,
    server_segments,
};

/// Longest time between two notes of one span. Lists come each 15 s, each three minutes from the slowest server, and are
/// noted once a minute; whatever is longer was a suspended machine, a clock that was set, or nobody asking.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// What the monitor has seen of a server since it was last noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedServer<'a> {
    pub credential: &'a str,
    /// When the server last answered, if that is when the span ends; of one that fails, when it was last heard.
    pub heard_at: Millis,
    /// The end of the span.
    pub until: Millis,
    pub answered: bool,
}

/// Makes the newest span of a server longer.
const LENGTHEN: &str = "UPDATE server_spans SET endedAt = ?3
    WHERE id = (SELECT max(id) FROM server_spans WHERE credentialId = ?1)
        AND answered = ?4 AND endedAt BETWEEN ?2 AND ?3";

/// Where a row is, whether it is connected, and from when on it counts: what was before the oldest change that is kept
/// is known unless older ones were removed for their number.
const ROW: &str = "SELECT i.credentialId, i.status = 'connected', max(i.firstConnectedAt, ?2, coalesce(
        CASE WHEN (SELECT count(*) FROM instance_events WHERE instanceId = i.id) >= ?3 THEN
            (SELECT at FROM instance_events WHERE instanceId = i.id ORDER BY id LIMIT 1) END, ?2))
    FROM messaging_instances i WHERE i.id = ?1";

const STATUS_CHANGES: &str =
    "SELECT at, fromStatus IS 'connected', toStatus = 'connected', reason IS 'moved' FROM instance_events
    WHERE instanceId = ?1 AND at >= ?2 ORDER BY id";
/// Whether a row's phone was connected before a window until the row moved, and none was since.
const MOVED: &str = "SELECT toStatus <> 'connected' AND reason IS 'moved' FROM instance_events
    WHERE instanceId = ?1 AND at < ?2 AND 'connected' IN (fromStatus, toStatus) ORDER BY id DESC LIMIT 1";

impl Store {
    /// Notes until when servers have answered or failed. What was noted a moment ago becomes longer.
    pub fn note_asked(&self, servers: &[AskedServer]) -> Result<(), Error> {
        self.write(|t| servers.iter().try_for_each(|server| note(t, server)))
    }

    /// What a server was within that window.
    pub fn server_uptime(&self, credential: &str, window: &Range<Millis>) -> Result<Vec<Segment>, Error> {
        let asked = self.read(|c| asked_spans(c, window))?;
        Ok(server_segments(asked.get(credential).map_or(&[], Vec::as_slice), window))
    }

    /// What each of those instances was within that window; nothing of one that is gone.
    pub fn instance_uptimes(&self, ids: &[&str], window: &Range<Millis>) -> Result<Vec<Vec<Segment>>, Error> {
        let kept_from = self.clock.now() - HISTORY;
        self.read(|c| {
            let moment = c.unchecked_transaction()?;
            let asked = asked_spans(&moment, window)?;
            let segments = |id: &&str| -> rusqlite::Result<Vec<Segment>> {
                let Some((history, stays)) = history(&moment, id, window, kept_from)? else {
                    return Ok(Vec::new());
                };
                let seen = seen_spans(&stays, |server| asked.get(server).map_or(&[], Vec::as_slice));
                Ok(number_segments(&history, &seen, window))
            };
            ids.iter().map(segments).collect()
        })
    }
}

fn note(t: &Transaction, server: &AskedServer) -> rusqlite::Result<()> {
    let AskedServer { credential, heard_at, until, answered } = *server;
    let earliest = until - Millis::try_from(LONGEST_PAUSE.as_millis()).unwrap_or(Millis::MAX);
    let longer = t.prepare_cached(LENGTHEN)?.execute(params![credential, earliest, until, answered])?;
    if longer == 0 {
        let begin =
            "INSERT INTO server_spans (credentialId, beganAt, endedAt, answered) VALUES (?1, ?2, ?3, ?4)";
        let from = heard_at.clamp(earliest, until);
        t.prepare_cached(begin)?.execute(params![credential, from, until, answered])?;
    }
    Ok(())
}

/// The spans that reach into a window, by server.
fn asked_spans(c: &Connection, window: &Range<Millis>) -> rusqlite::Result<HashMap<String, Vec<AskedSpan>>> {
    let query =
        "SELECT credentialId, beganAt, endedAt, answered FROM server_spans WHERE endedAt > ?1 ORDER BY id";
    let mut asked: HashMap<String, Vec<AskedSpan>> = HashMap::new();
    let mut statement = c.prepare_cached(query)?;
    let mut rows = statement.query([window.start])?;
    while let Some(row) = rows.next()? {
        let span = AskedSpan { span: row.get(1)?..row.get(2)?, answered: row.get(3)? };
        asked.entry(row.get(0)?).or_default().push(span);
    }
    Ok(asked)
}

/// The history of an instance since a window began, and where it was.
fn history(
    c: &Connection,
    id: &str,
    window: &Range<Millis>,
    kept_from: Millis,
) -> rusqlite::Result<Option<(StatusHistory, Vec<Stay>)>> {
    let row = c
        .prepare_cached(ROW)?
        .query_row(params![id, kept_from, CHANGES], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((server, is_up, known_from)) = row else { return Ok(None) };
    let begin = window.start.max(kept_from);
    let changes = c
        .prepare_cached(STATUS_CHANGES)?
        .query_map(params![id, begin], |row| {
            Ok(StatusChange {
                at: row.get(0)?,
                was_up: row.get(1)?,
                is_up: row.get(2)?,
                is_move: row.get(3)?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let was_up = changes.first().map_or(is_up, |first| first.was_up);
    let was_moved = !was_up && was_moved(c, id, begin)?;
    let mut stays = c
        .prepare_cached("SELECT at, credentialId FROM instance_moves WHERE instanceId = ?1 ORDER BY rowid")?
        .query_map([id], |row| Ok(Stay { until: row.get(0)?, server: row.get(1)? }))?
        .collect::<Result<Vec<_>, _>>()?;
    stays.push(Stay { until: Millis::MAX, server });
    Ok(Some((StatusHistory { changes, is_up, was_moved, known_from }, stays)))
}

fn was_moved(c: &Connection, id: &str, begin: Millis) -> rusqlite::Result<bool> {
    let found = c.prepare_cached(MOVED)?.query_row(params![id, begin], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(false))
}
