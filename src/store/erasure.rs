//! What is held about one number: given as JSON to whoever may have it, or erased for good.
//!
//! The audit trail keeps what was done to it by the row's id alone, which says nothing of anybody.

use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, Row, Transaction, params};
use serde_json::{Map, Value, json};

use super::audit::note;
use super::viewer::{bound, server_reached};
use super::{Error, InstanceRef, Store};
use crate::domain::clock::iso;
use crate::domain::{AuditAction, FormerRows, Millis, Name, Notice, Viewer, inserted};

/// The name under which acts on instances and their links are in the trail.
const OF_INSTANCES: &str = "(action GLOB 'instance.*' OR action GLOB 'link.*')";
/// The acts on instances whose detail is a server.
const OF_SERVERS: &str = "('instance.adopt', 'instance.move', 'instance.remove')";
/// Whether what a server lists is what the row left there.
const IS_LEFT: &str = "EXISTS (SELECT 1 FROM left_instances l WHERE l.instanceId = :id
    AND l.credentialId = u.credentialId AND l.upstreamId IS u.upstreamId)";
/// The name of the row upstream.
const UPSTREAM_NAME: &str =
    "(SELECT coalesce(upstreamName, channelInstanceId) FROM messaging_instances WHERE id = :id)";

impl Store {
    /// Everything that is held about an instance, with what was set of it in the clear, as one JSON object; `None`
    /// where the row is gone. No code and no token is in it. That it was asked for is noted first. Of what other servers
    /// list under the name, whoever does not know all servers is given what the row left there.
    pub fn export_instance(&self, target: &InstanceRef, viewer: &Viewer) -> Result<Option<Value>, Error> {
        self.note_act(AuditAction::InstanceExport, &target.id, "")?;
        let settings = self.saved_settings(target.channel, &target.name)?;
        let settings = settings.and_then(|saved| {
            let kinds: Map<String, Value> = serde_json::from_str(saved.settings.to_json().expose()).ok()?;
            let read = |value: Value| {
                value.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(value)
            };
            Some(inserted::<_, Map<_, _>>(kinds.into_iter().map(|(kind, value)| (kind, read(value)))))
        });
        self.read(|c| {
            let Some(row) = objects(c, OF_ROW, viewer, &target.id)?.pop() else { return Ok(None) };
            let read = |query: String| objects(c, &query, viewer, &target.id);
            let (knows, reached) = (viewer.knows_servers(), server_reached(viewer, "c.id"));
            let messages = told_of(c, &target.id, target.name.as_str(), &viewer.former)?;
            Ok(Some(json!({
                "exportedAt": iso(self.clock.now()),
                "instance": row,
                "savedSettings": settings,
                // Of a double it is the other server.
                "history": read(format!("SELECT at, fromStatus, toStatus, reason,
                    iif(reason = 'doubled' AND NOT {knows}, NULL, detail) AS detail FROM instance_events
                    WHERE instanceId = :id ORDER BY id"))?,
                "moves": read(format!("SELECT m.at, c.name AS server FROM instance_moves m
                    LEFT JOIN integration_credentials c ON c.id = m.credentialId AND {reached}
                    WHERE m.instanceId = :id ORDER BY m.rowid"))?,
                "left": read(format!("SELECT l.upstreamId, l.pairedAt, l.leftAt, c.name AS server FROM left_instances l
                    JOIN integration_credentials c ON c.id = l.credentialId
                    WHERE l.instanceId = :id AND {reached} ORDER BY l.leftAt"))?,
                "links": read("SELECT id, createdAt, expiresAt, usedAt, revokedAt FROM connect_links
                    WHERE instanceId = :id ORDER BY createdAt".to_owned())?,
                "notices": messages.into_iter().flat_map(|message| message.about).collect::<Vec<_>>(),
                "listed": read(format!("SELECT u.name, u.upstreamId, u.isPaired, u.seenAt, c.name AS server
                    FROM unmanaged_instances u JOIN integration_credentials c ON c.id = u.credentialId
                    WHERE {}", listed(viewer)))?,
                "audit": read(format!("SELECT at, action, iif(action IN {OF_SERVERS} AND NOT {}, NULL, detail) AS detail,
                    result FROM audit_entries WHERE subjectId = :id ORDER BY id", server_reached(viewer, "detail")))?,
            })))
        })
    }

    /// Erases everything that is held about an instance and that the viewer sees, its row included; `false` when that is
    /// gone already. What was erased is overwritten in the database's file.
    pub fn erase_instance(&self, target: &InstanceRef, viewer: &Viewer) -> Result<bool, Error> {
        let erased = self.write(|t| {
            note(t, self.clock.now(), AuditAction::InstanceErase, &target.id, "")?;
            let listed = format!("DELETE FROM unmanaged_instances AS u WHERE {}", listed(viewer));
            t.execute(&listed, &*bound(&named(viewer, &target.id, &listed)))?;
            let settings = "DELETE FROM saved_settings WHERE channelInstanceId = ?1 AND userId = ?2";
            t.execute(settings, [target.name.as_str(), &target.user])?;
            erase_traces(t, &target.id, target.name.as_str(), &viewer.former)?;
            t.execute("DELETE FROM messaging_instances WHERE id = ?1", [&target.id])
        })?;
        self.writer.empty_wal();
        Ok(erased == 1)
    }

    /// Whether anything is held about instances of a name that has no row any more.
    pub fn has_former_traces(&self, name: &Name) -> Result<bool, Error> {
        self.read(|c| has_former_traces(c, name.as_str()))
    }

    /// Erases what is held about instances of a name that has no row any more; `false` where nothing is.
    pub fn erase_former_traces(&self, name: &Name) -> Result<bool, Error> {
        let erased = self.write(|t| {
            let is_there = has_former_traces(t, name.as_str())?;
            if is_there {
                erase_traces(t, name.as_str(), name.as_str(), &FormerRows::All)?;
                note(t, self.clock.now(), AuditAction::InstanceErase, "", "")?;
            }
            Ok(is_there)
        })?;
        self.writer.empty_wal();
        Ok(erased)
    }
}

fn has_former_traces(c: &Connection, name: &str) -> rusqlite::Result<bool> {
    let query = format!(
        "SELECT NOT EXISTS (SELECT 1 FROM messaging_instances WHERE channelInstanceId = ?1),
             EXISTS (SELECT 1 FROM saved_settings WHERE channelInstanceId = ?1)
             OR EXISTS (SELECT 1 FROM audit_entries WHERE {OF_INSTANCES} AND subject = ?1)"
    );
    let (is_former, is_held): (bool, bool) =
        c.query_row(&query, [name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(is_former && (is_held || !told_of(c, name, name, &FormerRows::All)?.is_empty()))
}

/// Erases what is held outside the row about an instance of that id, and about those earlier ones of that name.
fn erase_traces(t: &Transaction, id: &str, name: &str, former: &FormerRows) -> rusqlite::Result<()> {
    let (all, user) = (*former == FormerRows::All, former.user());
    let settings = "DELETE FROM saved_settings WHERE channelInstanceId = ?1 AND (?2 OR userId = ?3)";
    t.execute(settings, params![name, all, user])?;
    t.execute("DELETE FROM notice_considered WHERE source = 'instance' AND subject = ?1", [id])?;
    for message in told_of(t, id, name, former)? {
        if message.others.is_empty() {
            t.execute("DELETE FROM notice_messages WHERE id = ?1", [&message.id])?;
        } else {
            let others = serde_json::to_string(&message.others).expect("texts and numbers are JSON");
            t.execute("UPDATE notice_messages SET notices = ?2 WHERE id = ?1", params![message.id, others])?;
        }
    }
    let forget = format!(
        "UPDATE audit_entries SET subject = NULL, detail = NULL
         WHERE {OF_INSTANCES} AND (subjectId = ?1 OR (subject = ?2 AND (?3 OR userId = ?4)))
             AND (subject IS NOT NULL OR detail IS NOT NULL)"
    );
    t.execute(&forget, params![id, name, all, user]).map(drop)
}

/// A message that tells of an instance.
struct ToldMessage {
    id: String,
    /// What it tells of others.
    others: Vec<Notice>,
    /// What it tells of the instance, with what became of it.
    about: Vec<Value>,
}

/// The messages that tell of an instance of that id, or of those earlier ones of that name.
fn told_of(c: &Connection, id: &str, name: &str, former: &FormerRows) -> rusqlite::Result<Vec<ToldMessage>> {
    let query = "SELECT id, notices, outcome, createdAt, endedAt FROM notice_messages
        WHERE instr(notices, ?1) OR instr(notices, ?2) ORDER BY createdAt";
    let quoted = |text: &str| Value::from(text).to_string();
    let is_about = |notice: &Notice| {
        let is_former = || notice.name == name && former.has(notice.owner.as_deref());
        notice.kind.is_of_instance() && (notice.subject == id || is_former())
    };
    let read = |row: &Row| {
        let notices: Vec<Notice> = serde_json::from_str(row.get_ref(1)?.as_str()?).unwrap_or_default();
        let (about, others): (Vec<_>, Vec<_>) = notices.into_iter().partition(is_about);
        let (outcome, sent): (String, Option<Millis>) = (row.get(2)?, row.get(4)?);
        let describe = |notice: Notice| {
            json!({ "kind": notice.kind.as_str(), "at": iso(notice.at), "name": notice.name,
                "displayName": notice.display_name, "reason": notice.reason, "detail": notice.detail,
                "outcome": outcome, "endedAt": sent.map(iso) })
        };
        Ok(ToldMessage { id: row.get(0)?, others, about: about.into_iter().map(describe).collect() })
    };
    let found: Vec<_> =
        c.prepare_cached(query)?.query_map([quoted(id), quoted(name)], read)?.collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter(|message| !message.about.is_empty()).collect())
}

/// The row itself, with the names of its owner and its server.
const OF_ROW: &str = "SELECT i.*, u.name AS user, c.name AS server, NULL AS qrCode FROM messaging_instances i
    JOIN users u ON u.id = i.userId LEFT JOIN integration_credentials c ON c.id = i.credentialId
    WHERE i.id = :id";

/// The rows of a query for an id and what the viewer's token reaches, each as an object of its columns. Moments are
/// written as texts.
fn objects(c: &Connection, query: &str, viewer: &Viewer, id: &str) -> rusqlite::Result<Vec<Value>> {
    c.prepare_cached(query)?.query_map(&*bound(&named(viewer, id, query)), object)?.collect()
}

/// What a query for an id names, with its values.
fn named(viewer: &Viewer, id: &str, query: &str) -> Vec<(&'static str, SqlValue)> {
    let reached = viewer.limits.server.clone().filter(|_| query.contains(":reached"));
    let reached = reached.map(|server| (":reached", SqlValue::from(server)));
    reached.into_iter().chain([(":id", id.to_owned().into())]).collect()
}

/// The condition for what servers list under the row's name and the viewer may know: of whoever does not know all
/// servers, what the row left there.
fn listed(viewer: &Viewer) -> String {
    let (knows, reached) = (viewer.knows_servers(), server_reached(viewer, "u.credentialId"));
    format!("u.name = {UPSTREAM_NAME} AND ({knows} OR ({IS_LEFT} AND {reached}))")
}

fn object(row: &Row) -> rusqlite::Result<Value> {
    let mut members = Map::new();
    for (index, column) in row.as_ref().column_names().enumerate() {
        let is_moment = ["at", "At", "Since", "Until"].iter().any(|end| column.ends_with(end));
        let value = match row.get_ref(index)? {
            ValueRef::Integer(at) if is_moment => iso(at).into(),
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
            ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        };
        members.insert(column.to_owned(), value);
    }
    Ok(Value::from(members))
}
