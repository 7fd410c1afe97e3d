//! One small method for each endpoint, and the one way out that all of them take: within the limits,
//! with one line in the log.

use std::fmt::Write as _;
use std::time::Instant;

use log::Level;
use serde_json::{Value, json};
use ureq::Agent;

use super::call_policy::{Care, LIST_READ_BUFFER, MAX_ANSWER, MAX_LIST, READ_BUFFER};
use super::{Check, CommandOutcome, Connected, Created, decode, entry, list_stream};
use crate::domain::{ConnectionState, ListedInstance, UpstreamError};
use crate::domain::{Name, Phone, Secret};
use crate::upstream::transport::{Answer, Request, TransportError};
use crate::upstream::{BaseUrl, transport};

/// The connections to every server, shared by all calls of a process.
#[derive(Clone)]
pub struct Connections(Agent);

impl Default for Connections {
    fn default() -> Self {
        Self(transport::agent(READ_BUFFER))
    }
}

impl Connections {
    /// Connections over which lists of everything come again and again.
    pub fn for_lists() -> Self {
        Self(transport::agent(LIST_READ_BUFFER))
    }
}

/// One server, opened with its key for one request of ours.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    key: Secret,
    trace: String,
    deadline: Instant,
    quiet: bool,
}

impl Client {
    /// A client for the server at `base_url`. No call of it outlives `deadline`; its log lines
    /// carry `trace`.
    pub fn new(
        connections: &Connections,
        base_url: &BaseUrl,
        key: Secret,
        trace: &str,
        deadline: Instant,
    ) -> Self {
        let agent = connections.0.clone();
        Self {
            agent,
            base: base_url.as_str().to_owned(),
            key,
            trace: trace.to_owned(),
            deadline,
            quiet: false,
        }
    }

    /// The same client with another deadline.
    #[must_use]
    pub fn until(&self, deadline: Instant) -> Self {
        Self { deadline, ..self.clone() }
    }

    /// The same client, whose calls are in the log at `debug` only: for whoever calls all the time
    /// and logs what comes of it.
    #[must_use]
    pub fn quietly(self) -> Self {
        Self { quiet: true, ..self }
    }

    /// Every instance as listed, with its name, in one call, gathered in what `new` makes; and how
    /// many entries were skipped because they are not understood. What gathers is made anew where the
    /// call has to be: of an answer that broke off nothing is kept.
    pub fn list_all<T>(
        &self,
        new: impl Fn() -> T,
        mut each: impl FnMut(&mut T, &str, ListedInstance),
    ) -> Result<(T, usize), UpstreamError> {
        let endpoint = Endpoint { method: "GET", name: "fetchInstances", path: "/instance/fetchInstances" };
        let mut read = |answer: Answer| match answer.status() {
            200 => {
                let mut all = new();
                match list_stream::read(&mut answer.stream(MAX_LIST), &mut |name, listed| {
                    each(&mut all, name, listed);
                }) {
                    Ok(skipped) => Ok((200, Ok((all, skipped)))),
                    Err(list_stream::Failure::Io(error)) => Err(error.into()),
                    Err(list_stream::Failure::NotAList) => Ok((200, Err(UpstreamError::Unexpected))),
                }
            }
            status => Ok((status, Err(decode::failure(status, &answer.whole(MAX_ANSWER)?)))),
        };
        self.call(&endpoint, None, Care::List, &mut read)?.1
    }

    /// The instance as listed; `None` when it is not.
    ///
    /// The name may stand in the query: its alphabet needs no encoding, and this route has no name
    /// in its path for the query to override.
    pub fn list(&self, name: &Name) -> Result<Option<ListedInstance>, UpstreamError> {
        let path = format!("/instance/fetchInstances?instanceName={name}");
        let (status, body) = self.get("fetchInstances", &path, Care::Quick)?;
        entry::listed(status, &body, name)
    }

    /// What the instance's socket is doing now; `None` when the name does not exist.
    pub fn state(&self, name: &Name) -> Result<Option<ConnectionState>, UpstreamError> {
        let path = format!("/instance/connectionState/{name}");
        let (status, body) = self.get("connectionState", &path, Care::Quick)?;
        decode::connection_state(status, &body)
    }

    /// Creates the instance, without a socket.
    ///
    /// The token is random: 1.8 refuses a create without one as soon as another instance lacks
    /// one, and nobody is ever given it.
    pub fn create(&self, name: &Name, phone: &Phone) -> Result<Created, UpstreamError> {
        let body = json!({
            "instanceName": name.as_str(),
            "integration": "WHATSAPP-BAILEYS",
            "qrcode": false,
            "number": phone.as_str(),
            "token": random_token(),
        });
        let (status, body) = self.post("create", "/instance/create", &body)?;
        decode::created(status, &body)
    }

    /// Asks for the code of an instance whose socket is opening: answered at once, and opens
    /// nothing. If the socket has just closed, it opens one, so it is never repeated.
    pub fn code(&self, name: &Name) -> Result<Connected, UpstreamError> {
        let (status, body) = self.get("connect", &format!("/instance/connect/{name}"), Care::QuickOnce)?;
        decode::connected(status, &body)
    }

    /// Opens a socket, which upstream answers after 2 s (2.x) or 5 s (1.8), or never. With a
    /// number, WhatsApp gives a pairing code too.
    pub fn open_socket(&self, name: &Name, number: Option<&Phone>) -> Result<Connected, UpstreamError> {
        let mut path = format!("/instance/connect/{name}");
        if let Some(number) = number {
            let _ = write!(path, "?number={}", number.as_str());
        }
        let (status, body) = self.get("connect", &path, Care::OnceAndPatiently)?;
        decode::connected(status, &body)
    }

    /// Deletes the instance. 2.x logs it out first and cleans up after the answer.
    pub fn delete(&self, name: &Name) -> Result<CommandOutcome, UpstreamError> {
        self.command("delete", name)
    }

    /// Logs the phone out, or drops the socket that waits for a scan.
    pub fn logout(&self, name: &Name) -> Result<CommandOutcome, UpstreamError> {
        self.command("logout", name)
    }

    /// Closes the socket and opens it again. Only by 2.x's `POST`: 1.8's `PUT` opens a second socket
    /// beside the first, and the two replace each other for ever, so that is never sent.
    pub fn restart(&self, name: &Name) -> Result<CommandOutcome, UpstreamError> {
        let (status, body) = self.post("restart", &format!("/instance/restart/{name}"), &json!({}))?;
        decode::restarted(status, &body)
    }

    fn command(&self, what: &'static str, name: &Name) -> Result<CommandOutcome, UpstreamError> {
        let path = format!("/instance/{what}/{name}");
        let endpoint = Endpoint { method: "DELETE", name: what, path: &path };
        let (status, body) = self.call(&endpoint, None, Care::Once, &mut whole)?;
        decode::commanded(status, &body)
    }

    /// Tests the key without touching an instance.
    pub fn check(&self) -> Check {
        let start = Instant::now();
        let verdict = self.check_key();
        let latency = start.elapsed();
        match verdict {
            Ok(KeyKind::Global) => Check::Fine { version: self.version(), latency },
            Ok(KeyKind::Instance) => Check::InstanceToken,
            Err(error) => Check::Failed(error),
        }
    }

    fn check_key(&self) -> Result<KeyKind, UpstreamError> {
        let verified = self
            .post("verify-creds", "/verify-creds", &json!({}))
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
        self.list_all(|| (), |(), _, _| ()).map(|_| kind)
    }

    fn version(&self) -> Option<String> {
        let (status, body) = self.get("/", "/", Care::Briefly).ok()?;
        decode::version(status, &body)
    }

    fn get(&self, name: &'static str, path: &str, care: Care) -> Result<(u16, Vec<u8>), UpstreamError> {
        self.call(&Endpoint { method: "GET", name, path }, None, care, &mut whole)
    }

    fn post(&self, name: &'static str, path: &str, body: &Value) -> Result<(u16, Vec<u8>), UpstreamError> {
        self.call(&Endpoint { method: "POST", name, path }, Some(body.to_string()), Care::Once, &mut whole)
    }

    /// The one way out: within the limits, with one line in the log.
    fn call<T>(
        &self,
        endpoint: &Endpoint,
        body: Option<String>,
        care: Care,
        read: &mut dyn FnMut(Answer) -> Result<(u16, T), ureq::Error>,
    ) -> Result<(u16, T), UpstreamError> {
        let start = Instant::now();
        let deadline = care.limit().map_or(self.deadline, |limit| self.deadline.min(start + limit));
        let url = format!("{}{}", self.base, endpoint.path);
        let request = Request {
            method: endpoint.method,
            url: &url,
            headers: &[("apikey", self.key.expose())],
            body,
            deadline,
            repeatable: care.is_repeatable(),
            fresh: care.needs_a_fresh_connection(),
        };
        let outcome = transport::exchange(&self.agent, &request, read).map_err(UpstreamError::from);
        let (trace, took) = (&self.trace, start.elapsed().as_millis());
        let Endpoint { method, name, .. } = endpoint;
        let level = |usual| if self.quiet { Level::Debug } else { usual };
        match &outcome {
            Ok((status, _)) => {
                log::log!(level(Level::Info), "id={trace} evolution {method} {name} {status} {took}ms");
            }
            Err(error) => {
                log::log!(level(Level::Warn), "id={trace} evolution {method} {name} {error:?} {took}ms");
            }
        }
        outcome
    }
}

/// What is called.
struct Endpoint<'a> {
    method: &'static str,
    name: &'static str,
    path: &'a str,
}

fn whole(answer: Answer) -> Result<(u16, Vec<u8>), ureq::Error> {
    Ok((answer.status(), answer.whole(MAX_ANSWER)?))
}

impl From<TransportError> for UpstreamError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Unreachable => Self::Unreachable,
            TransportError::Broken => Self::Broken,
            TransportError::Timeout => Self::Timeout,
            TransportError::Unexpected => Self::Unexpected,
        }
    }
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
