//! One small method for each endpoint, and the one way out that all of them take: within the limits,
//! with one line in the log.

use std::fmt::Write as _;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::call_policy::{CallPolicy, MAX_ANSWER, MAX_LIST};
use super::list_stream::{self, ListError};
use super::{decode, entry, settings};
use crate::domain::{
    ConnectionState, ListedInstance, Phone, Secret, SeenSettings, ServerVersions, SettingsKind,
    UpstreamError, UpstreamName,
};
use crate::upstream::answer_head::AnswerHead;
use crate::upstream::call_log::CallLog;
use crate::upstream::client::Patience;
use crate::upstream::foreign_answer::{self, is_redirect};
use crate::upstream::transport::{ConnectionPool, HttpRequest, HttpResponse};
use crate::upstream::{
    Check, CommandOutcome, Connected, Created, ListSink, SetOutcome, UpstreamClient, UpstreamServer,
};

/// How long Evolution shows one code before the next replaces it.
const CODE_LIFETIME: Duration = Duration::from_secs(45);

/// One Evolution server, opened with its key for one request of ours.
#[derive(Clone)]
pub struct EvolutionClient {
    connections: ConnectionPool,
    base: String,
    key: Secret,
    log: CallLog,
    patience: Patience,
}

impl EvolutionClient {
    /// A client of the server. No call of it outlives its patience.
    pub(in crate::upstream) fn new(
        connections: &ConnectionPool,
        server: UpstreamServer,
        log: CallLog,
        patience: Patience,
    ) -> Self {
        let (base, key) = (server.base_url.as_str().to_owned(), server.key.clone());
        Self { connections: connections.clone(), base, key, log, patience }
    }

    fn command(&self, what: &'static str, name: &UpstreamName) -> Result<CommandOutcome, UpstreamError> {
        let path = path(what, name);
        let route = EvolutionRoute { method: "DELETE", name: what, path: &path };
        let (status, body) = self.call(&route, None, CallPolicy::OnceFresh, &mut whole)?;
        decode::commanded(status, &body)
    }

    fn check_key(&self) -> Result<KeyKind, UpstreamError> {
        let verified = self
            .post("verify-creds", "/verify-creds", &json!({}), CallPolicy::Repeatable)
            .and_then(|(status, body)| decode::parse_body(status, &body));
        let kind = match verified {
            Ok((200, body)) if decode::is_verdict(&body) => return Ok(KeyKind::Global),
            // 2.x took the key for no global one: the list opens with an instance's token too.
            Err(UpstreamError::RejectedKey) => KeyKind::Instance,
            // 1.8 has no such route, and lists for its global key only.
            Ok((404, body)) if decode::is_envelope(&body) => KeyKind::Global,
            Ok(_) => return Err(UpstreamError::Unexpected),
            Err(error) => return Err(error),
        };
        self.list_all(&mut ()).map(|_| kind)
    }

    fn get(
        &self,
        name: &'static str,
        path: &str,
        policy: CallPolicy,
    ) -> Result<(u16, Vec<u8>), UpstreamError> {
        self.call(&EvolutionRoute { method: "GET", name, path }, None, policy, &mut whole)
    }

    fn post(
        &self,
        name: &'static str,
        path: &str,
        body: &Value,
        policy: CallPolicy,
    ) -> Result<(u16, Vec<u8>), UpstreamError> {
        let route = EvolutionRoute { method: "POST", name, path };
        self.call(&route, Some(&body.to_string()), policy, &mut whole)
    }

    /// The one way out. A question that was turned away with a 429 is asked again when the server says so, where
    /// that is in time. A command is not: by then it may not be right any more, which its caller has to look at.
    fn call<T>(
        &self,
        route: &EvolutionRoute,
        body: Option<&str>,
        policy: CallPolicy,
        read: &mut dyn FnMut(HttpResponse) -> io::Result<Answer<T>>,
    ) -> Result<(u16, T), UpstreamError> {
        loop {
            match self.call_once(route, body, policy, read) {
                Err(UpstreamError::RateLimited(wait)) if policy.may_wait() && self.patience.allows(wait) => {
                    thread::sleep(wait);
                }
                outcome => return outcome,
            }
        }
    }

    /// One call within the limits, with one line in the log.
    fn call_once<T>(
        &self,
        route: &EvolutionRoute,
        body: Option<&str>,
        policy: CallPolicy,
        read: &mut dyn FnMut(HttpResponse) -> io::Result<Answer<T>>,
    ) -> Result<(u16, T), UpstreamError> {
        let begun = Instant::now();
        let deadline = self.patience.deadline;
        let deadline = policy.limit().map_or(deadline, |limit| deadline.min(begun + limit));
        let EvolutionRoute { method, name, path } = route;
        let request = HttpRequest {
            method,
            url: &format!("{}{path}", self.base),
            headers: &[("apikey", self.key.expose())],
            body,
            deadline,
            repeatable: policy.is_repeatable(),
            fresh: policy.needs_fresh_connection(),
        };
        let outcome = self.connections.exchange(&request, read);
        let outcome = outcome.and_then(|(status, answer)| Ok((status, answer?)));
        self.log.note(
            format_args!("evolution {method} {name}"),
            name,
            begun,
            outcome.as_ref().map(|(status, _)| *status),
        );
        outcome
    }
}

impl UpstreamClient for EvolutionClient {
    fn until(&self, deadline: Instant) -> Box<dyn UpstreamClient> {
        Box::new(Self { patience: Patience { deadline, ..self.patience }, ..self.clone() })
    }

    fn code_lifetime(&self) -> Duration {
        CODE_LIFETIME
    }

    fn list_all(&self, sink: &mut dyn ListSink) -> Result<usize, UpstreamError> {
        let route =
            EvolutionRoute { method: "GET", name: "fetchInstances", path: "/instance/fetchInstances" };
        let mut read = |response: HttpResponse| {
            let head = response.head();
            if head.status != 200 || head.is_html {
                let body = own(&head, response.whole(MAX_ANSWER)?);
                return Ok((head.status, body.and_then(|body| Err(decode::failure(head.status, &body)))));
            }
            sink.begin();
            match list_stream::read(&mut response.stream(MAX_LIST), sink) {
                Ok(skipped) => Ok((200, Ok(skipped))),
                Err(ListError::Io(error)) => Err(error),
                Err(ListError::NotAList) => Ok((200, Err(UpstreamError::Unexpected))),
            }
        };
        self.call(&route, None, CallPolicy::List, &mut read).map(|(_, skipped)| skipped)
    }

    /// The name may stand in the query: it is encoded, and this route has no name in its path for the query to
    /// override.
    fn list(&self, name: &UpstreamName) -> Result<Option<ListedInstance>, UpstreamError> {
        let path = format!("/instance/fetchInstances?instanceName={}", encoded(name));
        let (status, body) = self.get("fetchInstances", &path, CallPolicy::Repeatable)?;
        entry::listed(status, &body, name)
    }

    fn state(&self, name: &UpstreamName) -> Result<Option<ConnectionState>, UpstreamError> {
        let path = path("connectionState", name);
        let (status, body) = self.get("connectionState", &path, CallPolicy::Repeatable)?;
        decode::connection_state(status, &body)
    }

    /// The token is random: 1.8 refuses a create without one as soon as another instance lacks
    /// one, and nobody is ever given it.
    fn create(&self, name: &UpstreamName, phone: &Phone) -> Result<Created, UpstreamError> {
        let body = json!({
            "instanceName": name.as_str(),
            "integration": "WHATSAPP-BAILEYS",
            "qrcode": false,
            "number": phone.as_str(),
            "token": random_token(),
        });
        let (status, body) = self.post("create", "/instance/create", &body, CallPolicy::OnceFresh)?;
        decode::created(status, &body)
    }

    fn code(&self, name: &UpstreamName) -> Result<Connected, UpstreamError> {
        let path = path("connect", name);
        let (status, body) = self.get("connect", &path, CallPolicy::OncePooled)?;
        decode::connected(status, &body)
    }

    /// Answered after 2 s (2.x) or 5 s (1.8), or never.
    fn open_socket(&self, name: &UpstreamName, number: Option<&Phone>) -> Result<Connected, UpstreamError> {
        let mut path = path("connect", name);
        if let Some(number) = number {
            let _ = write!(path, "?number={}", number.as_str());
        }
        let (status, body) = self.get("connect", &path, CallPolicy::OnceUnlimited)?;
        decode::connected(status, &body)
    }

    /// 2.x logs it out first, and cleans up after the answer. 1.8 hands the name to a shell, so that one with a
    /// space deletes others: such a name is deleted of 2.x alone.
    fn delete(&self, name: &UpstreamName) -> Result<CommandOutcome, UpstreamError> {
        if !name.is_lawful() && self.list(name)?.is_some_and(|listed| !listed.lags) {
            return Ok(CommandOutcome::Unsupported);
        }
        self.command("delete", name)
    }

    fn logout(&self, name: &UpstreamName) -> Result<CommandOutcome, UpstreamError> {
        self.command("logout", name)
    }

    /// Only by 2.x's `POST`: 1.8's `PUT` opens a second socket beside the first, and the two replace
    /// each other for ever, so that is never sent.
    fn restart(&self, name: &UpstreamName) -> Result<CommandOutcome, UpstreamError> {
        let (status, body) =
            self.post("restart", &path("restart", name), &json!({}), CallPolicy::OnceFresh)?;
        decode::restarted(status, &body)
    }

    fn settings(&self, name: &UpstreamName) -> Result<Option<SeenSettings>, UpstreamError> {
        let path = format!("/instance/fetchInstances?instanceName={}", encoded(name));
        let (status, body) = self.get("fetchInstances", &path, CallPolicy::Repeatable)?;
        let Some(mut answer) = settings::listed(status, &body, name)? else { return Ok(None) };
        for kind in answer.unlisted() {
            let path = format!("/{}/find/{}", kind.as_str(), encoded(name));
            let (status, body) = self.get(kind.as_str(), &path, CallPolicy::Repeatable)?;
            answer.note_found(*kind, status, &body)?;
        }
        Ok(Some(answer.seen))
    }

    /// Twice does no harm: the second sets what the first did.
    fn set(
        &self,
        name: &UpstreamName,
        kind: SettingsKind,
        value: &Secret,
    ) -> Result<SetOutcome, UpstreamError> {
        let path = format!("/{}/set/{}", kind.as_str(), encoded(name));
        let route = EvolutionRoute { method: "POST", name: kind.as_str(), path: &path };
        let (status, body) = self.call(&route, Some(value.expose()), CallPolicy::Repeatable, &mut whole)?;
        settings::set(status, &body)
    }

    /// 1.8 wants the text in an object of its own, 2.x beside the number; each passes over the other's.
    fn send_text(
        &self,
        name: &UpstreamName,
        to: &Phone,
        text: &str,
    ) -> Result<CommandOutcome, UpstreamError> {
        let path = format!("/message/sendText/{}", encoded(name));
        let body = json!({"number": to.as_str(), "text": text, "textMessage": {"text": text}});
        let (status, body) = self.post("sendText", &path, &body, CallPolicy::OnceFresh)?;
        decode::sent(status, &body)
    }

    fn versions(&self) -> Option<ServerVersions> {
        let (status, body) = self.get("/", "/", CallPolicy::Brief).ok()?;
        decode::versions(status, &body)
    }

    fn check(&self) -> Check {
        let begun = Instant::now();
        let verdict = self.check_key();
        let latency = begun.elapsed();
        match verdict {
            Ok(KeyKind::Global) => {
                let version = self.versions().and_then(|versions| versions.server);
                Check::Fine { version, latency }
            }
            Ok(KeyKind::Instance) => Check::InstanceToken,
            Err(error) => Check::Failed(error),
        }
    }
}

/// What is called: method, name for the log, path.
struct EvolutionRoute<'a> {
    method: &'static str,
    name: &'static str,
    path: &'a str,
}

/// The status of an answer, and what was read of it.
type Answer<T> = (u16, Result<T, UpstreamError>);

fn whole(response: HttpResponse) -> io::Result<Answer<Vec<u8>>> {
    let head = response.head();
    Ok((head.status, own(&head, response.whole(MAX_ANSWER)?)))
}

/// The body of an answer that is Evolution's own.
fn own(head: &AnswerHead, body: Vec<u8>) -> Result<Vec<u8>, UpstreamError> {
    let is_own = decode::is_own(head.status, &body) && !head.asks_for_password && !is_redirect(head.status);
    if is_own { Ok(body) } else { Err(foreign_answer::classify(head, &body)) }
}

fn path(what: &str, name: &UpstreamName) -> String {
    format!("/instance/{what}/{}", encoded(name))
}

/// The name as one part of a path, or a value of a query.
fn encoded(name: &UpstreamName) -> String {
    name.as_str().bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

enum KeyKind {
    Global,
    Instance,
}

/// 128 random bits, in the shape of the tokens that Evolution makes itself.
fn random_token() -> String {
    crate::crypto::random::<16>().iter().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{byte:02X}");
        token
    })
}
