//! A server of the upstream as an administrator added it, with its key in the open.

use super::{Channel, Millis, PlacementRule, Secret};

/// A server and its key.
#[derive(Clone, Debug)]
pub struct Credential {
    pub id: String,
    pub channel: Channel,
    /// What an administrator calls it.
    pub name: String,
    /// `http(s)://host[:port][/prefix]`, without a slash at the end.
    pub base_url: String,
    /// PEM of the authorities that its connections trust beside the usual ones.
    pub ca_certificate: Option<String>,
    pub key: Secret,
    /// Whether calls may use it.
    pub active: bool,
    /// Which numbers it is given.
    pub rule: PlacementRule,
    pub created_at: Millis,
}

impl Credential {
    /// Which of them has that id or, where none has, that name.
    pub fn position(all: &[&Self], given: &str) -> Option<usize> {
        let by = |is: fn(&Self) -> &str| all.iter().position(|one| is(one) == given);
        by(|one| &one.id).or_else(|| by(|one| &one.name))
    }
}
