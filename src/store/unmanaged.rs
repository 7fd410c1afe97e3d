//! What servers list and no row there has, as it was seen last: an instance may be gone since.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::{Error, Store};
use crate::domain::{ListedInstance, Millis, Pairing, Reason};

/// Most that are written in one transaction, some tens of ms: the first list of a server may have ten thousand, and
/// calls write meanwhile.
const AT_ONCE: usize = 500;

/// An instance that a server lists and no row there has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmanagedInstance {
    /// Its id upstream.
    pub id: Option<String>,
    /// Whether a phone can be paired with it.
    pub is_phone: bool,
    /// Whether one is.
    pub is_paired: bool,
}

impl UnmanagedInstance {
    /// What is kept of an instance, as it was listed.
    pub fn of(listed: &ListedInstance) -> Self {
        let is_paired = listed.pairing() == Pairing::Paired;
        Self { id: listed.id.clone(), is_phone: listed.integration.is_phone(), is_paired }
    }
}

impl Store {
    /// Notes all that a credential's server lists and no row there has, by name. What was noted before and is not
    /// among them is forgotten.
    pub fn note_unmanaged(
        &self,
        credential: &str,
        listed: &BTreeMap<String, UnmanagedInstance>,
    ) -> Result<(), Error> {
        let (noted, now) = (self.unmanaged_at(credential)?, self.clock.now());
        let gone: Vec<_> = noted.keys().filter(|name| !listed.contains_key(*name)).collect();
        let changed: Vec<_> = listed.iter().filter(|(name, one)| noted.get(*name) != Some(*one)).collect();
        for names in gone.chunks(AT_ONCE) {
            self.write(|t| names.iter().try_for_each(|name| forget(t, credential, name)))?;
        }
        for instances in changed.chunks(AT_ONCE) {
            let note = |t: &Transaction| {
                instances.iter().try_for_each(|(name, one)| write(t, credential, name, one, now))
            };
            self.write(note)?;
        }
        Ok(())
    }

    fn unmanaged_at(&self, credential: &str) -> Result<HashMap<String, UnmanagedInstance>, Error> {
        let query =
            "SELECT upstreamId, isPhone, isPaired, name FROM unmanaged_instances WHERE credentialId = ?1";
        self.read(|c| {
            c.prepare_cached(query)?.query_map([credential], |row| Ok((row.get(3)?, read(row)?)))?.collect()
        })
    }

    /// How many are noted of a credential's server.
    pub fn unmanaged_count(&self, credential: &str) -> Result<usize, Error> {
        let query = "SELECT count(*) FROM unmanaged_instances WHERE credentialId = ?1";
        let count =
            self.read(|c| c.prepare_cached(query)?.query_row([credential], |row| row.get::<_, u32>(0)));
        count.map(|count| count as usize)
    }

    /// Notes one such instance.
    pub fn note_unmanaged_one(
        &self,
        credential: &str,
        name: &str,
        instance: &UnmanagedInstance,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        self.write(|t| write(t, credential, name, instance, now))
    }

    /// The instance of that name, where the credential's server listed one last.
    pub fn unmanaged(&self, credential: &str, name: &str) -> Result<Option<UnmanagedInstance>, Error> {
        let query = "SELECT upstreamId, isPhone, isPaired FROM unmanaged_instances
            WHERE credentialId = ?1 AND name = ?2";
        self.read(|c| c.prepare_cached(query)?.query_row([credential, name], read).optional())
    }
}

fn read(row: &Row) -> rusqlite::Result<UnmanagedInstance> {
    Ok(UnmanagedInstance { id: row.get(0)?, is_phone: row.get(1)?, is_paired: row.get(2)? })
}

fn forget(t: &Transaction, credential: &str, name: &str) -> rusqlite::Result<()> {
    let forget = "DELETE FROM unmanaged_instances WHERE credentialId = ?1 AND name = ?2";
    t.prepare_cached(forget)?.execute([credential, name]).map(drop)
}

/// Writes one, where its credential is still there.
fn write(
    t: &Transaction,
    credential: &str,
    name: &str,
    instance: &UnmanagedInstance,
    now: i64,
) -> rusqlite::Result<()> {
    t.prepare_cached(
        "INSERT INTO unmanaged_instances (credentialId, name, upstreamId, isPhone, isPaired, seenAt)
         SELECT id, ?2, ?3, ?4, ?5, ?6 FROM integration_credentials WHERE id = ?1
         ON CONFLICT (credentialId, name) DO UPDATE
             SET upstreamId = excluded.upstreamId, isPhone = excluded.isPhone, isPaired = excluded.isPaired",
    )?
    .execute(params![credential, name, instance.id, instance.is_phone, instance.is_paired, now])?;
    note_doubled(t, name, now)
}

/// Writes one line of the history for each other server that has the name of a row, in `detail` which one: a list
/// that omits the name once, and has it again, is no news.
pub(super) fn note_doubled(t: &Transaction, upstream_name: &str, now: Millis) -> rusqlite::Result<()> {
    t.prepare_cached(
        "INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason, detail)
         SELECT d.instanceId, ?2, d.status, d.status, ?3, d.credentialId FROM doubled_instances d
         WHERE d.name = ?1 AND NOT EXISTS (
             SELECT 1 FROM instance_events e
             WHERE e.instanceId = d.instanceId AND e.reason = ?3 AND e.detail = d.credentialId)",
    )?
    .execute(params![upstream_name, now, Reason::Doubled.word()])
    .map(drop)
}
