//! The upstream server, behind one small method for each endpoint.
//!
//! `ureq` lives here and nowhere else. Every call has a deadline, logs one line, and ends in a fact
//! or a [`Trouble`]; nothing is retried here but a call on a dead idle connection that is safe to
//! repeat. 1.8 and 2.x are told apart by what they answer.

mod base_url;
mod care;
mod entries;
mod key;
mod transport;
mod wire;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use log::Level;
use serde_json::{Value, json};
use ureq::Agent;

pub use base_url::{BaseUrl, BaseUrlError};
pub use key::{KeyError, MAX_KEY, read_key};
pub use wire::State;

use crate::domain::{Name, Phone, Qr, Secret};
use care::Care;
use transport::{Answer, Request};

/// How long Evolution shows one code before the next replaces it.
pub const QR_LIFETIME: Duration = Duration::from_secs(45);
/// Longest that the test of a credential may take; a server that needs more would fail every call.
const TEST: Duration = Duration::from_secs(15);
/// Keys that Evolution's own examples ship: whoever reads them opens the server.
const PUBLIC_KEYS: [&str; 2] = ["429683C4C977415CAAFCCE10F7D57E11", "B6D711FCDE4D4FD5936544120E713976"];

/// Why upstream could not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection: nothing was sent.
    Unreachable,
    /// The connection broke: what was sent may have arrived.
    Broken,
    /// 401: the key is not the server's.
    RejectedKey,
    /// 503 `LICENSE_REQUIRED` (2.4 and later): not activated.
    LicenseRequired,
    /// The name is taken, but the instance is not there to be used.
    NotLoaded,
    /// An error status, HTML, garbage, a redirect, an answer over the limit.
    Unexpected,
    /// Connected, and no answer within the time.
    Timeout,
}

/// An instance as `fetchInstances` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id there.
    pub id: Option<String>,
    /// Its state, which on 2.x is the database's.
    pub state: State,
    /// Whether the state may lag behind the truth (2.x).
    pub lags: bool,
    /// Whether a phone was ever paired (2.x), or is (1.8).
    pub owner: bool,
    /// Whether that phone was logged out since (2.x).
    pub logged_out: bool,
    /// WhatsApp's number for why the last pairing ended; it stays when a phone is paired anew (2.x).
    pub reason_code: Option<u16>,
}

/// What `create` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The instance is there, with this id.
    Now(Option<String>),
    /// 403: the name is taken, listed or not.
    NameTaken,
    /// Another refusal: nothing was created.
    Refused,
}

/// What `connect` answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connected {
    /// A code: the one valid now, or the last one if a phone is paired.
    Code(Qr),
    /// A socket is opening and has no code yet.
    NoCode,
    /// A phone is connected.
    Open,
    /// 404: the name does not exist.
    Missing,
    /// HTTP 200 with an error inside: being removed, or not loaded.
    Failed,
}

/// What became of a `delete`, `logout` or `restart`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was done.
    Done,
    /// 404: the name does not exist.
    Missing,
    /// The instance's state does not allow it: `logout` and `restart` want a socket, the `delete` of
    /// 1.8 wants none.
    NotNow,
    /// There is no such route: 1.8 has no `POST` for `restart`.
    Unsupported,
}

/// What a credential's test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The key is the server's global key.
    Fine {
        /// The release, where it said so in time.
        version: Option<String>,
        /// How long the server took to judge the key.
        latency: Duration,
    },
    /// The key is one instance's token: it cannot create.
    InstanceToken,
    /// Something else is wrong.
    Trouble(Trouble),
}

/// Whether the key is one that everybody knows.
pub fn is_public_default_key(key: &Secret) -> bool {
    PUBLIC_KEYS.iter().any(|k| k.eq_ignore_ascii_case(key.expose()))
}

/// Tests a server and its key, on a connection of its own.
pub fn test(base_url: &BaseUrl, key: &Secret, trace: &str) -> Check {
    let deadline = Instant::now() + TEST;
    Client::new(&Connections::default(), base_url, key.clone(), trace, deadline).check()
}

/// The connections to every server, shared by all calls of a process.
#[derive(Clone)]
pub struct Connections(Agent);

impl Default for Connections {
    fn default() -> Self {
        Self(transport::agent(transport::READ_BUFFER))
    }
}

impl Connections {
    /// Connections over which lists of everything come again and again.
    pub fn for_lists() -> Self {
        Self(transport::agent(transport::LIST_READ_BUFFER))
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

    /// Every instance as listed, with its name, in one call. `each` may have been called for some of
    /// them when it turns out that the answer is no list.
    pub fn list_all(&self, mut each: impl FnMut(&str, Listed)) -> Result<(), Trouble> {
        let endpoint = Endpoint { method: "GET", name: "fetchInstances", path: "/instance/fetchInstances" };
        let mut read = |answer: Answer| match answer.status() {
            200 => match entries::read(&mut answer.list(), &mut each) {
                Ok(()) => Ok((200, Ok(()))),
                Err(entries::Failure::Io(error)) => Err(error.into()),
                Err(entries::Failure::NotAList) => Ok((200, Err(Trouble::Unexpected))),
            },
            status => Ok((status, Err(wire::failure(status, &answer.whole()?)))),
        };
        self.call(&endpoint, None, Care::List, &mut read)?.1
    }

    /// The instance as listed; `None` when it is not.
    ///
    /// The name may stand in the query: its alphabet needs no encoding, and this route has no name
    /// in its path for the query to override.
    pub fn list(&self, name: &Name) -> Result<Option<Listed>, Trouble> {
        let path = format!("/instance/fetchInstances?instanceName={name}");
        let (status, body) = self.get("fetchInstances", &path, Care::Quick)?;
        wire::listed(status, &body, name)
    }

    /// What the instance's socket is doing now; `None` when the name does not exist.
    pub fn state(&self, name: &Name) -> Result<Option<State>, Trouble> {
        let path = format!("/instance/connectionState/{name}");
        let (status, body) = self.get("connectionState", &path, Care::Quick)?;
        wire::connection_state(status, &body)
    }

    /// Creates the instance, without a socket.
    ///
    /// The token is random: 1.8 refuses a create without one as soon as another instance lacks
    /// one, and nobody is ever given it.
    pub fn create(&self, name: &Name, phone: &Phone) -> Result<Created, Trouble> {
        let body = json!({
            "instanceName": name.as_str(),
            "integration": "WHATSAPP-BAILEYS",
            "qrcode": false,
            "number": phone.as_str(),
            "token": random_token(),
        });
        let (status, body) = self.post("create", "/instance/create", &body)?;
        wire::created(status, &body)
    }

    /// Asks for the code of an instance whose socket is opening: answered at once, and opens
    /// nothing. If the socket has just closed, it opens one, so it is never repeated.
    pub fn code(&self, name: &Name) -> Result<Connected, Trouble> {
        let (status, body) = self.get("connect", &format!("/instance/connect/{name}"), Care::QuickOnce)?;
        wire::connected(status, &body)
    }

    /// Opens a socket, which upstream answers after 2 s (2.x) or 5 s (1.8), or never. With a
    /// number, WhatsApp gives a pairing code too.
    pub fn open_socket(&self, name: &Name, number: Option<&Phone>) -> Result<Connected, Trouble> {
        let mut path = format!("/instance/connect/{name}");
        if let Some(number) = number {
            let _ = write!(path, "?number={}", number.as_str());
        }
        let (status, body) = self.get("connect", &path, Care::OnceAndPatiently)?;
        wire::connected(status, &body)
    }

    /// Deletes the instance. 2.x logs it out first and cleans up after the answer.
    pub fn delete(&self, name: &Name) -> Result<Told, Trouble> {
        self.tell("delete", name)
    }

    /// Logs the phone out, or drops the socket that waits for a scan.
    pub fn logout(&self, name: &Name) -> Result<Told, Trouble> {
        self.tell("logout", name)
    }

    /// Closes the socket and opens it again. Only by 2.x's `POST`: 1.8's `PUT` opens a second socket
    /// beside the first, and the two replace each other for ever, so that is never sent.
    pub fn restart(&self, name: &Name) -> Result<Told, Trouble> {
        let (status, body) = self.post("restart", &format!("/instance/restart/{name}"), &json!({}))?;
        wire::restarted(status, &body)
    }

    fn tell(&self, what: &'static str, name: &Name) -> Result<Told, Trouble> {
        let path = format!("/instance/{what}/{name}");
        let endpoint = Endpoint { method: "DELETE", name: what, path: &path };
        let (status, body) = self.call(&endpoint, None, Care::Once, &mut whole)?;
        wire::told(status, &body)
    }

    /// Tests the key without touching an instance.
    pub fn check(&self) -> Check {
        let start = Instant::now();
        let verdict = self.check_key();
        let latency = start.elapsed();
        match verdict {
            Ok(KeyKind::Global) => Check::Fine { version: self.version(), latency },
            Ok(KeyKind::Instance) => Check::InstanceToken,
            Err(trouble) => Check::Trouble(trouble),
        }
    }

    fn check_key(&self) -> Result<KeyKind, Trouble> {
        let verified = self
            .post("verify-creds", "/verify-creds", &json!({}))
            .and_then(|(status, body)| wire::judge(status, &body));
        let kind = match verified {
            Ok((200, body)) if wire::is_verdict(&body) => return Ok(KeyKind::Global),
            // 2.x took the key for no global one: the list opens with an instance's token too.
            Err(Trouble::RejectedKey) => KeyKind::Instance,
            // 1.8 has no such route, and lists for its global key only.
            Ok((404, body)) if wire::is_envelope(&body) => KeyKind::Global,
            Ok(_) => return Err(Trouble::Unexpected),
            Err(trouble) => return Err(trouble),
        };
        self.list_all(|_, _| ()).map(|()| kind)
    }

    fn version(&self) -> Option<String> {
        let (status, body) = self.get("/", "/", Care::Briefly).ok()?;
        wire::version(status, &body)
    }

    fn get(&self, name: &'static str, path: &str, care: Care) -> Result<(u16, Vec<u8>), Trouble> {
        self.call(&Endpoint { method: "GET", name, path }, None, care, &mut whole)
    }

    fn post(&self, name: &'static str, path: &str, body: &Value) -> Result<(u16, Vec<u8>), Trouble> {
        self.call(&Endpoint { method: "POST", name, path }, Some(body.to_string()), Care::Once, &mut whole)
    }

    /// The one way out: within the limits, with one line in the log.
    fn call<T>(
        &self,
        endpoint: &Endpoint,
        body: Option<String>,
        care: Care,
        read: &mut dyn FnMut(Answer) -> Result<(u16, T), ureq::Error>,
    ) -> Result<(u16, T), Trouble> {
        let start = Instant::now();
        let deadline = care.limit().map_or(self.deadline, |limit| self.deadline.min(start + limit));
        let url = format!("{}{}", self.base, endpoint.path);
        let request = Request {
            method: endpoint.method,
            url: &url,
            key: self.key.expose(),
            body,
            deadline,
            repeatable: care.is_repeatable(),
            fresh: care.needs_a_fresh_connection(),
        };
        let outcome = transport::exchange(&self.agent, &request, read);
        let (trace, took) = (&self.trace, start.elapsed().as_millis());
        let Endpoint { method, name, .. } = endpoint;
        let level = |usual| if self.quiet { Level::Debug } else { usual };
        match &outcome {
            Ok((status, _)) => {
                log::log!(level(Level::Info), "id={trace} evolution {method} {name} {status} {took}ms");
            }
            Err(trouble) => {
                log::log!(level(Level::Warn), "id={trace} evolution {method} {name} {trouble:?} {took}ms");
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
    Ok((answer.status(), answer.whole()?))
}

enum KeyKind {
    Global,
    Instance,
}

/// 128 random bits, in the shape of the tokens that Evolution makes itself.
fn random_token() -> String {
    crate::seal::random::<16>().iter().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{byte:02X}");
        token
    })
}
