//! The rules for credentials: what may be added, tested, changed and removed.
//!
//! A key reaches no server but the one its credential was added for: an address is never changed.

use std::time::{Duration, Instant};

use crate::crypto::new_id;
use crate::domain::{Channel, Credential, Name, PlacementChange, Secret};
use crate::store::{self, CredentialLine, NewCredential, Store};
use crate::upstream::{BaseUrl, BaseUrlError, Check, Gateway, UpstreamServer};

/// Longest that the test of a key may take; a server that needs more would fail every call.
const TEST: Duration = Duration::from_secs(15);

/// Why a change of a credential was refused. Nothing changed.
#[derive(Debug)]
pub enum CredentialError {
    /// No credential has the id.
    Unknown,
    /// Another credential has the id.
    Taken,
    /// That many instances name it, and so many that moved away have left something there.
    InUse { instances: u32, leaving: u32 },
    /// The stored address is one that this release does not call.
    Address(BaseUrlError),
    /// The server, or the key, failed its test.
    Failed(Check),
    /// The database failed.
    Store(store::Error),
}

impl From<store::Error> for CredentialError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// A credential to be added.
pub struct CredentialDraft<'a> {
    /// The id its owner chose; `None`: a random one.
    pub id: Option<&'a Name>,
    pub channel: Channel,
    /// What to call it; `None`: by its id.
    pub name: Option<&'a str>,
    pub base_url: &'a BaseUrl,
    /// PEM of the authorities that its connections trust beside the usual ones; checked by
    /// [`check_ca`](crate::upstream::check_ca).
    pub ca_certificate: Option<&'a str>,
    pub key: &'a Secret,
}

/// The credential of that id.
pub fn find(store: &Store, id: &str) -> Result<CredentialLine, CredentialError> {
    store.credential_line(id)?.ok_or(CredentialError::Unknown)
}

/// Refuses an id that another credential has, before a test is sent for nothing.
pub fn check_free(store: &Store, id: Option<&Name>) -> Result<(), CredentialError> {
    let Some(id) = id else { return Ok(()) };
    if store.credential(id.as_str())?.is_some() { Err(CredentialError::Taken) } else { Ok(()) }
}

/// Adds a credential, active and untested, and returns its id.
pub fn add(store: &Store, draft: &CredentialDraft) -> Result<String, CredentialError> {
    let id = draft.id.map_or_else(|| new_id("cred_"), |id| id.as_str().to_owned());
    let added = store.add_credential(&NewCredential {
        id: &id,
        channel: draft.channel,
        name: draft.name.unwrap_or(&id),
        base_url: draft.base_url.as_str(),
        ca_certificate: draft.ca_certificate,
        key: draft.key,
    })?;
    if added { Ok(id) } else { Err(CredentialError::Taken) }
}

/// Tests a key that is about to be stored. A key that fails is refused, unless the caller insists.
pub fn test_before_storing(
    gateway: &Gateway,
    server: UpstreamServer,
    trace: &str,
    force: bool,
) -> Result<Check, CredentialError> {
    let check = gateway.client(server, trace, Instant::now() + TEST).check();
    if force || is_fine(&check) { Ok(check) } else { Err(CredentialError::Failed(check)) }
}

/// Tests a stored credential; a failed test is a result and no error.
pub fn test(gateway: &Gateway, credential: &Credential, trace: &str) -> Result<Check, CredentialError> {
    test_until(gateway, credential, trace, Instant::now() + TEST)
}

/// The same by that deadline.
pub fn test_until(
    gateway: &Gateway,
    credential: &Credential,
    trace: &str,
    deadline: Instant,
) -> Result<Check, CredentialError> {
    let base_url = address(credential)?;
    let server = UpstreamServer::of(credential, &base_url);
    Ok(gateway.client(server, trace, deadline).check())
}

/// The address of a stored credential's server.
pub fn address(credential: &Credential) -> Result<BaseUrl, CredentialError> {
    BaseUrl::parse(&credential.base_url).map_err(CredentialError::Address)
}

/// Whether a test found nothing wrong.
pub fn is_fine(check: &Check) -> bool {
    matches!(check, Check::Fine { .. })
}

/// Replaces a credential's key.
pub fn rotate(store: &Store, id: &str, key: &Secret) -> Result<(), CredentialError> {
    if store.rotate_credential(id, key)? { Ok(()) } else { Err(CredentialError::Unknown) }
}

/// Replaces the authorities that a credential's connections trust beside the usual ones.
pub fn set_ca_certificate(store: &Store, id: &str, pem: Option<&str>) -> Result<(), CredentialError> {
    if store.set_ca_certificate(id, pem)? { Ok(()) } else { Err(CredentialError::Unknown) }
}

/// Enables or disables a credential for calls and returns it.
pub fn set_active(store: &Store, id: &str, active: bool) -> Result<CredentialLine, CredentialError> {
    store.set_credential_active(id, active)?;
    find(store, id)
}

/// Changes which numbers a credential's server is given and returns it.
pub fn change_placement(
    store: &Store,
    id: &str,
    change: &PlacementChange,
) -> Result<CredentialLine, CredentialError> {
    if store.change_placement(id, change)? { find(store, id) } else { Err(CredentialError::Unknown) }
}

/// Removes a credential and returns it. One that instances name, or have left something at, is removed only with
/// `force`: the former move to an active one at their next call, what the latter left stays there for good.
pub fn remove(store: &Store, id: &str, force: bool) -> Result<CredentialLine, CredentialError> {
    let line = find(store, id)?;
    let CredentialLine { instances, leaving, .. } = line;
    if instances + leaving > 0 && !force {
        return Err(CredentialError::InUse { instances, leaving });
    }
    if store.remove_credential(id)? { Ok(line) } else { Err(CredentialError::Unknown) }
}
