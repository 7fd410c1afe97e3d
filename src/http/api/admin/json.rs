//! Credentials, users and tokens as JSON: one shape for each, for the API and for `--json`.
//!
//! A key is shown to nobody, only its fingerprint; a token only when it is made.

use std::fmt::Write as _;

use serde::Serialize;

use crate::crypto::sha256;
use crate::domain::clock::iso;
use crate::domain::{Role, Secret, UpstreamError};
use crate::http::api::server_problem::ServerProblemJson;
use crate::store::{CredentialLine, NewToken, TokenLine, UserLine};
use crate::text::{self, Warning};
use crate::upstream::{Check, is_public_default_key};

/// Bytes of a key's hash that are shown: enough to tell two keys apart, far too few to guess one.
const FINGERPRINT: usize = 4;

/// A credential.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialJson<'a> {
    id: &'a str,
    r#type: &'static str,
    name: &'a str,
    base_url: &'a str,
    active: bool,
    instances: u32,
    leaving: u32,
    capacity: Option<u32>,
    weight: u32,
    intake: &'static str,
    created_at: String,
    fingerprint: String,
    public_default_key: bool,
    has_ca_certificate: bool,
    #[serde(rename = "trouble")]
    problem: Option<ServerProblemJson>,
    version: Option<&'a str>,
    whatsapp_web_version: Option<&'a str>,
    licence: Option<&'static str>,
    connected: u32,
    unmanaged: u32,
    list_ms: Option<u32>,
    listed: Option<u32>,
    listed_at: Option<String>,
}

/// What is known of a server's licence: one that asks for none, or has one, lists what it has.
fn licence(line: &CredentialLine) -> Option<&'static str> {
    match &line.failing {
        Some((code, _)) if *code == UpstreamError::LicenseRequired.code() => Some("missing"),
        Some(_) => None,
        None => line.seen.listed_at.filter(|_| line.credential.active).map(|_| "fine"),
    }
}

impl<'a> From<&'a CredentialLine> for CredentialJson<'a> {
    fn from(line: &'a CredentialLine) -> Self {
        let credential = &line.credential;
        Self {
            id: &credential.id,
            r#type: credential.channel.as_str(),
            name: &credential.name,
            base_url: &credential.base_url,
            active: credential.active,
            instances: line.instances,
            leaving: line.leaving,
            capacity: credential.rule.capacity,
            weight: credential.rule.weight,
            intake: credential.rule.intake.as_str(),
            created_at: iso(credential.created_at),
            fingerprint: fingerprint(&credential.key),
            public_default_key: is_public_default_key(credential.channel, &credential.key),
            has_ca_certificate: credential.ca_certificate.is_some(),
            problem: line.failing.as_ref().map(|(code, since)| ServerProblemJson::of(code, *since)),
            version: line.seen.versions.server.as_deref(),
            whatsapp_web_version: line.seen.versions.whatsapp_web.as_deref(),
            licence: licence(line),
            connected: line.seen.connected,
            unmanaged: line.seen.unmanaged,
            list_ms: line.seen.list_millis,
            listed: line.seen.listed,
            listed_at: line.seen.listed_at.map(iso),
        }
    }
}

fn fingerprint(key: &Secret) -> String {
    let hash = sha256(key.expose().as_bytes());
    hash[..FINGERPRINT].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a test found: of a server that passed it the release and how long it took, of another the code.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TestResultJson<'a> {
    ok: bool,
    code: Option<&'static str>,
    version: Option<&'a str>,
    latency_ms: Option<u128>,
}

impl<'a> From<&'a Check> for TestResultJson<'a> {
    fn from(check: &'a Check) -> Self {
        let code = text::check(check).map(|sentence| sentence.code);
        let (version, latency_ms) = match check {
            Check::Fine { version, latency } => (version.as_deref(), Some(latency.as_millis())),
            Check::InstanceToken | Check::Failed(_) => (None, None),
        };
        Self { ok: code.is_none(), code, version, latency_ms }
    }
}

/// A test of a stored credential.
#[derive(Serialize)]
pub struct CredentialTestJson<'a> {
    id: &'a str,
    #[serde(flatten)]
    result: TestResultJson<'a>,
}

impl<'a> CredentialTestJson<'a> {
    /// The test of the credential of that id.
    pub fn new(id: &'a str, check: &'a Check) -> Self {
        Self { id, result: check.into() }
    }
}

/// A credential that was stored now, and the test that it passed or was spared the refusal of.
#[derive(Serialize)]
pub struct StoredCredentialJson<'a> {
    #[serde(flatten)]
    credential: CredentialJson<'a>,
    #[serde(flatten)]
    result: TestResultJson<'a>,
    notes: Vec<Warning>,
}

impl<'a> StoredCredentialJson<'a> {
    /// The credential, what its test found, and what of it was read otherwise than it was typed.
    pub fn new(line: &'a CredentialLine, check: &'a Check, notes: Vec<Warning>) -> Self {
        Self { credential: line.into(), result: check.into(), notes }
    }
}

/// A user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserJson<'a> {
    id: &'a str,
    name: &'a str,
    admin: bool,
    role: &'static str,
    has_password: bool,
    instances: u32,
    tokens: u32,
    created_at: String,
}

impl<'a> From<&'a UserLine> for UserJson<'a> {
    fn from(line: &'a UserLine) -> Self {
        Self {
            id: &line.id,
            name: &line.name,
            admin: line.role == Role::Administrator,
            role: line.role.as_str(),
            has_password: line.has_password,
            instances: line.instances,
            tokens: line.tokens,
            created_at: iso(line.created_at),
        }
    }
}

/// A token, by what is known of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenJson<'a> {
    id: &'a str,
    user: &'a str,
    name: Option<&'a str>,
    scope: &'static str,
    server: Option<&'a str>,
    name_prefix: Option<&'a str>,
    created_at: String,
    expires_at: Option<String>,
    last_used_at: Option<String>,
}

impl<'a> From<&'a TokenLine> for TokenJson<'a> {
    fn from(line: &'a TokenLine) -> Self {
        Self {
            id: &line.id,
            user: &line.user,
            name: line.name.as_deref(),
            scope: line.limits.scope.as_str(),
            server: line.limits.server.as_deref(),
            name_prefix: line.limits.prefix.as_deref(),
            created_at: iso(line.created_at),
            expires_at: line.expires_at.map(iso),
            last_used_at: line.last_used_at.map(iso),
        }
    }
}

/// A token that was made now.
#[derive(Serialize)]
pub struct NewTokenJson<'a> {
    id: &'a str,
    token: &'a str,
}

impl<'a> From<&'a NewToken> for NewTokenJson<'a> {
    fn from(new: &'a NewToken) -> Self {
        Self { id: &new.id, token: new.token.expose() }
    }
}
