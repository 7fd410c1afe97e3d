//! A shop under test: a data folder, a simulated Evolution and the server itself, in this process.
//!
//! Tests say what they do to it and what must come back; everything else is here.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier, LazyLock};
use std::time::{Duration, Instant};

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params};
use pareia::domain::{Channel, Name, Phone, Role, Secret};
use pareia::http::{Server, Settings};
use pareia::instance::connect::ConnectService;
use pareia::instance::monitor::{Monitor, Pace};
use pareia::sim::{Options, Sim, Timing, Version};
use pareia::store::{NewCredential, Store};
use serde_json::{Value, json};

/// The simulated server's key.
pub const KEY: &str = "sim-key-that-must-not-leak";
/// The phone of most calls.
pub const PHONE: &str = "5521991856227";
/// The route under test.
pub const ROUTE: &str = "/api/messaging/instance";
/// How long a test waits for something that should take milliseconds, on a machine that does other things
/// as well. Only a test that fails waits for so long.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// How long a write waits for another process that holds the database.
pub const WRITE_WAIT: Duration = Duration::from_secs(5);
/// The longest between two looks at what a test waits for.
const LONGEST_PAUSE: Duration = Duration::from_millis(16);

/// A folder that goes away with its test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(pareia::crypto::new_id("pareia-test-"));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    /// One with a database of the present version, as the first start leaves it: the steps of twenty versions would
    /// be most of a test's work.
    pub fn furnished() -> Self {
        static DATABASE: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let folder = Folder::new();
            drop(Store::open(folder.path()).expect("the store opens"));
            std::fs::read(folder.path().join("pareia.db")).expect("a database")
        });
        let folder = Self::new();
        std::fs::write(folder.path().join("pareia.db"), &*DATABASE).expect("a copy");
        folder
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An answer of the server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub headers: Vec<(String, String)>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn data(&self, member: &str) -> &Value {
        &self.body["data"][member]
    }

    pub fn qr(&self) -> Option<&str> {
        self.data("qrCode").as_str()
    }
}

/// Adds a credential for a server that has [`KEY`]; `false`: the id is taken.
pub fn add_credential(store: &Store, id: &str, base_url: &str, ca_certificate: Option<&str>) -> bool {
    let (key, channel) = (Secret::new(KEY), Channel::WhatsappEvolution);
    let new = NewCredential { id, channel, name: id, base_url, ca_certificate, key: &key };
    store.add_credential(&new).expect("an answer")
}

/// The server, its data and its upstream.
pub struct Shop {
    pub monitor: Arc<Monitor>,
    pub server: Server,
    pub sim: Sim,
    pub store: Arc<Store>,
    pub folder: Folder,
    pub token: String,
}

/// A simulated 2.3.7 that is as slow as recorded, or a 1.8.2.
pub fn recorded(version: Version) -> Options {
    Options::new(version, KEY)
}

/// One that answers at once.
pub fn instant(version: Version) -> Options {
    Options { timing: Timing::instant(), ..Options::new(version, KEY) }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.monitor.stop();
    }
}

impl Shop {
    /// A shop with a credential for its upstream, a user and a token.
    pub fn new(upstream: Options) -> Self {
        Self::with(upstream, Duration::from_secs(20))
    }

    pub fn with(upstream: Options, qr_timeout: Duration) -> Self {
        let sim = Sim::start(upstream).expect("the simulation starts");
        let shop = Self::bare(sim, qr_timeout);
        shop.credential("cred_a", &shop.sim.url());
        shop
    }

    /// A shop that is watched; the others make the calls that are asked for and no more.
    pub fn watched(upstream: Options, pace: Pace) -> Self {
        let sim = Sim::start(upstream).expect("the simulation starts");
        let shop = Self::paced(sim, Duration::from_secs(20), pace, |_| {});
        shop.credential("cred_a", &shop.sim.url());
        shop
    }

    /// A shop without a credential.
    pub fn bare(sim: Sim, qr_timeout: Duration) -> Self {
        Self::paced(sim, qr_timeout, Pace::asleep(), |_| {})
    }

    /// The same with other settings.
    pub fn configured(sim: Sim, qr_timeout: Duration, change: impl FnOnce(&mut Settings)) -> Self {
        Self::paced(sim, qr_timeout, Pace::asleep(), change)
    }

    fn paced(sim: Sim, qr_timeout: Duration, pace: Pace, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = Folder::furnished();
        let store = Arc::new(Store::open(folder.path()).expect("the store opens"));
        let connect_service = Arc::new(ConnectService::new(Arc::clone(&store), qr_timeout));
        let mut settings = Settings::new("127.0.0.1:0");
        change(&mut settings);
        let gateway = Arc::clone(connect_service.gateway());
        let monitor = Arc::new(Monitor::start(Arc::clone(&store), gateway, pace));
        let server = Server::start(settings, Arc::clone(&store), connect_service, Arc::clone(&monitor));
        let server = server.expect("the server starts");
        let mut shop = Self { monitor, server, sim, store, folder, token: String::new() };
        shop.token = shop.user("loja", false);
        shop
    }

    pub fn credential(&self, id: &str, base_url: &str) {
        self.credential_trusting(id, base_url, None);
    }

    /// A credential whose connections trust that PEM's authorities as well.
    pub fn credential_trusting(&self, id: &str, base_url: &str, ca_certificate: Option<&str>) {
        assert!(add_credential(&self.store, id, base_url, ca_certificate), "{id} is taken");
    }

    /// A user, and a token of theirs.
    pub fn user(&self, name: &str, admin: bool) -> String {
        self.member(name, role(admin))
    }

    /// A user of that role, and a token of theirs.
    pub fn member(&self, name: &str, role: Role) -> String {
        let name = Name::parse(name).expect("a name");
        let id = self.store.add_user(&name, role).expect("a user").expect("a free name");
        self.store.add_token(&id, None, None).expect("a token").token.expose().to_owned()
    }

    /// A user who can log in.
    pub fn person(&self, name: &str, admin: bool, password: &str) {
        let hash = quick_hash(password);
        let name = Name::parse(name).expect("a name");
        self.store.add_user_with(&name, role(admin), Some(&hash)).expect("a user").expect("a free name");
    }

    /// The token of the set-up link, as `pareia setup-link` prints it.
    pub fn setup_token(&self, renew: bool) -> pareia::domain::Secret {
        self.store.setup_link(renew).expect("the database").expect("no administrator yet").token
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.addr())
    }

    /// `POST`s for `name` as the shop's user.
    pub fn post(&self, name: &str) -> Answer {
        self.post_as(&self.token, name)
    }

    pub fn post_as(&self, token: &str, name: &str) -> Answer {
        self.post_body(token, &ask(name))
    }

    pub fn post_body(&self, token: &str, body: &Value) -> Answer {
        post(&self.url(ROUTE), token, &body.to_string())
    }

    /// The decisive upstream calls since `from`, runs of equal ones folded: `fetchInstances create
    /// connect`. How often the state is looked at in between is a matter of time.
    pub fn calls_since(&self, from: usize) -> String {
        let calls = self.sim.control().calls();
        let mut names: Vec<_> = calls.iter().skip(from).map(|c| c.endpoint.clone()).collect();
        names.retain(|n| n != "connectionState");
        names.dedup();
        names.join(" ")
    }

    pub fn calls(&self) -> usize {
        self.sim.control().calls().len()
    }

    /// Lists of everything that upstream was asked for.
    pub fn lists(&self) -> u32 {
        let calls = self.sim.control().calls();
        let lists = calls.iter().filter(|call| call.endpoint == "fetchInstances" && call.name.is_none());
        u32::try_from(lists.count()).expect("small")
    }

    /// Changes the database, as the sqlite3 shell would.
    pub fn set(&self, change: &str) {
        let connection =
            rusqlite::Connection::open(self.folder.path().join("pareia.db")).expect("the database");
        connection.busy_timeout(PATIENCE).expect("a connection");
        connection.execute_batch(change).expect(change);
    }

    /// What the database says, as the sqlite3 shell would be asked.
    pub fn sql(&self, query: &str) -> Vec<Vec<String>> {
        sql(self.folder.path(), query)
    }

    /// A row without anything upstream, as a call leaves it that got nowhere.
    pub fn written(&self, name: &str, phone: &str, user: &str) -> String {
        let user = self.store.user(user).expect("a store").expect("a user").id;
        let (name, phone) = (Name::parse(name).expect("a name"), Phone::parse(phone).expect("a phone"));
        let channel = Channel::WhatsappEvolution;
        let row = self.store.add_instance(channel, &name, &phone, &user, "cred_a").expect("a store");
        row.expect("a free name").id
    }

    /// A call with the shop's own token.
    pub fn call(&self, method: &str, path: &str) -> Answer {
        self.call_as(&self.token, method, path)
    }

    pub fn call_as(&self, token: &str, method: &str, path: &str) -> Answer {
        Client::bearer(self, token).call(method, path, &Value::Null)
    }

    /// Scans the code and waits until upstream says open.
    #[track_caller]
    pub fn scan(&self, name: &str) {
        let control = self.sim.control();
        let (state, code) = (control.state(name), control.current_code(name).is_some());
        let scanned = control.scan(name, None);
        assert!(scanned, "{name} shows no code: {state:?}, a code {code}, after {:?}", control.calls());
        self.until_state(name, "open");
    }

    #[track_caller]
    pub fn until_state(&self, name: &str, state: &str) {
        until(&format!("{name} is {state}"), || {
            self.sim.control().state(name).is_some_and(|s| s.word() == state)
        });
    }
}

/// What is kept of a password, made with the least work there is. A hash carries its parameters, so logins
/// cost no more than it did: what a real one costs is nothing that these tests are about.
fn quick_hash(password: &str) -> String {
    let params = Params::new(Params::MIN_M_COST, 1, 1, None).expect("the least is within bounds");
    let argon2 = Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), &pareia::crypto::random::<16>());
    hash.expect("a hash").to_string()
}

fn role(admin: bool) -> Role {
    if admin { Role::Administrator } else { Role::Owner }
}

/// The body of a call for `name`.
pub fn ask(name: &str) -> Value {
    json!({ "channel": "whatsapp_evolution", "channelInstanceId": name, "channelPhoneOrId": PHONE })
}

/// `POST`s a body.
pub fn post(url: &str, token: &str, body: &str) -> Answer {
    try_post(url, token, body).unwrap_or_else(|e| panic!("{url}: {e}"))
}

/// `POST`s a body to a server that may die over it.
pub fn try_post(url: &str, token: &str, body: &str) -> Result<Answer, ureq::Error> {
    let agent = agent();
    let request = agent
        .post(url)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    read(request.send(body)?)
}

/// Deletes something at a server that may die over it.
pub fn try_delete(url: &str, token: &str) -> Result<Answer, ureq::Error> {
    let request = agent().delete(url).header("authorization", format!("Bearer {token}"));
    read(request.call()?)
}

pub fn get(url: &str) -> Answer {
    agent().get(url).call().and_then(read).unwrap_or_else(|e| panic!("{url}: {e}"))
}

/// `GET`s something as the owner of a token.
pub fn get_as(url: &str, token: &str) -> Answer {
    let request = agent().get(url).header("authorization", format!("Bearer {token}"));
    request.call().and_then(read).unwrap_or_else(|e| panic!("{url}: {e}"))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent()
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let headers = answer.headers().iter();
    let headers = headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned())).collect();
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string()?;
    let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {status} {text:.200}"));
    Ok(Answer { status, body, headers })
}

/// A client that sends what it is told, letter for letter, and keeps its cookie as a browser does.
pub struct Client {
    server: SocketAddr,
    /// Header lines of every request; a request that names one itself replaces it.
    pub headers: Vec<(&'static str, String)>,
    /// The session's cookie, `name=value`.
    pub cookie: Option<String>,
}

impl Client {
    pub fn new(shop: &Shop) -> Self {
        Self::to(shop.server.addr())
    }

    pub fn to(server: SocketAddr) -> Self {
        Self { server, headers: vec![("Host", server.to_string())], cookie: None }
    }

    /// One that sends that token.
    pub fn bearer(shop: &Shop, token: &str) -> Self {
        let mut client = Self::new(shop);
        client.headers.push(("Authorization", format!("Bearer {token}")));
        client
    }

    /// A browser on the page: it says where its requests come from.
    pub fn browser(shop: &Shop) -> Self {
        let mut client = Self::new(shop);
        client.headers.push(("Origin", format!("http://{}", client.server)));
        client.headers.push(("Sec-Fetch-Site", "same-origin".into()));
        client
    }

    /// A browser that is logged in.
    pub fn logged_in(shop: &Shop, name: &str, password: &str) -> Self {
        let mut client = Self::browser(shop);
        let answer = client.call("POST", "/api/session", &json!({"name": name, "password": password}));
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        client
    }

    /// Makes a JSON call; a body of null is none.
    pub fn call(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        self.call_with(method, path, body, &[])
    }

    /// The same with other header lines; an empty value leaves that line out.
    pub fn call_with(&mut self, method: &str, path: &str, body: &Value, other: &[(&str, &str)]) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, headers, bytes) = self.send(method, path, &body, other);
        let text = String::from_utf8(bytes).expect("text");
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {status} {text:.200}"));
        let answer = Answer { status, body, headers };
        if let Some(set) = answer.header("set-cookie") {
            let pair = set.split(';').next().unwrap_or_default();
            self.cookie = (!set.contains("Max-Age=0")).then(|| pair.to_owned());
        }
        answer
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.call("GET", path, &Value::Null)
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, body)
    }

    pub fn delete(&mut self, path: &str) -> Answer {
        self.call("DELETE", path, &Value::Null)
    }

    /// Sends a request; status, header lines and body of what comes back.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        body: &(impl AsRef<[u8]> + ?Sized),
        other: &[(&str, &str)],
    ) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let mut lines: Vec<_> = self.headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        lines.extend(self.cookie.as_deref().map(|cookie| ("Cookie", cookie)));
        lines.retain(|(name, _)| !other.iter().any(|(n, _)| n == name));
        lines.extend(other.iter().filter(|(_, value)| !value.is_empty()));
        let lines: Vec<_> = lines.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let lines = lines.concat();
        let mut stream = TcpStream::connect(self.server).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\n{lines}Connection: close\r\nContent-Length: {}\r\n\r\n",
            body.as_ref().len()
        )
        .expect("the server listens");
        stream.write_all(body.as_ref()).expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(answer[..end].to_vec()).expect("text");
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
        let headers = head.lines().skip(1).filter_map(|l| l.split_once(": "));
        let headers = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        (status, headers, answer.split_off(end + 4))
    }
}

/// Runs a query on the database file with a connection of its own.
pub fn sql(folder: &Path, query: &str) -> Vec<Vec<String>> {
    let connection = rusqlite::Connection::open(folder.join("pareia.db")).expect("the database");
    let mut statement = connection.prepare(query).expect("a query");
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        (0..columns)
            .map(|i| {
                Ok(match row.get_ref(i)? {
                    rusqlite::types::ValueRef::Null => "NULL".to_owned(),
                    rusqlite::types::ValueRef::Integer(n) => n.to_string(),
                    rusqlite::types::ValueRef::Real(x) => x.to_string(),
                    rusqlite::types::ValueRef::Text(t) | rusqlite::types::ValueRef::Blob(t) => {
                        String::from_utf8_lossy(t).into_owned()
                    }
                })
            })
            .collect()
    });
    rows.expect("rows").collect::<Result<_, _>>().expect("rows")
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(pause);
        // What takes long is asked for less often: looking costs those who do the work.
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Fails where something waited out a wait that it must not: a busy machine is slow, but not as slow as that.
#[track_caller]
pub fn sooner_than(wait: Duration, begun: Instant) {
    let took = begun.elapsed();
    assert!(took < wait, "took {took:?}, as if {wait:?} had been waited out");
}

/// Creates an instance upstream, as somebody with the key does by hand.
pub fn upstream_create(url: &str, body: &Value) {
    let request = agent().post(format!("{url}/instance/create"));
    let request = request.header("apikey", KEY).header("content-type", "application/json");
    assert_eq!(request.send(body.to_string()).expect("an answer").status(), 201);
}

/// Asks upstream for something, as somebody with the key does by hand.
pub fn upstream_get(url: &str, path: &str) -> Value {
    let request = agent().get(format!("{url}{path}")).header("apikey", KEY);
    let text = request.call().expect("an answer").body_mut().read_to_string().expect("text");
    serde_json::from_str(&text).expect("JSON")
}

/// Sets something of an instance upstream, as its owner does there.
pub fn upstream_set(url: &str, kind: &str, name: &str, body: &Value) {
    let request = agent().post(format!("{url}/{kind}/set/{name}"));
    let request = request.header("apikey", KEY).header("content-type", "application/json");
    assert_eq!(request.send(body.to_string()).expect("an answer").status(), 201, "{kind} {body}");
}

/// Deletes an instance upstream, as somebody with the key does by hand.
pub fn upstream_delete(url: &str, name: &str) {
    let request = agent().delete(format!("{url}/instance/delete/{name}")).header("apikey", KEY);
    assert_eq!(request.call().expect("an answer").status(), 200);
}

/// Runs `call` on many threads at the same moment.
pub fn together<T: Send>(callers: usize, call: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(callers);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..callers)
            .map(|n| {
                let (start, call) = (&start, &call);
                scope.spawn(move || {
                    start.wait();
                    call(n)
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().expect("a caller")).collect()
    })
}

/// Logs a phone out upstream, as somebody does in the manager.
pub fn upstream_logout(url: &str, name: &str) {
    let request = agent().delete(format!("{url}/instance/logout/{name}")).header("apikey", KEY);
    assert_eq!(request.call().expect("an answer").status(), 200);
}
