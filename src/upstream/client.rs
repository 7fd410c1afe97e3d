//! What this program asks of an upstream server, whatever the server speaks: the trait that each upstream
//! implements, and the words of its answers. Calls nothing itself.

use std::time::{Duration, Instant};

use super::BaseUrl;
use crate::domain::{
    Channel, ConnectionState, Credential, ListedInstance, Phone, Qr, Secret, SeenSettings, ServerVersions,
    SettingsKind, UpstreamError, UpstreamName,
};

/// A server of the upstream, and the key that opens it.
#[derive(Clone, Copy)]
pub struct UpstreamServer<'a> {
    /// The id of its credential; empty where that is still to be made.
    pub credential: &'a str,
    /// What it speaks.
    pub channel: Channel,
    pub base_url: &'a BaseUrl,
    /// The authorities of its own certificate as PEM, where they are not the usual ones.
    pub ca_certificate: Option<&'a str>,
    pub key: &'a Secret,
}

impl<'a> UpstreamServer<'a> {
    /// The server of a credential, which is at that address.
    pub fn of(credential: &'a Credential, base_url: &'a BaseUrl) -> Self {
        Self {
            credential: &credential.id,
            channel: credential.channel,
            base_url,
            ca_certificate: credential.ca_certificate.as_deref(),
            key: &credential.key,
        }
    }
}

/// How long the calls of a client may take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// When the last of them must have ended.
    pub deadline: Instant,
    /// Whether a question waits that the server tells to come again later.
    pub waits: bool,
}

impl Patience {
    /// Whether a question may wait for so long and be asked again.
    pub(super) fn allows(&self, wait: Duration) -> bool {
        self.waits && Instant::now() + wait < self.deadline
    }
}

/// A client of one server, for one request of ours.
///
/// Each method is one question or one command. It ends by the client's deadline, writes one line of the log
/// for each call, and repeats no command, not even one that was turned away. The table of `instance/connect/plan.rs` holds
/// for every upstream that keeps what is said here.
pub trait UpstreamClient: Send + Sync {
    /// The same client with another deadline.
    fn until(&self, deadline: Instant) -> Box<dyn UpstreamClient>;

    /// How long one code is valid before the next replaces it.
    fn code_lifetime(&self) -> Duration;

    /// Hands every instance that the server lists to `sink`, as it arrives. How many entries were
    /// skipped because they are not understood.
    fn list_all(&self, sink: &mut dyn ListSink) -> Result<usize, UpstreamError>;

    /// The instance as listed; `None` when it is not.
    fn list(&self, name: &UpstreamName) -> Result<Option<ListedInstance>, UpstreamError>;

    /// What the instance's socket is doing now; `None` when the name does not exist.
    fn state(&self, name: &UpstreamName) -> Result<Option<ConnectionState>, UpstreamError>;

    /// Creates the instance, without a socket.
    fn create(&self, name: &UpstreamName, phone: &Phone) -> Result<Created, UpstreamError>;

    /// Asks for the code of an instance whose socket is opening: answered at once, and opens
    /// nothing. If the socket has just closed, it opens one, so it is never repeated.
    fn code(&self, name: &UpstreamName) -> Result<Connected, UpstreamError>;

    /// Opens a socket, which may be answered late or never. With a number there is a pairing code too.
    fn open_socket(&self, name: &UpstreamName, number: Option<&Phone>) -> Result<Connected, UpstreamError>;

    /// Deletes the instance.
    fn delete(&self, name: &UpstreamName) -> Result<CommandOutcome, UpstreamError>;

    /// Logs the phone out, or drops the socket that waits for a scan.
    fn logout(&self, name: &UpstreamName) -> Result<CommandOutcome, UpstreamError>;

    /// Closes the socket and opens it again.
    fn restart(&self, name: &UpstreamName) -> Result<CommandOutcome, UpstreamError>;

    /// What people set of the instance; `None` where it is not listed, or not whole.
    fn settings(&self, name: &UpstreamName) -> Result<Option<SeenSettings>, UpstreamError>;

    /// Sets one kind of it, in the words in which it was seen.
    fn set(
        &self,
        name: &UpstreamName,
        kind: SettingsKind,
        value: &Secret,
    ) -> Result<SetOutcome, UpstreamError>;

    /// Sends a text to a phone through the instance. `NotNow`: the number is on no WhatsApp, or was refused.
    fn send_text(&self, name: &UpstreamName, to: &Phone, text: &str)
    -> Result<CommandOutcome, UpstreamError>;

    /// The releases that the server names, `None` where it does not in a short time. Needs no key.
    fn versions(&self) -> Option<ServerVersions>;

    /// Tests the key without touching an instance.
    fn check(&self) -> Check;
}

/// Takes the instances of a list as they arrive.
pub trait ListSink {
    /// A list begins. After an answer that broke off it begins anew: nothing of that one is kept.
    fn begin(&mut self);

    /// An instance that is listed under that name.
    fn add(&mut self, name: &str, listed: ListedInstance);
}

/// Of a list that is asked for only to see whether it is answered, nothing is kept.
impl ListSink for () {
    fn begin(&mut self) {}

    fn add(&mut self, _: &str, _: ListedInstance) {}
}

/// What `create` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The instance is there, with this id.
    Now(Option<String>),
    /// The name is taken, listed or not.
    NameTaken,
    /// Another refusal: nothing was created.
    Refused,
}

/// What `code` and `open_socket` answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connected {
    /// A code: the one valid now, or the last one if a phone is paired.
    Code(Qr),
    /// A socket is opening and has no code yet.
    NoCode,
    /// A phone is connected.
    Open,
    /// The name does not exist.
    Missing,
    /// The instance is being removed, or is not loaded.
    Failed,
}

/// What became of a `delete`, `logout` or `restart`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandOutcome {
    /// It was done.
    Done,
    /// The name does not exist.
    Missing,
    /// The instance's state does not allow it.
    NotNow,
    /// The server has no such command.
    Unsupported,
}

/// What became of a setting that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOutcome {
    /// The server took it.
    Done,
    /// The server refused it.
    Refused,
    /// The server has no such thing, or it is switched off there.
    Unsupported,
}

/// What the test of a server's key found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The key is the server's global key.
    Fine {
        /// The server's release, where it said so in time.
        version: Option<String>,
        /// How long the server took to judge the key.
        latency: Duration,
    },
    /// The key is one instance's token: it cannot create.
    InstanceToken,
    /// Something else is wrong.
    Failed(UpstreamError),
}
