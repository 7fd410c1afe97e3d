//! `/api/notices`: where notices go, and what became of them. The rules are those of `notices::targets`.
//!
//! Administrators see and change everybody's targets, others their own. A key goes out once, when it was made.

use serde::Serialize;

use crate::domain::clock::iso;
use crate::domain::{
    Caller, Language, NoticeChannelKind, Permission, QuietHours, Secret, USUAL_UTC_OFFSET, parse_utc_offset,
    utc_offset,
};
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::notices::targets::{self, AddedTarget, TargetDraft, TargetError};
use crate::notices::{ChannelContext, SettingsField, TypedSettings, send_test};
use crate::store::{NoticeMessage, NoticeTarget};
use crate::text;
use crate::upstream::WebClient;

/// Messages of the log, unless told.
const LOG: u32 = 50;
const MOST_LOG: u64 = 500;

impl From<TargetError> for Problem {
    fn from(error: TargetError) -> Self {
        match error {
            TargetError::Unknown => Self::NotFound,
            TargetError::NotForAll => Self::InvalidField("all", format!("all: {}", text::not_for_all())),
            TargetError::TooMany => Self::TooManyTargets,
            TargetError::Setting(field, fault) => {
                let field = field_name(field);
                Self::InvalidField(field, format!("{field} {}", text::setting_fault(&fault)))
            }
            TargetError::Store(error) => Self::Store(error),
        }
    }
}

fn field_name(field: SettingsField) -> &'static str {
    match field {
        SettingsField::Address => "address",
        SettingsField::Secret => "secret",
        SettingsField::Server => "server",
        SettingsField::User => "login",
        SettingsField::From => "from",
    }
}

/// The targets that the caller may see.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let targets = app.store.notice_targets(user(&caller))?;
    Ok(HttpReply::data(&targets.iter().map(NoticeTargetJson::from).collect::<Vec<_>>()))
}

/// Adds a target; administrators may add one of another user's.
pub fn create(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let fields = Fields::read(request.body())?;
    let owner = match fields.optional_text("user")? {
        Some(_) if !caller.may(Permission::ManageNotices) => return Err(Problem::Forbidden),
        Some(name) => {
            let unknown = || Problem::InvalidField("user", text::no_such_user("user"));
            app.store.user(name)?.ok_or_else(unknown)?.caller()
        }
        None => caller,
    };
    let added = targets::add(&app.store, &draft(&fields, &owner)?)?;
    Ok(HttpReply::data(&AddedTargetJson::from(&added)))
}

/// What a body says of a new target.
fn draft<'a>(fields: &Fields, owner: &'a Caller) -> Result<TargetDraft<'a>, Problem> {
    let text = |field| Ok::<_, Problem>(fields.optional_text(field)?.map(str::to_owned));
    let channel = word(fields, "channel", &text::notice_channel_invalid(), NoticeChannelKind::parse)?;
    let language = word(fields, "language", text::notice_language_invalid(), Language::parse)?;
    let utc_offset = word(fields, "utcOffset", text::utc_offset_invalid(), parse_utc_offset)?;
    Ok(TargetDraft {
        owner,
        for_all: fields.flag("all")?,
        channel: channel.ok_or_else(|| refused("channel", &text::notice_channel_invalid()))?,
        typed: TypedSettings {
            address: fields.text("address")?.to_owned(),
            secret: fields.optional_text("secret")?.map(Secret::new),
            server: text("server")?,
            user: text("login")?,
            from: text("from")?,
        },
        language: language.unwrap_or_default(),
        quiet: word(fields, "quietHours", text::quiet_hours_invalid(), QuietHours::parse)?,
        utc_offset: utc_offset.unwrap_or(USUAL_UTC_OFFSET),
    })
}

/// A word that may be absent, or null.
fn word<T>(
    fields: &Fields,
    field: &'static str,
    otherwise: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let read = |text: &str| parse(text).ok_or_else(|| refused(field, otherwise));
    fields.optional_text(field)?.map(read).transpose()
}

fn refused(field: &'static str, why: &str) -> Problem {
    Problem::InvalidField(field, format!("{field} {why}"))
}

/// Removes a target and its log.
pub fn remove(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    targets::remove(&app.store, request.captured(), user(&caller))?;
    Ok(HttpReply::data(&()))
}

/// Tells a target again.
pub fn enable(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    set_active(app, request, true)
}

/// Tells a target no more.
pub fn disable(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    set_active(app, request, false)
}

fn set_active(app: &App, request: &Request, active: bool) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let target = targets::set_active(&app.store, request.captured(), user(&caller), active)?;
    Ok(HttpReply::data(&NoticeTargetJson::from(&target)))
}

/// Sends a target a test. One that fails is a result and no error.
pub fn test(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let target = targets::find(&app.store, request.captured(), user(&caller))?;
    app.throttles.test(&caller.user)?;
    let (gateway, web) = (app.connect_service.gateway(), WebClient::default());
    let context = ChannelContext { store: &app.store, gateway, web: &web };
    let failure = send_test(&context, text::notice_message, &target)?.err();
    let code = failure.map(|failure| failure.code);
    let message = code.as_deref().map(text::delivery_failure);
    Ok(HttpReply::data(&NoticeTestJson { id: &target.id, ok: code.is_none(), code, message }))
}

/// What became of the newest messages.
pub fn log(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let most = query::number(request, "limit", 1..=MOST_LOG)?.unwrap_or(LOG);
    let log = app.store.notice_log(user(&caller), most)?;
    let lines: Vec<_> = log.iter().map(|(target, message)| NoticeLogJson::of(target, message)).collect();
    Ok(HttpReply::data(&lines))
}

/// Whose targets the caller may see: everybody's, or their own.
fn user(caller: &Caller) -> Option<&str> {
    (!caller.may(Permission::ManageNotices)).then_some(caller.user.as_str())
}

/// A target, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeTargetJson<'a> {
    id: &'a str,
    user: &'a str,
    all: bool,
    channel: &'static str,
    address: &'a str,
    language: &'static str,
    quiet_hours: Option<String>,
    utc_offset: String,
    active: bool,
    created_at: String,
}

impl<'a> From<&'a NoticeTarget> for NoticeTargetJson<'a> {
    fn from(target: &'a NoticeTarget) -> Self {
        Self {
            id: &target.id,
            user: &target.user_name,
            all: target.for_all,
            channel: target.channel.as_str(),
            address: &target.address,
            language: target.language.as_str(),
            quiet_hours: target.quiet.map(|quiet| quiet.to_string()),
            utc_offset: utc_offset(target.utc_offset),
            active: target.active,
            created_at: iso(target.created_at),
        }
    }
}

/// A target that was added now, with the key of a webhook's signature.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddedTargetJson<'a> {
    #[serde(flatten)]
    target: NoticeTargetJson<'a>,
    signing_key: Option<&'a str>,
}

impl<'a> From<&'a AddedTarget> for AddedTargetJson<'a> {
    fn from(added: &'a AddedTarget) -> Self {
        let signing_key = added.signing_key.as_ref().map(Secret::expose);
        Self { target: (&added.target).into(), signing_key }
    }
}

#[derive(Serialize)]
struct NoticeTestJson<'a> {
    id: &'a str,
    ok: bool,
    code: Option<String>,
    message: Option<String>,
}

/// A message of the log, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeLogJson<'a> {
    id: &'a str,
    target: &'a str,
    channel: &'static str,
    address: &'a str,
    kind: Option<&'static str>,
    names: Vec<&'a str>,
    outcome: &'static str,
    attempts: u32,
    error: Option<&'a str>,
    created_at: String,
    next_attempt_at: Option<String>,
    ended_at: Option<String>,
}

impl<'a> NoticeLogJson<'a> {
    /// A message to a target.
    pub fn of(target: &'a NoticeTarget, message: &'a NoticeMessage) -> Self {
        Self {
            id: &message.id,
            target: &target.id,
            channel: target.channel.as_str(),
            address: &target.address,
            kind: message.notices.first().map(|notice| notice.kind.as_str()),
            names: message.notices.iter().map(|notice| notice.name.as_str()).collect(),
            outcome: message.outcome.as_str(),
            attempts: message.attempts,
            error: message.error.as_deref(),
            created_at: iso(message.created_at),
            next_attempt_at: message.ended_at.is_none().then(|| iso(message.next_at)),
            ended_at: message.ended_at.map(iso),
        }
    }
}
