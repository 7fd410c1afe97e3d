//! The rows of credentials: upstream servers and their keys, sealed on the disk and [`Secret`]s in memory.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::health::{UNWATCHED, unwatched};
use super::{Error, Store};
use crate::crypto::Sealer;
use crate::domain::{Channel, Credential, Millis, Secret};

/// A credential as lists show it.
#[derive(Debug)]
pub struct CredentialLine {
    pub credential: Credential,
    /// How many rows name it.
    pub instances: u32,
    /// The API's error code of its server and since when; `None` where the server answers, was never
    /// asked, or is used by no call.
    pub failing: Option<(String, Millis)>,
}

/// A credential to be added.
pub struct NewCredential<'a> {
    /// The id its owner chose.
    pub id: &'a str,
    pub channel: Channel,
    pub name: &'a str,
    pub base_url: &'a str,
    /// PEM of the authorities that its connections trust beside the usual ones.
    pub ca_certificate: Option<&'a str>,
    pub key: &'a Secret,
}

/// A row as stored, with its key sealed.
pub(super) struct SealedCredential {
    credential: Credential,
    sealed: String,
}

impl SealedCredential {
    /// Whose row it is.
    pub(super) fn id(&self) -> &str {
        &self.credential.id
    }
}

/// Every row, oldest first.
pub(super) fn sealed_credentials(c: &Connection) -> rusqlite::Result<Vec<SealedCredential>> {
    let query = format!("SELECT {COLUMNS} FROM integration_credentials ORDER BY createdAt, id");
    c.prepare_cached(&query)?.query_map([], read_row)?.collect()
}

/// The credential with its key; `None` where that does not open.
pub(super) fn opened(sealer: &Sealer, row: &SealedCredential) -> Option<Credential> {
    let key = sealer.open(&row.credential.id, &row.sealed)?;
    Some(Credential { key, ..row.credential.clone() })
}

/// A sealed row with the other columns of a [`CredentialLine`].
type SealedLine = (SealedCredential, u32, Option<(String, Millis)>);

const COLUMNS: &str = "id, type, name, baseUrl, caCertificate, apiToken, isActive, createdAt";
/// How many rows name the credential `c`. Counted for lists and for new rows, not for every call.
const INSTANCES: &str = "(SELECT count(*) FROM messaging_instances i WHERE i.credentialId = c.id)";
/// Replaces a server's error code after its key or its authorities have changed: the code was that of the old
/// ones. The time since
/// when nothing is known of its instances stays.
const REPLACE_ERROR_CODE: &str =
    "UPDATE credential_health SET trouble = ?2 WHERE credentialId = ?1 AND trouble IS NOT NULL";
/// Notes how old the status of the rows is that outlive their credential: as old as its server's last answer.
const ORPHAN: &str = "UPDATE messaging_instances SET orphanedAt = coalesce((SELECT since
        FROM credential_health WHERE credentialId = ?1 AND trouble IS NOT NULL), ?2)
    WHERE credentialId = ?1";
/// Whether the server of the credential `c` failed when it was last asked.
const FAILING: &str =
    "EXISTS (SELECT 1 FROM credential_health h WHERE h.credentialId = c.id AND h.trouble IS NOT NULL)";

impl Store {
    /// Adds a credential, active; `false` when the id is taken.
    pub fn add_credential(&self, new: &NewCredential) -> Result<bool, Error> {
        let sealed = self.sealer.seal(new.id, new.key);
        let added = self.write(|t| {
            t.execute(
                "INSERT INTO integration_credentials
                     (id, type, name, baseUrl, caCertificate, apiToken, isActive, createdAt, updatedAt)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7) ON CONFLICT (id) DO NOTHING",
                params![
                    new.id,
                    new.channel.as_str(),
                    new.name,
                    new.base_url,
                    new.ca_certificate,
                    sealed,
                    self.clock.now()
                ],
            )
        })?;
        Ok(added == 1)
    }

    /// Every credential, oldest first.
    pub fn credentials(&self) -> Result<Vec<CredentialLine>, Error> {
        let query = lines("ORDER BY createdAt, id");
        let rows: Vec<_> = self.read(|c| c.prepare_cached(&query)?.query_map([], read_line)?.collect())?;
        rows.into_iter().map(|row| self.unseal_line(row)).collect()
    }

    /// Every credential, oldest first, without counts; `Err` has the id of one whose key does not open, so
    /// that one bad row does not hide the others.
    pub fn servers(&self) -> Result<Vec<Result<Credential, String>>, Error> {
        let rows = self.read(sealed_credentials)?;
        Ok(rows.iter().map(|row| opened(&self.sealer, row).ok_or_else(|| row.id().to_owned())).collect())
    }

    /// The secret part of the address to which this credential's server may post its webhooks.
    pub fn webhook_secret(&self, credential: &str) -> Secret {
        self.sealer.webhook_secret(credential)
    }

    /// The credential whose webhook secret that is. Compares in constant time.
    pub fn webhook_of<'a>(&self, ids: impl IntoIterator<Item = &'a str>, secret: &str) -> Option<&'a str> {
        self.sealer.webhook_of(ids, secret)
    }

    /// One credential as lists show it.
    pub fn credential_line(&self, id: &str) -> Result<Option<CredentialLine>, Error> {
        let query = lines("WHERE id = ?1");
        let row = self.read(|c| c.prepare_cached(&query)?.query_row([id], read_line).optional())?;
        row.map(|row| self.unseal_line(row)).transpose()
    }

    /// One credential, active or not.
    pub fn credential(&self, id: &str) -> Result<Option<Credential>, Error> {
        let query = format!("SELECT {COLUMNS} FROM integration_credentials WHERE id = ?1");
        self.one_credential(&query, id)
    }

    /// A credential for the server at that address, an active one if there is one.
    pub fn credential_at(&self, base_url: &str) -> Result<Option<Credential>, Error> {
        let query = format!(
            "SELECT {COLUMNS} FROM integration_credentials WHERE baseUrl = ?1
             ORDER BY isActive DESC, createdAt, id LIMIT 1"
        );
        self.one_credential(&query, base_url)
    }

    /// The active credentials of `channel`, that with the fewest instances first; of equals, the oldest. Those
    /// whose server fails at the moment come after all that answer, and one whose key does not open hides no other.
    pub fn active_credentials(&self, channel: Channel) -> Result<Vec<Credential>, Error> {
        let query = format!(
            "SELECT {COLUMNS} FROM integration_credentials c
             WHERE type = ?1 AND isActive ORDER BY {FAILING}, {INSTANCES}, createdAt, id"
        );
        let rows: Vec<_> =
            self.read(|c| c.prepare_cached(&query)?.query_map([channel.as_str()], read_row)?.collect())?;
        let mut all: Vec<_> = rows.iter().map(|row| self.unseal(row)).collect();
        if all.iter().any(Result::is_ok) {
            all.retain(Result::is_ok);
        }
        all.into_iter().collect()
    }

    /// Enables or disables the credential for calls; `false` when there is none of that id. Either way its
    /// server counts as not polled until the monitor has begun.
    pub fn set_credential_active(&self, id: &str, active: bool) -> Result<bool, Error> {
        let set = "UPDATE integration_credentials SET isActive = ?2, updatedAt = ?3 WHERE id = ?1";
        self.write(|t| {
            unwatched(t, id, self.clock.now())?;
            Ok(t.execute(set, params![id, active, self.clock.now()])? == 1)
        })
    }

    /// Replaces the credential's key; `false` when there is none of that id.
    pub fn rotate_credential(&self, id: &str, key: &Secret) -> Result<bool, Error> {
        let sealed = self.sealer.seal(id, key);
        self.change_access(id, "apiToken", Some(&sealed))
    }

    /// Replaces the authorities that the credential's connections trust beside the usual ones; `false` when
    /// there is none of that id.
    pub fn set_ca_certificate(&self, id: &str, pem: Option<&str>) -> Result<bool, Error> {
        self.change_access(id, "caCertificate", pem)
    }

    fn change_access(&self, id: &str, column: &str, value: Option<&str>) -> Result<bool, Error> {
        let set = format!("UPDATE integration_credentials SET {column} = ?2, updatedAt = ?3 WHERE id = ?1");
        self.write(|t| {
            t.execute(REPLACE_ERROR_CODE, [id, UNWATCHED])?;
            Ok(t.execute(&set, params![id, value, self.clock.now()])? == 1)
        })
    }

    /// Removes the credential. Rows that named it move to an active one at their next call.
    pub fn remove_credential(&self, id: &str) -> Result<bool, Error> {
        self.write(|t| {
            t.execute(ORPHAN, params![id, self.clock.now()])?;
            Ok(t.execute("DELETE FROM integration_credentials WHERE id = ?1", [id])? == 1)
        })
    }

    fn one_credential(&self, query: &str, parameter: &str) -> Result<Option<Credential>, Error> {
        let found = self.read(|c| c.prepare_cached(query)?.query_row([parameter], read_row).optional())?;
        found.map(|row| self.unseal(&row)).transpose()
    }

    fn unseal_line(&self, (sealed, instances, failing): SealedLine) -> Result<CredentialLine, Error> {
        Ok(CredentialLine { credential: self.unseal(&sealed)?, instances, failing })
    }

    /// Opens the key of a row. The start checked all keys, so one that fails was written by hand since.
    fn unseal(&self, row: &SealedCredential) -> Result<Credential, Error> {
        opened(&self.sealer, row).ok_or_else(|| Error::KeyWrong(self.folder.join("pareia.key")))
    }
}

/// The query for lines of a list.
fn lines(rest: &str) -> String {
    format!(
        "SELECT {COLUMNS}, {INSTANCES} AS instances, h.trouble, h.since FROM integration_credentials c
         LEFT JOIN credential_health h ON h.credentialId = c.id AND c.isActive
             AND h.trouble <> '{UNWATCHED}' {rest}"
    )
}

/// Reads the columns of [`COLUMNS`] by position, as `instances::read_row` does.
fn read_row(row: &Row) -> rusqlite::Result<SealedCredential> {
    let credential = Credential {
        id: row.get(0)?,
        channel: super::instances::channel(row, 1)?,
        name: row.get(2)?,
        base_url: row.get(3)?,
        ca_certificate: row.get(4)?,
        key: Secret::new(""),
        active: row.get(6)?,
        created_at: row.get(7)?,
    };
    Ok(SealedCredential { credential, sealed: row.get(5)? })
}

/// Reads the columns of [`lines`].
fn read_line(row: &Row) -> rusqlite::Result<SealedLine> {
    let error_code: Option<String> = row.get(9)?;
    let failing = error_code.map(|code| Ok::<_, rusqlite::Error>((code, row.get(10)?))).transpose()?;
    Ok((read_row(row)?, row.get(8)?, failing))
}
