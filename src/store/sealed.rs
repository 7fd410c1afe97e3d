//! What is sealed in a database: the columns, once, by which the file of the sealing key is judged, and by which what no
//! key opens any more is taken out.

use std::io;
use std::path::Path;

use rusqlite::Connection;

use crate::crypto::Sealer;

/// What is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedKind {
    /// The key of a server.
    Credential,
    /// What people set of an instance.
    SavedSettings,
    /// The address and the keys of a notice target.
    NoticeTarget,
    /// The secret of a second factor.
    SecondFactor,
}

impl SealedKind {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Credential, Self::SavedSettings, Self::NoticeTarget, Self::SecondFactor];

    /// Its table and column, and the SQL of what a row's text is sealed for.
    fn column(self) -> [&'static str; 3] {
        match self {
            Self::Credential => ["integration_credentials", "apiToken", "id"],
            Self::SavedSettings => {
                ["saved_settings", "sealed", "'settings ' || channel || ' ' || channelInstanceId"]
            }
            Self::NoticeTarget => ["notice_targets", "sealed", "id"],
            Self::SecondFactor => ["second_factors", "secret", "userId"],
        }
    }
}

/// How many there are of each kind, in the order of [`SealedKind::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SealedCounts([u32; SealedKind::ALL.len()]);

impl SealedCounts {
    /// Those of that kind.
    pub fn of(self, kind: SealedKind) -> u32 {
        self.0[kind as usize]
    }

    /// All of them.
    pub fn total(self) -> u32 {
        self.0.iter().sum()
    }
}

/// Whether the file of the sealing key opens what the database has sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It opens all of it, so much.
    Fine(u32),
    /// It opens the keys of the servers, and of the rest all but so much, which is left from another key.
    Partly(SealedCounts),
    /// It is not there, and nothing is sealed yet.
    NotMade,
    /// It is not there, and something is sealed.
    Missing,
    /// The file holds no key.
    NoKey,
    /// It is not the key of what is sealed.
    Wrong,
}

/// What was looked at of what is sealed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SealedTexts {
    pub sealed: SealedCounts,
    /// How many of these the key does not open.
    pub closed: SealedCounts,
}

impl SealedTexts {
    /// Whether it was another key that sealed them. A server's key that does not open is enough; of the rest some may be
    /// left from a key that was lost.
    pub fn are_of_another_key(&self) -> bool {
        let closed = self.closed.total();
        self.closed.of(SealedKind::Credential) > 0 || (closed > 0 && closed == self.sealed.total())
    }
}

/// Looks at the servers' keys, and of each other kind at so many texts at most, and whether that key opens them. A
/// database of an earlier release has not all of the tables.
pub(super) fn examine(
    connection: &Connection,
    sealer: Option<&Sealer>,
    most: u32,
) -> rusqlite::Result<SealedTexts> {
    let mut found = SealedTexts::default();
    for kind in SealedKind::ALL {
        let [table, column, sealed_for] = kind.column();
        if !is_table(connection, table)? {
            continue;
        }
        let most = if kind == SealedKind::Credential { u32::MAX } else { most };
        let mut query =
            connection.prepare(&format!("SELECT {sealed_for}, {column} FROM {table} LIMIT {most}"))?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (id, text) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
            found.sealed.0[kind as usize] += 1;
            let is_closed = sealer.is_some_and(|sealer| sealer.open(id, text).is_none());
            found.closed.0[kind as usize] += u32::from(is_closed);
        }
    }
    Ok(found)
}

/// The bytes of the longest text that is sealed.
pub(super) fn longest(connection: &Connection) -> rusqlite::Result<i64> {
    let mut longest = 0;
    for [table, column, sealed_for] in SealedKind::ALL.map(SealedKind::column) {
        if is_table(connection, table)? {
            let length = format!(
                "SELECT coalesce(max(octet_length({sealed_for}) + octet_length({column})), 0) FROM {table}"
            );
            longest = longest.max(connection.query_row(&length, [], |row| row.get(0))?);
        }
    }
    Ok(longest)
}

/// Removes every row that has something sealed.
pub(super) fn remove_sealed(connection: &Connection) -> rusqlite::Result<()> {
    SealedKind::ALL.into_iter().try_for_each(|kind| {
        let [table, ..] = kind.column();
        connection.execute_batch(&format!("DELETE FROM {table}"))
    })
}

/// Whether the sealing key in that file opens what is sealed, and how much that is.
pub(super) fn key_state<E>(
    key: &Path,
    connection: &Connection,
    of_file: impl Fn(io::Error) -> E,
    of_database: impl Fn(rusqlite::Error) -> E,
) -> Result<(KeyState, SealedCounts), E> {
    let loaded = match Sealer::load(key) {
        Ok(sealer) => Ok(sealer),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(KeyState::Missing),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(KeyState::NoKey),
        Err(error) => return Err(of_file(error)),
    };
    let texts = examine(connection, loaded.as_ref().ok(), u32::MAX).map_err(of_database)?;
    let state = match loaded {
        Err(KeyState::Missing) if texts.sealed.total() == 0 => KeyState::NotMade,
        Err(state) => state,
        Ok(_) if texts.are_of_another_key() => KeyState::Wrong,
        Ok(_) if texts.closed.total() > 0 => KeyState::Partly(texts.closed),
        Ok(_) => KeyState::Fine(texts.sealed.total()),
    };
    Ok((state, texts.sealed))
}

/// Whether a table has that name: a view of somebody's may never end, and a virtual table has no page of its own.
pub(super) fn is_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let query =
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1 AND type = 'table' AND rootpage > 0)";
    connection.query_row(query, [name], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The columns whose comment in the migrations says that they are sealed, as `TABLE.COLUMN`.
    fn columns_said_to_be_sealed() -> Vec<String> {
        let files = fs::read_dir("migrations").unwrap().map(|file| file.unwrap().path());
        let (mut table, mut comment, mut found) = (String::new(), String::new(), Vec::new());
        for file in files {
            for line in fs::read_to_string(file).unwrap().lines() {
                let words: Vec<_> = line.split_whitespace().collect();
                let (column, said) = match words[..] {
                    ["CREATE", "TABLE", name, ..] => {
                        name.clone_into(&mut table);
                        continue;
                    }
                    ["--", ..] => {
                        comment.push_str(line);
                        continue;
                    }
                    ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..] => {
                        (format!("{name}.{column}"), std::mem::take(&mut comment))
                    }
                    [column, ..] => (format!("{table}.{column}"), line.to_owned()),
                    [] => continue,
                };
                comment.clear();
                if said.contains("sealed") && said.contains("pareia.key") {
                    found.push(column);
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn every_column_that_is_sealed_is_in_the_list() {
        let mut listed: Vec<_> =
            SealedKind::ALL.map(|kind| kind.column()[..2].join(".")).into_iter().collect();
        listed.sort();
        assert_eq!(listed, columns_said_to_be_sealed());
    }
}
