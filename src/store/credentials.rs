//! The rows of credentials: upstream servers and their keys, sealed on the disk and [`Secret`]s in memory.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::audit::note;
use super::health::{NOT_POLLED, not_polled};
use super::instances::parsed;
use super::{Error, Store};
use crate::crypto::Sealer;
use crate::domain::{
    AuditAction, Channel, Credential, Intake, Millis, PlacementChange, PlacementRule, Secret, ServerRoom,
    ServerVersions,
};

/// A credential as lists show it.
#[derive(Debug)]
pub struct CredentialLine {
    pub credential: Credential,
    /// How many rows name it.
    pub instances: u32,
    /// How many rows have moved away, and still have there what they left.
    pub leaving: u32,
    /// The API's error code of its server and since when; `None` where the server answers, was never
    /// asked, or is used by no call.
    pub failing: Option<(String, Millis)>,
    /// What the monitor last saw of its server.
    pub seen: SeenServer,
}

/// What the monitor last saw of a server; nothing where it never looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenServer {
    pub versions: ServerVersions,
    /// How long its list of everything took, in milliseconds.
    pub list_millis: Option<u32>,
    /// How many instances that had.
    pub listed: Option<u32>,
    /// When that was.
    pub listed_at: Option<Millis>,
    /// How many instances it lists that no row has.
    pub unmanaged: u32,
    /// How many rows of it have a phone that is connected.
    pub connected: u32,
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
type SealedLine = (SealedCredential, [u32; 2], Option<(String, Millis)>, SeenServer);

const COLUMNS: &str = "id, type, name, baseUrl, caCertificate, apiToken, isActive, createdAt,
    capacity, weight, intake";
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
        let now = self.clock.now();
        let added = self.write(|t| {
            let added = t.execute(
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
                    now
                ],
            )?;
            if added == 1 {
                note(t, now, AuditAction::CredentialAdd, new.id, new.base_url)?;
            }
            Ok(added)
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

    /// The active credentials of `channel`, oldest first, and the room that each has. One whose key does not open
    /// hides no other.
    pub fn servers_in_use(&self, channel: Channel) -> Result<Vec<(Credential, ServerRoom)>, Error> {
        let query = format!(
            "SELECT {COLUMNS}, {INSTANCES}, {FAILING} FROM integration_credentials c
             WHERE type = ?1 AND isActive ORDER BY createdAt, id"
        );
        let read = |row: &Row| Ok((read_row(row)?, row.get(11)?, row.get(12)?));
        let rows: Vec<(SealedCredential, u32, bool)> =
            self.read(|c| c.prepare_cached(&query)?.query_map([channel.as_str()], read)?.collect())?;
        let server = |(sealed, instances, is_failing): &(SealedCredential, u32, bool)| {
            let credential = self.unseal(sealed)?;
            let room = ServerRoom { rule: credential.rule, instances: *instances, is_failing: *is_failing };
            Ok((credential, room))
        };
        let mut all: Vec<_> = rows.iter().map(server).collect();
        if all.iter().any(Result::is_ok) {
            all.retain(Result::is_ok);
        }
        all.into_iter().collect()
    }

    /// Changes which numbers the credential's server is given; `false` when there is none of that id.
    pub fn change_placement(&self, id: &str, change: &PlacementChange) -> Result<bool, Error> {
        let set = "UPDATE integration_credentials SET capacity = CASE WHEN ?2 THEN ?3 ELSE capacity END,
                weight = coalesce(?4, weight), intake = coalesce(?5, intake)
            WHERE id = ?1";
        let (capacity, intake) = (change.capacity.flatten(), change.intake.map(Intake::as_str));
        let values = params![id, change.capacity.is_some(), capacity, change.weight, intake];
        let detail = placement_detail(change);
        self.write(|t| {
            note(t, self.clock.now(), AuditAction::CredentialPlacement, id, &detail)?;
            Ok(t.execute(set, values)? == 1)
        })
    }

    /// Enables or disables the credential for calls; `false` when there is none of that id. Either way its
    /// server counts as not polled until the monitor has begun.
    pub fn set_credential_active(&self, id: &str, active: bool) -> Result<bool, Error> {
        let set = "UPDATE integration_credentials SET isActive = ?2, updatedAt = ?3 WHERE id = ?1";
        self.write(|t| {
            not_polled(t, id, self.clock.now())?;
            let action = if active { AuditAction::CredentialEnable } else { AuditAction::CredentialDisable };
            note(t, self.clock.now(), action, id, "")?;
            Ok(t.execute(set, params![id, active, self.clock.now()])? == 1)
        })
    }

    /// Replaces the credential's key; `false` when there is none of that id.
    pub fn rotate_credential(&self, id: &str, key: &Secret) -> Result<bool, Error> {
        let sealed = self.sealer.seal(id, key);
        self.change_access(id, AuditAction::CredentialKey, "apiToken", Some(&sealed))
    }

    /// Replaces the authorities that the credential's connections trust beside the usual ones; `false` when
    /// there is none of that id.
    pub fn set_ca_certificate(&self, id: &str, pem: Option<&str>) -> Result<bool, Error> {
        self.change_access(id, AuditAction::CredentialAuthorities, "caCertificate", pem)
    }

    fn change_access(
        &self,
        id: &str,
        action: AuditAction,
        column: &str,
        value: Option<&str>,
    ) -> Result<bool, Error> {
        let set = format!("UPDATE integration_credentials SET {column} = ?2, updatedAt = ?3 WHERE id = ?1");
        self.write(|t| {
            note(t, self.clock.now(), action, id, "")?;
            t.execute(REPLACE_ERROR_CODE, [id, NOT_POLLED])?;
            Ok(t.execute(&set, params![id, value, self.clock.now()])? == 1)
        })
    }

    /// Removes the credential. Rows that named it move to an active one at their next call.
    pub fn remove_credential(&self, id: &str) -> Result<bool, Error> {
        self.write(|t| {
            note(t, self.clock.now(), AuditAction::CredentialRemove, id, "")?;
            t.execute(ORPHAN, params![id, self.clock.now()])?;
            Ok(t.execute("DELETE FROM integration_credentials WHERE id = ?1", [id])? == 1)
        })
    }

    fn one_credential(&self, query: &str, parameter: &str) -> Result<Option<Credential>, Error> {
        let found = self.read(|c| c.prepare_cached(query)?.query_row([parameter], read_row).optional())?;
        found.map(|row| self.unseal(&row)).transpose()
    }

    fn unseal_line(
        &self,
        (sealed, [instances, leaving], failing, seen): SealedLine,
    ) -> Result<CredentialLine, Error> {
        Ok(CredentialLine { credential: self.unseal(&sealed)?, instances, leaving, failing, seen })
    }

    /// Opens the key of a row. The start checked all keys, so one that fails was written by hand since.
    fn unseal(&self, row: &SealedCredential) -> Result<Credential, Error> {
        opened(&self.sealer, row).ok_or_else(|| Error::KeyWrong(self.folder.join("pareia.key")))
    }
}

/// What of the rules is changed, for the audit trail: the word of the intake, then the other fields with their values.
fn placement_detail(change: &PlacementChange) -> String {
    let number = |name: &str, value: Option<u32>| {
        format!("{name}={}", value.map_or_else(|| "-".to_owned(), |value| value.to_string()))
    };
    let intake = change.intake.map(|intake| intake.as_str().to_owned());
    let weight = change.weight.map(|weight| number("weight", Some(weight)));
    let capacity = change.capacity.map(|capacity| number("capacity", capacity));
    intake.into_iter().chain(weight).chain(capacity).collect::<Vec<_>>().join(" ")
}

/// The query for lines of a list.
fn lines(rest: &str) -> String {
    format!(
        "SELECT {COLUMNS}, {INSTANCES} AS instances, h.trouble, h.since, v.server, v.whatsappWeb, l.listMillis,
             l.listed, l.listedAt,
             (SELECT count(*) FROM unmanaged_instances n WHERE n.credentialId = c.id AND n.isPhone AND NOT EXISTS (
                 SELECT 1 FROM left_instances f JOIN messaging_instances i ON i.id = f.instanceId
                 WHERE f.credentialId = c.id AND coalesce(i.upstreamName, i.channelInstanceId) = n.name)),
             (SELECT count(*) FROM messaging_instances i WHERE i.credentialId = c.id AND i.status = 'connected'),
             (SELECT count(*) FROM left_instances f WHERE f.credentialId = c.id)
         FROM integration_credentials c
         LEFT JOIN server_versions v ON v.credentialId = c.id
         LEFT JOIN server_loads l ON l.credentialId = c.id
         LEFT JOIN credential_health h ON h.credentialId = c.id AND c.isActive
             AND h.trouble <> '{NOT_POLLED}' {rest}"
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
        rule: PlacementRule {
            capacity: row.get(8)?,
            weight: row.get(9)?,
            intake: parsed(row, 10, Intake::parse)?,
        },
    };
    Ok(SealedCredential { credential, sealed: row.get(5)? })
}

/// Reads the columns of [`lines`].
fn read_line(row: &Row) -> rusqlite::Result<SealedLine> {
    let error_code: Option<String> = row.get(12)?;
    let failing = error_code.map(|code| Ok::<_, rusqlite::Error>((code, row.get(13)?))).transpose()?;
    let seen = SeenServer {
        versions: ServerVersions { server: row.get(14)?, whatsapp_web: row.get(15)? },
        list_millis: row.get(16)?,
        listed: row.get(17)?,
        listed_at: row.get(18)?,
        unmanaged: row.get(19)?,
        connected: row.get(20)?,
    };
    Ok((read_row(row)?, [row.get(11)?, row.get(21)?], failing, seen))
}
