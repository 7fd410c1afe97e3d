//! The numbers through which a text can be sent.

use rusqlite::params;

use super::{Error, Store};
use crate::domain::UpstreamName;

/// A number that is connected, at a server that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSender {
    /// The id of its row.
    pub instance: String,
    pub upstream_name: UpstreamName,
    /// The id of its server's credential.
    pub credential: String,
}

/// Most numbers that are read: some may be the ones that a message tells of.
const MAX_SENDERS: u32 = 500;

impl Store {
    /// The numbers that may send a text for a user: the user's own first and, where that is allowed, others'; of each,
    /// those at that server first.
    pub fn text_senders(
        &self,
        user: &str,
        may_use_all: bool,
        server: Option<&str>,
    ) -> Result<Vec<TextSender>, Error> {
        let query = "SELECT i.id, coalesce(i.upstreamName, i.channelInstanceId), i.credentialId
            FROM messaging_instances i JOIN integration_credentials c ON c.id = i.credentialId
            LEFT JOIN credential_health h ON h.credentialId = c.id
            WHERE i.status = 'connected' AND c.isActive AND h.trouble IS NULL AND (i.userId = ?1 OR ?2)
            ORDER BY i.userId = ?1 DESC, i.credentialId IS ?3 DESC, i.statusSince, i.id LIMIT ?4";
        let rows: Vec<(String, String, String)> = self.read(|c| {
            c.prepare_cached(query)?
                .query_map(params![user, may_use_all, server, MAX_SENDERS], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
        })?;
        let sender = |(instance, name, credential): (String, String, String)| {
            Some(TextSender { instance, upstream_name: UpstreamName::parse(&name)?, credential })
        };
        Ok(rows.into_iter().filter_map(sender).collect())
    }
}
