//! Messages to notice targets: those that are to be sent, and what became of the others.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::instances::parsed;
use super::outbox::{consider, is_outdated};
use super::{ConsideredEvents, DueNotice, Error, NoticeTarget, Store};
use crate::crypto::new_id;
use crate::domain::{Millis, Notice, Permission, Role, inserted};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// It is still to be sent.
    Pending,
    /// The other side took it.
    Delivered,
    /// The other side refused it for good.
    Refused,
    /// It could not be delivered in all the time there was.
    GivenUp,
    /// What it was to tell was over before it was sent, or is not for its target any more.
    Settled,
}

impl NoticeOutcome {
    const ALL: [Self; 5] = [Self::Pending, Self::Delivered, Self::Refused, Self::GivenUp, Self::Settled];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
            Self::Settled => "settled",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// A message to a target.
#[derive(Clone, Debug)]
pub struct NoticeMessage {
    pub id: String,
    /// The id of its target.
    pub target: String,
    pub notices: Vec<Notice>,
    /// How often it was begun to be sent.
    pub attempts: u32,
    /// From when on it may be sent, or sent again.
    pub next_at: Millis,
    pub outcome: NoticeOutcome,
    /// Why the last attempt failed.
    pub error: Option<String>,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

/// The messages that may be sent.
#[derive(Debug)]
pub struct DueMessages {
    /// For each target the first of its messages.
    pub messages: Vec<(NoticeTarget, NoticeMessage)>,
    /// When the next is due of those that may not be sent yet.
    pub next: Option<Millis>,
}

/// What decides whether a target is told of something.
#[derive(Clone, Debug)]
pub struct TargetFilter {
    /// The id of the user whose own numbers it is told of; `None`: all.
    pub user: Option<String>,
    /// The newest event of each source when it became active.
    pub positions: [i64; 2],
    /// The credentials of the servers that its numbers are on; of a target for all, none are needed.
    pub credentials: Vec<String>,
}

/// A message that has not been begun to be sent, and may still change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenMessage {
    /// `None`: a new one.
    pub id: Option<String>,
    pub notices: Vec<Notice>,
    /// From when on it may be sent.
    pub next_at: Millis,
}

const COLUMNS: &str =
    "m.id, m.targetId, m.notices, m.attempts, m.nextAt, m.outcome, m.error, m.createdAt, m.endedAt";

impl Store {
    /// Writes up to where events have been considered, and for each active target what `assign` makes of the messages
    /// that have not been begun to be sent; one that it leaves without a notice is over. Nothing
    /// is written where something that was considered was removed meanwhile: the next look does without it.
    pub fn record_notices(
        &self,
        considered: &ConsideredEvents,
        due: &[DueNotice],
        assign: impl Fn(&TargetFilter, Vec<OpenMessage>) -> Vec<OpenMessage>,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        self.write(|t| {
            if is_outdated(t, considered, due)? {
                return Ok(());
            }
            consider(t, considered)?;
            if due.is_empty() {
                return Ok(());
            }
            for (target, filter) in filters(t, None)? {
                let open = open_messages(t, &target)?;
                for message in assign(&filter, open.clone()) {
                    if !open.contains(&message) {
                        write_open(t, &target, &message, now)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// For each active target the message that may be sent first.
    pub fn due_messages(&self) -> Result<DueMessages, Error> {
        let now = self.clock.now();
        let due = format!(
            "SELECT {COLUMNS} FROM notice_messages m JOIN notice_targets n ON n.id = m.targetId
             WHERE m.outcome = 'pending' AND m.nextAt <= ?1 AND n.isActive ORDER BY m.nextAt, m.rowid"
        );
        let later = "SELECT min(nextAt) FROM notice_messages WHERE outcome = 'pending' AND nextAt > ?1";
        let (messages, next) = self.read(|c| {
            let messages: Vec<NoticeMessage> =
                c.prepare_cached(&due)?.query_map([now], read)?.collect::<Result<_, _>>()?;
            Ok((messages, c.prepare_cached(later)?.query_row([now], |row| row.get(0))?))
        })?;
        let mut first: Vec<NoticeMessage> = Vec::new();
        for message in messages {
            if first.iter().all(|earlier| earlier.target != message.target) {
                first.push(message);
            }
        }
        let mut messages = Vec::new();
        for message in first {
            messages.extend(self.notice_target(&message.target, None)?.map(|target| (target, message)));
        }
        Ok(DueMessages { messages, next })
    }

    /// Notes that a message is begun to be sent, and when it is sent again unless that succeeds: the message, with what
    /// of it `may_know` leaves to its target now; `None` where that is nothing, or it is not to be sent any more.
    pub fn begin_message(
        &self,
        message: &NoticeMessage,
        next_at: Millis,
        may_know: impl Fn(&TargetFilter, &Notice) -> bool,
    ) -> Result<Option<NoticeMessage>, Error> {
        let begin = "UPDATE notice_messages SET attempts = attempts + 1, nextAt = ?2, notices = ?5
            WHERE id = ?1 AND outcome = 'pending' AND attempts = ?3 AND notices = ?4";
        self.write(|t| {
            let Some((_, filter)) = filters(t, Some(&message.target))?.pop() else { return Ok(None) };
            let mut left = message.clone();
            take_owners(t, &mut left.notices)?;
            left.notices.retain(|notice| may_know(&filter, notice));
            let (before, after) = (json(&message.notices), json(&left.notices));
            let is_begun =
                t.execute(begin, params![message.id, next_at, message.attempts, before, after])? == 1;
            if is_begun && left.notices.is_empty() {
                settle(t, &message.id, self.clock.now())?;
                return Ok(None);
            }
            Ok(is_begun.then_some(left))
        })
    }

    /// Puts off a message that has not been begun to be sent.
    pub fn postpone_message(&self, id: &str, next_at: Millis) -> Result<(), Error> {
        let postpone = "UPDATE notice_messages SET nextAt = ?2 WHERE id = ?1 AND outcome = 'pending'";
        self.write(|t| t.execute(postpone, params![id, next_at])).map(drop)
    }

    /// Notes what became of an attempt; a message that is pending still is sent again, at `next_at` where that is said.
    pub fn end_attempt(
        &self,
        id: &str,
        outcome: NoticeOutcome,
        error: Option<&str>,
        next_at: Option<Millis>,
    ) -> Result<(), Error> {
        let ended_at = (outcome != NoticeOutcome::Pending).then(|| self.clock.now());
        let end = "UPDATE notice_messages
            SET outcome = ?2, error = ?3, endedAt = ?4, nextAt = coalesce(?5, nextAt) WHERE id = ?1";
        self.write(|t| t.execute(end, params![id, outcome.as_str(), error, ended_at, next_at])).map(drop)
    }

    /// Writes a message that was sent at once into the log.
    pub fn log_message(&self, message: &NoticeMessage) -> Result<(), Error> {
        let insert = "INSERT INTO notice_messages (id, targetId, notices, nextAt, attempts, outcome, error, createdAt, endedAt)
            VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?4, ?7)";
        let NoticeMessage { id, target, notices, outcome, error, created_at, ended_at, .. } = message;
        let row = params![id, target, json(notices), created_at, outcome.as_str(), error, ended_at];
        self.write(|t| t.execute(insert, row)).map(drop)
    }

    /// The newest messages of every target, or of that user's, newest first, with their targets' channels and
    /// addresses.
    pub fn notice_log(
        &self,
        user: Option<&str>,
        most: u32,
    ) -> Result<Vec<(NoticeTarget, NoticeMessage)>, Error> {
        let query = format!(
            "SELECT {COLUMNS} FROM notice_messages m JOIN notice_targets n ON n.id = m.targetId
             WHERE ?1 IS NULL OR n.userId = ?1 ORDER BY m.createdAt DESC, m.rowid DESC LIMIT ?2"
        );
        let messages: Vec<NoticeMessage> =
            self.read(|c| c.prepare_cached(&query)?.query_map(params![user, most], read)?.collect())?;
        let targets = self.notice_targets(user)?;
        let of = |message: NoticeMessage| {
            let target = targets.iter().find(|target| target.id == message.target)?;
            Some((target.clone(), message))
        };
        Ok(messages.into_iter().filter_map(of).collect())
    }

    /// How many messages there are of each channel that has any, and of each outcome.
    pub fn notice_counts(&self) -> Result<Vec<(String, &'static str, u32)>, Error> {
        let query = "SELECT n.channel, m.outcome, count(*) FROM notice_messages m
            JOIN notice_targets n ON n.id = m.targetId GROUP BY 1, 2";
        let read = |row: &Row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?));
        let counted: Vec<((String, String), u32)> =
            self.read(|c| c.prepare_cached(query)?.query_map([], read)?.collect())?;
        let channels: BTreeSet<&String> = inserted(counted.iter().map(|((channel, _), _)| channel));
        let count = |channel: &str, outcome: &str| {
            counted.iter().find(|((c, o), _)| c == channel && o == outcome).map_or(0, |(_, count)| *count)
        };
        let outcomes = NoticeOutcome::ALL.map(NoticeOutcome::as_str);
        let counts = channels
            .into_iter()
            .flat_map(|channel| outcomes.map(|outcome| (channel.clone(), outcome, count(channel, outcome))));
        Ok(counts.collect())
    }
}

/// The active targets, or the one of that id if it is active, and what they are told of.
fn filters(t: &Transaction, target: Option<&str>) -> rusqlite::Result<Vec<(String, TargetFilter)>> {
    let targets = "SELECT n.id, n.userId, n.isForAll, u.role, n.instanceEvents, n.serverEvents
        FROM notice_targets n JOIN users u ON u.id = n.userId WHERE n.isActive AND (?1 IS NULL OR n.id = ?1)";
    let servers = "SELECT DISTINCT credentialId FROM messaging_instances WHERE userId = ?1 AND credentialId IS NOT NULL";
    let mut targets = t.prepare_cached(targets)?;
    let mut servers = t.prepare_cached(servers)?;
    let rows = targets.query_map([target], |row| {
        let (id, user): (String, String) = (row.get(0)?, row.get(1)?);
        let (for_all, role): (bool, String) = (row.get(2)?, row.get(3)?);
        // A role that was taken away since takes others' numbers away.
        let for_all = for_all && Role::parse(&role).is_ok_and(|r| r.allows(Permission::ConnectAllInstances));
        Ok((id, user, for_all, [row.get(4)?, row.get(5)?]))
    })?;
    let filter = |row: rusqlite::Result<(String, String, bool, [i64; 2])>| {
        let (id, user, for_all, positions) = row?;
        let credentials = if for_all {
            Vec::new()
        } else {
            servers.query_map([&user], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        Ok((id, TargetFilter { user: (!for_all).then_some(user), positions, credentials }))
    };
    rows.map(filter).collect()
}

/// Names the owners that the instances have now; of one that is gone, its last stays.
fn take_owners(t: &Transaction, notices: &mut [Notice]) -> rusqlite::Result<()> {
    let mut owner = t.prepare_cached("SELECT userId FROM messaging_instances WHERE id = ?1")?;
    for notice in notices.iter_mut().filter(|notice| notice.kind.is_of_instance()) {
        let now: Option<String> = owner.query_row([&notice.subject], |row| row.get(0)).optional()?;
        notice.owner = now.or(notice.owner.take());
    }
    Ok(())
}

fn settle(t: &Transaction, id: &str, now: Millis) -> rusqlite::Result<usize> {
    let settle = "UPDATE notice_messages SET outcome = 'settled', endedAt = ?2 WHERE id = ?1";
    t.execute(settle, params![id, now])
}

fn open_messages(t: &Transaction, target: &str) -> rusqlite::Result<Vec<OpenMessage>> {
    let query = "SELECT id, notices, nextAt FROM notice_messages
        WHERE targetId = ?1 AND outcome = 'pending' AND attempts = 0 ORDER BY rowid";
    let mut query = t.prepare_cached(query)?;
    let rows = query.query_map([target], |row| {
        Ok(OpenMessage { id: row.get(0)?, notices: notices(row, 1)?, next_at: row.get(2)? })
    })?;
    rows.collect()
}

fn write_open(t: &Transaction, target: &str, message: &OpenMessage, now: Millis) -> rusqlite::Result<()> {
    let notices = json(&message.notices);
    match &message.id {
        Some(id) if message.notices.is_empty() => settle(t, id, now),
        Some(id) => t.execute("UPDATE notice_messages SET notices = ?2 WHERE id = ?1", params![id, notices]),
        None => {
            let insert =
                "INSERT INTO notice_messages (id, targetId, notices, nextAt, attempts, outcome, createdAt)
                VALUES (?1, ?2, ?3, ?4, 0, 'pending', ?5)";
            t.execute(insert, params![new_id("m"), target, notices, message.next_at, now])
        }
    }
    .map(drop)
}

fn json(notices: &[Notice]) -> String {
    serde_json::to_string(notices).expect("texts and numbers are always JSON")
}

fn notices(row: &Row, column: usize) -> rusqlite::Result<Vec<Notice>> {
    parsed(row, column, |text| serde_json::from_str(text).ok())
}

fn read(row: &Row) -> rusqlite::Result<NoticeMessage> {
    Ok(NoticeMessage {
        id: row.get(0)?,
        target: row.get(1)?,
        notices: notices(row, 2)?,
        attempts: row.get(3)?,
        next_at: row.get(4)?,
        outcome: parsed(row, 5, NoticeOutcome::parse)?,
        error: row.get(6)?,
        created_at: row.get(7)?,
        ended_at: row.get(8)?,
    })
}
