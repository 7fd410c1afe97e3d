//! Which rows a list shows, as conditions of a query. All that they read is in the index of lists.

use std::borrow::Cow;

use rusqlite::ToSql;
use rusqlite::types::Value;

use super::folded::folded;
use super::viewer::{bound, conditions, values};
use crate::domain::{Millis, Viewer};

/// Which instances a list shows; `None` in a field lets every value pass.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Who reads it.
    pub viewer: Viewer,
    pub user: Option<String>,
    /// The credential's name or id.
    pub server: Option<String>,
    /// A part of a name, of the row or for people, or of a label.
    pub search: Option<String>,
    /// Digits of a phone, where the searched text could be some.
    pub digits: Option<String>,
    /// A label.
    pub label: Option<String>,
    /// Whether another number is linked than the row is for.
    pub other_number: bool,
    /// Only those that were first asked for by then.
    pub created_by: Option<Millis>,
    /// The status; the counts ignore it.
    pub status: Option<&'static str>,
    /// A view of the list; the counts ignore it.
    pub view: Option<ListView>,
    pub order: ListOrder,
    /// Only what comes behind this channel and name, in the order of names; the counts ignore it.
    pub behind: Option<(String, String)>,
}

/// Numbers that have something in common which is more than one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListView {
    /// Somebody has to do something: they are down, or another phone is connected.
    ActionNeeded,
    /// No phone was ever connected.
    NeverConnected,
}

impl ListView {
    /// Every view.
    pub const ALL: [Self; 2] = [Self::ActionNeeded, Self::NeverConnected];

    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActionNeeded => "action_needed",
            Self::NeverConnected => "never_connected",
        }
    }

    /// Whether a row belongs to it.
    pub(super) fn condition(self) -> &'static str {
        match self {
            Self::ActionNeeded => ACTION_NEEDED,
            Self::NeverConnected => "i.firstConnectedAt IS NULL AND i.status <> 'connected'",
        }
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListOrder {
    /// That of the unique index, so that nothing is sorted.
    #[default]
    Name,
    /// What needs somebody first, the latest of it before; then what waits for a scan, and last what is well, by name.
    ActionNeeded,
    /// What changed last first.
    Newest,
    /// What has been as it is for the longest first.
    Oldest,
}

impl ListOrder {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::Name, Self::ActionNeeded, Self::Newest, Self::Oldest];

    /// Its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::ActionNeeded => "action_needed",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    /// The clause of a query.
    pub(super) fn clause(self) -> String {
        const NAME: &str = "i.channel, i.channelInstanceId";
        match self {
            Self::Name => format!("ORDER BY {NAME}"),
            Self::ActionNeeded => format!(
                "ORDER BY CASE WHEN {ACTION_NEEDED} THEN 0 WHEN i.status = 'connecting' THEN 1
                     WHEN i.status = 'pending' THEN 2 ELSE 3 END,
                 CASE WHEN {ACTION_NEEDED} THEN -i.statusSince END, {NAME}"
            ),
            Self::Newest => format!("ORDER BY i.statusSince DESC, {NAME}"),
            Self::Oldest => format!("ORDER BY i.statusSince IS NULL, i.statusSince, {NAME}"),
        }
    }
}

/// Whether somebody has to do something about a row.
const ACTION_NEEDED: &str = "(i.status IN ('disconnected', 'lost', 'error')
    OR (i.status = 'connected' AND i.linkedNumber <> i.channelPhoneOrId
        AND number_matches(i.linkedNumber, i.channelPhoneOrId) = 0))";

/// Whether another phone is connected than the row is for. Most are the same letter for letter.
pub(super) const OTHER_NUMBER: &str = "i.status = 'connected' AND i.linkedNumber <> i.channelPhoneOrId
    AND number_matches(i.linkedNumber, i.channelPhoneOrId) = 0";

/// The conditions of a filter, and their values by name.
#[derive(Clone, Default)]
pub(super) struct Conditions {
    sql: Vec<Cow<'static, str>>,
    values: Vec<(&'static str, Value)>,
}

impl Conditions {
    /// The conditions of all of the filter but its status and its view.
    pub(super) fn of(filter: &Filter) -> Self {
        let mut all = Self::default();
        // The sign keeps SQLite off the indexes of single columns, which lead to whole rows.
        all.sql.extend(conditions(&filter.viewer, "+i").into_iter().map(Cow::from));
        all.bind_viewer(&filter.viewer);
        all.add("+i.userId = (SELECT id FROM users WHERE name = :user)", ":user", filter.user.clone());
        let server = "+i.credentialId IN (SELECT id FROM integration_credentials
            WHERE name = :server OR id = :server)";
        all.add(server, ":server", filter.server.clone());
        let search = match filter.digits {
            None => "(i.channelInstanceId LIKE :search ESCAPE '!' OR i.searchText LIKE :search ESCAPE '!')",
            Some(_) => {
                "(i.channelInstanceId LIKE :search ESCAPE '!' OR i.searchText LIKE :search ESCAPE '!'
                    OR instr(i.channelPhoneOrId, :digits) > 0 OR instr(i.linkedNumber, :digits) > 0)"
            }
        };
        all.add(search, ":search", filter.search.as_deref().map(pattern));
        all.bind(":digits", filter.digits.clone());
        // Each label has a line of its own behind that of the name.
        let label = "instr(i.searchText, char(10) || :label || char(10)) > 0";
        all.add(label, ":label", filter.label.as_deref().map(folded));
        all.require(filter.other_number.then_some(OTHER_NUMBER));
        all.add("i.createdAt <= :createdBy", ":createdBy", filter.created_by);
        all
    }

    /// Adds a condition that has no value.
    pub(super) fn require(&mut self, sql: Option<&'static str>) {
        self.sql.extend(sql.map(Cow::from));
    }

    /// Adds a condition if there is a value for it.
    pub(super) fn add(&mut self, sql: &'static str, name: &'static str, value: Option<impl Into<Value>>) {
        self.require(value.is_some().then_some(sql));
        self.bind(name, value);
    }

    /// Adds a value that conditions name.
    pub(super) fn bind(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        self.values.extend(value.map(|value| (name, value.into())));
    }

    /// Adds the values that conditions of a viewer name.
    pub(super) fn bind_viewer(&mut self, viewer: &Viewer) {
        self.values.extend(values(viewer));
    }

    /// The clause of a query.
    pub(super) fn clause(&self) -> String {
        if self.sql.is_empty() { String::new() } else { format!("WHERE {}", self.sql.join(" AND ")) }
    }

    /// The values to bind.
    pub(super) fn values(&self) -> Vec<(&'static str, &dyn ToSql)> {
        bound(&self.values)
    }
}

/// The pattern of a part of a text: what LIKE takes for a wildcard stands for itself.
fn pattern(part: &str) -> String {
    let escaped = folded(part).replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}
