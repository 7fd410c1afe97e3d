//! Which rows a list shows, as conditions of a query. All that they read is in the index of lists.

use rusqlite::ToSql;
use rusqlite::types::Value;

use super::folded::folded;

/// Which instances a list shows; `None` in a field lets every value pass.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub owner: Option<String>,
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
    /// The status; the counts ignore it.
    pub status: Option<&'static str>,
}

/// Whether another phone is connected than the row is for. Most are the same letter for letter.
pub(super) const OTHER_NUMBER: &str = "i.status = 'connected' AND i.linkedNumber <> i.channelPhoneOrId
    AND number_matches(i.linkedNumber, i.channelPhoneOrId) = 0";

/// The conditions of a filter, and their values by name.
#[derive(Default)]
pub(super) struct Conditions {
    sql: Vec<&'static str>,
    values: Vec<(&'static str, Value)>,
}

impl Conditions {
    /// The conditions of all of the filter but its status.
    pub(super) fn of(filter: &Filter) -> Self {
        let mut all = Self::default();
        // The sign keeps SQLite off the indexes of single columns, which lead to whole rows.
        all.add("+i.userId = :viewer", ":viewer", filter.owner.clone());
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
        if filter.other_number {
            all.sql.push(OTHER_NUMBER);
        }
        all
    }

    /// Adds a condition if there is a value for it.
    pub(super) fn add(&mut self, sql: &'static str, name: &'static str, value: Option<impl Into<Value>>) {
        self.sql.extend(value.is_some().then_some(sql));
        self.bind(name, value);
    }

    /// Adds a value that conditions name.
    pub(super) fn bind(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        self.values.extend(value.map(|value| (name, value.into())));
    }

    /// The clause of a query.
    pub(super) fn clause(&self) -> String {
        if self.sql.is_empty() { String::new() } else { format!("WHERE {}", self.sql.join(" AND ")) }
    }

    /// The values to bind.
    pub(super) fn values(&self) -> Vec<(&'static str, &dyn ToSql)> {
        self.values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
    }
}

/// The pattern of a part of a text: what LIKE takes for a wildcard stands for itself.
fn pattern(part: &str) -> String {
    let escaped = folded(part).replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}
