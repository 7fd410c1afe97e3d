//! Instances as lists show them: filtered, page by page, with their history.
//!
//! Lines show text as it is stored, so that a row edited by hand spoils no list.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::health::UNWATCHED;
use super::instances::parsed;
use super::{Error, Store, scans};
use crate::domain::{Channel, Millis, Name, Phone, ScanHelp};

/// An instance as lists show it.
#[derive(Debug)]
pub struct InstanceLine {
    pub id: String,
    pub channel: String,
    pub name: String,
    /// The phone last given for it.
    pub phone: String,
    pub user: String,
    /// The credential last used.
    pub credential: Option<String>,
    /// What an administrator calls that credential.
    pub server: Option<String>,
    pub status: String,
    /// Since when the status is what it is.
    pub since: Millis,
    /// Why, as a word of [`crate::domain::Reason`].
    pub reason: Option<String>,
    /// Since when its server has been failing, or nobody has asked it: the status is as old as that.
    pub unknown_since: Option<Millis>,
    /// What to advise whoever scans its codes; `None`: nothing is amiss.
    pub scan_help: Option<ScanHelp>,
    /// When the first call for it came.
    pub created_at: Millis,
    /// When anything in the row changed last.
    pub updated_at: Millis,
}

/// A reference to a row, with what a call or an action for it needs.
#[derive(Clone, Debug)]
pub struct InstanceRef {
    pub id: String,
    pub user: String,
    pub channel: Channel,
    pub name: Name,
    /// The phone last given for it.
    pub phone: Phone,
}

/// Which instances a list shows; `None` in a field lets every value pass.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub owner: Option<String>,
    pub user: Option<String>,
    /// The credential's name or id.
    pub server: Option<String>,
    /// A part of the name.
    pub name: Option<String>,
    /// Digits of the phone, where the searched text could be some.
    pub digits: Option<String>,
    /// The status; the counts ignore it.
    pub status: Option<&'static str>,
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    pub lines: Vec<InstanceLine>,
    /// The number of each status, over all pages, whatever status the filter has.
    pub counts: HashMap<String, u32>,
    pub failing_servers: Vec<FailingServer>,
}

/// A server that fails.
#[derive(Debug)]
pub struct FailingServer {
    pub credential: String,
    pub server: String,
    /// The API's error code.
    pub code: String,
    pub since: Millis,
}

/// A change of an instance's status.
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
}

const LINES: &str = "SELECT i.id, i.channel, i.channelInstanceId, i.channelPhoneOrId, u.name AS user,
        i.credentialId, c.name AS server, i.status, coalesce(i.statusSince, i.updatedAt) AS since,
        i.statusReason, i.createdAt, i.updatedAt,
        CASE WHEN i.claimedUrl IS NULL THEN NULL
            WHEN h.since IS NOT NULL THEN h.since
            WHEN c.id IS NULL THEN coalesce(i.orphanedAt, i.updatedAt)
            WHEN NOT c.isActive THEN c.updatedAt
        END AS unknownSince,
        i.scanCodes, i.scanReturns, i.scanCodeAt, v.server, v.whatsappWeb
    FROM messaging_instances i JOIN users u ON u.id = i.userId
    LEFT JOIN integration_credentials c ON c.id = i.credentialId
    LEFT JOIN server_versions v ON v.credentialId = i.credentialId
    LEFT JOIN credential_health h ON h.credentialId = i.credentialId AND h.trouble IS NOT NULL";
/// The order of lists: that of the unique index, so that nothing is sorted.
const ORDER: &str = "ORDER BY i.channel, i.channelInstanceId";

impl Store {
    /// The row with the id or the name `key`, among those of one user or among all.
    pub fn target(&self, key: &str, owner: Option<&str>) -> Result<Option<InstanceRef>, Error> {
        let query = format!(
            "SELECT id, userId, channel, channelInstanceId, channelPhoneOrId FROM messaging_instances i
             WHERE {}",
            by_id_or_name()
        );
        self.read(|c| c.prepare_cached(&query)?.query_row(params![key, owner], read_target).optional())
    }

    /// The row with the id or the name `key`, as lists show it.
    pub fn instance_line(&self, key: &str, owner: Option<&str>) -> Result<Option<InstanceLine>, Error> {
        let query = format!("{LINES} WHERE {}", by_id_or_name());
        self.read(|c| c.prepare_cached(&query)?.query_row(params![key, owner], read_line).optional())
    }

    /// Every row, by name: of one user, or everybody's.
    pub fn instance_lines(&self, owner: Option<&str>) -> Result<Vec<InstanceLine>, Error> {
        let query = format!("{LINES} WHERE ?1 IS NULL OR i.userId = ?1 {ORDER}");
        self.read(|c| c.prepare_cached(&query)?.query_map([owner], read_line)?.collect())
    }

    /// One page of the filtered list, after `skip` lines, read in one transaction.
    pub fn instance_page(&self, filter: &Filter, skip: u32, most: u32) -> Result<Page, Error> {
        self.read(|c| {
            let moment = c.unchecked_transaction()?;
            Ok(Page {
                lines: lines(&moment, filter, skip, most)?,
                counts: counts(&moment, filter)?,
                failing_servers: failing_servers(&moment, filter.owner.as_deref())?,
            })
        })
    }

    /// The newest changes of an instance's status before `before`, newest first.
    pub fn events(&self, id: &str, before: Option<i64>, most: u32) -> Result<Vec<EventLine>, Error> {
        self.read(|c| {
            c.prepare_cached(
                "SELECT id, at, fromStatus, toStatus, reason FROM instance_events
                 WHERE instanceId = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            )?
            .query_map(params![id, before.unwrap_or(i64::MAX), most], |row| {
                Ok(EventLine {
                    id: row.get("id")?,
                    at: row.get("at")?,
                    from: row.get("fromStatus")?,
                    to: row.get("toStatus")?,
                    reason: row.get("reason")?,
                })
            })?
            .collect()
        })
    }
}

/// The condition for a key that is an id or a name; an id goes before a name that looks like one. Names the
/// channels, since the index of names begins with them.
fn by_id_or_name() -> String {
    let channels = Channel::ALL.map(|channel| format!("'{}'", channel.as_str())).join(", ");
    format!(
        "(i.id = ?1 OR (i.channel IN ({channels}) AND i.channelInstanceId = ?1))
         AND (?2 IS NULL OR i.userId = ?2) ORDER BY i.id = ?1 DESC LIMIT 1"
    )
}

/// The conditions of a filter, and their values.
#[derive(Default)]
struct Conditions<'a> {
    sql: Vec<&'static str>,
    values: Vec<(&'static str, &'a dyn ToSql)>,
}

impl<'a> Conditions<'a> {
    fn add(&mut self, sql: &'static str, name: &'static str, value: Option<&'a impl ToSql>) {
        if let Some(value) = value {
            self.sql.push(sql);
            self.values.push((name, value));
        }
    }

    fn of(filter: &'a Filter, pattern: Option<&'a String>) -> Self {
        let mut all = Self::default();
        // The sign keeps SQLite off the indexes of single columns, which lead to whole rows.
        all.add("+i.userId = :owner", ":owner", filter.owner.as_ref());
        let user = "+i.userId = (SELECT id FROM users WHERE name = :user)";
        all.add(user, ":user", filter.user.as_ref());
        let server = "+i.credentialId IN (SELECT id FROM integration_credentials
            WHERE name = :server OR id = :server)";
        all.add(server, ":server", filter.server.as_ref());
        match &filter.digits {
            Some(digits) => {
                let either =
                    "(i.channelInstanceId LIKE :name ESCAPE '!' OR instr(i.channelPhoneOrId, :digits) > 0)";
                all.add(either, ":name", pattern);
                all.values.push((":digits", digits));
            }
            None => all.add("i.channelInstanceId LIKE :name ESCAPE '!'", ":name", pattern),
        }
        all
    }

    fn clause(&self) -> String {
        if self.sql.is_empty() { String::new() } else { format!("WHERE {}", self.sql.join(" AND ")) }
    }
}

/// The pattern of a part of a name: what LIKE takes for a wildcard stands for itself.
fn pattern(filter: &Filter) -> Option<String> {
    let escaped = |part: &String| part.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    filter.name.as_ref().map(|part| format!("%{}%", escaped(part)))
}

fn lines(c: &Connection, filter: &Filter, skip: u32, most: u32) -> rusqlite::Result<Vec<InstanceLine>> {
    let pattern = pattern(filter);
    let mut wanted = Conditions::of(filter, pattern.as_ref());
    wanted.add("i.status = :status", ":status", filter.status.as_ref());
    wanted.values.extend([(":most", &most as &dyn ToSql), (":skip", &skip)]);
    // The inner query finds the page's rows in the index; only those are read and joined.
    let page = format!(
        "SELECT i.rowid FROM messaging_instances i {} {ORDER} LIMIT :most OFFSET :skip",
        wanted.clause()
    );
    let query = format!("{LINES} WHERE i.rowid IN ({page}) {ORDER}");
    c.prepare_cached(&query)?.query_map(&*wanted.values, read_line)?.collect()
}

fn counts(c: &Connection, filter: &Filter) -> rusqlite::Result<HashMap<String, u32>> {
    let pattern = pattern(filter);
    let wanted = Conditions::of(filter, pattern.as_ref());
    let clause = wanted.clause();
    let query = format!("SELECT i.status, count(*) FROM messaging_instances i {clause} GROUP BY i.status");
    let each = |row: &Row| Ok((row.get(0)?, row.get(1)?));
    c.prepare_cached(&query)?.query_map(&*wanted.values, each)?.collect()
}

/// The servers in use that fail, or those of them that one user's instances are on.
fn failing_servers(c: &Connection, owner: Option<&str>) -> rusqlite::Result<Vec<FailingServer>> {
    c.prepare_cached(
        "SELECT c.id, c.name, h.trouble, h.since
         FROM credential_health h JOIN integration_credentials c ON c.id = h.credentialId
         WHERE h.trouble <> ?2 AND c.isActive AND (?1 IS NULL OR EXISTS (
             SELECT 1 FROM messaging_instances i WHERE i.credentialId = c.id AND i.userId = ?1))
         ORDER BY c.name, c.id",
    )?
    .query_map(params![owner, UNWATCHED], |row| {
        Ok(FailingServer {
            credential: row.get(0)?,
            server: row.get(1)?,
            code: row.get(2)?,
            since: row.get(3)?,
        })
    })?
    .collect()
}

/// A row that a call can be made for.
pub(super) fn read_target(row: &Row) -> rusqlite::Result<InstanceRef> {
    Ok(InstanceRef {
        id: row.get("id")?,
        user: row.get("userId")?,
        channel: super::instances::channel(row, "channel")?,
        name: parsed(row, "channelInstanceId", |text| Name::parse(text).ok())?,
        phone: parsed(row, "channelPhoneOrId", Phone::stored)?,
    })
}

fn read_line(row: &Row) -> rusqlite::Result<InstanceLine> {
    Ok(InstanceLine {
        id: row.get("id")?,
        channel: row.get("channel")?,
        name: row.get("channelInstanceId")?,
        phone: row.get("channelPhoneOrId")?,
        user: row.get("user")?,
        credential: row.get("credentialId")?,
        server: row.get("server")?,
        status: row.get("status")?,
        since: row.get("since")?,
        reason: row.get("statusReason")?,
        unknown_since: row.get("unknownSince")?,
        scan_help: scans::help(row, row.as_ref().column_index("scanCodes")?)?,
        created_at: row.get("createdAt")?,
        updated_at: row.get("updatedAt")?,
    })
}
