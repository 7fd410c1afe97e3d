//! The audit trail: who did what. An act that is a write is noted in its own transaction, by the method that writes.
//!
//! Who acts is said once, where a request or a command begins, and belongs to the thread that carries it out: every
//! write of an act runs on that thread. Nothing here is told a secret, and a refused act tells only of things that are
//! there: what somebody typed in their place may be one.

use std::cell::RefCell;
use std::marker::PhantomData;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::filter::Conditions;
use super::viewer::by_id_or_name;
use super::{Error, Store};
use crate::domain::{Actor, AuditAction, Millis, Via, Viewer};

/// The result of an act that was done.
pub const DONE: &str = "done";
/// How long one refusal stands for all that are like it, so that nobody fills the disk by being refused.
const REPEATED: Millis = 60 * 1000;

thread_local! {
    /// Who acts on this thread; `None`: this program.
    static ACTOR: RefCell<Option<Actor>> = const { RefCell::new(None) };
}

/// What is done on this thread is that actor's until this is dropped.
#[must_use]
pub struct Acting(PhantomData<*const ()>);

impl Drop for Acting {
    fn drop(&mut self) {
        ACTOR.set(None);
    }
}

/// Says who acts on this thread.
pub fn act_as(actor: Actor) -> Acting {
    ACTOR.set(Some(actor));
    Acting(PhantomData)
}

/// Says who it is that acts on this thread, where somebody does.
pub fn identify(name: &str, user: &str, via: Via, via_id: Option<&str>) {
    ACTOR.with_borrow_mut(|actor| {
        if let Some(actor) = actor {
            actor.name = Some(name.to_owned());
            actor.user = Some(user.to_owned());
            actor.via = via;
            actor.via_id = via_id.map(str::to_owned);
        }
    });
}

/// An entry of the trail.
#[derive(Debug)]
pub struct AuditEntry {
    pub id: i64,
    pub at: Millis,
    pub actor: Option<String>,
    pub via: String,
    /// The id of the session or the token.
    pub via_id: Option<String>,
    pub address: Option<String>,
    pub request: Option<String>,
    pub action: String,
    pub subject_id: Option<String>,
    pub subject: Option<String>,
    pub detail: Option<String>,
    /// `done`, or the API's code of why not.
    pub result: String,
}

/// Which entries are meant.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// The name of whoever acted.
    pub user: Option<String>,
    /// The word of an act, or of a kind of things.
    pub action: Option<String>,
    /// The name or the id of what it was done to.
    pub subject: Option<String>,
    pub from: Option<Millis>,
    /// The moment after the last.
    pub to: Option<Millis>,
}

impl AuditFilter {
    /// The conditions of entries from the one before `before` on.
    fn conditions(&self, before: Option<i64>) -> Conditions {
        let mut all = Conditions::default();
        all.add("actor = :user", ":user", self.user.clone());
        // The sign after the dot is the slash.
        let action = "(action = :action OR (action > :action || '.' AND action < :action || '/'))";
        all.add(action, ":action", self.action.clone());
        all.add("(subject = :subject OR subjectId = :subject)", ":subject", self.subject.clone());
        all.add("at >= :from", ":from", self.from);
        all.add("at < :to", ":to", self.to);
        all.add("id < :before", ":before", before);
        all
    }
}

/// What an act is done to.
struct Subject {
    id: String,
    name: String,
}

impl Store {
    /// Notes an act that is no write, or none of the database's; what it is done to is found by its id or name.
    pub fn note_act(&self, action: AuditAction, key: &str, detail: &str) -> Result<(), Error> {
        self.write(|t| note(t, self.clock.now(), action, key, detail))
    }

    /// Notes that an act was refused, if whoever asked is known. Of refusals that are alike the first in a minute is noted.
    pub fn note_refused(&self, action: AuditAction, key: &str, code: &str) -> Result<(), Error> {
        if is_known() { self.note_failure(action, key, code) } else { Ok(()) }
    }

    /// Notes a failed login by that name, if somebody has it. Of whoever is known already, what they meant to do is
    /// refused, and noted.
    pub fn note_failed_login(&self, name: &str, code: &str) -> Result<(), Error> {
        if is_known() { Ok(()) } else { self.note_failure(AuditAction::SessionBegin, name, code) }
    }

    fn note_failure(&self, action: AuditAction, key: &str, code: &str) -> Result<(), Error> {
        let repeated =
            "SELECT EXISTS (SELECT 1 FROM audit_entries WHERE at > ?1 AND action = ?2 AND result = ?3
            AND userId IS ?4 AND address IS ?5 AND subjectId IS ?6)";
        let (now, actor) = (self.clock.now(), actor());
        self.write(|t| {
            let subject = find(t, action, key)?;
            let subject_id = subject.as_ref().map(|subject| &subject.id);
            let values =
                params![now - REPEATED, action.as_str(), code, actor.user, actor.address, subject_id];
            let repeated: bool = t.prepare_cached(repeated)?.query_row(values, |row| row.get(0))?;
            if repeated { Ok(()) } else { insert(t, now, action, subject.as_ref(), "", code) }
        })
    }

    /// The entries that the filter means, newest first, from the one before `before` on.
    pub fn audit(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        most: u32,
    ) -> Result<Vec<AuditEntry>, Error> {
        let asked = filter.conditions(before);
        let query = format!("SELECT * FROM audit_entries {} ORDER BY id DESC LIMIT {most}", asked.clause());
        self.read(|c| c.prepare_cached(&query)?.query_map(&*asked.values(), read)?.collect())
    }
}

/// Notes an act within its transaction. What it is done to is found by its id, so that it has to be there: an act that
/// takes it away is noted before.
pub(super) fn note(
    t: &Connection,
    now: Millis,
    action: AuditAction,
    key: &str,
    detail: &str,
) -> rusqlite::Result<()> {
    match find(t, action, key)? {
        None if !key.is_empty() => Ok(()),
        subject => insert(t, now, action, subject.as_ref(), detail, DONE),
    }
}

fn insert(
    t: &Connection,
    now: Millis,
    action: AuditAction,
    subject: Option<&Subject>,
    detail: &str,
    result: &str,
) -> rusqlite::Result<()> {
    let Actor { name, user, via, via_id, address, request } = actor();
    t.prepare_cached(
        "INSERT INTO audit_entries (at, actor, userId, via, viaId, address, requestId, action, subjectId, subject,
             detail, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, ''), ?10, nullif(?11, ''), ?12)",
    )?
    .execute(params![
        now,
        name,
        user,
        via.as_str(),
        via_id,
        address,
        request,
        action.as_str(),
        subject.map(|subject| &subject.id),
        subject.map(|subject| &subject.name),
        detail,
        result,
    ])
    .map(drop)
}

/// Whether it is known who acts on this thread.
fn is_known() -> bool {
    ACTOR.with_borrow(|actor| actor.as_ref().is_some_and(|actor| actor.via != Via::Nobody))
}

/// Who acts on this thread.
fn actor() -> Actor {
    ACTOR.with_borrow(|actor| actor.clone().unwrap_or_default())
}

/// The query of the row with an id or a name.
fn instance() -> String {
    let found = by_id_or_name(&Viewer::default());
    format!("SELECT i.id, i.channelInstanceId FROM messaging_instances i WHERE {found}")
}

/// What is there of that kind by that id or name.
fn find(c: &Connection, action: AuditAction, key: &str) -> rusqlite::Result<Option<Subject>> {
    let instance = instance();
    let query = match action.kind() {
        "user" | "setup" => "SELECT id, name FROM users WHERE ?1 IN (id, name)",
        "token" => "SELECT id, coalesce(name, '') FROM api_tokens WHERE id = ?1",
        "credential" => "SELECT id, name FROM integration_credentials WHERE id = ?1",
        "instance" | "link" => &instance,
        "notice" => "SELECT id, channel FROM notice_targets WHERE id = ?1",
        "session" => {
            "SELECT u.id, u.name FROM users u WHERE ?1 IN (u.id, u.name)
                 OR u.id = (SELECT userId FROM sessions WHERE id = ?1)"
        }
        // The name of a file, of which whoever notes it knows that it is there.
        _ if action.is_of_file() => "SELECT '', ?1 WHERE ?1 <> ''",
        _ => return Ok(None),
    };
    let read = |row: &Row| Ok(Subject { id: row.get(0)?, name: row.get(1)? });
    c.prepare_cached(query)?.query_row([key], read).optional()
}

fn read(row: &Row) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.get("id")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        via: row.get("via")?,
        via_id: row.get("viaId")?,
        address: row.get("address")?,
        request: row.get("requestId")?,
        action: row.get("action")?,
        subject_id: row.get("subjectId")?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
        result: row.get("result")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn what_an_act_is_done_to_is_found_without_reading_every_row() {
        let folder = std::env::temp_dir().join(crate::crypto::new_id("pareia-audit-"));
        let store = Store::open(&folder).expect("the store opens");
        store
            .write(|t| {
                t.execute_batch(
                    "INSERT INTO users (id, name, createdAt) VALUES ('u', 'u', 5);
                     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
                     INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, status,
                         createdAt, updatedAt)
                     SELECT 'c' || i, 'whatsapp_evolution', 'n' || i, '5521991856227', 'u', 'pending', 5, 5 FROM n;
                     UPDATE messaging_instances SET channelInstanceId = 'c9' WHERE id = 'c1'",
                )?;
                for (key, id) in [("c9", Some("c9")), ("n2", Some("c2")), ("none", None)] {
                    let found = find(t, AuditAction::InstanceChange, key)?.map(|subject| subject.id);
                    assert_eq!(found.as_deref(), id, "{key}");
                }
                let mut statement = t.prepare(&instance())?;
                statement.query_row(["n9"], |_| Ok(()))?;
                assert_eq!(statement.get_status(StatementStatus::FullscanStep), 0);
                Ok(())
            })
            .expect("written");
        drop(store);
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn what_was_done_to_one_thing_is_found_without_reading_every_entry() {
        let folder = std::env::temp_dir().join(crate::crypto::new_id("pareia-audit-"));
        let store = Store::open(&folder).expect("the store opens");
        let filter = AuditFilter { subject: Some("s7".into()), ..AuditFilter::default() };
        store
            .write(|t| {
                t.execute_batch(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
                     INSERT INTO audit_entries (at, via, action, subjectId, subject, result)
                     SELECT i, 'token', 'user.role', 's' || (i % 9), 's' || (i % 10), 'done' FROM n",
                )?;
                for before in [None, Some(50)] {
                    let asked = filter.conditions(before);
                    let query = format!("SELECT id FROM audit_entries {} ORDER BY id DESC", asked.clause());
                    let mut statement = t.prepare(&query)?;
                    let found = statement.query_map(&*asked.values(), |row| row.get::<_, i64>(0))?.count();
                    assert_eq!(found, if before.is_none() { 18 } else { 9 }, "{before:?}");
                    assert_eq!(statement.get_status(StatementStatus::FullscanStep), 0, "{before:?}");
                }
                Ok(())
            })
            .expect("written");
        for (action, found) in [("user.role", 90), ("user", 90), ("user.rol", 0), ("use", 0)] {
            let filter = AuditFilter { action: Some(action.into()), ..AuditFilter::default() };
            assert_eq!(store.audit(&filter, None, 100).expect("read").len(), found, "{action}");
        }
        drop(store);
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
