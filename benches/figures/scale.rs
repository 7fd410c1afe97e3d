//! What one machine carries: very many numbers on very many servers, and many new names at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::rig::{Client, Rig, Upstream, median, percentile, simulate, timed, together};

const SERVERS: usize = 100;
const ON_EACH: usize = 1000;
const NUMBERS: usize = SERVERS * ON_EACH;
/// Two drops a day and number, and as many returns.
const DROP_EVERY: Duration = Duration::from_millis(86_400_000 / (2 * NUMBERS as u64));
/// How long a number stays down.
const DOWN_MS: i64 = 20_000;
/// Four polls of each server.
const SPAN: Duration = Duration::from_mins(1);

/// Rows with a day of history, on servers that are processes of their own; first nothing happens, then every number
/// drops twice a day and its server says so by webhook.
pub fn watched() -> String {
    let servers: Vec<_> = (0..SERVERS).map(|_| Upstream::start_behind()).collect();
    for (n, server) in servers.iter().enumerate() {
        server.fill(n * ON_EACH, ON_EACH);
    }
    let urls: Vec<_> = servers.iter().map(|server| server.url.as_str()).collect();
    let mut rig = Rig::prepare(&urls);
    rig.seed_rows(NUMBERS);
    rig.seed_days(1);
    // The first start purges what the rows say of 1970.
    answer_first(&mut rig);
    rig.stop();
    let start = timed(|| answer_first(&mut rig));
    // The first polls of all servers come at once.
    std::thread::sleep(SPAN / 2);
    let calm = percent_of_a_core(&rig);
    let drops = Drops::prepare(&rig);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let dropping = scope.spawn(|| drops.run(&servers, &rig, &over));
        let eventful = percent_of_a_core(&rig);
        let asked = asked(&rig, &servers);
        over.store(true, Ordering::Relaxed);
        let dropped = dropping.join().expect("drops");
        let memory = rig.memory_mib();
        format!(
            "start {start:.0} ms; {calm:.1} % of a core, {eventful:.1} % where each drops twice a day, {memory:.0} MiB; \
             {asked}; {}",
            ages(&rig, &dropped)
        )
    })
}

fn answer_first(rig: &mut Rig) {
    rig.serve();
    assert_eq!(rig.client().get("/readyz"), 200);
}

fn percent_of_a_core(rig: &Rig) -> f64 {
    let (before, begun) = (rig.cpu_ms(), Instant::now());
    std::thread::sleep(SPAN);
    (rig.cpu_ms() - before) / begun.elapsed().as_secs_f64() / 10.0
}

/// Lists, searches and calls of known names, one after the other, while all that goes on.
fn asked(rig: &Rig, servers: &[Upstream]) -> String {
    const TIMES: usize = 100;
    let mut client = rig.client();
    let mut both = |query: &str| {
        let path = format!("/api/messaging/instance?perPage=50&{query}");
        let mut took: Vec<f64> = (0..TIMES).map(|_| timed(|| assert_eq!(client.get(&path), 200))).collect();
        [median(&mut took), percentile(&mut took, 99.0)]
    };
    let ([list, list_most], [found, found_most], [missing, missing_most]) =
        (both("page=1000"), both("search=ow-99"), both("search=nada"));
    // Each call is of another server and row.
    let known = |n: usize| n * 7919 % NUMBERS;
    let mut with: Vec<f64> = (0..TIMES)
        .map(|n| timed(|| assert_eq!(client.post(&format!("row-{}", known(n) + 1)).status, 200)))
        .collect();
    let mut alone: Vec<f64> = (0..TIMES)
        .map(|n| {
            let mut direct = Client::new(&servers[known(n) / ON_EACH].address(), "");
            let name = format!("row-{}", known(n) + 1);
            timed(|| {
                direct.upstream(&format!("/instance/fetchInstances?instanceName={name}"));
                direct.upstream(&format!("/instance/connectionState/{name}"));
            })
        })
        .collect();
    format!(
        "list {list:.0} ms (p99 {list_most:.0}), search {found:.0} ms ({found_most:.0}) for what is there, {missing:.0} ms \
         ({missing_most:.0}) for what is not; POST of a known name {:.1} ms (p99 {:.1}), of which upstream's {:.1} ({:.1})",
        median(&mut with),
        percentile(&mut with, 99.0),
        median(&mut alone),
        percentile(&mut alone, 99.0)
    )
}

/// A drop: which number, and when.
struct Dropped {
    number: usize,
    at: i64,
}

/// What makes numbers drop and says so, as Evolution does with a global webhook.
struct Drops {
    webhooks: Vec<String>,
}

impl Drops {
    fn prepare(rig: &Rig) -> Self {
        Self { webhooks: (0..SERVERS).map(|server| rig.webhook(server)).collect() }
    }

    /// Until it is over, or what it is for has failed.
    fn run(&self, servers: &[Upstream], rig: &Rig, over: &AtomicBool) -> Vec<Dropped> {
        const MOST: Duration = Duration::from_mins(5);
        let (begun, mut client, mut dropped) = (Instant::now(), rig.client(), Vec::<Dropped>::new());
        let mut back = 0;
        while !over.load(Ordering::Relaxed) && begun.elapsed() < MOST {
            // Each drop is of another server, and every number has its turn.
            let turn = dropped.len();
            let number = turn % SERVERS * ON_EACH + turn / SERVERS * 37 % ON_EACH;
            let (name, at) = (format!("row-{}", number + 1), pareia::domain::now());
            let drop = format!(r#"{{"name":"{name}","back_after_ms":{DOWN_MS}}}"#);
            servers[number / ON_EACH].command("drop", &drop);
            self.tell(&mut client, number, "close");
            dropped.push(Dropped { number, at });
            while dropped[back].at + DOWN_MS < pareia::domain::now() {
                self.tell(&mut client, dropped[back].number, "open");
                back += 1;
            }
            std::thread::sleep((DROP_EVERY * dropped.len() as u32).saturating_sub(begun.elapsed()));
        }
        dropped
    }

    /// Posts the webhook of a number's server.
    fn tell(&self, client: &mut Client, number: usize, state: &str) {
        let name = number + 1;
        let event = format!(
            r#"{{"event":"connection.update","instance":"row-{name}","data":{{"state":"{state}"}}}}"#
        );
        assert_eq!(client.exchange("POST", &self.webhooks[number / ON_EACH], &event).0, 200);
    }
}

/// How long after a drop its row said so.
fn ages(rig: &Rig, dropped: &[Dropped]) -> String {
    let database = rig.open();
    let mut seen = database
        .prepare(
            "SELECT min(e.at) FROM instance_events e JOIN messaging_instances m ON m.id = e.instanceId
             WHERE m.channelInstanceId = ?1 AND e.at >= ?2 AND e.toStatus = 'disconnected'",
        )
        .expect("a query");
    let settled = pareia::domain::now() - 20_000;
    let due: Vec<_> = dropped.iter().filter(|drop| drop.at < settled).collect();
    let mut late: Vec<f64> = due
        .iter()
        .filter_map(|drop| {
            let name = format!("row-{}", drop.number + 1);
            let at: Option<i64> = seen.query_row((name, drop.at), |row| row.get(0)).expect("an answer");
            at.map(|at| (at - drop.at) as f64 / 1e3)
        })
        .collect();
    if late.is_empty() {
        return "no drop was seen".to_owned();
    }
    let missed = due.len() - late.len();
    format!(
        "{} drops shown after {:.1} s (most {:.1}), {missed} not",
        late.len(),
        median(&mut late),
        percentile(&mut late, 100.0)
    )
}

/// Forty callers of as many new names, and as many scripts that create and then ask for the code again and again.
pub fn at_once() -> String {
    const NAMES: usize = 40;
    let sim = simulate("2.3.7");
    let address = sim.addr().to_string();
    let by_hand = codes(NAMES, |n| by_hand(&address, &format!("hand-{n}")));
    drop(sim);
    let sim = simulate("2.3.7");
    let rig = Rig::start(&sim.url());
    let mut here = codes(NAMES, |n| rig.client().post(&format!("loja-{n}")).status == 200);
    let (mut by_hand, creates) = (by_hand, sim.control().count("create", None));
    format!(
        "median {:.2} s, most {:.2} s, {} served, {creates} creates; by hand {:.2} and {:.2} s, {} served",
        median(&mut here),
        percentile(&mut here, 100.0),
        here.len(),
        median(&mut by_hand),
        percentile(&mut by_hand, 100.0),
        by_hand.len()
    )
}

/// How many seconds each caller that got a code waited for it.
fn codes(callers: usize, call: impl Fn(usize) -> bool + Sync) -> Vec<f64> {
    let took = together(callers, |n| {
        let begun = Instant::now();
        call(n).then(|| begun.elapsed().as_secs_f64())
    });
    took.into_iter().flatten().collect()
}

/// Looks, creates, and connects until a code comes, as a script of a few lines does.
fn by_hand(address: &str, name: &str) -> bool {
    const PAUSE: Duration = Duration::from_millis(500);
    const TRIES: usize = 40;
    let mut client = Client::new(address, "");
    if client.exchange("GET", &format!("/instance/fetchInstances?instanceName={name}"), "").0 == 404 {
        let body = format!(r#"{{"instanceName":"{name}","integration":"WHATSAPP-BAILEYS","qrcode":false}}"#);
        client.exchange("POST", "/instance/create", &body);
    }
    (0..TRIES).any(|_| {
        let (_, body) = client.exchange("GET", &format!("/instance/connect/{name}"), "");
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let is_code = body["base64"].is_string();
        if !is_code {
            std::thread::sleep(PAUSE);
        }
        is_code
    })
}
