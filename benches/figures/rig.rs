//! What the figures are measured with: the binary as a process, an upstream, clients that cost
//! little, and the sums.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use pareia::sim::{Options, Sim, Version};

/// The release binary.
pub const BINARY: &str = env!("CARGO_BIN_EXE_pareia");
const KEY: &str = "bench-key";

/// A simulated server in this process, as slow as recorded.
pub fn simulate(version: &str) -> Sim {
    let version: Version = version.parse().expect("a version");
    Sim::start(Options::new(version, KEY)).expect("the simulation starts")
}

/// A simulated server that answers at once, as a process of its own.
pub struct Upstream {
    process: Child,
    pub url: String,
}

impl Upstream {
    pub fn start() -> Self {
        Self::run(Command::new(BINARY))
    }

    /// The same where many share the machine with what is measured, as real ones would not: they go last.
    pub fn start_behind() -> Self {
        let mut last = Command::new("nice");
        last.args(["-n", "19", BINARY]);
        Self::run(last)
    }

    fn run(mut program: Command) -> Self {
        let mut process = program
            .args(["sim", "--listen", "127.0.0.1:0", "--api-key", KEY, "--instant"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sim starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its address");
        Self { process, url: line.trim().to_owned() }
    }

    pub fn address(&self) -> String {
        self.url.trim_start_matches("http://").to_owned()
    }

    /// Adds that many connected instances, named `row-` and a number; the first of them comes next after that one.
    pub fn fill(&self, after: usize, count: usize) {
        self.command("fill", &format!(r#"{{"after":{after},"count":{count}}}"#));
    }

    /// Makes something happen there: `GET /sim` lists what.
    pub fn command(&self, command: &str, body: &str) {
        let path = format!("/sim/{command}");
        assert_eq!(Client::new(&self.address(), "").exchange("POST", &path, body).0, 200);
    }

    /// Calls it received so far.
    pub fn calls(&self) -> usize {
        self.totals().values().sum()
    }

    /// Calls it received so far, by endpoint.
    pub fn totals(&self) -> HashMap<String, usize> {
        serde_json::from_value(self.received()["totals"].take()).expect("totals")
    }

    /// How often the list of all instances was asked for so far.
    pub fn lists(&self) -> usize {
        serde_json::from_value(self.received()["lists"].take()).expect("a number")
    }

    fn received(&self) -> serde_json::Value {
        let (status, body) = Client::new(&self.address(), "").exchange("GET", "/sim/calls", "");
        assert_eq!(status, 200);
        serde_json::from_slice(&body).expect("JSON")
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the unit sets for the process beside the data folder.
fn unit_environment() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("../../packaging/systemd/pareia.service").lines();
    let set = lines.filter_map(|line| line.strip_prefix("Environment=")?.split_once('='));
    set.filter(|(name, _)| *name != "PAREIA_DATA")
}

/// `pareia serve` as a process, on a folder with a credential, a user and a token.
pub struct Rig {
    folder: PathBuf,
    token: String,
    credentials: Vec<String>,
    process: Option<Child>,
    pub address: String,
}

impl Rig {
    pub fn start(upstream: &str) -> Self {
        let mut rig = Self::prepare(&[upstream]);
        rig.serve();
        rig
    }

    /// The folder alone, with a credential for each of the servers; nothing runs yet.
    pub fn prepare(servers: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(pareia::crypto::new_id("pareia-bench-"));
        let mut rig = Self {
            folder,
            token: String::new(),
            credentials: Vec::new(),
            process: None,
            address: String::new(),
        };
        rig.run(&["user", "add", "bench"], "");
        rig.token = rig.run(&["token", "create", "bench"], "");
        let add = ["credential", "add", "--type", "whatsapp_evolution", "--api-token-stdin", "--base-url"];
        for url in servers {
            let id = rig.run(&[&add[..], &[url]].concat(), KEY);
            rig.credentials.push(id);
        }
        rig
    }

    fn run(&self, arguments: &[&str], input: &str) -> String {
        let mut process = Command::new(BINARY)
            .args(arguments)
            .env("PAREIA_DATA", &self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command starts");
        process.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
        let output = process.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    /// Starts the server and reads its address off the first line it logs. The rest of the log goes
    /// to a file, as under a service manager.
    pub fn serve(&mut self) {
        let log = self.folder.join("serve.log");
        let file = std::fs::File::create(&log).expect("a log");
        let process = Command::new(BINARY)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs(unit_environment())
            .env("PAREIA_DATA", &self.folder)
            .stdout(Stdio::null())
            .stderr(file)
            .spawn();
        self.process = Some(process.expect("serve starts"));
        loop {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            let port = text.split("127.0.0.1:").nth(1).and_then(|t| {
                let digits: String = t.chars().take_while(char::is_ascii_digit).collect();
                t.len().gt(&digits.len()).then_some(digits)
            });
            if let Some(port) = port {
                self.address = format!("127.0.0.1:{port}");
                return;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("ended");
            process.wait().expect("ended");
        }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address, &self.token)
    }

    /// The path to which the webhooks of that server go.
    pub fn webhook(&self, server: usize) -> String {
        let lines = self.run(&["credential", "webhook", &self.credentials[server]], "");
        let url = lines.lines().find_map(|l| l.strip_prefix("WEBHOOK_GLOBAL_URL=")).expect("a URL");
        url[url.find("/webhooks/").expect("a path")..].to_owned()
    }

    /// Processor time that the server has used so far, its own and the system's for it, in ms.
    pub fn cpu_ms(&self) -> f64 {
        /// What Linux counts it in, on every machine there is.
        const TICK_MS: f64 = 10.0;
        let pid = self.process.as_ref().expect("it runs").id();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("Linux");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        // The 14th and 15th fields of the line, of which two are cut off.
        fields[11..13].iter().map(|ticks| ticks.parse::<f64>().expect("a number") * TICK_MS).sum()
    }

    /// Resident memory of the server.
    pub fn memory_mib(&self) -> f64 {
        let pid = self.process.as_ref().expect("it runs").id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux");
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).expect("VmRSS");
        let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse().expect("a number");
        kib / 1024.0
    }

    /// Writes rows of connected instances, as a large shop has them: as many at each server.
    pub fn seed_rows(&self, rows: usize) {
        let servers = self.credentials.len();
        self.open()
            .execute_batch(&format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
                 INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId,
                     credentialId, status, pairedAt, claimedUrl, createdAt, updatedAt,
                     linkedNumber, linkedKey, profileName, linkedSeenAt)
                 SELECT printf('c%024d', i), 'whatsapp_evolution', 'row-' || i, '5521' || (900000000 + i), u.id, c.id,
                     'connected', 1, c.baseUrl, 1, 1,
                     '5521' || (900000000 + i), '5521' || substr(900000000 + i, 2), 'Loja Teste', 1
                 FROM n, users u JOIN integration_credentials c
                     ON c.rowid = (SELECT rowid FROM integration_credentials ORDER BY rowid LIMIT 1) + (i - 1) * {servers} / {rows};"
            ))
            .expect("rows");
    }

    /// Lets every row have dropped twice a day for so many days, ten minutes each time.
    pub fn seed_days(&self, days: usize) {
        let (now, drops) = (pareia::domain::now(), 2 * days);
        self.open()
            .execute_batch(&format!(
                "WITH RECURSIVE k (i) AS (SELECT {drops} UNION ALL SELECT i - 1 FROM k WHERE i > 1)
                 INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason, detail)
                 SELECT m.id, {now} - k.i * 43200000 + v.later + m.rowid, v.before, v.after, v.why, v.phone
                 FROM k CROSS JOIN (SELECT 0 AS later, 'connected' AS before, 'disconnected' AS after,
                         'dropped' AS why, NULL AS phone
                     UNION ALL SELECT 600000, 'disconnected', 'connected', 'paired', '5521900000000') v
                     CROSS JOIN messaging_instances m ORDER BY k.i DESC, v.later, m.rowid;
                 INSERT INTO server_spans (credentialId, beganAt, endedAt, answered)
                     SELECT id, {now} - 2700000000, {now}, 1 FROM integration_credentials;
                 UPDATE messaging_instances SET labels = '[\"loja ' || rowid % 20 || '\"]';
                 PRAGMA wal_checkpoint(TRUNCATE);"
            ))
            .expect("a month");
    }

    /// The database, beside the server that uses it.
    pub fn open(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.database()).expect("the database")
    }

    /// The file of the database.
    pub fn database(&self) -> PathBuf {
        self.folder.join("pareia.db")
    }

    /// Purges what is past its time once the first day of the last thirty is, in this process; how many milliseconds
    /// that takes.
    pub fn purge_a_day(&self) -> f64 {
        const DAY: Duration = Duration::from_hours(24);
        let store = pareia::store::Store::open(&self.folder).expect("the folder");
        store.clock().advance(DAY * 61);
        let before = store.clock().now() - 86_400_000;
        store.set_setting("purged", &before.to_string()).expect("the last purge");
        timed(|| assert!(store.purge().expect("purged") > 30_000))
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What the server answered.
pub struct Answer {
    pub status: u16,
}

/// A keep-alive client that does no more than it must: on two cores it shares them with what it
/// measures.
pub struct Client {
    stream: TcpStream,
    address: String,
    token: String,
    buffer: Vec<u8>,
}

impl Client {
    pub fn new(address: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).expect("connected");
        stream.set_nodelay(true).expect("no delay");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a limit");
        Self { stream, address: address.to_owned(), token: token.to_owned(), buffer: Vec::new() }
    }

    pub fn post(&mut self, name: &str) -> Answer {
        let body = format!(
            r#"{{"channel":"whatsapp_evolution","channelInstanceId":"{name}","channelPhoneOrId":"5521991856227"}}"#
        );
        Answer { status: self.exchange("POST", "/api/messaging/instance", &body).0 }
    }

    pub fn get(&mut self, path: &str) -> u16 {
        self.exchange("GET", path, "").0
    }

    /// One call of the simulated server.
    pub fn upstream(&mut self, path: &str) {
        assert_eq!(self.exchange("GET", path, "").0, 200);
    }

    pub fn exchange(&mut self, method: &str, path: &str, body: &str) -> (u16, Vec<u8>) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\napikey: {KEY}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).expect("sent");
        self.read()
    }

    fn read(&mut self) -> (u16, Vec<u8>) {
        self.buffer.clear();
        let mut chunk = [0; 16 * 1024];
        loop {
            let head = self.buffer.windows(4).position(|w| w == b"\r\n\r\n");
            if let Some(head) = head {
                let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
                let length = text.lines().find_map(|l| l.strip_prefix("content-length:"));
                let length: usize = length.and_then(|l| l.trim().parse().ok()).expect("a length");
                if self.buffer.len() >= head + 4 + length {
                    let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
                    return (status, self.buffer[head + 4..].to_vec());
                }
            }
            match self.stream.read(&mut chunk).expect("an answer") {
                0 => panic!("the server closed"),
                n => self.buffer.extend_from_slice(&chunk[..n]),
            }
        }
    }
}

/// Clients that hold the server up: half-open ones, ones that trickle a head or a body, an endless
/// head, an endless body.
pub struct Attack {
    clients: Vec<TcpStream>,
    begun: Instant,
}

impl Attack {
    pub fn begin(address: &str, clients: usize) -> Self {
        let begun = Instant::now();
        let clients: Vec<_> = (0..clients)
            .map(|n| {
                let mut stream = TcpStream::connect(address).expect("connected");
                let opening: &[u8] = match n % 4 {
                    0 => b"",
                    1 => b"POST /api/messaging/instance HTTP/1.1\r\nHost: x\r\nX-Slow: ",
                    2 => b"POST /api/messaging/instance HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{",
                    _ => b"POST /api/messaging/instance HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                };
                let _ = stream.write_all(opening);
                stream
            })
            .collect();
        for endless in clients.iter().take(8) {
            let mut endless = endless.try_clone().expect("a clone");
            std::thread::spawn(move || while endless.write_all(&[b'a'; 4096]).is_ok() {});
        }
        Self { clients, begun }
    }

    /// Goes on trickling until every client is cut off; how long that took.
    pub fn until_all_are_cut(self, patience: Duration) -> Option<Duration> {
        let mut left = self.clients;
        for stream in &left {
            stream.set_nonblocking(true).expect("non-blocking");
        }
        while self.begun.elapsed() < patience {
            left.retain_mut(|stream| {
                let open = match stream.read(&mut [0; 1024]) {
                    Ok(n) => n > 0,
                    Err(e) => e.kind() == std::io::ErrorKind::WouldBlock,
                };
                open && !matches!(stream.write(b"a"), Err(e) if e.kind() != std::io::ErrorKind::WouldBlock)
            });
            if left.is_empty() {
                return Some(self.begun.elapsed());
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        None
    }
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

/// Milliseconds that `work` takes.
pub fn timed(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64() * 1e3
}

pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50.0)
}

pub fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * percent / 100.0) as usize;
    values[at.min(values.len() - 1)]
}
