//! `/api/admin/credentials`: servers of the upstream and the keys that open them. The rules are those of
//! `admin::credentials`; a key that is stored here was tested first.

use super::json::{CredentialJson, CredentialTestJson, StoredCredentialJson};
use crate::admin::credentials::{self, CredentialDraft, CredentialError};
use crate::domain::{Caller, Channel, Intake, MAX_WEIGHT, Name, Permission, PlacementChange, label};
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::text::{self, Warning};
use crate::upstream::{BaseUrlError, Check, TypedBaseUrl, TypedKey, UpstreamServer, check_ca};

/// The fields of which numbers a server is given.
const PLACEMENT: [&str; 3] = ["capacity", "weight", "intake"];
/// The largest bound that can be set: more rows than any folder has.
const MAX_CAPACITY: u64 = 1_000_000;
/// The field of the authorities that a server's connections trust beside the usual ones.
const CA_CERTIFICATE: &str = "caCertificate";

impl From<CredentialError> for Problem {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Unknown => Self::NotFound,
            CredentialError::Taken => Self::Taken("id"),
            CredentialError::InUse { instances, leaving } => Self::InUse(
                text::credential_in_use(instances, leaving),
                text::credential_in_use_detail(leaving > 0),
            ),
            CredentialError::Address(why) => bad_address(why),
            CredentialError::Failed(check) => Self::Untested(check),
            CredentialError::Store(error) => Self::Store(error),
        }
    }
}

/// Every credential.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let lines = app.store.credentials()?;
    Ok(HttpReply::data(&lines.iter().map(CredentialJson::from).collect::<Vec<_>>()))
}

/// Tests a credential.
pub fn test(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asker = administrator(app, request)?;
    let credential = credentials::find(&app.store, request.captured())?.credential;
    app.throttles.test(&asker.user)?;
    let check = credentials::test(app.connect_service.gateway(), &credential, request.id())?;
    if !credentials::is_fine(&check) {
        return Err(Problem::Untested(check));
    }
    Ok(HttpReply::data(&CredentialTestJson::new(&credential.id, &check)))
}

/// Changes which numbers its server is given.
pub fn change(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let fields = Fields::read(request.body())?;
    fields.only(&PLACEMENT)?;
    let [capacity, weight, intake] = PLACEMENT;
    let change = PlacementChange {
        capacity: fields
            .has(capacity)
            .then(|| fields.number(capacity, 0..=MAX_CAPACITY))
            .transpose()?
            .map(small),
        weight: small(fields.number(weight, 1..=u64::from(MAX_WEIGHT))?),
        intake: fields.optional_text(intake)?.map(read_intake).transpose()?,
    };
    let line = credentials::change_placement(&app.store, request.captured(), &change)?;
    Ok(HttpReply::data(&CredentialJson::from(&line)))
}

fn small(number: Option<u64>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

fn read_intake(word: &str) -> Result<Intake, Problem> {
    let all = || text::not_one_of("intake", &Intake::ALL.map(Intake::as_str));
    Intake::parse(word).ok_or_else(|| Problem::InvalidField("intake", all()))
}

/// Lets calls use a credential.
pub fn enable(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    set_active(app, request, true)
}

/// Lets calls use it no longer.
pub fn disable(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    set_active(app, request, false)
}

fn set_active(app: &App, request: &Request, active: bool) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let line = credentials::set_active(&app.store, request.captured(), active)?;
    Ok(HttpReply::data(&CredentialJson::from(&line)))
}

/// Adds a credential that passes its test.
pub fn create(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asker = administrator(app, request)?;
    let fields = Fields::read(request.body())?;
    let typed = TypedBaseUrl::parse(fields.text("baseUrl")?).map_err(bad_address)?;
    let TypedKey { key, unwrapped } = key(&fields)?;
    let (id, name) = (fields.optional("id", Name::parse)?, fields.optional("name", label)?);
    let ca_certificate = ca_certificate(&fields)?;
    credentials::check_free(&app.store, id.as_ref())?;
    let server = UpstreamServer {
        credential: "",
        channel: Channel::WhatsappEvolution,
        base_url: &typed.base_url,
        ca_certificate,
        key: &key,
    };
    let check = tested(app, &asker, request, &fields, server)?;
    let draft = CredentialDraft {
        id: id.as_ref(),
        channel: server.channel,
        name: name.as_deref(),
        base_url: &typed.base_url,
        ca_certificate,
        key: &key,
    };
    let same = app.store.credential_at(typed.base_url.as_str())?.map(|other| text::same_address(&other.id));
    let id = credentials::add(&app.store, &draft)?;
    let amended = typed.amended.then(|| text::base_url_amended(&typed.base_url));
    stored(app, &id, &check, amended.into_iter().chain(same).chain(key_note(unwrapped)).collect())
}

/// Gives a credential another key, which passes its test.
pub fn rotate(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asker = administrator(app, request)?;
    let credential = credentials::find(&app.store, request.captured())?.credential;
    let fields = Fields::read(request.body())?;
    let (base_url, TypedKey { key, unwrapped }) = (credentials::address(&credential)?, key(&fields)?);
    let server = UpstreamServer { key: &key, ..UpstreamServer::of(&credential, &base_url) };
    let check = tested(app, &asker, request, &fields, server)?;
    credentials::rotate(&app.store, &credential.id, &key)?;
    stored(app, &credential.id, &check, key_note(unwrapped).collect())
}

/// Replaces the authorities that a credential's connections trust beside the usual ones, null for none; with
/// them its stored key passes its test.
pub fn set_ca_certificate(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asker = administrator(app, request)?;
    let credential = credentials::find(&app.store, request.captured())?.credential;
    let fields = Fields::read(request.body())?;
    fields.only(&[CA_CERTIFICATE, "force"])?;
    if !fields.has(CA_CERTIFICATE) {
        return Err(Problem::InvalidField(CA_CERTIFICATE, text::ca_certificate_missing().to_owned()));
    }
    let (base_url, ca_certificate) = (credentials::address(&credential)?, ca_certificate(&fields)?);
    let server = UpstreamServer { ca_certificate, ..UpstreamServer::of(&credential, &base_url) };
    let check = tested(app, &asker, request, &fields, server)?;
    credentials::set_ca_certificate(&app.store, &credential.id, ca_certificate)?;
    stored(app, &credential.id, &check, Vec::new())
}

/// Removes a credential; with `?force=true` also one that instances name, or have left something at.
pub fn remove(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    credentials::remove(&app.store, request.captured(), query::flag(request, "force")?)?;
    Ok(HttpReply::data(&()))
}

fn administrator(app: &App, request: &Request) -> Result<Caller, Problem> {
    auth::permitted(app, request, Permission::ManageCredentials)
}

/// Tests a server and a key; how often an administrator may is bounded. What fails is a problem, unless the
/// body says `force`.
fn tested(
    app: &App,
    asker: &Caller,
    request: &Request,
    fields: &Fields,
    server: UpstreamServer,
) -> Result<Check, Problem> {
    let force = fields.flag("force")?;
    app.throttles.test(&asker.user)?;
    Ok(credentials::test_before_storing(app.connect_service.gateway(), server, request.id(), force)?)
}

fn stored(app: &App, id: &str, check: &Check, notes: Vec<Warning>) -> Result<HttpReply, Problem> {
    let line = credentials::find(&app.store, id)?;
    Ok(HttpReply::data(&StoredCredentialJson::new(&line, check, notes)))
}

fn key_note(unwrapped: bool) -> impl Iterator<Item = Warning> {
    unwrapped.then(text::key_unwrapped).into_iter()
}

fn bad_address(why: BaseUrlError) -> Problem {
    Problem::InvalidField("baseUrl", format!("baseUrl {}", text::base_url(why)))
}

fn ca_certificate(fields: &Fields) -> Result<Option<&str>, Problem> {
    let pem = fields.optional_text(CA_CERTIFICATE)?;
    let refused = |why| {
        Problem::InvalidField(CA_CERTIFICATE, format!("{CA_CERTIFICATE}: {}", text::ca_certificate(why)))
    };
    pem.map_or(Ok(()), check_ca).map_err(refused)?;
    Ok(pem)
}

fn key(fields: &Fields) -> Result<TypedKey, Problem> {
    let text = fields.secret("apiToken")?;
    TypedKey::parse(text.expose().as_bytes())
        .map_err(|problem| Problem::InvalidField("apiToken", format!("apiToken: {}", text::key(problem))))
}
