//! The one map from everything that can go wrong to status, code and sentence.
//!
//! The sentences themselves are in `text`. Nothing here reads a request or a socket.

use std::time::Duration;

use crate::domain::{
    AdoptionObstacle, BUSY_RETRY, BusyCause, Invalid, TokenLimits, TokenScope, UpstreamError, UseCaseError,
};
use crate::instance::actions::{Action, ActionError};
use crate::instance::connect::ConnectError;
use crate::store::{self, BackupError};
use crate::text;
use crate::upstream::Check;

/// Why a request was not done.
#[derive(Debug)]
pub enum Problem {
    /// Not HTTP/1.x.
    Malformed,
    /// The request did not arrive in time.
    TooSlow,
    /// The request line and headers are over the limit.
    HeadTooLarge,
    /// The body is over the limit.
    BodyTooLarge,
    /// The body is no JSON object; where it stops being one, and what it looks like.
    InvalidJson(String),
    /// A field is missing, of the wrong type, or holds what it may not.
    InvalidField(&'static str, String),
    /// A field is missing from a body that was made for something else; what that is.
    MisshapenBody(&'static str, String),
    /// A field that the route does not take, or none at all.
    UnexpectedField(Option<String>, String),
    /// A field, or a parameter of the query, is there more than once.
    RepeatedField(String),
    /// There is no such channel.
    InvalidChannel,
    /// No token, or nobody's.
    Unauthorized,
    /// Something else was sent in place of a token; what, and the right form.
    UnreadableToken(&'static str),
    /// The caller is known, and may not.
    Forbidden,
    /// The token is known, and of the first scope where the second is needed.
    TokenScope(TokenScope, TokenScope),
    /// The token reaches some instances only, and this is something else.
    TokenReach(TokenLimits),
    /// Too many of those from one address; when the next is heard.
    RateLimited(Duration),
    /// No such route.
    NotFound,
    /// The route has other methods: these.
    MethodNotAllowed(String),
    /// The database takes no writes.
    NotReady,
    /// What can end any use case.
    Failed(UseCaseError),
    /// The call for a code ended for a reason of its own.
    Connect(ConnectError),
    /// A phone is connected: there is no code.
    AlreadyConnected,
    /// The link is nobody's, or no longer.
    LinkExpired,
    /// The action was not done.
    Action(Action, ActionError),
    /// A cookie, or a login, that was not sent by our own page.
    CrossSite,
    /// A browser asks on behalf of another origin, that one where it is a readable one, which is not let in.
    ForeignOrigin(Option<String>),
    /// Name and password do not go together, or there is no such name.
    WrongPassword,
    /// Name and password go together, and a code is needed as well.
    CodeNeeded,
    /// The code is none of the account's, or was used before.
    WrongCode,
    /// A second factor is on already.
    SecondFactorOn,
    /// Too much of what upstream has to do the work for; the time until some is done again.
    TooOften(Duration),
    /// Too many attempts to log in, and the time until one is looked at again.
    TooManyAttempts(Duration),
    /// The link of the first start works no longer, or never did.
    SetupExpired,
    /// What this field names is there already.
    Taken(&'static str),
    /// Something depends on it: what, and what to do about it.
    InUse(String, &'static str),
    /// No server has an instance of that name that no row has.
    NothingUnmanaged,
    /// Several servers have one: these, by credential.
    AmbiguousName(Vec<String>),
    /// The instance cannot be adopted.
    NotAdoptable(AdoptionObstacle),
    /// The user has as many notice targets as one may have.
    TooManyTargets,
    /// Nobody could log in as administrator any more.
    LastAdministrator,
    /// A server, or its key, failed its test.
    Untested(Check),
    /// The database failed.
    Store(store::Error),
    /// A backup was not made, or not restored.
    Backup(BackupError),
    /// A piece of an upload does not follow what came before it: so many bytes.
    OutOfOrder(u64),
    /// An upload is over this many bytes.
    UploadTooLarge(u64),
    /// Nobody would start the server anew.
    NoRestart,
}

impl From<BackupError> for Problem {
    fn from(error: BackupError) -> Self {
        Self::Backup(error)
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<ConnectError> for Problem {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Failed(error) => Self::Failed(error),
            error => Self::Connect(error),
        }
    }
}

impl Problem {
    /// The answer where too much is going on already.
    pub const BUSY: Self = Self::Failed(UseCaseError::Busy(BusyCause::Calls));
    /// The answer where something failed that should not have.
    pub const INTERNAL: Self = Self::Failed(UseCaseError::Internal);

    /// Its status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Untested(Check::Failed(error)) => upstream_status(error),
            Self::Malformed
            | Self::InvalidJson(_)
            | Self::InvalidField(..)
            | Self::UnexpectedField(..)
            | Self::RepeatedField(_)
            | Self::MisshapenBody(..)
            | Self::InvalidChannel
            | Self::Untested(_) => 400,
            Self::Unauthorized
            | Self::UnreadableToken(_)
            | Self::WrongPassword
            | Self::CodeNeeded
            | Self::WrongCode => 401,
            Self::Forbidden
            | Self::TokenScope(..)
            | Self::TokenReach(_)
            | Self::CrossSite
            | Self::ForeignOrigin(_) => 403,
            Self::NotFound | Self::NothingUnmanaged => 404,
            Self::MethodNotAllowed(_) => 405,
            Self::TooSlow => 408,
            Self::BodyTooLarge | Self::UploadTooLarge(_) => 413,
            Self::RateLimited(_) | Self::TooOften(_) | Self::TooManyAttempts(_) => 429,
            Self::HeadTooLarge => 431,
            Self::NotReady => 503,
            Self::Failed(error) => use_case_status(error),
            Self::Connect(error) => connect_status(error),
            Self::AlreadyConnected
            | Self::Taken(_)
            | Self::InUse(..)
            | Self::AmbiguousName(_)
            | Self::NotAdoptable(_)
            | Self::OutOfOrder(_)
            | Self::NoRestart
            | Self::TooManyTargets
            | Self::SecondFactorOn
            | Self::LastAdministrator => 409,
            Self::LinkExpired | Self::SetupExpired => 410,
            Self::Action(_, error) => action_status(error),
            Self::Store(error) => use_case_status(&error.into()),
            Self::Backup(error) => backup_status(error),
        }
    }

    /// The header that some statuses owe.
    pub fn header(&self) -> Option<(&'static str, String)> {
        match self {
            _ if self.status() == 401 => Some(("WWW-Authenticate", "Bearer".to_owned())),
            Self::MethodNotAllowed(allowed) => Some(("Allow", allowed.clone())),
            Self::RateLimited(wait) | Self::TooOften(wait) | Self::TooManyAttempts(wait) => {
                Some(("Retry-After", whole_seconds(*wait).to_string()))
            }
            problem if matches!(problem, Self::NotReady) || problem.is_busy() => {
                Some(("Retry-After", BUSY_RETRY.to_string()))
            }
            _ => None,
        }
    }

    /// Whether it says that there is no room for the request, or that others hold what it needs.
    pub fn is_busy(&self) -> bool {
        matches!(
            self,
            Self::Failed(UseCaseError::Busy(_))
                | Self::Store(store::Error::Busy)
                | Self::Backup(BackupError::Busy)
        ) || matches!(self.action_cause(), Some(ActionError::Failed(UseCaseError::Busy(_))))
    }

    /// The field that is wrong.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::InvalidField(field, _) | Self::MisshapenBody(field, _) | Self::Taken(field) => Some(field),
            Self::UnexpectedField(field, _) => field.as_deref(),
            Self::RepeatedField(field) => Some(field),
            Self::InvalidChannel => Some("channel"),
            _ => None,
        }
    }

    /// The word for what is behind an upstream error's code, where that is known.
    pub fn cause(&self) -> Option<&'static str> {
        match self {
            Self::Untested(Check::Failed(error)) | Self::Failed(UseCaseError::Upstream(error)) => {
                error.cause()
            }
            _ => match self.action_cause() {
                Some(ActionError::Failed(UseCaseError::Upstream(error))) => error.cause(),
                _ => None,
            },
        }
    }

    /// Why an action was not done, or not finished.
    fn action_cause(&self) -> Option<&ActionError> {
        if let Self::Action(_, error) = self { Some(error.cause()) } else { None }
    }

    /// Its code and its words.
    pub fn sentence(&self) -> text::Sentence {
        let (code, error, detail) = match self {
            Self::Malformed => ("bad_request", text::bad_request(), None),
            Self::TooSlow => ("request_timeout", text::request_timeout(), None),
            Self::HeadTooLarge => ("headers_too_large", text::headers_too_large(), None),
            Self::BodyTooLarge => ("body_too_large", text::body_too_large(), None),
            Self::InvalidJson(detail) => return detailed("invalid_json", text::invalid_json(), detail),
            Self::MisshapenBody(field, detail) => {
                return detailed("invalid_field", &text::not_a_text(field), detail);
            }
            Self::InvalidField(_, error) | Self::UnexpectedField(_, error) => {
                ("invalid_field", error.as_str(), None)
            }
            Self::RepeatedField(field) => ("invalid_field", &*text::repeated_field(field), None),
            Self::InvalidChannel => ("invalid_channel", &*text::invalid(Invalid::Channel), None),
            Self::Unauthorized => ("unauthorized", text::unauthorized(), Some(text::unauthorized_detail())),
            Self::UnreadableToken(detail) => ("unauthorized", text::unauthorized(), Some(*detail)),
            Self::Forbidden => ("forbidden", text::forbidden(), Some(text::forbidden_detail())),
            Self::TokenScope(has, needed) => return text::token_scope(*has, *needed),
            Self::TokenReach(limits) => return text::token_reach(limits),
            Self::RateLimited(_) => ("rate_limited", text::rate_limited(), Some(text::rate_limited_detail())),
            Self::NotFound => ("not_found", text::not_found(), None),
            Self::NothingUnmanaged => return text::nothing_unmanaged(),
            Self::AmbiguousName(servers) => return text::ambiguous_name(servers),
            Self::NotAdoptable(obstacle) => return text::adoption_obstacle(*obstacle),
            Self::MethodNotAllowed(_) => ("method_not_allowed", text::method_not_allowed(), None),
            Self::NotReady => ("not_ready", text::not_ready(), Some(text::not_ready_detail())),
            Self::Failed(error) => return text::use_case_error(error),
            Self::Connect(error) => return text::connect_error(error),
            Self::AlreadyConnected => {
                ("already_connected", text::already_connected(), Some(text::already_connected_detail()))
            }
            Self::LinkExpired => ("link_expired", text::link_expired(), Some(text::link_expired_detail())),
            Self::Action(action, error) => return text::action_error(*action, error),
            Self::CrossSite => ("forbidden", text::cross_site(), Some(text::cross_site_detail())),
            Self::ForeignOrigin(origin) => return text::foreign_origin(origin.as_deref()),
            Self::WrongPassword => return text::wrong_password(),
            Self::CodeNeeded => return text::code_needed(),
            Self::WrongCode => return text::wrong_code(),
            Self::SecondFactorOn => return text::second_factor_on(),
            Self::TooOften(_) => ("rate_limited", text::too_often(), Some(text::too_often_detail())),
            Self::TooManyAttempts(_) => return text::too_many_attempts(),
            Self::SetupExpired => ("setup_expired", text::setup_ended(), Some(text::setup_ended_detail())),
            Self::Taken(field) => ("name_taken", &*text::taken(field), None),
            Self::InUse(error, detail) => ("in_use", error.as_str(), Some(*detail)),
            Self::TooManyTargets => {
                ("too_many", text::too_many_targets(), Some(text::too_many_targets_detail()))
            }
            Self::LastAdministrator => {
                ("last_administrator", text::last_administrator(), Some(text::last_administrator_detail()))
            }
            Self::Untested(check) => return text::check(check).unwrap_or_else(internal),
            Self::Store(error) => return text::use_case_error(&error.into()),
            Self::Backup(error) => return text::backup_error(error),
            Self::OutOfOrder(bytes) => return text::out_of_order(*bytes),
            Self::UploadTooLarge(most) => return text::upload_too_large(*most),
            Self::NoRestart => ("restart_by_hand", text::no_restart(), Some(text::no_restart_detail())),
        };
        text::Sentence { code, error: error.to_owned(), detail: detail.map(Into::into) }
    }
}

fn detailed(code: &'static str, error: &str, detail: &str) -> text::Sentence {
    text::Sentence { code, error: error.to_owned(), detail: Some(detail.to_owned().into()) }
}

fn internal() -> text::Sentence {
    text::use_case_error(&UseCaseError::Internal)
}

fn use_case_status(error: &UseCaseError) -> u16 {
    match error {
        UseCaseError::Gone => 404,
        UseCaseError::Busy(_) => 503,
        UseCaseError::Upstream(error) => upstream_status(error),
        UseCaseError::StorageFull(_) => 507,
        UseCaseError::Internal => 500,
    }
}

fn upstream_status(error: &UpstreamError) -> u16 {
    if error.code() == UpstreamError::Timeout.code() { 504 } else { 502 }
}

fn backup_status(error: &BackupError) -> u16 {
    match error {
        BackupError::Exists(_)
        | BackupError::NotABackup(_)
        | BackupError::Damaged(_)
        | BackupError::Newer { .. }
        | BackupError::KeyMissing(_)
        | BackupError::KeyWrong(_)
        | BackupError::Expired(_)
        | BackupError::InUse(_) => 409,
        BackupError::Busy => 503,
        BackupError::Full(_) => 507,
        BackupError::NoDatabase(_)
        | BackupError::Unfinished(_)
        | BackupError::Io(..)
        | BackupError::Sqlite(..) => 500,
    }
}

fn connect_status(error: &ConnectError) -> u16 {
    match error {
        ConnectError::OwnedByOther
        | ConnectError::PairedUpstream
        | ConnectError::NotAPhone(_)
        | ConnectError::Fighting => 409,
        ConnectError::OutOfReach(_) => 403,
        ConnectError::NoActiveCredential(_) | ConnectError::NoRoom => 503,
        ConnectError::NoQr | ConnectError::NoQrAfterScans | ConnectError::Reconnecting => 504,
        ConnectError::Failed(error) => use_case_status(error),
    }
}

fn action_status(error: &ActionError) -> u16 {
    match error {
        ActionError::NoCredential
        | ActionError::NotYours
        | ActionError::Reconnecting
        | ActionError::NotConnected
        | ActionError::RestartUnsupported
        | ActionError::NoSuchServer
        | ActionError::AlreadyThere
        | ActionError::NoOtherServer
        | ActionError::NoRoom
        | ActionError::NameThere
        | ActionError::NotOnWhatsapp => 409,
        ActionError::Failed(error) => use_case_status(error),
        ActionError::Unfinished(unfinished) => action_status(&unfinished.error),
    }
}

/// `Retry-After` has no fractions; a caller must not come back too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{Channel, Integration, NoConnection, ProxyAnswer, ProxyKind, TlsFailure};
    use crate::http::reply::HttpReply;

    /// The statuses and codes of the problems that were checked on this thread.
    type Seen = RefCell<BTreeSet<(u16, String)>>;
    thread_local!(static SEEN: Seen = RefCell::default());

    #[track_caller]
    fn check(problem: &Problem, status: u16, code: &str, header: Option<(&str, &str)>) {
        let reply = HttpReply::failure(problem, "r1");
        let body: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
        assert_eq!((reply.status, &body["code"]), (status, &code.into()));
        assert_eq!(body["requestId"], "r1");
        assert_eq!(body["success"], false);
        assert!(body["error"].as_str().is_some_and(|e| !e.is_empty()), "{body}");
        if let Some((name, value)) = header {
            assert!(reply.headers.contains(&(name, value.to_owned())), "{:?}", reply.headers);
        }
        SEEN.with_borrow_mut(|seen| seen.insert((status, code.to_owned())));
    }

    /// The codes that `assets/openapi.json` has for each status.
    fn described() -> BTreeSet<(u16, String)> {
        let description = include_str!("../../assets/openapi.json");
        let description: serde_json::Value = serde_json::from_str(description).expect("JSON");
        let responses = description["components"]["responses"].as_object().expect("responses");
        let codes = responses.iter().flat_map(|(status, response)| {
            let schema = &response["content"]["application/json"]["schema"]["allOf"][1];
            let codes = schema["properties"]["code"]["enum"].as_array().expect("codes");
            codes
                .iter()
                .map(|code| (status.parse().expect("a status"), code.as_str().expect("a code").to_owned()))
        });
        codes.collect()
    }

    /// The codes that the table of `docs/troubleshooting.md` has for each status.
    fn documented() -> BTreeSet<(u16, String)> {
        let page = include_str!("../../docs/troubleshooting.md");
        let table = page.split("## Codes of the API").nth(1).and_then(|rest| rest.split("\n## ").next());
        let rows = table.expect("the API's part").lines().filter_map(|line| {
            let mut cells = line.split('|').skip(1);
            Some((cells.next()?.trim().parse().ok()?, cells.next()?))
        });
        let codes = rows.flat_map(|(status, cell): (u16, &str)| {
            cell.split('`').skip(1).step_by(2).map(move |code| (status, code.to_owned()))
        });
        codes.collect()
    }

    #[test]
    fn every_code_is_described_and_documented_with_its_status_and_no_other() {
        every_problem_has_its_status_code_and_header();
        every_end_of_a_call_has_its_status_and_code();
        every_action_that_was_not_done_has_its_status_and_code();
        let seen = SEEN.take();
        assert_eq!(described(), seen);
        assert_eq!(documented(), seen);
    }

    #[test]
    fn every_problem_has_its_status_code_and_header() {
        let busy = Some(("Retry-After", "2"));
        check(&Problem::Malformed, 400, "bad_request", None);
        check(&Problem::TooSlow, 408, "request_timeout", None);
        check(&Problem::HeadTooLarge, 431, "headers_too_large", None);
        check(&Problem::BodyTooLarge, 413, "body_too_large", None);
        check(&Problem::InvalidJson("x".into()), 400, "invalid_json", None);
        check(&Problem::MisshapenBody("x", "y".into()), 400, "invalid_field", None);
        check(&Problem::InvalidField("x", "x deve …".into()), 400, "invalid_field", None);
        check(&Problem::UnexpectedField(Some("x".into()), "x não …".into()), 400, "invalid_field", None);
        check(&Problem::RepeatedField("x".into()), 400, "invalid_field", None);
        check(&Problem::InvalidChannel, 400, "invalid_channel", None);
        check(&Problem::Unauthorized, 401, "unauthorized", Some(("WWW-Authenticate", "Bearer")));
        check(&Problem::UnreadableToken("x"), 401, "unauthorized", Some(("WWW-Authenticate", "Bearer")));
        let wait = Duration::from_millis(5001);
        check(&Problem::RateLimited(wait), 429, "rate_limited", Some(("Retry-After", "6")));
        check(&Problem::NotFound, 404, "not_found", None);
        check(&Problem::MethodNotAllowed("POST".into()), 405, "method_not_allowed", Some(("Allow", "POST")));
        check(&Problem::NotReady, 503, "not_ready", busy);
        check(&Problem::BUSY, 503, "busy", busy);
        check(&Problem::Store(store::Error::Busy), 503, "busy", busy);
        check(&Problem::Store(store::Error::Full("/d".into())), 507, "storage_full", None);
        check(&Problem::CrossSite, 403, "forbidden", None);
        check(&Problem::TokenScope(TokenScope::Read, TokenScope::Admin), 403, "insufficient_scope", None);
        check(&Problem::TokenReach(TokenLimits::default()), 403, "insufficient_scope", None);
        check(&Problem::ForeignOrigin(None), 403, "forbidden", None);
        check(&Problem::WrongPassword, 401, "wrong_password", None);
        check(&Problem::CodeNeeded, 401, "code_needed", None);
        check(&Problem::WrongCode, 401, "wrong_code", None);
        check(&Problem::SecondFactorOn, 409, "second_factor_on", None);
        check(&Problem::TooOften(wait), 429, "rate_limited", Some(("Retry-After", "6")));
        check(&Problem::TooManyAttempts(wait), 429, "rate_limited", Some(("Retry-After", "6")));
        check(&Problem::SetupExpired, 410, "setup_expired", None);
        check(&Problem::Taken("name"), 409, "name_taken", None);
        check(&Problem::InUse("x".into(), "y"), 409, "in_use", None);
        check(&Problem::NothingUnmanaged, 404, "not_found", None);
        check(&Problem::AmbiguousName(vec!["x".into()]), 409, "ambiguous_name", None);
        for (obstacle, code) in [
            (AdoptionObstacle::NotAPhone(Integration::Business), "not_a_phone"),
            (AdoptionObstacle::NameHasRow, "name_has_row"),
            (AdoptionObstacle::NumberUnknown, "number_unknown"),
            (AdoptionObstacle::UnsafeName, "unsafe_name"),
        ] {
            check(&Problem::NotAdoptable(obstacle), 409, code, None);
        }
        let file = || "f".into();
        let denied = std::io::ErrorKind::PermissionDenied.into();
        for (error, status, code) in [
            (BackupError::Exists(file()), 409, "backup_exists"),
            (BackupError::NotABackup(file()), 409, "not_a_backup"),
            (BackupError::Damaged(file()), 409, "backup_damaged"),
            (BackupError::Newer { file: file(), found: 2, known: 1 }, 409, "backup_newer"),
            (BackupError::KeyMissing(file()), 409, "backup_key_missing"),
            (BackupError::KeyWrong(file()), 409, "backup_key_wrong"),
            (BackupError::Expired(file()), 409, "restore_expired"),
            (BackupError::Unfinished(Box::new(BackupError::Full(file()))), 500, "restore_unfinished"),
            (BackupError::InUse(file()), 409, "data_in_use"),
            (BackupError::Full(file()), 507, "storage_full"),
            (BackupError::NoDatabase(file()), 500, "no_database"),
            (BackupError::Io(file(), denied), 500, "backup_io"),
        ] {
            check(&Problem::Backup(error), status, code, None);
        }
        check(&Problem::Backup(BackupError::Busy), 503, "busy", busy);
        check(&Problem::OutOfOrder(7), 409, "upload_out_of_order", None);
        check(&Problem::UploadTooLarge(7), 413, "upload_too_large", None);
        check(&Problem::NoRestart, 409, "restart_by_hand", None);
        check(&Problem::TooManyTargets, 409, "too_many", None);
        check(&Problem::LastAdministrator, 409, "last_administrator", None);
        check(&Problem::Untested(Check::InstanceToken), 400, "instance_token", None);
        for (error, status, code) in [
            (UpstreamError::Unreachable(NoConnection::Refused), 502, "evolution_unreachable"),
            (UpstreamError::Timeout, 504, "evolution_timeout"),
            (UpstreamError::RejectedKey, 502, "evolution_rejected_key"),
        ] {
            check(&Problem::Untested(Check::Failed(error)), status, code, None);
        }
    }

    fn proxy(status: u16, sender: ProxyKind) -> UpstreamError {
        UpstreamError::Proxy(ProxyAnswer { status, sender })
    }

    #[test]
    fn every_end_of_a_call_has_its_status_and_code() {
        let no_credential = ConnectError::NoActiveCredential(Channel::WhatsappEvolution);
        for (error, status, code) in [
            (ConnectError::OwnedByOther, 409, "owned_by_other_user"),
            (ConnectError::OutOfReach(TokenLimits::default()), 403, "insufficient_scope"),
            (ConnectError::NotAPhone(Integration::Business), 409, "not_a_phone"),
            (no_credential, 503, "no_active_credential"),
            (ConnectError::NoRoom, 503, "no_room"),
            (UpstreamError::Unreachable(NoConnection::Refused).into(), 502, "evolution_unreachable"),
            (UpstreamError::RejectedKey.into(), 502, "evolution_rejected_key"),
            (UpstreamError::LicenseRequired.into(), 502, "evolution_license_required"),
            (UpstreamError::NotLoaded.into(), 502, "evolution_not_loaded"),
            (UpstreamError::Unexpected.into(), 502, "evolution_error"),
            (UpstreamError::Timeout.into(), 504, "evolution_timeout"),
            (UpstreamError::Tls(TlsFailure::Expired).into(), 502, "evolution_tls"),
            (UpstreamError::RateLimited(Duration::from_secs(9)).into(), 502, "evolution_proxy"),
            (proxy(404, ProxyKind::Traefik).into(), 502, "evolution_proxy"),
            (proxy(502, ProxyKind::Nginx).into(), 502, "evolution_unreachable"),
            (proxy(504, ProxyKind::Nginx).into(), 504, "evolution_timeout"),
            (proxy(502, ProxyKind::EasyPanel).into(), 502, "evolution_proxy"),
            (proxy(522, ProxyKind::Cloudflare).into(), 502, "evolution_proxy"),
            (ConnectError::NoQr, 504, "qr_timeout"),
            (ConnectError::NoQrAfterScans, 504, "qr_timeout"),
            (ConnectError::Reconnecting, 504, "qr_timeout"),
            (ConnectError::Fighting, 409, "fighting"),
            (UseCaseError::Internal.into(), 500, "internal"),
            (UseCaseError::Gone.into(), 404, "not_found"),
        ] {
            check(&Problem::from(error), status, code, None);
        }
    }

    #[test]
    fn every_action_that_was_not_done_has_its_status_and_code() {
        for (error, status, code) in [
            (UseCaseError::Gone.into(), 404, "not_found"),
            (ActionError::NoCredential, 409, "credential_removed"),
            (ActionError::NotYours, 409, "not_yours"),
            (ActionError::Reconnecting, 409, "reconnecting"),
            (ActionError::NotConnected, 409, "not_connected"),
            (ActionError::RestartUnsupported, 409, "restart_unsupported"),
            (ActionError::NoSuchServer, 409, "no_such_server"),
            (ActionError::AlreadyThere, 409, "already_there"),
            (ActionError::NoOtherServer, 409, "no_other_server"),
            (ActionError::NoRoom, 409, "no_room"),
            (ActionError::NameThere, 409, "name_on_server"),
            (ActionError::NotOnWhatsapp, 409, "not_on_whatsapp"),
            (UpstreamError::Unreachable(NoConnection::Refused).into(), 502, "evolution_unreachable"),
            (UpstreamError::Timeout.into(), 504, "evolution_timeout"),
            (UseCaseError::Internal.into(), 500, "internal"),
        ] {
            check(&Problem::Action(Action::Delete, error), status, code, None);
        }
        let busy = Problem::Action(Action::Logout, UseCaseError::Busy(BusyCause::Name).into());
        check(&busy, 503, "busy", Some(("Retry-After", "2")));
        check(&Problem::AlreadyConnected, 409, "already_connected", None);
        check(&Problem::LinkExpired, 410, "link_expired", None);
    }
}
