//! The figures that README quotes: `cargo bench` measures them on the release binary, against the
//! simulated Evolution, each in processes of their own, and prints one table.
//!
//! Nothing here fails a build: a figure that misses its goal is shown as it is. A name on the
//! command line (`cargo bench -- throughput`) measures that one alone.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of some thousands become figures with two digits"
)]

#[path = "figures/literal.rs"]
mod literal;
#[path = "figures/rig.rs"]
mod rig;
#[path = "figures/scale.rs"]
mod scale;

use std::time::{Duration, Instant};

use rig::{Client, Rig, Upstream, median, percentile};

/// One measurement: what it is called, what the goal is, and how it is taken.
type Figure = (&'static str, &'static str, fn() -> String);

const FIGURES: [Figure; 16] = [
    ("code latency, upstream sleeps 2 s", "median < 100 ms, most < 250", || code_latency("2.3.7")),
    ("code latency, upstream sleeps 5 s", "median < 100 ms, most < 250", || code_latency("1.8.2")),
    ("repeated POST", "adds < 1 ms (median), p99 < 10 ms, 3 calls", repeated),
    ("throughput, 32 clients", "> 4,000/s", throughput),
    ("64 callers of one name", "1 create, 1 socket, 64 served", one_name),
    ("1,000 hostile clients", "50 POSTs served, p99 < 250 ms, < 64 MiB, cut in 30 s", hostile),
    ("memory after 10,000 calls", "< 16 MiB", memory_after_calls),
    ("10,000 rows: start, memory", "< 60 ms, < 24 MiB", ten_thousand_rows),
    ("a page of 10,000 rows, and a search", "median < 20 ms", listing),
    ("a month of 10,000 numbers, two drops a day", "list < 20 ms, a page of the month < 250 ms", month),
    ("watching 10,000 instances", "1 list, < 50 ms of CPU per round", watching),
    (
        "100,000 numbers on 100 servers",
        "< 5 % of a core, < 96 MiB, search p99 < 50 ms, POST p99 adds < 20",
        scale::watched,
    ),
    ("40 new names at once on one server", "not slower than by hand", scale::at_once),
    ("webhooks, 500/s", "p99 < 10 ms, at most 2 rounds/s", webhooks),
    ("binary", "< 8 MiB", binary_size),
    ("the flow taken literally", "for comparison", literal::figure),
];

fn main() {
    let wanted = std::env::args().skip(1).find(|a| !a.starts_with('-')).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("pareia {} on {cores} cores, release build, loopback\n", env!("CARGO_PKG_VERSION"));
    println!("| figure | goal | measured |\n|---|---|---|");
    for (name, goal, measure) in FIGURES.iter().filter(|(name, ..)| name.contains(&wanted)) {
        println!("| {name} | {goal} | {} |", measure());
    }
}

/// From the moment the code exists upstream to the moment the caller has it.
fn code_latency(version: &str) -> String {
    const ROUNDS: usize = 40;
    let sim = rig::simulate(version);
    let rig = Rig::start(&sim.url());
    let mut client = rig.client();
    let mut late: Vec<f64> = (0..ROUNDS)
        .map(|n| {
            let name = format!("loja-{n}");
            assert_eq!(client.post(&name).status, 200);
            let answered = Instant::now();
            let born = sim.control().current_code(&name).expect("a code").born;
            answered.duration_since(born).as_secs_f64() * 1e3
        })
        .collect();
    let most = late.iter().copied().fold(0.0, f64::max);
    format!("median {:.0} ms, most {most:.0} ms ({ROUNDS} new instances)", median(&mut late))
}

/// What a repeated call costs beside the three upstream calls it makes.
fn repeated() -> String {
    const CALLS: usize = 2000;
    let upstream = Upstream::start();
    let rig = Rig::start(&upstream.url);
    let mut client = rig.client();
    assert_eq!(client.post("my-store").status, 200);
    let before = upstream.calls();
    let mut with: Vec<f64> =
        (0..CALLS).map(|_| rig::timed(|| assert_eq!(client.post("my-store").status, 200))).collect();
    let calls = upstream.calls() - before;
    let mut direct = Client::new(&upstream.address(), "");
    let mut alone: Vec<f64> = (0..CALLS)
        .map(|_| {
            rig::timed(|| {
                direct.upstream("/instance/fetchInstances?instanceName=my-store");
                direct.upstream("/instance/connectionState/my-store");
                direct.upstream("/instance/connect/my-store");
            })
        })
        .collect();
    let (with_median, alone_median) = (median(&mut with), median(&mut alone));
    format!(
        "{with_median:.2} ms, of which {:.2} are added; p99 {:.2} ms; {:.2} calls each",
        with_median - alone_median,
        percentile(&mut with, 99.0),
        calls as f64 / CALLS as f64
    )
}

/// Several spans, since a shared machine is not equally fast in all of them: one alone says little.
fn throughput() -> String {
    const CLIENTS: usize = 32;
    const SPANS: usize = 9;
    let upstream = Upstream::start();
    let rig = Rig::start(&upstream.url);
    for n in 0..CLIENTS {
        assert_eq!(rig.client().post(&format!("loja-{n}")).status, 200);
    }
    let mut rates: Vec<f64> = (0..SPANS).map(|_| calls_per_second(&rig, CLIENTS)).collect();
    let median = median(&mut rates);
    format!("median {median:.0}/s ({:.0} to {:.0} in {SPANS} spans of 3 s)", rates[0], rates[SPANS - 1])
}

fn calls_per_second(rig: &Rig, clients: usize) -> f64 {
    const SPAN: Duration = Duration::from_secs(3);
    let begun = Instant::now();
    let served: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients)
            .map(|n| {
                let mut client = rig.client();
                scope.spawn(move || {
                    let (name, mut served) = (format!("loja-{n}"), 0);
                    while begun.elapsed() < SPAN {
                        assert_eq!(client.post(&name).status, 200);
                        served += 1;
                    }
                    served
                })
            })
            .collect();
        clients.into_iter().map(|c| c.join().expect("a client")).sum()
    });
    served as f64 / begun.elapsed().as_secs_f64()
}

fn one_name() -> String {
    const CALLERS: usize = 64;
    let sim = rig::simulate("2.3.7");
    let rig = Rig::start(&sim.url());
    let begun = Instant::now();
    let served = rig::together(CALLERS, |_| rig.client().post("my-store").status == 200);
    let served = served.into_iter().filter(|s| *s).count();
    let control = sim.control();
    format!(
        "{} create, {} socket, {served} served in {:.2} s, {} destroyed",
        control.count("create", None),
        control.sockets("my-store"),
        begun.elapsed().as_secs_f64(),
        control.destroyed().len()
    )
}

fn hostile() -> String {
    let upstream = Upstream::start();
    let rig = Rig::start(&upstream.url);
    assert_eq!(rig.client().post("my-store").status, 200);
    let attack = rig::Attack::begin(&rig.address, 1000);
    let mut took: Vec<f64> =
        (0..50).map(|_| rig::timed(|| assert_eq!(rig.client().post("my-store").status, 200))).collect();
    let memory = rig.memory_mib();
    let cut = attack.until_all_are_cut(Duration::from_mins(1));
    format!(
        "p99 {:.1} ms, {memory:.1} MiB, all cut after {}",
        percentile(&mut took, 99.0),
        cut.map_or("more than 60 s".to_owned(), |t| format!("{:.0} s", t.as_secs_f64()))
    )
}

fn memory_after_calls() -> String {
    let upstream = Upstream::start();
    let rig = Rig::start(&upstream.url);
    rig::together(32, |n| {
        let mut client = rig.client();
        for _ in 0..313 {
            assert_eq!(client.post(&format!("loja-{n}")).status, 200);
        }
    });
    format!("{:.1} MiB", rig.memory_mib())
}

fn ten_thousand_rows() -> String {
    let upstream = Upstream::start();
    upstream.fill(0, 10_000);
    let mut rig = Rig::start(&upstream.url);
    rig.seed_rows(10_000);
    let mut starts: Vec<f64> = (0..10)
        .map(|_| {
            rig.stop();
            rig::timed(|| {
                rig.serve();
                assert_eq!(rig.client().get("/readyz"), 200);
            })
        })
        .collect();
    assert_eq!(rig.client().post("row-5000").status, 200);
    format!("first answer after {:.0} ms (median), {:.1} MiB", median(&mut starts), rig.memory_mib())
}

/// What the page asks for every two seconds, and while somebody types.
fn listing() -> String {
    let upstream = Upstream::start();
    let mut rig = Rig::start(&upstream.url);
    rig.stop();
    rig.seed_rows(10_000);
    rig.serve();
    let mut client = rig.client();
    let [page, found, missing] = ["page=100", "search=ow-99", "search=nada"].map(|query| {
        let path = format!("/api/messaging/instance?perPage=50&{query}");
        let mut took: Vec<f64> = (0..50).map(|_| rig::timed(|| assert_eq!(client.get(&path), 200))).collect();
        median(&mut took)
    });
    format!("{page:.1} ms; {found:.1} ms for names that are there, {missing:.1} ms for one that is not")
}

/// What a history of that size weighs, and what reading and purging it takes.
fn month() -> String {
    let upstream = Upstream::start();
    let mut rig = Rig::start(&upstream.url);
    rig.stop();
    let size =
        |rig: &Rig| std::fs::metadata(rig.database()).map_or(0.0, |file| file.len() as f64 / 1_048_576.0);
    rig.seed_rows(10_000);
    let before = size(&rig);
    rig.seed_days(30);
    let grown = size(&rig) - before;
    rig.serve();
    let mut client = rig.client();
    let mut took = |path: &str, times: usize| {
        let path = format!("/api/messaging/{path}");
        let mut took: Vec<f64> =
            (0..times).map(|_| rig::timed(|| assert_eq!(client.get(&path), 200))).collect();
        median(&mut took)
    };
    let (list, one) =
        (took("instance?page=100&perPage=50", 20), took("instance/row-5000/uptime?window=90d", 20));
    let (page, labels) = (took("uptime?perPage=200", 5), took("uptime/labels", 1));
    let (csv, memory) = (took("uptime.csv", 1), rig.memory_mib());
    rig.stop();
    let purge = rig.purge_a_day();
    format!(
        "{grown:.0} MiB; list {list:.1} ms, one number {one:.1} ms, 200 of a month {page:.0} ms, all by label {:.1} s, \
         as CSV {:.1} s, {memory:.1} MiB; purge of a day {:.1} s",
        labels / 1e3,
        csv / 1e3,
        purge / 1e3
    )
}

/// Rounds at the quick pace, because somebody is pairing: what one costs is the same at rest.
fn watching() -> String {
    const SPAN: Duration = Duration::from_secs(30);
    let upstream = Upstream::start();
    upstream.fill(0, 10_000);
    let mut rig = Rig::start(&upstream.url);
    rig.stop();
    rig.seed_rows(10_000);
    rig.serve();
    assert_eq!(rig.client().post("pairing").status, 200);
    let states = || upstream.totals().get("connectionState").copied().unwrap_or_default();
    let wait = |lists| {
        while upstream.lists() < lists {
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait(upstream.lists() + 3);
    let before = (rig.cpu_ms(), upstream.lists(), states());
    std::thread::sleep(SPAN);
    wait(upstream.lists() + 1);
    let rounds = (upstream.lists() - before.1) as f64;
    format!(
        "{:.0} ms of CPU per round, 1 list and {:.1} states each, {:.1} MiB ({rounds} rounds)",
        (rig.cpu_ms() - before.0) / rounds,
        (states() - before.2) as f64 / rounds,
        rig.memory_mib()
    )
}

/// A storm as Evolution makes it while WhatsApp is out of reach, with a code's picture now and then.
fn webhooks() -> String {
    const CLIENTS: usize = 5;
    const EACH: usize = 600;
    let upstream = Upstream::start();
    let rig = Rig::start(&upstream.url);
    let path = rig.webhook(0);
    assert_eq!(rig.client().post("loja").status, 200);
    let body = |length| {
        format!(
            r#"{{"event":"connection.update","data":{{"x":"{}"}},"instance":"loja"}}"#,
            "x".repeat(length)
        )
    };
    let (small, large) = (body(250), body(17 * 1024));
    let (lists, begun) = (upstream.lists(), Instant::now());
    let took = rig::together(CLIENTS, |_| {
        let mut client = rig.client();
        let send = |n: usize| {
            // 100 a second each, whatever the answers take.
            let due = Duration::from_millis(10) * u32::try_from(n).expect("small");
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
            let body = if n.is_multiple_of(10) { &large } else { &small };
            rig::timed(|| assert_eq!(client.exchange("POST", &path, body).0, 200))
        };
        (0..EACH).map(send).collect::<Vec<_>>()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let rounds = (upstream.lists() - lists) as f64;
    let mut took: Vec<f64> = took.into_iter().flatten().collect();
    format!(
        "median {:.2} ms, p99 {:.2} ms, {:.1} rounds/s ({} in {seconds:.0} s)",
        median(&mut took),
        percentile(&mut took, 99.0),
        rounds / seconds,
        CLIENTS * EACH
    )
}

fn binary_size() -> String {
    let bytes = std::fs::metadata(rig::BINARY).map_or(0, |m| m.len());
    format!("{:.2} MiB", bytes as f64 / 1_048_576.0)
}
