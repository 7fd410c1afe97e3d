//! Everything a demonstration needs, made up on the spot: a simulated Evolution, a temporary data
//! folder with a credential and two users, and a server on top. All of it goes away with the value.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::post::{self, DemoReply};
use crate::admin::{Password, Passwords};
use crate::cli::output::{CommandFailure, note};
use crate::crypto::{new_id, new_token};
use crate::domain::{Channel, Name, Role, Secret};
use crate::http::{Server, Settings, raise_open_files};
use crate::instance::connect::ConnectService;
use crate::instance::monitor::{Monitor, Pace};
use crate::sim::{Options, Sim, Version};
use crate::store::{NewCredential, Store};
use crate::text::cli as words;

/// The instance that the demonstration connects.
pub const INSTANCE: &str = "my-store";
/// The credential's id.
pub const CREDENTIAL: &str = "cred_demo";
/// The name of the page's administrator.
pub const ADMINISTRATOR: &str = "demo";
/// How long a call may wait for a QR code.
const QR_TIMEOUT: Duration = Duration::from_secs(20);

/// The user with whose token a call is made.
#[derive(Clone, Copy, Debug)]
pub enum DemoUser {
    /// The user that owns the instance.
    Shop,
    /// Another user.
    Other,
}

/// A running demonstration.
pub struct DemoWorld {
    server: Server,
    monitor: Arc<Monitor>,
    /// The simulated Evolution.
    pub sim: Sim,
    /// The data folder, open.
    pub store: Arc<Store>,
    tokens: [Secret; 2],
    /// The password of [`ADMINISTRATOR`].
    pub password: Secret,
    // Last, so that it is removed when nothing has it open any more.
    _folder: DemoFolder,
}

impl DemoWorld {
    /// Starts everything; the server listens on `listen`, or on a free port where that is taken.
    pub fn start(listen: &str, pace: Pace) -> Result<Self, CommandFailure> {
        raise_open_files()?;
        let key = new_token();
        let sim = Sim::start(Options::new(Version::default(), key.expose()))
            .map_err(|e| CommandFailure::Failed(words::cannot_listen("127.0.0.1:0", &e)))?;
        let folder = DemoFolder(std::env::temp_dir().join(new_id("pareia-demo-")));
        let store = Arc::new(Store::open(&folder.0)?);
        store.add_credential(&NewCredential {
            id: CREDENTIAL,
            channel: Channel::WhatsappEvolution,
            name: CREDENTIAL,
            base_url: &sim.url(),
            ca_certificate: None,
            key: &key,
        })?;
        let tokens = [add_user(&store, "loja")?, add_user(&store, "outra-loja")?];
        let connect_service = Arc::new(ConnectService::new(Arc::clone(&store), QR_TIMEOUT));
        let gateway = Arc::clone(connect_service.gateway());
        let monitor = Arc::new(Monitor::start(Arc::clone(&store), gateway, pace));
        let password = add_administrator(&store)?;
        let server = serve(listen, &store, &connect_service, &monitor)?;
        store.set_setting("url", &format!("http://{}", server.addr()))?;
        Ok(Self { server, monitor, sim, store, tokens, password, _folder: folder })
    }

    /// The server's address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.addr())
    }

    /// The user's token.
    pub fn token(&self, owner: DemoUser) -> &Secret {
        &self.tokens[match owner {
            DemoUser::Shop => 0,
            DemoUser::Other => 1,
        }]
    }

    /// The call of the demonstration.
    pub fn post(&self, owner: DemoUser, instance: &str) -> io::Result<DemoReply> {
        post::post(self.server.addr(), self.token(owner), instance)
    }

    /// Stops the server and the monitor, then removes the data folder.
    pub fn stop(self) {
        self.server.shutdown();
        self.monitor.stop();
    }
}

fn serve(
    listen: &str,
    store: &Arc<Store>,
    connect_service: &Arc<ConnectService>,
    monitor: &Arc<Monitor>,
) -> Result<Server, CommandFailure> {
    let start = |listen: &str| {
        let (connect_service, monitor) = (Arc::clone(connect_service), Arc::clone(monitor));
        Server::start(Settings::new(listen), Arc::clone(store), connect_service, monitor)
    };
    let started = match start(listen) {
        Err(e) if e.kind() == io::ErrorKind::AddrInUse => {
            note(words::demo_other_port(listen));
            start("127.0.0.1:0")
        }
        started => started,
    };
    started.map_err(|e| CommandFailure::Failed(words::cannot_listen(listen, &e)))
}

fn add_user(store: &Store, name: &str) -> Result<Secret, CommandFailure> {
    let name = Name::parse(name).expect("the names above are names");
    let id = store.add_user(&name, Role::Owner)?.expect("the folder is new");
    Ok(store.add_token(&id, None, None)?.token)
}

fn add_administrator(store: &Store) -> Result<Secret, CommandFailure> {
    let (name, text) = (Name::parse(ADMINISTRATOR).expect("a name"), new_id(""));
    let password = Password::parse(&text, ADMINISTRATOR).expect("24 characters that are no name");
    let hash = Passwords::default().hash(&password);
    store.add_user_with(&name, Role::Administrator, Some(&hash))?.expect("the folder is new");
    Ok(Secret::new(text))
}

/// A folder that is removed with this value.
struct DemoFolder(PathBuf);

impl Drop for DemoFolder {
    fn drop(&mut self) {
        if let Err(e) = fs::remove_dir_all(&self.0) {
            note(words::folder_stays(&self.0, &e));
        }
    }
}
