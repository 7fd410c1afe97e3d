//! The database: whole, of this release, and its WAL of a usual size.

use std::io::ErrorKind;

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::store::{Error, Inspection, file_facts};
use crate::text::cli as words;

const CHECK: &str = "database";
/// Largest WAL that is not remarkable, in bytes: one that is copied to a standby grows to 20 MB beside it.
const LARGE_WAL: u64 = 64 << 20;

/// Reads every page of it.
pub fn check(facts: &Facts) -> Vec<Finding> {
    match Inspection::open(&facts.folder).and_then(|inspection| examine(facts, &inspection)) {
        Ok(found) => found,
        Err(Error::Io(_, error)) if error.kind() == ErrorKind::NotFound => {
            vec![missing(facts)]
        }
        Err(Error::Busy) => vec![Finding::warn(CHECK, words::database_busy())],
        Err(error) => vec![Finding::bad(CHECK, words::database_unusable(&error))],
    }
}

/// A key without a database is what is left of one.
fn missing(facts: &Facts) -> Finding {
    let found = if facts.folder.join("pareia.key").exists() { Finding::bad } else { Finding::warn };
    found(CHECK, words::database_missing())
}

fn examine(facts: &Facts, inspection: &Inspection) -> Result<Vec<Finding>, Error> {
    if let Some(first) = inspection.damages()?.first() {
        return Ok(vec![Finding::bad(CHECK, words::database_damaged(first))]);
    }
    let (Some(version), known) = inspection.versions()? else {
        return Ok(vec![Finding::warn(CHECK, words::database_missing())]);
    };
    if version > known {
        return Ok(vec![Finding::bad(CHECK, words::schema_newer(version, known))]);
    }
    let files = file_facts(&facts.folder).unwrap_or_default();
    let size = |name| files.iter().find(|file| file.name == name).map_or(0, |file| file.size);
    let (bytes, wal) = (size("pareia.db"), size("pareia.db-wal"));
    let older = (version < known).then(|| Finding::warn(CHECK, words::schema_older(version, known)));
    let large = (wal > LARGE_WAL).then(|| Finding::warn(CHECK, words::wal_large(wal)));
    let lost = is_lost(inspection).then(|| Finding::warn(CHECK, words::database_lost()));
    let found = [older, large, lost].into_iter().flatten().collect();
    Ok(or_fine(found, CHECK, || words::database_fine(version, bytes, wal)))
}

/// Whether it was made anew beside a key that was there.
fn is_lost(inspection: &Inspection) -> bool {
    inspection.is_lost().unwrap_or(false)
}
