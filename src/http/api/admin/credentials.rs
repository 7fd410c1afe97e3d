//! `/api/admin/credentials`: servers of the upstream and the keys that open them.
//!
//! A key is shown to nobody, only its fingerprint. The address is never edited: a key that was meant
//! for one server is sent to no other.

use std::fmt::Write as _;

use serde::Serialize;

use crate::crypto::{new_id, sha256};
use crate::domain::clock::iso;
use crate::domain::{Caller, Channel, Name, Secret, label};
use crate::http::api::trouble::Trouble;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::store::{CredentialLine, NewCredential};
use crate::text;
use crate::upstream::BaseUrl;
use crate::upstream::evolution::{self, Check, is_public_default_key, read_key};

/// Bytes of a key's hash that are shown: enough to tell two keys apart, far too few to guess one.
const FINGERPRINT: usize = 4;

/// A credential as administrators see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Json<'a> {
    id: &'a str,
    r#type: &'static str,
    name: &'a str,
    base_url: &'a str,
    active: bool,
    instances: u32,
    created_at: String,
    fingerprint: String,
    public_default_key: bool,
    trouble: Option<Trouble>,
}

/// What a test found.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tested {
    version: Option<String>,
    latency_ms: Option<u128>,
}

#[derive(Serialize)]
struct Stored<'a> {
    #[serde(flatten)]
    credential: Json<'a>,
    #[serde(flatten)]
    tested: Tested,
}

impl<'a> Json<'a> {
    /// What there is to see.
    pub fn of(line: &'a CredentialLine) -> Self {
        let credential = &line.credential;
        Self {
            id: &credential.id,
            r#type: credential.channel.as_str(),
            name: &credential.name,
            base_url: &credential.base_url,
            active: credential.active,
            instances: line.instances,
            created_at: iso(credential.created_at),
            fingerprint: fingerprint(&credential.key),
            public_default_key: is_public_default_key(&credential.key),
            trouble: line.trouble.as_ref().map(|(code, since)| Trouble::of(code, *since)),
        }
    }
}

impl Tested {
    fn of(check: Check) -> Self {
        match check {
            Check::Fine { version, latency } => Self { version, latency_ms: Some(latency.as_millis()) },
            _ => Self { version: None, latency_ms: None },
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

/// Every credential.
pub fn list(app: &App, request: &Request) -> Result<Reply, Problem> {
    auth::admin(app, request)?;
    let lines = app.store.credentials()?;
    Ok(Reply::data(&lines.iter().map(Json::of).collect::<Vec<_>>()))
}

/// Tests a credential.
pub fn test(app: &App, request: &Request) -> Result<Reply, Problem> {
    let (asker, line) = find(app, request)?;
    let credential = &line.credential;
    let base_url = base_url(&credential.base_url)?;
    let check = tested(app, &asker, &base_url, &credential.key, (request.id(), false))?;
    Ok(Reply::data(&Tested::of(check)))
}

/// Lets calls use a credential.
pub fn enable(app: &App, request: &Request) -> Result<Reply, Problem> {
    activated(app, request, true)
}

/// Lets calls use it no longer.
pub fn disable(app: &App, request: &Request) -> Result<Reply, Problem> {
    activated(app, request, false)
}

/// Adds a credential that passes its test.
pub fn create(app: &App, request: &Request) -> Result<Reply, Problem> {
    let asker = auth::admin(app, request)?;
    let fields = Fields::read(request.body())?;
    let base_url = base_url(fields.text("baseUrl")?)?;
    let key = key(&fields)?;
    let id = fields.optional("id", Name::parse)?;
    let id = id.map_or_else(|| new_id("cred_"), |id| id.as_str().to_owned());
    let name = fields.optional("name", label)?;
    if app.store.credential(&id)?.is_some() {
        return Err(Problem::Taken("id"));
    }
    let check = tested(app, &asker, &base_url, &key, (request.id(), fields.flag("force")?))?;
    let new = NewCredential {
        id: &id,
        channel: Channel::WhatsappEvolution,
        name: name.as_deref().unwrap_or(&id),
        base_url: base_url.as_str(),
        key: &key,
    };
    if !app.store.add_credential(&new)? {
        return Err(Problem::Taken("id"));
    }
    stored(app, &id, check)
}

/// Gives a credential another key, which passes its test.
pub fn rotate(app: &App, request: &Request) -> Result<Reply, Problem> {
    let (asker, line) = find(app, request)?;
    let fields = Fields::read(request.body())?;
    let (base_url, key) = (base_url(&line.credential.base_url)?, key(&fields)?);
    let check = tested(app, &asker, &base_url, &key, (request.id(), fields.flag("force")?))?;
    if !app.store.rotate_credential(&line.credential.id, &key)? {
        return Err(Problem::NotFound);
    }
    stored(app, &line.credential.id, check)
}

fn activated(app: &App, request: &Request, active: bool) -> Result<Reply, Problem> {
    auth::admin(app, request)?;
    if !app.store.set_credential_active(request.captured(), active)? {
        return Err(Problem::NotFound);
    }
    Ok(Reply::data(&Json::of(&find(app, request)?.1)))
}

/// Removes a credential.
pub fn remove(app: &App, request: &Request) -> Result<Reply, Problem> {
    let (_, line) = find(app, request)?;
    let force = request.query("force").is_some_and(|force| force == "true");
    if line.instances > 0 && !force {
        let error = text::credential_in_use(line.instances);
        return Err(Problem::InUse(error, text::CREDENTIAL_IN_USE_DETAIL));
    }
    app.store.remove_credential(&line.credential.id)?;
    Ok(Reply::data(&()))
}

/// The administrator who asks, and the credential that the path names.
fn find(app: &App, request: &Request) -> Result<(Caller, CredentialLine), Problem> {
    let asker = auth::admin(app, request)?;
    let line = app.store.credential_line(request.captured())?.ok_or(Problem::NotFound)?;
    Ok((asker, line))
}

fn stored(app: &App, id: &str, check: Check) -> Result<Reply, Problem> {
    let line = app.store.credential_line(id)?.ok_or(Problem::NotFound)?;
    Ok(Reply::data(&Stored { credential: Json::of(&line), tested: Tested::of(check) }))
}

/// Tests a server and a key. What fails is a problem, unless the administrator insists.
fn tested(
    app: &App,
    asker: &Caller,
    base_url: &BaseUrl,
    key: &Secret,
    (trace, force): (&str, bool),
) -> Result<Check, Problem> {
    app.login_guard.test(&asker.user)?;
    let check = evolution::test(base_url, key, trace);
    if force || text::check(&check).is_none() { Ok(check) } else { Err(Problem::Untested(check)) }
}

fn base_url(text: &str) -> Result<BaseUrl, Problem> {
    BaseUrl::parse(text).map_err(|problem| Problem::InvalidField("baseUrl", format!("baseUrl {problem}")))
}

fn key(fields: &Fields) -> Result<Secret, Problem> {
    let text = fields.secret("apiToken")?;
    read_key(text.expose().as_bytes())
        .map_err(|problem| Problem::InvalidField("apiToken", format!("apiToken: {problem}")))
}
