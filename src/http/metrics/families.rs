//! Every metric there is, each subject in a function of its own. A new one is a function and a line of [`FAMILIES`].
//!
//! Labels come from lists of ours: routes as the table has them, codes, the ids of credentials.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::process as system;
use super::sources::Sources;
use crate::domain::clock::time_between;
use crate::domain::{Status, inserted, now};
use crate::http::blocking::Class;
use crate::metrics::{Exposition, MetricKind};
use crate::store::DatabaseFigures;
use crate::sync::PermitQueue;
use MetricKind::{Counter, Gauge, Histogram};

/// What one scrape reads.
struct Scrape<'a> {
    sources: &'a Sources,
    /// The tables, where they can be read.
    database: Option<DatabaseFigures>,
}

/// What is told, in its order.
const FAMILIES: &[fn(&Scrape, &mut Exposition)] = &[
    build,
    process,
    requests,
    connections,
    blocking,
    connect_calls,
    upstream_calls,
    upstream_queues,
    servers,
    instances,
    notices,
    backups,
    database,
];

/// The whole text.
pub fn all(sources: &Sources) -> String {
    let figures = sources.app.store.figures();
    let database = figures.inspect_err(|error| log::error!("the metrics lack the database: {error}")).ok();
    let (scrape, mut out) = (Scrape { sources, database }, Exposition::default());
    for family in FAMILIES {
        family(&scrape, &mut out);
    }
    out.into_text()
}

fn build(_: &Scrape, out: &mut Exposition) {
    out.metric("pareia_build_info", Gauge, "The release that runs; always 1.");
    out.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
}

fn process(_: &Scrape, out: &mut Exposition) {
    system::all(out);
}

fn requests(scrape: &Scrape, out: &mut Exposition) {
    let counts = &scrape.sources.app.request_counts;
    out.metric(
        "pareia_http_requests_total",
        Counter,
        "Answered requests, by route as the table has it, method and status.",
    );
    for ((route, method), requests) in counts.routes() {
        for (status, counter) in requests.statuses.iter() {
            let status = status.to_string();
            out.sample(&[("route", route), ("method", method), ("status", &status)], counter.total());
        }
    }
    out.metric(
        "pareia_http_request_duration_seconds",
        Histogram,
        "Time from a whole request to its answer, by route and method.",
    );
    for ((route, method), requests) in counts.routes() {
        out.histogram(&[("route", route), ("method", method)], &requests.durations);
    }
    out.metric(
        "pareia_http_refused_total",
        Counter,
        "Requests that were turned away before they reached a route, and those of which a route said busy, by reason.",
    );
    for (reason, counter) in counts.refused() {
        out.sample(&[("reason", reason)], counter.total());
    }
}

fn connections(scrape: &Scrape, out: &mut Exposition) {
    let connections = &scrape.sources.connections;
    out.metric("pareia_http_connections", Gauge, "Open connections of clients.");
    out.sample(&[], connections.len());
    out.metric("pareia_http_connections_max", Gauge, "Connections that there may be at a time.");
    out.sample(&[], connections.max());
    out.metric(
        "pareia_http_evicted_total",
        Counter,
        "Connections that were ended, since they kept the server waiting, so that another could come.",
    );
    out.sample(&[], connections.evicted());
}

fn blocking(scrape: &Scrape, out: &mut Exposition) {
    out.metric(
        "pareia_http_blocking_requests",
        Gauge,
        "Requests under way that wait for upstream, the database or a password's hash.",
    );
    for (class, under_way) in scrape.sources.app.blocking.under_way() {
        let class = match class {
            Class::Upstream => "upstream",
            Class::Database => "database",
            Class::Hash => "hash",
        };
        out.sample(&[("class", class)], under_way);
    }
}

fn connect_calls(scrape: &Scrape, out: &mut Exposition) {
    let load = scrape.sources.app.connect_service.load();
    out.metric(
        "pareia_connect_calls",
        Gauge,
        "Calls for a code: names of which one runs, and calls queued behind another of their name.",
    );
    out.sample(&[("state", "running")], load.running);
    out.sample(&[("state", "queued")], load.queued);
}

fn upstream_calls(scrape: &Scrape, out: &mut Exposition) {
    let servers = scrape.sources.app.connect_service.gateway().calls().into_iter();
    // A removed credential's are told no more; the test of one that is still to be made has no id.
    let known = scrape.credentials();
    let servers = servers.filter(|(id, _)| id.is_empty() || known.is_empty() || known.contains(&**id));
    let servers: BTreeMap<_, _> = inserted(servers);
    out.metric(
        "pareia_upstream_requests_total",
        Counter,
        "Requests to a server, by its credential, endpoint and outcome: ok, a class of statuses, or the code of an error.",
    );
    for (server, calls) in &servers {
        for (endpoint, calls) in calls.endpoints() {
            for (outcome, counter) in calls.outcomes.iter() {
                let labels = [("server", &**server), ("endpoint", endpoint), ("outcome", outcome)];
                out.sample(&labels, counter.total());
            }
        }
    }
    out.metric(
        "pareia_upstream_request_duration_seconds",
        Histogram,
        "Time of a request to a server, by its credential and endpoint.",
    );
    for (server, calls) in &servers {
        for (endpoint, calls) in calls.endpoints() {
            out.histogram(&[("server", server), ("endpoint", endpoint)], &calls.durations);
        }
    }
}

fn upstream_queues(scrape: &Scrape, out: &mut Exposition) {
    let gateway = scrape.sources.app.connect_service.gateway();
    let kinds = [("call", gateway.call_queues()), ("connect", gateway.connect_queues())];
    let write = |out: &mut Exposition, count: fn(&PermitQueue<String>) -> usize| {
        for (kind, queues) in &kinds {
            let of: HashMap<_, _> = queues.iter().map(|queue| (&*queue.key, count(queue))).collect();
            for server in scrape.credentials() {
                let labels = [("server", server), ("kind", *kind)];
                out.sample(&labels, of.get(server).copied().unwrap_or(0));
            }
        }
    };
    out.metric(
        "pareia_upstream_permits_taken",
        Gauge,
        "Names that are worked on at a server (call), and connects that it has not answered (connect).",
    );
    write(out, |queue| queue.taken);
    out.metric(
        "pareia_upstream_permits_waiting",
        Gauge,
        "Calls that wait until the server has room for them.",
    );
    write(out, |queue| queue.waiting);
}

fn servers(scrape: &Scrape, out: &mut Exposition) {
    let servers = scrape.database.iter().flat_map(|database| &database.servers);
    out.metric("pareia_server_info", Gauge, "What a credential's server is called; always 1.");
    for server in servers.clone() {
        let active = if server.is_active { "true" } else { "false" };
        out.sample(&[("server", &server.credential), ("name", &server.name), ("active", active)], 1);
    }
    out.metric("pareia_server_up", Gauge, "Whether the server answered when it was last asked.");
    for server in servers.clone() {
        if let Some(answers) = server.answers {
            out.sample(&[("server", &server.credential)], u8::from(answers));
        }
    }
    let looks = scrape.sources.app.monitor.last_looks();
    out.metric(
        "pareia_server_last_look_age_seconds",
        Gauge,
        "Time since the server last listed its instances; before the first time, since it is watched.",
    );
    for server in servers {
        if let Some(listed_at) = looks.get(&server.credential) {
            let seconds = now().saturating_sub(*listed_at).max(0) / 1000;
            out.sample(&[("server", &server.credential)], seconds);
        }
    }
}

fn instances(scrape: &Scrape, out: &mut Exposition) {
    let Some(database) = &scrape.database else { return };
    out.metric("pareia_instances", Gauge, "Instances, by their server's credential and status.");
    let counted = database.instances.iter().map(|(server, status, count)| ((&**server, &**status), *count));
    let counted: HashMap<_, _> = counted.collect();
    // Of a removed credential, or of none.
    let rest = database.instances.iter().map(|(server, ..)| &**server);
    let servers: BTreeSet<_> = inserted(scrape.credentials().into_iter().chain(rest));
    for server in servers {
        for status in Status::ALL.map(Status::as_str) {
            let count = counted.get(&(server, status)).copied().unwrap_or(0);
            out.sample(&[("server", server), ("status", status)], count);
        }
    }
}

fn notices(scrape: &Scrape, out: &mut Exposition) {
    let store = &scrape.sources.app.store;
    let (Ok(arrivals), Ok(counts)) = (store.notice_arrivals(), store.notice_counts()) else { return };
    out.metric(
        "pareia_notice_targets",
        Gauge,
        "Active notice targets, by channel and whether the newest message arrived.",
    );
    let channels: BTreeSet<_> = inserted(arrivals.iter().map(|arrival| &*arrival.channel));
    for channel in channels {
        let of_channel = arrivals.iter().filter(|arrival| arrival.channel == channel);
        let (failing, fine): (Vec<_>, Vec<_>) = of_channel.partition(|arrival| arrival.failing.is_some());
        out.sample(&[("channel", channel), ("state", "fine")], fine.len());
        out.sample(&[("channel", channel), ("state", "failing")], failing.len());
    }
    out.metric(
        "pareia_notice_messages",
        Gauge,
        "Messages to notice targets that are pending, or ended in the last 30 days, by channel and outcome.",
    );
    for (channel, outcome, count) in &counts {
        out.sample(&[("channel", channel), ("outcome", outcome)], count);
    }
}

fn backups(scrape: &Scrape, out: &mut Exposition) {
    let app = &scrape.sources.app;
    let Ok(last) = app.store.last_backup() else { return };
    out.metric(
        "pareia_backup_age_seconds",
        Gauge,
        "Time since the last backup that was made and verified; absent before the first.",
    );
    if let Some(made) = &last.made {
        out.sample(&[], time_between(made.at, app.store.clock().now()).as_secs());
    }
    out.metric("pareia_backup_bytes", Gauge, "Size of that backup.");
    if let Some(made) = &last.made {
        out.sample(&[], made.bytes);
    }
    out.metric("pareia_backup_failures", Gauge, "Backups that failed since.");
    out.sample(&[], last.failed.map_or(0, |failed| failed.count));
    out.metric(
        "pareia_backup_interval_seconds",
        Gauge,
        "Time between two backups that are made by the clock; 0: none is.",
    );
    out.sample(&[], app.backups.plan().every.map_or(0, |every| every.as_secs()));
}

fn database(scrape: &Scrape, out: &mut Exposition) {
    let (database, wal) = scrape.sources.app.store.file_sizes();
    out.metric("pareia_database_up", Gauge, "Whether the database could be read.");
    out.sample(&[], u8::from(scrape.database.is_some()));
    out.metric("pareia_database_bytes", Gauge, "Size of the database's file.");
    out.sample(&[], database);
    out.metric("pareia_database_wal_bytes", Gauge, "Size of the WAL beside it.");
    out.sample(&[], wal);
}

impl Scrape<'_> {
    /// The ids of all credentials.
    fn credentials(&self) -> BTreeSet<&str> {
        let servers = self.database.iter().flat_map(|database| &database.servers);
        inserted(servers.map(|server| &*server.credential))
    }
}
