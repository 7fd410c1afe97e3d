//! The events of instances and servers that nobody has been told of yet, and up to where they have been considered.

use rusqlite::{Row, Transaction, params};

use super::{Error, Store};
use crate::domain::{Millis, Notice};

/// Most events that are considered at a time, of each source: more than any outage leaves in a second.
const MAX_EVENTS: u32 = 5_000;

/// The tables that events are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventSource {
    Instance,
    Server,
}

impl EventSource {
    fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Server => "server",
        }
    }
}

/// An event that is still to be considered.
#[derive(Clone, Debug)]
pub struct OutboxEvent {
    pub source: EventSource,
    pub id: i64,
    pub at: Millis,
    /// The id of the instance or the credential; empty: this program.
    pub subject: String,
    /// The status since, or what happened.
    pub word: String,
    /// The last status before that is one of a number in use, or the last thing that happened; `None`: there was none.
    /// That nobody scanned a code, or that somebody moved it, is no status of a number in use.
    pub before: Option<String>,
    pub reason: Option<String>,
    pub detail: Option<String>,
    /// What the instance or the server is called.
    pub name: String,
    pub display_name: Option<String>,
    /// The phone that the instance is for.
    pub phone: Option<String>,
    /// The id of the instance's owner.
    pub owner: Option<String>,
    pub credential: Option<String>,
}

/// A notice that is due, and the event that it comes from.
#[derive(Clone, Debug)]
pub struct DueNotice {
    pub source: EventSource,
    pub event: i64,
    pub notice: Notice,
}

/// Up to where events have been considered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsideredEvents {
    /// The last event of each source before which there is none that is waited for; `None`: nothing new.
    pub positions: [Option<i64>; 2],
    /// Subjects whose events have been considered beyond that.
    pub subjects: Vec<(usize, String, i64)>,
}

/// The sources in the order of [`ConsideredEvents::positions`].
pub const EVENT_SOURCES: [EventSource; 2] = [EventSource::Instance, EventSource::Server];

const INSTANCE_EVENTS: &str = "SELECT e.id, e.at, e.instanceId, e.toStatus,
        (SELECT b.toStatus FROM instance_events b WHERE b.instanceId = e.instanceId AND b.id < e.id
            AND b.toStatus NOT IN ('pending', 'connecting') AND coalesce(b.reason, '') NOT IN ('unscanned', 'moved')
            ORDER BY b.id DESC LIMIT 1),
        e.reason, e.detail, i.channelInstanceId, i.displayName, i.channelPhoneOrId, i.userId, i.credentialId
    FROM instance_events e JOIN messaging_instances i ON i.id = e.instanceId
    LEFT JOIN notice_considered c ON c.source = 'instance' AND c.subject = e.instanceId
    WHERE e.id > (SELECT eventId FROM notice_positions WHERE source = 'instance')
        AND e.id > coalesce(c.eventId, 0)
    ORDER BY e.id LIMIT ?1";
const SERVER_EVENTS: &str = "SELECT e.id, e.at, coalesce(e.credentialId, ''), e.kind,
        coalesce((SELECT b.kind FROM server_events b WHERE b.credentialId = e.credentialId AND b.id < e.id
            ORDER BY b.id DESC LIMIT 1), 'server_up'),
        NULL, e.detail, coalesce(s.name, ''), NULL, NULL, NULL, e.credentialId
    FROM server_events e LEFT JOIN integration_credentials s ON s.id = e.credentialId
    LEFT JOIN notice_considered c ON c.source = 'server' AND c.subject = coalesce(e.credentialId, '')
    WHERE e.id > (SELECT eventId FROM notice_positions WHERE source = 'server')
        AND e.id > coalesce(c.eventId, 0)
    ORDER BY e.id LIMIT ?1";

impl Store {
    /// The events that are still to be considered, oldest first, instances' before servers'; none where nobody wants to
    /// be told.
    pub fn outbox(&self) -> Result<Vec<OutboxEvent>, Error> {
        let is_wanted = "SELECT EXISTS (SELECT 1 FROM notice_targets WHERE isActive)";
        self.read(|c| {
            if !c.prepare_cached(is_wanted)?.query_row([], |row| row.get(0))? {
                return Ok(Vec::new());
            }
            let mut events = Vec::new();
            for (source, query) in EVENT_SOURCES.into_iter().zip([INSTANCE_EVENTS, SERVER_EVENTS]) {
                let mut query = c.prepare_cached(query)?;
                let read = query.query_map([MAX_EVENTS], |row| read(source, row))?;
                events.extend(read.collect::<Result<Vec<_>, _>>()?);
            }
            Ok(events)
        })
    }
}

/// Whether events that have been considered were removed since, with what they are of: their ids are given to others.
pub(super) fn is_outdated(
    t: &Transaction,
    considered: &ConsideredEvents,
    due: &[DueNotice],
) -> rusqlite::Result<bool> {
    let tables = [("instance_events", "instanceId"), ("server_events", "coalesce(credentialId, '')")];
    for (at, (table, subject)) in tables.into_iter().enumerate() {
        let last = format!("SELECT ?1 > coalesce(max(id), 0) FROM {table}");
        if t.prepare_cached(&last)?.query_row([considered.positions[at].unwrap_or(0)], |row| row.get(0))? {
            return Ok(true);
        }
        let is_there = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE id = ?1 AND {subject} = ?2)");
        let mut is_there = t.prepare_cached(&is_there)?;
        let of_subjects = considered.subjects.iter().filter(|(source, ..)| *source == at);
        let of_subjects = of_subjects.map(|(_, subject, event)| (event, subject));
        let of_due = due.iter().filter(|due| due.source == EVENT_SOURCES[at]);
        for (event, subject) in of_subjects.chain(of_due.map(|due| (&due.event, &due.notice.subject))) {
            if !is_there.query_row(params![event, subject], |row| row.get(0))? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Writes up to where events have been considered.
pub(super) fn consider(t: &Transaction, considered: &ConsideredEvents) -> rusqlite::Result<()> {
    for (source, position) in EVENT_SOURCES.into_iter().zip(considered.positions) {
        let Some(position) = position else { continue };
        let set = "UPDATE notice_positions SET eventId = ?2 WHERE source = ?1 AND eventId < ?2";
        t.execute(set, params![source.as_str(), position])?;
        let forget = "DELETE FROM notice_considered WHERE source = ?1 AND eventId <= ?2";
        t.execute(forget, params![source.as_str(), position])?;
    }
    let add = "INSERT INTO notice_considered (source, subject, eventId) VALUES (?1, ?2, ?3)
        ON CONFLICT (source, subject) DO UPDATE SET eventId = excluded.eventId";
    for (source, subject, event) in &considered.subjects {
        t.prepare_cached(add)?.execute(params![EVENT_SOURCES[*source].as_str(), subject, event])?;
    }
    Ok(())
}

/// Begins anew with what happens from now on: nobody wanted to be told of what happened before.
pub(super) fn skip_past(t: &Transaction) -> rusqlite::Result<()> {
    t.execute_batch(
        "UPDATE notice_positions SET eventId = (SELECT coalesce(max(id), 0) FROM instance_events)
             WHERE source = 'instance';
         UPDATE notice_positions SET eventId = (SELECT coalesce(max(id), 0) FROM server_events)
             WHERE source = 'server';
         DELETE FROM notice_considered;",
    )
}

fn read(source: EventSource, row: &Row) -> rusqlite::Result<OutboxEvent> {
    Ok(OutboxEvent {
        source,
        id: row.get(0)?,
        at: row.get(1)?,
        subject: row.get(2)?,
        word: row.get(3)?,
        before: row.get(4)?,
        reason: row.get(5)?,
        detail: row.get(6)?,
        name: row.get(7)?,
        display_name: row.get(8)?,
        phone: row.get(9)?,
        owner: row.get(10)?,
        credential: row.get(11)?,
    })
}
