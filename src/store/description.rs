//! What people write down about a row, and what searches look through of it.

use rusqlite::{OptionalExtension, Transaction, params};

use super::audit::note;
use super::folded::folded;
use super::listing::texts;
use super::{Error, Store};
use crate::domain::{AuditAction, Description, Millis, Phone};

/// The texts of a row.
#[derive(Clone, PartialEq, Default)]
struct RowTexts {
    display_name: String,
    note: String,
    labels: Vec<String>,
}

impl Store {
    /// Writes what people say of a row, all or nothing: the number that it is for, where one is given, and the texts
    /// about it; `false` where the row is gone. A description that changes nothing is not written.
    pub fn describe(&self, id: &str, phone: Option<&Phone>, new: &Description) -> Result<bool, Error> {
        let now = self.clock.now();
        self.write(|t| describe(t, id, phone, new, now))
    }
}

/// The same within a transaction.
pub(super) fn describe(
    t: &Transaction,
    id: &str,
    phone: Option<&Phone>,
    new: &Description,
    now: Millis,
) -> rusqlite::Result<bool> {
    let Some(old) = read(t, id)? else { return Ok(false) };
    if let Some(phone) = phone {
        t.prepare_cached(
            "UPDATE messaging_instances SET channelPhoneOrId = ?2, updatedAt = ?3 WHERE id = ?1",
        )?
        .execute(params![id, phone.as_str(), now])?;
    }
    let texts = old.clone().described(new);
    if texts != old {
        texts.write(t, id, now)?;
    }
    let changed = texts.changed(&old, phone.is_some());
    if !changed.is_empty() {
        note(t, now, AuditAction::InstanceChange, id, &changed)?;
    }
    Ok(true)
}

/// Writes the texts of a row that has just been written.
pub(super) fn describe_new_row(
    t: &Transaction,
    id: &str,
    new: &Description,
    now: Millis,
) -> rusqlite::Result<()> {
    RowTexts::default().described(new).write(t, id, now)
}

/// Writes what people call a row that has just been written.
pub(super) fn name_new_row(
    t: &Transaction,
    id: &str,
    display_name: &str,
    now: Millis,
) -> rusqlite::Result<()> {
    RowTexts { display_name: display_name.to_owned(), ..RowTexts::default() }.write(t, id, now)
}

fn read(t: &Transaction, id: &str) -> rusqlite::Result<Option<RowTexts>> {
    let query = "SELECT coalesce(displayName, '') AS displayName, coalesce(note, '') AS note, labels
        FROM messaging_instances WHERE id = ?1";
    t.prepare_cached(query)?
        .query_row([id], |row| {
            let (display_name, note) = (row.get(0)?, row.get(1)?);
            Ok(RowTexts { display_name, note, labels: texts(row, 2)? })
        })
        .optional()
}

impl RowTexts {
    fn described(self, new: &Description) -> Self {
        Self {
            display_name: new.display_name.clone().unwrap_or(self.display_name),
            note: new.note.clone().unwrap_or(self.note),
            labels: new.labels.clone().unwrap_or(self.labels),
        }
    }

    /// What of a row differs, by the names of the API and without what it says.
    fn changed(&self, old: &Self, phone: bool) -> String {
        let fields = [
            ("channelPhoneOrId", phone),
            ("displayName", self.display_name != old.display_name),
            ("note", self.note != old.note),
            ("labels", self.labels != old.labels),
        ];
        fields
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(field, _)| field)
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn write(&self, t: &Transaction, id: &str, now: i64) -> rusqlite::Result<()> {
        let labels = serde_json::to_string(&self.labels).expect("texts are always JSON");
        t.prepare_cached(
            "UPDATE messaging_instances SET displayName = nullif(?2, ''), note = nullif(?3, ''),
                 labels = nullif(?4, '[]'), searchText = nullif(?5, char(10)), updatedAt = ?6
             WHERE id = ?1",
        )?
        .execute(params![id, self.display_name, self.note, labels, self.search_text(), now])
        .map(drop)
    }

    /// A line with the name and one for each label, as [`super::Filter`] looks for them.
    fn search_text(&self) -> String {
        let lines = std::iter::once(&self.display_name).chain(&self.labels);
        lines.map(|line| folded(line) + "\n").collect()
    }
}
