//! Instances as lists show them: filtered, page by page.
//!
//! Lines show text as it is stored, so that a row edited by hand spoils no list.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row};

use super::filter::{Conditions, Filter, ListOrder, ListView, OTHER_NUMBER};
use super::health::NOT_POLLED;
use super::instances::parsed;
use super::viewer::{bound, by_id_or_name, hidden, keyed, seen, server_reached, values};
use super::{Error, Store, scans};
use crate::domain::{Channel, Description, Millis, Name, Phone, ScanHelp, Status, Viewer};

/// An instance as lists show it.
#[derive(Debug, Default)]
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
    /// The number that is linked, or was before the connection dropped, digits as WhatsApp writes them.
    pub linked_number: Option<String>,
    /// What the linked account calls itself.
    pub profile_name: Option<String>,
    /// When that number or name was first seen.
    pub linked_seen_at: Option<Millis>,
    /// The other names under which the same phone is connected, of rows that the reader may see.
    pub same_number_as: Vec<String>,
    /// Whether it is connected under a name that the reader may not see as well.
    pub same_number_elsewhere: bool,
    /// The other servers that have its name for a phone as well, where the reader may know them.
    pub also_on: Vec<String>,
    /// Whether such a server is one that the reader may not know.
    pub also_elsewhere: bool,
    /// What the instance is called upstream, where that is another name.
    pub upstream_name: Option<String>,
    /// What people call it.
    pub display_name: Option<String>,
    /// What people want to remember of it.
    pub note: Option<String>,
    pub labels: Vec<String>,
    /// When what people set of it upstream was saved last; `None`: nothing is saved.
    pub settings_saved_at: Option<Millis>,
    /// What to advise whoever scans its codes; `None`: nothing is amiss.
    pub scan_help: Option<ScanHelp>,
    /// The servers on which it left an instance when it moved, where the reader may know them.
    pub left_on: Vec<String>,
    /// When the first call for it came.
    pub created_at: Millis,
    /// When anything in the row changed last.
    pub updated_at: Millis,
}

impl InstanceLine {
    /// Whether the phone that is connected is the one that the row is for; `None` while none is, or where that
    /// cannot be known.
    pub fn number_matches(&self) -> Option<bool> {
        let linked = self.linked_number.as_deref().filter(|_| self.status == Status::Connected.as_str());
        Phone::stored(linked?)?.is_phone_of_row(&self.phone)
    }

    /// Whether its texts are what a description says.
    pub fn is_described(&self, by: &Description) -> bool {
        let is = |said: &Option<String>, text: &Option<String>| {
            said.as_deref().is_none_or(|said| said == text.as_deref().unwrap_or_default())
        };
        is(&by.display_name, &self.display_name)
            && is(&by.note, &self.note)
            && by.labels.as_ref().is_none_or(|labels| *labels == self.labels)
    }
}

/// A reference to a row, with what a call or an action for it needs.
#[derive(Clone, Debug)]
pub struct InstanceRef {
    pub id: String,
    pub user: String,
    pub channel: Channel,
    pub name: Name,
    /// The phone last given for it; `None` where the row, which somebody edited by hand, holds none.
    pub phone: Option<Phone>,
    /// The credential whose server had it when this was read.
    pub credential: Option<String>,
    /// The credential of the one server on which whoever means it may touch it; `None`: wherever it is.
    pub only_at: Option<String>,
}

impl InstanceRef {
    /// Whether the row of that id, which that credential's server has by now, is the one that is meant, where it may be
    /// touched.
    pub fn means(&self, id: &str, credential: Option<&str>) -> bool {
        self.id == id && (self.only_at.is_none() || self.only_at.as_deref() == credential)
    }
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    pub lines: Vec<InstanceLine>,
    pub counts: InstanceCounts,
    pub failing_servers: Vec<FailingServer>,
}

impl Page {
    /// How many lines the list has over all pages.
    pub fn total(&self, filter: &Filter) -> u32 {
        let groups = self.counts.by_status.iter();
        let wanted = groups.filter(|(status, _)| filter.status.is_none_or(|wanted| wanted == *status));
        wanted.map(|(_, count)| count.of(filter.view)).sum()
    }
}

/// How many instances there are over all pages, whatever status and view the filter has.
#[derive(Debug, Default)]
pub struct InstanceCounts {
    pub by_status: HashMap<String, StatusCount>,
    /// Those that another phone is connected to than they are for.
    pub other_number: u32,
}

impl InstanceCounts {
    /// How many there are in a view, or in all.
    pub fn of(&self, view: Option<ListView>) -> u32 {
        self.by_status.values().map(|count| count.of(view)).sum()
    }
}

/// How many instances there are of a status.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatusCount {
    all: u32,
    action_needed: u32,
    never_connected: u32,
}

impl StatusCount {
    /// How many of them are in a view, or in all.
    pub fn of(self, view: Option<ListView>) -> u32 {
        match view {
            None => self.all,
            Some(ListView::ActionNeeded) => self.action_needed,
            Some(ListView::NeverConnected) => self.never_connected,
        }
    }
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

/// Most rows that are read one by one after a search: each costs more than to pass one by in the index of lists.
const FEW_FOUND: usize = 2000;
/// Most names that a line gives of one phone.
const MOST_NAMES: u32 = 20;
/// The other rows with the phone of a connected row.
const SAME_PHONE: &str = "FROM messaging_instances o
    WHERE o.linkedKey = i.linkedKey AND o.status = 'connected' AND o.rowid <> i.rowid";
/// The other servers that have the name of a row.
const DOUBLED: &str = "FROM doubled_instances d WHERE d.instanceId = i.id";
/// The columns of a line but for those of [`lines_for`], and where they come from.
const COLUMNS: &str = "i.id, i.channel, i.channelInstanceId, i.channelPhoneOrId, u.name AS user,
        i.credentialId, c.name AS server, i.status, coalesce(i.statusSince, i.updatedAt) AS since,
        i.statusReason, i.createdAt, i.updatedAt, i.linkedNumber, i.profileName, i.linkedSeenAt,
        i.upstreamName, i.displayName, i.note, i.labels, s.savedAt AS settingsSavedAt,
        CASE WHEN i.claimedUrl IS NULL THEN NULL
            WHEN h.since IS NOT NULL THEN h.since
            WHEN c.id IS NULL THEN coalesce(i.orphanedAt, i.updatedAt)
            WHEN NOT c.isActive THEN c.updatedAt
        END AS unknownSince,
        i.scanCodes, i.scanReturns, i.scanCodeAt, v.server, v.whatsappWeb
    FROM messaging_instances i JOIN users u ON u.id = i.userId
    LEFT JOIN integration_credentials c ON c.id = i.credentialId
    LEFT JOIN saved_settings s ON s.channel = i.channel AND s.channelInstanceId = i.channelInstanceId
        AND s.userId = i.userId
    LEFT JOIN server_versions v ON v.credentialId = i.credentialId
    LEFT JOIN credential_health h ON h.credentialId = i.credentialId AND h.trouble IS NOT NULL";

/// The query of lines for such a reader.
fn lines_for(viewer: &Viewer) -> String {
    let elsewhere = hidden(viewer, "o")
        .iter()
        .fold("0".to_owned(), |any, hidden| format!("{any} OR EXISTS (SELECT 1 {SAME_PHONE} AND {hidden})"));
    let doubled = if viewer.knows_servers() {
        format!("(SELECT json_group_array(d.server) {DOUBLED}) AS alsoOn, 0 AS alsoElsewhere")
    } else {
        format!("NULL AS alsoOn, EXISTS (SELECT 1 {DOUBLED}) AS alsoElsewhere")
    };
    format!(
        "SELECT CASE i.status WHEN 'connected' THEN (SELECT json_group_array(name ORDER BY name) FROM
            (SELECT o.channelInstanceId AS name {SAME_PHONE} AND {seen} LIMIT {MOST_NAMES})) END AS sameNumberAs,
            i.status = 'connected' AND ({elsewhere}) AS sameNumberElsewhere, {doubled},
            (SELECT json_group_array(o.name) FROM left_instances f JOIN integration_credentials o
                ON o.id = f.credentialId WHERE f.instanceId = i.id AND {left}) AS leftOn, {COLUMNS}",
        seen = seen(viewer, "o"),
        left = server_reached(viewer, "o.id"),
    )
}

impl Store {
    /// The row with the id or the name `key`, if the viewer sees it. What is done to it ends where it has left the
    /// server that they reach.
    pub fn target(&self, key: &str, viewer: &Viewer) -> Result<Option<InstanceRef>, Error> {
        let query = format!(
            "SELECT id, userId, channel, channelInstanceId, channelPhoneOrId, credentialId
             FROM messaging_instances i WHERE {}",
            by_id_or_name(viewer)
        );
        let values = keyed(viewer, key);
        let found =
            self.read(|c| c.prepare_cached(&query)?.query_row(&*bound(&values), read_target).optional())?;
        Ok(found.map(|target| InstanceRef { only_at: viewer.limits.server.clone(), ..target }))
    }

    /// The row with the id or the name `key`, as lists show it.
    pub fn instance_line(&self, key: &str, viewer: &Viewer) -> Result<Option<InstanceLine>, Error> {
        let query = format!("{} WHERE {}", lines_for(viewer), by_id_or_name(viewer));
        let (values, now) = (keyed(viewer, key), self.clock.now());
        self.read(|c| {
            c.prepare_cached(&query)?.query_row(&*bound(&values), |row| read_line(row, now)).optional()
        })
    }

    /// Every row, by name, for a reader who may see all: of one user, or everybody's.
    pub fn instance_lines(&self, user: Option<&str>) -> Result<Vec<InstanceLine>, Error> {
        let order = ListOrder::Name.clause();
        let query = format!("{} WHERE ?1 IS NULL OR i.userId = ?1 {order}", lines_for(&Viewer::default()));
        let now = self.clock.now();
        self.read(|c| c.prepare_cached(&query)?.query_map([user], |row| read_line(row, now))?.collect())
    }

    /// The first lines of the filtered list.
    pub fn first_instances(&self, filter: &Filter, most: u32) -> Result<Vec<InstanceLine>, Error> {
        let now = self.clock.now();
        self.read(|c| lines(c, filter, Conditions::of(filter), (0, most), now))
    }

    /// One page of the filtered list, after `skip` lines, read in one transaction.
    pub fn instance_page(&self, filter: &Filter, skip: u32, most: u32) -> Result<Page, Error> {
        let now = self.clock.now();
        self.read(|c| {
            let moment = c.unchecked_transaction()?;
            let found = found(&moment, filter)?;
            Ok(Page {
                lines: lines(&moment, filter, found.clone(), (skip, most), now)?,
                counts: counts(&moment, &found)?,
                failing_servers: failing_servers(&moment, &filter.viewer)?,
            })
        })
    }
}

/// The conditions of a filter but for its status and its view. Where a search finds few rows these rows themselves,
/// since lines and counts would each search all rows again.
fn found(c: &Connection, filter: &Filter) -> rusqlite::Result<Conditions> {
    let all = Conditions::of(filter);
    if filter.search.is_none() {
        return Ok(all);
    }
    let query = format!("SELECT i.rowid FROM messaging_instances i {} LIMIT {}", all.clause(), FEW_FOUND + 1);
    let mut statement = c.prepare_cached(&query)?;
    let found = statement.query_map(&*all.values(), |row| row.get(0))?;
    let found: Vec<i64> = found.collect::<Result<_, _>>()?;
    if found.len() > FEW_FOUND {
        return Ok(all);
    }
    let mut few = Conditions::default();
    few.add("i.rowid IN (SELECT value FROM json_each(:found))", ":found", Some(format!("{found:?}")));
    Ok(few)
}

fn lines(
    c: &Connection,
    filter: &Filter,
    found: Conditions,
    (skip, most): (u32, u32),
    now: Millis,
) -> rusqlite::Result<Vec<InstanceLine>> {
    let mut wanted = found;
    wanted.add("i.status = :status", ":status", filter.status.map(str::to_owned));
    wanted.require(filter.view.map(ListView::condition));
    let behind = "(i.channel, i.channelInstanceId) > (:channel, :name)";
    wanted.add(behind, ":name", filter.behind.as_ref().map(|(_, name)| name.clone()));
    wanted.bind(":channel", filter.behind.as_ref().map(|(channel, _)| channel.clone()));
    wanted.bind(":most", Some(most));
    wanted.bind(":skip", Some(skip));
    wanted.bind_viewer(&filter.viewer);
    let order = filter.order.clause();
    // The inner query finds the page's rows in the index; only those are read and joined.
    let page = format!(
        "SELECT i.rowid FROM messaging_instances i {} {order} LIMIT :most OFFSET :skip",
        wanted.clause()
    );
    let query = format!("{} WHERE i.rowid IN ({page}) {order}", lines_for(&filter.viewer));
    c.prepare_cached(&query)?.query_map(&*wanted.values(), |row| read_line(row, now))?.collect()
}

/// Most numbers are connected. They are counted as they are passed, since to group them would sort them first.
fn counts(c: &Connection, found: &Conditions) -> rusqlite::Result<InstanceCounts> {
    let mut counts = other_counts(c, found)?;
    let query = format!(
        "SELECT count(*) FILTER (WHERE i.status = 'connected'), count(*) FILTER (WHERE {OTHER_NUMBER})
         FROM messaging_instances i {}",
        found.clause()
    );
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?));
    let (all, other_number) = c.prepare_cached(&query)?.query_row(&*found.values(), read)?;
    if all > 0 {
        let connected = StatusCount { all, action_needed: other_number, never_connected: 0 };
        counts.by_status.insert(Status::Connected.as_str().to_owned(), connected);
    }
    counts.other_number = other_number;
    Ok(counts)
}

/// The counts of what is not connected.
fn other_counts(c: &Connection, found: &Conditions) -> rusqlite::Result<InstanceCounts> {
    let mut found = found.clone();
    found.require(Some("i.status <> 'connected'"));
    let [action_needed, never_connected] = ListView::ALL.map(ListView::condition);
    let query = format!(
        "SELECT i.status, count(*), count(*) FILTER (WHERE {action_needed}),
             count(*) FILTER (WHERE {never_connected})
         FROM messaging_instances i {} GROUP BY i.status",
        found.clause()
    );
    let mut counts = InstanceCounts::default();
    let mut statement = c.prepare_cached(&query)?;
    let mut rows = statement.query(&*found.values())?;
    while let Some(row) = rows.next()? {
        let count =
            StatusCount { all: row.get(1)?, action_needed: row.get(2)?, never_connected: row.get(3)? };
        counts.by_status.insert(row.get(0)?, count);
    }
    Ok(counts)
}

/// The servers in use that fail: of a viewer who does not know them all, those that rows which they see are on.
fn failing_servers(c: &Connection, viewer: &Viewer) -> rusqlite::Result<Vec<FailingServer>> {
    let query = format!(
        "SELECT c.id, c.name, h.trouble, h.since
         FROM credential_health h JOIN integration_credentials c ON c.id = h.credentialId
         WHERE h.trouble <> '{NOT_POLLED}' AND c.isActive AND ({} OR EXISTS (
             SELECT 1 FROM messaging_instances i WHERE i.credentialId = c.id AND {}))
         ORDER BY c.name, c.id",
        viewer.knows_servers(),
        seen(viewer, "i")
    );
    c.prepare_cached(&query)?
        .query_map(&*bound(&values(viewer)), |row| {
            Ok(FailingServer {
                credential: row.get(0)?,
                server: row.get(1)?,
                code: row.get(2)?,
                since: row.get(3)?,
            })
        })?
        .collect()
}

/// A row that a call can be made for: the first six columns of a query.
pub(super) fn read_target(row: &Row) -> rusqlite::Result<InstanceRef> {
    Ok(InstanceRef {
        id: row.get(0)?,
        user: row.get(1)?,
        channel: super::instances::channel(row, 2)?,
        name: parsed(row, 3, |text| Name::parse(text).ok())?,
        phone: row.get_ref(4)?.as_str().ok().and_then(Phone::of_row),
        credential: row.get(5)?,
        only_at: None,
    })
}

/// Reads the columns of [`lines_for`] by position, as `instances::read_row` does.
fn read_line(row: &Row, now: Millis) -> rusqlite::Result<InstanceLine> {
    Ok(InstanceLine {
        same_number_as: texts(row, 0)?,
        same_number_elsewhere: row.get(1)?,
        also_on: texts(row, 2)?,
        also_elsewhere: row.get(3)?,
        left_on: texts(row, 4)?,
        id: row.get(5)?,
        channel: row.get(6)?,
        name: row.get(7)?,
        phone: row.get(8)?,
        user: row.get(9)?,
        credential: row.get(10)?,
        server: row.get(11)?,
        status: row.get(12)?,
        since: row.get(13)?,
        reason: row.get(14)?,
        created_at: row.get(15)?,
        updated_at: row.get(16)?,
        linked_number: row.get(17)?,
        profile_name: row.get(18)?,
        linked_seen_at: row.get(19)?,
        upstream_name: row.get(20)?,
        display_name: row.get(21)?,
        note: row.get(22)?,
        labels: texts(row, 23)?,
        settings_saved_at: row.get(24)?,
        unknown_since: row.get(25)?,
        scan_help: scans::help(row, 26, now)?,
    })
}

/// A column that holds a JSON array of texts.
pub(super) fn texts(row: &Row, column: usize) -> rusqlite::Result<Vec<String>> {
    let json = row.get_ref(column)?.as_str_or_null()?;
    Ok(json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_has_left_the_only_server_where_it_may_be_touched_is_not_meant() {
        for (only_at, id, credential, is_meant) in [
            (None, "i", Some("b"), true),
            (None, "other", Some("a"), false),
            (Some("a"), "i", Some("a"), true),
            (Some("a"), "i", Some("b"), false),
            (Some("a"), "i", None, false),
        ] {
            let target = InstanceRef {
                id: "i".into(),
                user: "u".into(),
                channel: Channel::WhatsappEvolution,
                name: Name::parse("loja").expect("a name"),
                phone: None,
                credential: Some("a".into()),
                only_at: only_at.map(str::to_owned),
            };
            assert_eq!(target.means(id, credential), is_meant, "{only_at:?} {id} {credential:?}");
        }
    }
}
