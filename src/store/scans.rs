//! What to advise on the codes of a row, and the releases of its server. What became of the codes is saved with the
//! row; a trigger of the database clears it once a phone connects, whoever writes that.

use rusqlite::{OptionalExtension, Row, params};

use super::{Error, Store};
use crate::domain::{Millis, ScanEvidence, ScanHelp, ServerVersions};

impl Store {
    /// What to advise whoever scans the codes of the row; `None` where nothing is amiss.
    pub fn scan_help(&self, instance: &str) -> Result<Option<ScanHelp>, Error> {
        let query = "SELECT i.scanCodes, i.scanReturns, i.scanCodeAt, v.server, v.whatsappWeb
            FROM messaging_instances i LEFT JOIN server_versions v ON v.credentialId = i.credentialId
            WHERE i.id = ?1";
        let now = self.clock.now();
        self.read(|c| {
            let help = c.prepare_cached(query)?.query_row([instance], |row| help(row, 0, now)).optional()?;
            Ok(help.flatten())
        })
    }

    /// Writes what the credential's server says of itself. A credential that was removed meanwhile gets no row.
    pub fn note_versions(&self, credential: &str, versions: &ServerVersions) -> Result<(), Error> {
        let note = "INSERT INTO server_versions SELECT id, ?2, ?3 FROM integration_credentials WHERE id = ?1
            ON CONFLICT (credentialId) DO UPDATE SET server = excluded.server, whatsappWeb = excluded.whatsappWeb";
        let values = params![credential, versions.server, versions.whatsapp_web];
        self.write(|t| t.prepare_cached(note)?.execute(values)).map(drop)
    }
}

/// The columns `scanCodes`, `scanReturns` and `scanCodeAt`, from the first of them on. A count that is none counts
/// for nothing.
pub(super) fn read(row: &Row, first: usize) -> rusqlite::Result<ScanEvidence> {
    let count = |at: usize| row.get(at).map(|count: i64| u32::try_from(count).unwrap_or_default());
    Ok(ScanEvidence { codes: count(first)?, returns: count(first + 1)?, last_code: row.get(first + 2)? })
}

/// The advice of the same columns, which `server` and `whatsappWeb` follow.
pub(super) fn help(row: &Row, first: usize, now: Millis) -> rusqlite::Result<Option<ScanHelp>> {
    let Some(advice) = read(row, first)?.advice(now) else { return Ok(None) };
    let versions = ServerVersions { server: row.get(first + 3)?, whatsapp_web: row.get(first + 4)? };
    Ok(Some(ScanHelp { advice, versions }))
}
