//! `POST /api/messaging/instance`: one idempotent call that ends in a QR code.
//!
//! This file reads the call and writes its answer; what happens in between is the connect service's.

use serde::Serialize;

use super::change::description;
use super::details::DetailsJson;
use super::scan_help::ScanHelpJson;
use crate::domain::clock;
use crate::domain::{
    Caller, Channel, Description, Name, NotRestored, Role, Secret, SettingsKind, TokenLimits, TokenScope,
    UseCaseError,
};
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::instance::actions::Action;
use crate::instance::connect::{ConnectOutcome, ConnectRequest};
use crate::store::{InstanceLine, InstanceRef};
use crate::text::{self, Warning};

/// Bytes of a success beside its QR code, about.
const BESIDE_THE_CODE: usize = 1024;

/// Makes sure that the instance is there, and answers with its QR code.
pub fn ensure(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let fields = Fields::read(request.body())?;
    let call_request = connect_request(&caller, &fields)?;
    let description = description(&fields.without_nulls())?;
    let may_describe = may_describe(app, &call_request, &description)?;
    let outcome = call(app, request, &call_request);
    let described = if may_describe { describe(app, request, &call_request, &description) } else { Ok(()) };
    // A text that could not be written hides neither a code nor why there is none.
    let (outcome, line) = visible(app, &caller, outcome?)?;
    let described = described.and_then(|()| {
        if may_describe || line.is_described(&description) { Ok(()) } else { Err(needs_full_scope(&caller)) }
    });
    let mut body = ConnectJson::of(&outcome, &line);
    if let Err(problem) = described {
        body.warn(text::description_not_written(&problem.sentence()));
    }
    Ok(reply(&body))
}

/// Whether the texts of the call are written: those of a row that is there only the full scope changes.
fn may_describe(app: &App, call: &ConnectRequest, new: &Description) -> Result<bool, Problem> {
    let is_allowed = new.is_empty() || call.caller.limits.scope.covers(TokenScope::Admin);
    Ok(is_allowed || own_row(app, call)?.is_none())
}

fn needs_full_scope(caller: &Caller) -> Problem {
    Problem::TokenScope(caller.limits.scope, TokenScope::Admin)
}

/// The caller's row of the call, if it is there.
fn own_row(app: &App, call: &ConnectRequest) -> Result<Option<InstanceRef>, Problem> {
    Ok(app.store.target(call.name.as_str(), &call.caller.own_viewer())?)
}

/// Writes what the call says of its row, which may be there although the call got no code.
fn describe(app: &App, request: &Request, call: &ConnectRequest, new: &Description) -> Result<(), Problem> {
    if new.is_empty() {
        return Ok(());
    }
    match own_row(app, call)? {
        Some(target) => app
            .action_service
            .change(&target, None, new, request.id())
            .map_err(|error| Problem::Action(Action::Change, error)),
        None => Ok(()),
    }
}

/// Makes the call and waits for its result.
pub fn call(app: &App, request: &Request, call: &ConnectRequest) -> Result<ConnectOutcome, Problem> {
    Ok(app.connect_service.connect(call, request.id())?)
}

/// The call for a row that is there, on its owner's behalf, within what whoever means it reaches and with that role. One
/// whose number is none has to be given one first.
pub fn request_for(target: &InstanceRef, role: Role, pairing_code: bool) -> Result<ConnectRequest, Problem> {
    const PHONE: &str = "channelPhoneOrId";
    let no_phone = || Problem::InvalidField(PHONE, text::stored_phone_unreadable(PHONE));
    Ok(ConnectRequest {
        caller: Caller {
            limits: TokenLimits { server: target.only_at.clone(), ..TokenLimits::default() },
            ..Caller::of(&*target.user, role)
        },
        channel: target.channel,
        name: target.name.clone(),
        phone: target.phone.clone().ok_or_else(no_phone)?,
        pairing_code,
        row: Some(target.id.clone()),
    })
}

/// Reads a call.
fn connect_request(caller: &Caller, fields: &Fields) -> Result<ConnectRequest, Problem> {
    Ok(ConnectRequest {
        channel: channel(fields)?,
        name: fields.parsed("channelInstanceId", Name::parse)?,
        phone: fields.phone("channelPhoneOrId")?,
        pairing_code: fields.flag("pairingCode")?,
        row: None,
        caller: caller.clone(),
    })
}

fn channel(fields: &Fields) -> Result<Channel, Problem> {
    let channel = fields.text("channel").map_err(|missing| {
        let other = fields.made_for_another(["channel", "channelInstanceId"]);
        other.map_or(missing, |detail| Problem::MisshapenBody("channel", detail))
    })?;
    Channel::parse(channel).map_err(|_| Problem::InvalidChannel)
}

/// A success as JSON, for the API and for `--json`.
#[derive(Serialize)]
pub struct ConnectJson<'a> {
    success: bool,
    message: &'static str,
    data: ConnectDataJson<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConnectDataJson<'a> {
    instance_id: &'a str,
    channel_instance_id: &'a str,
    status: &'static str,
    qr_code: Option<&'a str>,
    pairing_code: Option<&'a str>,
    qr_code_expires_at: Option<String>,
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pairing_code_message: Option<&'static str>,
    #[serde(flatten)]
    details: DetailsJson<'a>,
    warning: Option<Warning>,
    warnings: Vec<Warning>,
    scan_help: Option<ScanHelpJson<'a>>,
    restored: Vec<&'static str>,
    not_restored: Vec<NotRestoredJson>,
}

/// Something that people had set and that was not put back.
#[derive(Serialize)]
struct NotRestoredJson {
    kind: &'static str,
    reason: &'static str,
}

impl<'a> ConnectJson<'a> {
    /// What the contract promises of this answer.
    pub fn of(answer: &'a ConnectOutcome, line: &'a InstanceLine) -> Self {
        let qr = answer.qr.as_ref();
        let warnings = text::connect_warnings(line, &answer.servers_not_asked);
        let data = ConnectDataJson {
            instance_id: &answer.instance_id,
            channel_instance_id: answer.name.as_str(),
            status: answer.status.as_str(),
            qr_code: qr.map(|q| q.image.expose()),
            pairing_code: qr.and_then(|q| q.pairing_code.as_ref()).map(Secret::expose),
            qr_code_expires_at: answer.qr_expires.map(clock::iso),
            message: text::connect_outcome(answer),
            pairing_code_message: answer.pairing_code_missing.then_some(text::pairing_code_missing()),
            details: DetailsJson::of(line),
            warning: warnings.first().cloned(),
            warnings,
            scan_help: answer.scan_help.as_ref().map(ScanHelpJson::of),
            restored: answer.restore.restored.iter().map(|kind| kind.as_str()).collect(),
            not_restored: answer.restore.not_restored.iter().map(not_restored).collect(),
        };
        Self { success: true, message: text::done(), data }
    }

    /// Adds a warning after the worse ones.
    fn warn(&mut self, warning: Warning) {
        self.data.warning.get_or_insert_with(|| warning.clone());
        self.data.warnings.push(warning);
    }
}

fn not_restored((kind, why): &(SettingsKind, NotRestored)) -> NotRestoredJson {
    NotRestoredJson { kind: kind.as_str(), reason: why.word() }
}

/// The answer of a call that got what it came for, with what the caller may see of the row.
pub fn success(app: &App, caller: &Caller, answer: ConnectOutcome) -> Result<HttpReply, Problem> {
    let (answer, line) = visible(app, caller, answer)?;
    Ok(reply(&ConnectJson::of(&answer, &line)))
}

/// The answer of a call and its row, as the caller may see them.
fn visible(
    app: &App,
    caller: &Caller,
    mut answer: ConnectOutcome,
) -> Result<(ConnectOutcome, InstanceLine), Problem> {
    let viewer = caller.viewer();
    let line = app.store.instance_line(&answer.instance_id, &viewer)?;
    if !viewer.knows_servers() {
        answer.servers_not_asked.fill(text::another_server().to_owned());
        answer.servers_not_asked.truncate(1);
    }
    Ok((answer, line.ok_or(Problem::Failed(UseCaseError::Gone))?))
}

fn reply(body: &ConnectJson) -> HttpReply {
    let length = body.data.qr_code.map_or(0, str::len) + BESIDE_THE_CODE;
    HttpReply::json_of(200, body, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Status;
    use crate::domain::{Qr, RestoreReport};
    use crate::instance::connect::PriorState;

    const GOOD: &str =
        r#"{"channel":"whatsapp_evolution","channelInstanceId":"a","channelPhoneOrId":"+55 21 99185-6227"}"#;

    fn read(body: &[u8]) -> Result<ConnectRequest, Problem> {
        connect_request(&Caller::of("u1", Role::Owner), &Fields::read(body)?)
    }

    /// What is wrong with a body, by code and field.
    fn wrong(body: &[u8]) -> String {
        match read(body) {
            Err(Problem::InvalidJson(_)) => "json".into(),
            Err(Problem::InvalidChannel) => "channel!".into(),
            Err(Problem::InvalidField(field, sentence)) => {
                assert!(sentence.starts_with(field), "{sentence}");
                field.into()
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_call_is_read() {
        let request = read(GOOD.as_bytes()).expect("good");
        assert_eq!(
            (request.name.as_str(), request.phone.as_str(), request.pairing_code),
            ("a", "5521991856227", false)
        );
        for (more, code) in [("true", true), ("false", false), ("null", false)] {
            let body = GOOD.replacen('{', &format!("{{\"pairingCode\":{more},\"unknown\":[],"), 1);
            assert_eq!(read(body.as_bytes()).map(|a| a.pairing_code).ok(), Some(code), "{body}");
        }
        let number = GOOD.replace("\"+55 21 99185-6227\"", "5521991856227");
        assert_eq!(read(number.as_bytes()).expect("good").phone.as_str(), "5521991856227");
        let twice = GOOD.replacen('{', r#"{"channelInstanceId":"b","#, 1);
        assert!(
            matches!(read(twice.as_bytes()), Err(Problem::RepeatedField(field)) if field == "channelInstanceId")
        );
    }

    #[test]
    fn a_wrong_call_is_told_what_is_wrong_first() {
        let bomb = "[".repeat(60_000);
        let hidden = GOOD.replacen('{', &format!("{{\"x\":{}{},", "[".repeat(500), "]".repeat(500)), 1);
        for bad in ["", "{", "null", "[]", "\"x\"", "[\"whatsapp_evolution\",\"a\",\"b\"]", &bomb, &hidden] {
            assert_eq!(wrong(bad.as_bytes()), "json", "{bad:.40}");
        }
        assert_eq!(wrong(b"{\"channel\":\"\xff\"}"), "json");
        for (from, to, expected) in [
            (GOOD, "{}", "channel"),
            ("\"whatsapp_evolution\"", "1", "channel"),
            ("whatsapp_evolution", "telegram", "channel!"),
            ("whatsapp_evolution", "WhatsApp_Evolution", "channel!"),
            ("channelInstanceId", "instance", "channelInstanceId"),
            ("\"a\"", "null", "channelInstanceId"),
            ("\"a\"", "\"a/b\"", "channelInstanceId"),
            ("\"+55 21 99185-6227\"", "-5521991856227", "channelPhoneOrId"),
            ("\"+55 21 99185-6227\"", "5521991856227.5", "channelPhoneOrId"),
            ("\"+55 21 99185-6227\"", "5.521991856227e12", "channelPhoneOrId"),
            ("\"+55 21 99185-6227\"", "99999999999999999999999", "channelPhoneOrId"),
            ("\"+55 21 99185-6227\"", "[5521991856227]", "channelPhoneOrId"),
            ("+55 21", "", "channelPhoneOrId"),
            ("6227", "62x7", "channelPhoneOrId"),
            ("}", ",\"pairingCode\":\"yes\"}", "pairingCode"),
        ] {
            assert_eq!(wrong(GOOD.replace(from, to).as_bytes()), expected, "{from} -> {to}");
        }
    }

    #[test]
    fn a_success_has_the_fields_of_the_contract_in_order() {
        let mut answer = ConnectOutcome {
            instance_id: "c1".into(),
            name: Name::parse("a").expect("a name"),
            status: Status::Connecting,
            prior_state: PriorState::Missing,
            qr: Some(Qr { code: None, image: Secret::new("data:image/png;base64,x"), pairing_code: None }),
            qr_expires: Some(45_000),
            pairing_code_missing: false,
            scan_help: None,
            servers_not_asked: Vec::new(),
            restore: RestoreReport::default(),
        };
        let text = |answer: &ConnectOutcome| {
            let line = InstanceLine { labels: vec!["vip".into()], ..InstanceLine::default() };
            String::from_utf8(reply(&ConnectJson::of(answer, &line)).body).expect("text")
        };
        assert_eq!(
            text(&answer),
            r#"{"success":true,"message":"Instância criada com credenciais do sistema","data":{"instanceId":"c1","channelInstanceId":"a","status":"connecting","qrCode":"data:image/png;base64,x","pairingCode":null,"qrCodeExpiresAt":"1970-01-01T00:00:45.000Z","message":"Instância criada. Escaneie o QR Code no WhatsApp.","linkedNumber":null,"numberMatches":null,"profileName":null,"linkedSeenAt":null,"sameNumberAs":[],"sameNumberElsewhere":false,"alsoOn":[],"alsoElsewhere":false,"upstreamName":null,"displayName":null,"note":null,"labels":["vip"],"settingsSavedAt":null,"warning":null,"warnings":[],"scanHelp":null,"restored":[],"notRestored":[]}}"#
        );
        answer.pairing_code_missing = true;
        assert!(text(&answer).contains("\"pairingCodeMessage\":\"Esta instância"));
        (answer.status, answer.prior_state, answer.qr) = (Status::Connected, PriorState::Connected, None);
        answer.qr_expires = None;
        assert!(
            text(&answer)
                .contains(r#""status":"connected","qrCode":null,"pairingCode":null,"qrCodeExpiresAt":null,"#)
        );
    }
}
